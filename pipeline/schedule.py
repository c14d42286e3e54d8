"""The background service: looks when it is time, until it is told to stop.

APScheduler only ticks. What is due is in the database (a source's next poll, a page's next try), so a restart forgets
nothing, and a tick that comes while a pass is still under way is simply not needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from pipeline.crontab import with_named_weekdays
from pipeline.ingestion import Clock, Extractor, IngestResult, ProgressCallback, ingest
from pipeline.rhythm import Pace
from pipeline.signals import stopping_on_signals as stopping_on_signals
from scrapers.http import HttpClient
from scrapers.sources import Source
from storage.database import Database

#: How often the service asks the database whether anything is due.
TICK = timedelta(seconds=15)
#: How long a stopping service waits for the pages in hand before it drops them (they stay due).
GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do at set times, such as writing a digest.

    ``crontab`` has five fields, as cron means them (0 and 7 are Sunday); ``run`` is called in a thread with the time
    (aware UTC) and may block.
    """

    name: str
    crontab: str
    run: Callable[[datetime], None]


@dataclass(slots=True)
class Service:
    """What ``serve`` runs. ``pace`` and ``backfill`` are as for ``ingest``; the callbacks must not raise.

    ``on_pass`` is told of every pass that polled or read something, ``on_error`` of what kept a pass or a job from
    being done (once, until it changes): the service itself goes on.
    """

    sources: Sequence[Source]
    pace: Mapping[str, Pace]
    database: Database
    client: HttpClient
    now: Clock
    extract: Extractor | None = None
    concurrency: int = 8
    keep_pages: bool = True
    jobs: Sequence[Job] = ()
    time_zone: tzinfo = UTC
    progress: ProgressCallback | None = None
    on_pass: Callable[[IngestResult], None] | None = None
    on_error: Callable[[str, Exception], None] | None = None
    tick: timedelta = TICK
    grace_seconds: float = GRACE_SECONDS
    backfill: Mapping[str, date | timedelta] = field(default_factory=dict)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _pass: asyncio.Task[None] | None = None
    _told: dict[str, str] = field(default_factory=dict)

    async def serve(self, stop: asyncio.Event) -> bool:
        """Run until ``stop`` is set, then let what is under way come to its end; False when it had to be dropped."""
        scheduler = AsyncIOScheduler(timezone=self.time_zone)
        # APScheduler would by default drop a tick that comes a second late.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler.add_job(self._look, IntervalTrigger(seconds=self.tick.total_seconds()), args=[stop], **defaults)
        for job in self.jobs:
            trigger = CronTrigger.from_crontab(with_named_weekdays(job.crontab), timezone=self.time_zone)
            scheduler.add_job(self._do, trigger, args=[job], name=job.name, **defaults)
        scheduler.start()
        try:
            await self._look(stop)
            await stop.wait()
        finally:
            scheduler.shutdown(wait=False)
        return await self._drain()

    async def _look(self, stop: asyncio.Event) -> None:
        # In a task of our own: shutting the scheduler down cancels what runs in its jobs.
        if not stop.is_set() and (self._pass is None or self._pass.done()):
            self._pass = self._start(self._one_pass(stop))

    async def _do(self, job: Job) -> None:
        self._start(self._one_job(job))

    def _start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _one_pass(self, stop: asyncio.Event) -> None:
        try:
            result = await ingest(
                self.sources,
                self.database,
                self.client,
                now=self.now,
                progress=self.progress,
                extract=self.extract,
                concurrency=self.concurrency,
                stop=stop,
                pace=self.pace,
                backfill=self.backfill,
                due_only=True,
                keep_pages=self.keep_pages,
            )
        except Exception as error:  # noqa: BLE001 - whatever it was, the next tick may find it gone
            self._report("ingest", error)
            return
        self._told.pop("ingest", None)
        if self.on_pass is not None and result.did_something:
            self.on_pass(result)

    async def _one_job(self, job: Job) -> None:
        try:
            await asyncio.to_thread(job.run, self.now())
        except Exception as error:  # noqa: BLE001 - one digest that cannot be written must not end the service
            self._report(job.name, error)
        else:
            self._told.pop(job.name, None)

    def _report(self, what: str, error: Exception) -> None:
        if self.on_error is not None and self._told.get(what) != str(error):
            self._told[what] = str(error)
            self.on_error(what, error)

    async def _drain(self) -> bool:
        if not self._under_way:
            return True
        _, late = await asyncio.wait(self._under_way, timeout=self.grace_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late
