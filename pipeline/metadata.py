"""What an HTML page says of itself: title, date, publisher, language, summary.

Looked for in the order of trust: JSON-LD of an article, meta elements, microdata. Each field is None when the page does
not say; nothing is guessed here except by ``guess_date``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from storage.vocabulary import DatePrecision

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPES = re.compile(r"(?:article|report|blogposting|pressrelease|socialmediaposting)$", re.IGNORECASE)
_MAX_JSON_CHARS = 500_000
_MAX_NODES = 2_000
_META_TITLE = ("og:title", "twitter:title", "headline", "dc.title", "dcterms.title", "title")
_META_DATE = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date_published",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_time",
    "pubdate",
    "article.published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "originalpublicationdate",
    "weibo: article:create_at",
    "release_date",
    "date",
)
_META_PUBLISHER = ("og:site_name", "application-name", "dc.publisher", "publisher", "copyright")
_META_SUMMARY = ("og:description", "description", "twitter:description")
_ISO = re.compile(
    r"^\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?)?)?\s*$",
    re.IGNORECASE,
)
_JSON_WRAPPING = re.compile(r"^\s*(?:<!--|(?://\s*)?<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*;?\s*$")
_COMPACT = re.compile(r"^\s*((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?\s*$")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time and how much of it is known. ``at`` is aware UTC (midnight where only the day is known)."""

    at: datetime
    precision: DatePrecision


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What the page says of itself. ``structured_date`` is JSON-LD's, ``meta_date`` from elsewhere in it."""

    title: str | None = None
    structured_date: Moment | None = None
    meta_date: Moment | None = None
    publisher: str | None = None
    language: str | None = None
    summary: str | None = None
    body: str | None = None  # JSON-LD's articleBody: the text of pages that are filled in by a script


def parse_moment(text: str | None) -> Moment | None:
    """An ISO 8601 date or time ("2026", "2026-11", "2026-11-05", "2026-11-05T10:00:00+07:00") as a Moment.

    A time without its zone says the day only. None for anything else, for impossible dates and for years before 1990.
    """
    if not text:
        return None
    match = _ISO.match(text)
    if match is None:
        compact = _COMPACT.match(text)
        if compact is None:
            return None
        year, month, day, hour, minute, second, zone = compact.groups()
    else:
        year, month, day, hour, minute, second, zone = match.groups()
    try:
        at = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        if at.year < 1990:
            return None
        if hour is None or zone is None:
            known = DatePrecision.DAY if day else DatePrecision.MONTH if month else DatePrecision.YEAR
            return Moment(at, known)
        at = at.replace(hour=int(hour), minute=int(minute), second=int(second or 0)) - _offset(zone)
    except (ValueError, OverflowError):
        return None
    return Moment(at, DatePrecision.TIME)


def read_metadata(tree: HtmlElement, *, url: str | None = None) -> PageMetadata:
    """What ``tree`` says of itself. Never raises for what a page contains."""
    article = _json_ld_article(tree)
    meta = _meta(tree)
    title = _text(article.get("headline")) or _first(meta, _META_TITLE) or _element_text(tree, "//h1", "//title")
    publisher = _publisher(article.get("publisher")) or _first(meta, _META_PUBLISHER[:1])
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    return PageMetadata(
        title=_without_site_name(title, publisher) if title else None,
        structured_date=parse_moment(_text(article.get("datePublished")) or _text(article.get("dateCreated"))),
        meta_date=_meta_date(tree, meta),
        publisher=publisher or _first(meta, _META_PUBLISHER[1:4]),
        language=_text(article.get("inLanguage")) or language or _first(meta, ("og:locale", "content-language")),
        summary=_first(meta, _META_SUMMARY) or _text(article.get("description")),
        body=_text(article.get("articleBody")),
    )


def guess_date(tree: HtmlElement, *, url: str | None, latest: date | None = None) -> Moment | None:
    """The date that htmldate finds in markup or address, without its opportunistic search through the text.

    ``latest`` bounds what is believed (the day the page was fetched); None is today.
    """
    from htmldate import find_date

    max_date = (latest + timedelta(days=1)).isoformat() if latest else None
    try:
        found = find_date(tree, extensive_search=False, original_date=True, url=url, max_date=max_date)
    except Exception:  # noqa: BLE001 - a date parser's accident on a strange page is no reason to lose the page
        return None
    return parse_moment(found)


def _offset(zone: str) -> timedelta:
    if zone.upper() in ("Z", "UTC", "GMT"):
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > timedelta(hours=15):
        raise ValueError(zone)
    return -offset if zone[0] == "-" else offset


def _json_ld_article(tree: HtmlElement) -> dict[str, object]:
    """The first JSON-LD object that is an article and has a date or a headline; {} when there is none."""
    best: dict[str, object] = {}
    for script in tree.xpath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]"):
        text = (script.text or "").strip()
        if not text or len(text) > _MAX_JSON_CHARS:
            continue
        for node in _nodes(_loads(text)):
            types = node.get("@type")
            names = types if isinstance(types, list) else [types]
            if not any(isinstance(name, str) and _ARTICLE_TYPES.search(name) for name in names):
                continue
            if node.get("headline") and node.get("datePublished"):
                return node
            if not best and (node.get("headline") or node.get("datePublished")):
                best = node
    return best


def _loads(text: str) -> object:
    text = _JSON_WRAPPING.sub("", text).rstrip(";\n ")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    # Broken as a whole (an unescaped quote in a description, two objects in a row): the fields we want may be fine.
    fields = {
        key: match[1]
        for key in ("@type", "headline", "datePublished", "inLanguage")
        if (match := re.search(rf'"{key}"\s*:\s*"((?:[^"\\]|\\.)*)"', text))
    }
    if "headline" not in fields:
        fields.pop("@type", None)
    return {name: _unescape(value) for name, value in fields.items()}


def _unescape(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _nodes(value: object) -> Iterator[dict[str, object]]:
    """The objects of a JSON-LD document, outermost first; bounded, because a page may nest or repeat without end."""
    queue: list[object] = [value]
    for _ in range(_MAX_NODES):
        if not queue:
            return
        item = queue.pop(0)
        if isinstance(item, list):
            queue[:0] = item
        elif isinstance(item, dict):
            yield item
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
                if isinstance(item.get(key), (list, dict)):
                    queue.append(item[key])


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name:
                found.setdefault(name, content)
    return found


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := _text(meta.get(name)))), None)


def _meta_date(tree: HtmlElement, meta: dict[str, str]) -> Moment | None:
    for name in _META_DATE:
        moment = parse_moment(meta.get(name))
        if moment:
            return moment
    for element in tree.xpath("//*[@itemprop='datePublished' or @pubdate]")[:3]:
        value = element.get("datetime") or element.get("content") or element.text
        moment = parse_moment(value)
        if moment:
            return moment
    # One <time> on the page is the page's; of several, the first one under the heading's own article is.
    times = tree.xpath("//article//time[@datetime] | //header//time[@datetime]")
    return parse_moment(times[0].get("datetime")) if times else None


def _text(value: object) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    from html import unescape

    text = " ".join(unescape(unescape(value)).split())
    return text or None


def _publisher(value: object) -> str | None:
    name = _text(value)
    return None if name is None or name.startswith(("http:", "https:")) or len(name) > 120 else name


def _element_text(tree: HtmlElement, *paths: str) -> str | None:
    for path in paths:
        for element in tree.xpath(path)[:3]:
            text = " ".join(element.text_content().split())
            if text:
                return text
    return None


_SITE_NAME = re.compile(r"\s+[|–—·»-]\s+([^|–—·»]{2,60})$")
# 标题-新华网, 标题--时政--人民网: sites that put their name, and the section, after the title without spaces.
_CHINESE_SITE = re.compile(
    r"(?:\s*[-_—–|]{1,2}\s*[^-_—–|]{2,16}){0,2}\s*[-_—–|]{1,2}\s*"
    r"[^-_—–|\s]{1,14}(?:[网網报報]|网站|官网|频道|订阅|新闻)$"
)


def _without_site_name(title: str, publisher: str | None) -> str:
    """Drops a trailing " | Site": of a pipe always, of a dash only when it repeats the publisher's name."""
    chinese = _CHINESE_SITE.search(title[-80:]) if not title.isascii() else None
    if chinese and len(title) - len(chinese[0]) >= 6:
        return title[: len(title) - len(chinese[0])].rstrip()
    site = (publisher or "").casefold()
    while (match := _SITE_NAME.search(title)) and match.start() >= 12:
        tail = match[1].casefold()
        if "|" not in match[0] and not (site and (tail in site or site in tail)):
            break
        title = title[: match.start()].rstrip()
    return title
