"""Reading stored pages again: what was known is kept, what an extractor now reads otherwise follows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from pipeline.cli.app import app
from pipeline.errors import ConfigError, PipelineError
from pipeline.reading import Extractor, keep_document, read_document
from pipeline.reading_pool import Pool
from pipeline.reextraction import Rebuilt, Scope, reextract
from storage import articles, deals, models, pages, sources
from storage.database import Database, open_database
from storage.deals import DealQuery
from storage.models import Page
from storage.rebuilds import Counts, DealChanges
from storage.records import Article, Report
from storage.vocabulary import DealType, PageState
from tests.pipeline.newsroom import NOW, page, toy_extract
from tests.storage.builders import contents


def known(url: str) -> list[tuple[str, str | None, str, datetime | None]]:
    with open_database(url) as database, database.reading() as session:
        article = models.Article
        query = select(article.title, article.publisher, article.language, article.published_at).order_by(article.title)
        return [(title, publisher, language, at) for title, publisher, language, at in session.execute(query)]


def test_a_folder_of_the_command_line_keeps_publisher_and_language(
    ready_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f").mkdir()
    Path("f/a.txt").write_text("5G: K+N", encoding="utf-8")
    Path("f/b.html").write_bytes(page("DEAL acquisition announced: acquirer Brightwell, target Oakline"))
    said = ["--folder", "f", "--publisher", "My Wire", "--language", "de"]
    made = CliRunner().invoke(app, ["ingest", *said, "--database", ready_url])
    assert made.exit_code == 0, made.output
    before = known(ready_url)
    assert [(title, publisher) for title, publisher, *_ in before] == [
        ("5G: K+N", "My Wire"),
        ("News", "My Wire"),
    ]
    assert before[0][2] == "de"
    again = CliRunner().invoke(app, ["reextract", "--database", ready_url])
    assert again.exit_code == 0, again.output
    assert known(ready_url) == before


def test_no_article_is_dated_after_its_page_was_fetched(database: Database) -> None:
    """A date guessed from the text is none when it lies after the day the page was fetched."""
    later = (NOW + timedelta(days=40)).date()
    body = (
        f"<!doctype html><html lang='en'><head><title>Fair</title></head><body><article><h1>Fair</h1>"
        f"<p class='date'>{later:%B %d, %Y}</p><p>{'The fair opens its doors to everyone who builds robots. ' * 4}</p>"
        "</article></body></html>"
    ).encode()
    url = "https://wire.example/fair"
    fetched = pages.FetchedPage(url, 200, "text/html", body, NOW)
    with database.session() as session:
        sources.sync_sources(session, [("wire", "feed", "https://wire.example/feed")], NOW)
        pages.add_links(session, "wire", [pages.FoundLink(url=url, canonical_url=url)], NOW)
        found = pages.find_page(session, url)
        assert found is not None
        pages.save_fetched(session, found.id, fetched, NOW)
    done = reextract(database, {}, toy_extract, now=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert (done.counts.pages, done.failures) == (1, ())
    with database.reading() as session:
        assert articles.load_article(session, 1).published_at is None


# -- a rebuild of many pages -----------------------------------------------------------------------------------------

STARTS = ("Quill", "Corvin", "Brae", "Temper", "Oster")
ENDS = ("mere", "dale", "ford", "holm", "wick", "stead")
LAST = ("burgh", "loch", "marsh", "thwaite", "combe", "garth")
PAGES = 30  # more than are written at once


def deal_of(number: int) -> str:
    kind = ("acquisition", "merger", "licensing")[number % 3]
    roles = (("acquirer", "target"), ("partner", "partner"), ("licensor", "licensee"))[number % 3]
    one, other = (
        f"{start}{end[number % 6]}" for start, end in ((STARTS[number // 6], ENDS), (STARTS[number // 6], LAST))
    )
    return f"DEAL {kind} announced: {roles[0]} {one}, {roles[1]} {other}"


def ingested(database: Database, extract: Extractor = toy_extract) -> None:
    """Pages, fetched and read."""
    with database.session() as session:
        sources.sync_sources(session, [("wire", "feed", "https://wire.example"), ("blog", "feed", "https://b")], NOW)
    for number in range(PAGES):
        url = f"https://wire.example/{number}"
        at = NOW + timedelta(days=number)
        body = f"News number {number}\n\n{deal_of(number)}\n".encode()
        with database.session() as session:
            link = pages.FoundLink(url=url, canonical_url=url, published=f"2026-0{1 + number % 9}-01")
            pages.add_links(session, "wire" if number % 4 else "blog", [link], NOW)
            found = pages.find_page(session, url)
            assert found is not None
            pages.save_fetched(session, found.id, pages.FetchedPage(url, 200, "text/plain", body, at), at)
            ref = pages.get_page(session, found.id)
        keep_document(database, ref.id, read_document(body, ref, None, extract, fetched_at=at), now=at)


@pytest.fixture
def filled() -> Iterator[Database]:
    """An SQLite database with these pages."""
    with open_database("sqlite://") as database:
        ingested(database)
        yield database


def renames(article: Article) -> tuple[Report, ...]:
    """An extractor that has learned: names of firms are longer, mergers are no deals, the order is another."""
    better = [
        replace(said, parties=tuple(replace(party, name=f"{party.name} Systems") for party in said.parties))
        for said in toy_extract(article)
        if said.type is not DealType.MERGER
    ]
    return tuple(reversed(better))


def rebuild(database: Database, extract: Extractor | Pool = toy_extract, **options: object) -> Rebuilt:
    return reextract(database, {}, extract, now=lambda: LATER, **options)  # type: ignore[arg-type]


LATER = NOW + timedelta(days=400)


def rows(database: Database) -> dict[str, Sequence[tuple[object, ...]]]:
    with database.reading() as session:
        return {name: found for name, found in contents(session).items() if name != "rebuild"}


def told(database: Database) -> set[tuple[object, ...]]:
    """The deals without their numbers."""
    with database.reading() as session:
        return {
            (view.type, view.status, view.day, tuple((p.name, p.role) for p in view.parties),
             tuple(sorted(report.url for report in view.reports)))
            for view in deals.iter_deals(session, DealQuery(technology=None))
        }  # fmt: skip


def test_an_unchanged_extractor_writes_nothing(database: Database) -> None:
    ingested(database)
    before = rows(database)
    done = rebuild(database)
    assert rows(database) == before
    assert done.counts == Counts(pages=PAGES, reports=PAGES)
    assert done.deals == DealChanges()


def test_a_changed_extractor_gives_what_a_fresh_start_would(filled: Database) -> None:
    done = rebuild(filled, renames)
    with open_database("sqlite://") as fresh:
        ingested(fresh, renames)
        assert told(filled) == told(fresh)
    assert done.counts == Counts(pages=PAGES, reports=20, reports_changed=20, reports_gone=10)
    assert (done.deals.new, done.deals.gone) == (0, 10)
    assert done.deals.changed == len(told(filled))
    assert rebuild(filled, toy_extract).counts.reports_new == 10


def test_ended_anywhere_it_goes_on_where_it_was(database: Database) -> None:
    ingested(database)
    seen: list[str] = []

    def dies(article: Article) -> tuple[Report, ...]:
        seen.append(article.title)
        if len(seen) == 28:
            raise KeyboardInterrupt
        return renames(article)

    with pytest.raises(KeyboardInterrupt):
        rebuild(database, dies, fingerprint="second")
    told_of: list[tuple[int, int]] = []
    done = rebuild(
        database, renames, fingerprint="second", progress=lambda done, total, url: told_of.append((done, total))
    )
    assert done.resumed_at == LATER
    assert told_of[0] == (26, PAGES)  # what was written in whole batches stays written
    assert told_of[-1] == (PAGES, PAGES)
    assert done.counts == Counts(pages=PAGES, reports=20, reports_changed=20, reports_gone=10)
    with open_database("sqlite://") as fresh:
        ingested(fresh, renames)
        assert told(database) == told(fresh)


def test_finished_is_finished_until_the_extractor_is_another(filled: Database) -> None:
    read: list[str] = []

    def counting(article: Article) -> tuple[Report, ...]:
        read.append(article.title)
        return toy_extract(article)

    rebuild(filled, counting, fingerprint="first")
    again = rebuild(filled, counting, fingerprint="first")
    assert (len(read), again.finished_before, again.counts.pages) == (PAGES, LATER, PAGES)
    rebuild(filled, counting, fingerprint="first", from_start=True)
    assert len(read) == 2 * PAGES
    assert rebuild(filled, counting, fingerprint="second").finished_before is None
    assert len(read) == 3 * PAGES


def test_some_sources_and_some_days_have_their_own_progress(filled: Database) -> None:
    blog = rebuild(filled, fingerprint="x", scope=Scope(("blog",)))
    assert blog.counts.pages == len(range(0, PAGES, 4))
    late = rebuild(filled, fingerprint="x", scope=Scope(("wire",), NOW + timedelta(days=20)))
    assert late.counts.pages == sum(number % 4 > 0 for number in range(20, PAGES))
    assert rebuild(filled, fingerprint="x").counts.pages == PAGES


def test_a_page_that_waits_to_be_fetched_anew_goes_on_waiting(filled: Database) -> None:
    with filled.session() as session:
        row = session.get_one(Page, 1)
        row.state, row.next_try_at = PageState.FOUND, LATER
    rebuild(filled)
    with filled.reading() as session:
        assert [ref.id for ref in pages.due_pages(session, now=LATER, limit=9)] == [1]


def test_one_bad_page_costs_only_itself(filled: Database) -> None:

    def trips(article: Article) -> tuple[Report, ...]:
        if "number 7\n" in article.text:
            raise ValueError("trips")
        return toy_extract(article)

    before = told(filled)
    done = rebuild(filled, trips, fingerprint="x")
    assert [subject for subject, _ in done.failures] == ["https://wire.example/7"]
    assert (done.counts.pages, done.counts.failed) == (PAGES, 1)
    assert told(filled) == before


def load_toy() -> Extractor:
    return toy_extract


def load_deadly() -> Extractor:
    return deadly


def deadly(article: Article) -> tuple[Report, ...]:
    if "number 7\n" in article.text:
        os._exit(9)
    return renames(article)


def load_nothing() -> Extractor:
    raise ConfigError(Path("config.yaml"), ("it went away",))


def test_several_processes_do_what_one_does(filled: Database) -> None:
    before = rows(filled)
    done = rebuild(filled, Pool(load_toy, 2), fingerprint="x")
    assert done.counts == Counts(pages=PAGES, reports=PAGES)
    assert rows(filled) == before


def test_a_process_that_dies_costs_its_page(filled: Database) -> None:
    done = rebuild(filled, Pool(load_deadly, 2), fingerprint="x")
    assert [subject for subject, _ in done.failures] == ["https://wire.example/7"]
    assert (done.counts.pages, done.counts.failed, done.counts.reports_gone) == (PAGES, 1, 9)


def test_an_extractor_that_cannot_be_loaded_is_told_as_that(filled: Database) -> None:
    with pytest.raises(PipelineError, match="it went away"):
        rebuild(filled, Pool(load_nothing, 2), fingerprint="x")


KILLED = """
import os, sys
from datetime import datetime, UTC
from pipeline.reextraction import reextract
from storage.database import open_database
from tests.pipeline.test_reextraction import renames

def progress(done, total, url):
    if done == 28:
        os.kill(os.getpid(), 9)

with open_database(sys.argv[1]) as database:
    reextract(database, {}, renames, now=lambda: datetime(2027, 5, 1, tzinfo=UTC), fingerprint="x", progress=progress)
"""


def test_a_killed_rebuild_loses_and_doubles_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deals.db'}"
    with open_database(url) as database:
        ingested(database)
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, url], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    assert killed.returncode == -9
    with open_database(url) as database:
        done = rebuild(database, renames, fingerprint="x")
        assert done.resumed_at is not None
        assert done.counts == Counts(pages=PAGES, reports=20, reports_changed=20, reports_gone=10)
        with open_database("sqlite://") as fresh:
            ingested(fresh, renames)
            assert told(database) == told(fresh)
