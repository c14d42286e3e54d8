"""How many deals there are of each kind, month, company ...: the facets of a query."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from storage.companies import names_of
from storage.deal_search import matching
from storage.deal_shapes import DealQuery
from storage.models import Deal, DealFacet, DealParty


class CountBy(StrEnum):
    """What deals are counted by. A deal with two types, areas, languages ... counts for each."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    TYPE = "type"
    FOCUS = "focus"
    STATUS = "status"
    LANGUAGE = "language"
    SOURCE = "source"
    ROLE = "role"
    COMPANY = "company"
    COMPANY_PAIR = "company_pair"


_TIMES = {CountBy.YEAR, CountBy.QUARTER, CountBy.MONTH}


@dataclass(frozen=True, slots=True)
class Count:
    """``values`` is what was counted: one word (2026-11, 2026-Q4, licensing, Nokia), or the names of two companies."""

    values: tuple[str, ...]
    deals: int


def facets(session: Session, query: DealQuery, *, by: CountBy, limit: int | None = None) -> list[Count]:
    """The deals of the query counted, its ``limit`` and ``after`` aside: periods in their order, else most first.

    ``limit`` keeps the first so many. Raises InvalidRecord for a query that makes no sense.
    """
    found = matching(session, query)
    if found is None or limit == 0:
        return []
    ids = found.with_only_columns(Deal.id)
    if by in _TIMES:
        return _by_time(session, found, by)[:limit]
    if by is CountBy.COMPANY:
        return _by_company(session, ids, limit)
    if by is CountBy.COMPANY_PAIR:
        return _by_pair(session, ids, limit)
    deals = func.count()
    counted = (
        select(DealFacet.value, deals)
        .where(DealFacet.kind == by.value, DealFacet.deal_id.in_(ids))
        .group_by(DealFacet.value)
        .order_by(deals.desc(), DealFacet.value)
        .limit(limit)
    )
    return [Count((value,), number) for value, number in session.execute(counted)]


def _by_time(session: Session, found: Select[Deal], by: CountBy) -> list[Count]:
    # The days of most queries are few: what they have in common is found here, the same for both databases.
    day = Deal.day
    counted = found.with_only_columns(day, func.count(), maintain_column_froms=True).group_by(day)
    counts: Counter[str] = Counter()
    for of_day, number in session.execute(counted):
        match by:
            case CountBy.YEAR:
                counts[f"{of_day.year:04}"] += number
            case CountBy.QUARTER:
                counts[f"{of_day.year:04}-Q{(of_day.month + 2) // 3}"] += number
            case _:
                counts[f"{of_day.year:04}-{of_day.month:02}"] += number
    return [Count((period,), number) for period, number in sorted(counts.items())]


def _by_company(session: Session, ids: Select[int], limit: int | None) -> list[Count]:
    deals = func.count()
    counted = (
        select(DealParty.company_id, deals)
        .where(DealParty.deal_id.in_(ids), ~DealParty.named_only)
        .group_by(DealParty.company_id)
        .order_by(deals.desc(), DealParty.company_id)
        .limit(limit)
    )
    rows = session.execute(counted).all()
    names = names_of(session, [company_id for company_id, _ in rows])
    return [Count((names[company_id],), number) for company_id, number in rows]


def _by_pair(session: Session, ids: Select[int], limit: int | None) -> list[Count]:
    one, other = aliased(DealParty), aliased(DealParty)
    deals = func.count()
    counted = (
        select(one.company_id, other.company_id, deals)
        .join(other, (other.deal_id == one.deal_id) & (other.company_id > one.company_id))
        .where(one.deal_id.in_(ids), ~one.named_only, ~other.named_only)
        .group_by(one.company_id, other.company_id)
        .order_by(deals.desc(), one.company_id, other.company_id)
        .limit(limit)
    )
    rows = session.execute(counted).all()
    names = names_of(session, {company_id for *pair, _ in rows for company_id in pair})
    return [Count((names[first], names[second]), number) for first, second, number in rows]
