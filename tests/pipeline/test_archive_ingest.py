"""From WARC files to deals: a source of kind archive through a pass and through the commands."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.config import parse_config
from pipeline.errors import ConfigError
from pipeline.ingestion import IngestResult, Progress, ingest
from scrapers import warc
from scrapers.http import HttpClient
from scrapers.sources import ArchiveSource, FeedSource, Source
from storage import deals, pages
from storage.articles import earlier_reading
from storage.database import Database, open_database
from storage.deals import DealQuery
from storage.vocabulary import PageState
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import NOW, feed, page, serve, toy_extract
from tests.pipeline.test_ingestion import SETTINGS
from tests.warc_samples import news, packed, record

STORIES = 24


def archive(folder: Path, *, stories: int = STORIES) -> ArchiveSource:
    """An archive in which every third page tells of a deal of its own."""
    names = [
        "".join(chr(97 + (7 * number + 3 * place) % 26) for place in range(6)).title() for number in range(stories)
    ]
    told = [
        news(number, *([f"DEAL acquisition announced: acquirer {name}, target {name}works"] if number % 3 == 0 else []),
             title="A merger" if number % 2 == 0 or number % 3 == 0 else "The weather")
        for number, name in enumerate(names)
    ]  # fmt: skip
    (folder / "a.warc.gz").write_bytes(
        packed([*told, record("https://news.example/empty", b"<title>A merger</title>")])
    )
    return ArchiveSource("old news", folder)


def run(
    sources: Sequence[Source], database: Database, told: list[Progress] | None = None, **given: bool
) -> IngestResult:
    async def once() -> IngestResult:
        async with HttpClient(SETTINGS) as client:
            return await ingest(
                sources, database, client, now=lambda: NOW, extract=toy_extract,
                progress=told.append if told is not None else None, **given,  # type: ignore[arg-type]
            )  # fmt: skip

    return asyncio.run(once())


def state_of(database: Database) -> tuple[set[str], list[str]]:
    """The buyers of all deals, once each, and one by one."""
    with database.reading() as session:
        found = deals.search(session, DealQuery(technology=None, limit=1000))
        names = [party.name for deal in found for party in deal.parties if not party.name.endswith("works")]
    return set(names), sorted(names)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "BATCH_PAGES", 4)


@pytest.mark.usefixtures("small_batches")
def test_an_archive_is_read_to_its_end_in_one_pass(tmp_path: Path, database: Database) -> None:
    source = archive(tmp_path)
    told: list[Progress] = []
    result = run([source], database, told)
    (counts,) = result.sources
    assert result.ok, result.failures
    assert counts.reports == counts.new_deals == STORIES // 3
    assert counts.found == counts.new == counts.read + 1  # one of them has no text
    assert counts.found < STORIES, "what tells of no deal is not even stored"
    assert counts.notes == (f"a.warc.gz: {STORIES + 1} records, {counts.found} pages taken",)
    assert len([step for step in told if "records" in step.subject]) > 2
    with database.reading() as session:
        deal = pages.find_page(session, "https://news.example/0")
        other = pages.find_page(session, "https://news.example/2")
        assert deal is not None
        assert other is not None
        assert (deal.state, deal.fetched_at) == (PageState.READ, datetime(2026, 11, 5, 10, tzinfo=UTC))
        assert [ref.id for ref in pages.stored_pages(session) if ref.id in (deal.id, other.id)] == [deal.id]
    again = run([source], database)
    assert (again.sources[0].not_modified, again.sources[0].read) == (True, 0)


class Killed(BaseException):
    """Ends a run as if the process had been killed."""


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    "step",
    ["storage.pages.add_documents", "storage.sources.record_poll", "storage.pages.mark_read"],
)
def test_wherever_a_run_ends_the_next_goes_on_and_nothing_is_lost_or_doubled(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(tmp_path)
    with open_database(f"sqlite:///{tmp_path / 'whole.db'}") as database:
        run([source], database)
        whole = state_of(database)
    module, _, name = step.rpartition(".")
    target = __import__(module, fromlist=[name])
    original = getattr(target, name)
    with open_database(f"sqlite:///{tmp_path / 'killed.db'}") as database:
        for last in (0, 1, 1, 0):
            calls = iter(range(last))

            def work(*given: object, calls: object = calls, **named: object) -> object:
                if next(calls, None) is None:  # type: ignore[call-overload]
                    raise Killed
                return original(*given, **named)

            monkeypatch.setattr(target, name, work)
            with pytest.raises(BaseExceptionGroup) as caught:
                run([source], database)
            assert caught.group_contains(Killed)
            monkeypatch.setattr(target, name, original)
        result = run([source], database)
        assert result.ok
        assert state_of(database) == whole
        with database.reading() as session:
            assert pages.backlog(session, source_names=["old news"]).waiting == 0


def _in_small_batches(folder: str, url: str) -> None:
    warc.BATCH_PAGES = 3  # in a process of its own
    with open_database(url) as database:
        run([ArchiveSource("old news", Path(folder))], database)


def test_a_process_that_is_killed_is_gone_on_with(tmp_path: Path) -> None:
    source = archive(tmp_path, stories=45)
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    process = multiprocessing.get_context("spawn").Process(target=_in_small_batches, args=(str(tmp_path), url))
    process.start()
    while process.is_alive() and _read_pages(tmp_path / "killed.db") < 7:
        process.join(0.01)
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    with open_database(url) as database:
        assert 0 < len(state_of(database)[1]) < 15
        run([source], database)
        names, listed = state_of(database)
        assert len(names) == len(listed) == 15
        assert run([source], database).sources[0].not_modified


def _read_pages(file: Path) -> int:
    if not file.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
            (count,) = connection.execute("SELECT count(*) FROM page WHERE state = 'read'").fetchone()
    except sqlite3.Error:
        return 0
    return int(count)


@pytest.mark.usefixtures("small_batches")
def test_an_archive_keeps_no_other_source_waiting(tmp_path: Path, database: Database, server: LoopbackServer) -> None:
    serve(server, "/a", page("DEAL acquisition announced: acquirer Brightwell, target Oakline"))
    told: list[Progress] = []
    result = run([archive(tmp_path), FeedSource("wire", feed(server, ["/a"]))], database, told, due_only=True)
    assert result.ok
    order = [step.source for step in told if step.stage.value in ("read", "fetch")]
    assert order.index("wire") < len(order) // 2


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_the_commands_read_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEALWIRE_CONFIG", raising=False)
    monkeypatch.delenv("DEALWIRE_DATABASE_URL", raising=False)
    story = news(
        1, "Quillmere Systems said on Tuesday that it will acquire Fennholt Photonics, a maker of optical chips for "
        "data centers, for $420 million in cash.",
        title="Quillmere Systems to acquire Fennholt Photonics for $420 million",
    )  # fmt: skip
    (tmp_path / "a.warc.gz").write_bytes(packed([story, news(2, title="Rain in the north"), news(3)]))
    (tmp_path / "config.yaml").write_text("sources:\n  - {name: Old, kind: archive, path: '*.warc.gz', language: en}\n")
    checked = dealwire("sources", "check", "Old")
    assert checked.exit_code == 0, checked.output
    assert "note: a.warc.gz: 3 records, 1 pages taken" in checked.stdout
    assert "acquisition: " in checked.stdout
    result = dealwire("ingest", "Old")
    assert result.exit_code == 0, result.output
    assert "a.warc.gz: 3 records, 1 pages taken" in result.stdout
    (line,) = dealwire("deals", "--json").stdout.splitlines()
    (report,) = json.loads(line)["reports"]
    assert (report["url"], report["source"]) == ("https://news.example/1", "Old")
    assert "Old\tarchive\tok" in dealwire("sources").stdout


def test_an_article_of_an_archive_is_published_by_its_host(tmp_path: Path, database: Database) -> None:
    (tmp_path / "a.warc").write_bytes(
        news(1, "DEAL merger announced: partner Ab, partner Cd", host="www.paper.example")
    )
    run([ArchiveSource("old", tmp_path, prefilter=False)], database)
    with database.reading() as session:
        found = pages.find_page(session, "https://www.paper.example/1")
        assert found is not None
        assert earlier_reading(session, found.id).publisher == "paper.example"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("language: en", "line 1: sources[0] (Old): needs 'path' (of WARC files here) or 'url' (of some elsewhere)"),
        ("url: [ftp://x/a.warc.gz]", "expected a web address"),
        ("path: a.warc, max_file_size: huge", "expected a size"),
        ("paths: a.warc", "did you mean path"),
    ],
)
def test_wrong_settings_are_told(wrong: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f"sources: [{{name: Old, kind: archive, {wrong}}}]", environment={})
    assert told in str(caught.value)


def test_settings_reach_the_source() -> None:
    text = (
        "sources: [{name: Old, kind: archive, path: news/*.warc.gz, url: 'https://c.example/a.warc.gz', "
        "include: paper.example, exclude: [paper.example/sport], prefilter: false, max_file_size: 2 GB}]"
    )
    (source,) = parse_config(text, path=Path("/etc/dealwire/config.yaml"), environment={}).to_sources()
    assert source == ArchiveSource(
        "Old", Path("/etc/dealwire/news/*.warc.gz"), ("https://c.example/a.warc.gz",), ("paper.example",),
        ("paper.example/sport",), prefilter=False, max_file_bytes=2_000_000_000,
    )  # fmt: skip
    assert source.url == "file:///etc/dealwire/news/%2A.warc.gz"
