"""What a feed, a sitemap or a page says of the site it belongs to: its name, its language, where its news stands."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from lxml import etree

from scrapers.links import Link
from scrapers.markup import plain_text

_TITLE_LIMIT = 80
_LEAST_IN_SECTION = 3
_NEWS_SECTION = re.compile(
    r"(?:[\w-]+-)?(?:news(?:room)?|press(?:e|room)?|press-?releases?|media(?:-cent(?:er|re))?|pressemitteilungen|aktuelles"
    r"|actualites?|communiques?|noticias|prensa|notas-de-prensa|imprensa|notizie|comunicati(?:-stampa)?|tin-tuc|xinwen)"
    r"(?:-[\w-]+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """``title`` is what a feed calls itself, ``publisher`` who publishes; ``language`` is ISO 639-1."""

    title: str | None = None
    publisher: str | None = None
    language: str | None = None


def feed_facts(body: bytes) -> SiteFacts:
    """What a feed says of itself. For a body that ``parse_feed`` took: its safety is checked there."""
    if body.lstrip()[:1] == b"{":
        feed = json.loads(body.decode("utf-8-sig"))
        told = feed if isinstance(feed, dict) else {}
        return SiteFacts(_text(told.get("title")), language=_code(told.get("language")))
    title = language = None
    try:
        for event, element in etree.iterparse(
            BytesIO(body.lstrip()), events=("start", "end"), recover=True, resolve_entities=False, no_network=True,
            load_dtd=False,
        ):  # fmt: skip
            name = etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
            if event == "start":
                if name in ("rss", "feed", "channel"):
                    language = language or _code(element.get("{http://www.w3.org/XML/1998/namespace}lang"))
                elif name in ("item", "entry"):
                    break
                continue
            parent = element.getparent()
            if parent is None or etree.QName(parent).localname.lower() not in ("channel", "feed"):
                continue
            if name == "title":
                title = title or _text(element.text)
            elif name == "language":
                language = _code(element.text) or language
    except (etree.XMLSyntaxError, ValueError):  # broken where feedparser forgives
        pass
    return SiteFacts(title, language=language)


def sitemap_facts(links: Iterable[Link]) -> SiteFacts:
    """What most entries of a news sitemap say."""
    languages: Counter[str] = Counter()
    publishers: Counter[str] = Counter()
    for link in links:
        languages.update([link.language] if link.language else [])
        publishers.update([link.publisher] if link.publisher else [])
    return SiteFacts(publisher=_most(publishers), language=_most(languages))


def page_facts(page: BeautifulSoup) -> SiteFacts:
    """What an HTML page calls its site, and its language."""
    root = page.find("html")
    language = _code(root.get("lang") or root.get("xml:lang")) if isinstance(root, Tag) else None
    for wanted in ('meta[property="og:site_name"]', 'meta[name="application-name"]'):
        tag = page.select_one(wanted)
        if tag is not None and (name := _text(tag.get("content"))):
            return SiteFacts(publisher=name, language=language)
    return SiteFacts(language=language)


def newsroom_section(links: Sequence[Link], url: str) -> str | None:
    """What the addresses of a site's news have in common: the path of ``url`` or a section named like a newsroom's.

    None when none stand there, and no more than a few in any such section.
    """
    path = urlsplit(url).path
    if len(path) > 1:
        below = path if path.endswith("/") else f"{path}/"
        if any(below in link.url for link in links):
            return below
    sections: Counter[str] = Counter()
    for link in links:
        segments = urlsplit(link.url).path.split("/")[1:-1][:3]
        named = next((segment for segment in segments if _NEWS_SECTION.fullmatch(segment)), None)
        sections.update([f"/{named}/"] if named else [])
    section, count = sections.most_common(1)[0] if sections else ("", 0)
    return section if count >= _LEAST_IN_SECTION else None


def _most(counts: Counter[str]) -> str | None:
    return counts.most_common(1)[0][0] if counts else None


def _text(value: object) -> str | None:
    return plain_text(value, _TITLE_LIMIT) if isinstance(value, str) else None


def _code(value: object) -> str | None:
    """``en`` of ``en-US``; None for what is no language code."""
    code = value.replace("_", "-").partition("-")[0].strip().lower() if isinstance(value, str) else ""
    return code if re.fullmatch(r"[a-z]{2}", code) else None
