"""The places to look, and what a look at one gives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from scrapers.edgar import DEAL_ITEMS, company_url, current_filings_url
from scrapers.links import Link

if TYPE_CHECKING:
    from scrapers.pages import Page

Kind = Literal["feed", "listing", "folder", "sitemap", "edgar", "archive"]


@dataclass(frozen=True, slots=True)
class FeedSource:
    """An RSS, Atom, RDF or JSON feed. ``day_first`` settles dates like 05/11/2026 where the language does not."""

    name: str
    url: str
    language: str | None = None  # ISO 639-1
    publisher: str | None = None
    day_first: bool | None = None

    @property
    def kind(self) -> Kind:
        return "feed"


@dataclass(frozen=True, slots=True)
class ListingSource:
    """An HTML newsroom page, read by CSS selectors.

    ``item`` selects one element per document; ``link``, ``title`` and ``date`` select inside it. A link is the
    element's ``href``; without ``title`` the link's text is the title. A ``date`` that begins with "< " selects the
    nearest element before the item, beside it. ``next_page`` selects, in the whole page, the
    link to the next one; at most ``max_pages`` pages are read.
    """

    name: str
    url: str
    item: str
    link: str = "a"
    title: str | None = None
    date: str | None = None
    next_page: str | None = None
    max_pages: int = 1
    language: str | None = None
    publisher: str | None = None
    day_first: bool | None = None

    @property
    def kind(self) -> Kind:
        return "listing"


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of saved pages and text files. ``pattern`` is a glob below ``path``."""

    name: str
    path: Path
    language: str | None = None
    publisher: str | None = None
    pattern: str = "**/*"

    @property
    def kind(self) -> Kind:
        return "folder"

    @property
    def url(self) -> str:
        """The folder as a ``file:`` URL, for what wants an address of every source."""
        return self.path.resolve().as_uri()


@dataclass(frozen=True, slots=True)
class SitemapSource:
    """A sitemap, a news sitemap, or an index of them.

    ``include`` keeps only addresses that contain one of these strings (all, when empty). Of what is left, the newest
    ``max_links`` are taken; of an index, the newest ``max_sitemaps`` sitemaps are read. Addresses on other sites than
    the sitemap's own are left out, except on ``hosts``.
    """

    name: str
    url: str
    language: str | None = None
    publisher: str | None = None
    include: tuple[str, ...] = ()
    max_links: int = 1000
    max_sitemaps: int = 5
    hosts: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        return "sitemap"


@dataclass(frozen=True, slots=True)
class EdgarSource:
    """Filings on Form 8-K at the SEC's EDGAR: what all companies file now, or what those of ``companies`` filed.

    ``companies`` are CIK numbers. Only filings with one of ``items`` are taken; of each company the newest
    ``max_filings``. ``base_url`` is EDGAR's address, ``data_url`` that of its data.
    """

    name: str
    companies: tuple[str, ...] = ()
    items: tuple[str, ...] = tuple(DEAL_ITEMS)
    max_filings: int = 40
    publisher: str | None = None
    base_url: str = "https://www.sec.gov"
    data_url: str = "https://data.sec.gov"
    language: str | None = "en"

    @property
    def kind(self) -> Kind:
        return "edgar"

    @property
    def url(self) -> str:
        """Where a look begins."""
        if self.companies:
            return company_url(self.data_url, self.companies[0])
        return current_filings_url(self.base_url, 0)


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """WARC files, which hold pages as they were fetched: those of ``path`` (a file, a folder, a pattern) and ``urls``.

    An address that ends in ``.paths.gz`` is a list of files. ``include`` and ``exclude`` choose by host and path (see
    warc.Wanted). With ``prefilter`` only pages whose bytes look like those of a deal are taken. Larger files than
    ``max_file_bytes`` are left out.
    """

    name: str
    path: Path | None = None
    urls: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prefilter: bool = True
    max_file_bytes: int = 10_000_000_000
    language: str | None = None
    publisher: str | None = None

    @property
    def kind(self) -> Kind:
        return "archive"

    @property
    def url(self) -> str:
        """The first of its places, as an address."""
        if self.path is None:
            return self.urls[0] if self.urls else ""
        return "file://" + quote(self.path.expanduser().absolute().as_posix())


Source = FeedSource | ListingSource | FolderSource | SitemapSource | EdgarSource | ArchiveSource


#: What can be changed at a source without other links coming out of it.
_OF_PAGES = frozenset({"name", "language", "publisher"})


def settings_key(source: Source, *others: str) -> str:
    """64 hex digits that change when a setting does by which links are chosen or read (the address included).

    ``others`` are settings of that kind that the source does not have itself.
    """
    chosen = [(field.name, str(getattr(source, field.name))) for field in fields(source) if field.name not in _OF_PAGES]
    return hashlib.sha256(repr((source.kind, chosen, *others)).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a source said last time, to be told when nothing has changed. ``body_hash`` is SHA-256 in hex.

    ``cursor`` is how far a source that is read bit by bit has been read, in its own words.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What one look at a source gave.

    With ``not_modified`` there are no links because nothing changed. ``notes`` tell people what was odd but not fatal.
    ``pages`` are documents that came along, so that nobody need fetch them. With ``more`` the source has more at once,
    for who looks again with these validators; ``reached`` tells people how far it has been read.

    Of the source's own address: ``permanent_url`` is where it redirects to for good, ``fresh_seconds`` for how long it
    says to stay the same, and ``ttl_seconds`` for how long its document does. ``verified``: that nothing changed is not
    only what the server says (304); ``contradicted``: it said so, and its document was another one.
    """

    links: tuple[Link, ...]
    validators: Validators
    not_modified: bool = False
    notes: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()
    more: bool = False
    reached: str = ""
    permanent_url: str | None = None
    fresh_seconds: float | None = None
    ttl_seconds: float | None = None
    verified: bool = True
    contradicted: bool = False
