"""The SQL of a deal query: the index that leads, checks of what it finds, and keyset pages (a page costs the same
wherever it lies).

A statement follows one of two ways, chosen by counting, up to a bound, how many deals each filter's index holds:
*in order*, along an index that holds deals as they are to be sorted, until the page is full; or *gathered*, all deals
of the filter that has the fewest, then sorted. The database is left no other choice, as neither planner knows how
filters go together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, select, tuple_
from sqlalchemy.orm import Session

from storage.columns import GREATEST, check_amount
from storage.companies import find_companies, subsidiaries_of
from storage.deal_cursor import parse_cursor
from storage.deal_filters import Condition, DayOrder, Filter, HasFacet, HasParty, HasWords, Lead
from storage.deal_shapes import DealQuery, DealSort
from storage.models import Deal, DigestDeal
from storage.tokens import parse

#: A filter's deals are counted up to this many: it is how many rows an index yields in a few milliseconds.
_COUNTED = 10_000

_DEAL = Deal.__table__
_BY_DAY = {DealSort.NEWEST, DealSort.OLDEST}
_SORT_COLUMNS: dict[DealSort, ColumnElement[object]] = {
    DealSort.UPDATED: _DEAL.c.updated_at,
    DealSort.ADDED: _DEAL.c.first_seen,
    DealSort.VALUE: _DEAL.c.value_amount,
}
_DAYS = DayOrder((_DEAL.c.day, _DEAL.c.id))
_ALL = Lead(_DEAL, _DEAL.c.id, (), _DAYS)


@dataclass(frozen=True, slots=True)
class _Conditions:
    """A query's conditions: ``filters`` out of other tables; on the deal's own columns those that an index leads to
    (``updated``, ``value``) and the ``rest``.
    """

    filters: tuple[Filter, ...]
    updated: tuple[Condition, ...]
    value: tuple[Condition, ...]
    rest: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """``lead`` leads to the deals, for ``answered`` where it is a filter's; they come in order, or are ``gathered``."""

    lead: Lead
    gathered: bool = False
    answered: Filter | None = None


def page_of(session: Session, query: DealQuery) -> Select[Deal] | None:
    """The statement for one page; None when there can be nothing. Raises InvalidRecord for a wrong cursor."""
    limit = min(query.limit, GREATEST)
    statement = listing(session, query, first=limit) if limit > 0 else None
    return None if statement is None else statement.limit(limit)


def listing(session: Session, query: DealQuery, *, first: int = GREATEST) -> Select[Deal] | None:
    """All deals from ``after`` on, in order; None when there can be none. It is made for taking the ``first`` of them.

    Raises InvalidRecord for a wrong cursor or amount.
    """
    last = None if query.after is None else parse_cursor(query.after, query.sort)
    conditions = _conditions(session, query)
    if conditions is None:
        return None
    way = _way(session, query, conditions, first)
    statement = _found(session, query, conditions, way)
    descending = query.sort is not DealSort.OLDEST
    if query.sort in _BY_DAY:
        order = _DAYS if way.gathered or way.lead.order is None else way.lead.order
        columns = order.columns
        if last is not None:
            day, deal_id = last
            assert isinstance(day, date)
            statement = statement.where(order.beyond(day, deal_id, descending=descending))
    else:
        columns = (_SORT_COLUMNS[query.sort], _DEAL.c.id)
        if last is not None:
            statement = statement.where(tuple_(*columns) < tuple_(literal(last[0], columns[0].type), literal(last[1])))
    return statement.order_by(*(column.desc() if descending else column for column in columns))


def matching(session: Session, query: DealQuery) -> Select[Deal] | None:
    """All deals of the query, in no order and whatever its cursor; None when there can be none."""
    conditions = _conditions(session, query)
    if conditions is None:
        return None
    query = replace(query, sort=DealSort.NEWEST)
    return _found(session, query, conditions, _way(session, query, conditions, GREATEST))


def _conditions(session: Session, query: DealQuery) -> _Conditions | None:
    """None where nothing can be found: no such company, or none of no values."""
    filters: list[Filter] = []
    for name, role in ((query.party, query.role), (query.other_party, None)):
        if name is not None:
            company_ids = find_companies(session, name)
            if query.with_subsidiaries:
                company_ids += subsidiaries_of(session, company_ids)
            filters.append(HasParty(tuple(company_ids), role))
    facets: dict[str, str | tuple[str, ...] | None] = {
        "source": query.source,
        "language": query.language,
        "focus": query.focus,
        "role": query.role if query.party is None else None,
        "type": query.type,
        "status": query.status,
    }
    for kind, wanted in facets.items():
        if wanted is not None:
            filters.append(HasFacet(kind, several(wanted)))
    words = parse(query.text or "")
    if words.wanted or words.unwanted:
        filters.append(HasWords(words, postgres=_on_postgres(session)))
    if any(wanted.impossible for wanted in filters):
        return None
    updated = () if query.updated_since is None else (_DEAL.c.updated_at >= query.updated_since,)
    return _Conditions(tuple(filters), updated, _value_conditions(query), _rest(query))


def several(wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    """One value or several, as several, each once."""
    return (wanted,) if isinstance(wanted, str) else tuple(dict.fromkeys(wanted))


def _value_conditions(query: DealQuery) -> tuple[Condition, ...]:
    for amount in (query.min_value, query.max_value):
        if amount is not None:
            check_amount(amount)
    return (
        *(() if query.currency is None else (_DEAL.c.value_currency == query.currency.upper(),)),
        *(() if query.min_value is None else (_DEAL.c.value_amount >= query.min_value,)),
        *(() if query.max_value is None else (_DEAL.c.value_amount <= query.max_value,)),
        *((_DEAL.c.value_amount.is_not(None),) if query.sort is DealSort.VALUE else ()),
    )


def _rest(query: DealQuery) -> tuple[Condition, ...]:
    rest: list[Condition] = []
    if query.value_kind is not None:
        rest.append(_DEAL.c.value_kind == query.value_kind)
    if query.min_confidence > 0:
        rest.append(_DEAL.c.confidence >= query.min_confidence)
    if query.untold_by is not None:
        told = exists().where(
            DigestDeal.name == query.untold_by,
            DigestDeal.deal_id == _DEAL.c.id,
            DigestDeal.updated_at == _DEAL.c.updated_at,
        )
        rest.append(~told)
    return tuple(rest)


def _way(session: Session, query: DealQuery, conditions: _Conditions, first: int) -> _Way:
    by_day = query.sort in _BY_DAY
    ways = [_Way(lead, answered=wanted) for wanted in conditions.filters if (lead := wanted.lead()) is not None]
    ways += [_Way(Lead(_DEAL, _DEAL.c.id, own)) for own in (conditions.updated, conditions.value) if own]
    if query.since is not None or query.until is not None:
        ways.append(_Way(_ALL))
    if not ways:
        return _Way(_ALL)
    if len(ways) == 1 and by_day and ways[0].lead.order is not None and not ways[0].lead.walked:
        return ways[0]
    sizes = [_size(session, way.lead, query) for way in ways]
    size, at = min((size, at) for at, size in enumerate(sizes))
    if by_day and ways[at].lead.order is not None and not (ways[at].lead.walked and size < _COUNTED):
        return ways[at]
    # How many deals one would walk past, in their order, until the page is full: were the filters independent.
    total = session.scalar(select(func.max(Deal.id))) or 1
    walked = min(float(total), first * math.prod(total / max(1, min(of_way, total)) for of_way in sizes))
    if size < _COUNTED and (size <= walked or ways[at].lead.walked):
        return replace(ways[at], gathered=True)
    return next((way for way in ways if by_day and way.lead.order is not None), _Way(_ALL))


def _size(session: Session, lead: Lead, query: DealQuery) -> int:
    """How many rows the index holds that the query may want, up to a bound."""
    days = [] if lead.order is None else lead.order.between(query.since, query.until)
    rows = select(lead.deal_id.label("deal_id")).select_from(lead.source).where(*lead.where, *days).limit(_COUNTED)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _found(session: Session, query: DealQuery, conditions: _Conditions, way: _Way) -> Select[Deal]:
    lead = way.lead
    days = [] if lead.order is None else lead.order.between(query.since, query.until)
    own = [*conditions.updated, *conditions.value, *conditions.rest]
    technology = [] if query.technology is None else [_DEAL.c.technology.is_(query.technology)]
    indexed: list[Condition] = []  # answered by the index that leads
    if way.gathered:
        ids = select(lead.deal_id.label("deal_id")).select_from(lead.source).where(*lead.where, *days).distinct()
        few = ids.cte("few").prefix_with("MATERIALIZED", dialect="postgresql")
        statement = select(Deal).join_from(few, Deal, Deal.id == few.c.deal_id)
    elif lead.source is _DEAL:
        statement = select(Deal)
        match query.sort:
            case DealSort.UPDATED:
                indexed = list(conditions.updated)
            case DealSort.VALUE:
                indexed = list(conditions.value)
            case DealSort.NEWEST | DealSort.OLDEST:
                indexed, technology = [*days, *technology], []
        own = [condition for condition in own if not any(condition is other for other in indexed)]
    else:
        indexed = [*lead.where, *days]
        statement = select(Deal).join_from(lead.source, Deal, Deal.id == lead.deal_id)
    if not days or (lead.source is _DEAL and not way.gathered and query.sort not in _BY_DAY):
        own += _DAYS.between(query.since, query.until)
    own += technology
    if own and not _on_postgres(session):
        # SQLite, which knows no frequencies, would take an index that holds most deals, and sort them all.
        own = [func.coalesce(and_(*own), false())]
    deal_id = _DEAL.c.id if way.gathered or lead.source is _DEAL else lead.deal_id
    checks = [wanted.check(deal_id) for wanted in conditions.filters if wanted is not way.answered]
    return statement.where(*indexed, *own, *checks)


def _on_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
