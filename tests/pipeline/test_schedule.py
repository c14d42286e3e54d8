from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ingestion import IngestResult
from pipeline.rhythm import Pace
from pipeline.schedule import Job, Service
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource
from storage import deals
from storage.database import Database
from storage.deals import DealQuery
from storage.records import Article, Report
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import feed, page, serve, toy_extract

DEAL = "DEAL acquisition announced: acquirer Brightwell, target Oakline"
SETTINGS = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False, http2=False)
TICK = timedelta(seconds=0.05)


def utc_now() -> datetime:
    return datetime.now(UTC)


async def served(service: Service, stop: asyncio.Event) -> bool:
    """Serve until ``stop``; what never comes to an end fails instead of hanging."""
    async with asyncio.timeout(15):
        return await service.serve(stop)


def test_it_polls_what_is_due_again_and_again(server: LoopbackServer, database: Database) -> None:
    serve(server, "/one", page(DEAL))
    often = FeedSource("often", feed(server, ["/one"], path="/often.xml"))
    rarely = FeedSource("rarely", feed(server, [], path="/rarely.xml"))
    passes: list[IngestResult] = []

    async def scenario() -> bool:
        stop = asyncio.Event()

        def on_pass(result: IngestResult) -> None:
            passes.append(result)
            if len(passes) == 3:
                stop.set()

        async with HttpClient(SETTINGS) as client:
            service = Service(
                sources=[often, rarely],
                pace={
                    "often": Pace(timedelta(seconds=0.1), fixed=True),
                    "rarely": Pace(timedelta(hours=1), fixed=True),
                },
                database=database,
                client=client,
                now=utc_now,
                extract=toy_extract,
                on_pass=on_pass,
                tick=TICK,
            )
            return await served(service, stop)

    assert asyncio.run(scenario())
    asked = [request.path for request in server.requests]
    assert asked.count("/often.xml") == 3
    assert asked.count("/rarely.xml") == 1
    assert passes[0].new_deals == 1
    assert sum(result.new_deals for result in passes) == 1


def test_stopping_waits_for_the_page_in_hand(server: LoopbackServer, database: Database) -> None:
    serve(server, "/one", page(DEAL))
    serve(server, "/two", page("DEAL merger announced: partner Pinecrest, partner Lakeside"))

    async def scenario() -> bool:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow_extract(article: Article) -> tuple[Report, ...]:
            loop.call_soon_threadsafe(stop.set)
            time.sleep(0.3)
            return toy_extract(article)

        async with HttpClient(SETTINGS) as client:
            service = Service(
                sources=[FeedSource("wire", feed(server, ["/one", "/two"]))],
                pace={"wire": Pace()},
                database=database,
                client=client,
                now=utc_now,
                extract=slow_extract,
                tick=TICK,
            )
            return await served(service, stop)

    assert asyncio.run(scenario())
    with database.reading() as session:
        assert len(deals.search(session, DealQuery(technology=None))) == 1


def test_what_takes_longer_than_the_grace_is_dropped_and_stays_due(server: LoopbackServer, database: Database) -> None:
    server.add("/feed.xml", b"", delay=20.0)

    async def scenario() -> bool:
        stop = asyncio.Event()
        async with HttpClient(SETTINGS) as client:
            service = Service(
                sources=[FeedSource("wire", server.url("/feed.xml"))],
                pace={"wire": Pace()},
                database=database,
                client=client,
                now=utc_now,
                extract=toy_extract,
                tick=TICK,
                grace_seconds=0.2,
            )
            asyncio.get_running_loop().call_later(0.3, stop.set)
            return await served(service, stop)

    started = time.monotonic()
    assert not asyncio.run(scenario())
    assert time.monotonic() - started < 5.0


def test_jobs_run_at_their_time_and_their_failures_are_told_once(
    server: LoopbackServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five cron fields go down to the minute; a test cannot wait for one.
    from apscheduler.triggers.interval import IntervalTrigger

    class EveryTick:
        @staticmethod
        def from_crontab(text: str, timezone: object) -> IntervalTrigger:
            assert text == "0 6 * * mon"
            return IntervalTrigger(seconds=0.05)

    monkeypatch.setattr("pipeline.schedule.CronTrigger", EveryTick)
    ran: list[datetime] = []
    errors: list[str] = []

    async def scenario() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def weekly(at: datetime) -> None:
            ran.append(at)
            if len(ran) == 3:
                loop.call_soon_threadsafe(stop.set)
            raise OSError("the disk is full")

        async with HttpClient(SETTINGS) as client:
            service = Service(
                sources=[],
                pace={},
                database=database,
                client=client,
                now=utc_now,
                extract=toy_extract,
                jobs=[Job("weekly", "0 6 * * 1", weekly)],
                on_error=lambda what, error: errors.append(f"{what}: {error}"),
                tick=TICK,
            )
            await served(service, stop)

    asyncio.run(scenario())
    assert len(ran) >= 3
    assert errors == ["weekly: the disk is full"]


def test_a_pass_that_cannot_be_made_is_told_once_and_tried_again(database: Database) -> None:
    errors: list[str] = []
    times: list[int] = []

    def broken_clock() -> datetime:
        times.append(1)
        raise OSError("no clock")

    async def scenario() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.4, stop.set)
        async with HttpClient(SETTINGS) as client:
            service = Service(
                sources=[],
                pace={},
                database=database,
                client=client,
                now=broken_clock,
                extract=toy_extract,
                on_error=lambda what, error: errors.append(f"{what}: {error}"),
                tick=TICK,
            )
            assert await served(service, stop)

    asyncio.run(scenario())
    assert len(times) >= 2
    assert errors == ["ingest: no clock"]


PROGRAM = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pipeline.rhythm import Pace
from pipeline.schedule import Service, stopping_on_signals
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource
from storage.database import open_database
from tests.pipeline.newsroom import toy_extract

async def main(url, database_url):
    stop = asyncio.Event()
    settings = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False)
    with open_database(database_url) as database, stopping_on_signals(stop):
        async with HttpClient(settings) as client:
            service = Service(
                sources=[FeedSource("wire", url)], pace={"wire": Pace()}, database=database,
                client=client, now=lambda: datetime.now(UTC), extract=toy_extract, tick=timedelta(seconds=0.05),
                on_pass=lambda result: print("read", result.read, flush=True),
            )
            drained = await service.serve(stop)
    print("drained", drained, flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to handle")
def test_sigterm_ends_the_service_cleanly(server: LoopbackServer, database_url: str) -> None:
    serve(server, "/one", page(DEAL))
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), feed(server, ["/one"]), database_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "read 1\n"
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert rest == "drained True\n"
    assert process.returncode == 0
