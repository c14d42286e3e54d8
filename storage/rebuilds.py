"""How far a rebuild from the stored pages has come: what makes it go on where it was, and finished when it is."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Deal, Rebuild


@dataclass(frozen=True, slots=True)
class Counts:
    """What reading pages again brought. ``aside``: never held an article and still do not."""

    pages: int = 0
    aside: int = 0
    failed: int = 0
    reports: int = 0
    reports_new: int = 0
    reports_changed: int = 0
    reports_gone: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(**{name: count + getattr(other, name) for name, count in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class DealChanges:
    """How many deals came, changed and went."""

    new: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A rebuild under way (``finished_at`` None) or done. Times are aware UTC."""

    after_page: int
    started_at: datetime
    finished_at: datetime | None
    counts: Counts


def begin(session: Session, scope: str, fingerprint: str, now: datetime, *, from_start: bool = False) -> Progress:
    """The rebuild of these pages by this extractor: as far as it has come, or begun now.

    One that another extractor left behind is begun anew: what it has read says something else now.
    """
    row = _row(session, scope)
    if row is None or row.fingerprint != fingerprint or from_start:
        row = row or Rebuild(scope=_key(scope))
        row.fingerprint = fingerprint
        row.started_at, row.finished_at, row.after_page = now, None, 0
        for field in fields(Counts):
            setattr(row, field.name, 0)
        row.deals_before = session.scalar(select(func.count()).select_from(Deal)) or 0
        row.last_deal_before = session.scalar(select(func.max(Deal.id))) or 0
        session.add(row)
        session.flush()
    return _progress(row)


def advance(session: Session, scope: str, after_page: int, counts: Counts) -> Progress:
    """Note that the pages up to ``after_page`` are read; in the transaction that writes what they say."""
    row = _row(session, scope)
    assert row is not None, "advance() comes after begin()"
    row.after_page = after_page
    for name, count in asdict(counts).items():
        setattr(row, name, getattr(row, name) + count)
    session.flush()
    return _progress(row)


def finish(session: Session, scope: str, now: datetime) -> None:
    """Note that there is nothing left to read."""
    row = _row(session, scope)
    assert row is not None, "finish() comes after begin()"
    row.finished_at = now
    session.flush()


def deal_changes(session: Session, scope: str) -> DealChanges:
    """What became of the deals since the rebuild began; what was ingested meanwhile is among it."""
    row = _row(session, scope)
    if row is None:
        return DealChanges()
    older = Deal.id <= row.last_deal_before
    left = session.scalar(select(func.count()).where(older)) or 0
    return DealChanges(
        new=session.scalar(select(func.count()).where(~older)) or 0,
        changed=session.scalar(select(func.count()).where(older, Deal.updated_at >= row.started_at)) or 0,
        gone=row.deals_before - left,
    )


def _row(session: Session, scope: str) -> Rebuild | None:
    return session.scalar(select(Rebuild).where(Rebuild.scope == _key(scope)))


def _key(scope: str) -> str:
    return hashlib.sha256(scope.encode("utf-8", "replace")).hexdigest()


def _progress(row: Rebuild) -> Progress:
    counts = Counts(**{field.name: getattr(row, field.name) for field in fields(Counts)})
    return Progress(row.after_page, row.started_at, row.finished_at, counts)
