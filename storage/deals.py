"""Deals: searching them, one with its history, and writing what resolution decided.

The one door for command line, web, digest and resolution alike; the rooms behind it are ``deal_search`` (the SQL of
a query), ``deal_rows`` (lists), ``deal_views`` (deals in full) and ``deal_writing``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.columns import GREATEST
from storage.deal_counts import Count, CountBy, facets
from storage.deal_cursor import cursor
from storage.deal_rows import iter_rows, search_rows
from storage.deal_search import matching, page_of
from storage.deal_shapes import (
    DealChange,
    DealEvidence,
    DealQuery,
    DealReport,
    DealRow,
    DealSort,
    DealView,
    RowParty,
    TimelineStep,
)
from storage.deal_views import load_changes, load_views
from storage.deal_writing import save_deal
from storage.errors import NotFound
from storage.models import Deal
from storage.redirects import redirected
from storage.staleness import stale_deals

__all__ = [
    "Count",
    "CountBy",
    "DealChange",
    "DealEvidence",
    "DealQuery",
    "DealReport",
    "DealRow",
    "DealSort",
    "DealView",
    "RowParty",
    "TimelineStep",
    "count",
    "cursor",
    "facets",
    "get",
    "iter_deals",
    "iter_rows",
    "revisions",
    "save_deal",
    "search",
    "search_rows",
    "stale_deals",
]

_STREAMED = 500  # deals read at a time when all are wanted


def search(session: Session, query: DealQuery, *, evidence: bool = True) -> list[DealView]:
    """One page of deals, at most ``query.limit``. ``evidence=False`` leaves the quotes out and is quicker.

    Raises InvalidRecord for a cursor that is none.
    """
    statement = page_of(session, query)
    if statement is None:
        return []
    return load_views(session, session.scalars(statement).all(), evidence=evidence)


def iter_deals(session: Session, query: DealQuery, *, evidence: bool = True) -> Iterator[DealView]:
    """All deals of the query from ``after`` on, in its order and in bounded memory; ``limit`` does not count."""
    query = replace(query, limit=_STREAMED)
    while True:
        views = search(session, query, evidence=evidence)
        yield from views
        if len(views) < _STREAMED:
            return
        session.expunge_all()
        query = replace(query, after=cursor(views[-1], query.sort))


def count(session: Session, query: DealQuery) -> int:
    """How many deals the query finds in all (``limit`` and ``after`` aside)."""
    found = matching(session, query)
    if found is None:
        return 0
    return session.scalar(select(func.count()).select_from(found.with_only_columns(Deal.id).subquery())) or 0


def get(session: Session, deal_id: int) -> DealView:
    """One deal; for the number of one that was merged, the deal it is part of now. Raises NotFound."""
    deal = _deal(session, deal_id)
    return load_views(session, [deal], evidence=True)[0]


def revisions(session: Session, deal_id: int) -> list[DealChange]:
    """What changed in a deal since it was first written, oldest first. Raises NotFound."""
    return load_changes(session, _deal(session, deal_id).id)


def _deal(session: Session, deal_id: int) -> Deal:
    # A number that no key column can hold is not there either; the drivers would raise errors of their own for it.
    known = 0 < deal_id <= GREATEST
    deal = session.get(Deal, deal_id) if known else None
    if deal is None and known and (moved := redirected(session, deal_id)) is not None:
        deal = session.get(Deal, moved)
    if deal is None:
        raise NotFound(f"there is no deal {deal_id}; `dealwire deals` lists those there are")
    return deal
