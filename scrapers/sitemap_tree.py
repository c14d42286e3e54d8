"""Walks from an index of sitemaps to the sitemaps in it, within limits of number and depth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from scrapers.errors import ScrapeError
from scrapers.http import Response
from scrapers.links import Link, canonical_url
from scrapers.sitemap import Sitemap, newest, parse_sitemap
from scrapers.sources import SitemapSource

#: An index in an index in an index is still read, what that one names is not.
MAX_DEPTH = 3
#: Indexes and sitemaps together, whatever the source's settings.
MAX_FETCHED = 1000
_NOTES_OF_ONE_KIND = 3

Get = Callable[[str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Tree:
    """What a sitemap and all that it leads to gave: the newest links.

    With ``can_be_unchanged`` an unchanged first file means that nothing is new below it either.
    """

    links: tuple[Link, ...]
    notes: tuple[str, ...]
    can_be_unchanged: bool


async def read_tree(source: SitemapSource, response: Response, get: Get) -> Tree:
    """The links of the sitemap in ``response``; of an index, those of its newest sitemaps, fetched by ``get``.

    Raises ScrapeError when nothing of it can be read; what else fails becomes a note.
    """
    walk = _Walk(source, get, left=source.max_sitemaps)
    first = await _parsed(response, source)
    walk.notes.extend(first.notes)
    if first.is_index:
        walk.seen.add(canonical_url(response.url))
        await walk.descend(first, depth=1)
    else:
        walk.take(first)
    if walk.failures and not walk.read:
        raise walk.failures[0]
    links = newest(walk.links, source.max_links)
    if walk.total > len(links):
        walk.notes.append(f"of {walk.total:,} addresses the newest {len(links):,} were taken")
        if not any(link.published or link.modified for link in links):
            walk.notes[-1] += (
                " (none has a date, so those at the beginning and the end of the file; raise max_links if new ones "
                "stand elsewhere)"
            )
    once = {canonical_url(link.url): link for link in reversed(links)}
    return Tree(tuple(reversed(once.values())), tuple(walk.notes), not first.is_index or walk.trusts_its_dates)


@dataclass(slots=True)
class _Walk:
    source: SitemapSource
    get: Get
    left: int
    links: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[ScrapeError] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    total: int = 0
    read: int = 0
    #: Sitemaps may change while the index does not, unless it says by the minute when each of them changed.
    trusts_its_dates: bool = True

    def take(self, sitemap: Sitemap) -> None:
        self.read += 1
        self.total += sitemap.total
        self.links.extend(sitemap.links)

    async def descend(self, index: Sitemap, *, depth: int) -> None:
        chosen = newest(index.links, self.left)
        looked = 0
        for link in chosen:
            if self.left <= 0 or len(self.seen) > MAX_FETCHED:
                break
            looked += 1
            self.trusts_its_dates = self.trusts_its_dates and "T" in (link.modified or "")
            if (key := canonical_url(link.url)) not in self.seen:
                self.seen.add(key)
                await self._look(link.url, depth)
        if looked < index.total:
            told = "the newest" if any(link.modified for link in chosen) else "the first and last"
            self.notes.append(f"of {index.total:,} sitemaps {told} {looked} were read")

    async def _look(self, url: str, depth: int) -> None:
        try:
            sitemap = await _parsed(await self.get(url), self.source)
        except ScrapeError as error:
            self.failures.append(error)
            self.left -= 1
            self.trusts_its_dates = False
            self._note(f"a sitemap was not read: {error}", len(self.failures))
            return
        for number, note in enumerate(sitemap.notes, 1):
            self._note(f"{url}: {note}", number)
        if not sitemap.is_index:
            self.left -= 1
            self.take(sitemap)
            return
        self.trusts_its_dates = False
        if depth == MAX_DEPTH:
            self.notes.append(f"{url} is an index {depth + 1} levels deep; name it as a source of its own")
        else:
            await self.descend(sitemap, depth=depth + 1)

    def _note(self, text: str, number: int) -> None:
        if number <= _NOTES_OF_ONE_KIND:
            self.notes.append(text)


async def _parsed(response: Response, source: SitemapSource) -> Sitemap:
    return await asyncio.to_thread(
        parse_sitemap,
        response.body,
        url=response.url,
        content_type=response.content_type,
        language=source.language,
        hosts=source.hosts,
        include=source.include,
        limit=max(source.max_links, source.max_sitemaps),
    )
