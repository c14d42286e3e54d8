"""``dealwire sources export`` and ``import``: feeds as OPML, out and in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import click

from pipeline.cli.common import FAILED, say, settings_of, shared_options
from pipeline.cli.sources_add import add
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.config_edit import NewSource
    from pipeline.opml import OpmlFeed

_COLUMNS = (Column("name", wrap=True), Column("kind"), Column("url", wrap=True), Column("language"))


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
@shared_options
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write the enabled feeds as OPML 2.0 to FILE or standard output, for feed readers and other dealwires.

    \b
    Examples:
      dealwire sources export feeds.opml
      dealwire sources export | xmllint --format -
    """
    from pipeline.opml import OpmlFeed, write_opml

    sources = settings_of(ctx).config.sources
    feeds = [source for source in sources if source.kind == "feed" and source.enabled]
    text = write_opml(OpmlFeed(feed.name, feed.url, feed.language) for feed in feeds)
    if str(file) == "-":
        click.echo(text.encode("utf-8"), nl=False)
    else:
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{file} cannot be written: {error.strerror or error}; name another") from error
        say(f"{len(feeds)} feeds written to {file}")
    if left := len(sources) - len(feeds):
        say(f"{left} sources are not in it: OPML holds feeds only, and disabled ones are left out")


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only print what would be added")
@shared_options
@click.pass_context
def import_(ctx: click.Context, file: BinaryIO, dry_run: bool) -> None:
    """Add the feeds of an OPML file (- for standard input) to the configuration, those that are new. None is fetched.

    \b
    Examples:
      dealwire sources import feeds.opml --dry-run
      dealwire sources import feeds.opml
    """
    from pipeline.opml import MAX_BYTES, read_opml

    settings = settings_of(ctx)
    config = settings.config
    feeds = read_opml(file.read(MAX_BYTES + 1), name=getattr(file, "name", "standard input"))
    new, unusable = _new(feeds, config)
    print_table(_COLUMNS, [(source.name, source.kind, source.url, source.language or "") for source in new])
    for feed in unusable:
        say(f"left out, as its address is no web address: {feed.name or 'a feed without a name'} ({feed.url})")
    known = len(feeds) - len(new) - len(unusable)
    would = " would be" if dry_run else ""
    say(f"{len(feeds)} feeds read: {len(new)}{would} added, {known} known already, {len(unusable)} unusable")
    if new and not dry_run:
        add(settings, new)
    if unusable or not feeds:
        ctx.exit(FAILED)


def _new(feeds: tuple[OpmlFeed, ...], config: Config) -> tuple[list[NewSource], list[OpmlFeed]]:
    """What to add, each address once and each name free; and the feeds whose address cannot be asked."""
    from pydantic import ValidationError

    from pipeline.config import FeedConfig
    from pipeline.config_edit import NewSource, free_name, known_urls
    from scrapers.identity import identity

    known = set(known_urls(config))
    names = {source.name for source in config.sources}
    new: list[NewSource] = []
    unusable: list[OpmlFeed] = []
    for feed in feeds:
        try:
            FeedConfig(name="any", url=feed.url)
        except ValidationError:
            unusable.append(feed)
            continue
        if (key := identity(feed.url)) not in known:
            known.add(key)
            name = free_name(feed.name or urlsplit(feed.url).hostname or feed.url, names)
            names.add(name)
            new.append(NewSource(name, feed.url, language=feed.language))
    return new, unusable
