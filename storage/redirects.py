"""Numbers of deals that are no more: where their reports went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models import Deal, DealRedirect


def redirect(session: Session, gone: int, into: int, *, now: datetime) -> None:
    """Say that the reports of a deal that is no more are in another. A deal that is still there keeps its number."""
    if gone == into or session.scalar(select(Deal.id).where(Deal.id == gone)) is not None:
        return
    # What led to the one that is gone leads on: one step is always enough.
    session.execute(update(DealRedirect).where(DealRedirect.into_id == gone).values(into_id=into, at=now))
    row = session.get(DealRedirect, gone)
    if row is None:
        session.add(DealRedirect(deal_id=gone, into_id=into, at=now))
    else:
        row.into_id, row.at = into, now
    session.flush()


def redirected(session: Session, deal_id: int) -> int | None:
    """The deal that a number leads to now; None when it never was a deal's, or its last report is gone."""
    return session.scalar(select(DealRedirect.into_id).where(DealRedirect.deal_id == deal_id))
