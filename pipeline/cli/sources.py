"""``dealwire sources``: where dealwire looks, and how that goes."""

from __future__ import annotations

import asyncio
import difflib
from typing import TYPE_CHECKING

import click

from pipeline.cli import sources_add, sources_list, sources_opml, sources_show, sources_suggest
from pipeline.cli.common import (
    FAILED,
    Settings,
    extractor,
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


@click.group("sources", invoke_without_command=True)
@shared_options
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the sources with their health, show or check one, find and add new ones, exchange them as OPML.

    \b
    Examples:
      dealwire sources
      dealwire sources show Nokia
      dealwire sources check Nokia
      dealwire sources add https://www.example.com/newsroom/
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(sources_list.command)


command.add_command(sources_list.command)
command.add_command(sources_show.command)
command.add_command(sources_add.command)
command.add_command(sources_suggest.command)
command.add_command(sources_opml.export)
command.add_command(sources_opml.import_)


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
