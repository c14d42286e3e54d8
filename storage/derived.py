"""Fills in what deals hold in a second form for reading, after a migration that emptied it or made it new.

A deal whose ``summary`` is None waits for it. Batches are transactions of their own, so it goes on where it was
interrupted, and others write in between.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from storage.deal_summary import summary_of
from storage.deal_text import deal_words, write_text
from storage.deal_views import load_children
from storage.models import Deal
from storage.told import told_of

_BATCH = 500


def waiting(session: Session) -> int:
    """How many deals wait to be filled in."""
    return session.scalar(select(func.count()).select_from(Deal).where(Deal.summary.is_(None))) or 0


def fill_in(sessions: sessionmaker[Session], progress: Callable[[int, int], None] | None = None) -> int:
    """Fill in all deals that wait; how many those were. ``progress`` is told how many are done, of how many."""
    with sessions() as session:
        total = waiting(session)
    done = 0
    while done < total:
        with sessions.begin() as session:
            filled = _fill_some(session)
        if not filled:
            break
        done += filled
        if progress is not None:
            progress(done, total)
    return done


def _fill_some(session: Session) -> int:
    # Locked, so that nobody writes a deal of the batch between our reading and our writing.
    empty = select(Deal).where(Deal.summary.is_(None)).order_by(Deal.id).limit(_BATCH).with_for_update()
    deals = session.scalars(empty).all()
    deal_ids = [deal.id for deal in deals]
    children = load_children(session, deal_ids)
    told = told_of(session, deal_ids)
    for deal in deals:
        of_deal, told_of_it = children[deal.id], told[deal.id]
        deal.summary = summary_of(of_deal.parties, of_deal.also(), of_deal.focus(), told_of_it)
        names = [party.name for party in of_deal.parties]
        write_text(session, deal.id, deal.day, deal_words(deal.headline, names, told_of_it))
    return len(deals)
