"""Deals: searching them, one with its history, and writing what resolution decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from storage.records import DealCandidate, DealFacts, ResolvedParty, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status


class DealSort(StrEnum):
    """The order of a list of deals."""

    NEWEST = "newest"
    OLDEST = "oldest"
    UPDATED = "updated"  # last changed first
    ADDED = "added"  # last found first
    VALUE = "value"  # largest amount first, those without one left out


@dataclass(frozen=True, slots=True)
class DealQuery:
    """What to look for; every field that is set must hold.

    ``party`` is any name of a company; ``type`` matches the primary type or a further one. ``since`` and ``until``
    (both included) are of the day announced, else first reported. ``technology`` None means all business deals.
    ``after`` is the cursor of the last deal of the page before (see ``cursor``).
    """

    party: str | None = None
    role: Role | None = None
    type: DealType | None = None
    focus: str | None = None
    status: Status | None = None
    language: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None
    updated_since: datetime | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    currency: str | None = None
    text: str | None = None
    technology: bool | None = True
    min_confidence: float = 0.0
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


@dataclass(frozen=True, slots=True)
class DealChange:
    """One revision: ``changes`` maps a field to its value before and after, as text ("" for none)."""

    at: datetime
    changes: dict[str, tuple[str, str]]
    url: str | None  # of the article that brought it
    title: str | None


def search(session: Session, query: DealQuery, *, evidence: bool = True) -> list[DealView]:
    """One page of deals, at most ``query.limit``. ``evidence=False`` leaves the quotes out and is quicker.

    Raises InvalidRecord for a cursor that is none.
    """
    raise NotImplementedError


def cursor(view: DealView, sort: DealSort = DealSort.NEWEST) -> str:
    """What to put into ``DealQuery.after`` for the page that follows ``view``."""
    raise NotImplementedError


def iter_deals(session: Session, query: DealQuery, *, evidence: bool = True) -> Iterator[DealView]:
    """All deals of the query, in its order and in bounded memory; ``limit`` is how many are read at a time."""
    raise NotImplementedError


def count(session: Session, query: DealQuery) -> int:
    """How many deals the query finds in all (``limit`` and ``after`` aside)."""
    raise NotImplementedError


def get(session: Session, deal_id: int) -> DealView:
    """One deal. Raises NotFound."""
    raise NotImplementedError


def revisions(session: Session, deal_id: int) -> list[DealChange]:
    """What changed in a deal since it was first written, oldest first. Raises NotFound."""
    raise NotImplementedError


def save_deal(
    session: Session,
    facts: DealFacts,
    report_ids: Sequence[int],
    *,
    now: datetime,
    deal_id: int | None = None,
    because: int | None = None,
) -> int:
    """Write a deal (a new one without ``deal_id``) with ALL its reports; its id.

    Reports that belonged to another deal leave it: that one becomes stale, or goes when it has no reports left.
    Reports of this deal that are not named stay with it. What changed in an existing deal is added to its revisions,
    with the report ``because`` of which it did; the same again writes nothing. Clears ``stale``.
    Raises NotFound, InvalidRecord.
    """
    raise NotImplementedError


def stale_deals(session: Session, *, limit: int = 500) -> list[int]:
    """Deals whose reports changed since their facts were derived: merge the facts of their reports and save again."""
    raise NotImplementedError


def candidates(
    session: Session, company_ids: Sequence[int], around: date | None, window_days: int, *, limit: int = 100
) -> list[DealCandidate]:
    """Deals that share a company and lie within ``window_days`` of ``around`` (None: any time).

    Those that share the most companies come first.
    """
    raise NotImplementedError
