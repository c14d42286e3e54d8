"""Fetching one document that a link leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapers.folder import read_file
from scrapers.http import HttpClient
from scrapers.links import Link
from scrapers.sources import FolderSource, Source

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

    Raises FetchError, or FolderError for a file.
    """
    if isinstance(source, FolderSource):
        limit = client.settings.max_body_bytes
        body, content_type = await asyncio.to_thread(read_file, link.url, source.path, max_bytes=limit)
        return Page(link.url, link.url, 200, content_type, body, datetime.now(UTC))
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
