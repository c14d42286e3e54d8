"""Proposes selectors for a newsroom page: what repeats, looks like headlines, leads deeper and has dates beside it."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from urllib.parse import urlsplit

import soupsieve
from bs4 import BeautifulSoup, Tag

from scrapers.dates import date_in_address, parse_date
from scrapers.links import Link, absolute_url, canonical_url
from scrapers.listing import BEFORE, base_of, page_of, parse_listing
from scrapers.selectors import classes_of, describe, kind_of, names_of, shared_names
from scrapers.site_facts import page_facts
from scrapers.sitemap import same_site
from scrapers.sources import ListingSource

_LEAST_ITEMS = 3
_MOST_GROUPS = 12
_MOST_ANCHORS = 3000
_MAX_DATE_CHARS = 60
_NOT_CONTENT = frozenset(
    {"nav", "header", "footer", "aside", "form", "select", "button", "noscript", "template", "dialog"}
)
_NOT_CONTENT_ROLES = frozenset({"navigation", "banner", "contentinfo", "menu", "menubar", "search", "dialog"})
_ASIDE = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|navigation|menu|submenu|megamenu|header|footer|breadcrumbs?|sidebar|cookie\w*|consent"
    r"|social|share|sharing|pagination|pager|paging|tags?|tagcloud|language|lang|login|related|recommended|trending"
    r"|popular|most[-_]read|ticker|promo|advert\w*|ads?|sponsor\w*|newsletter|subscribe)(?:$|[-_ ])",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|svg|webp|zip|docx?|xlsx?|pptx?|mp[34]|ics|xml|rss)$", re.IGNORECASE)
_NOT_A_DOCUMENT = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|users?|login|search|contact|privacy|terms|legal|imprint|impressum)"
    r"(?:/|$)",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TITLED = re.compile(r"title|headline|heading|subject|tieu-?de", re.IGNORECASE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-]\d{4}(?!\d)")
_NEXT = (
    'a[rel~="next"]', 'link[rel~="next"]', 'a.next', "li.next a", "a.next-page", 'a[class*="next" i]',
    'li[class*="next" i] a', 'a[aria-label*="next" i]', 'a[title*="next" i]',
)  # fmt: skip
_NEXT_WORDS = re.compile(
    r"(?:next|next page|older|older posts|weiter|nächste(?: seite)?|suivante?|page suivante|siguiente|próxim[ao]"
    r"|seguinte|successiv[ao]|avanti|trang sau|tiếp|tiếp theo|下一[页頁]|次へ|次のページ|다음|›|»|→|>)(?:\s*[›»→>])?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A listing that reads the page, and what it catches. ``score`` only ranks suggestions of one page."""

    source: ListingSource
    links: tuple[Link, ...]
    score: float

    @property
    def dated(self) -> int:
        """How many of the links have a date."""
        return sum(link.published is not None for link in self.links)


def suggest(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    name: str = "suggested",
    language: str | None = None,
    limit: int = 3,
) -> tuple[Suggestion, ...]:
    """Up to ``limit`` ways to read a newsroom page as a listing, the best first; none when nothing repeats on it.

    ``language`` helps to read dates; without it the page's own is taken. Costs CPU: call it in a thread.
    Raises NotHtml or UnsafeDocument.
    """
    page = page_of(body, url=url, content_type=content_type)
    language = language or page_facts(page).language
    base = base_of(page, url)
    start = ListingSource(name, url, "a", language=language, next_page=_next_page(page, base, url))
    found: list[Suggestion] = []
    for group in _groups(page, base, url):
        source = _described(group, page, start)
        if source is None or any(_selects_alike(source, other.source) for other in found):
            continue
        links = parse_listing(body, url=url, source=source, content_type=content_type, page=page).links
        if len(links) >= _LEAST_ITEMS:
            found.append(Suggestion(source, links, _score(links, group, url)))
    found.sort(key=lambda suggestion: -suggestion.score)
    # Menus and footers repeat too; beside real headlines nobody wants to be shown them.
    worth = [suggestion for suggestion in found if suggestion.score >= found[0].score / 2]
    return tuple(_different(worth))[:limit]


@dataclass(frozen=True, slots=True)
class _Group:
    """Links of one kind: ``anchors`` and, for each, its item (the largest element around it that holds no other)."""

    anchors: tuple[Tag, ...]
    items: tuple[Tag, ...]
    aside: bool  # in menus, footers and the like


def _groups(page: BeautifulSoup, base: str, url: str) -> list[_Group]:
    here = canonical_url(url)
    addresses: dict[int, str] = {}
    known: dict[int, str] = {}

    def kind(element: Tag) -> str:  # asked for again and again
        if id(element) not in known:
            known[id(element)] = kind_of(element)
        return known[id(element)]

    kinds: dict[tuple[str, ...], list[Tag]] = defaultdict(list)
    anchors = page.find_all("a", href=True, limit=_MOST_ANCHORS)
    for anchor in anchors:
        address = absolute_url(base, str(anchor["href"]))
        if address is None or canonical_url(address) == here or urlsplit(address).path in ("", "/"):
            continue
        if _FILE.search(urlsplit(address).path):
            continue
        addresses[id(anchor)] = canonical_url(address)
        # By names too, and without, as some sites give each item classes of its own.
        kinds[_path(anchor, kind)].append(anchor)
        kinds["", *_path(anchor, lambda element: element.name)].append(anchor)
    groups = []
    for members in {tuple(map(id, members)): members for members in kinds.values()}.values():
        once = {addresses[id(anchor)]: anchor for anchor in reversed(members)}
        if len(once) < _LEAST_ITEMS:
            continue
        chosen = [anchor for anchor in members if once[addresses[id(anchor)]] is anchor]
        items = _items(chosen, addresses)
        groups.append(_Group(tuple(chosen), tuple(items), _is_aside(chosen[0])))
    groups.sort(key=_promise, reverse=True)
    return groups[:_MOST_GROUPS]


def _path(anchor: Tag, kind: Callable[[Tag], str]) -> tuple[str, ...]:
    """The kinds of elements that an anchor stands in, without their positions."""
    return tuple(kind(element) for element in (anchor, *anchor.parents) if element.name not in ("[document]", "html"))


def _items(anchors: Sequence[Tag], addresses: dict[int, str]) -> list[Tag]:
    """For each anchor the largest element around it in which no other anchor of the group stands."""
    inside: dict[int, set[str]] = defaultdict(set)
    for anchor in anchors:
        for element in (anchor, *anchor.parents):
            inside[id(element)].add(addresses[id(anchor)])
    items = []
    for anchor in anchors:
        item = anchor
        for element in anchor.parents:
            if len(inside[id(element)]) > 1:
                break
            item = element
        items.append(item)
    # One alone in its column would reach higher than the others: all take the height that most have.
    kinds = [kind_of(item) for item in items]
    usual = max(set(kinds), key=kinds.count)
    return [_of_kind(anchor, item, usual) for anchor, item in zip(anchors, items, strict=True)]


def _of_kind(anchor: Tag, item: Tag, kind: str) -> Tag:
    return next((element for element in (anchor, *anchor.parents) if kind_of(element) == kind), item)


def _is_aside(anchor: Tag) -> bool:
    for element in anchor.parents:
        if element.name == "header" and element.find_parent("article"):
            continue
        if element.name in _NOT_CONTENT or element.get("role") in _NOT_CONTENT_ROLES:
            return True
        if element.name in ("body", "main", "article"):
            return False
        identity = element.get("id")
        if _ASIDE.search(" ".join(classes_of(element))) or (isinstance(identity, str) and _ASIDE.search(identity)):
            return True
    return False


def _promise(group: _Group) -> float:
    """Whether a group is worth a closer look."""
    lengths = [_weight(anchor.get_text(" ")) for anchor in group.anchors]
    around = [_weight(item.get_text(" ")) for item in group.items]
    size = min(median(lengths) or min(median(around), 30), 80)
    return size * math.log2(len(group.anchors) + 1) * (0.2 if group.aside else 1)


def _weight(text: str) -> int:
    """Characters, those of East Asian scripts counted as two and a half."""
    text = " ".join(text.split())
    return len(text) + int(1.5 * len(_CJK.findall(text)))


def _described(group: _Group, page: BeautifulSoup, start: ListingSource) -> ListingSource | None:
    item = describe(group.items, page)
    if item is None:
        return None
    link = _link_selector(group)
    date, day_first = _date_selector(group, start.language)
    title = _title_selector(group, date)
    return replace(start, item=item, link=link, title=title, date=date, day_first=day_first)


def _link_selector(group: _Group) -> str:
    """The selector, of some simple ones, that leads to the anchor in most items."""
    pairs = [(item, anchor) for item, anchor in zip(group.items, group.anchors, strict=True) if item is not anchor]
    if not pairs:
        return "a"
    options = ["a"]
    for parent in group.anchors[0].parents:
        if parent.name in _HEADINGS:
            options.append(f"{parent.name} a")
        if parent is pairs[0][0]:
            break
    options += [f"a{name}" for name in shared_names(group.anchors)]
    wrappers = [anchor.parent for anchor in group.anchors if anchor.parent is not None]
    options += [f"{wrappers[0].name}{name} > a" for name in shared_names(wrappers) if name[0] != "#"]
    hits = {selector: _hits(selector, pairs) for selector in dict.fromkeys(options)}
    return max(hits, key=lambda selector: hits[selector])


def _hits(selector: str, pairs: Sequence[tuple[Tag, Tag]]) -> int:
    matching = soupsieve.compile(selector)
    return sum(matching.select_one(item) is anchor for item, anchor in pairs)


def _title_selector(group: _Group, date: str | None) -> str | None:
    """What holds the headline, where it is not simply the text of the link."""
    texts = [" ".join(anchor.get_text(" ").split()) for anchor in group.anchors]
    plain = len(set(texts)) >= 0.7 * len(texts) and median(map(_weight, texts)) >= 12
    blocks = any(anchor.find(["p", "div", "time", *_HEADINGS]) for anchor in group.anchors)
    if plain and not blocks:
        return None
    options: dict[str, None] = dict.fromkeys(heading for heading in _HEADINGS)
    for item in group.items[:5]:
        for element in item.find_all(True):
            if any(_TITLED.search(name) for name in classes_of(element)):
                options.update(dict.fromkeys(_simple(element)))
    options.update(dict.fromkeys(("strong", "b", "p")))
    for selector in options:
        if selector == date:
            continue
        matched = [soupsieve.compile(selector).select_one(item) for item in group.items]
        told = [" ".join(element.get_text(" ").split()) for element in matched if element is not None]
        if (
            len(told) >= 0.8 * len(group.items)
            and len(set(told)) >= 0.7 * len(told)
            and median(map(_weight, told)) >= 12
        ):
            return selector
    return None


def _date_selector(group: _Group, language: str | None) -> tuple[str | None, bool | None]:
    """What holds the date of an item, inside it or just before it, and whether days come first where that is open."""
    options: dict[str, list[str]] = {}
    for item in group.items[:8]:
        for element in _dated_elements(item):
            for selector in _simple(element):
                options.setdefault(selector, [])
        for sibling in item.find_previous_siblings(limit=1):
            if sibling.name != item.name and _date_text(sibling):
                options.setdefault(f"{BEFORE}{sibling.name}", [])
    best: tuple[float, str, bool | None] | None = None
    for selector in options:
        texts = [_date_at(item, selector) for item in group.items]
        day_first = _order(texts)
        read = sum(parse_date(text, language=language, day_first=day_first) is not None for text in texts if text)
        share = read / len(texts)
        if share >= 0.5 and (best is None or share > best[0] + 0.05):
            best = (share, selector, day_first if _needs_order(texts, language) else None)
    return (best[1], best[2]) if best else (None, None)


def _date_at(item: Tag, selector: str) -> str:
    if selector.startswith(BEFORE):
        sibling = item.find_previous_sibling(selector.removeprefix(BEFORE))
        return _date_text(sibling) if isinstance(sibling, Tag) else ""
    element = soupsieve.compile(selector).select_one(item)
    return _date_text(element) if element is not None else ""


def _dated_elements(item: Tag) -> Iterable[Tag]:
    """Elements that hold a date and nothing else, as far as can be told without reading it."""
    for element in item.find_all(True):
        if (
            element.name == "time"
            or element.get("datetime")
            or (not element.find(True) and re.search(r"\d", _date_text(element)))
        ):
            yield element


def _date_text(element: Tag) -> str:
    told = element.get("datetime") or element.get("content")
    text = told if isinstance(told, str) and told else " ".join(element.get_text(" ").split())
    return text if len(text) <= _MAX_DATE_CHARS else ""


def _order(texts: Sequence[str]) -> bool | None:
    """Whether days come first in numbers like 05/11/2026, by those of them that can only be read one way."""
    firsts = [(int(found[1]), int(found[2])) for text in texts if (found := _NUMBERS.search(text))]
    if any(first > 12 for first, _ in firsts):
        return True
    return False if any(second > 12 for _, second in firsts) else None


def _needs_order(texts: Sequence[str], language: str | None) -> bool:
    return any(_NUMBERS.search(text) and parse_date(text, language=language) is None for text in texts)


def _simple(element: Tag) -> list[str]:
    """Selectors for one element inside an item, the simplest first."""
    if element.name == "time":
        return ["time"]
    named = [f"{element.name}{name}" for name in names_of(element) if name[0] != "#"]
    if named:
        return named
    parent = element.parent
    above = names_of(parent) if parent else []
    outer = [f"{parent.name}{name} > {element.name}" for name in above if parent and name[0] != "#"]
    if element.name not in ("td", "span", "p", "div"):
        return [*outer, element.name]
    position = 1 + len(element.find_previous_siblings(element.name))
    return [*outer, f"{element.name}:nth-of-type({position})"]


def _next_page(page: BeautifulSoup, base: str, url: str) -> str | None:
    """A selector for the link to the next page of the listing."""
    here = canonical_url(url)

    def leads_on(element: Tag | None) -> bool:
        address = absolute_url(base, str(element.get("href", ""))) if element is not None else None
        if address is None or (urlsplit(address).path == "/" and not urlsplit(address).query):
            return False
        return same_site(address, url) and canonical_url(address) != here

    for selector in _NEXT:
        if leads_on(soupsieve.compile(selector).select_one(page)):
            return selector
    for anchor in page.find_all("a", href=True):
        text = " ".join(anchor.get_text(" ").split())
        if len(text) <= 20 and _NEXT_WORDS.fullmatch(text) and leads_on(anchor):
            described = describe([anchor], page, fair=1.0)
            return described or f'a:-soup-contains-own("{text}")'
    return None


def _score(links: Sequence[Link], group: _Group, url: str) -> float:
    """How much what was caught looks like the documents of a newsroom, from 0 to about 12."""
    count = len(links)
    titles = [link.title or "" for link in links]
    weights = [_weight(title) for title in titles]
    headline = sum(20 <= weight <= 250 for weight in weights) / count
    distinct = len(set(titles)) / count
    dated = sum(link.published is not None for link in links) / count
    in_address = sum(date_in_address(link.url) is not None for link in links) / count
    at_home = sum(same_site(link.url, url) for link in links) / count
    deep = sum(_depth(link.url) for link in links) / count
    listed = sum(bool(_NOT_A_DOCUMENT.search(urlsplit(link.url).path)) for link in links) / count
    worth = 3 * headline + 2.5 * dated + 0.7 * in_address + distinct + at_home + deep
    worth += min(math.log2(count), 5) / 2.5 + min(median(weights), 60) / 60
    worth += sum(_is_heading(anchor) for anchor in group.anchors) / len(group.anchors)
    if group.aside:
        worth *= 0.5
    return worth * (1 - 0.7 * listed)


def _is_heading(anchor: Tag) -> bool:
    return any(element.name in _HEADINGS for element in (anchor, *anchor.parents)) or anchor.find(_HEADINGS) is not None


def _depth(url: str) -> float:
    """From 0 to 1: an address of a document is longer than that of a section, and its last part says more."""
    segments = [part for part in urlsplit(url).path.split("/") if part]
    last = segments[-1] if segments else ""
    words = len(re.findall(r"[^\W\d_]{2,}", last))
    return min(len(segments), 4) / 8 + (0.5 if words >= 3 or re.search(r"\d{4,}", last) or urlsplit(url).query else 0)


def _selects_alike(one: ListingSource, other: ListingSource) -> bool:
    return (one.item, one.link) == (other.item, other.link)


def _different(found: Sequence[Suggestion]) -> Iterable[Suggestion]:
    """Without those that mostly catch what a better one catches."""
    kept: list[set[str]] = []
    for suggestion in found:
        urls = {canonical_url(link.url) for link in suggestion.links}
        if all(len(urls & other) <= 0.6 * min(len(urls), len(other)) for other in kept):
            kept.append(urls)
            yield suggestion
