"""A history told report by report, without fetching or extracting anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from pipeline.reading import Document, keep_document
from storage import pages, sources
from storage.database import Database
from storage.records import Article
from storage.vocabulary import DatePrecision
from tests.pipeline.newsroom import NOW, toy_extract


def tell(database: Database, line: str, day: date, *, now: datetime = NOW, source: str = "wire") -> int:
    """An article of ``day`` with a ``DEAL ...`` line (see ``newsroom``), read at ``now``; the number of its deal."""
    with database.session() as session:
        sources.sync_sources(session, [(source, "feed", f"https://{source}.example/feed")], now)
        url = f"https://{source}.example/{day.isoformat()}/{line.replace(' ', '-')}"
        pages.add_links(session, source, [pages.FoundLink(url=url, canonical_url=url)], now)
        page = pages.find_page(session, url)
    assert page is not None
    at = datetime.combine(day, time(8), UTC)
    article = Article(title=f"News of {day}", text=f"News of {day}\n\n{line}", language="en", published_at=at,
                      published_precision=DatePrecision.DAY, publisher=None, url=url)  # fmt: skip
    resolved = keep_document(database, page.id, Document(article, toy_extract(article)), now=now)
    return next(iter((*resolved.new, *resolved.updated)))
