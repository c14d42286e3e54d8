"""The values that pass between extraction, resolution and storage: frozen, without a session, a clock or a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind


@dataclass(frozen=True, slots=True)
class Article:
    """Title and text drawn from one page.

    ``text`` begins with the title (where there is one) and is what evidence spans point into; it is NFC.
    ``published_at`` is aware UTC; ``published_precision`` says how much of it is known.
    """

    title: str
    text: str
    language: str  # ISO 639-1, "und" when unknown
    published_at: datetime | None = None
    published_precision: DatePrecision | None = None
    publisher: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The proof of one field: ``quote == article.text[start:end]``, checked when written."""

    field: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Party:
    """A named organisation that takes part, as the article writes it.

    ``company`` is the name the alias dictionary knows it by ("Nokia" for 诺基亚), None when it knows nothing;
    ``parent`` is what the dictionary says it belongs to, which is nothing that the article says.
    """

    name: str
    role: Role
    company: str | None = None
    parent: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Value:
    """Money (``currency`` ISO 4217), or a percentage when kind is stake_percent (``currency`` is then None)."""

    amount: Decimal
    currency: str | None
    kind: ValueKind = ValueKind.TOTAL

    def __str__(self) -> str:
        """As revisions tell it: ``250000000 USD total``, ``12.5 stake_percent``."""
        return " ".join(filter(None, [f"{self.amount:f}", self.currency, self.kind.value]))


@dataclass(frozen=True, slots=True)
class Report:
    """What ONE article says of ONE deal."""

    type: DealType
    parties: tuple[Party, ...]
    status: Status
    also: tuple[DealType, ...] = ()
    focus: tuple[str, ...] = ()
    value: Value | None = None
    technology: bool = False
    announced_on: date | None = None
    announced_precision: DatePrecision | None = None
    headline: str = ""
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedParty:
    """A party once its name has been taken for a company; ``name`` is the name to show."""

    company_id: int
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as the database holds it, with what resolution needs to know of its article.

    ``parties`` are aligned with ``report.parties``. ``published_at`` is aware UTC. ``copy_of`` is the article
    whose text this one's text repeats, so it is no independent witness.
    """

    id: int
    report: Report
    parties: tuple[ResolvedParty, ...]
    article_id: int
    url: str
    title: str
    language: str
    source: str
    deal_id: int | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    published_precision: DatePrecision | None = None
    copy_of: int | None = None


@dataclass(frozen=True, slots=True)
class DealFacts:
    """The fields of a deal, as derived from all its reports."""

    type: DealType
    parties: tuple[ResolvedParty, ...]
    status: Status
    also: tuple[DealType, ...] = ()
    focus: tuple[str, ...] = ()
    value: Value | None = None
    technology: bool = False
    announced_on: date | None = None
    announced_precision: DatePrecision | None = None
    headline: str = ""
    confidence: float = 0.0
