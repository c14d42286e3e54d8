"""One article under many addresses, guids and titles makes one article; an edit replaces what it said."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from html import escape

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pipeline.cli.app import app
from pipeline.ingestion import IngestResult, ingest
from pipeline.reading import keep_document, read_document
from scrapers.http import HttpClient, HttpSettings
from scrapers.identity import identity
from scrapers.links import canonical_url
from scrapers.sources import FeedSource
from storage import deals, pages, sources
from storage.database import Database, open_database
from storage.deals import DealQuery, DealView
from storage.edits import Edit, edits_of_deal
from storage.models import Article, ArticleRevision, Report
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import NOW, page, serve, toy_extract

DEAL = "DEAL acquisition announced: acquirer Brightwell, target Oakline"
DONE = "DEAL acquisition completed: acquirer Brightwell, target Oakline"
STORY = "Brightwell, a maker of instruments in Lyon, said that the purchase opens the markets of the north to it."
SETTINGS = HttpSettings(
    allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False, total_deadline_seconds=5.0, http2=False
)
HOUR = timedelta(hours=1)


def run(database: Database, url: str, *, at: datetime = NOW) -> IngestResult:
    async def once() -> IngestResult:
        async with HttpClient(SETTINGS, clock=lambda: at) as client:
            return await ingest([FeedSource("wire", url)], database, client, now=lambda: at, extract=toy_extract)

    result = asyncio.run(once())
    assert result.ok, result.failures
    return result


def feed(server: LoopbackServer, *items: tuple[str, str, str]) -> str:
    """Serve a feed of (path, title, guid); its address."""
    told = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(server.url(path))}</link><guid>{guid}</guid></item>"
        for path, title, guid in items
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{told}</channel></rss>'
    serve(server, "/feed.xml", body.encode(), "application/rss+xml")
    return server.url("/feed.xml")


def declaring(url: str, body: bytes) -> bytes:
    return body.replace(b"<head>", f'<head><link rel="canonical" href="{url}">'.encode())


def found(database: Database) -> list[DealView]:
    with database.reading() as session:
        return deals.search(session, DealQuery(technology=None))


def shown(database: Database, deal: int) -> str:
    url = database.engine.url.set(drivername=database.engine.url.get_backend_name())
    result = CliRunner().invoke(app, ["show", str(deal), "--database", url.render_as_string(hide_password=False)])
    assert result.exit_code == 0, result.output
    return result.stdout


def counts(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        return len(session.scalars(select(Article.id)).all()), len(session.scalars(select(Report.id)).all())


def test_redirectors_and_declared_addresses_end_at_one_article(server: LoopbackServer, database: Database) -> None:
    serve(server, "/story", page(DEAL, STORY))
    for path in ("/redirect/1", "/redirect/2"):
        server.add(path, status=302, headers={"Location": server.url("/story")})
    serve(server, "/special/story", declaring(server.url("/story"), page(DEAL, STORY, "Read more here.")))
    items = [(path, "T", path) for path in ("/redirect/1", "/redirect/2", "/special/story")]
    result = run(database, feed(server, *items))
    assert (result.read, result.reports) == (3, 1)
    assert counts(database) == (1, 1)
    [deal] = found(database)
    assert [report.url for report in deal.reports] == [server.url("/story")]
    run(database, feed(server, ("/story?utm_source=feed", "T", "x"), *items), at=NOW + HOUR)
    assert counts(database) == (1, 1)
    assert sum(request.path.startswith("/story") for request in server.requests) == 2  # by the redirects alone


def test_what_declares_the_address_of_a_list_is_not_lost(server: LoopbackServer, database: Database) -> None:
    others = {
        "/1": page(DEAL, STORY),
        "/2": page("DEAL merger announced: partner Corvin, partner Dorwell", "Corvin and Dorwell make glass in Graz."),
        "/3": page(
            "DEAL supply announced: supplier Elmhurst, customer Farrow", "Elmhurst builds turbines for the sea."
        ),
    }
    for path, body in others.items():
        serve(server, path, declaring(server.url("/press-list"), body))
    run(database, feed(server, *((path, path, path) for path in others)))
    assert counts(database) == (3, 3)


def test_an_edited_address_and_title_under_the_same_guid_is_an_edit(server: LoopbackServer, database: Database) -> None:
    serve(server, "/old-slug", page(DEAL, STORY, title="Brightwell buys Oakline"))
    run(database, feed(server, ("/old-slug", "Brightwell buys Oakline", "g-1")))
    [before] = found(database)
    serve(server, "/new-slug", page(DONE, STORY, title="Brightwell has bought Oakline"))
    run(database, feed(server, ("/new-slug", "Brightwell has bought Oakline", "g-1")), at=NOW + HOUR)
    assert counts(database) == (1, 1)
    [after] = found(database)
    assert (after.id, after.status, after.reports[0].id) == (before.id, "completed", before.reports[0].id)
    assert after.reports[0].url == server.url("/new-slug")
    with database.reading() as session:
        assert [row.title for row in session.scalars(select(ArticleRevision))] == ["Brightwell buys Oakline"]
        changes = deals.revisions(session, after.id)
        edits = edits_of_deal(session, after.id)
    told = Edit(NOW + HOUR, server.url("/new-slug"), "Brightwell buys Oakline", "Brightwell has bought Oakline")
    assert edits == [told]
    assert "“Brightwell buys Oakline” became “Brightwell has bought Oakline”" in shown(database, after.id)
    assert [change.url for change in changes] == [server.url("/new-slug")]


def test_one_guid_for_all_items_loses_none(server: LoopbackServer, database: Database) -> None:
    for number, day in ((1, "2026-03-01"), (2, "2026-03-02")):
        deal = f"DEAL acquisition announced: acquirer Corvin{number}, target Dorwell{number}"
        stories = (
            "",
            "Corvin1 makes glass for telescopes in Graz.",
            "Turbines of Corvin2 are to stand in the North Sea.",
        )
        serve(server, f"/{number}", page(deal, stories[number], day=day))
        run(database, feed(server, (f"/{number}", f"Deal {number}", "site-wide")), at=NOW + number * HOUR)
    assert counts(database) == (2, 2)


def test_a_new_title_in_the_feed_brings_the_edit(server: LoopbackServer, database: Database) -> None:
    serve(server, "/1", page(DEAL, STORY, title="Brightwell to buy Oakline"))
    run(database, feed(server, ("/1", "Brightwell to buy Oakline", "1")))
    serve(server, "/1", page(DONE, STORY, title="Brightwell to buy Oakline"))
    assert run(database, feed(server, ("/1", "Brightwell to buy Oakline", "1")), at=NOW + HOUR).read == 0
    told = feed(server, ("/1", "UPDATE: Brightwell buys Oakline", "1"))
    assert run(database, told, at=NOW + HOUR).read == 1
    [deal] = found(database)
    assert (deal.status, len(deal.reports)) == ("completed", 1)
    assert run(database, told, at=NOW + 2 * HOUR).read == 0


# -- any order -------------------------------------------------------------------------------------------------------

_SITE = "https://news.example"
#: (address, guid, where redirects end, what the page declares)
_WAYS = [
    ("https://news.example/story", "g-1", None, None),
    ("http://www.news.example/story/?utm_source=x", "g-1", None, None),
    ("https://news.example/story/amp", "g-1", None, f"{_SITE}/story"),
    ("https://proxy.example/~r/1", "g-2", f"{_SITE}/story", None),
    ("https://news.example/print/17", None, None, f"{_SITE}/story"),
    ("https://news.example/special/story", "g-3", None, f"{_SITE}/story"),
]
#: The same item after its address was changed: nothing but its guid tells.
_RENAMED = ("https://news.example/story-2", "g-1", None, None)


def arrive(database: Database, way: tuple[str, str | None, str | None, str | None], title: str, at: datetime) -> None:
    """A look at the source gives this one item; then all that waits is fetched and read."""
    url, guid, _, _ = way
    with database.session() as session:
        sources.sync_sources(session, [("wire", "feed", f"{_SITE}/feed")], at)
        link = pages.FoundLink(
            url=url, canonical_url=canonical_url(url), title=title, guid=guid, identity=identity(url)
        )
        pages.add_links(session, "wire", [link], at)
    read_all(database, title, at)


def read_all(database: Database, title: str, at: datetime) -> None:
    """Fetch and read what is due: every way leads to the same article, as it is now."""
    ways = {canonical_url(url): (ends, declared) for url, _, ends, declared in (*_WAYS, _RENAMED)}
    with database.reading() as session:
        due = pages.due_pages(session, now=at, limit=50)
    for ref in due:
        ends, declared = ways[canonical_url(ref.url)]
        body = page(DONE if title == "Edited" else DEAL, STORY, title=title)
        fetched = pages.FetchedPage(
            ends or ref.url, 200, "text/html", declaring(declared, body) if declared else body, at
        )
        with database.session() as session:
            pages.save_fetched(session, ref.id, fetched, at)
            ref = pages.get_page(session, ref.id)
        document = read_document(fetched.body, ref, None, toy_extract, fetched_at=at)
        keep_document(database, ref.id, document, now=at)


@settings(max_examples=12)
@given(st.permutations(_WAYS), st.integers(0, len(_WAYS)), st.integers(0, len(_WAYS)))
def test_any_order_of_addresses_guids_and_edits_gives_the_same(
    order: list[tuple[str, str | None, str | None, str | None]], edited_after: int, renamed_after: int
) -> None:
    order.insert(max(renamed_after, 1 + min(order.index(way) for way in _WAYS if way[1] == "g-1")), _RENAMED)
    with open_database("sqlite://") as database:
        for number, way in enumerate(order):
            arrive(database, way, "First told" if number < edited_after else "Edited", NOW + number * HOUR)
        for number, way in enumerate(order):  # the source goes on showing them all
            arrive(database, way, "Edited", NOW + timedelta(days=9) + number * HOUR)
        read_all(database, "Edited", NOW + timedelta(days=900))
        with database.reading() as session:
            told = [(row.title, row.copy_of_id) for row in session.scalars(select(Article))]
            reports = [(row.type, row.status) for row in session.scalars(select(Report))]
        assert told == [("Edited", None)]
        assert reports == [("acquisition", "completed")]
        assert len(found(database)) == 1
