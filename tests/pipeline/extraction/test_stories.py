"""Round-ups: where one story ends and the next begins, and what comes of each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extraction import extract
from pipeline.extraction.places import is_town
from pipeline.extraction.stories import together
from storage.records import Article
from storage.vocabulary import DatePrecision, DealType

STORIES = """

Quillmark AS has agreed to acquire Torvane Labs, a maker of lidar software, for $40 million.

Norrvik Ventures led a $12 million Series A in Belmora Health, a telehealth start-up.

Harrowgate Cells signed a supply agreement with Ostrel Motors worth 300 million euros.
"""


def _article(title: str, *, line: str = "", published: datetime | None = None) -> Article:
    text = f"{title}\n{line}{STORIES}"
    return Article(title, text, "en", published, DatePrecision.DAY if published else None)


def test_every_story_has_its_own_parties_and_sum() -> None:
    article = _article("The week's deals in brief")
    reports = extract(article)
    assert [
        (report.type, {party.name for party in report.parties}, report.value.amount if report.value else None)
        for report in reports
    ] == [
        (DealType.ACQUISITION, {"Quillmark AS", "Torvane Labs"}, Decimal(40_000_000)),
        (DealType.INVESTMENT, {"Norrvik Ventures", "Belmora Health"}, Decimal(12_000_000)),
        (DealType.SUPPLY, {"Harrowgate Cells", "Ostrel Motors"}, Decimal(300_000_000)),
    ]
    for report in reports:
        for item in report.evidence:
            assert article.text[item.start : item.end] == item.quote


def test_the_day_on_top_is_every_story_s() -> None:
    reports = extract(_article("The week's deals in brief", line="\nMarch 19, 2024\n"))
    assert [report.announced_on for report in reports] == [date(2024, 3, 19)] * 3
    assert all(
        any(item.field == "announced_on" and "March 19, 2024" in item.quote for item in report.evidence)
        for report in reports
    )
    published = datetime(2024, 3, 21, tzinfo=UTC)
    assert {report.announced_on for report in extract(_article("Deals in brief", published=published))} == {
        published.date()
    }


def test_a_page_of_tables_is_no_endless_round_up() -> None:
    lines = "\n\n".join(f"Quoll{n}x Corp has agreed to acquire Zarn{n}y Ltd for ${n + 2} million." for n in range(200))
    assert len(extract(Article("Deals", f"All deals\n\n{lines}", "en"))) <= 150


@pytest.mark.parametrize("joined", list(permutations([(1, 5), (4, 6), (3, 4)])))
def test_overlapping_joins_make_one_story_in_any_order(joined: tuple[tuple[int, int], ...]) -> None:
    assert together(range(8), joined) == [[0], [1, 2, 3, 4, 5, 6], [7]]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (min(pair), max(pair))), max_size=6))
def test_stories_are_runs_that_hold_every_join_whole(joined: list[tuple[int, int]]) -> None:
    groups = together(range(10), joined)
    assert [paragraph for group in groups for paragraph in group] == list(range(10))
    for first, last in joined:
        assert any(first in group and last in group for group in groups)


@pytest.mark.parametrize("name", ["Zug", "Göteborg", "Gotemburgo", "名古屋", "Río Cuarto"])
def test_towns_are_known_in_many_languages(name: str) -> None:
    assert is_town(name)


@pytest.mark.parametrize("name", ["Quillmark", "AMX", "Torvane Labs", ""])
def test_names_and_codes_are_no_towns(name: str) -> None:
    assert not is_town(name)
