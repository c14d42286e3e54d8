"""Sentences have exact spans, in order, and know where they stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extraction.segmentation import Zone, dateline_end, is_headline_case, split_sentences

FURNITURE = re.compile(r"related:", re.IGNORECASE)
CLOSING = re.compile(r"About [A-Z]")


def pieces(text: str) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.zone.value) for s in split_sentences(text, FURNITURE, CLOSING)]


@given(st.text(alphabet="aB. !?。！\n\t-–(1)", max_size=300))
def test_spans_are_inside_in_order_and_trimmed(text: str) -> None:
    reached = 0
    for number, sentence in enumerate(split_sentences(text)):
        assert reached <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        assert sentence.index == number
        reached = sentence.end


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    text = "Title\n\nVorlan Inc. of the U.S. paid $1.5 million to Dr. Ostrow. It then left."
    assert [piece for piece, _ in pieces(text)][1:] == [
        "Vorlan Inc. of the U.S. paid $1.5 million to Dr. Ostrow.",
        "It then left.",
    ]


def test_chinese_sentences_end_without_a_space() -> None:
    assert [piece for piece, _ in pieces("标题\n\n甲公司收购乙公司。交易已完成!")][1:] == [
        "甲公司收购乙公司。",
        "交易已完成!",
    ]


def test_zones_follow_the_page() -> None:
    text = "Title of it\n\nLead sentence one is here.\nRelated: another story\n\nAbout Vorlan\nVorlan makes lenses."
    zones = dict(pieces(text))
    assert zones["Title of it"] == Zone.TITLE
    assert zones["Lead sentence one is here."] == Zone.LEAD
    assert zones["Related: another story"] == Zone.FURNITURE
    assert zones["Vorlan makes lenses."] == Zone.FURNITURE


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = "Title\n\nThis line has been wrapped by a mail program at some\nwidth and goes on here. Next."
    assert pieces(text)[1][0] == "This line has been wrapped by a mail program at some\nwidth and goes on here."


@pytest.mark.parametrize(
    ("line", "news"),
    [
        ("PARIS, March 19, 2024 /NewsWire/ -- Vorlan has bought Ostrow.", "Vorlan has bought Ostrow."),
        ("OSTRAVA, Feb. 3, 2025 -- The lens maker Vorlan grows.", "The lens maker Vorlan grows."),
        (
            "Vorlan has bought Ostrow - and is proud of it, it said.",
            "Vorlan has bought Ostrow - and is proud of it, it said.",
        ),
    ],
)
def test_a_dateline_is_no_part_of_the_news(line: str, news: str) -> None:
    assert line[dateline_end(line, 0, len(line)) :] == news


def test_headline_case() -> None:
    assert is_headline_case("Vorlan Buys Lens Maker Ostrow In Record Deal")
    assert not is_headline_case("Vorlan buys lens maker Ostrow in record deal")
