"""Korean news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "ko"))


DEALS = [
    (
        "노을소프트, 배송로봇 업체 달구지로보 900억에 인수",
        ("물류 소프트웨어 기업 노을소프트가 배송로봇 업체 달구지로보의 지분 100%를 900억원에 인수한다고 6일 밝혔다."),
        "acquisition",
        "노을소프트:acquirer; 달구지로보:target",
    ),
    (
        "달구지로보, 노을소프트에 인수된다",
        ("배송로봇 업체 달구지로보가 노을소프트에 인수된다. 노을소프트는 6일 주식매매계약을 체결했다고 공시했다."),
        "acquisition",
        "달구지로보:target; 노을소프트:acquirer",
    ),
    (
        "노을소프트, 윤슬계측 센서 사업부 인수",
        "노을소프트는 윤슬계측의 센서 사업부를 300억원에 인수하기로 했다고 공시했다.",
        "asset_purchase",
        "노을소프트:acquirer; 윤슬계측:seller",
    ),
    (
        "윤슬계측, 달구지로보에 50억 투자",
        "윤슬계측이 달구지로보의 지분 15%를 50억원에 취득했다고 3일 공시했다.",
        "investment",
        "윤슬계측:investor; 달구지로보:investee",
    ),
    (
        "이로움랩스, 80억원 시리즈A 투자 유치",
        ("돌봄 기록 AI를 개발하는 이로움랩스가 80억원 규모의 시리즈A 투자를 유치했다. 해돋이벤처스가 투자를 이끌었다."),
        "investment",
        "이로움랩스:investee; 해돋이벤처스:investor",
    ),
    (
        "노을소프트·윤슬계측 합병한다",
        "노을소프트와 윤슬계측이 내년 4월 합병한다. 두 회사는 10일 이사회를 열고 합병을 결의했다.",
        "merger",
        "노을소프트:partner; 윤슬계측:partner",
    ),
    (
        "윤슬계측-달구지로보, 인도에 합작법인 설립",
        "윤슬계측과 달구지로보는 인도에 창고로봇을 생산하는 합작법인을 50대 50으로 설립하기로 했다.",
        "joint_venture",
        "윤슬계측:partner; 달구지로보:partner",
    ),
    (
        "초록텔레콤, 윤슬계측과 6G 공동연구 업무협약",
        "초록텔레콤은 윤슬계측과 6G 계측 기술 공동연구를 위한 업무협약(MOU)을 체결했다고 밝혔다.",
        "partnership",
        "초록텔레콤:partner; 윤슬계측:partner",
    ),
    (
        "윤슬계측, 초록텔레콤에 120억 규모 기지국 검사장비 공급",
        "윤슬계측은 초록텔레콤과 120억원 규모의 5G 기지국 검사장비 공급계약을 체결했다고 공시했다.",
        "supply",
        "윤슬계측:supplier; 초록텔레콤:customer",
    ),
    (
        "이로움랩스, 영국 Corvane에 음성분석 기술 수출",
        "이로움랩스가 영국 Corvane에 음성분석 기술을 이전하는 라이선스 계약을 맺었다.",
        "licensing",
        "이로움랩스:licensor; Corvane:licensee",
    ),
    (
        "초록텔레콤-윤슬계측, 특허 크로스 라이선스",
        "초록텔레콤과 윤슬계측이 무선 특허를 서로 쓰는 크로스 라이선스 계약을 체결했다.",
        "cross_licensing",
        "초록텔레콤:partner; 윤슬계측:partner",
    ),
    (
        "노을소프트-달구지로보, 특허 소송 취하 합의",
        "노을소프트와 달구지로보가 3년간 벌인 특허 소송을 모두 취하하기로 합의했다.",
        "settlement",
        "노을소프트:party; 달구지로보:party",
    ),
]
NO_DEALS = [
    (
        "윤슬계측, 2분기 영업이익 12% 증가",
        (
            "윤슬계측은 2분기 영업이익이 90억원으로 지난해보다 12% 늘었다고 "
            "공시했다. 지난해 인수한 자회사가 실적에 보탬이 됐다."
        ),
    ),
    (
        "이로움랩스, 신임 대표에 오하린 선임",
        "이로움랩스는 오하린 부사장을 신임 대표이사로 선임했다.",
    ),
    (
        "윤슬계측, 달구지로보 상대 특허 침해 소송",
        "윤슬계측은 센서 특허를 침해했다며 달구지로보를 상대로 50억원의 손해배상 소송을 서울중앙지법에 냈다.",
    ),
    (
        '노을소프트 "달구지로보 인수설 사실무근"',
        '노을소프트는 달구지로보를 인수한다는 보도에 대해 "사실이 아니다"라고 밝혔다.',
    ),
]


@pytest.mark.parametrize(("title", "body", "deal_type", "parties"), DEALS)
def test_a_deal_with_its_parties(title: str, body: str, deal_type: str, parties: str) -> None:
    report = read(title, body)[0]
    assert report.type == deal_type
    assert {f"{party.name}:{party.role}" for party in report.parties} == set(parties.split("; "))


@pytest.mark.parametrize(("title", "body"), NO_DEALS)
def test_no_deal(title: str, body: str) -> None:
    assert read(title, body) == ()


def test_a_deal_called_off() -> None:
    reports = read(
        "노을소프트, 달구지로보 인수 철회",
        "노을소프트는 달구지로보 인수 계약을 해지했다고 공시했다. 당국의 승인을 받지 못했다.",
    )
    assert [report.status for report in reports] == ["terminated"]


def test_a_deal_in_talks() -> None:
    reports = read(
        "초록텔레콤, 이로움랩스 인수 검토",
        (
            "통신업계에 따르면 초록텔레콤이 돌봄 AI 업체 이로움랩스를 인수하는 "
            "방안을 검토하고 있다. 양측은 막판 협상을 벌이고 있다."
        ),
    )
    assert [report.status for report in reports] == ["rumored"]


def test_a_sum_of_several_units() -> None:
    report = read(
        "노을소프트, 달구지로보 3천621억원에 인수",
        "노을소프트가 달구지로보를 3천621억원에 인수한다고 밝혔다.",
    )[0]
    assert report.value is not None
    assert (report.value.amount, report.value.currency) == (Decimal("362100000000"), "KRW")
