"""Stored deals made by hand, for tests of what is shown and written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from storage.deals import DealEvidence, DealReport, DealRow, DealView, RowParty, TimelineStep
from storage.records import ResolvedParty, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind

SEEN = datetime(2026, 11, 5, 10, 30, 15, 999, tzinfo=UTC)


def a_report(number: int = 1, language: str = "en") -> DealReport:
    return DealReport(
        id=number, url=f"https://news.example/{number}", title="Ostrel buys Tarvik", language=language,
        published=datetime(2026, 11, 5, tzinfo=UTC), published_precision=DatePrecision.DAY, publisher=None,
        source="news", status=Status.ANNOUNCED, confidence=0.9, copy=False,
    )  # fmt: skip


def a_view(number: int = 7, **changes: object) -> DealView:
    """Ostrel acquires Tarvik for 1.5 billion dollars, told twice; any field can be given another value."""
    view = DealView(
        id=number,
        type=DealType.ACQUISITION,
        also=(DealType.LICENSING,),
        parties=(ResolvedParty(1, "Ostrel", Role.ACQUIRER), ResolvedParty(2, "Tarvik; Sons", Role.TARGET)),
        focus=("ai", "cloud"),
        value=Value(Decimal("1500000000.00"), "USD", ValueKind.UP_TO),
        status=Status.ANNOUNCED,
        technology=True,
        day=date(2026, 11, 5),
        announced_on=date(2026, 11, 5),
        announced_precision=DatePrecision.DAY,
        confidence=0.87654,
        headline="Ostrel to buy Tarvik",
        timeline=(TimelineStep(Status.ANNOUNCED, date(2026, 11, 5), "https://news.example/1"),),
        reports=(a_report(1), a_report(2, "vi")),
        evidence=(DealEvidence("type", "buys", 7, 11, "https://news.example/1"),),
        languages=("en", "vi"),
        first_seen=SEEN,
        updated_at=SEEN,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def a_row(number: int = 7, **changes: object) -> DealRow:
    """The same deal as a row of a list."""
    view = a_view(number)
    row = DealRow(
        id=view.id, type=view.type, also=view.also, parties=tuple(RowParty(p.name, p.role) for p in view.parties),
        focus=view.focus, value=view.value, status=view.status, technology=view.technology, day=view.day,
        announced_on=view.announced_on, announced_precision=view.announced_precision, confidence=view.confidence,
        headline=view.headline, languages=view.languages, reports=2, first_url=view.reports[0].url,
        first_seen=view.first_seen, updated_at=view.updated_at,
    )  # fmt: skip
    return row._replace(**changes)  # type: ignore[arg-type]
