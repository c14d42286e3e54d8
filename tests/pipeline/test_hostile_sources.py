"""A configuration full of hostile servers: each is told of in words, and the one decent source among them is read."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipeline.ingestion import IngestResult, ingest
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource, SitemapSource, Source
from storage.database import Database, open_database
from storage.source_health import health
from tests.hostile import ALLOWED, ATTACKS, host_of, hostile_server, resolver
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import NOW, feed, page, serve, toy_extract

CHOSEN = ATTACKS[::3]  # all of them are tests of the client
SETTINGS = HttpSettings(
    allow_private=ALLOWED,
    host_gap_seconds=0.0,
    respect_robots=False,
    read_timeout_seconds=1.5,
    total_deadline_seconds=2.5,
    http2=False,
)


def test_each_costs_only_itself(server: LoopbackServer, tmp_path: Path) -> None:
    serve(server, "/one", page("Nothing much."))
    decent = FeedSource("decent", feed(server, ["/one"]))

    async def go(database: Database) -> IngestResult:
        async with hostile_server() as port, HttpClient(SETTINGS, resolver=resolver) as client:
            sources: list[Source] = [decent]
            for attack in CHOSEN:
                url = f"http://{host_of(attack)}:{port}{attack.path}"
                kind = SitemapSource if "sitemap" in attack.name else FeedSource
                sources.append(kind(attack.name, url))
            return await ingest(sources, database, client, now=lambda: NOW, extract=toy_extract, concurrency=12)

    with open_database(f"sqlite:///{tmp_path / 'deals.db'}") as database:
        result = asyncio.run(go(database))
        with database.reading() as session:
            known = {source.state.name: source.state for source in health(session)}

    counts = {source.name: source for source in result.sources}
    assert counts["decent"].error is None
    assert counts["decent"].read == 1
    assert known["decent"].failures_in_row == 0
    for attack in CHOSEN:
        error = counts[attack.name].error
        assert error is not None
        assert "unexpected" not in error
        assert known[attack.name].last_error == error
        assert known[attack.name].failures_in_row == 1
