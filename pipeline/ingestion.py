"""One pass over the sources: poll -> links -> pages -> articles -> reports -> deals.

A fault costs only the thing it belongs to: a bad page loses that page, a bad source loses that source. Everything that
was found is in the database before it is fetched, and an article is written with its reports and its deals in one
transaction, so a killed process loses nothing and the next pass doubles nothing.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import defaultdict, deque
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.errors import ArticleError, ExtractionError, PipelineError, told
from pipeline.ingest_result import Failure, IngestResult, Progress, ProgressCallback, SourceResult, Stage
from pipeline.polling import Clock, Poller, Tally, fetched_page
from pipeline.reading import Extractor, keep_document, link_of, read_document
from pipeline.resolver import Resolved, Unsettled, settle
from pipeline.rhythm import FIRST_RETRY, LAST_RETRY, Chance, Pace
from pipeline.writing import HOPELESS, Writer
from scrapers.errors import FetchError, HostBusy, ScrapeError
from scrapers.http import HttpClient
from scrapers.manners import host_key
from scrapers.pages import fetch_page
from scrapers.slots import Slots
from scrapers.sources import ArchiveSource, Source, settings_key
from storage import pages
from storage import sources as source_table
from storage.database import Database
from storage.errors import DatabaseLocked, StorageError
from storage.pages import Backlog, PageRef
from storage.sources import PagesRead
from storage.vocabulary import PageState

#: Of a page: once the network is back, what waited for it is not to wait much longer.
LAST_PAGE_RETRY = timedelta(hours=6)
#: In the service, who would wait longer than this for the turn of a host comes back later instead.
PATIENCE = timedelta(minutes=2)
#: In the service, how long a pass takes up new pages before the next one looks what else is due.
PASS_TIME = timedelta(minutes=5)
#: Hosts at work for each slot: most of the time they wait politely, and hold none.
_HOSTS_PER_SLOT = 8
_BATCH = 200
_LOCKED_IN_ROW = 3


async def ingest(
    sources: Sequence[Source],
    database: Database,
    client: HttpClient,
    *,
    now: Clock,
    progress: ProgressCallback | None = None,
    extract: Extractor | None = None,
    concurrency: int = 8,
    stop: asyncio.Event | None = None,
    pace: Mapping[str, Pace] | None = None,
    due_only: bool = False,
    ask_retired: bool = False,
    keep_pages: bool = True,
    configured: Sequence[Source] | None = None,
    backfill: Mapping[str, date | timedelta] | None = None,
    chance: Chance = random.random,
) -> IngestResult:
    """Poll every source given (with ``due_only``: that is due), then fetch and read every page of theirs that is due.

    ``now`` gives aware UTC. ``extract`` defaults to ``pipeline.extraction.extract``. ``concurrency`` is how many
    requests and readings there are at once, without who waits for the turn of a host. ``stop``, once set, ends the pass
    after the pages in hand. ``pace`` says how often each source, by name, may be polled; ``chance`` spreads the polls.
    Sources that are retired (they said that they are gone) are polled only with ``ask_retired``. ``keep_pages`` keeps
    the raw pages for later re-extraction. ``configured``, when given, are all sources there are, whatever this pass
    looks at: every other one is no longer polled, and who names its waiting pages takes them over. ``backfill`` says,
    by name, since when links are taken: a day, or a period before the day on which the source was added (without it:
    all of them).

    Raises StorageError only when the database itself cannot be used: unreachable, read-only, of another version, or
    locked for good.
    """
    if extract is None:
        from pipeline.extraction import extract as default_extract

        extract = default_extract
    writer = Writer(database)
    work = _Pass(
        sources={source.name: source for source in sources},
        database=database,
        writer=writer,
        poller=Poller(writer, client, now, pace or {}, backfill or {}, chance),
        client=client,
        now=now,
        progress=progress,
        extract=extract,
        slots=Slots(max(1, concurrency), patience_seconds=PATIENCE.total_seconds() if due_only else math.inf),
        concurrency=max(1, concurrency),
        stop=stop or asyncio.Event(),
        due_only=due_only,
        ask_retired=ask_retired,
        keep_pages=keep_pages,
        configured=configured,
        backfill=backfill or {},
        started_at=now(),
    )
    try:
        await work.run()
    except* StorageError as group:
        raise _first(group) from None
    left = await work.left()
    return IngestResult(
        started_at=work.started_at,
        finished_at=now(),
        sources=tuple(work.tally[source.name].result(source) for source in sources),
        failures=tuple(work.failures),
        stopped=work.stop.is_set(),
        waiting=left.waiting,
        next_try_at=left.next_try_at,
        set_aside=left.set_aside,
        alarms=tuple(work.poller.news),
    )


@dataclass(slots=True)
class _Tally(Tally):
    """The counts of one source while the pass is under way."""

    read: int = 0
    failed: int = 0
    reports: int = 0
    new_deals: int = 0
    updated_deals: int = 0

    def result(self, source: Source) -> SourceResult:
        return SourceResult(
            name=source.name,
            kind=source.kind,
            polled=self.polled,
            found=self.found,
            new=self.new,
            not_modified=self.not_modified,
            read=self.read,
            failed=self.failed,
            reports=self.reports,
            new_deals=self.new_deals,
            updated_deals=self.updated_deals,
            error=self.error,
            notes=self.notes,
        )


@dataclass(slots=True)
class _Gave:
    """What pages of one source gave that is not remembered yet."""

    texts: list[int] = field(default_factory=list)
    read: int = 0
    failed: int = 0
    deals: int = 0


@dataclass(slots=True)
class _Pass:
    """One pass under way. Database work runs in threads, one transaction at a time."""

    sources: dict[str, Source]
    database: Database
    writer: Writer
    poller: Poller
    client: HttpClient
    now: Clock
    progress: ProgressCallback | None
    extract: Extractor
    slots: Slots
    concurrency: int
    stop: asyncio.Event
    due_only: bool
    ask_retired: bool
    keep_pages: bool
    configured: Sequence[Source] | None
    backfill: Mapping[str, date | timedelta]
    started_at: datetime
    tally: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    failures: list[Failure] = field(default_factory=list)
    gave: dict[str, _Gave] = field(default_factory=lambda: defaultdict(_Gave))
    attempted: set[int] = field(default_factory=set)
    done: int = 0
    total: int = 0
    locked_in_row: int = 0

    async def run(self) -> None:
        to_poll = await self.writer.run(self._begin)
        while True:
            async with asyncio.TaskGroup() as tasks:
                for name in to_poll:
                    tasks.create_task(self._poll(self.sources[name]))
            # What a source gave is read before it is asked for more, so that no backlog builds up.
            await self._all_pages()
            unfinished = [name for name, tally in self.tally.items() if tally.more]
            if not unfinished or self._enough():
                return
            # One that takes hours must not keep the others waiting: those that are due by now have their turn too.
            to_poll = await self.writer.run(self._due_sources) if self.due_only else unfinished

    async def _all_pages(self) -> None:
        """Each host's pages one after the other, hosts beside each other; a slow one keeps nobody waiting."""
        queues: dict[str, deque[PageRef]] = {}
        async with asyncio.TaskGroup() as tasks:
            at_work: set[asyncio.Task[None]] = set()
            while not self._enough():
                batch = await self._next_batch(queues) if len(queues) < self.concurrency * _HOSTS_PER_SLOT else []
                for ref in batch:
                    # Files have no host to be polite to.
                    host = host_key(ref.url) or f"file {ref.id % self.concurrency}"
                    if host in queues:
                        queues[host].append(ref)
                    else:
                        queues[host] = deque([ref])
                        at_work.add(tasks.create_task(self._pages(host, queues)))
                if not batch:
                    if not at_work:
                        return
                    _, at_work = await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)

    async def _next_batch(self, queues: Mapping[str, Sequence[PageRef]]) -> list[PageRef]:
        # Those of this pass that are still due (queued, or with a failure that could not be recorded) must not hide the
        # others.
        limit = _BATCH + len(self.attempted) + sum(map(len, queues.values()))
        due = await self.writer.run(lambda: self._due(limit))
        batch = [ref for ref in due if ref.id not in self.attempted]
        self.attempted.update(ref.id for ref in batch)
        self.total += len(batch)
        return batch

    def _enough(self) -> bool:
        """A pass of the service ends in time for what has become due since, such as the next polls."""
        return self.stop.is_set() or (self.due_only and self.now() - self.started_at > PASS_TIME)

    async def left(self) -> Backlog:
        """What this pass leaves behind."""

        def look() -> Backlog:
            with self.database.reading() as session:
                return pages.backlog(session, source_names=list(self.sources))

        return await self.writer.run(look)

    def _begin(self) -> list[str]:
        """Ready the tables; the names of the sources to poll."""
        now = self.now()
        with self.database.session() as session:
            there_are = {source.name: source for source in self.configured or ()} | self.sources
            given = [(source.name, source.kind, source.url) for source in there_are.values()]
            settings = {name: settings_key(source, str(self.backfill.get(name))) for name, source in there_are.items()}
            retire = self.configured is not None
            source_table.sync_sources(session, given, now, retire_others=retire, settings=settings)
        # What an earlier run, or a change of an article, left undone.
        with self.database.session() as session:
            unsettled = settle(session, now=now)
        self._unsettled(unsettled)
        return self._due_sources()

    def _due_sources(self) -> list[str]:
        """The names of the sources to poll, which are then recalled."""
        with self.database.reading() as session:
            if self.due_only:
                due = [name for name in source_table.due_sources(session, self.now()) if name in self.sources]
            else:
                retired = set() if self.ask_retired else source_table.retired_sources(session)
                due = [name for name in self.sources if name not in retired]
            self.poller.load(session, due)
        return due

    def _due(self, limit: int) -> list[PageRef]:
        with self.database.reading() as session:
            return pages.due_pages(session, now=self.now(), limit=limit, source_names=list(self.sources))

    # -- sources -------------------------------------------------------------------------------------------------

    async def _poll(self, source: Source) -> None:
        async with self.slots.work():
            if self.stop.is_set():
                return
            tally = self.tally[source.name]
            self._tell(Stage.POLL, source.name, source.name)
            try:
                await self.poller.poll(source, tally)
            except HOPELESS:
                raise
            except StorageError as error:
                self._fail(Stage.POLL, source.name, source.name, error, temporary=True)
            except HostBusy as busy:
                await self._poll_postponed(source, busy)
            except Exception as error:  # noqa: BLE001 - a source that trips us must cost only itself
                tally.error = told(error)
                temporary = error.temporary if isinstance(error, ScrapeError) else False
                self._fail(Stage.POLL, source.name, source.name, error, temporary=temporary)
                await self._record(Stage.POLL, source.name, source.name, self.poller.failed(source, error))
            else:
                if tally.reached:
                    self._tell(Stage.POLL, source.name, f"{source.name}: {tally.reached}")

    async def _poll_postponed(self, source: Source, busy: HostBusy) -> None:
        """Not the fault of this source, so nothing is counted against it."""
        tally = self.tally[source.name]
        tally.polled = False
        if not self.due_only:  # nobody comes back by himself
            tally.error = told(busy)
            self._fail(Stage.POLL, source.name, source.name, busy, temporary=True)
            return
        until = self.now() + _asked_wait(busy)
        await self._record(Stage.POLL, source.name, source.name, self.poller.postponed(source, until))

    # -- pages ---------------------------------------------------------------------------------------------------

    async def _pages(self, host: str, queues: dict[str, deque[PageRef]]) -> None:
        queue = queues[host]
        while queue and not self._enough():
            ref = queue.popleft()
            try:
                async with self.slots.work():
                    await self._page(ref)
            except HostBusy as busy:
                later = [ref]
                if host_key(busy.url) == host:  # and not another one, where a redirect led
                    later.extend(queue)
                    queue.clear()
                await self._postponed(later, busy)
        del queues[host]
        await self._remember_pages()

    async def _postponed(self, refs: Sequence[PageRef], busy: HostBusy) -> None:
        """Not the fault of these pages, so it is no attempt of theirs."""

        def keep() -> None:
            with self.database.session() as session:
                pages.postpone(session, [ref.id for ref in refs], until=self.now() + _asked_wait(busy))

        await self._record(Stage.FETCH, refs[0].source, refs[0].url, self.writer.run(keep))
        self.done += len(refs)

    async def _page(self, ref: PageRef) -> None:
        stage = Stage.READ if ref.state is PageState.FETCHED else Stage.FETCH
        failure: Failure | None = None
        try:
            if stage is Stage.FETCH:
                ref = await self._fetch(ref)
                stage = Stage.READ
            await self._read(ref)
            self.locked_in_row = 0
        except (*HOPELESS, HostBusy):
            raise
        except DatabaseLocked as error:
            failure = self._fail(stage, ref.source, ref.url, error, temporary=True)
            self.locked_in_row += 1
            if self.locked_in_row >= _LOCKED_IN_ROW:
                raise
        except Exception as error:  # noqa: BLE001 - a page that trips us must cost only itself
            failure = await self._page_failed(ref, stage, error)
        if failure is not None:
            self.tally[ref.source].failed += 1
        self.done += 1
        self._tell(stage, ref.source, ref.url, failure)

    async def _fetch(self, ref: PageRef) -> PageRef:
        page = await fetch_page(link_of(ref), self.sources[ref.source], self.client)

        def keep() -> PageRef:
            with self.database.session() as session:
                pages.save_fetched(session, ref.id, fetched_page(page), self.now())
                return pages.get_page(session, ref.id)

        return await self.writer.run(keep)

    async def _read(self, ref: PageRef) -> None:
        body = await self.writer.run(lambda: self._body(ref.id))
        source = self.sources[ref.source]
        fetched_at = ref.fetched_at or self.now()
        archived = isinstance(source, ArchiveSource)
        try:
            document = await asyncio.to_thread(read_document, body, ref, source, self.extract, fetched_at=fetched_at)
        except ArticleError:
            if not archived:
                raise
            # An archive has all sorts of pages: that one is no article is no failure.
            await self.writer.run(lambda: self._no_article(ref.id))
            return
        # What an archive has need not be kept a second time, but for what deals stand on.
        keep_body = self.keep_pages and (bool(document.reports) or not archived)

        def keep() -> Resolved:
            return keep_document(self.database, ref.id, document, now=self.now(), keep_body=keep_body)

        resolved = await self.writer.run(keep)
        tally = self.tally[ref.source]
        gave = self.gave[ref.source]
        gave.read += 1
        gave.deals += len(resolved.new)
        gave.texts.append(len(document.article.text))
        tally.read += 1
        tally.reports += len(document.reports) if resolved.duplicate_of is None else 0
        tally.new_deals += len(resolved.new)
        tally.updated_deals += len(resolved.updated)
        self._unsettled(resolved.unsettled)

    async def _remember_pages(self) -> None:
        read = {
            name: PagesRead(tuple(gave.texts), gave.read, gave.failed, gave.deals) for name, gave in self.gave.items()
        }
        self.gave.clear()
        if read:
            await self._record(Stage.READ, ", ".join(read), "health", self.poller.pages_read(read))

    def _no_article(self, page_id: int) -> None:
        with self.database.session() as session:
            pages.mark_read(session, page_id, "no_article", now=self.now(), keep_body=False)

    def _body(self, page_id: int) -> bytes:
        with self.database.reading() as session:
            return pages.load_body(session, page_id)

    async def _page_failed(self, ref: PageRef, stage: Stage, error: Exception) -> Failure:
        if isinstance(error, ScrapeError):
            temporary = error.temporary
        else:
            # A page is not tried again because of what is in it; because of what happened to us, it is.
            ours = isinstance(error, ExtractionError)
            temporary = ours or not isinstance(error, PipelineError | StorageError | ValueError | TypeError)

        def keep() -> None:
            now = self.now()
            with self.database.session() as session:
                pages.record_failure(
                    session,
                    ref.id,
                    told(error),
                    now=now,
                    temporary=temporary,
                    next_try_at=now + max(min(_backoff(ref.attempts + 1), LAST_PAGE_RETRY), _asked_wait(error)),
                    out_of_reach=isinstance(error, ScrapeError),
                )

        self.gave[ref.source].failed += 1
        if not temporary:
            self.gave[ref.source].texts.append(0)
        await self._record(stage, ref.source, ref.url, self.writer.run(keep))
        return self._fail(stage, ref.source, ref.url, error, temporary=temporary)

    # -- both ----------------------------------------------------------------------------------------------------

    async def _record(self, stage: Stage, source: str, subject: str, work: Awaitable[None]) -> None:
        """Note a failure; when even that fails, the thing simply stays due."""
        try:
            await work
        except HOPELESS:
            raise
        except StorageError as error:
            self._fail(stage, source, subject, error, temporary=True)

    def _fail(self, stage: Stage, source: str, subject: str, error: Exception, *, temporary: bool) -> Failure:
        failure = Failure(source, stage, subject, told(error), temporary)
        self.failures.append(failure)
        return failure

    def _unsettled(self, left: Sequence[Unsettled]) -> None:
        """Count what trips the resolution: once, however often a pass comes upon it."""
        told_of = {failure.subject for failure in self.failures if failure.stage is Stage.RESOLVE}
        for stuck in left:
            if stuck.subject not in told_of:
                self._fail(Stage.RESOLVE, stuck.source, stuck.subject, stuck.error, temporary=True)

    def _tell(self, stage: Stage, source: str, subject: str, failure: Failure | None = None) -> None:
        if self.progress is not None:
            self.progress(Progress(stage, source, subject, self.done, self.total, failure))


def _backoff(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return min(FIRST_RETRY * (1 << min(max(failures - 1, 0), 12)), LAST_RETRY)


def _asked_wait(error: Exception) -> timedelta:
    """How long the server asked to be left alone."""
    seconds = error.retry_after_seconds if isinstance(error, FetchError) else None
    return min(timedelta(seconds=seconds or 0), LAST_RETRY)


def _first(group: BaseExceptionGroup[StorageError]) -> StorageError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, StorageError)
    return error


__all__ = [
    "Clock",
    "Extractor",
    "Failure",
    "IngestResult",
    "Progress",
    "ProgressCallback",
    "SourceResult",
    "Stage",
    "ingest",
]
