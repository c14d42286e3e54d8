"""What is done the quick way comes out as the plain way does."""

from __future__ import annotations

import re

import pytest

from pipeline.extraction.grammar import has_word
from pipeline.extraction.lexicon import beginnings, fold, load
from pipeline.extraction.phrases import phrase_log_odds, phrases_of
from pipeline.extraction.segmentation import split_sentences


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("merger", ["merger"]),
        ("ha(?:s|ve) (?:agreed|won)", ["has agreed", "has won", "have agreed", "have won"]),
        ("deals?", ["deal"]),
        ("buy(?:s|ing)?", ["buy"]),
        (r"take(?:s|n)? \w+ stake", ["take ", "taken ", "takes "]),
        ("in(?:vest|vested)+", ["in"]),
    ],
)
def test_every_match_has_one_of_the_beginnings(pattern: str, found: list[str]) -> None:
    assert beginnings(pattern) == found


def test_a_pattern_with_too_many_beginnings_is_sought_by_its_prefix() -> None:
    choice = "(?:" + "|".join("abcdefgh") + ")"
    assert beginnings(f"to {choice}{choice}{choice}", most=60) != ["to "]
    assert beginnings(f"to {choice}", most=7) == ["to "]


@pytest.mark.parametrize("text", ["the firm", "firms", "a firm, it", "_firm", "confirm firm", "", "firm"])
def test_a_word_is_found_between_word_edges(text: str) -> None:
    assert has_word(text, "firm") == (re.search(r"(?<!\w)firm(?!\w)", text) is not None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Vorlan buys Ostrow\nVorlan said on Monday it will acquire the company for $3 million. It has 40 people.",
        ),
        ("zh", "公司宣布收购芯片企业\n双方于周一签署了协议，金额为3亿元。"),
        ("ko", "회사가 반도체 기업을 인수한다\n양사는 월요일 계약을 체결했다고 밝혔다."),
        ("xx", "No language has this name."),
    ],
)
def test_phrases_weigh_the_same_looked_up_and_written_out(language: str, text: str) -> None:
    lexicon = load(language if language != "xx" else "en")
    said = phrases_of(language, fold(text), split_sentences(text, lexicon.furniture, lexicon.closing), [])
    assert phrase_log_odds(said) == pytest.approx(phrase_log_odds(dict(said)))
