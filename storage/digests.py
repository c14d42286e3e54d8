"""The digests that were written, so that "since the last one" has an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Digest


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A digest that was written: ``deals`` rows of the period ``since``..``until`` (both included) at ``path``."""

    name: str
    format: str
    since: date | None
    until: date | None
    path: str
    deals: int
    sha256: str
    written_at: datetime


def record_digest(session: Session, digest: DigestRecord) -> int:
    """Keep the record of a digest; its number."""
    row = Digest(
        name=digest.name,
        format=digest.format,
        since=digest.since,
        until=digest.until,
        path=digest.path,
        deals=digest.deals,
        sha256=digest.sha256,
        written_at=digest.written_at,
    )
    session.add(row)
    session.flush()
    return row.id


def digest_of(session: Session, name: str, since: date | None, until: date | None) -> DigestRecord | None:
    """The last digest written under this name of the days ``since``..``until``."""
    query = select(Digest).where(
        Digest.name == name, Digest.since.is_not_distinct_from(since), Digest.until.is_not_distinct_from(until)
    )
    row = session.scalar(query.order_by(Digest.written_at.desc(), Digest.id.desc()).limit(1))
    return None if row is None else _record(row)


def digested_until(session: Session, name: str, zone: tzinfo) -> date | None:
    """The last day that digests of this name cover, those aside that were written before their last day was over."""
    query = select(Digest.until, Digest.written_at).where(Digest.name == name, Digest.until.is_not(None))
    for until, written_at in session.execute(query.order_by(Digest.until.desc(), Digest.written_at.desc())):
        if until is not None and until < written_at.astimezone(zone).date():
            return until
    return None


def list_digests(session: Session, *, name: str | None = None, limit: int = 100) -> list[DigestRecord]:
    """Digests written, the last first."""
    query = select(Digest).order_by(Digest.written_at.desc(), Digest.id.desc()).limit(limit)
    if name is not None:
        query = query.where(Digest.name == name)
    return [_record(row) for row in session.scalars(query)]


def _record(row: Digest) -> DigestRecord:
    return DigestRecord(
        name=row.name,
        format=row.format,
        since=row.since,
        until=row.until,
        path=row.path,
        deals=row.deals,
        sha256=row.sha256,
        written_at=row.written_at,
    )
