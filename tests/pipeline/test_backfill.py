"""A first look at a source takes no flood, and the second does not take what the first left out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from pipeline.ingestion import IngestResult, ingest
from scrapers.backfill import MAX_UNDATED
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource
from storage.database import Database
from storage.source_health import health
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import NOW, page, serve, toy_extract

SETTINGS = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False, http2=False)
MONTH = {"news": timedelta(days=30)}


def run(
    server: LoopbackServer, database: Database, backfill: Mapping[str, date | timedelta], *, at: datetime = NOW
) -> IngestResult:
    async def once() -> IngestResult:
        async with HttpClient(SETTINGS, clock=lambda: at) as client:
            source = FeedSource("news", server.url("/feed.xml"))
            return await ingest([source], database, client, now=lambda: at, extract=toy_extract, backfill=backfill)

    return asyncio.run(once())


def publish(server: LoopbackServer, *days: str | None) -> None:
    """A feed of one item for each of these days."""
    items = []
    for number, day in enumerate(days):
        serve(server, f"/{number}", page(f"Item {number} tells of something of its own.", title=f"Item {number}"))
        when = f"<pubDate>{day}</pubDate>" if day else ""
        items.append(f"<item><title>{number}</title><link>{server.url(f'/{number}')}</link>{when}</item>")
    server.add("/feed.xml", f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode())


def test_old_items_stay_out_in_every_look(server: LoopbackServer, database: Database) -> None:
    publish(server, "2026-03-01", "2026-02-20", "2025-12-01", "2019-01-01")
    first = run(server, database, MONTH).sources[0]
    assert (first.found, first.new, first.read) == (4, 2, 2)
    assert first.notes == ("2 of 4 links are older than 2026-02-08 and were left out (backfill_since)",)
    publish(server, "2026-03-01", "2026-02-20", "2025-12-01", "2019-01-01", "2026-04-20")
    # The period ends where the source was added: a pause of the service costs nothing.
    later = run(server, database, MONTH, at=NOW + timedelta(days=90)).sources[0]
    assert (later.new, later.read) == (1, 1)
    assert server.count("/2") == server.count("/3") == 0


def test_undated_items_left_out_stay_out_until_everything_is_wanted(server: LoopbackServer, database: Database) -> None:
    publish(server, *[None] * (MAX_UNDATED + 3))
    first = run(server, database, MONTH).sources[0]
    assert (first.new, first.read) == (MAX_UNDATED, MAX_UNDATED)
    publish(server, *[None] * (MAX_UNDATED + 5))
    second = run(server, database, MONTH).sources[0]
    assert (second.new, second.notes) == (2, ())
    with database.reading() as session:
        told = health(session)[0]
    assert (told.pages_found, told.pages_read) == (MAX_UNDATED + 2, MAX_UNDATED + 2)
    third = run(server, database, {"news": date.min}).sources[0]
    assert (third.new, third.read) == (3, 3)


def test_a_day_instead_of_a_period(server: LoopbackServer, database: Database) -> None:
    publish(server, "2026-03-01", "2026-02-20", "2025-12-01")
    assert run(server, database, {"news": date(2025, 12, 1)}).sources[0].new == 3
