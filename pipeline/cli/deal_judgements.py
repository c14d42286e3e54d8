"""``dealwire deals merge|split``: a person overrules what resolution made of reports."""

from __future__ import annotations

import click

from pipeline.cli.common import say, settings_of, shared_options
from pipeline.cli.judgements import judging_options, person


@click.command("merge")
@click.argument("deals", nargs=-1, required=True, type=click.IntRange(min=1), metavar="DEAL DEAL...")
@judging_options
@shared_options
@click.pass_context
def merge(ctx: click.Context, deals: tuple[int, ...], reason: str, by: str | None) -> None:
    """Say that these deals are one. It holds for what is read later and for `reextract`; the old numbers lead to it.

    \b
    Example:
      dealwire deals merge 12 17 --reason "the second outlet names the parent"
    """
    from pipeline.judging import merge_deals

    with settings_of(ctx).database(must_exist=True) as database:
        one = merge_deals(database, deals, person(reason, by))
    say(f"they are deal {one} now; `dealwire show {one}` shows it")


@click.command("split")
@click.argument("deal", type=click.IntRange(min=1))
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@judging_options
@shared_options
@click.pass_context
def split(ctx: click.Context, deal: int, reports: tuple[str, ...], reason: str, by: str | None) -> None:
    """Take reports out of a deal that are of another. It holds for what is read later and for `reextract`.

    REPORT is the address of an article, or the number that `dealwire show DEAL --json` gives its report.

    \b
    Example:
      dealwire deals split 12 https://daily.example/another-plant --reason "the order of 2024"
    """
    from pipeline.judging import split_deal

    with settings_of(ctx).database(must_exist=True) as database:
        away, rest = split_deal(database, deal, reports, person(reason, by))
    say(f"these reports are deal {away} now, the others deal {rest}")


COMMANDS = (merge, split)
