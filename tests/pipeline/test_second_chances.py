"""Pages that did not make it the first time: renamed sources, outages, rewritten files, pages that were set aside.

Everything goes through the real commands, with real files, a real database and a real server on loopback.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from pipeline.cli.app import app
from pipeline.cli.common import Settings
from pipeline.ingestion import Extractor
from storage.database import open_database
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import feed, page, serve, toy_extract

GOOD = page("DEAL acquisition announced: acquirer Brightwell, target Oakline", title="Brightwell buys Oakline")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, ready_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, a database, and the tests' extractor."""

    def toy(settings: Settings) -> Extractor:
        return toy_extract

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEALWIRE_DATABASE_URL", ready_url)
    monkeypatch.setattr("pipeline.cli.ingest.extractor", toy)
    return tmp_path


def ingest(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["ingest", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def configure(**sources: str) -> None:
    lines = ["schedule: {backfill_since: all}", "fetch: {allow_private: [127.0.0.1], host_gap_seconds: 0}", "sources:"]
    lines += [f"  - {{name: {name}, {rest}}}" for name, rest in sources.items()]
    Path("config.yaml").write_text("\n".join(lines) + "\n")


def rows(query: str) -> list[tuple[object, ...]]:
    with open_database(os.environ["DEALWIRE_DATABASE_URL"]) as database, database.reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


@pytest.mark.parametrize("status", [503, 404])
def test_a_renamed_source_takes_its_waiting_pages_along(server: LoopbackServer, status: int) -> None:
    server.add("/one", status=status)
    url = feed(server, ["/one"])
    configure(wire=f"url: '{url}'")
    assert ingest().exit_code == 1
    serve(server, "/one", GOOD)
    configure(newswire=f"url: '{url}'")
    assert "1 page read" in ingest().stderr
    assert rows("SELECT source.name, page.state FROM page JOIN source ON source.id = page.source_id") == [
        ("newswire", "read")
    ]


def test_the_waiting_pages_of_a_removed_source_go_to_another_that_names_them(server: LoopbackServer) -> None:
    server.add("/one", status=503)
    first, second = feed(server, ["/one"]), feed(server, ["/one"], path="/second.xml")
    configure(first=f"url: '{first}'", second=f"url: '{second}'")
    ingest("first")
    ingest("second")
    assert rows("SELECT source.name FROM page JOIN source ON source.id = page.source_id") == [("first",)]
    serve(server, "/one", GOOD)
    configure(second=f"url: '{second}'")  # whose feed has not changed
    assert "1 page read" in ingest().stderr


def test_a_source_that_is_only_not_asked_for_keeps_its_pages(server: LoopbackServer) -> None:
    server.add("/one", status=503)
    first, second = feed(server, ["/one"]), feed(server, ["/one"], path="/second.xml")
    configure(first=f"url: '{first}'", second=f"url: '{second}'")
    ingest("first")
    serve(server, "/one", GOOD)
    assert "0 pages read" in ingest("second").stderr
    assert rows("SELECT name FROM source WHERE NOT active") == []


def test_what_was_set_aside_comes_back_when_asked_for(server: LoopbackServer) -> None:
    serve(server, "/empty", b"")  # fetched, but nothing to read
    server.add("/gone", status=404)
    first, second = feed(server, ["/empty"]), feed(server, ["/gone"], path="/second.xml")
    configure(first=f"url: '{first}'", second=f"url: '{second}'")
    told = ingest()
    assert told.exit_code == 1
    assert "2 pages set aside; `dealwire ingest --retry-failed` tries again now" in told.stderr
    serve(server, "/empty", GOOD)
    serve(server, "/gone", GOOD)
    assert "2 pages set aside" in ingest().stderr
    narrowed = ingest("--retry-failed", "first")
    assert narrowed.exit_code == 0
    assert "1 page that failed before is tried again" in narrowed.stderr
    assert "1 page read" in narrowed.stderr
    assert "set aside" not in narrowed.stderr
    rest = ingest("--retry-failed")
    assert "1 page read" in rest.stderr
    assert rows("SELECT DISTINCT state FROM page") == [("read",)]


def test_the_closing_lines_tell_what_waits(server: LoopbackServer) -> None:
    for path in ("/one", "/two"):
        server.add(path, status=503)
    server.add("/gone", status=404)
    configure(wire=f"url: '{feed(server, ['/one', '/two', '/gone'])}'")
    told = ingest().stderr
    assert re.search(r"2 pages wait until \d{4}-\d\d-\d\d \d\d:\d\d UTC or later, 1 set aside; ", told)
    quiet = ingest()
    assert quiet.exit_code == 0  # nothing was tried
    assert "2 pages wait until " in quiet.stderr
    for path in ("/one", "/two", "/gone"):
        serve(server, path, GOOD)
    done = ingest("--retry-failed").stderr
    assert "3 pages read" in done
    assert "wait" not in done


def test_a_rewritten_file_is_read_again(folder: Path) -> None:
    (folder / "pages").mkdir()
    file = folder / "pages" / "one.html"
    file.write_bytes(GOOD)
    (folder / "pages" / "other.html").write_bytes(page("DEAL merger announced: partner Pinecrest, partner Lakeside"))
    assert "2 pages read" in ingest("--folder", "pages").stderr
    file.write_bytes(page("DEAL acquisition completed: acquirer Brightwell, target Oakline", title="Done"))
    assert "1 page read" in ingest("--folder", "pages").stderr
    assert sorted(rows("SELECT type, status, headline FROM deal")) == [
        ("acquisition", "completed", "Done"),
        ("merger", "announced", "News"),
    ]
    assert "0 pages read" in ingest("--folder", "pages").stderr


def test_a_file_that_was_no_article_is_read_once_it_is(folder: Path) -> None:
    (folder / "pages").mkdir()
    file = folder / "pages" / "one.html"
    file.write_bytes(b"")
    assert "1 page set aside" in ingest("--folder", "pages").stderr
    file.write_bytes(GOOD)
    assert "1 page read" in ingest("--folder", "pages").stderr


def test_links_of_a_further_page_that_failed_are_found_by_the_next_look(server: LoopbackServer) -> None:
    serve(server, "/one", GOOD)
    serve(server, "/two", page("DEAL merger announced: partner Pinecrest, partner Lakeside"))
    serve(server, "/list", b"<li><a href=/one>One</a></li><a class=next href='/list?p=2'>more</a>")
    server.add("/list?p=2", status=503)
    configure(room=f"url: '{server.url('/list')}', item: li, next_page: a.next, max_pages: 3, kind: listing")
    assert "1 page read" in ingest().stderr
    serve(server, "/list?p=2", b"<li><a href=/two>Two</a></li>")
    assert "1 page read" in ingest().stderr


def test_a_changed_selector_looks_at_an_unchanged_listing_again(server: LoopbackServer) -> None:
    serve(server, "/one", GOOD)
    serve(server, "/list", b"<ul><li><a href=/none>Careers</a></li></ul><p><a href=/one>One</a></p>")
    serve(server, "/none", page("Brightwell opened a canteen."))
    url = server.url("/list")
    configure(room=f"url: '{url}', item: li, kind: listing")
    assert "1 page read" in ingest().stderr
    configure(room=f"url: '{url}', item: p, kind: listing")
    assert "1 page read, 1 report" in ingest().stderr
    assert "not modified" in ingest().stdout
