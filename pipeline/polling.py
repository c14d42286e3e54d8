"""Looking at sources: asks each as its memory says, keeps what was found together with what is remembered then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from pipeline.alarms import AlarmNews
from pipeline.deal_words import tells_of_deals
from pipeline.errors import told
from pipeline.rhythm import Chance, Pace
from pipeline.source_memory import (
    Change,
    Fault,
    Look,
    address_of,
    after_fault,
    after_look,
    after_reading,
    to_verify,
    validators_to_send,
)
from pipeline.writing import Writer
from scrapers.backfill import Choice, choose_links
from scrapers.errors import BadStatus, FetchError, ScrapeError
from scrapers.http import HttpClient
from scrapers.identity import identity
from scrapers.links import Link, canonical_url, unwrapped
from scrapers.pages import Page
from scrapers.poll import poll
from scrapers.sources import ArchiveSource, FeedSource, ListingSource, Poll, SitemapSource, Source
from storage import pages
from storage import sources as source_table
from storage.page_identity import url_key
from storage.pages import FetchedPage, FoundLink
from storage.sources import PagesRead, SourceState

Clock = Callable[[], datetime]
_MOST_NOTES = 20


@dataclass(slots=True)
class Tally:
    """What the polls of one source gave in this pass; a source that is read bit by bit is polled several times."""

    polled: bool = False
    found: int = 0
    new: int = 0
    not_modified: bool = False
    notes: tuple[str, ...] = ()
    error: str | None = None
    reached: str = ""  # how far a source that is read bit by bit has been read
    more: bool = False


@dataclass(slots=True)
class Poller:
    """Polls sources and remembers how that went. The clock gives aware UTC."""

    writer: Writer
    client: HttpClient
    now: Clock
    pace: Mapping[str, Pace]
    backfill: Mapping[str, date | timedelta]
    chance: Chance
    news: list[AlarmNews] = field(default_factory=list)
    _states: dict[str, SourceState] = field(default_factory=dict)

    def load(self, session: Session, names: Collection[str]) -> None:
        """Recall these sources, all at once; each must be recalled before it is polled."""
        self._states |= source_table.load_states(session, names)

    async def poll(self, source: Source, tally: Tally) -> None:
        """Look at a source and keep what it links to. Raises ScrapeError, which is for ``failed``, and StorageError."""
        state, now = self._states[source.name], self.now()
        goes_on, tally.polled, tally.more = tally.more, True, False
        asked = _at_address(source, address_of(state))
        worth_reading = await asyncio.to_thread(tells_of_deals) if isinstance(source, ArchiveSource) else None
        found = await poll(
            asked, self.client, validators_to_send(state, now), doubt=to_verify(state, now), told=worth_reading
        )
        chosen = self._choose(state, found.links)
        links = [_found_link(link) for link in chosen.taken]
        left_out = [_found_link(link) for link in chosen.undated]
        everything = self.backfill.get(source.name) == date.min
        dates = {_key(link.url): link.published for link in found.links}
        documents = [(_found_link(Link(page.url)), fetched_page(page)) for page in found.pages]
        notes = tuple(dict.fromkeys((*tally.notes, *found.notes, *chosen.notes)))[:_MOST_NOTES]
        count = tally.found + len(found.links) + len(documents)

        def keep(session: Session) -> tuple[int, Change]:
            now = self.now()
            before: frozenset[str] = frozenset()
            new = tally.new + (pages.readmit(session, source.name, now) if everything else 0)
            if dates or documents:
                before = source_table.last_links(session, state.id)
                new += pages.add_links(session, source.name, links, now)
                pages.add_links(session, source.name, left_out, now, left_out=True)
                new += pages.add_documents(session, source.name, documents, now)
                source_table.keep_links(session, state.id, dates)
            look = _look(found, count, new, dates, before, notes, goes_on=goes_on)
            change = after_look(state, look, self._pace(source), now, self.chance)
            if change.poll is not None:
                source_table.record_poll(session, state, change.state, change.poll)
            return new, change

        tally.new, change = await self.writer.write(keep)
        tally.found, tally.notes, tally.not_modified = count, notes, found.not_modified
        tally.more, tally.reached = found.more, found.reached
        self._keep(change)

    async def failed(self, source: Source, error: Exception) -> None:
        """Remember that a poll failed. Raises StorageError."""
        state = self._states[source.name]
        gone = isinstance(error, BadStatus) and error.status == 410 and error.url == address_of(state)
        fault = Fault(
            told(error),
            temporary=isinstance(error, ScrapeError) and error.temporary,
            gone=gone,
            asked_seconds=error.retry_after_seconds if isinstance(error, FetchError) else None,
        )

        def keep(session: Session) -> Change:
            change = after_fault(state, fault, self._pace(source), self.now(), self.chance)
            if change.poll is not None:
                source_table.record_poll(session, state, change.state, change.poll)
            return change

        self._keep(await self.writer.write(keep))

    async def postponed(self, source: Source, until: datetime) -> None:
        """Remember that a poll could not be made for reasons that are not the source's. Raises StorageError."""
        state = self._states[source.name]
        later = replace(state, next_poll_at=until, next_poll_why="its host is asked no more for now")
        await self.writer.write(lambda session: source_table.save_state(session, state, later))
        self._states[source.name] = later

    async def pages_read(self, read: Mapping[str, PagesRead]) -> None:
        """Remember what pages of these sources gave. Raises StorageError."""

        def keep(session: Session) -> list[Change]:
            unknown = [name for name in read if name not in self._states]
            states = self._states | source_table.load_states(session, unknown)
            changes = []
            for name, gave in read.items():
                change = after_reading(states[name], gave.texts, self.now())
                source_table.record_pages(session, states[name], change.state, gave)
                changes.append(change)
            return changes

        for change in await self.writer.write(keep):
            self._keep(change)

    def _keep(self, change: Change) -> None:
        self._states[change.state.name] = change.state
        self.news.extend(change.news)

    def _choose(self, state: SourceState, links: Sequence[Link]) -> Choice:
        """What is taken of the links of one look, by how far back the source is to be read."""
        setting = self.backfill.get(state.name, date.min)
        since = (state.added_at - setting).date() if isinstance(setting, timedelta) else setting
        first = state.last_success_at is None
        return choose_links(links, since=None if since == date.min else since, first_poll=first, now=self.now())

    def _pace(self, source: Source) -> Pace:
        return self.pace.get(source.name) or Pace()


def fetched_page(page: Page) -> FetchedPage:
    """What was fetched, as storage keeps it."""
    return FetchedPage(
        final_url=page.final_url,
        status=page.status,
        content_type=page.content_type,
        body=page.body,
        fetched_at=page.fetched_at,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
    )


def _at_address(source: Source, url: str) -> Source:
    match source:
        case FeedSource() | ListingSource() | SitemapSource() if source.url != url:
            return replace(source, url=url)
        case _:
            return source


def _look(
    found: Poll,
    count: int,
    new: int,
    dates: Mapping[str, str | None],
    before: frozenset[str],
    notes: tuple[str, ...],
    *,
    goes_on: bool,
) -> Look:
    return Look(
        validators=found.validators,
        not_modified=found.not_modified,
        found=count,
        new=new,
        links=frozenset(dates),
        before=before,
        fresh=tuple(_moment(published) for key, published in dates.items() if key not in before),
        notes=notes,
        fresh_seconds=found.fresh_seconds,
        ttl_seconds=found.ttl_seconds,
        permanent_url=found.permanent_url,
        verified=found.verified,
        contradicted=found.contradicted,
        goes_on=goes_on,
        more=found.more,
    )


def _key(url: str) -> str:
    return url_key(identity(url))[: source_table.KEY_DIGITS]


def _found_link(link: Link) -> FoundLink:
    return FoundLink(
        url=unwrapped(link.url),
        canonical_url=canonical_url(link.url),
        title=link.title,
        published=link.published,
        guid=link.guid,
        summary=link.summary,
        fingerprint=link.fingerprint,
        identity=identity(link.url),
        updated=link.modified,
    )


def _moment(published: str | None) -> datetime | None:
    """A link's date; None where it is not known to the day."""
    if published is None or len(published) < len("2026-11-05"):
        return None
    moment = datetime.fromisoformat(published)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
