"""``dealwire run``: the background service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import Settings, extractor, names_of, now, say, settings_of, shared_options
from pipeline.signals import stopping_on_signals

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.digest.jobs import DigestJobs
    from pipeline.ingest_result import IngestResult
    from pipeline.schedule import Service
    from scrapers.http import HttpClient
    from scrapers.sources import Source
    from storage.database import Database


@click.command("run")
@shared_options
@click.pass_context
def command(ctx: click.Context) -> None:
    """Run the background service: poll each source when it is due, read what is new, write the configured digests.

    It logs to standard error and goes on until SIGTERM or Ctrl-C, then finishes the pages in hand (for half a minute at
    most; what takes longer stays due) and ends with 0. The next start goes on from there.

    \b
    Examples:
      dealwire run
      dealwire run --config /etc/dealwire/config.yaml --database postgresql://user@host/deals
    """
    settings = settings_of(ctx)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    # Listening comes first: whoever starts services may stop one while it is still loading.
    stop = asyncio.Event()
    with stopping_on_signals(stop, on_first=lambda: _log("stopping after what is in hand")), ExitStack() as stack:
        _log("starting")
        # In threads, where loading and waiting for the database do not keep a signal from being heard.
        sources = await asyncio.to_thread(lambda: settings.config.to_sources())
        if not sources:
            raise click.UsageError("no sources are configured here; name a configuration with --config")
        database = await asyncio.to_thread(stack.enter_context, settings.database())
        clean = stop.is_set() or await _serve(settings, sources, database, stop)
    _log("stopped" if clean else "stopped; pages that took too long stay due")


async def _serve(settings: Settings, sources: Sequence[Source], database: Database, stop: asyncio.Event) -> bool:
    service, digests = await asyncio.to_thread(_parts, settings, sources, database, stop.is_set)
    await asyncio.to_thread(_retire, sources, database)
    await asyncio.to_thread(digests.catch_up, now(), stopping=stop.is_set)
    if stop.is_set():
        return True
    from scrapers.http import HttpClient

    async with HttpClient(settings.config.fetch.http_settings()) as client:
        _log(f"watching {len(sources)} sources, {len(digests.digests)} digests, database {database.shown_url}")
        return await service(client).serve(stop)


def _parts(
    settings: Settings,
    sources: Sequence[Source],
    database: Database,
    stopping: Callable[[], bool] = lambda: False,
) -> tuple[Callable[[HttpClient], Service], DigestJobs]:
    """What the service is made of. Imports it, which takes a while."""
    from pipeline.digest.jobs import DigestJobs
    from pipeline.digest.outbox import Outbox
    from pipeline.schedule import Job, Service

    config = settings.config
    channels = {channel.name: channel for channel in config.channels}
    digests = DigestJobs(database, config.digests, channels, config.schedule.zone, partial(names_of, settings), _log)
    outbox = Outbox(database, channels, now, _log)
    extract = extractor(settings)

    def send(_: datetime) -> None:
        outbox.send_due(stopping=stopping)

    jobs = [Job(f"digest {one.name}", one.crontab, partial(digests.write, one)) for one in config.digests]
    jobs.append(Job("sending digests", "* * * * *", send))

    def service(client: HttpClient) -> Service:
        return Service(
            sources=sources,
            pace=config.paces(),
            backfill=config.backfill(),
            database=database,
            client=client,
            now=now,
            extract=extract,
            concurrency=config.fetch.concurrency,
            keep_pages=config.storage.keep_pages,
            jobs=jobs,
            time_zone=config.schedule.zone,
            on_pass=_tell_pass,
            on_error=lambda what, error: _log(f"{what}: {error}"),
        )

    return service, digests


def _retire(sources: Sequence[Source], database: Database) -> None:
    """Retire what is no longer configured. Someone else's lock is no reason not to start: the next start does it."""
    from storage.errors import DatabaseLocked
    from storage.sources import sync_sources

    try:
        with database.session() as session:
            told = [(source.name, source.kind, source.url) for source in sources]
            sync_sources(session, told, now(), retire_others=True)
    except DatabaseLocked as error:
        _log(str(error))


def _tell_pass(result: IngestResult) -> None:
    for alarm in result.alarms:
        _log(str(alarm))
    for failure in result.failures:
        _log(str(failure))
    polled = sum(source.polled for source in result.sources)
    _log(
        f"{polled} sources polled, {result.read} pages read, {len(result.failures)} failed, "
        f"{result.reports} reports, {result.new_deals} new deals, {result.updated_deals} updated"
    )


def _log(message: str) -> None:
    say(f"{now():%Y-%m-%dT%H:%M:%SZ} {message}")
