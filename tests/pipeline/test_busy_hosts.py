"""A host that is slow, or asked to be left alone, costs the others nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count

from pipeline.ingestion import PASS_TIME, IngestResult, ingest
from pipeline.rhythm import Pace
from scrapers.http import HttpClient, HttpSettings
from scrapers.manners import FIRST_PAUSE_SECONDS
from scrapers.sources import FeedSource, Source
from storage import pages
from storage import sources as source_table
from storage.database import Database
from storage.pages import PageRef
from storage.source_health import health
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.newsroom import NOW, page, toy_extract


async def resolver(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def run(
    sources: Sequence[Source],
    database: Database,
    *,
    at: datetime = NOW,
    settings: HttpSettings | None = None,
    every: timedelta | None = None,
    concurrency: int = 2,
    late_after: int | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> IngestResult:
    """One pass; with ``every`` as the service makes it. The clock jumps past the time of a pass after so many looks."""
    looks = count()

    def now() -> datetime:
        late = late_after is not None and next(looks) >= late_after
        return at + PASS_TIME * 2 if late else at

    async def once() -> IngestResult:
        stop = asyncio.Event()
        chosen = settings or HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False)
        async with HttpClient(chosen, clock=lambda: at, resolver=resolver) as client:
            return await ingest(
                sources,
                database,
                client,
                now=now,
                extract=toy_extract,
                concurrency=concurrency,
                stop=stop,
                progress=lambda progress: stop.set() if enough() else None,
                pace={source.name: Pace(every, fixed=True) for source in sources} if every else None,
                due_only=every is not None,
            )

    return asyncio.run(once())


def newsroom(server: LoopbackServer, host: str, paths: Sequence[str], at: str) -> FeedSource:
    """A feed on ``host`` of these pages."""
    base = f"http://{host}:{server.port}"
    items = "".join(f"<item><title>{path}</title><link>{base}{path}</link></item>" for path in paths)
    server.add(at, f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode())
    return FeedSource(host, base + at)


def waiting(database: Database, at: datetime) -> list[PageRef]:
    with database.reading() as session:
        return pages.due_pages(session, now=at, limit=1000)


def test_a_paused_host_is_left_alone_and_the_others_go_on(server: LoopbackServer, database: Database) -> None:
    full = [f"/full/{number}" for number in range(30)]
    fine = [f"/fine/{number}" for number in range(5)]
    for path in full:
        server.add(path, status=429, headers={"Retry-After": "600"})
    for path in fine:
        server.add(path, page("Nothing much."), headers={"Content-Type": "text/html"})
    sources = [newsroom(server, "full.example", full, "/full.xml"), newsroom(server, "fine.example", fine, "/fine.xml")]

    result = run(sources, database)

    assert sum(request.path.startswith("/full/") for request in server.requests) == 1
    [failure] = result.failures
    assert "answered 429" in failure.error
    assert {source.name: source.read for source in result.sources} == {"full.example": 0, "fine.example": 5}
    assert result.waiting == 30
    assert result.next_try_at is not None
    assert NOW + timedelta(seconds=540) < result.next_try_at <= NOW + timedelta(seconds=600)
    later = waiting(database, NOW + timedelta(hours=1))
    assert sorted(ref.attempts for ref in later) == [0] * 29 + [1]


def test_no_source_of_a_paused_host_is_blamed(server: LoopbackServer, database: Database) -> None:
    server.add("/full.xml", status=429)
    sources = [FeedSource(str(number), f"http://full.example:{server.port}/full.xml") for number in range(4)]

    result = run(sources, database, every=timedelta(hours=1))

    assert server.count("/full.xml") == 1
    assert len(result.failures) == 1
    with database.reading() as session:
        assert sorted(source.state.failures_in_row for source in health(session)) == [0, 0, 0, 1]
        assert source_table.due_sources(session, NOW) == []
        soon = NOW + timedelta(seconds=FIRST_PAUSE_SECONDS + 1)
        assert len(source_table.due_sources(session, soon)) == 3


def test_where_nobody_comes_back_by_himself_a_paused_source_is_told_of(
    server: LoopbackServer, database: Database
) -> None:
    server.add("/full.xml", status=429)
    sources = [FeedSource(str(number), f"http://full.example:{server.port}/full.xml") for number in range(2)]
    result = run(sources, database, concurrency=1)
    assert sorted("left alone" in failure.error for failure in result.failures) == [False, True]
    assert all(failure.temporary for failure in result.failures)


def test_a_slow_host_with_a_long_queue_keeps_nobody_waiting(server: LoopbackServer, database: Database) -> None:
    served: list[str] = []
    slow = [f"/slow/{number}" for number in range(250)]
    fine = [f"/fine/{number}" for number in range(3)]

    def handler(path: str) -> None:
        def answer(request: object) -> Answer:
            served.append(path)
            return Answer(page("Nothing much."), headers={"Content-Type": "text/html"})

        server.add_handler(path, answer)

    for path in (*slow, *fine):
        handler(path)
    first = newsroom(server, "slow.example", slow, "/slow.xml")
    second = newsroom(server, "fine.example", fine, "/fine.xml")
    settings = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.05, respect_robots=False)
    run([first], database, every=timedelta(hours=1), late_after=1)  # its links alone

    assert served == []

    result = run(
        [first, second],
        database,
        settings=settings,
        at=NOW + timedelta(hours=1),
        enough=lambda: set(fine) <= set(served),
    )

    assert not result.failures
    assert max(served.index(path) for path in fine) < 60


def test_a_pass_of_the_service_ends_in_time_for_the_next(server: LoopbackServer, database: Database) -> None:
    paths = [f"/slow/{number}" for number in range(20)]
    for path in paths:
        server.add(path, page("Nothing much."), headers={"Content-Type": "text/html"})
    source = newsroom(server, "slow.example", paths, "/slow.xml")

    result = run([source], database, every=timedelta(hours=1), late_after=30)

    assert result.ok
    assert 0 < sum(request.path.startswith("/slow/") for request in server.requests) < 20
    assert result.waiting > 0
    again = run([source], database, every=timedelta(hours=1), at=NOW + timedelta(minutes=20))
    assert again.waiting == 0
