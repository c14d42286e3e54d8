"""One look at a source: what it links to now, or that nothing changed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace

from scrapers.archive import poll_archive
from scrapers.edgar import PAGE_SIZE, company_filings, company_url, current_filings, current_filings_url
from scrapers.errors import ScrapeError
from scrapers.feed import parse_feed
from scrapers.feed_hints import ttl_seconds
from scrapers.folder import list_folder
from scrapers.http import HttpClient, Response
from scrapers.links import Link, canonical_url
from scrapers.listing import parse_listing
from scrapers.sitemap_tree import read_tree
from scrapers.sources import (
    ArchiveSource,
    EdgarSource,
    FeedSource,
    FolderSource,
    ListingSource,
    Poll,
    SitemapSource,
    Source,
    Validators,
)

_FEED = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_SITEMAP = "application/xml, text/xml;q=0.9, */*;q=0.5"
_HTML = "text/html, application/xhtml+xml, */*;q=0.5"
#: EDGAR's feed goes back no further than this many pages.
_MOST_EDGAR_PAGES = 10
#: The SEC publishes its feed and its data for programs; its robots.txt keeps crawlers out of all that is computed.
_EDGAR_ROBOTS = False
_ACCEPT = {"feed": _FEED, "listing": _HTML, "sitemap": _SITEMAP}


async def poll(
    source: Source,
    client: HttpClient,
    validators: Validators | None = None,
    *,
    doubt: bool = False,
    told: Callable[[bytes], bool] | None = None,
) -> Poll:
    """Look at ``source`` once. With the ``validators`` of the last poll, an unchanged source is told as such.

    With ``doubt`` a server that says "unchanged" (304) is asked again without them, as some always say so. ``told`` is
    for archives: whether the bytes of a page are worth being read. A look that
    found nothing, or not all, gives empty validators, so that the next one looks again instead of trusting
    "unchanged". Parsing runs in a thread. Raises ScrapeError: FetchError or ParseError, or FolderError for a folder.
    """
    match source:
        case FeedSource() | ListingSource() | SitemapSource():
            found = await _poll_web(source, client, validators, doubt)
        case FolderSource():
            found = await _poll_folder(source, validators)
        case EdgarSource():
            found = await _poll_edgar(source, client, validators)
        case ArchiveSource():
            found = await poll_archive(source, client, validators, told)
    if found.links or found.pages or found.not_modified:
        return found
    return replace(found, validators=Validators(cursor=found.validators.cursor))


async def _poll_web(
    source: FeedSource | ListingSource | SitemapSource, client: HttpClient, validators: Validators | None, doubt: bool
) -> Poll:
    """The first answer is treated alike for all kinds; what is in it is not."""
    accept = _ACCEPT[source.kind]
    response = await client.get(source.url, validators=validators, accept=accept)
    contradicted = False
    if doubt and response.not_modified and validators is not None:
        response = await client.get(source.url, accept=accept)
        contradicted = validators.body_hash not in (None, _validators(response).body_hash)
    found = _unchanged(response, validators)
    if found is None:
        match source:
            case FeedSource():
                found = await _read_feed(source, response)
            case ListingSource():
                found = await _read_listing(source, client, response)
            case SitemapSource():
                found = await _read_sitemap(source, client, response)
    return replace(
        found,
        permanent_url=response.permanent_url,
        fresh_seconds=response.fresh_seconds,
        verified=not response.not_modified,
        contradicted=contradicted,
    )


async def _read_feed(source: FeedSource, response: Response) -> Poll:
    links, notes = await asyncio.to_thread(
        parse_feed,
        response.body,
        url=response.url,
        content_type=response.content_type,
        language=source.language,
        day_first=source.day_first,
    )
    return Poll(links, _validators(response), notes=notes, ttl_seconds=ttl_seconds(response.body))


async def _read_listing(source: ListingSource, client: HttpClient, response: Response) -> Poll:
    told = _validators(response)  # by the first page: what is new appears there
    links: dict[str, Link] = {}
    notes: list[str] = []
    seen = {canonical_url(source.url), canonical_url(response.url)}
    for number in range(1, source.max_pages + 1):
        page = await asyncio.to_thread(
            parse_listing, response.body, url=response.url, source=source, content_type=response.content_type
        )
        known = len(links)
        for link in page.links:
            links.setdefault(canonical_url(link.url), link)
        notes.extend(note if number == 1 else f"page {number}: {note}" for note in page.notes)
        # A last page that leads to itself, or pages that repeat, must not be walked for ever.
        if number == source.max_pages or page.next_url is None or canonical_url(page.next_url) in seen:
            break
        if len(links) == known:
            break
        seen.add(canonical_url(page.next_url))
        try:
            response = await client.get(page.next_url, accept=_HTML)
        except ScrapeError as error:
            notes.append(f"page {number + 1} was not read: {error}")
            told = Validators()  # an unchanged first page would hide for good what could not be read now
            break
    return Poll(tuple(links.values()), told, notes=tuple(notes))


async def _read_sitemap(source: SitemapSource, client: HttpClient, response: Response) -> Poll:
    tree = await read_tree(source, response, lambda url: client.get(url, accept=_SITEMAP))
    return Poll(tree.links, _validators(response) if tree.can_be_unchanged else Validators(), notes=tree.notes)


async def _poll_folder(source: FolderSource, validators: Validators | None) -> Poll:
    listing = await asyncio.to_thread(list_folder, source.path, source.pattern)
    told = Validators(body_hash=listing.state)
    if validators is not None and validators.body_hash == listing.state:
        return Poll((), told, not_modified=True)
    return Poll(listing.links, told, notes=listing.notes)


async def _poll_edgar(source: EdgarSource, client: HttpClient, validators: Validators | None) -> Poll:
    if source.companies:
        return await _poll_companies(source, client)
    reached = validators.cursor if validators is not None else None  # when the newest filing seen so far was accepted
    newest_seen = reached
    filings: dict[str, Link] = {}
    notes: list[str] = []
    for page in range(_MOST_EDGAR_PAGES):
        url = current_filings_url(source.base_url, page * PAGE_SIZE)
        response = await client.get(url, accept=_FEED, robots=_EDGAR_ROBOTS)
        entries, told = await asyncio.to_thread(
            parse_feed, response.body, url=response.url, content_type=response.content_type, language="en"
        )
        notes.extend(told)
        for link in current_filings(entries, source.items):
            filings.setdefault(link.guid or link.url, link)
        times = [link.published for link in entries if link.published]
        newest_seen = max([*times, newest_seen or ""]) or None
        if reached is None or not times or min(times) < reached:  # the first look takes what is there, and no flood
            break
    else:
        notes.append("more was filed since the last look than EDGAR shows: filings were missed; look more often")
    return Poll(tuple(filings.values()), Validators(cursor=newest_seen), notes=tuple(dict.fromkeys(notes)))


async def _poll_companies(source: EdgarSource, client: HttpClient) -> Poll:
    filings: dict[str, Link] = {}
    notes: list[str] = []
    failures: list[ScrapeError] = []
    for cik in source.companies:
        url = company_url(source.data_url, cik)
        try:
            response = await client.get(url, accept="application/json", robots=_EDGAR_ROBOTS)
            told = await asyncio.to_thread(
                company_filings,
                response.body,
                url=url,
                base=source.base_url,
                items=source.items,
                most=source.max_filings,
            )
        except ScrapeError as error:
            failures.append(error)
            notes.append(f"company {cik} was not read: {error}")
            continue
        for link in told:
            filings.setdefault(link.guid or link.url, link)
    if len(failures) == len(source.companies):
        raise failures[0]
    return Poll(tuple(filings.values()), Validators(), notes=tuple(notes))


def _validators(response: Response) -> Validators:
    digest = hashlib.sha256(response.body).hexdigest()
    return Validators(etag=response.etag, last_modified=response.last_modified, body_hash=digest)


def _unchanged(response: Response, validators: Validators | None) -> Poll | None:
    """What to answer when the server, or the body itself, says that nothing is new; else None."""
    if validators is None:
        return None
    if response.not_modified:
        kept = Validators(
            response.etag or validators.etag, response.last_modified or validators.last_modified, validators.body_hash
        )
        return Poll((), kept, not_modified=True)
    told = _validators(response)
    return Poll((), told, not_modified=True) if told.body_hash == validators.body_hash else None
