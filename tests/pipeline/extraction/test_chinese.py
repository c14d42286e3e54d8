"""Chinese news in our own words, both scripts, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, *body: str) -> tuple[Report, ...]:
    return extract(Article(title, "\n\n".join((title, *body)), "zh"))


@dataclass(frozen=True)
class Case:
    """One article and its one deal. ``parties`` are "name:role"."""

    title: str
    body: str
    type: str
    parties: frozenset[str]
    value: tuple[str, str] | None = None
    status: str = "announced"
    focus: str = ""


def case(
    title: str,
    body: str,
    deal_type: str,
    parties: str,
    value: tuple[str, str] | None = None,
    status: str = "announced",
    focus: str = "",
) -> Case:
    return Case(title, body, deal_type, frozenset(parties.split("; ")), value, status, focus)


DEALS = [
    case(
        "澜舟科技收购网络安全公司启盾安全",
        "澜舟科技今日宣布,将以12亿元收购启盾安全全部股权,双方已经签署协议。启盾安全主营防火墙产品。",
        "acquisition", "澜舟科技:acquirer; 启盾安全:target", ("1200000000", "CNY"), focus="cybersecurity",
    ),
    case(
        "启盾安全被澜舟科技收购",
        "启盾安全昨日确认,公司已同意被澜舟科技收购。交易尚需监管部门批准。",
        "acquisition", "澜舟科技:acquirer; 启盾安全:target",
    ),
    case(
        "嵐舟科技併購啟盾資安 作價40億元",
        "嵐舟科技今天宣布,以新台幣40億元併購啟盾資安,預計第三季完成交割。",
        "acquisition", "嵐舟科技:acquirer; 啟盾資安:target", ("4000000000", "TWD"), focus="cybersecurity",
    ),
    case(
        "恒嵘集团完成对微芒诊断的收购",
        "恒嵘集团今日表示,已完成对微芒诊断的收购,总代价为3.2亿美元。微芒诊断成为集团全资子公司。",
        "acquisition", "恒嵘:acquirer; 微芒诊断:target", ("320000000", "USD"), status="completed", focus="health_tech",
    ),
    case(
        "知情人士:澜舟科技洽谈收购云岚软件",
        "据知情人士透露,澜舟科技正在洽谈收购云岚软件,最快下月宣布。两家公司均未回应置评请求。",
        "acquisition", "澜舟科技:acquirer; 云岚软件:target", status="rumored",
    ),
    case(
        "凌昊电子终止收购锐川微电子",
        "凌昊电子公告称,交易各方未能就价格达成一致,公司决定终止收购锐川微电子。",
        "acquisition", "凌昊电子:acquirer; 锐川微电子:target", status="terminated",
    ),
    case(
        "凌昊电子出售机房 数垣云接手",
        "凌昊电子将位于贵阳的两座数据中心出售给数垣云,转让价款6亿元。",
        "asset_purchase", "数垣云:acquirer; 凌昊电子:seller", ("600000000", "CNY"), focus="data_center",
    ),
    case(
        "数垣云完成5亿元B轮融资",
        "云计算公司数垣云宣布完成5亿元B轮融资,由禾峻资本领投,岭溪创投跟投。",
        "investment", "数垣云:investee; 禾峻资本:investor; 岭溪创投:investor",
        ("500000000", "CNY"), status="completed", focus="cloud",
    ),
    case(
        "禾峻創投入股機器人新創巧臂智能",
        "禾峻創投以新台幣2億元入股巧臂智能,取得15%股權。巧臂智能專攻協作機器人。",
        "investment", "禾峻創投:investor; 巧臂智能:investee", ("200000000", "TWD"), focus="robotics",
    ),
    case(
        "恒嵘集团向驰岳汽车注资20亿元",
        "恒嵘集团公告,拟向驰岳汽车注资20亿元,支持后者研发固态电池。",
        "investment", "恒嵘:investor; 驰岳汽车:investee", ("2000000000", "CNY"), focus="automotive_mobility",
    ),
    case(
        "驰岳汽车与赤岭锂业成立合资公司",
        "驰岳汽车与赤岭锂业宣布合资建设动力电池工厂,合资公司注册资本10亿元,双方各持股50%。",
        "joint_venture", "驰岳汽车:partner; 赤岭锂业:partner", ("1000000000", "CNY"), focus="energy_battery",
    ),
    case(
        "澜舟科技与衡滨大学签署战略合作协议",
        "澜舟科技与衡滨大学昨日签署战略合作协议,双方将共建人工智能联合实验室。",
        "partnership", "澜舟科技:partner; 衡滨大学:partner", focus="ai",
    ),
    case(
        "海屿電信攜手嵐舟科技 建置5G專網",
        "海屿電信今天宣布與嵐舟科技策略合作,共同開發5G企業專網。",
        "partnership", "海屿電信:partner; 嵐舟科技:partner", focus="telecom_5g",
    ),
    case(
        "凌昊电子和锐川微电子达成专利交叉许可",
        "凌昊电子和锐川微电子签订专利交叉许可协议,双方可使用彼此的存储芯片专利,期限十年。",
        "cross_licensing", "凌昊电子:partner; 锐川微电子:partner", focus="semiconductors",
    ),
    case(
        "凌昊電子、銳川微電子簽交互授權",
        "凌昊電子與銳川微電子簽署專利交互授權合約,授權金額不公開。",
        "cross_licensing", "凌昊電子:partner; 銳川微電子:partner",
    ),
    case(
        "驰岳汽车获海屿通信专利许可",
        "海屿通信与驰岳汽车签署5G标准必要专利许可协议,驰岳汽车可在网联汽车上使用海屿通信的专利。",
        "licensing", "海屿通信:licensor; 驰岳汽车:licensee", focus="telecom_5g",
    ),
    case(
        "赤岭锂业向驰岳汽车供应动力电池",
        "赤岭锂业公告,将在三年内向驰岳汽车供应磷酸铁锂电池,合同总额约30亿元。",
        "supply", "赤岭锂业:supplier; 驰岳汽车:customer", ("3000000000", "CNY"), focus="energy_battery",
    ),
    case(
        "澤嶼重電獲濱海風電8億元訂單",
        "重電廠澤嶼重電取得濱海風電的變壓器訂單,合約金額新台幣8億元,明年底交貨。",
        "supply", "澤嶼重電:supplier; 濱海風電:customer", ("800000000", "TWD"), focus="energy_battery",
    ),
    case(
        "净岚科技与扫星智能和解",
        "净岚科技与扫星智能就扫地机器人专利纠纷达成和解,双方撤回全部诉讼。",
        "settlement", "净岚科技:party; 扫星智能:party", focus="robotics",
    ),
    case(
        "聚岚支付、闪河金服宣布合并",
        "聚岚支付与闪河金服发布联合声明,双方股东会已批准换股合并方案。",
        "merger", "聚岚支付:partner; 闪河金服:partner",
    ),
    case(
        "Brightol将以4.5亿美元收购Quensil Labs",
        "美国软件公司Brightol周二表示,同意以4.5亿美元现金收购Quensil Labs,交易料于年底完成。",
        "acquisition", "Brightol:acquirer; Quensil Labs:target", ("450000000", "USD"), focus="software",
    ),
    case(
        "Brightol 收购安全初创公司 Quensil",
        "Brightol 今天宣布收购安全初创公司 Quensil，交易金额为 5000 万美元。",
        "acquisition", "Brightol:acquirer; Quensil:target", ("50000000", "USD"),
    ),
    case(
        "嵐舟科技三百億日圓買下清瀨電機",
        "嵐舟科技與日本清瀨電機昨天在東京簽約,嵐舟科技將以三百億日圓取得清瀨電機七成股權。",
        "acquisition", "嵐舟科技:acquirer; 清瀨電機:target", ("30000000000", "JPY"),
    ),
    case(
        "星屿航天与海屿通信携手 共建低轨卫星网络",
        "星屿航天与海屿通信达成合作,将共同开发低轨卫星通信服务。",
        "partnership", "星屿航天:partner; 海屿通信:partner", focus="space_satellite",
    ),
]  # fmt: skip


@pytest.mark.parametrize("expected", DEALS, ids=lambda item: item.title)
def test_reads_the_deal(expected: Case) -> None:
    reports = read(expected.title, expected.body)
    assert [report.type.value for report in reports] == [expected.type]
    report = reports[0]
    assert {f"{party.name}:{party.role.value}".replace("集团:", ":") for party in report.parties} == expected.parties
    assert report.status.value == expected.status
    found = None if report.value is None else (str(int(report.value.amount or Decimal(0))), report.value.currency)
    assert found == expected.value
    if expected.focus:
        assert expected.focus in report.focus


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("凌昊电子上半年净利润增长四成", "凌昊电子披露半年报,营业收入58亿元,净利润9亿元,同比增长四成。"),
        ("数垣云任命新任首席执行官", "数垣云今日任命贺岚为首席执行官。贺岚此前在澜舟科技负责投资并购。"),
        ("澜舟科技发布新款智能眼镜", "澜舟科技昨晚发布新款智能眼镜,售价2,799元,下周开售。"),
        ("净岚科技起诉扫星智能专利侵权", "净岚科技向法院起诉扫星智能侵犯三项专利,索赔2600万元。案件尚未开庭。"),
        ("传闻不实:启盾安全否认被收购", "针对市场传闻,启盾安全澄清没有与任何公司洽谈收购,相关报道不属实。"),
        ("嵐舟科技法說會:毛利率看增", "嵐舟科技舉行法說會,財務長表示第二季營收182億元,全年資本支出不變。"),
        ("赤岭锂业投资36亿元扩建产线", "赤岭锂业拟以自有资金36亿元在现有厂区扩建氢氧化锂产线。"),
        ("今年夏粮收购进度过半", "截至昨日,全省累计收购小麦380万吨,最低收购价每斤1.19元。"),
        ("2025年机器人行业研究报告发布", "报告显示,国内机器人企业超过150家,去年融资总额约70亿元,预计并购整合加速。"),
    ],
)
def test_is_no_deal(title: str, body: str) -> None:
    assert read(title, body) == ()


def test_yuan_is_local_to_the_script() -> None:
    simplified = read("澜舟科技30亿元收购启盾安全", "澜舟科技宣布以30亿元收购启盾安全。")
    traditional = read("嵐舟科技30億元收購啟盾資安", "嵐舟科技宣布以30億元收購啟盾資安。")
    values = [report.value for report in (*simplified, *traditional)]
    assert [value and value.currency for value in values] == ["CNY", "TWD"]


def test_evidence_is_the_text_as_it_stands() -> None:
    title, body = "嵐舟科技併購啟盾資安", "嵐舟科技今天宣布,以新台幣40億元併購啟盾資安(代號:7788)。"
    text = f"{title}\n\n{body}"
    for evidence in read(title, body)[0].evidence:
        assert text[evidence.start : evidence.end] == evidence.quote
