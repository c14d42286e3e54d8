"""The deals that a report may belong to: those that share companies with it, nearest in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from storage.companies import sounding_like
from storage.models import DealParty

#: Deals that share one company are looked at on either side of the day, this many of each company.
NEAREST = 15
#: Of a company's deals, as many are looked through for those that share another one as well.
_LOOKED_THROUGH = 2000
#: Other spellings of names are looked for this many days around.
_SPELLING_DAYS = 60
_SPELLED = 500


def candidates(
    session: Session, company_ids: Sequence[int], around: date | None, *, nearest: int = NEAREST
) -> list[int]:
    """Ids of deals that share a company: those that share two or more, and of each company the ``nearest`` on either
    side of the day (None: the newest).

    However far away they are: a deal that no report dates has the day on which it was first seen.
    """
    companies = list(dict.fromkeys(company_ids))
    if len(companies) > 1:
        companies.sort(key=lambda company_id: _number(session, company_id))
    found: dict[int, None] = {}
    for place, company_id in enumerate(companies):
        busier = companies[place + 1 :]
        if busier:
            found.update(dict.fromkeys(_sharing(session, company_id, busier)))
        own = select(DealParty.deal_id).where(DealParty.company_id == company_id)
        newest_first = own.order_by(DealParty.day.desc(), DealParty.deal_id.desc())
        if around is None:
            found.update(dict.fromkeys(session.scalars(newest_first.limit(2 * nearest))))
            continue
        after = own.where(DealParty.day >= around).order_by(DealParty.day, DealParty.deal_id).limit(nearest)
        before = newest_first.where(DealParty.day < around).limit(nearest)
        found.update(dict.fromkeys([*session.scalars(after), *session.scalars(before)]))
    return list(found)


def candidates_by_spelling(session: Session, parties: Sequence[tuple[int, str]], around: date | None) -> list[int]:
    """Ids of deals near the day (None: the newest) of which two parties may be two of these (company id, name), the
    same or under other spellings.
    """
    meant: dict[int, set[int]] = {}
    for place, (company_id, name) in enumerate(parties):
        for other in (company_id, *sounding_like(session, [name])):
            meant.setdefault(other, set()).add(place)
    if len(parties) < 2 or len(meant) <= len(parties):
        return []
    named = select(DealParty.deal_id, DealParty.company_id).where(DealParty.company_id.in_(meant))
    if around is not None:
        named = named.where(DealParty.day.between(_shift(around, -_SPELLING_DAYS), _shift(around, _SPELLING_DAYS)))
    matched: dict[int, list[set[int]]] = {}
    for deal_id, company_id in session.execute(named.order_by(DealParty.day.desc()).limit(_SPELLED)):
        matched.setdefault(deal_id, []).append(meant[company_id])
    return [deal_id for deal_id, places in matched.items() if len(places) > 1 and len(set.union(*places)) > 1]


def _sharing(session: Session, company_id: int, busier: Sequence[int]) -> list[int]:
    """Of the newest deals of a company those that share one of the ``busier`` ones."""
    one, two = aliased(DealParty), aliased(DealParty)
    newest = (
        select(one.deal_id)
        .where(one.company_id == company_id)
        .order_by(one.day.desc(), one.deal_id.desc())
        .limit(_LOOKED_THROUGH)
        .subquery()
    )
    shared = exists().where(two.deal_id == newest.c.deal_id, two.company_id.in_(busier))
    return list(session.scalars(select(newest.c.deal_id).where(shared)))


def _number(session: Session, company_id: int) -> int:
    """How many deals a company has, as far as it is worth counting."""
    some = select(DealParty.deal_id).where(DealParty.company_id == company_id).limit(_LOOKED_THROUGH).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
