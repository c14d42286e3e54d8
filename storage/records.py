"""The values that pass between extraction, resolution and storage: frozen, without a session, a clock or a network."""

from __future__ import annotations

from dataclasses import dataclass
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

    ``company`` is the name the alias dictionary knows it by ("Nokia" for 诺基亚), None when it knows nothing.
    """

    name: str
    role: Role
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """Money (``currency`` ISO 4217), or a percentage when kind is stake_percent (``currency`` is then None)."""

    amount: Decimal
    currency: str | None
    kind: ValueKind = ValueKind.TOTAL


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
