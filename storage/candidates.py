"""The deals that a report may belong to: those that share companies with it, nearest in time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.companies import sounding_like
from storage.models import DealParty

#: Deals that share one company are looked at on either side of the day, this many of each company.
NEAREST = 25
#: Deals that share two companies or more: there are never as many.
_SHARING = 200


def candidates(
    session: Session, company_ids: Sequence[int], around: date | None, *, nearest: int = NEAREST
) -> list[int]:
    """Ids of deals that share a company: all that share two or more, and of each company the ``nearest`` on either side
    of the day (None: the newest).

    However far away they are: a deal that no report dates has the day on which it was first seen.
    """
    companies = list(dict.fromkeys(company_ids))
    found: dict[int, None] = {}
    if len(companies) > 1:
        sharing = (
            select(DealParty.deal_id)
            .where(DealParty.company_id.in_(companies))
            .group_by(DealParty.deal_id)
            .having(func.count() > 1)
            .order_by(func.max(DealParty.day).desc(), DealParty.deal_id)
            .limit(_SHARING)
        )
        found.update(dict.fromkeys(session.scalars(sharing)))
    for company_id in companies:
        own = select(DealParty.deal_id).where(DealParty.company_id == company_id)
        newest_first = own.order_by(DealParty.day.desc(), DealParty.deal_id.desc())
        if around is None:
            found.update(dict.fromkeys(session.scalars(newest_first.limit(2 * nearest))))
            continue
        later = own.where(DealParty.day >= around).order_by(DealParty.day, DealParty.deal_id).limit(nearest)
        earlier = newest_first.where(DealParty.day < around).limit(nearest)
        found.update(dict.fromkeys([*session.scalars(later), *session.scalars(earlier)]))
    return list(found)


def candidates_by_sound(
    session: Session, names: Collection[str], around: date | None, *, nearest: int = NEAREST
) -> list[int]:
    """Ids of deals of companies whose names may be other spellings of these, nearest to the day (None: the newest)."""
    companies = sounding_like(session, names)
    if not companies:
        return []
    own = select(DealParty.deal_id).where(DealParty.company_id.in_(companies)).group_by(DealParty.deal_id)
    day = func.max(DealParty.day)
    if around is None:
        return list(session.scalars(own.order_by(day.desc(), DealParty.deal_id.desc()).limit(2 * nearest)))
    later = own.where(DealParty.day >= around).order_by(day, DealParty.deal_id).limit(nearest)
    earlier = own.where(DealParty.day < around).order_by(day.desc(), DealParty.deal_id.desc()).limit(nearest)
    return list(dict.fromkeys([*session.scalars(later), *session.scalars(earlier)]))
