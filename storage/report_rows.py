"""Reports to rows and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, delete, select
from sqlalchemy.orm import Session

from storage import records
from storage.columns import storable
from storage.companies import names_of, resolve_company
from storage.models import Article, Page, Report, ReportParty, Source
from storage.vocabulary import DealType, Role, ValueKind


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


_COLUMNS = (
    Report.id, Report.deal_id, Report.type, Report.status, Report.also, Report.focus, Report.value_amount,
    Report.value_currency, Report.value_kind, Report.technology, Report.announced_on, Report.announced_precision,
    Report.headline, Report.confidence, Report.article_id, Article.title, Article.language, Article.publisher,
    Article.published_at, Article.published_precision, Article.copy_of_id, Page.canonical_url,
    Source.name.label("source"),
)  # fmt: skip


def load_reports(
    session: Session, condition: ColumnElement[bool], *, evidence: bool = True
) -> list[records.StoredReport]:
    """The reports for which ``condition`` holds, by id; ``evidence=False`` leaves the quotes out and is quicker."""
    columns = (*_COLUMNS, Report.evidence) if evidence else _COLUMNS
    rows = session.execute(
        select(*columns)
        .select_from(Report)
        .join(Article, Article.id == Report.article_id)
        .join(Page, Page.id == Article.page_id)
        .join(Source, Source.id == Page.source_id)
        .where(condition)
        .order_by(Report.id)
    ).all()
    parties: dict[int, list[_PartyRow]] = {row.id: [] for row in rows}
    named = (
        select(ReportParty.report_id, ReportParty.name, ReportParty.role, ReportParty.known_as, ReportParty.company_id)
        .where(ReportParty.report_id.in_(parties))
        .order_by(ReportParty.report_id, ReportParty.ordinal)
    )
    for report_id, name, role, known_as, company_id in session.execute(named):
        parties[report_id].append(_PartyRow(name, role, known_as, company_id))
    names = names_of(session, {party.company_id for of_report in parties.values() for party in of_report})
    return [_stored(row, parties[row.id], names, evidence_of(row.evidence) if evidence else ()) for row in rows]


class _PartyRow(NamedTuple):
    name: str
    role: Role
    known_as: str | None
    company_id: int


def _stored(
    row: Row[*tuple[Any, ...]],
    parties: Sequence[_PartyRow],
    names: Mapping[int, str],
    evidence: tuple[records.Evidence, ...],
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
            evidence=evidence,
        ),
        parties=tuple(
            records.ResolvedParty(party.company_id, names[party.company_id], party.role) for party in parties
        ),
        article_id=row.article_id,
        url=row.canonical_url,
        title=row.title,
        language=row.language,
        source=row.source,
        deal_id=row.deal_id,
        publisher=row.publisher,
        published_at=row.published_at,
        published_precision=row.published_precision,
        copy_of=row.copy_of_id,
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
