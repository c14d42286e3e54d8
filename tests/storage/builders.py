"""Short ways to make records for the tests; every company and text here is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, FromClause, select
from sqlalchemy.orm import Session

from storage import articles, deals, pages, sources
from storage.columns import Words
from storage.database import Database
from storage.models import Base
from storage.records import Article, DealFacts, Evidence, Party, Report, StoredReport, Value
from storage.source_health import health
from storage.vocabulary import DatePrecision, DealType, Role, Status

NOW = datetime(2026, 11, 5, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
TEXT = "Aquila buys Borealis\n\nAquila said on Thursday that it will buy chip maker Borealis for $2.5 billion."


def add_source(database: Database, name: str = "wire") -> None:
    """A source, in a transaction of its own."""
    with database.session() as session:
        sources.sync_sources(session, [(name, "feed", f"https://{name}.example/feed")], NOW)


def source_names(database: Database) -> list[str]:
    """The sources that there are, as a reader finds them."""
    with database.reading() as session:
        return [source.state.name for source in health(session)]


def add_page(session: Session, url: str, *, source: str = "wire") -> int:
    """A page found at a source (made if need be); its id."""
    sources.sync_sources(session, [(source, "feed", f"https://{source}.example/feed")], NOW)
    pages.add_links(session, source, [pages.FoundLink(url=url, canonical_url=url)], NOW)
    page = pages.find_page(session, url)
    assert page is not None
    return page.id


def make_article(text: str = TEXT, **fields: object) -> Article:
    article = Article(
        title=text.split("\n")[0],
        text=text,
        language="en",
        published_at=NOW,
        published_precision=DatePrecision.TIME,
        publisher="The Example Wire",
    )
    return replace(article, **fields)  # type: ignore[arg-type]


def quote(text: str, words: str, field: str = "type") -> Evidence:
    start = text.index(words)
    return Evidence(field, words, start, start + len(words))


def make_report(text: str = TEXT, **fields: object) -> Report:
    report = Report(
        type=DealType.ACQUISITION,
        parties=(Party("Aquila", Role.ACQUIRER), Party("Borealis", Role.TARGET)),
        status=Status.ANNOUNCED,
        focus=("semiconductors",),
        value=Value(Decimal(2_500_000_000), "USD"),
        technology=True,
        announced_on=date(2026, 11, 5),
        announced_precision=DatePrecision.DAY,
        headline="Aquila buys Borealis",
        confidence=0.9,
        evidence=(quote(text, text.split()[0]),),
    )
    return replace(report, **fields)  # type: ignore[arg-type]


def facts_from(stored: StoredReport, **fields: object) -> DealFacts:
    """The facts of a deal that one report tells of."""
    said = stored.report
    facts = DealFacts(
        type=said.type,
        parties=stored.parties,
        status=said.status,
        also=said.also,
        focus=said.focus,
        value=said.value,
        technology=said.technology,
        announced_on=said.announced_on,
        announced_precision=said.announced_precision,
        headline=said.headline,
        confidence=said.confidence,
    )
    return replace(facts, **fields)  # type: ignore[arg-type]


def add_reports(session: Session, url: str, *reports: Report, source: str = "wire", **article: object) -> list[int]:
    """An article with these reports on a page of its own; the reports' ids."""
    text = str(article.pop("text", f"{TEXT} Seen at {url}."))
    page_id = add_page(session, url, source=source)
    return articles.save_article(session, page_id, make_article(text, **article), reports or [make_report(text)], NOW)


def add_deal(
    session: Session, url: str, report: Report | None = None, *, source: str = "wire", **article: object
) -> int:
    """A deal with one report; its id."""
    ids = add_reports(session, url, *([] if report is None else [report]), source=source, **article)
    stored = articles.stored_reports(session, ids)[0]
    return deals.save_deal(session, facts_from(stored), ids, now=NOW)


def contents(session: Session) -> dict[str, Sequence[tuple[object, ...]]]:
    """Every row of every table: what "nothing was written" is checked by. Of words for full text, the fingerprint."""
    session.flush()
    return {
        name: sorted((tuple(row) for row in session.execute(select(*_readable(table)))), key=repr)
        for name, table in Base.metadata.tables.items()
    }


def _readable(table: FromClause) -> list[ColumnElement[object]]:
    return [column for column in table.columns if not isinstance(column.type, Words)]
