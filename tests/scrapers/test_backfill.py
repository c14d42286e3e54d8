"""Which links of a look are taken: pure, with the clock handed in."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from scrapers.backfill import MAX_UNDATED, choose_links
from scrapers.links import Link

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SINCE = date(2026, 10, 21)
DATES = st.none() | st.sampled_from(["2026", "2025", "2026-10", "2026-09", "2026-10-20", "2026-10-21T08:00:00+00:00"])


def link(name: str, published: str | None = None, modified: str | None = None) -> Link:
    return Link(f"https://news.example/{name}", published=published, modified=modified)


def names(links: tuple[Link, ...]) -> list[str]:
    return [found.url.removeprefix("https://news.example/") for found in links]


def test_what_is_certainly_older_is_left_out_and_told() -> None:
    links = [
        link("new", "2026-11-05T10:00:00+00:00"),
        link("old", "2026-10-20T23:59:59+00:00"),
        link("month", "2026-10"),  # may be of its last day
        link("year", "2026"),
        link("last-year", "2025"),
        link("untouched", modified="2026-01-01"),  # what did not change since then was not published since then
        link("touched", "2026-01-01", modified="2026-11-01"),
        link("2024/03/05/in-its-address"),
        link("2026/11/05/in-its-address"),
    ]
    chosen = choose_links(links, since=SINCE, first_poll=False, now=NOW)
    assert names(chosen.taken) == ["new", "month", "year", "2026/11/05/in-its-address"]
    assert chosen.undated == ()
    assert chosen.notes == ("5 of 9 links are older than 2026-10-21 and were left out (backfill_since)",)


def test_of_undated_links_the_first_look_takes_some_and_says_so() -> None:
    links = [link(str(number)) for number in range(MAX_UNDATED + 12)]
    first = choose_links(links, since=SINCE, first_poll=True, now=NOW)
    assert (len(first.taken), len(first.undated)) == (MAX_UNDATED, 12)
    assert set(first.taken) | set(first.undated) == set(links)
    # New ones stand at the beginning, or at the end: both are taken.
    assert links[0] in first.taken
    assert links[-1] in first.taken
    assert first.notes == (
        f"12 of {MAX_UNDATED + 12} links without a date were left out in the first look (backfill_since)",
    )
    assert choose_links(links, since=SINCE, first_poll=False, now=NOW).taken == tuple(links)


def test_everything_is_taken_where_that_is_wanted() -> None:
    links = [link(str(number), "1999-01-01") for number in range(500)]
    assert choose_links(links, since=None, first_poll=True, now=NOW).taken == tuple(links)


def test_dates_to_come_are_no_dates() -> None:
    links = [link("soon", "2026-11-21"), link("conference", "2027-03-01"), link("typo", "2062-11-05")]
    chosen = choose_links(links, since=SINCE, first_poll=True, now=NOW)
    assert [found.published for found in chosen.taken] == ["2026-11-21", None, None]
    assert chosen.notes == ("2 links are dated in the future; their dates were not taken",)


@given(st.lists(st.tuples(DATES, DATES), max_size=80), st.booleans())
def test_no_link_is_lost_without_a_word(dates: list[tuple[str | None, str | None]], first_poll: bool) -> None:
    links = [link(str(number), published, modified) for number, (published, modified) in enumerate(dates)]
    chosen = choose_links(links, since=SINCE, first_poll=first_poll, now=NOW)
    assert set(chosen.taken) | set(chosen.undated) <= set(links)
    assert list(chosen.taken) == [found for found in links if found in set(chosen.taken)]
    if len(chosen.taken) < len(links):
        assert sum(int(note.split()[0]) for note in chosen.notes) == len(links) - len(chosen.taken)
