"""HTML newsroom pages, read by the CSS selectors of the configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass

import soupsieve
from bs4 import BeautifulSoup, Tag
from bs4.dammit import UnicodeDammit
from soupsieve import SelectorSyntaxError, SoupSieve

from scrapers.dates import parse_date
from scrapers.errors import BadSelector, NotHtml
from scrapers.excess import refuse_excessive_html
from scrapers.links import Link, absolute_url, canonical_url
from scrapers.markup import plain_text
from scrapers.sources import ListingSource

#: Begins a selector for what stands before an item, not in it, as in lists of <dt> (date) and <dd> (link).
BEFORE = "< "
_TITLE_LIMIT = 500
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListingPage:
    """What one page of a listing gives. ``next_url`` is where the source's ``next_page`` selector leads."""

    links: tuple[Link, ...]
    next_url: str | None
    notes: tuple[str, ...] = ()


def parse_listing(
    body: bytes, *, url: str, source: ListingSource, content_type: str | None = None, page: BeautifulSoup | None = None
) -> ListingPage:
    """The links of a newsroom page in its order, each document once, and notes on what was odd.

    ``page`` is the body where it was parsed already. Raises NotHtml, UnsafeDocument, or BadSelector (which names the
    selector).
    """
    page = page or page_of(body, url=url, content_type=content_type)
    base = base_of(page, url)
    items = _select(page, source.item, url)
    links: dict[str, Link] = {}
    without_link = 0
    for item in items:
        link = _link(item, base, url, source)
        if link is None:
            without_link += 1
        else:
            links.setdefault(canonical_url(link.url), link)
    notes = []
    if not items:
        notes.append(f"the selector {source.item!r} matches nothing: the layout may have changed")
    elif without_link:
        notes.append(f"{without_link} of {len(items)} items have no link at {source.link!r}")
    if links and source.date and not any(link.published for link in links.values()):
        notes.append(f"no date could be read at {source.date!r}")
    return ListingPage(tuple(links.values()), _next(page, base, url, source), tuple(notes))


def page_of(body: bytes, *, url: str, content_type: str | None = None) -> BeautifulSoup:
    """The HTML page in ``body``, parsed. Raises NotHtml or UnsafeDocument."""
    # Media types say little here: what matters is whether there is a tag in the beginning of the body.
    if b"\x00" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotHtml(url, f"this is binary data ({content_type or 'of unknown type'})")
    if not re.search(rb"<\s*[a-zA-Z!]", body[:20_000].replace(b"\x00", b"")):
        raise NotHtml(url, f"this is no HTML ({content_type or 'of unknown type'})" if body.strip() else "it is empty")
    refuse_excessive_html(body, url)
    return BeautifulSoup(_XML_DECLARATION.sub("", decoded_html(body, content_type)), "lxml")


def base_of(page: BeautifulSoup, url: str) -> str:
    """Where relative links of a page from ``url`` start."""
    tag = page.find("base", href=True)
    return (absolute_url(url, _attribute(tag, "href")) if isinstance(tag, Tag) else None) or url


def _link(item: Tag, base: str, url: str, source: ListingSource) -> Link | None:
    anchor = _first(item, source.link, url)
    if anchor is None and item.name == "a":
        anchor = item  # an item that is a link altogether
    address = absolute_url(base, _attribute(anchor, "href")) if anchor is not None else None
    if anchor is None or address is None:
        return None
    titled = _first(item, source.title, url) if source.title else anchor
    title = plain_text(titled.get_text(" "), _TITLE_LIMIT) if titled is not None else None
    return Link(
        url=address,
        title=title or _title_elsewhere(item, anchor),
        published=_published(item, url, source),
    )


def _title_elsewhere(item: Tag, anchor: Tag) -> str | None:
    """The title of a link without text, such as a picture: its label, or the text of its neighbour to the same page."""
    labels = (_attribute(anchor, name) for name in ("title", "aria-label"))
    neighbours = item.find_all("a", href=_attribute(anchor, "href"))
    texts = (*labels, *(neighbour.get_text(" ") for neighbour in neighbours))
    pictures = (_attribute(picture, "alt") for picture in anchor.find_all("img"))
    return next((title for text in (*texts, *pictures) if (title := plain_text(text, _TITLE_LIMIT))), None)


def _published(item: Tag, url: str, source: ListingSource) -> str | None:
    """The date where the selector points: what is written for machines first, then what is written for people."""
    element = _beside_or_in(item, source.date, url) if source.date else None
    if element is None:
        return None
    told = (_attribute(element, name) for name in ("datetime", "content", "title"))
    for written in (*told, element.get_text(" ")):
        found = parse_date(written, language=source.language, day_first=source.day_first) if written else None
        if found:
            return found
    return None


def _beside_or_in(item: Tag, selector: str, url: str) -> Tag | None:
    if not selector.startswith(BEFORE):
        return _first(item, selector, url)
    matching = _compiled(selector.removeprefix(BEFORE), url)
    return next((element for element in item.find_previous_siblings() if matching.match(element)), None)


def _next(page: Tag, base: str, url: str, source: ListingSource) -> str | None:
    element = _first(page, source.next_page, url) if source.next_page else None
    return absolute_url(base, _attribute(element, "href")) if element is not None else None


def _select(scope: Tag, selector: str, url: str) -> list[Tag]:
    return _compiled(selector, url).select(scope)


def _first(scope: Tag, selector: str, url: str) -> Tag | None:
    return _compiled(selector, url).select_one(scope)


def _compiled(selector: str, url: str) -> SoupSieve:
    try:
        return soupsieve.compile(selector)
    except SelectorSyntaxError as error:
        raise BadSelector(url, f"the CSS selector {selector!r} is wrong: {str(error).splitlines()[0]}") from error


def _attribute(element: Tag, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def decoded_html(body: bytes, content_type: str | None) -> str:
    """The page as text: in the encoding that the server names, else the page, else the one that fits."""
    # Beautiful Soup would hand any name that a page claims to lxml, which does not survive all of them.
    named = _CHARSET.search(content_type or "")
    text = UnicodeDammit(body, known_definite_encodings=[named[1]] if named else [], is_html=True).unicode_markup
    return text if text is not None else body.decode("utf-8", "replace")
