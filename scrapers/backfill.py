"""What is taken of the links of a source, so that a new source does not pour years of its past in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scrapers.links import Link
from scrapers.sitemap import freshness, newest

#: Links without any date that the first look at a source takes; how old they are shows only when they are fetched.
MAX_UNDATED = 50
#: Clocks and time zones differ by a day; what is dated later than this is an event to come, or a mistake.
_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Choice:
    """``undated`` are links left out for which only remembering them keeps the next look from taking them."""

    taken: tuple[Link, ...]
    undated: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


def choose_links(links: Sequence[Link], *, since: date | None, first_poll: bool, now: datetime) -> Choice:
    """Leave out what is dated before ``since`` and, in the first look, all but some of what has no date.

    A link is as old as its date of publication or, without one, no newer than its last change or the day in its
    address say. ``since`` None takes everything. Dates in the future are dropped, their links are not.
    """
    notes: list[str] = []
    tomorrow = (now + _AHEAD).date().isoformat()
    to_come = sum(1 for link in links if link.published and link.published[:10] > tomorrow)
    if to_come:
        notes.append(f"{to_come} links are dated in the future; their dates were not taken")
        links = [
            replace(link, published=None) if link.published and link.published[:10] > tomorrow else link
            for link in links
        ]
    if since is None:
        return Choice(tuple(links), notes=tuple(notes))
    recent = [link for link in links if not _older(freshness(link), since)]
    if old := len(links) - len(recent):
        notes.append(f"{old} of {len(links)} links are older than {since} and were left out (backfill_since)")
    undated = [link for link in recent if freshness(link) is None] if first_poll else []
    left_out = set(undated).difference(newest(undated, MAX_UNDATED))
    if left_out:
        notes.append(
            f"{len(left_out)} of {len(undated)} links without a date were left out in the first look (backfill_since)"
        )
    return Choice(
        tuple(link for link in recent if link not in left_out),
        tuple(link for link in undated if link in left_out),
        tuple(notes),
    )


def _older(when: str | None, since: date) -> bool:
    """By what is certain: "2026-11" is not older than 5 November 2026."""
    return when is not None and when[:10] < since.isoformat()[: len(when)]
