"""``dealwire deals``: the history, listed and searched."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import names_of, on_terminal, plain_stdout, say, settings_of, shared_options
from pipeline.cli.deal_judgements import COMMANDS
from pipeline.cli.filters import filter_options, query_of
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from storage.deals import DealView

_PAGE = 50
_COLUMNS = (
    Column("id", right=True), Column("announced"), Column("status"), Column("type", wrap=True),
    Column("parties", wrap=True), Column("value", right=True), Column("focus", wrap=True),
    Column("reports", right=True), Column("languages"),
)  # fmt: skip


@click.group("deals", invoke_without_command=True)
@filter_options
@click.option("--sort", type=click.Choice(["newest", "oldest", "updated", "added", "value"]), default="newest",
              show_default=True, help="The order")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help=f"At most N deals  [table: {_PAGE}, else all]")
@click.option("--json", "form", flag_value="json", help="JSON Lines, one deal a line with evidence and reports")
@click.option("--csv", "form", flag_value="csv", help="CSV, the same columns as a digest")
@shared_options
@click.pass_context
def command(ctx: click.Context, /, sort: str, limit: int | None, form: str | None, **options: object) -> None:
    """List and search the history of deals. Conditions add up; a table, JSON Lines or CSV comes out.

    `deals merge` and `deals split` say which reports are of one deal where it was judged wrongly.

    \b
    Examples:
      dealwire deals --party 诺基亚
      dealwire deals --type licensing --focus telecom_5g --since 2026
      dealwire deals --min-value 1bn --currency USD --json | jq .headline
    """
    if ctx.invoked_subcommand is not None:
        return
    from pipeline.config_digests import DigestFormat
    from pipeline.digest.wording import Heading
    from pipeline.digest.writing import Writer
    from pipeline.party_names import known_party
    from storage.deals import DealSort, count, iter_deals

    settings = settings_of(ctx)
    limit = None if limit is None else min(limit, sys.maxsize)
    query = replace(query_of(settings, options), sort=DealSort(sort))
    with settings.database(must_exist=True) as database, database.reading() as session:
        query = known_party(session, query, partial(names_of, settings))
        if form is not None:
            wanted = DigestFormat.JSONL if form == "json" else DigestFormat.CSV
            with plain_stdout() as stream:
                Writer(session, query, Heading("Deals"), limit=limit).write(stream, wanted)
            return
        shown = limit or _PAGE
        print_deals(islice(iter_deals(session, query, evidence=False), shown))
        total = count(session, query)
        if total > shown:
            say(f"{shown} of {total} deals; see more with --limit N, all with --json or --csv")
        elif on_terminal():
            say(f"{total} deal{'' if total == 1 else 's'}; `dealwire show ID` tells one in full")


for _judgement in COMMANDS:
    command.add_command(_judgement)


def print_deals(deals: Iterable[DealView]) -> None:
    """A row for each deal; in a pipe with the headline at the end."""
    from pipeline.digest.wording import value_text
    from pipeline.output import day_text

    columns = _COLUMNS if on_terminal() else (*_COLUMNS, Column("headline"))
    print_table(
        columns,
        (
            (
                str(view.id),
                day_text(view.announced_on, view.announced_precision) or "",
                view.status.value,
                " ".join((view.type.value, *(f"+{also.value}" for also in view.also))),
                ", ".join(party.name for party in view.parties),
                value_text(view.value),
                ", ".join(view.focus),
                str(len(view.reports)),
                ", ".join(view.languages),
                *([] if on_terminal() else [view.headline]),
            )
            for view in deals
        ),
    )
