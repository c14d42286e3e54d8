"""Documents made to exhaust who reads them are refused here, by counting, before any parser sees them.

Every check is linear in the size of the document. The limits are far above what real feeds, sitemaps and pages have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import RawIOBase

from scrapers.errors import UnsafeDocument

#: Tags that a feed may have: a forgiving parser needs some 10 µs for each.
MAX_TAGS = 300_000
#: Tags that a listing may have: 20 µs each.
MAX_HTML_TAGS = 100_000
#: Tags that an article may have. Long ones have 26,000; finding the text of a page takes time by the square of them.
MAX_ARTICLE_TAGS = 40_000
#: Elements open at once, in a feed.
_MAX_DEPTH = 1000
_MAX_ATTRIBUTES = 500
_MAX_HTML_ATTRIBUTES = 1000
_LONG_TAG_BYTES = 4000
#: Of these, a forgiving parser looks for the end of each anew.
_MAX_UNFINISHED = 5000
#: Each costs a parser more than the one before it.
_MAX_NAMESPACES = 5000
#: Objects, lists and quotes of a JSON document: ``{}`` are 2 bytes to write and 64 to hold.
_MAX_JSON_BRACKETS = 300_000
_MAX_JSON_QUOTES = 2_000_000

#: Of one tag, in XML that comes in pieces.
_MAX_OPEN_BYTES = 1_000_000

_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{20000,}")
_DECLARATION = re.compile(rb"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b")
_ATTRIBUTE = re.compile(rb"=\s*[\"']")
# As browsers find the end of a tag: not at a ">" inside quotes.
_HTML_ATTRIBUTE = rb"""[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_HTML_TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:[\s/=]++|" + _HTML_ATTRIBUTE + rb")*+")
_ONE_ATTRIBUTE = re.compile(_HTML_ATTRIBUTE)
_UNSEEN = ((b"<script", b"</script>"), (b"<style", b"</style>"), (b"<svg", b"</svg>"), (b"<!--", b"-->"))
_XML_NAME = re.compile(rb"/?[A-Za-z_:\x80-\xff][^\s<>/]{0,99}")


def refuse_excessive_xml(body: bytes, url: str, *, max_tags: int = MAX_TAGS) -> None:
    """Raises UnsafeDocument for floods of tags, of attributes or of namespaces, depth without end, and entities."""
    body = body.replace(b"\0", b"")  # UTF-16 and UTF-32 hide no markup so
    _refuse_counts(body.count(b"<"), body.count(b">"), body.count(b"xmlns"), max_tags, url)
    _refuse_long_tags(body, url)
    _refuse_deep_xml(body, url)


class PassingXml(RawIOBase):
    """XML that comes in pieces, as a file to read from: counted on the way like a whole one, and never held.

    Depth is the reader's to refuse. Reading raises UnsafeDocument.
    """

    def __init__(self, parts: Iterator[bytes], url: str, *, max_tags: int) -> None:
        self._parts = parts
        self._url = url
        self._max_tags = max_tags
        self._tags = self._ends = self._namespaces = 0
        self._open = b""  # the tag that the last piece broke off in
        self._ready = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        while not self._ready:
            part = next(self._parts, None)
            if part is None:
                return b""
            self._count(part)
            self._ready = memoryview(part)
        taken, self._ready = self._ready[:size], self._ready[size:]
        return bytes(taken)

    def count_all(self) -> None:
        """Count without reading: a reader that has enough would stop at the first entries of a million."""
        for part in self._parts:
            self._count(part)

    def _count(self, part: bytes) -> None:
        part = part.replace(b"\0", b"")
        self._tags += part.count(b"<")
        self._ends += part.count(b">")
        self._namespaces += part.count(b"xmlns")
        _refuse_counts(self._tags, self._ends, self._namespaces, self._max_tags, self._url)
        text = self._open + part
        _refuse_long_tags(text, self._url)
        if _DECLARATION.search(text):  # also in CDATA: no address or title of a sitemap has one
            raise UnsafeDocument(self._url, "the XML declares entities or elements of its own")
        begun = text.rfind(b"<")
        self._open = text[begun:] if begun > text.rfind(b">") else b""
        if len(self._open) > _MAX_OPEN_BYTES:
            raise UnsafeDocument(self._url, f"the XML has a tag of more than {_MAX_OPEN_BYTES:,} bytes")


def refuse_excessive_html(body: bytes, url: str, *, max_tags: int = MAX_HTML_TAGS) -> None:
    """Raises UnsafeDocument for a flood of tags, or of attributes in one; scripts, styles and drawings do not count."""
    seen = without_unseen(body.replace(b"\0", b""))
    if seen.count(b"<") > max_tags:
        raise UnsafeDocument(url, f"the page has more than {max_tags:,} tags")
    for tag in _HTML_TAG.finditer(seen):
        if len(tag[0]) > _LONG_TAG_BYTES and len(_ONE_ATTRIBUTE.findall(tag[0])) > _MAX_HTML_ATTRIBUTES:
            raise UnsafeDocument(url, f"the page has a tag with more than {_MAX_HTML_ATTRIBUTES:,} attributes")


def without_unseen(body: bytes) -> bytes:
    """A page without what no reader sees and large pages mostly consist of. Linear, whatever the page contains."""
    for opening, closing in _UNSEEN:
        lower = body.lower()
        kept: list[bytes] = []
        position = 0
        while (start := lower.find(opening, position)) >= 0 and (end := lower.find(closing, start)) >= 0:
            end += len(closing)
            # JSON-LD is a script too, and says the date.
            keep_to = end if b"ld+json" in lower[start : start + 200] else start
            kept.append(body[position:keep_to])
            position = end
        body = b"".join((*kept, body[position:]))
    return body


def refuse_excessive_json(body: bytes, url: str) -> None:
    """Raises UnsafeDocument for JSON that takes far more memory than bytes. (Depth is Python's to refuse.)"""
    if body.count(b"{") + body.count(b"[") > _MAX_JSON_BRACKETS or body.count(b'"') > _MAX_JSON_QUOTES:
        raise UnsafeDocument(url, f"the JSON has more than {_MAX_JSON_BRACKETS:,} parts")


def _refuse_counts(tags: int, ends: int, namespaces: int, max_tags: int, url: str) -> None:
    if tags > max_tags:
        raise UnsafeDocument(url, f"the XML has more than {max_tags:,} tags")
    if tags - ends > _MAX_UNFINISHED:
        raise UnsafeDocument(url, f"the XML has more than {_MAX_UNFINISHED:,} tags that do not end")
    if namespaces > _MAX_NAMESPACES:
        raise UnsafeDocument(url, f"the XML declares more than {_MAX_NAMESPACES:,} namespaces")


def _refuse_long_tags(text: bytes, url: str) -> None:
    for tag in _LONG_TAG.finditer(text):
        if len(_ATTRIBUTE.findall(tag[0])) > _MAX_ATTRIBUTES:
            raise UnsafeDocument(url, f"the XML has a tag with more than {_MAX_ATTRIBUTES} attributes")


def _refuse_deep_xml(body: bytes, url: str) -> None:
    """One walk over the tags. What closes an element closes those left open inside it, as broken feeds have them."""
    stack: list[bytes] = []
    inside: dict[bytes, int] = {}
    at = 0
    while (at := body.find(b"<", at) + 1) > 0:
        match body[at : at + 1]:
            case b"!":
                at = _behind_declaration(body, at, url)
            case b"?":
                at = _behind(body, b"?>", at)
            case _:
                name = _XML_NAME.match(body, at)
                if name is None:
                    continue
                at = end = body.find(b">", at)
                if end < 0:
                    return
                if name[0].startswith(b"/"):
                    closed = name[0][1:]
                    while inside.get(closed):
                        inside[last := stack.pop()] -= 1
                        if last == closed:
                            break
                elif body[end - 1 : end] != b"/":
                    stack.append(name[0])
                    inside[name[0]] = inside.get(name[0], 0) + 1
                    if len(stack) > _MAX_DEPTH:
                        raise UnsafeDocument(url, "the XML is nested beyond reason")


def _behind_declaration(body: bytes, at: int, url: str) -> int:
    if body.startswith(b"!--", at):
        return _behind(body, b"-->", at)
    if body.startswith(b"![CDATA[", at):
        return _behind(body, b"]]>", at)
    if body.startswith((b"!ENTITY", b"!ELEMENT", b"!ATTLIST", b"!NOTATION"), at):
        raise UnsafeDocument(url, "the XML declares entities or elements of its own")
    return at


def _behind(body: bytes, mark: bytes, start: int) -> int:
    found = body.find(mark, start)
    return len(body) if found < 0 else found + len(mark)
