"""Brings digests to where they are to go: at least once, and recognisable when it is the second time.

A delivery that is sent, but whose sender dies before it can mark that, is sent again under the same id
(``Message-ID``, ``webhook-id``): a receiver that looks at ids has it once. A file is put into its place by renaming,
which does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.config_digests import Channel, EmailChannel
from pipeline.digest import mail, webhook
from pipeline.digest.making import drop_draft, put_in_place
from pipeline.errors import DeliveryError
from storage.database import Database
from storage.deliveries import Delivery, claim, due, load_bodies, mark_delivered, mark_failed, replaced

#: How long to wait after each attempt that failed; after the last one it is given up, three days after the first.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 840, 1200, 1440))
#: How long a claim holds: longer than any sending takes.
CLAIM = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a round of sending came to. ``unknown`` are channels that are not configured here; theirs waits."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends what is due. ``channels`` are those of the configuration by name; ``now`` gives aware UTC."""

    database: Database
    channels: Mapping[str, Channel]
    now: Callable[[], datetime]
    log: Callable[[str], None]

    def send_due(self, *, stopping: Callable[[], bool] = lambda: False) -> Sent:
        """Send everything whose time has come, once. ``stopping`` is asked before each. Raises StorageError."""
        with self.database.reading() as session:
            waiting = due(session, self.now())
        delivered = failed = given_up = 0
        for delivery_id, channel in waiting:
            if stopping():
                break
            if channel and channel not in self.channels:
                continue
            with self.database.session() as session:
                now = self.now()
                delivery = claim(session, delivery_id, now, now + CLAIM)
            if delivery is None:
                continue
            try:
                self._send(delivery)
            except DeliveryError as error:
                done = self._failed(delivery, error)
                failed, given_up = failed + (not done), given_up + done
            else:
                with self.database.session() as session:
                    mark_delivered(session, delivery, self.now())
                delivered += 1
                self.log(f"digest {_called(delivery)}: delivered to {_place(delivery)}")
        unknown = frozenset(channel for _, channel in waiting if channel and channel not in self.channels)
        return Sent(delivered, failed, given_up, unknown)

    def _send(self, delivery: Delivery) -> None:
        if not delivery.channel:
            self._finish_file(delivery)
            return
        with self.database.reading() as session:
            parts = load_bodies(session, delivery.digest.id)
        channel = self.channels[delivery.channel]
        if isinstance(channel, EmailChannel):
            mail.send(channel, delivery, parts)
        else:
            webhook.send(channel, delivery, parts, self.now())

    def _finish_file(self, delivery: Delivery) -> None:
        path = Path(delivery.target)
        with self.database.reading() as session:
            stale = replaced(session, delivery.digest)
        try:
            if stale:
                drop_draft(path, delivery.message_id)
            elif not put_in_place(path, delivery.message_id):
                raise DeliveryError(f"{path}: what was written of it is gone", permanent=True)
        except OSError as error:
            raise DeliveryError(f"{path}: {error.strerror or error}") from error

    def _failed(self, delivery: Delivery, error: DeliveryError) -> bool:
        """Mark it; whether it is given up."""
        wait = None if error.permanent or delivery.attempts > len(WAITS) else WAITS[delivery.attempts - 1]
        if wait is not None and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        with self.database.session() as session:
            mark_failed(session, delivery, str(error), None if wait is None else self.now() + wait)
        what = "given up" if wait is None else f"tried again in {wait}"
        self.log(f"digest {_called(delivery)}: not delivered to {_place(delivery)}, {what}: {error}")
        return wait is None


def _called(delivery: Delivery) -> str:
    return f"{delivery.digest.name} {delivery.digest.label}"


def _place(delivery: Delivery) -> str:
    return f"{delivery.channel} ({delivery.target})" if delivery.channel else delivery.target
