"""What the reports of deals tell beside the facts: where, when, in which languages and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Article, Page, Report, ReportParty, Source
from storage.report_rows import evidence_of


@dataclass(frozen=True, slots=True)
class Told:
    """Of all reports of one deal, earliest first (published, else first seen), each thing once.

    ``names`` are the parties as they were written; ``quotes`` the evidence, without that of copies.
    """

    first_day: date | None = None
    first_url: str = ""
    reports: int = 0
    languages: tuple[str, ...] = ()  # in the alphabet's order
    sources: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def told_of(session: Session, deal_ids: Sequence[int]) -> dict[int, Told]:
    """What is told of each of these deals."""
    query = (
        select(
            Report.deal_id, Report.id, Report.evidence, Article.title, Article.language, Article.published_at,
            Article.first_seen, Article.copy_of_id, Page.canonical_url, Source.name.label("source"),
        )
        .join(Article, Article.id == Report.article_id)
        .join(Page, Page.id == Article.page_id)
        .join(Source, Source.id == Page.source_id)
        .where(Report.deal_id.in_(deal_ids))
    )  # fmt: skip
    reports: dict[int, list[_Row]] = {deal_id: [] for deal_id in deal_ids}
    for row in session.execute(query):
        reports[row.deal_id].append(
            _Row(
                at=row.published_at or row.first_seen,
                copy=row.copy_of_id is not None,
                url=row.canonical_url,
                id=row.id,
                title=row.title,
                language=row.language,
                source=row.source,
                quotes=() if row.copy_of_id is not None else tuple(proof.quote for proof in evidence_of(row.evidence)),
            )
        )
    names: dict[int, list[str]] = {deal_id: [] for deal_id in deal_ids}
    named = (
        select(Report.deal_id, ReportParty.name, ReportParty.known_as)
        .join(Report, Report.id == ReportParty.report_id)
        .where(Report.deal_id.in_(deal_ids))
    )
    for party in session.execute(named):
        names[party.deal_id].extend(filter(None, (party.name, party.known_as)))
    return {deal_id: _told(rows, names[deal_id]) if rows else Told() for deal_id, rows in reports.items()}


def in_order(at: datetime, copy: bool, url: str, report_id: int) -> tuple[datetime, bool, str, int]:
    """The key by which a deal's reports are sorted: earliest first, and not by the accident of who was read first."""
    return at, copy, url, report_id


@dataclass(frozen=True, slots=True)
class _Row:
    at: datetime
    copy: bool
    url: str
    id: int
    title: str
    language: str
    source: str
    quotes: tuple[str, ...]


def _told(rows: list[_Row], names: list[str]) -> Told:
    rows.sort(key=lambda row: in_order(row.at, row.copy, row.url, row.id))
    return Told(
        first_day=rows[0].at.astimezone(UTC).date(),
        first_url=rows[0].url,
        reports=len(rows),
        languages=tuple(sorted({row.language for row in rows})),
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        titles=tuple(dict.fromkeys(row.title for row in rows)),
        quotes=tuple(dict.fromkeys(quote for row in rows for quote in row.quotes)),
        names=tuple(sorted(set(names))),
    )
