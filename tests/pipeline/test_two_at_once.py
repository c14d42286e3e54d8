"""Two services on one database, at the same moment: what one would have found, and found once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from pipeline.ingestion import IngestResult, ingest
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource, Source
from storage import deals
from storage.database import Database, open_database
from storage.deals import DealQuery
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import NOW, feed, page, serve, toy_extract

SETTINGS = HttpSettings(
    allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False, total_deadline_seconds=20.0, http2=False
)
TARGETS = ("Oakline", "Pinecrest", "Lakeside", "Foxglove", "Marigold", "Hazelton")


def one_pass(url: str, sources: Sequence[Source], ready: threading.Barrier) -> IngestResult:
    async def run(database: Database) -> IngestResult:
        async with HttpClient(SETTINGS, clock=lambda: NOW) as client:
            return await ingest(sources, database, client, now=lambda: NOW, extract=toy_extract)

    with open_database(url) as database:
        ready.wait(30)
        return asyncio.run(run(database))


def at_once(url: str, *sources: Sequence[Source]) -> list[IngestResult]:
    """A pass over each of these, all beginning together."""
    ready = threading.Barrier(len(sources))
    with ThreadPoolExecutor(len(sources)) as pool:
        return [done.result(100) for done in [pool.submit(one_pass, url, each, ready) for each in sources]]


def outlet(server: LoopbackServer, name: str, targets: Sequence[str]) -> FeedSource:
    """An outlet with a page of its own about each deal, in this order."""
    for target in targets:
        told = f"DEAL acquisition announced: acquirer Brightwell, target {target}"
        serve(server, f"/{name}/{target}", page(told, title=f"{name} on {target}"))
    return FeedSource(name, feed(server, [f"/{name}/{target}" for target in targets], path=f"/{name}.xml"))


def deals_found(url: str) -> list[tuple[str, list[str]]]:
    with open_database(url) as database, database.reading() as session:
        found = deals.search(session, DealQuery(technology=None))
    return sorted((view.parties[-1].name, sorted(report.source for report in view.reports)) for view in found)


def test_reports_of_one_deal_that_arrive_at_the_same_moment_are_one_deal(
    server: LoopbackServer, ready_url: str
) -> None:
    first, second = outlet(server, "first", TARGETS), outlet(server, "second", TARGETS[::-1])
    results = at_once(ready_url, [first], [second])
    assert [result.failures for result in results] == [(), ()]
    assert deals_found(ready_url) == [(target, ["first", "second"]) for target in sorted(TARGETS)]


def test_two_that_watch_the_same_source_read_it_as_one_would(
    server: LoopbackServer, ready_urls: Callable[[], str]
) -> None:
    source = outlet(server, "wire", TARGETS)
    url = ready_urls()
    results = at_once(url, [source], [source])
    assert [result.failures for result in results] == [(), ()]
    assert deals_found(url) == [(target, ["wire"]) for target in sorted(TARGETS)]
