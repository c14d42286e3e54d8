"""The SQL of a deal query: filters that indices answer, and keyset pages (a page costs the same wherever it lies)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.columns import GREATEST, check_amount
from storage.companies import find_companies
from storage.deal_shapes import DealQuery, DealRow, DealSort, DealView
from storage.deal_text import containing
from storage.errors import InvalidRecord
from storage.models import Deal, DealFacet, DealParty, DealText, DigestDeal
from storage.tokens import parse

_Day = InstrumentedAttribute[date]
_Id = InstrumentedAttribute[int]
_SortColumn = InstrumentedAttribute[date] | InstrumentedAttribute[datetime] | InstrumentedAttribute[Decimal | None]


@dataclass(frozen=True, slots=True)
class Matching:
    """The deals of a query, not yet ordered. ``day`` and ``deal_id`` are the columns of the index that finds them."""

    statement: Select[Deal]
    day: _Day
    deal_id: _Id


def page_of(session: Session, query: DealQuery) -> Select[Deal] | None:
    """The statement for one page; None when there can be nothing. Raises InvalidRecord for a wrong cursor."""
    statement = listing(session, query) if query.limit > 0 else None
    return None if statement is None else statement.limit(min(query.limit, GREATEST))


def listing(session: Session, query: DealQuery) -> Select[Deal] | None:
    """All deals from ``after`` on, in order; None when there can be none. Raises InvalidRecord for a wrong cursor."""
    found = matching(session, query)
    if found is None:
        return None
    column, descending = _order(query.sort, found)
    statement = found.statement
    if query.after is not None:
        key = tuple_(column, found.deal_id)
        last_key, last_id = _parse(query.after, query.sort)
        last = tuple_(literal(last_key, column.type), literal(last_id))
        statement = statement.where(key < last if descending else key > last)
    if descending:
        return statement.order_by(column.desc(), found.deal_id.desc())
    return statement.order_by(column, found.deal_id)


def deal_ids(found: Matching) -> Select[int]:
    """The ids alone."""
    return found.statement.with_only_columns(found.deal_id)


def matching(session: Session, query: DealQuery) -> Matching | None:
    """All deals of the query; None when the party is unknown.

    The table that leads is the one whose index holds the most selective filter in the order of days: a company's
    deals, else those of a focus, source, language or type, else all.
    """
    by_day = query.sort in {DealSort.NEWEST, DealSort.OLDEST}
    facets = [
        (kind, value)
        for kind, value in (
            ("focus", query.focus),
            ("source", query.source),
            ("language", query.language),
            ("type", query.type),
        )
        if value is not None
    ]
    companies = find_companies(session, query.party) if query.party is not None else []
    if query.party is not None and not companies:
        return None

    day: _Day = Deal.day
    deal_id: _Id = Deal.id
    statement = select(Deal)
    if by_day and len(companies) == 1:
        day, deal_id = DealParty.day, DealParty.deal_id
        statement = statement.join(DealParty, DealParty.deal_id == Deal.id).where(DealParty.company_id == companies[0])
        if query.role is not None:
            statement = statement.where(DealParty.role == query.role)
    elif companies or query.role is not None:
        statement = statement.where(Deal.id.in_(_with_party(companies, query)))
        # A role alone is what most deals have: walk the deals in their order and look each one up.
        if not companies:
            statement = select(Deal).where(exists().where(DealParty.deal_id == Deal.id, DealParty.role == query.role))
    if by_day and not companies and facets:
        (kind, value), *facets = facets
        day, deal_id = DealFacet.day, DealFacet.deal_id
        statement = statement.join(DealFacet, DealFacet.deal_id == Deal.id).where(
            DealFacet.kind == kind, DealFacet.value == value
        )
    for kind, value in facets:
        also = DealFacet.__table__.alias()
        statement = statement.where(
            exists().where(also.c.deal_id == deal_id, also.c.kind == kind, also.c.value == value)
        )
    return Matching(
        statement.where(*_own_fields(query, day, postgres=session.get_bind().dialect.name == "postgresql")),
        day,
        deal_id,
    )


def _with_party(companies: list[int], query: DealQuery) -> Select[int]:
    chosen = select(DealParty.deal_id).where(DealParty.company_id.in_(companies))
    return chosen if query.role is None else chosen.where(DealParty.role == query.role)


def _own_fields(query: DealQuery, day: _Day, *, postgres: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.technology is not None:
        # Most deals are technology deals: its index helps only where it holds the order too, and must not tempt
        # the planner elsewhere, where it would read and sort them all.
        in_order = day is Deal.day and query.sort in {DealSort.NEWEST, DealSort.OLDEST}
        technology = Deal.technology if in_order else func.coalesce(Deal.technology, False)
        conditions.append(technology.is_(query.technology))
    if query.status is not None:
        conditions.append(Deal.status == query.status)
    if query.since is not None:
        conditions.append(day >= query.since)
    if query.until is not None:
        conditions.append(day <= query.until)
    if query.updated_since is not None:
        conditions.append(Deal.updated_at >= query.updated_since)
    if query.untold_by is not None:
        conditions.append(
            ~exists().where(
                DigestDeal.name == query.untold_by,
                DigestDeal.deal_id == Deal.id,
                DigestDeal.updated_at == Deal.updated_at,
            )
        )
    if query.min_confidence > 0:
        conditions.append(Deal.confidence >= query.min_confidence)
    if query.currency is not None:
        conditions.append(Deal.value_currency == query.currency.upper())
    for amount in (query.min_value, query.max_value):
        if amount is not None:
            check_amount(amount)
    if query.min_value is not None:
        conditions.append(Deal.value_amount >= query.min_value)
    if query.max_value is not None:
        conditions.append(Deal.value_amount <= query.max_value)
    if query.sort is DealSort.VALUE:
        conditions.append(Deal.value_amount.is_not(None))
    if query.text is not None:
        has_words = containing(parse(query.text), postgres=postgres)
        if has_words is not None:
            conditions.append(exists().where(DealText.deal_id == Deal.id, has_words))
    return conditions


def cursor(last: DealView | DealRow, sort: DealSort = DealSort.NEWEST) -> str:
    """What to put into ``DealQuery.after`` for the page that follows ``last``."""
    key: object
    if sort in {DealSort.NEWEST, DealSort.OLDEST}:
        key = last.day.isoformat()
    elif sort is DealSort.UPDATED:
        key = last.updated_at.isoformat()
    elif sort is DealSort.ADDED:
        key = last.first_seen.isoformat()
    else:
        key = "" if last.value is None else f"{last.value.amount:f}"
    return f"{sort.value}~{key}~{last.id}"


def _parse(after: str, sort: DealSort) -> tuple[date | datetime | Decimal, int]:
    try:
        sorted_by, key, number = after.split("~")
        deal_id = int(number)
        if sorted_by == sort.value and 0 <= deal_id <= GREATEST:
            if sort in {DealSort.NEWEST, DealSort.OLDEST}:
                return date.fromisoformat(key), deal_id
            if sort is DealSort.VALUE:
                return Decimal(key), deal_id
            return datetime.fromisoformat(key), deal_id
    except (ValueError, InvalidOperation):
        pass
    raise InvalidRecord(f"{after!r} is no cursor of a list sorted by {sort.value}; take the one of the page before")


def _order(sort: DealSort, found: Matching) -> tuple[_SortColumn, bool]:
    """The column to order by and whether the greatest comes first."""
    if sort is DealSort.UPDATED:
        return Deal.updated_at, True
    if sort is DealSort.ADDED:
        return Deal.first_seen, True
    if sort is DealSort.VALUE:
        return Deal.value_amount, True
    return found.day, sort is DealSort.NEWEST
