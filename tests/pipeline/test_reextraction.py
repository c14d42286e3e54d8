"""Reading stored pages again keeps what only the first reading was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from pipeline.cli.app import app
from pipeline.reextraction import reextract
from storage import articles, pages, sources
from storage.database import Database, open_database
from storage.models import Article
from tests.pipeline.newsroom import NOW, page, toy_extract


def known(url: str) -> list[tuple[str, str | None, str, datetime | None]]:
    with open_database(url) as database, database.reading() as session:
        query = select(Article.title, Article.publisher, Article.language, Article.published_at).order_by(Article.title)
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
    assert (done.pages, done.failures) == (1, ())
    with database.reading() as session:
        assert articles.load_article(session, 1).published_at is None
