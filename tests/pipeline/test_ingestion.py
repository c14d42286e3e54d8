from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from pipeline.ingestion import Extractor, IngestResult, Progress, Stage, ingest
from pipeline.reextraction import reextract
from pipeline.rhythm import Pace
from scrapers.http import HttpClient, HttpSettings
from scrapers.sources import FeedSource, FolderSource, Source
from storage import deals, pages
from storage.database import Database, open_database
from storage.deals import DealQuery, DealView
from storage.errors import DatabaseLocked, DatabaseReadOnly
from storage.source_health import health
from storage.vocabulary import PageState, Status
from tests.databases import read_only
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import NOW, feed, page, serve, toy_extract
from tests.storage import builders

DEAL = "DEAL acquisition announced: acquirer Brightwell, target Oakline"
SETTINGS = HttpSettings(
    allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False, total_deadline_seconds=5.0, http2=False
)


def run(
    sources: Sequence[Source],
    database: Database,
    *,
    at: datetime = NOW,
    extract: Extractor = toy_extract,
    told: list[Progress] | None = None,
    stop: asyncio.Event | None = None,
    every: timedelta | None = None,
    due_only: bool = False,
) -> IngestResult:
    async def once() -> IngestResult:
        async with HttpClient(SETTINGS, clock=lambda: at) as client:
            return await ingest(
                sources,
                database,
                client,
                now=lambda: at,
                extract=extract,
                progress=told.append if told is not None else None,
                stop=stop,
                pace={source.name: Pace(every, longest=every, fixed=True) for source in sources} if every else None,
                due_only=due_only,
                chance=lambda: 0.5,
            )

    return asyncio.run(once())


def found(database: Database) -> list[DealView]:
    with database.reading() as session:
        return deals.search(session, DealQuery(technology=None))


def contents(database: Database) -> dict[str, Sequence[tuple[object, ...]]]:
    """All rows, but for the bookkeeping of polls."""
    with database.reading() as session:
        return {name: rows for name, rows in builders.contents(session).items() if not name.startswith("source")}


def test_a_pass_turns_a_feed_into_deals(server: LoopbackServer, database: Database) -> None:
    serve(server, "/one", page(DEAL, title="Brightwell buys Oakline"))
    serve(server, "/two", page(DEAL, title="Oakline goes to Brightwell", day="2026-03-02"))
    serve(server, "/none", page("Brightwell opened a canteen.", title="A canteen"))
    source = FeedSource("wire", feed(server, ["/one", "/two", "/none"]), publisher="The Wire")
    told: list[Progress] = []

    result = run([source], database, told=told)

    assert result.ok
    assert not result.stopped
    [counts] = result.sources
    assert (counts.name, counts.kind, counts.found, counts.new, counts.read) == ("wire", "feed", 3, 3, 3)
    assert (counts.reports, counts.new_deals, counts.updated_deals, counts.failed) == (2, 1, 1, 0)
    [deal] = found(database)
    assert [(party.name, party.role.value) for party in deal.parties] == [
        ("Brightwell", "acquirer"),
        ("Oakline", "target"),
    ]
    assert len(deal.reports) == 2
    assert {report.publisher for report in deal.reports} == {"The Wire"}
    assert [progress.stage for progress in told] == [Stage.POLL, *[Stage.READ] * 3]
    assert (told[-1].done, told[-1].total) == (3, 3)


def test_doing_it_again_writes_nothing_new(server: LoopbackServer, database: Database) -> None:
    serve(server, "/one", page(DEAL))
    source = FeedSource("wire", feed(server, ["/one"]))
    run([source], database)
    before = contents(database)
    asked = len(server.requests)

    again = run([source], database, at=NOW + timedelta(hours=1))

    assert again.sources[0].not_modified
    assert (again.read, again.new_deals) == (0, 0)
    assert len(server.requests) == asked + 1  # the feed alone
    assert contents(database) == before


def test_outlets_in_any_order_give_the_same_deals(tmp_path: Path, ready_urls: Callable[[], str]) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    told = {
        "a.html": page("DEAL acquisition rumored: acquirer Brightwell, target Oakline", day="2026-01-05"),
        "b.html": page(DEAL, day="2026-03-01"),
        "c.html": page("DEAL acquisition completed: acquirer Brightwell, target Oakline", day="2026-09-01"),
        "d.html": page("DEAL merger announced: partner Oakline, partner Pinecrest", day="2026-03-01"),
    }
    outcomes = set()
    for number, order in enumerate(itertools.permutations(told)):
        if number % 5:
            continue
        with open_database(ready_urls()) as database:
            for name in order:
                for old in folder.iterdir():
                    old.unlink()
                (folder / name).write_bytes(told[name])
                assert run([FolderSource("saved", folder)], database).ok
            outcomes.add(
                tuple(sorted((d.type, d.status, d.announced_on, len(d.reports), d.headline) for d in found(database)))
            )
    assert len(outcomes) == 1
    [outcome] = outcomes
    assert [(kind, status, count) for kind, status, _, count, _ in outcome] == [
        ("acquisition", Status.COMPLETED, 3),
        ("merger", Status.ANNOUNCED, 1),
    ]


def test_bad_pages_cost_only_themselves(server: LoopbackServer, database: Database) -> None:
    serve(server, "/good", page(DEAL))
    serve(server, "/empty", b"")
    serve(server, "/pdf", b"%PDF-1.7 something")
    serve(server, "/binary", bytes(range(256)) * 10)
    serve(server, "/boom", page("BOOM"))
    serve(server, "/json", b"{}", "application/json")
    server.add("/down", status=503)
    paths = ["/empty", "/pdf", "/binary", "/boom", "/json", "/down", "/gone", "/good"]
    source = FeedSource("wire", feed(server, paths))

    result = run([source], database)

    assert not result.ok
    assert len(found(database)) == 1
    [counts] = result.sources
    assert (counts.read, counts.failed) == (1, 7)
    assert len(result.failures) == 7
    by_path = {failure.subject.removeprefix(server.url("")): failure for failure in result.failures}
    assert "empty" in by_path["/empty"].error
    assert "PDF" in by_path["/pdf"].error
    assert "binary" in by_path["/binary"].error
    assert "boom" in by_path["/boom"].error
    assert "application/json" in by_path["/json"].error
    assert by_path["/gone"].stage is Stage.FETCH
    assert "404" in by_path["/gone"].error
    assert by_path["/down"].temporary
    assert not by_path["/gone"].temporary
    assert all(server.url(path) in failure.error for path, failure in by_path.items())
    with database.reading() as session:
        down = pages.find_page(session, server.url("/down"))
        gone = pages.find_page(session, server.url("/gone"))
    assert down is not None
    assert gone is not None
    assert (down.state, gone.state) == (PageState.FOUND, PageState.SET_ASIDE)


def test_what_failed_for_the_time_being_is_tried_again_later(server: LoopbackServer, database: Database) -> None:
    server.add("/one", status=503)
    source = FeedSource("wire", feed(server, ["/one"]))
    assert run([source], database).failures[0].temporary
    serve(server, "/one", page(DEAL))
    assert run([source], database, at=NOW + timedelta(minutes=1)).read == 0
    assert run([source], database, at=NOW + timedelta(minutes=30)).read == 1
    assert len(found(database)) == 1


def test_an_outage_of_days_costs_no_page(server: LoopbackServer, database: Database) -> None:
    server.add("/down", status=503)
    source = FeedSource("wire", feed(server, ["/down"]))
    at = NOW
    waits = []
    while at < NOW + timedelta(days=6):
        run([source], database, at=at)
        with database.reading() as session:
            left = pages.backlog(session, source_names=["wire"])
        assert (left.waiting, left.set_aside) == (1, 0)
        assert left.next_try_at is not None
        waits.append(left.next_try_at - at)
        at = left.next_try_at
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=10), timedelta(hours=6))
    serve(server, "/down", page(DEAL))
    assert run([source], database, at=at).read == 1


def test_a_page_that_stays_out_of_reach_is_set_aside_in_the_end(server: LoopbackServer, database: Database) -> None:
    server.add("/down", status=503)
    source = FeedSource("wire", feed(server, ["/down"]))
    for day in range(8):
        result = run([source], database, at=NOW + timedelta(days=day))
    assert (result.waiting, result.set_aside) == (0, 1)


def test_a_bad_source_costs_only_itself(server: LoopbackServer, database: Database, tmp_path: Path) -> None:
    serve(server, "/one", page(DEAL))
    serve(server, "/html", page("not a feed"))
    serve(server, "/bomb", b'<!DOCTYPE x [<!ENTITY a "a">]><rss version="2.0"><channel/></rss>', "text/xml")
    sources: list[Source] = [
        FeedSource("missing", server.url("/nowhere.xml")),
        FeedSource("page", server.url("/html")),
        FeedSource("bomb", server.url("/bomb")),
        FeedSource("closed", "http://127.0.0.1:9/feed.xml"),
        FeedSource("private", "http://10.0.0.1/feed.xml"),
        FolderSource("folder", tmp_path / "nowhere"),
        FeedSource("good", feed(server, ["/one"])),
    ]
    result = run(sources, database, every=timedelta(hours=1))
    errors = {source.name: source.error for source in result.sources}
    assert errors.pop("good") is None
    assert all(errors.values())
    assert "404" in (errors["missing"] or "")
    assert "no such folder" in (errors["folder"] or "")
    assert len(found(database)) == 1
    with database.reading() as session:
        states = {entry.state.name: entry.state for entry in health(session)}
    assert states["good"].failures_in_row == 0
    assert states["good"].next_poll_at == NOW + timedelta(hours=1)
    for name, error in errors.items():
        assert (states[name].last_error, states[name].failures_in_row) == (error, 1)
        assert (states[name].next_poll_at or NOW) >= NOW + timedelta(minutes=10)


def test_only_due_sources_are_polled_when_asked_so(server: LoopbackServer, database: Database) -> None:
    serve(server, "/one", page(DEAL))
    source = FeedSource("wire", feed(server, ["/one"]))
    every = timedelta(hours=1)
    assert run([source], database, every=every, due_only=True).did_something
    early = run([source], database, every=every, due_only=True, at=NOW + timedelta(minutes=59))
    assert not early.did_something
    late = run([source], database, every=every, due_only=True, at=NOW + timedelta(minutes=61))
    assert late.sources[0].polled


def test_a_failing_source_is_asked_less_and_less_often(server: LoopbackServer, database: Database) -> None:
    server.add("/feed.xml", status=503)
    source = FeedSource("wire", server.url("/feed.xml"))
    waits = []
    at = NOW
    for _ in range(12):
        run([source], database, at=at, every=timedelta(minutes=5))
        with database.reading() as session:
            [entry] = health(session)
        assert entry.state.next_poll_at is not None
        waits.append(entry.state.next_poll_at - at)
        at = entry.state.next_poll_at
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=10)
    assert waits[-1] == timedelta(days=1)


def test_a_pass_cut_short_goes_on_where_it_was(server: LoopbackServer, database: Database) -> None:
    paths = [f"/{number}" for number in range(6)]
    for number, path in enumerate(paths):
        serve(server, path, page(f"DEAL acquisition announced: acquirer Brightwell{number}, target Oakline{number}"))
    source = FeedSource("wire", feed(server, paths))
    stop = asyncio.Event()
    seen: list[str] = []

    def reads_two_then_stops(article: object) -> tuple[()]:
        seen.append("read")
        if len(seen) == 2:
            stop.set()
        return ()

    first = run([source], database, extract=reads_two_then_stops, stop=stop)
    assert first.stopped
    assert first.read == 2
    second = run([source], database)
    assert (second.read, len(found(database))) == (4, 4)


def test_a_page_fetched_before_a_crash_is_read_without_fetching_it_again(
    server: LoopbackServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, "/one", page(DEAL))
    source = FeedSource("wire", feed(server, ["/one"]))

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr("storage.pages.mark_read", kill)  # the last step of the transaction
    with pytest.raises(BaseExceptionGroup) as caught:
        run([source], database)
    assert caught.group_contains(Killed)
    assert found(database) == []
    monkeypatch.undo()
    run([source], database)
    assert len(found(database)) == 1
    assert [request.path for request in server.requests].count("/one") == 1


def test_a_copied_text_is_no_second_deal(server: LoopbackServer, database: Database) -> None:
    body = page(DEAL)
    serve(server, "/one", body)
    serve(server, "/two", body)
    result = run([FeedSource("wire", feed(server, ["/one", "/two"]))], database)
    assert result.ok
    [deal] = found(database)
    assert sorted(report.copy for report in deal.reports) == [False, True]


def test_a_locked_database_is_named_and_loses_nothing(
    server: LoopbackServer, database: Database, ready_url: str
) -> None:
    serve(server, "/one", page(DEAL))
    source = FeedSource("wire", feed(server, ["/one"]))
    with open_database(ready_url, lock_timeout_seconds=0.2) as waiting:
        with database.session() as other:
            other.connection()
            with pytest.raises(DatabaseLocked, match=re.escape(database.shown_url)):
                run([source], waiting)
        assert run([source], waiting).new_deals == 1


def test_a_database_locked_for_one_page_costs_only_time(
    server: LoopbackServer, database: Database, ready_url: str
) -> None:
    serve(server, "/one", page(DEAL))
    serve(server, "/two", page("DEAL merger announced: partner Pinecrest, partner Lakeside"))
    source = FeedSource("wire", feed(server, ["/one", "/two"]))
    locks: list[Connection] = []

    def locks_the_first(article: object) -> tuple[()]:
        if not locks:
            locks.append(database.engine.connect())
            locks[0].begin()
        return ()

    def unlocks(progress: Progress) -> None:
        if progress.failure is not None:
            locks[0].close()

    async def once(waiting: Database) -> IngestResult:
        async with HttpClient(SETTINGS) as client:
            return await ingest([source], waiting, client, now=lambda: NOW, extract=locks_the_first, progress=unlocks)

    with open_database(ready_url, lock_timeout_seconds=0.2) as waiting:
        result = asyncio.run(once(waiting))
        [failure] = result.failures
        assert failure.temporary
        assert "locked" in failure.error
        assert result.read == 1
        assert run([source], waiting).read == 1


def test_a_read_only_database_ends_the_pass_with_its_name(server: LoopbackServer, ready_url: str) -> None:
    with open_database(read_only(ready_url)) as database, pytest.raises(DatabaseReadOnly, match="read-only"):
        run([FeedSource("wire", feed(server, []))], database)


def test_a_failure_that_cannot_be_recorded_names_its_page_and_its_source(
    server: LoopbackServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add("/down", status=503)
    source = FeedSource("wire", feed(server, ["/down"]))
    lost = FeedSource("lost", server.url("/nowhere.xml"))

    def locked(*_: object, **__: object) -> None:
        raise DatabaseLocked("deals.db is locked")

    monkeypatch.setattr("storage.pages.record_failure", locked)
    monkeypatch.setattr("pipeline.polling.after_fault", locked)
    result = run([source, lost], database)
    told = {(f.source, f.stage, f.subject) for f in result.failures if "locked" in f.error}
    assert told == {("wire", Stage.FETCH, server.url("/down")), ("lost", Stage.POLL, "lost")}


@pytest.mark.parametrize("left", ["a report in no deal", "a stale deal"])
def test_what_trips_the_resolution_costs_only_itself(server: LoopbackServer, database: Database, left: str) -> None:
    serve(server, "/bad", page(DEAL))
    serve(server, "/one", page("DEAL merger announced: partner Pinecrest, partner Lakeside"))
    run([FeedSource("wire", feed(server, ["/bad", "/one"]))], database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE report SET status = 'nonsense' WHERE type = 'acquisition'")
        if left == "a stale deal":
            connection.exec_driver_sql("UPDATE deal SET stale = true")
        else:
            connection.exec_driver_sql("UPDATE report SET deal_id = NULL")
            connection.exec_driver_sql("DELETE FROM deal")
    paths = ["/bad", "/one", "/two", "/three"]
    serve(server, "/two", page("DEAL licensing announced: licensor Foxglove, licensee Marigold"))
    serve(server, "/three", page("DEAL partnership announced: partner Hazelton, partner Thornby"))

    result = run([FeedSource("wire", feed(server, paths))], database)

    assert result.read == 2
    [failure] = result.failures
    assert failure.stage is Stage.RESOLVE
    assert "nonsense" in failure.error
    assert str(failure).startswith("resolve failed")
    named = ("", "deal ") if left == "a stale deal" else ("wire", server.url("/bad"))
    assert failure.source == named[0]
    assert failure.subject.startswith(named[1])
    with database.engine.connect() as connection:
        kinds = set(connection.scalars(text("SELECT type FROM deal WHERE NOT stale")))
    assert kinds == {"merger", "licensing", "partnership"}
    quiet = run([FeedSource("wire", server.url("/feed.xml"))], database, due_only=True, every=timedelta(hours=1))
    again = run([FeedSource("wire", server.url("/feed.xml"))], database, due_only=True, every=timedelta(hours=1))
    assert not quiet.ok
    assert not again.did_something  # or the service would tell of it at every tick

    rebuilt = reextract(database, {}, toy_extract, now=lambda: NOW)
    assert rebuilt.counts.pages == 4
    assert {subject for subject, _ in rebuilt.failures} == {server.url("/bad"), failure.subject}
