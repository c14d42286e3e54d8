"""The group of commands: loads a command's module when it is asked for, and turns our errors into exit codes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

import click

from pipeline.cli.common import errors_told, shared_options

#: Command -> (module, object in it, one line of help). The line stands here so that --help imports nothing.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "run": ("run", "Run the background service: poll sources when due, write digests."),
        "ingest": ("ingest", "Make one pass over the sources now."),
        "extract": ("extract", "Extract deals from documents, storing nothing."),
        "deals": ("deals", "List and search the deal history."),
        "show": ("show", "Show one deal with its evidence and sources."),
        "digest": ("digest", "Write deals as CSV, JSON Lines, Markdown or HTML; send digests."),
        "sources": ("sources", "List the sources with their health; check, find and add them."),
        "companies": ("companies", "List the organisations known by name; add more."),
        "reextract": ("reextract", "Rebuild reports and deals from the stored pages."),
        "evaluate": ("evaluate", "Score the extractor against labelled documents."),
        "demo": ("demo", "Try the whole way on a bundled newsroom."),
        "db": ("database", "Look after the database."),
    }
)


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pipeline.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {close[0]}?" if close else " `dealwire --help` lists them."
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        with errors_told():
            result: object = super().invoke(ctx)
        return result


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="dealwire", prog_name="dealwire")
@shared_options
def app() -> None:
    """Reads newsrooms and newswires, recognises technology deals in what they publish, and keeps one well-evidenced
    record per deal.

    \b
    Examples:
      dealwire demo                     try it on a bundled newsroom
      dealwire ingest                   read the sources of config.yaml now
      dealwire deals --party Nokia      search the history
      dealwire extract article.html     use the extractor alone

    Exit codes: 0 done, 1 some of it failed, 2 wrong use or wrong configuration.
    """
