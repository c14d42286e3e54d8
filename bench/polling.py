"""How many sources a second can be polled that have nothing new, with what is written of each, and in how much memory.

    python -m bench.polling [--sources 1000] [--hosts 1000]

A server in a process of its own, on loopback, answers every feed with an ETag and from then on with 304. Each source is
a host of its own (127.x.y.z), so that politeness costs nothing here; robots.txt is asked for once, in the first round.
The first round reads every feed; the rounds after it are all 304. Beside them, in the same run: the same requests by
the same client with nothing remembered, and by bare httpx.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx

from pipeline.ingestion import ingest
from pipeline.rhythm import Pace
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource, Validators
from storage.database import Database, open_database
from storage.records import Article, Report

ROUNDS = 3
ETAG = '"same"'
_FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>'
    b"<item><title>News</title><link>http://127.0.0.1:9/one</link></item></channel></rss>"
)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            request = (await reader.readuntil(b"\r\n\r\n")).lower()
            if b"get /robots.txt" in request:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            elif b"if-none-match" in request:
                writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {ETAG}\r\n\r\n".encode())
            else:
                head = f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Type: text/xml\r\nContent-Length: {len(_FEED)}"
                writer.write(f"{head}\r\n\r\n".encode() + _FEED)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _serve(told: multiprocessing.Queue[int]) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(_answer, "0.0.0.0", 0, backlog=1024)  # all of 127.0.0.0/8
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _nothing(article: Article) -> tuple[Report, ...]:
    return ()


async def _rounds(sources: list[FeedSource], database: Database, settings: HttpSettings) -> list[float]:
    """Seconds for each round, the first with everything new."""
    clock = datetime.now(UTC)
    pace = {source.name: Pace() for source in sources}
    taken = []
    async with HttpClient(settings) as client:
        for number in range(ROUNDS + 1):
            now = clock + number * timedelta(hours=7)  # all are due, and none is to be verified but in one round
            started = time.perf_counter()
            result = await ingest(
                sources, database, client, now=partial(datetime.fromtimestamp, now.timestamp(), UTC), extract=_nothing,
                pace=pace, due_only=True,
            )  # fmt: skip
            taken.append(time.perf_counter() - started)
            polled = sum(source.polled for source in result.sources)
            unchanged = sum(source.not_modified for source in result.sources)
            assert (polled, unchanged) == (len(sources), len(sources) if number else 0), (number, polled, unchanged)
    return taken


async def _at_once(count: int, work: Callable[[int], Awaitable[object]]) -> float:
    slots = asyncio.Semaphore(8)

    async def one(number: int) -> None:
        async with slots:
            await work(number)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            tasks.create_task(one(number))
    return time.perf_counter() - started


async def _fetched(sources: list[FeedSource], settings: HttpSettings) -> float:
    validators = Validators(ETAG)
    async with HttpClient(settings) as client:
        await _at_once(len(sources), lambda number: client.get(sources[number].url))  # robots.txt too
        return await _at_once(len(sources), lambda number: client.get(sources[number].url, validators=validators))


async def _bare(sources: list[FeedSource]) -> float:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        headers = {"If-None-Match": ETAG}
        return await _at_once(len(sources), lambda number: client.get(sources[number].url, headers=headers))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=1000)
    chosen = parser.parse_args()
    told: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(told,), daemon=True)
    server.start()
    port = told.get(timeout=30)
    hosts = [f"127.1.{number // 250}.{number % 250 + 1}:{port}" for number in range(chosen.hosts)]
    sources = [
        FeedSource(f"source {number}", f"http://{hosts[number % chosen.hosts]}/{number}.xml")
        for number in range(chosen.sources)
    ]
    settings = HttpSettings(allow_private=True, http2=False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{Path(folder) / 'bench.db'}") as database:
        first, *rounds = asyncio.run(_rounds(sources, database, settings))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        rows = [
            ("first round, all new, robots.txt asked", first),
            *((f"round {number}: 304, remembered in SQLite", taken) for number, taken in enumerate(rounds, 2)),
            ("the same requests, nothing remembered", asyncio.run(_fetched(sources, settings))),
            ("the same requests by bare httpx", asyncio.run(_bare(sources))),
        ]
    server.terminate()
    print(f"{'':44}{'polls/s':>9}{'ms/poll':>9}")
    for name, taken in rows:
        print(f"{name:44}{len(sources) / taken:9.0f}{1000 * taken / len(sources):9.2f}")
    print(f"peak memory {peak / 1024:.0f} MB, of which {(peak - before) / 1024:.0f} MB for {len(sources)} sources")
    print(f"database {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
