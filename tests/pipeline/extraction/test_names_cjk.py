"""Names in text without capitals: what is found, what is left alone, and how far a name goes."""

from __future__ import annotations

import pytest

from pipeline.extraction.han import is_traditional, local_currency, simplify
from pipeline.extraction.lexicon import CompiledLexicon, fold, load
from pipeline.extraction.lexicon.schema import Lexicon
from pipeline.extraction.mentions import Mention
from pipeline.extraction.names_cjk import CjkMentionFinder
from pipeline.extraction.organisations import directory
from pipeline.extraction.segmentation import split_sentences
from pipeline.extraction.words_cjk import Kind, Segmenter


@pytest.fixture(scope="module")
def finder() -> CjkMentionFinder:
    return CjkMentionFinder(load("zh"), directory())


def mentions(finder: CjkMentionFinder, text: str, least: float = 0.5) -> list[Mention]:
    folded = simplify(fold(text))
    found = finder.find(text, folded, split_sentences(text), list(load("zh").cues(folded)))
    return [mention for mention in found if mention.score >= least]


def names(finder: CjkMentionFinder, text: str) -> list[str]:
    return [mention.name for mention in mentions(finder, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("诺基亚与小米签署协议", ["诺基亚", "小米"]),
        ("諾基亞與小米簽署協議", ["諾基亞", "小米"]),
        ("澜舟科技收购启盾安全", ["澜舟科技", "启盾安全"]),
        ("芬兰手机厂商泰岭与瀚屿资本签约", ["泰岭", "瀚屿资本"]),
        ("衡滨大学携手凌昊电子", ["衡滨大学", "凌昊电子"]),
        ("由禾峻资本领投,岭溪创投、云杉基金跟投", ["禾峻资本", "岭溪创投", "云杉基金"]),
        ("美国网络安全公司Quensil Labs宣布收购Brightol", ["Quensil Labs", "Brightol"]),
        ("博世旗下的博元资本投资澜舟科技", ["博元资本", "澜舟科技"]),
    ],
)
def test_finds(finder: CjkMentionFinder, text: str, expected: list[str]) -> None:
    assert names(finder, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "公司提高通过率,加快新产品上市",  # 高通 stands across two words
        "双方将围绕人工智能和5G开展合作",
        "首席执行官贺岚表示,市场竞争激烈",
        "固态电池和人形机器人需求增长",
        "预计明年第二季度完成,金额约3亿美元",
        "CEO表示,AI与IPO是今年的重点",
        "《智慧城市展》下周开幕",
    ],
)
def test_leaves_alone(finder: CjkMentionFinder, text: str) -> None:
    assert names(finder, text) == []


def test_a_legal_form_ticker_and_short_name_belong_to_the_name(finder: CjkMentionFinder) -> None:
    text = "公告\n\n澜舟科技股份有限公司(股票代码:600000,下称“澜舟”)与启盾安全签约。澜舟表示满意。"
    first, *others = mentions(finder, text)
    assert first.name == "澜舟科技"
    assert text[first.end : first.outer_end].endswith(")")
    assert first.aliases == ("澜舟",)
    assert [mention.name for mention in others] == ["启盾安全", "澜舟"]


@pytest.mark.parametrize("introduced", ["以下简称", "下称", "简称", "以下簡稱為", "以下统称"])
def test_a_short_name_is_given_without_its_introduction(finder: CjkMentionFinder, introduced: str) -> None:
    first = mentions(finder, f"公告\n\n澜舟科技股份有限公司({introduced}澜舟)与启盾安全签约。")[0]
    assert first.aliases == ("澜舟",)


def test_a_name_in_latin_letters_in_brackets_is_another_name(finder: CjkMentionFinder) -> None:
    first, second = mentions(finder, "北岬网络(Nordlys Networks)与泰岭签约,北岬网络和泰岭均未披露金额。")[:2]
    assert first.aliases == ("Nordlys Networks",)
    assert (first.name, second.name) == ("北岬网络", "泰岭")


def test_a_short_form_is_tied_to_the_long_name(finder: CjkMentionFinder) -> None:
    found = mentions(finder, "鴻嶽精密買下清瀨電機\n\n鴻嶽精密昨天簽約。鴻嶽將取得全部股權,鴻嶽表示滿意。")
    assert "鴻嶽" in found[0].aliases


def test_a_name_with_a_word_in_it_is_kept_whole_where_it_comes_back(finder: CjkMentionFinder) -> None:
    assert "聚付通" in names(finder, "聚付通与澜舟科技合并\n\n聚付通宣布与澜舟科技合并。")


def test_people_are_no_organisations(finder: CjkMentionFinder) -> None:
    found = names(finder, "澜舟科技董事长贺岚表示,公司将收购启盾安全。贺岚说,价格合理。")
    assert set(found) == {"澜舟科技", "启盾安全"}


def test_spans_are_the_text_as_it_stands(finder: CjkMentionFinder) -> None:
    text = "嵐舟科技併購啟盾資安"
    for mention in mentions(finder, text):
        assert text[mention.start : mention.end] == mention.name


def test_words_are_split_by_how_common_they_are() -> None:
    tokens = Segmenter(load("zh")).split("提高通过率", {}, {1: [3]})
    assert all(token.kind is not Kind.KNOWN for token in tokens)


def test_characters_are_simplified_one_for_one() -> None:
    text = "併購，總額（約）３億歐元:簽約"
    assert len(simplify(text)) == len(text)
    assert simplify(text).startswith("并购,总额(约)3亿欧元")


def test_local_currency() -> None:
    assert is_traditional("嵐舟科技併購啟盾資安")
    assert not is_traditional("澜舟科技并购启盾安全")
    assert local_currency("嵐舟科技以30億元併購") == "TWD"
    assert local_currency("嵐舟科技以30億元併購,約人民幣計") == "CNY"
    assert local_currency("澜舟科技以30亿元并购") == "CNY"


def tiny(
    language: str, script: str, after: dict[str, list[str]], triggers: list[str], **names: list[str]
) -> CompiledLexicon:
    """Just enough of a lexicon to find names with."""
    return CompiledLexicon(
        Lexicon.model_validate(
            {
                "language": language,
                "name": language,
                "script": script,
                "verb_last": True,
                "cases": {"after": after, "coordinators": [word for words in after.values() for word in words][:1]},
                "frames": [
                    {"name": "acquire", "type": "acquisition", "triggers": triggers, "roles": {"subject": "acquirer"}}
                ],
                "names": names,
                "money": {},
            }
        )
    )


def found_with(lexicon: CompiledLexicon, text: str) -> list[str]:
    folded = fold(text)
    hits = list(lexicon.cues(folded))
    found = CjkMentionFinder(lexicon, directory()).find(text, folded, split_sentences(text), hits)
    return [mention.name for mention in found if mention.score >= 0.5]


def test_japanese_names_end_at_particles_and_people_at_their_titles() -> None:
    lexicon = tiny(
        "ja", "kana", {"with": ["と"], "object": ["を"], "subject": ["は", "が"], "poss": ["の"]}, ["買収"],
        organisation_nouns=["電機"], legal_forms=["株式会社"], descriptors=["メーカー"], person_titles=["社長"],
        honorifics=["氏"], boundaries=["は", "を", "の", "と", "する", "した", "発表", "日"], not_names=["半導体"],
    )  # fmt: skip
    text = (
        "株式会社ミナトリクスは20日、半導体メーカーの霧嶺電機を買収すると発表した。ミナトリクスの高槻社長は歓迎した。"
    )
    assert found_with(lexicon, text) == ["ミナトリクス", "霧嶺電機", "ミナトリクス"]


def test_korean_names_leave_their_particles() -> None:
    lexicon = tiny(
        "ko", "hangul", {"with": ["와", "과"], "object": ["을", "를"], "subject": ["은", "는", "이", "가"]}, ["인수"],
        descriptors=["업체"], person_titles=["대표"], surnames=["이", "김"], boundaries=["한다고", "했다", "밝혔다"],
    )  # fmt: skip
    text = "한빛소프텍, 반도체 업체 누리웍스 인수\n\n한빛소프텍은 20일 누리웍스를 인수한다고 밝혔다."
    assert found_with(lexicon, text) == ["한빛소프텍", "누리웍스", "한빛소프텍", "누리웍스"]
