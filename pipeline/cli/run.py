"""``dealwire run``: the background service."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import Settings, extractor, names_of, now, say, settings_of, shared_options

if TYPE_CHECKING:
    from pipeline.config import DigestConfig
    from pipeline.ingest_result import IngestResult
    from pipeline.schedule import Job
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
    if not settings.config.to_sources():
        raise click.UsageError("no sources are configured here; name a configuration with --config")
    with settings.database() as database:
        asyncio.run(_serve(settings, database))


async def _serve(settings: Settings, database: Database) -> None:
    from pipeline.schedule import Service, stopping_on_signals
    from scrapers.http import HttpClient

    config = settings.config
    sources = config.to_sources()
    await asyncio.to_thread(_take_over, settings, database)
    jobs = _jobs(settings, database)
    stop = asyncio.Event()
    async with HttpClient(config.fetch.http_settings()) as client:
        service = Service(
            sources=sources,
            every={source.name: source.every or config.schedule.poll_every for source in config.sources},
            database=database,
            client=client,
            now=now,
            extract=extractor(settings),
            concurrency=config.fetch.concurrency,
            keep_pages=config.storage.keep_pages,
            jobs=jobs,
            time_zone=config.schedule.zone,
            on_pass=_tell_pass,
            on_error=lambda what, error: _log(f"{what}: {error}"),
        )
        _log(f"watching {len(sources)} sources, {len(jobs)} digests, database {database.shown_url}")
        with stopping_on_signals(stop, on_first=lambda: _log("stopping after the pages in hand")):
            clean = await service.serve(stop)
    _log("stopped" if clean else "stopped; pages that took too long stay due")


def _take_over(settings: Settings, database: Database) -> None:
    """Retire what is no longer configured, and write the digests that fell into the time we were down."""
    from pipeline.digest import last_span
    from storage.digests import last_digest
    from storage.sources import sync_sources

    config = settings.config
    told = [(source.name, source.kind, source.url) for source in config.to_sources()]
    with database.session() as session:
        sync_sources(session, told, now(), retire_others=True)
    today = now().astimezone(config.schedule.zone).date()
    for digest in config.digests:
        with database.reading() as session:
            last = last_digest(session, digest.name)
        until = last_span(digest.period, today).until
        if last is not None and last.until is not None and until is not None and last.until < until:
            try:
                _write(digest, settings, database, now())
            except OSError as error:
                _log(f"digest {digest.name}: {error}")


def _jobs(settings: Settings, database: Database) -> tuple[Job, ...]:
    from pipeline.schedule import Job

    def job(digest: DigestConfig) -> Job:
        return Job(f"digest {digest.name}", digest.crontab, lambda at: _write(digest, settings, database, at))

    return tuple(map(job, settings.config.digests))


def _write(digest: DigestConfig, settings: Settings, database: Database, at: datetime) -> None:
    from pipeline.digest import last_span, publish_configured

    span = last_span(digest.period, at.astimezone(settings.config.schedule.zone).date())
    written = publish_configured(database, digest, span, names=partial(names_of, settings), now=at)
    _log(f"digest {digest.name}: {written.deals} deals of {span.label} in {written.path}")


def _tell_pass(result: IngestResult) -> None:
    for failure in result.failures:
        _log(str(failure))
    polled = sum(source.polled for source in result.sources)
    _log(
        f"{polled} sources polled, {result.read} pages read, {len(result.failures)} failed, "
        f"{result.reports} reports, {result.new_deals} new deals, {result.updated_deals} updated"
    )


def _log(message: str) -> None:
    say(f"{now():%Y-%m-%dT%H:%M:%SZ} {message}")
