"""Reports to rows and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, undefer

from storage import records
from storage.columns import storable
from storage.companies import names_of, resolve_company
from storage.models import Article, Page, Report, ReportParty, Source
from storage.vocabulary import DealType, ValueKind


def report_hash(report: records.Report) -> str:
    """Equal for reports that say the same with the same evidence."""
    said = asdict(report)
    for party in said["parties"]:
        del party["parent"]  # of the dictionary, not of the article
    if report.value is not None:
        said["value"]["amount"] = _plain(report.value.amount)
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(storable(text).encode("utf-8")).hexdigest()


def write_report(session: Session, row: Report, report: records.Report) -> None:
    """Make ``row`` say what ``report`` says, and take its parties for companies."""
    row.type = report.type
    row.status = report.status
    row.also = [deal_type.value for deal_type in report.also]
    row.focus = list(report.focus)
    row.value_amount = None if report.value is None else report.value.amount
    row.value_currency = None if report.value is None else report.value.currency
    row.value_kind = None if report.value is None else report.value.kind
    row.technology = report.technology
    row.announced_on = report.announced_on
    row.announced_precision = report.announced_precision
    row.confidence = report.confidence
    row.headline = report.headline
    row.evidence = [asdict(proof) for proof in report.evidence]
    row.content_hash = report_hash(report)
    session.add(row)
    session.flush()
    session.execute(delete(ReportParty).where(ReportParty.report_id == row.id))
    for ordinal, party in enumerate(report.parties):
        session.add(
            ReportParty(
                report_id=row.id,
                ordinal=ordinal,
                company_id=resolve_company(session, party),
                role=party.role,
                name=party.name,
                known_as=party.company,
            )
        )
    session.flush()


def load_reports(session: Session, condition: ColumnElement[bool]) -> list[records.StoredReport]:
    """The reports for which ``condition`` holds, by id."""
    rows = session.execute(
        select(Report, Article, Page.canonical_url, Source.name)
        .join(Article, Article.id == Report.article_id)
        .join(Page, Page.id == Article.page_id)
        .join(Source, Source.id == Page.source_id)
        .where(condition)
        .order_by(Report.id)
        .options(undefer(Report.evidence))
    ).all()
    parties: dict[int, list[ReportParty]] = {}
    for party in session.scalars(
        select(ReportParty)
        .where(ReportParty.report_id.in_([report.id for report, *_ in rows]))
        .order_by(ReportParty.report_id, ReportParty.ordinal)
    ):
        parties.setdefault(party.report_id, []).append(party)
    names = names_of(session, {party.company_id for named in parties.values() for party in named})
    return [
        _stored(report, article, url, source, parties.get(report.id, []), names)
        for report, article, url, source in rows
    ]


def _stored(
    row: Report, article: Article, url: str, source: str, parties: list[ReportParty], names: dict[int, str]
) -> records.StoredReport:
    return records.StoredReport(
        id=row.id,
        report=records.Report(
            type=row.type,
            parties=tuple(records.Party(party.name, party.role, party.known_as) for party in parties),
            status=row.status,
            also=tuple(DealType(word) for word in words(row.also)),
            focus=tuple(words(row.focus)),
            value=value_of(row.value_amount, row.value_currency, row.value_kind),
            technology=row.technology,
            announced_on=row.announced_on,
            announced_precision=row.announced_precision,
            headline=row.headline,
            confidence=row.confidence,
            evidence=evidence_of(row.evidence),
        ),
        parties=tuple(
            records.ResolvedParty(party.company_id, names[party.company_id], party.role) for party in parties
        ),
        article_id=article.id,
        url=url,
        title=article.title,
        language=article.language,
        source=source,
        deal_id=row.deal_id,
        publisher=article.publisher,
        published_at=article.published_at,
        published_precision=article.published_precision,
        copy_of=article.copy_of_id,
    )


def value_of(amount: Decimal | None, currency: str | None, kind: ValueKind | None) -> records.Value | None:
    """The value that three columns hold."""
    return None if amount is None or kind is None else records.Value(amount, currency, kind)


def evidence_of(column: object) -> tuple[records.Evidence, ...]:
    """The evidence that a JSON column holds."""
    items: Iterable[object] = column if isinstance(column, list) else ()
    return tuple(
        records.Evidence(str(item["field"]), str(item["quote"]), int(item["start"]), int(item["end"]))
        for item in items
        if isinstance(item, dict)
    )


def words(column: object) -> list[str]:
    """The strings that a JSON column holds."""
    return [str(item) for item in column] if isinstance(column, list) else []


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
