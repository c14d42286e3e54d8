"""Fetching one document that a link leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapers.edgar import submission_url
from scrapers.edgar_submission import is_submission, told_of_deals
from scrapers.errors import NotASubmission
from scrapers.folder import read_file
from scrapers.http import HttpClient
from scrapers.links import Link
from scrapers.sources import EdgarSource, FolderSource, Source

#: What tells of deals stands at a filing's beginning; behind it come pictures and tables for machines.
_MAX_FILING_BYTES = 8_000_000
_ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched document. ``body`` is unpacked, as it was sent otherwise; ``headers`` have lower-case names.

    ``final_url`` is where redirects ended; ``fetched_at`` is aware UTC.
    """

    url: str
    final_url: str
    status: int
    content_type: str | None
    body: bytes
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    not_modified: bool = False


async def fetch_page(link: Link, source: Source, client: HttpClient) -> Page:
    """Fetch what ``link``, found at ``source``, leads to. Only a folder's own files are read from the disk.

    Raises FetchError, FolderError for a file, or NotASubmission for a filing.
    """
    if isinstance(source, FolderSource):
        limit = client.settings.max_body_bytes
        body, content_type = await asyncio.to_thread(read_file, link.url, source.path, max_bytes=limit)
        return Page(link.url, link.url, 200, content_type, body, datetime.now(UTC))
    if isinstance(source, EdgarSource):
        return await _fetch_filing(link, client)
    response = await client.get(link.url, accept=_ACCEPT)
    return Page(
        url=link.url,
        final_url=response.url,
        status=response.status,
        content_type=response.content_type,
        body=response.body,
        fetched_at=response.fetched_at,
        headers=response.headers,
    )


async def _fetch_filing(link: Link, client: HttpClient) -> Page:
    """A filing at EDGAR: the full text of it, under the address of the page that shows it to people."""
    url = submission_url(link.url)
    response = await client.get(url, accept="text/plain, */*;q=0.5", cut_at=_MAX_FILING_BYTES)
    if not is_submission(response.body):
        raise NotASubmission(url, "it does not begin like the full text of a filing")
    body = await asyncio.to_thread(told_of_deals, response.body)
    return Page(
        url=link.url,
        final_url=link.url,
        status=response.status,
        content_type="text/plain",
        body=body,
        fetched_at=response.fetched_at,
        headers=response.headers,
    )
