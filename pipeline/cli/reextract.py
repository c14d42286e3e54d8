"""``dealwire reextract``: rebuild what was extracted from the pages that were kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import FAILED, Day, Settings, console, extractor, now, say, settings_of, shared_options
from pipeline.cli.progress import shortened

if TYPE_CHECKING:
    from pipeline.reading import Extractor
    from pipeline.reextraction import Rebuilt
    from storage.database import Database

#: In a log a line per page would bury the rest.
_LINE_EVERY = 500
#: Below this many pages for each, more processes take longer to start than to read.
_WORTH_A_PROCESS = 100


@click.command("reextract")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--since", type=Day(), help="Only pages that were fetched on or after this day")
@click.option("--from-start", is_flag=True, help="Read all pages, also those that this version has read before")
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N",
    help="How many processes read at once  [default: one for each processor]",
)  # fmt: skip
@shared_options
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], since: date | None, from_start: bool, jobs: int | None) -> None:
    """Rebuild reports and deals from the stored pages, without fetching anything: after an upgrade of dealwire, or
    after a change of focus areas or company names in the configuration. Deals and reports keep their numbers where they
    can, and what people decided about them stands.

    Ended at any time, it goes on where it was when it is started again; pages that this version has read, with this
    configuration, are not read again. With SOURCE only the pages of these sources are read.

    \b
    Examples:
      dealwire reextract
      dealwire reextract Nokia --since 2026-01-01
      dealwire reextract --from-start --jobs 8
    """
    from pipeline.fingerprint import fingerprint
    from pipeline.reading_pool import Pool, processors
    from pipeline.reextraction import Scope, reextract
    from storage import pages

    settings = settings_of(ctx)
    sources = {source.name: source for source in settings.config.to_sources()}
    scope = Scope(names or None, datetime.combine(since, time(), UTC) if since else None)
    with settings.database(must_exist=True) as database:
        _check(database, names)
        with database.reading() as session:
            stored = pages.count_stored(session, sources=scope.sources, since=scope.since)
        wanted = jobs or min(processors(), 1 + stored // _WORTH_A_PROCESS)
        load = partial(_load, settings.config_path)
        try:
            with _progress() as progress:
                done = reextract(
                    database, sources, Pool(load, wanted), now=now, fingerprint=fingerprint(settings.config),
                    scope=scope, from_start=from_start, progress=progress,
                )  # fmt: skip
        except KeyboardInterrupt:
            say("stopped; `dealwire reextract` with the same arguments goes on from here")
            ctx.exit(FAILED)
    _tell(done)
    if done.counts.failed or done.failures:
        ctx.exit(FAILED)


def _load(config: Path | None) -> Extractor:
    """The extractor, for a process of its own."""
    return extractor(Settings(config, None))


def _check(database: Database, names: tuple[str, ...]) -> None:
    from storage import sources
    from storage.errors import NotFound

    with database.reading() as session:
        try:
            sources.load_states(session, names)
        except NotFound as error:
            raise click.UsageError(str(error)) from error


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on a terminal, now and then a line in a log."""
    if not sys.stderr.isatty():
        yield lambda done, total, url: say(f"{done} of {total} pages") if done % _LINE_EVERY == 0 else None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("{task.fields[page]}", markup=False))  # fmt: skip
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, page="")
        yield lambda done, total, url: bar.update(task, completed=done, total=total, page=shortened(url))


def _tell(done: Rebuilt) -> None:
    if done.finished_before is not None:
        say(
            f"all of it was read by this version on {done.finished_before:%Y-%m-%d %H:%M} UTC already; "
            "--from-start reads it again. What that brought:"
        )
    elif done.resumed_at is not None:
        say(f"went on from where it was; counted since it was begun on {done.resumed_at:%Y-%m-%d %H:%M} UTC:")
    for subject, reason in done.failures:
        say(f"read failed: {reason}" if subject in reason else f"read failed: {subject}: {reason}")
    counts, deals = done.counts, done.deals
    aside = f", {counts.aside} without an article as before" if counts.aside else ""
    click.echo(f"{counts.pages} page{'' if counts.pages == 1 else 's'} read again, {counts.failed} failed{aside}")
    click.echo(
        f"reports: {counts.reports}, of them {counts.reports_new} new and {counts.reports_changed} changed; "
        f"{counts.reports_gone} gone"
    )
    click.echo(f"deals: {deals.new} new, {deals.changed} changed, {deals.gone} gone")
