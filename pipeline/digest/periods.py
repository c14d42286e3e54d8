"""The days that a digest covers: pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.config_digests import Period


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included; None leaves that side open. ``label`` is for titles and file names: ``2026-W46``."""

    since: date | None
    until: date | None
    label: str


def span_of(period: Period, day: date) -> Span:
    """The day, ISO week (Monday to Sunday) or month that ``day`` lies in.

    Raises ValueError for ``since_last``, which has no days.
    """
    match period:
        case Period.DAILY:
            return Span(day, day, day.isoformat())
        case Period.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Span(monday, monday + timedelta(days=6), f"{year}-W{week:02}")
        case Period.MONTHLY:
            last = calendar.monthrange(day.year, day.month)[1]
            return Span(day.replace(day=1), day.replace(day=last), f"{day:%Y-%m}")
        case Period.SINCE_LAST:
            raise ValueError("a digest of what is new has no days")


def last_span(period: Period, today: date) -> Span:
    """The last day, week or month that is over."""
    current = span_of(period, today).since
    assert current is not None
    return span_of(period, current - timedelta(days=1))


def spans_after(period: Period, day: date, today: date) -> list[Span]:
    """The days, weeks or months that ended after ``day`` and are over, oldest first."""
    spans: list[Span] = []
    last = last_span(period, today)
    while last.since is not None and last.until is not None and last.until > day:
        spans.append(last)
        last = span_of(period, last.since - timedelta(days=1))
    return spans[::-1]


def span_between(since: date | None, until: date | None) -> Span:
    """Any days; with neither side given, all there are.

    Raises ValueError when they are the wrong way round.
    """
    if since is not None and until is not None and since > until:
        raise ValueError(f"the period ends before it begins: since {since}, until {until}")
    if since is None and until is None:
        return Span(None, None, "all")
    sides = (since.isoformat() if since else "", until.isoformat() if until else "")
    return Span(
        since, until, "_to_".join(sides).strip("_") if all(sides) else ("from_" if since else "to_") + "".join(sides)
    )


def numbered(number: int, day: date) -> str:
    """The label of the digest of what is new that is the ``number``-th of its name, made on ``day``."""
    return f"{day}-no{number}"
