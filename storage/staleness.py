"""Deals whose reports changed: to be derived anew, or gone with their last report."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from storage.models import Deal, Report


def mark_stale(session: Session, deal_ids: Collection[int]) -> None:
    """Say that these deals' facts are to be derived anew; those without any report left are deleted."""
    if not deal_ids:
        return
    reported = exists().where(Report.deal_id == Deal.id)
    session.execute(delete(Deal).where(Deal.id.in_(deal_ids), ~reported).execution_options(synchronize_session="fetch"))
    session.execute(
        update(Deal).where(Deal.id.in_(deal_ids)).values(stale=True).execution_options(synchronize_session="fetch")
    )


def stale_deals(session: Session, *, limit: int = 500) -> list[int]:
    """Deals whose reports changed since their facts were derived: merge the facts of their reports and save again."""
    return list(session.scalars(select(Deal.id).where(Deal.stale).order_by(Deal.id).limit(limit)))
