"""Fills in what deals hold in a second form for reading, after a migration that emptied it or made it new.

A deal whose ``summary`` is None waits for it. Batches are transactions of their own, so it goes on where it was
interrupted, and others write in between.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from storage.deal_summary import summaries
from storage.models import Deal

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
    empty = select(Deal.id).where(Deal.summary.is_(None)).order_by(Deal.id).limit(_BATCH).with_for_update()
    deal_ids = session.scalars(empty).all()
    if deal_ids:
        rows = [{"id": deal_id, "summary": summary} for deal_id, summary in summaries(session, deal_ids).items()]
        session.execute(update(Deal), rows)
    return len(deal_ids)
