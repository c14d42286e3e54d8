"""What ``dealwire digest`` does with the outbox: sends what is due, and lists what became of each digest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.cli.common import now, say
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from pipeline.cli.common import Settings
    from storage.database import Database
    from storage.deliveries import Delivery
    from storage.digests import DigestRecord

_COLUMNS = (
    Column("made"), Column("digest"), Column("period"), Column("deals", right=True), Column("where", wrap=True),
    Column("state"), Column("why", wrap=True),
)  # fmt: skip


def send_outbox(database: Database, settings: Settings, *, name: str | None = None, retry_failed: bool = False) -> bool:
    """Send what is due, and say what came of it; False when some of it failed."""
    from pipeline.digest.outbox import Outbox
    from storage.deliveries import retry

    if retry_failed:
        with database.session() as session:
            retry(session, now(), name=name)
    channels = {channel.name: channel for channel in settings.config.channels}
    sent = Outbox(database, channels, now, say).send_due()
    for channel in sorted(sent.unknown):
        say(f"waiting: what goes to {channel!r}, which this configuration does not name")
    parts = (("delivered", sent.delivered), ("to be tried again", sent.failed), ("given up", sent.given_up))
    say(", ".join(f"{count} {said}" for said, count in parts if count) or "nothing is due")
    return not (sent.failed or sent.given_up)


def list_outbox(database: Database, name: str | None) -> None:
    """Print the digests made, the last first, with each place they went to."""
    from storage.deliveries import deliveries_of
    from storage.digests import list_digests

    with database.reading() as session:
        digests = list_digests(session, name=name)
        deliveries = deliveries_of(session, [digest.id for digest in digests])
    print_table(_COLUMNS, _rows(digests, deliveries))


def _rows(digests: list[DigestRecord], deliveries: list[Delivery]) -> Iterator[tuple[str, ...]]:
    for digest in digests:
        about = (f"{digest.written_at:%Y-%m-%d %H:%M}", digest.name, _period(digest), str(digest.deals))
        places = [delivery for delivery in deliveries if delivery.digest.id == digest.id]
        if not places:
            yield (*about, digest.path, "written" if digest.path else "nothing to tell", "")
        for delivery in places:
            where = f"{delivery.channel}: {delivery.target}" if delivery.channel else delivery.target
            yield (*about, where, _state(delivery), delivery.last_error or "")


def _period(digest: DigestRecord) -> str:
    if digest.label is not None:
        return digest.label
    return " to ".join(str(day) for day in (digest.since, digest.until) if day) or "all"


def _state(delivery: Delivery) -> str:
    from storage.vocabulary import DeliveryState

    if delivery.state is DeliveryState.PENDING and delivery.attempts:
        return f"waiting until {delivery.next_try_at:%Y-%m-%d %H:%M}, tried {delivery.attempts} times"
    if delivery.state is DeliveryState.GIVEN_UP:
        return f"given up after {delivery.attempts} tries"
    if not delivery.channel and delivery.state is DeliveryState.DELIVERED:
        return "written"
    return delivery.state.value
