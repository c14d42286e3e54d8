"""Finds how a site's news can be followed.

A feed or sitemap that its pages name, or that is where one usually is, or else selectors to read its newsroom page by.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.errors import (
    BadStatus,
    FetchError,
    NotAFeed,
    NotASitemap,
    ParseError,
    RobotsUnavailable,
    ScrapeError,
    TimedOut,
    Unreachable,
)
from scrapers.excess import refuse_excessive_html
from scrapers.feed import parse_feed
from scrapers.http import HttpClient, Response
from scrapers.links import Link, absolute_url, canonical_url
from scrapers.listing import decoded_html
from scrapers.manners import host_key
from scrapers.markup import plain_text
from scrapers.poll import poll
from scrapers.site_facts import SiteFacts, feed_facts, newsroom_section, page_facts, sitemap_facts
from scrapers.sitemap import parse_sitemap, same_site
from scrapers.sources import FeedSource, ListingSource, SitemapSource
from scrapers.suggestion import suggest

WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feeds/all")
WELL_KNOWN_BELOW = ("/feed", "/rss", "/rss.xml")  # below the page that was named, as in /newsroom/feed
NEWS_SITEMAPS = ("/sitemap-news.xml", "/news-sitemap.xml")
SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
#: No more candidates than this are tried of what one page, or robots.txt, names.
MAX_NAMED = 8
MAX_LISTINGS = 3
#: What a suggestion needs to be one of headlines (see ``scrapers.suggestion``).
LEAST_SCORE = 6.5

#: No more addresses than this are asked for in one search.
MAX_TRIED = 40

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_FEED_TYPES = re.compile(r"(?:application/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json|xml)|text/xml)\s*(?:;|\Z)")
_IN_ADDRESS = re.compile(r"(?:\A|[/._?=&-])(?:rss\d?|feeds?|atom|rdf)(?:\Z|[/._?=&-])", re.IGNORECASE)
_IN_TEXT = re.compile(r"(?<![a-z])(?:rss|(?:news|atom)?[ -]?feeds?)(?![a-z])", re.IGNORECASE)
_MAX_TEXT = 40  # a longer text that says "feed" is a headline
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|link|a)\b", re.IGNORECASE)
_NEWS = re.compile(r"news|press", re.IGNORECASE)
_TITLE_LIMIT = 80
_NOTHING = SiteFacts()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed or a sitemap. ``how`` says in words why."""

    url: str
    how: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class PageNames:
    """What a page says of feeds, the likeliest first, and what the site calls itself."""

    alternates: tuple[Candidate, ...]
    anchors: tuple[Candidate, ...]
    facts: SiteFacts = _NOTHING


@dataclass(frozen=True, slots=True)
class Found:
    """A feed, sitemap or listing that was read and has links. ``newest`` is a date as in Link.published.

    Of a sitemap of the whole site only addresses with one of ``include`` are news; ``hosts`` is whom a sitemap that
    stands elsewhere speaks for. ``listing`` has the selectors.
    """

    kind: Literal["feed", "sitemap", "listing"]
    url: str
    how: str
    links: int
    newest: str | None = None
    facts: SiteFacts = _NOTHING
    include: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    listing: ListingSource | None = None

    def to_source(self, name: str, site: SiteFacts) -> FeedSource | SitemapSource | ListingSource:
        """The source that this makes, with what the site tells where it tells nothing itself."""
        language, publisher = self.facts.language or site.language, self.facts.publisher or site.publisher
        if self.listing is not None:
            return replace(self.listing, name=name, language=language, publisher=publisher)
        if self.kind == "sitemap":
            return SitemapSource(name, self.url, language, publisher, include=self.include, hosts=self.hosts)
        return FeedSource(name, self.url, language, publisher)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a search gave, the best first. ``failures`` says of every other address that was tried why it is none."""

    found: tuple[Found, ...]
    failures: tuple[str, ...]
    facts: SiteFacts = _NOTHING


def page_names(body: bytes, *, url: str, content_type: str | None = None) -> PageNames:
    """The feeds that an HTML page names: in its head, and by links that speak of one in their text or address.

    Feeds of comments come last; links within the site come before those that leave it. Raises UnsafeDocument.
    """
    refuse_excessive_html(body, url)
    page = BeautifulSoup(decoded_html(body, content_type), "lxml")
    base_tag = page.find("base", href=True)
    base = (absolute_url(url, _attribute(base_tag, "href")) if isinstance(base_tag, Tag) else None) or url
    alternates: list[Candidate] = []
    anchors: list[Candidate] = []
    for tag in page.find_all(["link", "a", "area"]):
        address = _address(base, _attribute(tag, "href"))
        if address is None:
            continue
        if tag.name == "link":
            if _is_alternate(tag):
                title = plain_text(_attribute(tag, "title"), _TITLE_LIMIT)
                alternates.append(Candidate(address, "named in the page's head", title))
        elif _speaks_of_a_feed(tag, address):
            anchors.append(Candidate(address, "linked on the page", plain_text(tag.get_text(" "), _TITLE_LIMIT)))
    named = _once(sorted(alternates, key=_of_comments))
    known = {canonical_url(candidate.url) for candidate in named} | {canonical_url(url)}
    linked = sorted(anchors, key=lambda candidate: (_of_comments(candidate), not same_site(candidate.url, url)))
    others = [candidate for candidate in _once(linked) if canonical_url(candidate.url) not in known]
    return PageNames(tuple(named[:MAX_NAMED]), tuple(others[:MAX_NAMED]), page_facts(page))


def usual_places(url: str) -> tuple[Candidate, ...]:
    """Where a feed usually is: below the page itself, then at the root of its site."""
    parts = urlsplit(url)
    below = parts.path.rstrip("/")
    places = [below + path for path in WELL_KNOWN_BELOW] if below and "." not in below.rpartition("/")[2] else []
    made = (Candidate(urljoin(url, path), "at a usual place") for path in (*places, *WELL_KNOWN))
    return tuple(candidate for candidate in _once(made) if canonical_url(candidate.url) != canonical_url(url))


def sitemap_places(robots: str, url: str) -> tuple[Candidate, ...]:
    """News sitemaps that robots.txt names, the usual places of one, and then sitemaps of whole sites alike."""
    addresses = (absolute_url(url, written) for written in _SITEMAP_LINE.findall(robots))
    named = [Candidate(address, "named in robots.txt") for address in addresses if address]
    news = [candidate for candidate in named if _NEWS.search(urlsplit(candidate.url).path)]
    others = [candidate for candidate in named if candidate not in news]
    usual = [Candidate(urljoin(url, path), "at a usual place") for path in NEWS_SITEMAPS]
    whole = [Candidate(urljoin(url, path), "at a usual place") for path in SITEMAPS]
    return tuple(_once([*news[:MAX_NAMED], *usual, *others[:MAX_NAMED], *whole]))


async def discover(url: str, client: HttpClient, *, tell: Callable[[str], None] = lambda told: None) -> Discovery:
    """Look for a feed or sitemap, beginning with ``url`` itself, until some place has one, or else for a listing.

    The best is found first. Every address is asked for through ``client``, and only what can be read and has links
    counts. ``tell`` hears each address before it is asked for. Raises ScrapeError when the site cannot be reached or
    forbids it.
    """
    return await _Search(client, tell).run(url)


class _Search:
    def __init__(self, client: HttpClient, tell: Callable[[str], None]) -> None:
        self._client = client
        self._tell = tell
        self._start = ""
        self._asked = 0
        self._tried: set[str] = set()
        self._silent: set[str] = set()  # hosts that do not answer, or asked to be left alone
        self._found: dict[str, Found] = {}
        self._failures: list[str] = []

    async def run(self, url: str) -> Discovery:
        self._start = url
        names = PageNames((), ())
        body = await self._try(Candidate(url, "the address itself"), must_answer=True)
        base = url
        if not self._found and body is not None:
            base = body.url
            names = await _names(body)
            await self._try_all(names.alternates)
            if not self._found:
                await self._try_all(names.anchors, deeper=True)
        if not self._found:
            await self._try_all(usual_places(base), first_only=True)
        if not self._found:
            await self._try_all(sitemap_places(await self._robots(base), base), first_only=True)
        found = list(self._found.values())
        if body is not None and not any(other.kind == "feed" or not other.include for other in found):
            listings = await self._listings(body)
            # Headlines with their days beat the bare addresses of a whole site.
            ahead = [listing for listing in listings if listing.newest is not None]
            found = [*ahead, *found, *(listing for listing in listings if listing.newest is None)]
        return Discovery(tuple(found), tuple(self._failures), names.facts)

    async def _listings(self, page: Response) -> list[Found]:
        """What of the page that was named repeats like the headlines of a newsroom."""
        try:
            suggestions = await asyncio.to_thread(
                suggest, page.body, url=page.url, content_type=page.content_type, limit=MAX_LISTINGS
            )
        except ParseError as error:
            self._failures.append(f"{page.url}: {error.cause}")
            return []
        told = "by selectors for the page itself"
        return [
            Found(
                "listing", page.url, told, len(suggestion.links), _newest(suggestion.links),
                SiteFacts(language=suggestion.source.language), listing=suggestion.source,
            )
            for suggestion in suggestions
            if suggestion.score >= LEAST_SCORE
        ]  # fmt: skip

    async def _try_all(
        self, candidates: Iterable[Candidate], *, first_only: bool = False, deeper: bool = False
    ) -> None:
        """With ``deeper`` a page that lists feeds is followed, once."""
        for candidate in candidates:
            page = await self._try(candidate)
            if page is not None and deeper:
                names = await _names(page)
                await self._try_all((*names.alternates, *names.anchors)[:MAX_NAMED])
            if self._found and (first_only or deeper):
                return

    async def _try(self, candidate: Candidate, *, must_answer: bool = False) -> Response | None:
        """Take the candidate if it is one; else the answer, if it may be a page that names one."""
        key = canonical_url(candidate.url)
        if key in self._tried or host_key(candidate.url) in self._silent:
            return None
        if self._asked == MAX_TRIED:
            return None
        self._asked += 1
        self._tried.add(key)
        self._tell(candidate.url)
        try:
            response = await self._client.get(candidate.url, accept=_ACCEPT)
        except FetchError as error:
            if must_answer and not isinstance(error, BadStatus):
                raise
            if isinstance(error, TimedOut | Unreachable | RobotsUnavailable) or (
                isinstance(error, BadStatus) and error.status == 429
            ):
                self._silent.add(host_key(candidate.url))
            self._failures.append(f"{candidate.url}: {error.cause}")
            return None
        self._tried.add(canonical_url(response.url))
        try:
            found = await self._read(candidate, response)
        except ScrapeError as error:
            self._failures.append(f"{candidate.url}: {error.cause}")
            return response if isinstance(error, ParseError) and _MARKUP.search(response.body[:50_000]) else None
        if found.links:
            self._found.setdefault(canonical_url(found.url), found)
        else:
            self._failures.append(f"{candidate.url}: this is a {found.kind}, but it has no links")
        return None

    async def _read(self, candidate: Candidate, response: Response) -> Found:
        """Raises ParseError, or FetchError for the sitemaps of an index."""
        body, url, content_type = response.body, response.url, response.content_type
        try:
            links, _ = await asyncio.to_thread(parse_feed, body, url=url, content_type=content_type)
            facts = await asyncio.to_thread(feed_facts, body)
            facts = replace(facts, title=candidate.title or facts.title)
            return Found("feed", url, candidate.how, len(links), _newest(links), facts)
        except NotAFeed as no_feed:
            # A site may keep its sitemap elsewhere, and then names it in its robots.txt.
            home = urlsplit(self._start).hostname or ""
            hosts = () if same_site(url, self._start) else (home,)
            try:
                sitemap = await asyncio.to_thread(parse_sitemap, body, url=url, content_type=content_type, hosts=hosts)
            except ParseError:
                raise no_feed from None
        links = sitemap.links
        if sitemap.is_index:
            links = (await poll(SitemapSource(url, url, hosts=hosts), self._client)).links
        include: tuple[str, ...] = ()
        if not any(link.published for link in links):  # of the whole site, not of its news
            section = newsroom_section(links, self._start)
            if section is None and candidate.url != self._start:
                raise NotASitemap(url, f"none of its {len(links)} addresses looks like news")
            include = (section,) if section else ()
            links = tuple(link for link in links if section is None or section in link.url)
        dates = (link.published or link.modified or "" for link in links)
        newest = max(dates, default="") or None
        return Found("sitemap", url, candidate.how, len(links), newest, sitemap_facts(links), include, hosts)

    async def _robots(self, url: str) -> str:
        address = urljoin(url, "/robots.txt")
        if host_key(address) in self._silent:
            return ""
        self._tell(address)
        try:
            return (await self._client.get(address, accept="text/plain, */*;q=0.5")).body.decode("utf-8", "replace")
        except FetchError as error:
            self._failures.append(f"{address}: {error.cause}")
            return ""


async def _names(response: Response) -> PageNames:
    return await asyncio.to_thread(page_names, response.body, url=response.url, content_type=response.content_type)


def _newest(links: Iterable[Link]) -> str | None:
    return max((link.published or "" for link in links), default="") or None


def _address(base: str, href: str) -> str | None:
    if href.strip().lower().startswith("feed:"):  # an old habit: feed:https://… or feed://…
        rest = href.strip()[5:]
        href = f"https:{rest}" if rest.startswith("//") else rest
    return absolute_url(base, href)


def _is_alternate(tag: Tag) -> bool:
    rel = tag.get("rel")  # Beautiful Soup makes a list of it
    tokens = {token.lower() for token in (rel.split() if isinstance(rel, str) else rel or ())}
    kind = _attribute(tag, "type").strip().lower()
    return ("alternate" in tokens and bool(_FEED_TYPES.match(kind))) or "feed" in tokens


def _speaks_of_a_feed(tag: Tag, address: str) -> bool:
    parts = urlsplit(address)
    if _IN_ADDRESS.search(parts.path) or _IN_ADDRESS.search(parts.query) or (parts.hostname or "").startswith("rss."):
        return True
    said = [tag.get_text(" "), _attribute(tag, "title"), _attribute(tag, "aria-label")]
    said += [_attribute(image, "alt") for image in tag.find_all("img")]
    texts = (" ".join(text.split()) for text in said)
    return any(len(text) <= _MAX_TEXT and _IN_TEXT.search(text) for text in texts)


def _of_comments(candidate: Candidate) -> bool:
    return "comment" in f"{urlsplit(candidate.url).path} {candidate.title or ''}".lower()


def _once(candidates: Iterable[Candidate]) -> list[Candidate]:
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        kept.setdefault(canonical_url(candidate.url), candidate)
    return list(kept.values())


def _attribute(element: Tag, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""
