"""Vietnamese news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, *body: str) -> tuple[Report, ...]:
    return extract(Article(title, "\n\n".join((title, *body)), "vi"))


@dataclass(frozen=True)
class Case:
    """One article and its one deal. ``parties`` are "Name:role"; ``focus`` are areas that must be among those found."""

    title: str
    body: str
    type: str
    parties: frozenset[str]
    value: tuple[str, str] | None = None
    status: str = "announced"
    focus: frozenset[str] = field(default_factory=frozenset)


def case(title: str, body: str, deal_type: str, parties: str, **more: object) -> Case:
    focus = more.pop("focus", "")
    areas = frozenset(focus.split()) if isinstance(focus, str) else frozenset()
    return Case(title, body, deal_type, frozenset(parties.split("; ")), focus=areas, **more)  # type: ignore[arg-type]


DEALS = [
    case(
        "Lanvora mua lại startup an ninh mạng Quensil với giá 45 triệu USD",
        "Hãng phần mềm Lanvora hôm nay công bố thỏa thuận mua lại Quensil, công ty chuyên về an ninh mạng.",
        "acquisition", "Lanvora:acquirer; Quensil:target", value=("45000000", "USD"), focus="cybersecurity",
    ),
    case(
        "Quensil bị Lanvora thâu tóm",
        "Sáng 4/3, hãng phần mềm Quensil xác nhận đã được tập đoàn Lanvora mua lại toàn bộ cổ phần.",
        "acquisition", "Quensil:target; Lanvora:acquirer",
    ),
    case(
        "Tập đoàn Hải Vân Tech hoàn tất mua lại 70% vốn của Brightol",
        "Hải Vân Tech cho biết đã hoàn tất việc mua lại 70% vốn của công ty chip Brightol với giá 1.200 tỷ đồng.",
        "acquisition", "Hải Vân Tech:acquirer; Brightol:target",
        value=("1200000000000", "VND"), status="completed", focus="semiconductors",
    ),
    case(
        "Nguồn tin: Vexora đang đàm phán mua ứng dụng gọi xe Dakko",
        "Theo các nguồn thạo tin, Vexora đang đàm phán mua lại ứng dụng gọi xe Dakko. Cả hai công ty từ chối "
        "bình luận.",
        "acquisition", "Vexora:acquirer; Dakko:target", status="rumored", focus="automotive_mobility",
    ),
    case(
        "Vexora hủy thương vụ thâu tóm Dakko",
        "Vexora hôm qua thông báo hủy thương vụ mua lại hãng gọi xe Dakko trị giá 300 triệu USD vì cơ quan "
        "quản lý không chấp thuận.",
        "acquisition", "Vexora:acquirer; Dakko:target", value=("300000000", "USD"), status="terminated",
    ),
    case(
        "Dakko về tay Vexora",
        "Hãng gọi xe Dakko chính thức về tay Vexora sau thương vụ trị giá 1,5 tỷ USD. Giao dịch đã hoàn tất "
        "hôm thứ Sáu.",
        "acquisition", "Dakko:target; Vexora:acquirer", value=("1500000000", "USD"), status="completed",
    ),
    case(
        "Denkura mua lại 51% cổ phần Brightol",
        "Tập đoàn điện tử Nhật Bản Denkura sẽ chi 800 triệu nhân dân tệ để mua lại 51% cổ phần của công ty "
        "bán dẫn Trung Quốc Brightol.",
        "acquisition", "Denkura:acquirer; Brightol:target", value=("800000000", "CNY"),
    ),
    case(
        "Hai nhà mạng Telvia và Norcom sáp nhập",
        "Telvia và Norcom vừa ký thỏa thuận sáp nhập để lập ra nhà mạng lớn thứ hai trong nước.",
        "merger", "Telvia:partner; Norcom:partner", focus="telecom_5g",
    ),
    case(
        "Chính thức: Vexora và Lanvora hợp nhất",
        "Cổ đông của Vexora và Lanvora đã thông qua kế hoạch hợp nhất hai công ty phần mềm.",
        "merger", "Vexora:partner; Lanvora:partner",
    ),
    case(
        "Startup fintech Payvera gọi vốn thành công 12 triệu USD vòng Series A",
        "Payvera vừa gọi vốn thành công 12 triệu USD trong vòng Series A do quỹ Osprey Ventures dẫn dắt, với "
        "sự tham gia của Kestrel Capital.",
        "investment", "Payvera:investee; Osprey Ventures:investor; Kestrel Capital:investor",
        value=("12000000", "USD"), status="completed", focus="fintech_blockchain",
    ),
    case(
        "Osprey Ventures rót 5 triệu USD vào ví điện tử Payvera",
        "Quỹ đầu tư mạo hiểm Osprey Ventures vừa rót 5 triệu USD vào Payvera, công ty vận hành ví điện tử cùng tên.",
        "investment", "Osprey Ventures:investor; Payvera:investee", value=("5000000", "USD"),
    ),
    case(
        "Kestrel Capital sẽ nắm 35% vốn Hải Vân Tech",
        "Kestrel Capital vừa ký thỏa thuận mua 35% cổ phần của Hải Vân Tech với giá 900 tỷ đồng, trở thành "
        "cổ đông chiến lược.",
        "investment", "Kestrel Capital:investor; Hải Vân Tech:investee", value=("900000000000", "VND"),
    ),
    case(
        "Brightol bán mảng cảm biến cho Denkura",
        "Tập đoàn Brightol đồng ý bán mảng cảm biến cho hãng điện tử Nhật Bản Denkura với giá 20 tỷ yen.",
        "asset_purchase", "Brightol:seller; Denkura:acquirer", value=("20000000000", "JPY"),
    ),
    case(
        "Lanvora mua 200 bằng sáng chế của Brightol",
        "Lanvora đã ký thỏa thuận mua 200 bằng sáng chế về mạng 5G của Brightol.",
        "asset_purchase", "Lanvora:acquirer; Brightol:seller", focus="telecom_5g",
    ),
    case(
        "Brightol bán nhà máy chip ở Bắc Ninh cho Denkura",
        "Brightol cho biết đã bán nhà máy chip tại Bắc Ninh cho Denkura với giá 2.300 tỷ đồng.",
        "asset_purchase", "Brightol:seller; Denkura:acquirer", value=("2300000000000", "VND"), focus="semiconductors",
    ),
    case(
        "Denkura và Hải Vân Motor lập liên doanh sản xuất pin xe điện",
        "Denkura và Hải Vân Motor sẽ thành lập liên doanh sản xuất pin xe điện tại Hải Phòng. Hai bên góp "
        "vốn theo tỷ lệ 50:50.",
        "joint_venture", "Denkura:partner; Hải Vân Motor:partner", focus="energy_battery",
    ),
    case(
        "Telvia bắt tay Lanvora phát triển điện toán đám mây",
        "Ngày 2/6, Telvia và Lanvora ký biên bản ghi nhớ hợp tác chiến lược về điện toán đám mây và trí tuệ "
        "nhân tạo.",
        "partnership", "Telvia:partner; Lanvora:partner", focus="cloud ai",
    ),
    case(
        "Hải Vân Tech ký biên bản ghi nhớ với Đại học Bách khoa Sông Mây",
        "Công ty Cổ phần Hải Vân Tech và Đại học Bách khoa Sông Mây vừa ký biên bản ghi nhớ về đào tạo kỹ sư "
        "bán dẫn.",
        "partnership", "Hải Vân Tech:partner; Đại học Bách khoa Sông Mây:partner",
    ),
    case(
        "Telvia hợp tác cùng Sở Thông tin và Truyền thông Hải Vân",
        "Tổng công ty Telvia và Sở Thông tin và Truyền thông Hải Vân ký kết biên bản ghi nhớ về chuyển đổi số.",
        "partnership", "Telvia:partner; Sở Thông tin và Truyền thông Hải Vân:partner", focus="software",
    ),
    case(
        "Telvia và Norcom ký thỏa thuận cấp phép chéo bằng sáng chế",
        "Telvia và Norcom cho biết đã ký thoả thuận cấp phép chéo, mỗi bên được sử dụng bằng sáng chế 5G của "
        "bên kia.",
        "cross_licensing", "Telvia:partner; Norcom:partner", focus="telecom_5g",
    ),
    case(
        "Norcom cấp phép công nghệ nén video cho Dakko",
        "Theo thỏa thuận, Norcom cấp phép công nghệ nén video cho Dakko trong 5 năm.",
        "licensing", "Norcom:licensor; Dakko:licensee",
    ),
    case(
        "Norcom cung cấp thiết bị 5G cho Telvia",
        "Hãng thiết bị viễn thông Norcom vừa ký hợp đồng cung cấp thiết bị mạng 5G cho nhà mạng Telvia, trị "
        "giá 80 triệu euro.",
        "supply", "Norcom:supplier; Telvia:customer", value=("80000000", "EUR"), focus="telecom_5g",
    ),
    case(
        "Telvia chọn Norcom triển khai mạng lõi 5G",
        "Nhà mạng Telvia đã chọn Norcom cung cấp thiết bị mạng lõi 5G trong vòng ba năm.",
        "supply", "Telvia:customer; Norcom:supplier",
    ),
    case(
        "Viettex giành hợp đồng xây trung tâm dữ liệu cho Ngân hàng Sông Mây",
        "Tổng công ty Viettex vừa giành được hợp đồng trị giá 250 tỷ đồng xây dựng trung tâm dữ liệu cho "
        "Ngân hàng Sông Mây.",
        "supply", "Viettex:supplier; Ngân hàng Sông Mây:customer", value=("250000000000", "VND"), focus="data_center",
    ),
    case(
        "Norcom và Denkura dàn xếp vụ kiện bằng sáng chế",
        "Norcom và Denkura đã đạt thỏa thuận dàn xếp, chấm dứt mọi vụ kiện về bằng sáng chế giữa hai bên.",
        "settlement", "Norcom:party; Denkura:party",
    ),
]  # fmt: skip


@pytest.mark.parametrize("wanted", DEALS, ids=lambda wanted: wanted.title[:40])
def test_reads_a_deal(wanted: Case) -> None:
    reports = read(wanted.title, wanted.body)
    assert len(reports) == 1
    report = reports[0]
    assert report.type.value == wanted.type
    assert frozenset(f"{party.name}:{party.role.value}" for party in report.parties) == wanted.parties
    found = None if report.value is None else (report.value.amount, report.value.currency)
    assert found == (None if wanted.value is None else (Decimal(wanted.value[0]), wanted.value[1]))
    assert report.status.value == wanted.status
    assert wanted.focus <= set(report.focus)


@pytest.mark.parametrize(
    (
        "title",
        "body",
    ),
    [
        (
            "Lanvora báo lãi quý III tăng 20%",
            "Lanvora công bố kết quả kinh doanh quý III với lợi nhuận 200 tỷ đồng, tăng 20% so với cùng kỳ.",
        ),
        (
            "Brightol bổ nhiệm tổng giám đốc mới",
            "Hội đồng quản trị Brightol vừa bổ nhiệm ông Trần Văn Lĩnh làm tổng giám đốc từ ngày 1/7.",
        ),
        (
            "Norcom ra mắt điện thoại gập đầu tiên",
            "Norcom hôm nay giới thiệu chiếc điện thoại gập đầu tiên với giá 25 triệu đồng.",
        ),
        (
            "Norcom kiện Denkura vi phạm bằng sáng chế",
            "Norcom vừa nộp đơn kiện Denkura lên tòa án vì vi phạm ba bằng sáng chế về pin.",
        ),
        (
            "Vexora phủ nhận tin bán mình cho Lanvora",
            "Đại diện Vexora bác bỏ thông tin công ty bị Lanvora mua lại và khẳng định không có kế hoạch bán.",
        ),
        (
            "Thị trường gọi xe Đông Nam Á tăng 15%",
            "Theo một báo cáo mới, thị trường gọi xe khu vực tăng 15% trong năm nay nhờ nhu cầu đi lại.",
        ),
        (
            "Năm cách chọn điện thoại cho người lớn tuổi",
            "Bài viết hướng dẫn cách chọn điện thoại có chữ to, pin bền và dễ dùng.",
        ),
        (
            "Telvia nhận giải thưởng nhà mạng của năm",
            "Tại hội nghị ở Hà Nội, Telvia được vinh danh là nhà mạng có chất lượng dịch vụ tốt nhất.",
        ),
    ],
)
def test_is_no_deal(title: str, body: str) -> None:
    assert read(title, body) == ()


def test_one_long_line_without_a_title_of_its_own() -> None:
    text = (
        "Telvia và Norcom ký thỏa thuận cấp phép chéo, cùng phát triển nhà thông minh Thỏa thuận này giúp "
        "hai công ty mở rộng thị trường mới."
        "Hôm qua, nhà sản xuất điện thoại Telvia của Phần Lan và Norcom (Trung Quốc) vừa ký một thỏa thuận "
        "cấp phép chéo. "
        "Hai công ty sẽ hợp tác với nhau về trí tuệ nhân tạo và kết nối vạn vật. Norcom đang phải cạnh tranh "
        "gay gắt với những tên tuổi như Dakko."
    )
    reports = extract(Article(text, text, "vi"))
    assert [report.type.value for report in reports] == ["cross_licensing"]
    assert {party.name for party in reports[0].parties} == {"Telvia", "Norcom"}


def test_a_name_is_not_cut_out_of_the_words_around_it() -> None:
    reports = read(
        "Công ty TNHH Sản xuất và Kinh doanh Vexora hợp tác với Tập đoàn Công nghệ Brightol",
        "Ông Nguyễn Hải Đăng, Chủ tịch Brightol, cho biết hai bên sẽ cùng phát triển chip cho xe điện tại Thái Bình.",
    )
    assert [{party.name for party in report.parties} for report in reports] == [{"Vexora", "Brightol"}]
