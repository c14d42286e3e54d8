"""Lists of feeds as OPML 2.0, the form in which feed readers exchange them. Pure: bytes in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pipeline.errors import OpmlError

MAX_BYTES = 10_000_000
MAX_FEEDS = 10_000
_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed"})
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed of a list. ``language`` is an ISO 639-1 code."""

    name: str
    url: str
    language: str | None = None


def write_opml(feeds: Iterable[OpmlFeed], *, title: str = "dealwire sources") -> str:
    """The feeds as OPML 2.0. Characters that XML cannot hold are left out, white space in names becomes one space."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{escape(_one_line(title))}</title></head>",
        "  <body>",
    ]
    for feed in feeds:
        name = quoteattr(_one_line(feed.name))
        language = f" language={quoteattr(feed.language)}" if feed.language else ""
        url = quoteattr(_NOT_XML.sub("", feed.url))
        lines.append(f'    <outline text={name} title={name} type="rss" xmlUrl={url}{language}/>')
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def read_opml(body: bytes, *, name: str = "the OPML file") -> tuple[OpmlFeed, ...]:
    """Every feed of a list in its order, however deep in folders; a feed without a name has "".

    Raises OpmlError, which begins with ``name``: no XML, no OPML, too much, or a document type (and so entities), which
    no list of feeds needs and which is how XML is made to exhaust or betray its reader.
    """
    if len(body) > MAX_BYTES:
        raise OpmlError(name, f"it is {len(body):,} bytes, more than {MAX_BYTES:,}; this is no list of feeds")
    reader = _Reader(name)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    try:
        parser.Parse(body.lstrip(), True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise OpmlError(name, f"its XML cannot be read ({error}); export it anew") from error
    return tuple(reader.feeds)


class _Reader:
    def __init__(self, name: str) -> None:
        self.feeds: list[OpmlFeed] = []
        self._name = name
        self._root = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._root:
            self._root = tag.lower()
            if self._root != "opml":
                raise OpmlError(self._name, f"this is XML of another kind, with the root <{tag[:40]}>, not OPML")
        if tag.lower() != "outline":
            return
        given = {key.lower(): value.strip() for key, value in attributes.items()}
        # Some applications call it just url; links and inclusions of other lists, which do so too, say another type.
        url = given.get("xmlurl") or (given.get("url") if given.get("type", "").lower() in _FEED_TYPES else None)
        if not url:
            return  # a folder, or a link that is no feed
        if len(self.feeds) == MAX_FEEDS:
            raise OpmlError(self._name, f"it has more than {MAX_FEEDS:,} feeds; divide it")
        self.feeds.append(
            OpmlFeed(_one_line(given.get("title") or given.get("text") or ""), url, _language(given.get("language")))
        )

    def doctype(self, *declared: object) -> None:
        raise OpmlError(self._name, "its XML declares a document type or entities, which is not read; remove them")


def _one_line(text: str) -> str:
    return " ".join(_NOT_XML.sub("", text).split())


def _language(written: str | None) -> str | None:
    """The two letters of ``en-US``; None for what is no such code ("unknown", says a well-known reader)."""
    code = re.split(r"[-_]", written or "")[0].lower()
    return code if re.fullmatch(r"[a-z]{2}", code) else None
