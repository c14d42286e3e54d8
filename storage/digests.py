"""The digests that were made, and which deals they told as they were when: so "since the last one" has an answer.

A digest of what is new asks for no time: clocks differ, and a deal may be committed later than it was dated. It takes
the deals that digests of its name have not told as they are now (``DealQuery.untold_by``), and notes those it told.
``deal.updated_at`` is the version of a deal: it grows with every change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.errors import DigestOvertaken
from storage.models import DealRevision, Digest, DigestDeal

_TOLD_AT_A_TIME = 5000


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A digest that was made: ``deals`` deals of the days ``since``..``until`` (both included).

    ``path`` is its file, empty when it has none. ``number`` counts the digests of what is new under this name.
    """

    name: str
    format: str
    since: date | None
    until: date | None
    path: str
    deals: int
    sha256: str
    written_at: datetime
    label: str | None = None
    number: int | None = None
    id: int = field(default=0, compare=False)


def record_digest(session: Session, digest: DigestRecord) -> int:
    """Keep the record of a digest; its id. Raises DigestOvertaken when its number is taken."""
    values = {
        "name": digest.name,
        "format": digest.format,
        "since": digest.since,
        "until": digest.until,
        "label": digest.label,
        "number": digest.number,
        "path": digest.path,
        "deals": digest.deals,
        "sha256": digest.sha256,
        "written_at": digest.written_at,
    }
    on_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if on_postgres else sqlite).insert(Digest).values(**values)
    digest_id: int | None = session.scalar(insert.on_conflict_do_nothing().returning(Digest.id))
    if digest_id is None:
        raise DigestOvertaken(f"another process made digest {digest.name} number {digest.number} meanwhile; try again")
    return digest_id


def next_number(session: Session, name: str) -> int:
    """The number of the next digest of what is new under this name, from 1."""
    return (session.scalar(select(func.max(Digest.number)).where(Digest.name == name)) or 0) + 1


def record_told(session: Session, name: str, digest_id: int, deals: Iterable[tuple[int, datetime]]) -> None:
    """Note that a digest told these deals: id and ``updated_at`` as they were read."""
    on_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if on_postgres else sqlite).insert(DigestDeal.__table__)
    statement = insert.on_conflict_do_update(
        index_elements=["name", "deal_id"],
        set_={"updated_at": insert.excluded.updated_at, "digest_id": insert.excluded.digest_id},
    )
    rows: list[dict[str, object]] = []
    for deal_id, updated_at in deals:
        rows.append({"name": name, "deal_id": deal_id, "updated_at": updated_at, "digest_id": digest_id})
        if len(rows) == _TOLD_AT_A_TIME:
            session.execute(statement, rows)
            rows.clear()
    if rows:
        session.execute(statement, rows)


def told(session: Session, name: str, deal_ids: Sequence[int]) -> dict[int, datetime]:
    """The ``updated_at`` of those of these deals that digests of this name told, as they told them last."""
    query = select(DigestDeal.deal_id, DigestDeal.updated_at)
    return dict(session.execute(query.where(DigestDeal.name == name, DigestDeal.deal_id.in_(deal_ids))).all())


def changes_after(session: Session, moments: Mapping[int, datetime]) -> dict[int, dict[str, tuple[str, str]]]:
    """What changed in these deals after the moment given for each: by field, what it was then and what it is now.

    A field that came back to what it was did not change.
    """
    if not moments:
        return {}
    query = (
        select(DealRevision.deal_id, DealRevision.at, DealRevision.changes)
        .where(DealRevision.deal_id.in_(list(moments)), DealRevision.at > min(moments.values()))
        .order_by(DealRevision.deal_id, DealRevision.id)
    )
    changed: dict[int, dict[str, tuple[str, str]]] = {}
    for deal_id, at, changes in session.execute(query):
        if at > moments[deal_id] and isinstance(changes, dict):
            of_deal = changed.setdefault(deal_id, {})
            for name, (before, after) in changes.items():
                of_deal[name] = (of_deal[name][0] if name in of_deal else str(before), str(after))
    return {
        deal_id: {name: pair for name, pair in of_deal.items() if pair[0] != pair[1]}
        for deal_id, of_deal in changed.items()
    }


def digest_of(session: Session, name: str, since: date | None, until: date | None) -> DigestRecord | None:
    """The last digest written under this name of the days ``since``..``until``."""
    query = select(Digest).where(
        Digest.name == name, Digest.since.is_not_distinct_from(since), Digest.until.is_not_distinct_from(until)
    )
    row = session.scalar(query.order_by(Digest.written_at.desc(), Digest.id.desc()).limit(1))
    return None if row is None else digest_record(row)


def digested_until(session: Session, name: str, zone: tzinfo) -> date | None:
    """The last day that digests of this name cover, those aside that were written before their last day was over."""
    query = select(Digest.until, Digest.written_at).where(Digest.name == name, Digest.until.is_not(None))
    for until, written_at in session.execute(query.order_by(Digest.until.desc(), Digest.written_at.desc())):
        if until is not None and until < written_at.astimezone(zone).date():
            return until
    return None


def list_digests(session: Session, *, name: str | None = None, limit: int = 100) -> list[DigestRecord]:
    """Digests made, the last first."""
    query = select(Digest).order_by(Digest.written_at.desc(), Digest.id.desc()).limit(limit)
    if name is not None:
        query = query.where(Digest.name == name)
    return [digest_record(row) for row in session.scalars(query)]


def digest_record(row: Digest) -> DigestRecord:
    """A row as it is handed out."""
    return DigestRecord(
        name=row.name,
        format=row.format,
        since=row.since,
        until=row.until,
        path=row.path,
        deals=row.deals,
        sha256=row.sha256,
        written_at=row.written_at,
        label=row.label,
        number=row.number,
        id=row.id,
    )
