"""``dealwire sources suggest``: propose the selectors by which a newsroom page can be read as a listing."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pipeline.cli.common import FAILED, Settings, say, settings_of, shared_options
from pipeline.cli.sources_add import listing_settings
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from scrapers.suggestion import Suggestion

_LINKS = (Column("published"), Column("title", wrap=True), Column("url", wrap=True))
_WAYS = (
    Column("#", right=True), Column("links", right=True), Column("dated", right=True), Column("item", wrap=True),
    Column("first title", wrap=True),
)  # fmt: skip
_SHOWN = 10


@click.command("suggest")
@click.argument("url")
@click.option("--pick", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Show the Nth way instead of the best")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one way a line, with all that it catches")
@shared_options
@click.pass_context
def command(ctx: click.Context, url: str, pick: int, as_json: bool) -> None:
    """Propose CSS selectors for a newsroom page, and show what they catch.

    What comes out is ready to be put under `sources` in the configuration; other ways to read the page are listed for
    --pick. Nothing is written: `dealwire sources add` does that, and prefers a feed if there is one.

    \b
    Examples:
      dealwire sources suggest https://www.example.com/newsroom/
      dealwire sources suggest https://www.example.com/newsroom/ --pick 2
    """
    settings = settings_of(ctx)
    address = url if "://" in url else f"https://{url}"
    ways, publisher = asyncio.run(_look(address, settings))
    if not ways:
        say(
            f"Error: nothing on {address} repeats like headlines do; if a browser shows some there, a script makes "
            "them and no selector finds them: look for the site's feed with `dealwire sources add`"
        )
        ctx.exit(FAILED)
    if pick > len(ways):
        raise click.UsageError(f"there are {len(ways)} ways to read this page, so --pick is 1 to {len(ways)}")
    if as_json:
        for way in ways:
            click.echo(json.dumps(_as_json(way), ensure_ascii=False))
        return
    chosen = ways[pick - 1]
    for line in _lines(chosen, publisher or (urlsplit(address).hostname or address).removeprefix("www."), publisher):
        click.echo(line)
    say(f"{len(chosen.links)} links, {chosen.dated} of them with a date; the first:")
    print_table(_LINKS, [(link.published or "", link.title or "", link.url) for link in chosen.links[:_SHOWN]])
    if len(ways) > 1:
        say("other ways to read the page (--pick N):")
        rows = [_row(number, way) for number, way in enumerate(ways, 1) if way is not chosen]
        print_table(_WAYS, rows)


async def _look(url: str, settings: Settings) -> tuple[tuple[Suggestion, ...], str | None]:
    from scrapers.http import HttpClient
    from scrapers.listing import page_of
    from scrapers.site_facts import page_facts
    from scrapers.suggestion import suggest

    async with HttpClient(settings.config.fetch.http_settings()) as client:
        page = await client.get(url, accept="text/html, application/xhtml+xml, */*;q=0.5")
    ways = suggest(page.body, url=page.url, content_type=page.content_type, limit=5)
    facts = page_facts(page_of(page.body, url=page.url, content_type=page.content_type))
    return ways, facts.publisher


def _lines(way: Suggestion, name: str, publisher: str | None) -> list[str]:
    from pipeline.config_edit import NewSource, source_lines

    source = way.source
    new = NewSource(name, source.url, "listing", source.language, publisher, listing_settings(source))
    return source_lines(new)


def _row(number: int, way: Suggestion) -> tuple[str, ...]:
    first = way.links[0].title or way.links[0].url
    return (str(number), str(len(way.links)), str(way.dated), way.source.item, first)


def _as_json(way: Suggestion) -> dict[str, object]:
    links = [{"url": link.url, "title": link.title, "published": link.published} for link in way.links]
    selectors: dict[str, object] = dict(listing_settings(way.source))
    return {
        "url": way.source.url,
        **selectors,
        "language": way.source.language,
        "score": round(way.score, 2),
        "links": links,
    }
