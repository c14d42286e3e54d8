"""One fetched page on its way: article, reports and deals, written in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from pipeline.article import read_article
from pipeline.errors import ArticleError, ExtractionError
from pipeline.filing_reports import as_read, settled_by_items, told_of
from pipeline.resolver import Resolved, refresh_deals, resolve_reports
from scrapers.identity import declared_address, identity, is_front_page
from scrapers.links import Link, canonical_url
from scrapers.sources import ArchiveSource, Source
from storage import articles, deals, page_identity, pages
from storage.database import Database
from storage.page_identity import Identities
from storage.pages import PageRef
from storage.records import Article, Report
from storage.resemblance import Content

Extractor = Callable[[Article], tuple[Report, ...]]


@dataclass(frozen=True, slots=True)
class Document:
    """What was read out of a page. ``known_by``: its addresses, once it was fetched."""

    article: Article
    reports: tuple[Report, ...]
    known_by: Identities | None = None


def link_of(ref: PageRef) -> Link:
    """What the source said of a page."""
    return Link(ref.url, title=ref.title, published=ref.published, guid=ref.guid, summary=ref.summary)


def read_document(
    body: bytes,
    ref: PageRef,
    source: Source | None,
    extract: Extractor,
    *,
    fetched_at: datetime | None = None,
    publisher: str | None = None,
    language: str | None = None,
) -> Document:
    """The article of a page and its reports; CPU work only.

    ``source`` None: the page's source is not in the configuration; ``publisher`` and ``language``, what an earlier
    reading knew, then stand in for what the source would say.

    Raises ArticleError when the page has no article, ExtractionError when the extractor fails on it.
    """
    article = read_article(
        body,
        url=ref.final_url or ref.url,
        content_type=ref.content_type,
        hint=link_of(ref),
        source_language=source.language if source else language,
        publisher=source.publisher if source else publisher,
        fetched_at=fetched_at,
    )
    if article.publisher is None and isinstance(source, ArchiveSource):
        host = urlsplit(article.url or "").hostname
        article = replace(article, publisher=host.removeprefix("www.") if host else None)
    try:
        return Document(article, reports_in(article, extract), identities(body, ref))
    except ExtractionError:
        raise
    except Exception as error:  # a page that trips the extractor must cost only itself
        raise ExtractionError(
            f"{article.url}: the extractor failed on it ({type(error).__name__}: {error}); please report this page"
        ) from error


def reports_in(article: Article, extract: Extractor) -> tuple[Report, ...]:
    """What the extractor finds in an article, as far as the form of the document does not say otherwise."""
    shown = as_read(article)
    reports = extract(shown)
    return settled_by_items(article, reports if shown is article else told_of(article, reports))


def identities(body: bytes, ref: PageRef) -> Identities:
    """What a fetched page is known by. Where redirects ended counts unless that is a front page, as lost pages do."""
    shown = canonical_url(ref.url)
    addresses = [identity(ref.url)]
    if ref.final_url and not is_front_page(ref.final_url):
        shown = canonical_url(ref.final_url)
        addresses.append(identity(ref.final_url))
    declared = declared_address(body, ref.final_url or ref.url)
    if declared is None:
        return Identities(shown, tuple(dict.fromkeys(addresses)))
    if identity(declared) == addresses[-1]:
        shown = declared  # rather than that of the AMP or mobile edition
    return Identities(shown, tuple(dict.fromkeys(addresses)), identity(declared))


def keep_document(
    database: Database, page_id: int, document: Document, *, now: datetime, keep_body: bool = True
) -> Resolved:
    """Write a document with its reports and deals in one transaction. Doing it again changes nothing.

    A page that turns out to be another way to an article that is known is kept as that, and brings no reports.
    Raises StorageError; nothing is written then.
    """
    with database.session() as session:
        return keep_in(session, page_id, document, now=now, keep_body=keep_body)


def keep_in(
    session: Session, page_id: int, document: Document, *, now: datetime, keep_body: bool = True, again: bool = False
) -> Resolved:
    """``keep_document`` in a transaction of the caller's. ``again``: the page was not fetched anew."""
    if document.known_by is not None:
        page_identity.learn(session, page_id, document.known_by)
    twin = page_identity.twin_of(session, page_id, Content(document.article.title, document.article.text))
    if twin is not None:
        if twin.outdated:
            page_identity.take_place(session, twin.page_id, page_id)
        page_identity.mark_duplicate(session, page_id, twin.page_id, now=now)
        if not twin.outdated:
            return Resolved(duplicate_of=twin.page_id)
        page_id = twin.page_id
    ids = articles.save_article(session, page_id, document.article, document.reports, now)
    resolved = resolve_reports(session, ids, now=now)
    # Deals that lost a report, because the article says something else now.
    unsettled = refresh_deals(session, deals.stale_deals(session), now=now)
    outcome = "deal" if document.reports else "no_deal"
    pages.mark_read(session, page_id, outcome, now=now, keep_body=keep_body, again=again)
    return replace(resolved, unsettled=unsettled)


__all__ = [
    "ArticleError",
    "Document",
    "Extractor",
    "keep_document",
    "keep_in",
    "link_of",
    "read_document",
    "reports_in",
]
