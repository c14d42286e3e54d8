"""``dealwire ingest``: one pass over the sources, now."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import FAILED, Settings, extractor, now, on_terminal, say, settings_of, shared_options
from pipeline.cli.progress import shown_progress
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from pipeline.ingest_result import IngestResult
    from scrapers.http import HttpSettings
    from scrapers.sources import Source
    from storage.database import Database

_COLUMNS = (
    Column("source", wrap=True), Column("kind"), Column("found", right=True), Column("new", right=True),
    Column("read", right=True), Column("failed", right=True), Column("reports", right=True),
    Column("new deals", right=True), Column("updated", right=True), Column("remarks", wrap=True),
)  # fmt: skip


@click.command("ingest")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--folder", "folders", multiple=True, metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read a folder of saved pages and text files as if it were a configured source (may be repeated)",
)  # fmt: skip
@click.option(
    "--language", metavar="CODE", help="With --folder: the documents' language, where their text leaves it open"
)
@click.option("--publisher", metavar="NAME", help="With --folder: who published the documents")
@click.option(
    "--retry-failed", is_flag=True,
    help="Try again, at once, every page that failed before: those set aside and those that wait for their next try",
)  # fmt: skip
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    folders: tuple[Path, ...],
    language: str | None,
    publisher: str | None,
    retry_failed: bool,
) -> None:
    """Make one pass over the sources now: poll them, fetch what is new, extract deals, keep them.

    Without SOURCE all configured sources are read; with --folder only what is named. Running it again reads only what
    is new. Interrupted (Ctrl-C), it finishes the pages in hand; the next pass goes on from there. A page that cannot be
    had now is tried again by a later pass; one that is no use is set aside, until --retry-failed asks for it. A
    source that said it is gone for good (410) is asked again only when it is named.

    \b
    Examples:
      dealwire ingest
      dealwire ingest Nokia "PR Newswire technology"
      dealwire ingest --retry-failed Nokia
      dealwire ingest --folder saved-pages/ --database sqlite:///saved.db
    """
    settings = settings_of(ctx)
    if (language or publisher) and not folders:
        raise click.UsageError("--language and --publisher describe the documents of a --folder; name one")
    sources = [*_chosen(names, settings, everything=not folders), *_folders(folders, language, publisher)]
    with settings.database() as database:
        if retry_failed:
            _retry(database, sources)
        everything = None if folders and not names else settings.config.to_sources()
        result = ingest_now(
            sources, database, settings.config.fetch.http_settings(), settings,
            configured=everything, ask_retired=bool(names),
        )  # fmt: skip
    print_result(result)
    if not result.ok or result.stopped:
        ctx.exit(FAILED)


def _chosen(names: Sequence[str], settings: Settings, *, everything: bool) -> list[Source]:
    """The configured sources of these names; all of them when none is named and ``everything`` is wanted."""
    if not names and not everything:
        return []
    configured = {source.name: source for source in settings.config.to_sources()}
    if not configured:
        raise click.UsageError(
            "no sources are configured here. Name a configuration with --config, start in the folder of config.yaml, "
            "read a folder with --folder DIR, or try `dealwire demo`"
        )
    for name in names:
        if name not in configured:
            close = difflib.get_close_matches(name, configured, 1)
            hint = f"did you mean {close[0]!r}?" if close else "`dealwire sources` lists those there are"
            raise click.UsageError(f"there is no source called {name!r}; {hint}")
    return [configured[name] for name in dict.fromkeys(names)] if names else list(configured.values())


def _folders(folders: Sequence[Path], language: str | None, publisher: str | None) -> list[Source]:
    from scrapers.sources import FolderSource

    resolved = dict.fromkeys(folder.resolve() for folder in folders)
    return [FolderSource(f"folder {path.as_posix()}", path, language, publisher) for path in resolved]


def _retry(database: Database, sources: Sequence[Source]) -> None:
    """Put the pages of these sources that failed back into the queue."""
    from storage import pages

    with database.session() as session:
        again = pages.retry_failed(session, now=now(), source_names=[source.name for source in sources])
    say(f"{_count(again, 'page')} that failed before {'is' if again == 1 else 'are'} tried again")


def ingest_now(
    sources: Sequence[Source],
    database: Database,
    http: HttpSettings,
    settings: Settings,
    *,
    configured: Sequence[Source] | None = None,
    ask_retired: bool = False,
) -> IngestResult:
    """One pass, with progress on stderr. The first Ctrl-C ends it after the pages in hand, the second at once.

    ``configured``: all sources there are, so that the pages of those that are gone can be taken over. ``ask_retired``:
    those that said they are gone for good are asked once more.
    """
    from pipeline.ingestion import ingest
    from pipeline.schedule import stopping_on_signals
    from scrapers.http import HttpClient

    async def run() -> IngestResult:
        stop = asyncio.Event()
        told = partial(say, "stopping after the pages in hand; once more Ctrl-C stops at once")
        with stopping_on_signals(stop, on_first=told), shown_progress() as progress:
            async with HttpClient(http) as client:
                return await ingest(
                    sources, database, client, now=now, progress=progress, extract=extractor(settings),
                    concurrency=settings.config.fetch.concurrency, stop=stop,
                    keep_pages=settings.config.storage.keep_pages, configured=configured,
                    backfill=settings.config.backfill(),
                    pace=settings.config.paces(), ask_retired=ask_retired,
                )  # fmt: skip

    return asyncio.run(run())


def print_result(result: IngestResult) -> None:
    """The closing table, a line of all sources together, and on stderr every failure."""
    rows = []
    for source in result.sources:
        remarks = [source.error] if source.error else ["not modified"] if source.not_modified else []
        counts = [source.found, source.new, source.read, source.failed]
        counts += [source.reports, source.new_deals, source.updated_deals]
        rows.append((source.name, source.kind, *map(str, counts), "; ".join((*remarks, *source.notes))))
    print_table(_COLUMNS, rows, title="sources" if on_terminal() else None)
    for failure in result.failures:
        say(str(failure))
    for alarm in result.alarms:
        say(str(alarm))
    seconds = (result.finished_at - result.started_at).total_seconds()
    failed = f", {len(result.failures)} failed" if result.failures else ""
    say(
        f"{_count(result.read, 'page')} read{failed}, {_count(result.reports, 'report')}, "
        f"{_count(result.new_deals, 'new deal')}, {result.updated_deals} updated, in {seconds:.1f} s"
    )
    if left := _left(result):
        say(left)
    if result.stopped:
        say("stopped early; `dealwire ingest` goes on from here")


def _left(result: IngestResult) -> str:
    """What the pass leaves behind, on one line; empty when there is nothing."""
    parts = []
    if result.waiting:
        verb = "waits" if result.waiting == 1 else "wait"
        due = result.next_try_at
        later = due is not None and due > result.finished_at
        until = f" until {due:%Y-%m-%d %H:%M} UTC" + (" or later" if result.waiting > 1 else "") if later else ""
        parts.append(f"{_count(result.waiting, 'page')} {verb}{until}")
    if result.set_aside:
        parts.append(f"{result.set_aside if parts else _count(result.set_aside, 'page')} set aside")
    return ", ".join(parts) + "; `dealwire ingest --retry-failed` tries again now" if parts else ""


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
