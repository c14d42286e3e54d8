"""Sitemaps, news sitemaps and indexes of them, read as a stream: what is held is what is kept, not the file's size."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from urllib.parse import urlsplit

from lxml import etree

from scrapers.compression import pieces
from scrapers.dates import date_in_address, parse_date
from scrapers.errors import NotASitemap, UnsafeDocument
from scrapers.excess import PassingXml
from scrapers.feed import parse_feed
from scrapers.links import Link, absolute_url, ascii_host, canonical_url
from scrapers.markup import plain_text, root_name

#: The protocol allows 50,000 addresses in one sitemap.
MAX_ENTRIES = 50_000
_MAX_UNPACKED_BYTES = 60_000_000  # the protocol: 50 MB, which some take for MiB
#: Twenty elements for each entry, as with pictures.
_MAX_TAGS = 2_000_000
_HEAD_BYTES = 250_000  # what is searched for the root element and declarations before it
_TITLE_LIMIT = 500
_NAME_LIMIT = 200
_MAX_HOSTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Sitemap:
    """``links`` are documents, or further sitemaps when ``is_index``: the newest first, each address once.

    ``total`` counts the usable entries, also those beyond the limit that was asked for.
    """

    links: tuple[Link, ...]
    is_index: bool
    total: int
    notes: tuple[str, ...] = ()


def parse_sitemap(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    language: str | None = None,
    day_first: bool | None = None,
    hosts: Iterable[str] = (),
    include: Iterable[str] = (),
    limit: int = MAX_ENTRIES,
) -> Sitemap:
    """Read an XML sitemap or index (gzip or not), a feed in the place of one, or a plain list of addresses.

    ``Link.published`` is news:publication_date only; lastmod, which also changes when an old page is touched, is
    ``Link.modified``. Of the documents those that contain one of ``include`` (all, when empty) and of these the
    ``limit`` newest are kept. Entries on hosts of another site are left out with a note, as the protocol forbids them,
    unless ``hosts`` names them. Raises NotASitemap or UnsafeDocument.
    """
    kept = _Kept(url, tuple(hosts), limit)
    parts = pieces(body, url, max_bytes=_MAX_UNPACKED_BYTES, wrong=lambda fault: NotASitemap(url, fault))
    head = _head(parts, kept)
    root = root_name(head, url, content_type)
    if root in ("rss", "feed", "rdf"):
        links, notes = parse_feed(
            head + b"".join(parts), url=url, content_type=content_type, language=language, day_first=day_first
        )
        kept.notes.extend(notes)
        kept.take(links, include)
        return kept.sitemap(is_index=False)
    if root == "html":
        raise NotASitemap(url, "this is an HTML page")
    if root not in ("urlset", "sitemapindex", ""):
        raise NotASitemap(url, f"this is XML of another kind, with the root <{root}>")
    is_index = root == "sitemapindex"
    if root:
        whole = pieces(body, url, max_bytes=_MAX_UNPACKED_BYTES, wrong=lambda fault: NotASitemap(url, fault))
        PassingXml(whole, url, max_tags=_MAX_TAGS).count_all()

        @lru_cache(maxsize=1000)  # the same days again and again
        def read_date(text: str) -> str | None:
            return parse_date(text, language=language, day_first=day_first)

        file = PassingXml(chain((head,), parts), url, max_tags=_MAX_TAGS)
        links_found = _xml_links(file, url, "sitemap" if is_index else "url", read_date, kept.notes)
        kept.take(links_found, () if is_index else include)
    else:
        kept.take(_listed(head + b"".join(parts), url), include)
    return kept.sitemap(is_index=is_index)


def newest(links: Iterable[Link], limit: int) -> list[Link]:
    """The ``limit`` newest links; then, if there is room, undated ones from both ends of the file.

    Where nothing is dated, new entries stand at the beginning of some sitemaps and at the end of others.
    """
    dated: list[tuple[str, int, Link]] = []
    first: list[Link] = []
    last: deque[Link] = deque(maxlen=limit)
    for number, link in enumerate(links):
        when = freshness(link)
        if when is not None:
            entry = (when, -number, link)  # of equal dates those that come first in the file
            if len(dated) < limit:
                heapq.heappush(dated, entry)
            else:
                heapq.heappushpop(dated, entry)
        elif len(first) < limit:
            first.append(link)
        else:
            last.append(link)
    room = limit - len(dated)
    undated = [*first, *last]
    if len(undated) > room:
        undated = undated[: (room + 1) // 2] + undated[len(undated) - room // 2 :]
    return [link for _, _, link in sorted(dated, reverse=True)] + undated


def freshness(link: Link) -> str | None:
    """By what a link is older or newer than others, as Link.published; None when nothing tells."""
    return link.published or link.modified or date_in_address(link.url)


def same_site(one: str, other: str) -> bool:
    """True when two addresses are on one host or one's host lies below the other's; www. is no difference."""
    hosts = [_site(urlsplit(url).hostname or "") for url in (one, other)]
    return hosts[0] == hosts[1] or hosts[0].endswith(f".{hosts[1]}") or hosts[1].endswith(f".{hosts[0]}")


def _site(host: str) -> str:
    return ascii_host(host).removeprefix("www.")


class _Kept:
    """Gathers the entries of one sitemap: on this site only, the newest up to the limit, each address once."""

    def __init__(self, url: str, hosts: tuple[str, ...], limit: int) -> None:
        self._url = url
        self._hosts = [f"https://{host}/" for host in hosts]
        self._limit = limit
        self._unusable = self._usable = 0
        self._foreign: Counter[str] = Counter()
        self._links: list[Link] = []
        self.notes: list[str] = []

    def take(self, found: Iterable[Link | None], include: Iterable[str]) -> None:
        wanted = tuple(include)
        left_out = 0

        def usable() -> Iterator[Link]:
            nonlocal left_out
            for link in found:
                if link is None:
                    self._unusable += 1
                elif not any(same_site(link.url, site) for site in (self._url, *self._hosts)):
                    self._foreign[ascii_host(urlsplit(link.url).hostname or "")] += 1
                elif wanted and not any(part in link.url for part in wanted):
                    left_out += 1
                elif self._usable == MAX_ENTRIES:
                    self.notes.append(f"only the first {MAX_ENTRIES:,} entries were read")
                    return
                else:
                    self._usable += 1
                    yield link

        once: dict[str, Link] = {}
        for link in newest(usable(), self._limit):
            once.setdefault(canonical_url(link.url), link)
        self._links = list(once.values())
        if left_out and not self._usable:
            self.notes.append(f"none of {left_out} addresses contains any of {', '.join(wanted)}")

    def sitemap(self, *, is_index: bool) -> Sitemap:
        if self._unusable:
            self.notes.append(f"{self._unusable} entries have no usable address")
        if foreign := self._foreign.total():
            named = [host for host, _ in self._foreign.most_common(_MAX_HOSTS_NAMED)]
            more = " and others" if len(self._foreign) > len(named) else ""
            self.notes.append(
                f"{foreign} entries on other sites were left out ({', '.join(named)}{more}); "
                "name a site under hosts if it belongs to this source"
            )
        if not self._usable and not any("contains any of" in note for note in self.notes):
            self.notes.append("the sitemap has no entries")
        return Sitemap(tuple(self._links), is_index, self._usable, tuple(self.notes))


def _head(parts: Iterator[bytes], kept: _Kept) -> bytes:
    """The beginning of the file, without what stands before the XML."""
    head = bytearray()
    for part in parts:
        head += part
        if len(head) >= _HEAD_BYTES:
            break
    start = bytes(head).lstrip()
    if start[:1] != b"<" and b"\0" not in start[:4] and not start.startswith((b"\xef\xbb\xbf", b"http")):
        # Warnings of the program that makes it, for the most part.
        at = min(
            (found for mark in (b"<?xml", b"<urlset", b"<sitemapindex") if (found := start.find(mark)) > 0), default=0
        )
        if at:
            kept.notes.append("what stands before the XML was passed over")
            start = start[at:]
    return start


def _xml_links(
    file: PassingXml, url: str, wanted: str, read_date: Callable[[str], str | None], notes: list[str]
) -> Iterator[Link | None]:
    # recover: the wild has bare ampersands; what it hides from us (entities) was refused before.
    events = etree.iterparse(
        file, events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    found = False
    try:
        for _, element in events:
            if not isinstance(element.tag, str) or _local(element) != wanted:
                continue
            found = True
            yield _link(element, url, read_date)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if not found:
            raise NotASitemap(url, f"its XML cannot be read: {error}") from error
    faults = [fault.message for fault in events.error_log]
    if any("depth" in fault.lower() for fault in faults):
        raise UnsafeDocument(url, "the XML is nested beyond reason")
    if faults and not found:
        raise NotASitemap(url, f"its XML cannot be read: {faults[0].strip()}")
    if faults:
        notes.append(f"the sitemap is not well-formed ({faults[0].strip()}); it was read as far as possible")


def _link(element: etree._Element, url: str, read_date: Callable[[str], str | None]) -> Link | None:
    # Some indexes put the address straight into <sitemap>.
    address = (element.text or "").strip()
    title = published = modified = language = publisher = None
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
            case "language", tag if "news" in tag:
                language = _language(text)
            case "name", tag if "news" in tag:
                publisher = plain_text(text, _NAME_LIMIT)
    found = absolute_url(url, address)
    if found is None:
        return None
    return Link(url=found, title=title, published=published, modified=modified, language=language, publisher=publisher)


def _language(written: str) -> str | None:
    """``zh`` of ``zh-cn``, as Google asks for Chinese."""
    code = written.lower().replace("_", "-").partition("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _listed(body: bytes, url: str) -> Iterator[Link | None]:
    """A text sitemap: one address a line, nothing else."""
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    if not lines or not lines[0].startswith(("http://", "https://")):
        raise NotASitemap(url, "this is neither XML nor a list of addresses")
    for line in lines:
        found = absolute_url(url, line) if line.startswith(("http://", "https://")) else None
        yield None if found is None else Link(url=found)


def _local(element: etree._Element) -> str:
    """The name without its namespace, also where the prefix was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()
