"""``dealwire sources add``: find how a site's news can be followed, and put that into the configuration."""

from __future__ import annotations

import asyncio
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pipeline.cli.common import FAILED, Settings, say, settings_of, shared_options
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config_edit import NewSource, Setting
    from scrapers.discovery import Discovery, Found
    from scrapers.sources import ListingSource

_COLUMNS = (
    Column("", wrap=True), Column("name", wrap=True), Column("kind"), Column("url", wrap=True),
    Column("links", right=True), Column("newest"), Column("where", wrap=True),
)  # fmt: skip


@click.command("add")
@click.argument("url")
@click.option("--name", metavar="NAME", help="What to call it  [default: what the site or the feed calls itself]")
@click.option("--dry-run", is_flag=True, help="Only print what was found and what would be added")
@shared_options
@click.pass_context
def command(ctx: click.Context, url: str, name: str | None, dry_run: bool) -> None:
    """Find the feed or sitemap of a site, or else selectors for its newsroom page, and add it to the configuration.

    URL is a feed, a sitemap, or a page of the site, best its newsroom. What the page names is tried first, then the
    usual places, then robots.txt and news sitemaps; only what can be read and has links counts. Without any of these
    the page itself is read as a listing, or the site's sitemap where it has a section of news. The best is added to
    the end of `sources`, with the language and publisher that the site tells; everything else in the file stays as it
    is.

    \b
    Examples:
      dealwire sources add https://www.example.com/newsroom/ --dry-run
      dealwire sources add https://www.example.com/newsroom/ --name "Example Corp"
    """
    from pipeline.config_edit import known_urls, source_lines
    from scrapers.identity import identity

    settings = settings_of(ctx)
    address = url if "://" in url else f"https://{url}"
    chosen_name = _named(settings, name) if name is not None else None
    known = known_urls(settings.config)
    if (source := known.get(identity(address))) is not None:
        say(f"{address} is a source already: {source}")
        return
    result = asyncio.run(_discover(address, settings))
    if not result.found:
        for failure in result.failures:
            say(f"tried: {failure}")
        say(
            f"Error: no feed, no news sitemap and no list of headlines was found at {address}; name the feed if you "
            "know its address, or the page that lists the press releases: `sources suggest` shows what repeats on it"
        )
        ctx.exit(FAILED)
    new = _chosen(result, known, chosen_name or _name(result, address), settings)
    if new is not None and not dry_run:
        add(settings, [new])
    print_table(_COLUMNS, [_row(found, known, new, dry_run) for found in result.found])
    if new is not None and dry_run:
        say("\n".join(["it would be added to sources as:", *source_lines(new)]))
    if new is None:
        say("nothing to add: all of it is in the configuration already")


def add(settings: Settings, sources: Sequence[NewSource]) -> None:
    """Write the sources into the configuration that is in use (``config.yaml`` here, if none is) and say so.

    Raises ConfigError, and the file is then as it was.
    """
    from pipeline.config import DEFAULT_FILE
    from pipeline.config_edit import add_to_file

    path: Path = settings.config_path or DEFAULT_FILE
    add_to_file(path, sources, environment=os.environ)
    first, others = sources[0].name, len(sources) - 1
    more = f" and {others} more" if others else ""
    say(f"added to {path}: {first}{more}; `dealwire sources check {shlex.quote(first)}` tries it")


async def _discover(url: str, settings: Settings) -> Discovery:
    from scrapers.discovery import discover
    from scrapers.http import HttpClient

    async with HttpClient(settings.config.fetch.http_settings()) as client:
        return await discover(url, client, tell=lambda address: say(f"looking at {address}"))


def _named(settings: Settings, name: str) -> str:
    from scrapers.markup import storable

    name = " ".join(storable(name).split())
    if not name:
        raise click.UsageError("--name needs a name that is not empty")
    if name in {source.name for source in settings.config.sources}:
        raise click.UsageError(f"there is a source called {name!r} already; give another --name")
    return name


def _name(result: Discovery, url: str) -> str:
    """What the site calls itself, else the feed, else the host."""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    told = (name for found in result.found for name in (found.facts.title, found.facts.publisher) if name)
    return result.facts.publisher or next(told, None) or host


def _chosen(result: Discovery, known: dict[str, str], name: str, settings: Settings) -> NewSource | None:
    from pipeline.config_edit import NewSource, free_name
    from scrapers.identity import identity

    for found in result.found:
        if identity(found.url) not in known:
            taken = [source.name for source in settings.config.sources]
            return NewSource(
                free_name(name, taken),
                found.url,
                found.kind,
                language=found.facts.language or result.facts.language,
                publisher=found.facts.publisher or result.facts.publisher,
                settings=listing_settings(found.listing) if found.listing else _sitemap_settings(found),
            )
    return None


def listing_settings(listing: ListingSource) -> dict[str, Setting]:
    """The selectors of a listing as they stand in the configuration, without those that are the default."""
    told = {
        "item": listing.item, "link": listing.link if listing.link != "a" else None, "title": listing.title,
        "date": listing.date, "next_page": listing.next_page, "day_first": listing.day_first,
    }  # fmt: skip
    return {key: value for key, value in told.items() if value is not None}


def _sitemap_settings(found: Found) -> dict[str, Setting]:
    told: dict[str, Setting] = {"include": found.include, "hosts": found.hosts}
    return {key: value for key, value in told.items() if value}


def _row(found: Found, known: dict[str, str], new: NewSource | None, dry_run: bool) -> tuple[str, ...]:
    from scrapers.identity import identity

    name = found.facts.title or found.facts.publisher or ""
    chosen = new is not None and (found.url, found.kind) == (new.url, new.kind)
    if chosen and found.listing is not None and new is not None:
        chosen = new.settings.get("item") == found.listing.item
    if chosen and new is not None:
        state, name = "would be added" if dry_run else "added", new.name
    elif (source := known.get(identity(found.url))) is not None:
        state, name = "a source already", source
    else:
        state = "also found"
    how = f"{found.how}: {found.listing.item}" if found.listing else found.how
    return (state, name, found.kind, found.url, str(found.links), found.newest or "", how)
