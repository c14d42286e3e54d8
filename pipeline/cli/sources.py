"""``dealwire sources``: where dealwire looks, and how that goes."""

from __future__ import annotations

import asyncio
import difflib
import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli import sources_add, sources_opml, sources_suggest
from pipeline.cli.common import (
    FAILED,
    Settings,
    extractor,
    missing_file,
    now,
    on_terminal,
    say,
    settings_of,
    shared_options,
)
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from pipeline.ingestion import Extractor
    from scrapers.http import HttpClient
    from scrapers.links import Link
    from scrapers.sources import Source
    from storage.sources import SourceHealth

_COLUMNS = (
    Column("source", wrap=True), Column("kind"), Column("health"), Column("last good poll"),
    Column("found", right=True), Column("waiting", right=True), Column("read", right=True),
    Column("failed", right=True), Column("deals", right=True), Column("remarks", wrap=True),
)  # fmt: skip


@click.group("sources", invoke_without_command=True)
@shared_options
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the sources with their health, check one, find and add new ones, exchange them as OPML.

    \b
    Examples:
      dealwire sources
      dealwire sources check Nokia
      dealwire sources add https://www.example.com/newsroom/
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_sources)


command.add_command(sources_add.command)
command.add_command(sources_suggest.command)
command.add_command(sources_opml.export)
command.add_command(sources_opml.import_)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one source a line")
@shared_options
@click.pass_context
def list_sources(ctx: click.Context, as_json: bool = False) -> None:
    """List every source with its health: last good poll, last error, pages found, read and failed, deals.

    \b
    Examples:
      dealwire sources list
      dealwire sources list --json | jq 'select(.failures_in_row > 0).name'
    """
    settings = settings_of(ctx)
    configured = {source.name: source for source in settings.config.to_sources()}
    known: dict[str, SourceHealth] = {}
    if missing_file(settings.url) is None:
        from storage.sources import health

        with settings.database() as database, database.reading() as session:
            known = {source.name: source for source in health(session)}
    names = [*configured, *(name for name in known if name not in configured)]
    if as_json:
        for name in names:
            click.echo(json.dumps(_as_json(name, configured.get(name), known.get(name)), ensure_ascii=False))
        return
    if not names:
        say("no sources are configured here; name a configuration with --config, or try `dealwire demo`")
    print_table(_COLUMNS, [_row(name, configured.get(name), known.get(name)) for name in names])


def _row(name: str, source: Source | None, health: SourceHealth | None) -> tuple[str, ...]:
    kind = source.kind if source else health.kind if health else ""
    if health is None:
        return (name, kind, "never polled", "", "", "", "", "", "", "")
    remarks = [health.last_error or ""] if health.failures_in_row else []
    remarks += health.notes
    if source is None:
        remarks.insert(0, "not in this configuration")
    counts = (health.pages_found, health.pages_waiting, health.pages_read, health.pages_failed, health.deals)
    last = "" if health.last_success_at is None else _ago(health.last_success_at)
    return (name, kind, _state(health), last, *map(str, counts), "; ".join(filter(None, remarks)))


def _state(health: SourceHealth) -> str:
    if health.failures_in_row:
        return f"failing ({health.failures_in_row} in a row)"
    if health.last_success_at is None:
        return "never polled"
    return "ok" if health.last_found else "ok, but empty"


def _ago(moment: datetime) -> str:
    if not on_terminal():
        return moment.isoformat(timespec="seconds")
    seconds = int((now() - moment).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "just now"


def _as_json(name: str, source: Source | None, health: SourceHealth | None) -> dict[str, object]:
    def text(moment: datetime | None) -> str | None:
        return moment.isoformat(timespec="seconds") if moment else None

    shape: dict[str, object] = {
        "name": name,
        "kind": source.kind if source else health.kind if health else None,
        "url": source.url if source else health.url if health else None,
        "configured": source is not None,
    }
    if health is not None:
        shape |= {
            "last_poll": text(health.last_poll_at), "last_success": text(health.last_success_at),
            "last_error_at": text(health.last_error_at), "last_error": health.last_error,
            "failures_in_row": health.failures_in_row, "next_poll": text(health.next_poll_at),
            "notes": list(health.notes), "pages_found": health.pages_found, "pages_waiting": health.pages_waiting,
            "pages_read": health.pages_read, "pages_failed": health.pages_failed, "deals": health.deals,
        }  # fmt: skip
    return shape


@command.command("check")
@click.argument("name")
@click.option("--pages", type=click.IntRange(min=0), default=3, show_default=True, metavar="N",
              help="Fetch and read the first N pages as well")  # fmt: skip
@shared_options
@click.pass_context
def check(ctx: click.Context, name: str, pages: int) -> None:
    """Look at one source and tell what would be fetched and found. Nothing is stored.

    \b
    Examples:
      dealwire sources check Nokia
      dealwire sources check "VnExpress Số hóa" --pages 10
    """
    settings = settings_of(ctx)
    configured = {source.name: source for source in settings.config.to_sources()}
    if name not in configured:
        close = difflib.get_close_matches(name, configured, 1)
        hint = f"did you mean {close[0]!r}?" if close else "`dealwire sources` lists those there are"
        raise click.UsageError(f"there is no source called {name!r}; {hint}")
    if not asyncio.run(_check(configured[name], settings, pages)):
        ctx.exit(FAILED)


async def _check(source: Source, settings: Settings, pages: int) -> bool:
    from scrapers.http import HttpClient
    from scrapers.poll import poll

    async with HttpClient(settings.config.fetch.http_settings()) as client:
        found = await poll(source, client)
        say(f"{source.name}: {source.kind} at {source.url}: {len(found.links)} links")
        for note in found.notes:
            say(f"note: {note}")
        rows, good = [], bool(found.links)
        extract = extractor(settings) if pages else None
        for number, link in enumerate(found.links):
            read = ""
            if extract is not None and number < pages:
                worked, read = await _read(link, source, client, extract)
                good = good and worked
            rows.append((link.published or "", link.title or "", link.url, read))
    print_table(
        (Column("published"), Column("title", wrap=True), Column("url", wrap=True), Column("found", wrap=True)), rows
    )
    return good


async def _read(link: Link, source: Source, client: HttpClient, extract: Extractor) -> tuple[bool, str]:
    """Whether the page could be read, and what is in it or why not."""
    from pipeline.article import read_article
    from pipeline.errors import PipelineError
    from pipeline.reading import reports_in
    from scrapers.errors import ScrapeError
    from scrapers.pages import fetch_page

    try:
        page = await fetch_page(link, source, client)
        article = read_article(
            page.body, url=page.final_url, content_type=page.content_type, hint=link, source_language=source.language,
            publisher=source.publisher,
        )  # fmt: skip
        reports = reports_in(article, extract)
    except (ScrapeError, PipelineError) as error:
        return False, f"failed: {error}"
    told = [f"{report.type.value}: {', '.join(party.name for party in report.parties)}" for report in reports]
    return True, f"{article.language}, {len(article.text)} characters; " + ("; ".join(told) or "no deal")
