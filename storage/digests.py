"""The digests that were written, so that "since the last one" has an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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


def last_digest(session: Session, name: str) -> DigestRecord | None:
    """The last digest written under this name."""
    return next(iter(list_digests(session, name=name, limit=1)), None)


def list_digests(session: Session, *, name: str | None = None, limit: int = 100) -> list[DigestRecord]:
    """Digests written, the last first."""
    query = select(Digest).order_by(Digest.written_at.desc(), Digest.id.desc()).limit(limit)
    if name is not None:
        query = query.where(Digest.name == name)
    return [
        DigestRecord(
            name=row.name,
            format=row.format,
            since=row.since,
            until=row.until,
            path=row.path,
            deals=row.deals,
            sha256=row.sha256,
            written_at=row.written_at,
        )
        for row in session.scalars(query)
    ]
