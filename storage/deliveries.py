"""The outbox of digests: what is to go where, written with the digest itself, and how sending it went.

Whoever sends claims a delivery first, for a while: two senders do not send the same one at once, and one that died is
followed by another when its claim has run out. What was sent but not marked is then sent again, under the same
``message_id``.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, delete, exists, select, update
from sqlalchemy.orm import Session

from storage.digests import DigestRecord, digest_record
from storage.errors import NotFound
from storage.models import Digest, DigestBody, DigestDelivery
from storage.upsert import insert_or_ignore
from storage.vocabulary import DeliveryState


@dataclass(frozen=True, slots=True)
class Addressed:
    """Where a digest is to go: ``channel`` of the configuration (empty: its folder), ``target`` within it."""

    channel: str
    target: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A digest on its way to one place. Times are aware UTC; ``attempts`` counts those that have begun."""

    id: int
    digest: DigestRecord
    channel: str
    target: str
    message_id: str
    state: DeliveryState
    attempts: int
    next_try_at: datetime
    delivered_at: datetime | None
    last_error: str | None


def enqueue(session: Session, digest_id: int, places: Sequence[Addressed], now: datetime) -> int:
    """Put a digest into the outbox; how many deliveries are new.

    A channel that a digest of this name and period went to, or is on its way to, gets it no second time.
    """
    digest = session.get(Digest, digest_id)
    if digest is None:
        raise NotFound(f"there is no digest {digest_id}")
    rows = [
        {
            "digest_id": digest_id,
            "once": _once(digest, place),
            "message_id": place.message_id,
            "channel": place.channel,
            "target": place.target,
            "state": DeliveryState.PENDING,
            "attempts": 0,
            "next_try_at": now,
        }
        for place in places
    ]
    return insert_or_ignore(session, DigestDelivery, rows)


def due(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Id and channel of the deliveries whose time has come, oldest first."""
    query = select(DigestDelivery.id, DigestDelivery.channel).where(
        DigestDelivery.state == DeliveryState.PENDING, DigestDelivery.next_try_at <= now
    )
    return [(delivery_id, channel) for delivery_id, channel in session.execute(query.order_by(DigestDelivery.id))]


def claim(session: Session, delivery_id: int, now: datetime, until: datetime) -> Delivery | None:
    """Take a due delivery to send it; nobody else gets it before ``until``. None: it is taken, or done."""
    taken = session.execute(
        update(DigestDelivery)
        .where(
            DigestDelivery.id == delivery_id,
            DigestDelivery.state == DeliveryState.PENDING,
            DigestDelivery.next_try_at <= now,
        )
        .values(attempts=DigestDelivery.attempts + 1, next_try_at=until)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    if not taken.rowcount:
        return None
    (delivery,) = _load(session, DigestDelivery.id == delivery_id)
    return delivery


def mark_delivered(session: Session, delivery: Delivery, at: datetime) -> None:
    """It has arrived. When all deliveries of its digest have, what was kept to be sent goes."""
    _write(session, delivery.id, state=DeliveryState.DELIVERED, delivered_at=at, last_error=None)
    waiting = exists().where(
        DigestDelivery.digest_id == delivery.digest.id, DigestDelivery.state != DeliveryState.DELIVERED
    )
    session.execute(
        delete(DigestBody)
        .where(DigestBody.digest_id == delivery.digest.id, ~waiting)
        .execution_options(synchronize_session=False)
    )


def mark_failed(session: Session, delivery: Delivery, error: str, next_try_at: datetime | None) -> None:
    """It could not be sent because of ``error``, and is to be tried again then; None: it is given up."""
    if next_try_at is None:
        _write(session, delivery.id, state=DeliveryState.GIVEN_UP, last_error=error)
    else:
        _write(session, delivery.id, next_try_at=next_try_at, last_error=error)


def retry(session: Session, now: datetime, *, name: str | None = None) -> int:
    """Make deliveries that failed, given up or not, due again, from their first attempt; how many those are."""
    again = DigestDelivery.state == DeliveryState.GIVEN_UP
    waiting = (DigestDelivery.state == DeliveryState.PENDING) & DigestDelivery.last_error.is_not(None)
    statement = update(DigestDelivery).where(again | waiting)
    if name is not None:
        statement = statement.where(DigestDelivery.digest_id.in_(select(Digest.id).where(Digest.name == name)))
    result = session.execute(
        statement.values(state=DeliveryState.PENDING, attempts=0, next_try_at=now).execution_options(
            synchronize_session=False
        )
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def replaced(session: Session, digest: DigestRecord) -> bool:
    """Whether a later digest has the same file."""
    return bool(session.scalar(select(exists().where(Digest.path == digest.path, Digest.id > digest.id))))


def save_bodies(session: Session, digest_id: int, parts: Mapping[str, bytes]) -> None:
    """Keep what is to be sent of a digest, by the name of the part."""
    session.add_all(
        DigestBody(digest_id=digest_id, part=part, zlib=zlib.compress(body)) for part, body in parts.items()
    )
    session.flush()


def load_bodies(session: Session, digest_id: int) -> dict[str, bytes]:
    """What is kept to be sent of a digest."""
    rows = session.execute(select(DigestBody.part, DigestBody.zlib).where(DigestBody.digest_id == digest_id))
    return {part: zlib.decompress(packed) for part, packed in rows}


def deliveries_of(session: Session, digest_ids: Sequence[int]) -> list[Delivery]:
    """The deliveries of these digests, in the order they were queued."""
    return _load(session, DigestDelivery.digest_id.in_(digest_ids))


def _once(digest: Digest, place: Addressed) -> str:
    # A file of a period is written again as deals come late to it; nobody wants that mail twice.
    which = (digest.id,) if not place.channel else (digest.number, digest.since, digest.until)
    return hashlib.sha256(repr((digest.name, *which, place.channel, place.target)).encode()).hexdigest()


def _write(session: Session, delivery_id: int, **values: object) -> None:
    session.execute(
        update(DigestDelivery)
        .where(DigestDelivery.id == delivery_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _load(session: Session, condition: ColumnElement[bool]) -> list[Delivery]:
    query = select(DigestDelivery, Digest).join(Digest, Digest.id == DigestDelivery.digest_id).where(condition)
    return [
        Delivery(
            id=row.id,
            digest=digest_record(digest),
            channel=row.channel,
            target=row.target,
            message_id=row.message_id,
            state=row.state,
            attempts=row.attempts,
            next_try_at=row.next_try_at,
            delivered_at=row.delivered_at,
            last_error=row.last_error,
        )
        for row, digest in session.execute(query.order_by(DigestDelivery.id).execution_options(populate_existing=True))
    ]
