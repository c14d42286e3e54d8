"""``dealwire sources``: where dealwire looks, and how that goes."""

from __future__ import annotations

import click

from pipeline.cli import sources_add, sources_check, sources_list, sources_opml, sources_show, sources_suggest
from pipeline.cli.common import shared_options


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
command.add_command(sources_check.command)
command.add_command(sources_suggest.command)
command.add_command(sources_opml.export)
command.add_command(sources_opml.import_)
