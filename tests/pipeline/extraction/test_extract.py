"""What holds for every article, whatever it says; and a user's own focus areas."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.extraction import OwnAreas, extract
from pipeline.extraction.confidence import calibrated
from storage.records import Article
from storage.vocabulary import SYMMETRIC_TYPES, DatePrecision, DealType, Role

LABELLED = Path(__file__).parents[2] / "labelled" / "texts"
SAID = (
    "Vorlan Ostrow Inc. acquires buys sells to from with and , . $5 million patents stake in Nokia agreed has not "
    "denied partnership between 小米 收购 。 mua lại hợp tác với “ ” ( ) NASDAQ: 5G the of by merger talks completed’s"
)
WORDS = st.sampled_from([*SAID.split(), "\n", "\n\n"])


@given(st.lists(WORDS, max_size=60), st.sampled_from(["en", "vi", "zh", "de", "fr", "xx"]))
def test_no_text_breaks_it_and_every_quote_is_a_slice(words: list[str], language: str) -> None:
    text = " ".join(words)
    for report in extract(Article(text.split("\n")[0], text, language)):
        assert len(report.parties) >= 2
        assert 0.0 < report.confidence <= 1.0
        for evidence in report.evidence:
            assert evidence.quote == text[evidence.start : evidence.end] != ""
        if report.type in SYMMETRIC_TYPES:
            assert {party.role for party in report.parties} == {Role.PARTNER}
        if report.type is DealType.SETTLEMENT:
            assert {party.role for party in report.parties} == {Role.PARTY}


def test_the_same_article_gives_the_same_reports() -> None:
    for path in sorted(LABELLED.glob("en-10*.txt"))[:20]:
        text = path.read_text(encoding="utf-8")
        article = Article(text.split("\n")[0], text, "en")
        assert extract(article) == extract(article)


def test_the_publication_date_is_the_deals_with_its_precision() -> None:
    text = (
        "Vorlan acquires Ostrow Systems\n\nLens maker Vorlan has agreed to acquire Ostrow Systems, it announced today."
    )
    article = Article(text.split("\n")[0], text, "en", datetime(2026, 3, 4, tzinfo=UTC), DatePrecision.DAY)
    (report,) = extract(article)
    assert str(report.announced_on) == "2026-03-04"
    assert report.announced_precision is DatePrecision.DAY


def test_own_focus_areas_work_like_built_in_ones() -> None:
    text = (
        "Vorlan to acquire vertical farming company Ostrow Systems\n\n"
        "Vorlan has agreed to acquire Ostrow Systems, whose vertical farming towers grow lettuce. "
        "Vertical farming is its future, Vorlan said."
    )
    article = Article(text.split("\n")[0], text, "en")
    (report,) = extract(article, areas=OwnAreas({"agritech": ["vertical farming", "precision agriculture"]}))
    assert "agritech" in report.focus
    quotes = [evidence.quote.lower() for evidence in report.evidence if evidence.field == "focus"]
    assert "vertical farming" in quotes
    (plain,) = extract(article)
    assert "agritech" not in plain.focus


def test_quotes_are_the_text_as_it_stands_in_traditional_chinese_too() -> None:
    text = "嵐舟科技併購啟盾資安\n\n嵐舟科技今天宣布,以新台幣40億元併購啟盾資安(代號:7788)。"
    (report,) = extract(Article("嵐舟科技併購啟盾資安", text, "zh"))
    for evidence in report.evidence:
        assert text[evidence.start : evidence.end] == evidence.quote


def test_nothing_and_blank_make_no_report() -> None:
    assert extract(Article("", "", "en")) == ()
    assert extract(Article("", " \n ", "en")) == ()


def test_a_language_without_a_lexicon_is_read_with_little_confidence() -> None:
    text = "Nokia acquires Xiaomi for 2 billion euros\n\nNokia acquires Xiaomi, meldt het bedrijf."
    (told,) = extract(Article(text.split("\n")[0], text, "en"))
    (foreign,) = extract(Article(text.split("\n")[0], text, "nl"))
    assert {party.name for party in foreign.parties} == {"Nokia", "Xiaomi"}
    assert foreign.confidence <= round(calibrated(0.48), 3) < told.confidence
