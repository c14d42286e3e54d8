"""What is asked of the deals and what comes back: frozen, without a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from storage.records import ResolvedParty, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind


class DealSort(StrEnum):
    """The order of a list of deals."""

    NEWEST = "newest"
    OLDEST = "oldest"
    UPDATED = "updated"  # last changed first
    ADDED = "added"  # last found first
    VALUE = "value"  # largest amount first, those without one left out


@dataclass(frozen=True, slots=True)
class DealQuery:
    """What to look for; every field that is set must hold, of several values any.

    ``party`` is any name of a company, ``role`` what it does in the deal, ``other_party`` another company in it;
    ``with_subsidiaries`` takes the companies that belong to them for them. ``type`` matches the primary type or a
    further one. ``since`` and ``until`` (both included) are of the day announced, else first reported. ``text`` is
    words or their beginnings, "phrases" in quotes, and -words that must not occur (see ``tokens.parse``).
    ``technology`` None means all business deals.
    ``untold_by`` is the name of digests that have not told the deal as it is now (see ``storage.digests``).
    ``after`` is the cursor of the last deal of the page before (see ``cursor``).
    """

    party: str | None = None
    role: Role | None = None
    other_party: str | None = None
    with_subsidiaries: bool = False
    type: DealType | tuple[DealType, ...] | None = None
    focus: str | tuple[str, ...] | None = None
    status: Status | tuple[Status, ...] | None = None
    language: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None
    updated_since: datetime | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    currency: str | None = None
    value_kind: ValueKind | None = None
    text: str | None = None
    technology: bool | None = True
    min_confidence: float = 0.0
    untold_by: str | None = None
    sort: DealSort = DealSort.NEWEST
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DealEvidence:
    """The proof of one field: an exact slice of the text of the article at ``url``."""

    field: str
    quote: str
    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class DealReport:
    """One article's report of a deal. ``published`` is aware UTC, known to ``published_precision``."""

    id: int
    url: str
    title: str
    language: str
    published: datetime | None
    published_precision: DatePrecision | None
    publisher: str | None
    source: str
    status: Status
    confidence: float
    copy: bool  # repeats another report's text


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """When a deal first reached a status, as far as known, and the report that says so."""

    status: Status
    on: date | None
    url: str


@dataclass(frozen=True, slots=True)
class DealView:
    """A deal as it is shown. Times are aware UTC; ``reports`` are oldest first."""

    id: int
    type: DealType
    also: tuple[DealType, ...]
    parties: tuple[ResolvedParty, ...]
    focus: tuple[str, ...]
    value: Value | None
    status: Status
    technology: bool
    day: date
    announced_on: date | None
    announced_precision: DatePrecision | None
    confidence: float
    headline: str
    timeline: tuple[TimelineStep, ...]
    reports: tuple[DealReport, ...]
    evidence: tuple[DealEvidence, ...]
    languages: tuple[str, ...]
    first_seen: datetime
    updated_at: datetime


class RowParty(NamedTuple):
    """A party as a row shows it."""

    name: str
    role: Role


class DealRow(NamedTuple):
    """What one row of a list or a digest shows of a deal. Times are aware UTC.

    ``reports`` is how many there are, ``first_url`` the page of the earliest of them; ``languages`` are theirs.
    """

    id: int
    type: DealType
    also: tuple[DealType, ...]
    parties: tuple[RowParty, ...]
    focus: tuple[str, ...]
    value: Value | None
    status: Status
    technology: bool
    day: date
    announced_on: date | None
    announced_precision: DatePrecision | None
    confidence: float
    headline: str
    languages: tuple[str, ...]
    reports: int
    first_url: str
    first_seen: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DealChange:
    """One revision: ``changes`` maps a field to its value before and after, as text ("" for none)."""

    at: datetime
    changes: dict[str, tuple[str, str]]
    url: str | None  # of the article that brought it
    title: str | None
