"""The ledger of judgements: which reports are of one deal and which are not, who says so and why.

Nothing in it is ever changed. What resolution decided is written down to be explained; what a person decided is obeyed,
also when everything is read again: of two judgements on the same two reports the later one holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from storage.models import Article, Judgement, JudgementReport, Page, Report
from storage.vocabulary import JudgementKind

#: Who judged, where no person did.
RESOLUTION = "resolution"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class DealJudgement:
    """A person's word: the reports of both ``sides`` are of one deal (``together``), or no two across them are.

    ``id`` grows with time. Sides hold ids of reports that there are now.
    """

    id: int
    together: bool
    sides: tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Joined:
    """That resolution put a report into a deal. ``came_from`` is the deal it was in before."""

    report_id: int
    deal_id: int
    came_from: int | None
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One judgement as it is shown. ``url`` and ``title`` are of the article whose report it is about, if one."""

    id: int
    at: datetime
    kind: JudgementKind
    by: str
    reason: str
    score: float | None
    deal_id: int | None
    other_deal_id: int | None
    url: str | None
    title: str | None


def record_joins(session: Session, joins: Iterable[Joined], *, now: datetime) -> None:
    """Write down why reports are where resolution put them."""
    rows: list[dict[str, object]] = [
        {
            "at": now,
            "kind": JudgementKind.JOIN,
            "by": RESOLUTION,
            "reason": "; ".join(join.reasons),
            "score": round(join.score, 4),
            "deal_id": join.deal_id,
            "other_deal_id": join.came_from,
            "report_id": join.report_id,
            "details": {},
        }
        for join in joins
    ]
    if rows:
        session.execute(insert(Judgement), rows)


def record_deal_judgement(
    session: Session,
    sides: tuple[Collection[int], Collection[int]],
    *,
    together: bool,
    by: str,
    reason: str,
    now: datetime,
    deal_id: int | None = None,
    other_deal_id: int | None = None,
) -> int:
    """Write down a person's word on these reports; its id."""
    kind = JudgementKind.MERGE_DEALS if together else JudgementKind.SPLIT_DEAL
    row = Judgement(at=now, kind=kind, by=by, reason=reason, deal_id=deal_id, other_deal_id=other_deal_id, details={})
    session.add(row)
    session.flush()
    wanted = [*sides[0], *sides[1]]
    articles = dict(session.execute(select(Report.id, Report.article_id).where(Report.id.in_(wanted))).all())
    session.execute(
        insert(JudgementReport),
        [
            {"judgement_id": row.id, "side": side, "report_id": report_id, "article_id": articles[report_id]}
            for side, members in enumerate(sides)
            for report_id in sorted(set(members))
        ],
    )
    return row.id


def judgements_on(session: Session, reports: Mapping[int, int]) -> list[DealJudgement]:
    """What people said of any of these reports ({report id: article id}), oldest first.

    A report that its article's reading has lost since is stood for by the article's only report, if it has just one.
    """
    found: set[int] = set()
    for part in _parts(sorted(reports)):
        touched = or_(
            JudgementReport.report_id.in_(part),
            JudgementReport.article_id.in_({reports[report_id] for report_id in part}),
        )
        found.update(session.scalars(select(JudgementReport.judgement_id).where(touched)))
    if not found:
        return []
    rows = session.execute(
        select(
            Judgement.id, Judgement.kind, JudgementReport.side, JudgementReport.report_id, JudgementReport.article_id
        )
        .join(JudgementReport, JudgementReport.judgement_id == Judgement.id)
        .where(Judgement.id.in_(found))
        .order_by(Judgement.id)
    ).all()
    of_article: dict[int, list[int]] = {}
    for part in _parts(sorted({row.article_id for row in rows})):
        query = select(Report.article_id, Report.id).where(Report.article_id.in_(part))
        for article_id, report_id in session.execute(query):
            of_article.setdefault(article_id, []).append(report_id)
    sides: dict[int, tuple[set[int], set[int]]] = {}
    kinds: dict[int, JudgementKind] = {}
    for row in rows:
        there = of_article.get(row.article_id, [])
        stands = row.report_id if row.report_id in there else there[0] if len(there) == 1 else None
        kinds[row.id] = row.kind
        both = sides.setdefault(row.id, (set(), set()))
        if stands is not None:
            both[row.side].add(stands)
    return [
        DealJudgement(key, kinds[key] is JudgementKind.MERGE_DEALS, (frozenset(one), frozenset(other)))
        for key, (one, other) in sides.items()
    ]


def ledger_of_deal(session: Session, deal_id: int) -> list[LedgerEntry]:
    """Every judgement that made this deal what it is, oldest first."""
    query = (
        select(Judgement, Page.canonical_url, Article.title)
        .outerjoin(Report, Report.id == Judgement.report_id)
        .outerjoin(Article, Article.id == Report.article_id)
        .outerjoin(Page, Page.id == Article.page_id)
        .where(or_(Judgement.deal_id == deal_id, Judgement.other_deal_id == deal_id))
        .order_by(Judgement.id)
    )
    return [
        LedgerEntry(
            id=row.id,
            at=row.at,
            kind=row.kind,
            by=row.by,
            reason=row.reason,
            score=row.score,
            deal_id=row.deal_id,
            other_deal_id=row.other_deal_id,
            url=url,
            title=title,
        )
        for row, url, title in session.execute(query)
    ]


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
