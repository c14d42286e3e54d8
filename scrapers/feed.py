"""Feeds: RSS 0.9 to 2.0, Atom and RDF with feedparser, which forgives much; JSON Feed by hand."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from xml.sax import SAXException

import feedparser

from scrapers.aggregators import hides_its_publisher, publishers_address
from scrapers.compression import unpacked
from scrapers.dates import parse_date
from scrapers.errors import NotAFeed
from scrapers.excess import refuse_excessive_json, refuse_excessive_xml
from scrapers.links import Link, absolute_url, canonical_url
from scrapers.markup import plain_text, root_name, storable

#: More items than this are not read: no newsroom writes them, but a faulty or hostile server may.
MAX_LINKS = 2000
_MAX_UNPACKED_BYTES = 20_000_000
_TITLE_LIMIT = 500
_SUMMARY_LIMIT = 2000
_WEB = re.compile(r"https?://", re.IGNORECASE)
_ANCHOR = re.compile(r"""<a\s[^<>]*?href\s*=\s*["']([^"'<>]+)["']""", re.IGNORECASE)
_MAX_SNIPPET = 20_000
_DOCUMENT_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
# What feedparser lets through when a document is broken in a way that it did not foresee.
_PARSER_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def parse_feed(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    language: str | None = None,
    day_first: bool | None = None,
) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """The links of a feed in its order, each document once, and notes on what was odd.

    ``url`` is where the body came from; relative links start there. ``language`` helps to read dates; without it the
    feed's own is taken. Costs CPU (feedparser: most of a second for 1,000 items), so call it in a thread.
    Raises NotAFeed or UnsafeDocument.
    """
    body = unpacked(body, url, max_bytes=_MAX_UNPACKED_BYTES, wrong=lambda fault: NotAFeed(url, fault))
    body = body.lstrip()  # white space before the XML declaration is a frequent fault
    if not body:
        raise NotAFeed(url, "the body is empty")
    if _looks_like_json(body, content_type):
        refuse_excessive_json(body, url)
        return _collect(_json_items(body, url, language, day_first), [])
    root = root_name(body, url, content_type)
    if root == "html":
        raise NotAFeed(url, "this is an HTML page")
    if not root:
        raise NotAFeed(url, "this is no XML")
    refuse_excessive_xml(body, url)
    notes: list[str] = []
    parsed = _parsed(body, url, content_type)
    entries = parsed["entries"]
    if not entries and not parsed["version"]:
        raise NotAFeed(url, f"this is XML of another kind, with the root <{root}>")
    # feedparser also reports what harms nothing, such as a missing content type.
    fault = parsed.get("bozo_exception")
    if isinstance(fault, SAXException):
        notes.append(f"the feed is not well-formed ({fault.getMessage()}); it was read as far as possible")
    spoken = language or _text(parsed["feed"], "language")
    return _collect((_xml_item(entry, url, spoken, day_first) for entry in entries), notes)


def _collect(items: Iterable[Link | None], notes: list[str]) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    links: dict[str, Link] = {}
    without_link = repeated = 0
    for item in items:
        if item is None:
            without_link += 1
        elif (key := canonical_url(item.url)) in links:
            repeated += 1
        elif len(links) == MAX_LINKS:
            notes.append(f"only the first {MAX_LINKS:,} items were taken")
            break
        else:
            links[key] = item
    if without_link:
        notes.append(f"{without_link} items have no link to a page that could be read")
    if hidden := sum(hides_its_publisher(link.url) for link in links.values()):
        notes.append(f"{hidden} items lead through Google News, which hides the page; take the publisher's own feed")
    if repeated:
        notes.append(f"{repeated} items repeat the link of another")
    if not links:
        notes.append("the feed has no items that lead anywhere")
    return tuple(links.values()), tuple(notes)


def _parsed(body: bytes, url: str, content_type: str | None) -> feedparser.FeedParserDict:
    headers = {"content-location": url}
    # A type without a charset would make feedparser assume us-ascii, against what the document says of itself.
    if content_type and "charset" in content_type.lower():
        headers["content-type"] = content_type
    # A stream, never the bytes: feedparser opens those as a file if one has that name.
    stream = BytesIO(body)
    try:
        return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    except _PARSER_FAULTS as error:
        raise NotAFeed(url, f"it is broken beyond reading ({error})") from error


def _xml_item(entry: Mapping[str, object], url: str, language: str | None, day_first: bool | None) -> Link | None:
    address = _address(entry, url)
    if address is None:
        return None
    published = None
    for key in ("published", "created", "updated"):
        written = _text(entry, key)
        if written and (published := parse_date(written, language=language, day_first=day_first)):
            break
    updated = _text(entry, "updated")
    return Link(
        url=address,
        title=plain_text(_text(entry, "title") or "", _TITLE_LIMIT),
        published=published,
        guid=_text(entry, "id"),
        modified=parse_date(updated, language=language, day_first=day_first) if updated else None,
        summary=_said(entry),
    )


def _address(entry: Mapping[str, object], url: str) -> str | None:
    """Where the item leads: the publisher's own address rather than that of a service in between."""
    for key in ("feedburner_origlink", "link", "id"):
        written = _text(entry, key)
        if not written or (key == "id" and not _WEB.match(written)):
            continue
        found = absolute_url(url, written)
        if found is not None:
            return publishers_address(found)
    return _enclosed(entry, url) or _only_link(entry, url)


def _enclosed(entry: Mapping[str, object], url: str) -> str | None:
    """The document that is the item's only attachment; sound, film and PDF are none that can be read."""
    for link in _dicts(entry, "links"):
        kind = (_text(link, "type") or "").partition(";")[0].strip().lower()
        if _text(link, "rel") == "enclosure" and kind in _DOCUMENT_TYPES:
            return absolute_url(url, _text(link, "href") or "")
    return None


def _only_link(entry: Mapping[str, object], url: str) -> str | None:
    """The one address that an item without any names in its text; of several nobody knows which is meant."""
    written = _ANCHOR.findall((_text(entry, "summary") or "")[:_MAX_SNIPPET])
    found = {found for href in written if (found := absolute_url(url, html.unescape(href))) is not None}
    return found.pop() if len(found) == 1 else None


def _said(entry: Mapping[str, object]) -> str | None:
    """What the feed itself has of the text: the full content where it comes with it, else the summary."""
    written = [_text(entry, "summary"), *(_text(content, "value") for content in _dicts(entry, "content"))]
    texts = [plain_text(text, _SUMMARY_LIMIT) or "" for text in written if text]
    return max(texts, key=len, default="") or None


def _dicts(entry: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    values = dict.get(entry, key) if isinstance(entry, dict) else None
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _text(values: object, key: str) -> str | None:
    """A stored text; not by ``values[key]``, which feedparser answers for keys that are not there."""
    value = dict.get(values, key) if isinstance(values, dict) else None
    return storable(value).strip() or None if isinstance(value, str) else None


def _json_items(body: bytes, url: str, language: str | None, day_first: bool | None) -> Iterator[Link | None]:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotAFeed(url, f"this is broken JSON: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise NotAFeed(url, "this is JSON, but no JSON Feed: it has no list of items")
    spoken = language or _text(feed, "language")
    return (_json_item(item, url, spoken, day_first) for item in items)


def _json_item(item: object, url: str, language: str | None, day_first: bool | None) -> Link | None:
    identity = _text(item, "id") or ""
    written = _text(item, "url") or _text(item, "external_url") or (identity if _WEB.match(identity) else "")
    address = absolute_url(url, written)
    if address is None:
        return None
    modified = _text(item, "date_modified")
    when = _text(item, "date_published") or modified
    texts = (plain_text(_text(item, key) or "", _SUMMARY_LIMIT) for key in ("summary", "content_text", "content_html"))
    return Link(
        url=address,
        title=plain_text(_text(item, "title") or "", _TITLE_LIMIT),
        published=parse_date(when, language=language, day_first=day_first) if when else None,
        guid=_text(item, "id"),
        modified=parse_date(modified, language=language, day_first=day_first) if modified else None,
        summary=max((text for text in texts if text), key=len, default=None),
    )


def _looks_like_json(body: bytes, content_type: str | None) -> bool:
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] in (b"{", b"[") or (start[:1] != b"<" and "json" in (content_type or "").lower())
