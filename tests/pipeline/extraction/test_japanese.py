"""Japanese news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "ja"))


DEALS = [
    (
        "アスノワ、配送ロボのカルガモ工業を10億円で買収",
        (
            "物流ソフトのアスノワは6日、配送ロボットを手がけるカルガモ工業(新潟市)の全株式を取得し、"
            "子会社化すると発表した。"
        ),
        "acquisition",
        "アスノワ:acquirer; カルガモ工業:target",
    ),
    (
        "カルガモ工業がアスノワの傘下に",
        "配送ロボットのカルガモ工業は、物流ソフトのアスノワに買収されることで合意した。",
        "acquisition",
        "カルガモ工業:target; アスノワ:acquirer",
    ),
    (
        "アスノワ、トキワ計測のセンサー事業を買収",
        "アスノワは、計測機器メーカーのトキワ計測からセンサー事業を30億円で譲り受ける契約を結んだ。",
        "asset_purchase",
        "アスノワ:acquirer; トキワ計測:seller",
    ),
    (
        "トキワ計測、カルガモ工業に15%出資",
        "トキワ計測は3日、カルガモ工業の株式の15%を4億円で取得し、資本参加すると発表した。",
        "investment",
        "トキワ計測:investor; カルガモ工業:investee",
    ),
    (
        "介護AIのユズリハ、シリーズAで8億円調達",
        ("介護記録のAIを開発するユズリハは、第三者割当増資で8億円を調達した。引受先はヒノデキャピタル、トキワ計測。"),
        "investment",
        "ユズリハ:investee; ヒノデキャピタル:investor; トキワ計測:investor",
    ),
    (
        "アスノワとトキワ計測が合併へ",
        "アスノワとトキワ計測は10日、来年4月に合併することで基本合意したと発表した。",
        "merger",
        "アスノワ:partner; トキワ計測:partner",
    ),
    (
        "トキワ計測とカルガモ工業、インドに合弁会社",
        "トキワ計測とカルガモ工業は、インドで倉庫ロボットを生産する合弁会社を折半出資で設立する。",
        "joint_venture",
        "トキワ計測:partner; カルガモ工業:partner",
    ),
    (
        "ミドリ通信、トキワ計測と6Gの共同研究で提携",
        "ミドリ通信は、トキワ計測と6G向け計測技術の共同研究に関する覚書を締結した。",
        "partnership",
        "ミドリ通信:partner; トキワ計測:partner",
    ),
    (
        "トキワ計測、ミドリ通信から基地局の検査装置を受注",
        "トキワ計測は、ミドリ通信から5G基地局向け検査装置を12億円で受注したと発表した。",
        "supply",
        "トキワ計測:supplier; ミドリ通信:customer",
    ),
    (
        "ユズリハ、英Corvane社に音声解析技術をライセンス供与",
        "ユズリハは、英Corvaneに音声解析AIの特許を独占的に実施許諾する契約を締結した。",
        "licensing",
        "ユズリハ:licensor; Corvane:licensee",
    ),
    (
        "ミドリ通信とトキワ計測、特許のクロスライセンス契約",
        "ミドリ通信とトキワ計測は、無線技術の特許を相互に利用するクロスライセンス契約を締結した。",
        "cross_licensing",
        "ミドリ通信:partner; トキワ計測:partner",
    ),
    (
        "アスノワとカルガモ工業が和解 特許訴訟を取り下げ",
        "アスノワとカルガモ工業は、東京地裁で争っていた特許侵害訴訟で和解し、双方が訴えを取り下げた。",
        "settlement",
        "アスノワ:party; カルガモ工業:party",
    ),
]
NO_DEALS = [
    (
        "トキワ計測、4〜6月期は増益",
        ("トキワ計測の4〜6月期連結決算は、純利益が前年同期比12%増の9億円だった。前期に買収した子会社が寄与した。"),
    ),
    (
        "ユズリハ、新社長に藤井氏",
        "ユズリハは、藤井香織取締役が社長に昇格する人事を発表した。",
    ),
    (
        "トキワ計測、カルガモ工業を特許侵害で提訴",
        (
            "トキワ計測は、センサーの特許を侵害されたとしてカルガモ工業を東京地裁に提訴した。"
            "5億円の損害賠償を求めている。"
        ),
    ),
    (
        "アスノワ、カルガモ工業の買収報道を否定",
        "アスノワは「カルガモ工業を買収するとの報道は事実ではない」とのコメントを発表した。",
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
        "アスノワ、カルガモ工業の買収を断念",
        "アスノワは、カルガモ工業の買収契約を解除すると発表した。規制当局の承認が得られなかった。",
    )
    assert [report.status for report in reports] == ["terminated"]


def test_a_deal_in_talks() -> None:
    reports = read(
        "ミドリ通信がユズリハの買収を検討 関係者",
        "ミドリ通信が介護AIのユズリハを買収する方向で交渉していることが分かった。複数の関係者が明らかにした。",
    )
    assert [report.status for report in reports] == ["rumored"]


def test_a_sum_of_several_units() -> None:
    report = read(
        "アスノワ、カルガモ工業を66億5000万円で買収",
        "アスノワはカルガモ工業を66億5000万円で買収すると発表した。",
    )[0]
    assert report.value is not None
    assert (report.value.amount, report.value.currency) == (Decimal("6650000000"), "JPY")
