"""Deal rows to what is shown of them, many at a time: a fixed number of statements however many deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.deal_shapes import DealChange, DealEvidence, DealReport, DealView
from storage.models import Article, Deal, DealFacet, DealParty, DealRevision, Page, Report, Source
from storage.records import DealFacts, ResolvedParty
from storage.report_rows import evidence_of, value_of
from storage.timelines import Telling, timeline
from storage.told import in_order
from storage.vocabulary import DealType


@dataclass(slots=True)
class Children:
    """What other tables hold of one deal, each in its order."""

    parties: list[ResolvedParty] = field(default_factory=list)
    facets: dict[str, list[str]] = field(default_factory=dict)

    def also(self) -> tuple[DealType, ...]:
        return tuple(DealType(word) for word in self.facets.get("type", [])[1:])

    def focus(self) -> tuple[str, ...]:
        return tuple(self.facets.get("focus", []))

    def languages(self) -> tuple[str, ...]:
        return tuple(self.facets.get("language", []))


def load_children(session: Session, deal_ids: Sequence[int], *, named_only: bool = False) -> dict[int, Children]:
    """Parties and facets of these deals; every id is a key. With ``named_only`` also the companies that reports name
    and the deals' own facts do not.
    """
    children = {deal_id: Children() for deal_id in deal_ids}
    parties = select(DealParty.deal_id, DealParty.company_id, DealParty.name, DealParty.role)
    if not named_only:
        parties = parties.where(~DealParty.named_only)
    for deal_id, company_id, name, role in session.execute(
        parties.where(DealParty.deal_id.in_(deal_ids)).order_by(DealParty.deal_id, DealParty.ordinal)
    ):
        children[deal_id].parties.append(ResolvedParty(company_id, name, role))
    facets = select(DealFacet.deal_id, DealFacet.kind, DealFacet.value)
    for deal_id, kind, value in session.execute(
        facets.where(DealFacet.deal_id.in_(deal_ids)).order_by(DealFacet.deal_id, DealFacet.kind, DealFacet.ordinal)
    ):
        children[deal_id].facets.setdefault(kind, []).append(value)
    return children


def facts_of(deal: Deal, children: Children) -> DealFacts:
    """The fields of a deal as resolution gave them."""
    return DealFacts(
        type=deal.type,
        parties=tuple(children.parties),
        status=deal.status,
        also=children.also(),
        focus=children.focus(),
        value=value_of(deal.value_amount, deal.value_currency, deal.value_kind),
        technology=deal.technology,
        announced_on=deal.announced_on,
        announced_precision=deal.announced_precision,
        headline=deal.headline,
        confidence=deal.confidence,
    )


@dataclass(slots=True)
class _Reports:
    shown: list[DealReport] = field(default_factory=list)
    evidence: list[DealEvidence] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)


def load_views(session: Session, deals: Sequence[Deal], *, evidence: bool) -> list[DealView]:
    """These deals as they are shown, in the order given."""
    ids = [deal.id for deal in deals]
    children = load_children(session, ids)
    reports = _load_reports(session, ids, evidence=evidence)
    return [_view(deal, children[deal.id], reports[deal.id]) for deal in deals]


def load_changes(session: Session, deal_id: int) -> list[DealChange]:
    """The revisions of one deal, oldest first."""
    query = (
        select(DealRevision, Page.canonical_url, Article.title)
        .outerjoin(Report, Report.id == DealRevision.report_id)
        .outerjoin(Article, Article.id == Report.article_id)
        .outerjoin(Page, Page.id == Article.page_id)
        .where(DealRevision.deal_id == deal_id)
        .order_by(DealRevision.id)
    )
    return [
        DealChange(at=revision.at, changes=_changes(revision.changes), url=url, title=title)
        for revision, url, title in session.execute(query)
    ]


def _changes(column: object) -> dict[str, tuple[str, str]]:
    if not isinstance(column, dict):
        return {}
    return {str(name): (str(before), str(after)) for name, (before, after) in column.items()}


def _load_reports(session: Session, deal_ids: Sequence[int], *, evidence: bool) -> dict[int, _Reports]:
    loaded = {deal_id: _Reports() for deal_id in deal_ids}
    query = (
        select(
            Report.deal_id, Report.id, Report.status, Report.confidence, Report.announced_on,
            Article.title, Article.language, Article.published_at, Article.published_precision, Article.publisher,
            Article.copy_of_id, Article.first_seen, Page.canonical_url, Source.name.label("source"),
        )
        .join(Article, Article.id == Report.article_id)
        .join(Page, Page.id == Article.page_id)
        .join(Source, Source.id == Page.source_id)
        .where(Report.deal_id.in_(deal_ids))
    )  # fmt: skip
    quotes: dict[int, object] = {}
    if evidence:
        quoted = select(Report.id, Report.evidence).where(Report.deal_id.in_(deal_ids))
        quotes = dict(session.execute(quoted).all())
    rows = sorted(
        session.execute(query).all(),
        key=lambda row: in_order(
            row.published_at or row.first_seen, row.copy_of_id is not None, row.canonical_url, row.id
        ),
    )
    for row in rows:
        of_deal = loaded[row.deal_id]
        published_at: datetime | None = row.published_at
        of_deal.shown.append(
            DealReport(
                id=row.id,
                url=row.canonical_url,
                title=row.title,
                language=row.language,
                published=published_at,
                published_precision=row.published_precision,
                publisher=row.publisher,
                source=row.source,
                status=row.status,
                confidence=row.confidence,
                copy=row.copy_of_id is not None,
            )
        )
        of_deal.tellings.append(
            Telling(row.status, published_at, row.announced_on, row.canonical_url, row.copy_of_id is not None)
        )
        if row.id in quotes and row.copy_of_id is None:  # a copy's quotes say it all again
            of_deal.evidence.extend(
                DealEvidence(proof.field, proof.quote, proof.start, proof.end, row.canonical_url)
                for proof in evidence_of(quotes[row.id])
            )
    return loaded


def _view(deal: Deal, children: Children, reports: _Reports) -> DealView:
    facts = facts_of(deal, children)
    return DealView(
        id=deal.id,
        type=facts.type,
        also=facts.also,
        parties=facts.parties,
        focus=facts.focus,
        value=facts.value,
        status=facts.status,
        technology=facts.technology,
        day=deal.day,
        announced_on=facts.announced_on,
        announced_precision=facts.announced_precision,
        confidence=facts.confidence,
        headline=facts.headline,
        timeline=timeline(facts.status, reports.tellings),
        reports=tuple(reports.shown),
        evidence=tuple(reports.evidence),
        languages=children.languages(),
        first_seen=deal.first_seen,
        updated_at=deal.updated_at,
    )
