"""What fetching costs: 1,000 pages on ten hosts, and 1,000 sources that answer 304, beside other tools, in one run.

    python bench/fetching.py [--news-please PYTHON] [--fundus PYTHON] [--pages 1000] [--latency 0 --latency 100]

PYTHON is an interpreter that has the tool installed (in an environment of its own; none is needed by dealwire). Every
row runs in a process of its own against a server of our own on 127.0.0.1 to .10, which takes its share of the same
machine; nobody waits between two requests to one host. Time and CPU of our rows are those of the work, those of other
tools of the whole process with its start and its children.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from page_server import HOSTS

from pipeline.ingestion import ingest
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource, Source
from storage.database import open_database

PORT = 18473
SOURCES = 1000
SETTINGS = HttpSettings(allow_private=("127.0.0.0/8",), respect_robots=False, host_gap_seconds=0, http2=False)

NEWS_PLEASE = """
import json, logging, re, sys, urllib.request
logging.disable(logging.CRITICAL)
from newsplease import NewsPlease
feeds = [urllib.request.urlopen(feed).read().decode() for feed in sys.argv[2:]]
urls = [url for feed in feeds for url in re.findall("<link>(.*?)</link>", feed)]
articles = NewsPlease.from_urls(urls[: int(sys.argv[1])], request_args={"timeout": 60}, fetch_images=False).values()
stored = [json.dumps(article.get_serializable_dict()) for article in articles if article]
print(len(stored))
"""
FUNDUS = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from fundus import Crawler
from fundus.parser import BaseParser, ParserProxy, attribute
from fundus.parser.utility import extract_article_body_with_selector
from fundus.publishers.base_objects import Publisher
from fundus.scraping.url import RSSFeed
from lxml.etree import XPath
class Parser(ParserProxy):
    class V1(BaseParser):
        paragraphs = XPath("//article//p")
        @attribute
        def title(self): return self.precomputed.meta.get("og:title")
        @attribute
        def body(self):
            return extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=self.paragraphs)
publishers = []
for number, feed in enumerate(sys.argv[2:]):
    sources = [RSSFeed(feed, languages={"en"})]
    publisher = Publisher(name=f"L{number}", domain=feed[: -len("feed.xml")], parser=Parser, sources=sources)
    publisher.__group__, publisher.__name__ = None, f"L{number}"
    publishers.append(publisher)
articles = Crawler(*publishers, delay=0.0).crawl(only_complete=False)
print(len([json.dumps(article.to_json("title", "plaintext"), default=str) for article in articles]))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--news-please", metavar="PYTHON", help="an interpreter that has news-please")
    options.add_argument("--fundus", metavar="PYTHON", help="an interpreter that has fundus")
    options.add_argument("--pages", type=int, default=1000)
    options.add_argument("--latency", type=float, action="append", help="of the server, in ms (0 and 100)")
    options.add_argument("--row", choices=ROWS, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.row:
        print(asyncio.run(ROWS[given.row](given.pages)))
        return
    feeds = [f"http://{host}:{PORT}/feed.xml" for host in HOSTS]
    ours = [sys.executable, __file__, "--pages", str(given.pages), "--row"]
    rows: list[tuple[str, list[str]]] = [(f"dealwire: {row}", [*ours, row]) for row in ROWS]
    some = min(200, given.pages)
    if given.news_please:
        rows.append((f"news-please from_urls, {some} pages", [given.news_please, "-c", NEWS_PLEASE, str(some), *feeds]))
    if given.fundus:
        rows.append(("fundus, ten publishers", [given.fundus, "-c", FUNDUS, str(given.pages), *feeds]))
    print(
        "| what | latency, ms | done | seconds | per second | CPU ms each | peak memory, MB |",
        "|---|---|---|---|---|---|---|",
        sep="\n",
        flush=True,
    )
    for latency in given.latency or [0.0, 100.0]:
        server = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("page_server.py")),
                str(PORT),
                str(given.pages),
                str(latency),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert server.stdout is not None
            server.stdout.readline()
            for name, command in rows:
                print(f"| {name} | {latency:g} | {_measured(command)} |", flush=True)
        finally:
            server.communicate()


def _measured(command: list[str]) -> str:
    """What a row says of itself (pages, seconds, CPU seconds), else what its whole process took; peak memory."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    said = process.stdout.read().split()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not said:
        return f"failed with exit code {process.returncode} | | | |"
    whole = [time.perf_counter() - started, used.ru_utime + used.ru_stime]
    done, (seconds, cpu) = int(said[0]), [float(number) for number in said[1:]] or whole
    each = cpu / max(done, 1) * 1000
    return f"{done} | {seconds:.1f} | {done / seconds:.0f} | {each:.1f} | {used.ru_maxrss / 1024:.0f}"


class _Watch:
    """Tells how many were done, in what seconds, with what CPU of this process."""

    def __init__(self) -> None:
        self._begun = (time.perf_counter(), time.process_time())

    def tell(self, done: int) -> str:
        return f"{done} {time.perf_counter() - self._begun[0]} {time.process_time() - self._begun[1]}"


async def _fetch(count: int) -> str:
    async with HttpClient(SETTINGS) as client:

        async def host(number: int, name: str) -> None:
            for page in range(number, count, len(HOSTS)):
                await client.get(f"http://{name}:{PORT}/article/{page}.html")

        watch = _Watch()
        async with asyncio.TaskGroup() as tasks:
            for number, name in enumerate(HOSTS):
                tasks.create_task(host(number, name))
        return watch.tell(count)


async def _store(count: int) -> str:
    sources: list[Source] = [FeedSource(host, f"http://{host}:{PORT}/feed.xml") for host in HOSTS]
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{Path(folder) / 'bench.db'}") as database:
        async with HttpClient(SETTINGS) as client:
            watch = _Watch()
            result = await ingest(sources, database, client, now=lambda: datetime.now(UTC), extract=lambda article: ())
            return watch.tell(sum(source.read for source in result.sources))


async def _polls(count: int) -> str:
    """The second look at sources that have not changed."""
    sources: list[Source] = [
        FeedSource(str(number), f"http://{HOSTS[number % len(HOSTS)]}:{PORT}/source/{number}.xml")
        for number in range(SOURCES)
    ]
    with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{Path(folder) / 'bench.db'}") as database:
        async with HttpClient(SETTINGS) as client:
            for day in range(2):
                watch = _Watch()
                now = partial(datetime.now(UTC).__add__, timedelta(days=day))
                result = await ingest(sources, database, client, now=now, extract=lambda article: ())
            return watch.tell(sum(source.not_modified for source in result.sources))


ROWS: dict[str, Callable[[int], Coroutine[None, None, str]]] = {
    "fetch": _fetch,
    "fetch, read and store": _store,
    "1,000 sources that answer 304": _polls,
}

if __name__ == "__main__":
    main()
