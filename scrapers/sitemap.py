"""Sitemaps, news sitemaps and indexes of them, read as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from lxml import etree

from scrapers.compression import unpacked
from scrapers.dates import parse_date
from scrapers.errors import NotASitemap, UnsafeDocument
from scrapers.excess import refuse_excessive_xml
from scrapers.feed import parse_feed
from scrapers.links import Link, absolute_url, ascii_host, canonical_url
from scrapers.markup import plain_text, root_name

#: The protocol allows 50,000 addresses in one sitemap.
MAX_ENTRIES = 50_000
_MAX_UNPACKED_BYTES = 50_000_000
#: Twenty elements for each of them, as with pictures.
_MAX_TAGS = 2_000_000
_TITLE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a sitemap. ``modified`` is when the page (or the inner sitemap) last changed, as Link.published."""

    link: Link
    modified: str | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """``entries`` are documents, or further sitemaps when ``is_index``, in the order of the file."""

    entries: tuple[Entry, ...]
    is_index: bool
    notes: tuple[str, ...] = ()


def parse_sitemap(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    language: str | None = None,
    day_first: bool | None = None,
) -> Sitemap:
    """Read an XML sitemap or index (gzip or not), a feed in the place of one, or a plain list of addresses.

    ``Link.published`` is news:publication_date only: lastmod also changes when an old page is touched. Entries on hosts
    of another site are left out with a note, as the protocol forbids them. Raises NotASitemap or UnsafeDocument.
    """
    body = unpacked(body, url, max_bytes=_MAX_UNPACKED_BYTES, wrong=lambda fault: NotASitemap(url, fault)).lstrip()
    match root_name(body, url):
        case "urlset":
            return _read(body, url, "url", language, day_first)
        case "sitemapindex":
            return _read(body, url, "sitemap", language, day_first)
        case "rss" | "feed" | "rdf":
            links, notes = parse_feed(body, url=url, content_type=content_type, language=language, day_first=day_first)
            return Sitemap(tuple(Entry(link, link.published) for link in links), False, notes)
        case "html":
            raise NotASitemap(url, "this is an HTML page")
        case "":
            return _read_list(body, url)
        case other:
            raise NotASitemap(url, f"this is XML of another kind, with the root <{other}>")


def newest(entries: Iterable[Entry], limit: int) -> list[Entry]:
    """The ``limit`` newest entries; those without a date come last, in the order of the file."""
    return sorted(entries, key=lambda entry: entry.link.published or entry.modified or "", reverse=True)[:limit]


def same_site(one: str, other: str) -> bool:
    """True when two addresses are on one host or one's host lies below the other's; www. is no difference."""
    hosts = [ascii_host(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    return hosts[0] == hosts[1] or hosts[0].endswith(f".{hosts[1]}") or hosts[1].endswith(f".{hosts[0]}")


def _read(body: bytes, url: str, wanted: str, language: str | None, day_first: bool | None) -> Sitemap:
    refuse_excessive_xml(body, url, max_tags=_MAX_TAGS)

    def read_date(text: str) -> str | None:
        return parse_date(text, language=language, day_first=day_first)

    collected = _Collector(url)
    # recover: the wild has bare ampersands; what it hides from us (entities) was refused before.
    events = etree.iterparse(
        BytesIO(body), events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for _, element in events:
            if not isinstance(element.tag, str) or _local(element) != wanted:
                continue
            collected.add(_entry(element, url, read_date))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if collected.full:
                break
    except etree.XMLSyntaxError as error:
        if not collected.entries:
            raise NotASitemap(url, f"its XML cannot be read: {error}") from error
    faults = [fault.message for fault in events.error_log]
    if any("depth" in fault.lower() for fault in faults):
        raise UnsafeDocument(url, "the XML is nested beyond reason")
    if faults and not collected.entries:
        raise NotASitemap(url, f"its XML cannot be read: {faults[0].strip()}")
    if faults:
        collected.notes.append(f"the sitemap is not well-formed ({faults[0].strip()}); it was read as far as possible")
    return collected.sitemap(is_index=wanted == "sitemap")


def _entry(element: etree._Element, url: str, read_date: Callable[[str], str | None]) -> Entry | None:
    # Some indexes put the address straight into <sitemap>.
    address = (element.text or "").strip()
    title = published = modified = None
    for child in element.iter():
        text = (child.text or "").strip() if isinstance(child.tag, str) else ""
        if not text:
            continue
        # Image and video extensions have a loc and a title of their own, one level deeper.
        match _local(child), str(child.tag):
            case "loc", _ if child.getparent() is element:
                address = text
            case "lastmod", _:
                modified = read_date(text)
            case "publication_date", tag if "news" in tag:
                published = read_date(text)
            case "title", tag if "news" in tag:
                title = plain_text(text, _TITLE_LIMIT)
    found = absolute_url(url, address)
    return None if found is None else Entry(Link(url=found, title=title, published=published), modified)


class _Collector:
    """Gathers the entries of one sitemap: each address once, on this site only, up to the limit."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._unusable = self._foreign = 0
        self.entries: dict[str, Entry] = {}
        self.notes: list[str] = []
        self.full = False

    def add(self, entry: Entry | None) -> None:
        if entry is None:
            self._unusable += 1
        elif not same_site(entry.link.url, self._url):
            self._foreign += 1
        elif len(self.entries) == MAX_ENTRIES:
            self.full = True
            self.notes.append(f"only the first {MAX_ENTRIES:,} entries were read")
        else:
            self.entries.setdefault(canonical_url(entry.link.url), entry)

    def sitemap(self, *, is_index: bool) -> Sitemap:
        if self._unusable:
            self.notes.append(f"{self._unusable} entries have no usable address")
        if self._foreign:
            self.notes.append(f"{self._foreign} entries on other sites were left out")
        if not self.entries:
            self.notes.append("the sitemap has no entries")
        return Sitemap(tuple(self.entries.values()), is_index, tuple(self.notes))


def _read_list(body: bytes, url: str) -> Sitemap:
    """A text sitemap: one address a line, nothing else."""
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    if not lines or not lines[0].startswith(("http://", "https://")):
        raise NotASitemap(url, "this is neither XML nor a list of addresses")
    collected = _Collector(url)
    for line in lines[: MAX_ENTRIES + 1]:
        found = absolute_url(url, line) if line.startswith(("http://", "https://")) else None
        collected.add(None if found is None else Entry(Link(url=found), None))
    return collected.sitemap(is_index=False)


def _local(element: etree._Element) -> str:
    """The name without its namespace, also where the prefix was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()
