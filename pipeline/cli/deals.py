"""``dealwire deals``: the history, listed and searched."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import names_of, on_terminal, plain_stdout, say, settings_of, shared_options
from pipeline.cli.deal_judgements import COMMANDS
from pipeline.cli.filters import filter_options, query_of
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from storage.deals import Count, DealRow

_PAGE = 50
_COUNTED = (
    "month",
    "quarter",
    "year",
    "type",
    "focus",
    "status",
    "language",
    "source",
    "role",
    "company",
    "company_pair",
)
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
@click.option("--after", metavar="CURSOR", help="Go on behind that deal: the table tells the cursor of its next page")
@click.option(
    "--count-by", type=click.Choice(_COUNTED), metavar="FACET", help=f"Count the deals instead: {', '.join(_COUNTED)}"
)
@click.option("--json", "form", flag_value="json", help="JSON Lines, one deal a line with evidence and reports")
@click.option("--csv", "form", flag_value="csv", help="CSV, the same columns as a digest")
@shared_options
@click.pass_context
def command(
    ctx: click.Context, /, sort: str, limit: int | None, after: str | None, count_by: str | None, form: str | None,
    **options: object,
) -> None:  # fmt: skip
    """List and search the history of deals. Conditions add up; a table, JSON Lines or CSV comes out.

    `deals merge` and `deals split` say which reports are of one deal where it was judged wrongly.

    \b
    Examples:
      dealwire deals --party 诺基亚
      dealwire deals --type licensing --focus telecom_5g --since 2026
      dealwire deals --party nokia --and-party 小米 --type licensing --type cross_licensing
      dealwire deals --text 'thoa thuan "data center" -rumor' --updated-since 2026-11
      dealwire deals --min-value 1bn --currency USD --json | jq .headline
      dealwire deals --since 2026 --focus ai --count-by month
    """
    if ctx.invoked_subcommand is not None:
        return
    from pipeline.config_digests import DigestFormat
    from pipeline.digest.wording import Heading
    from pipeline.digest.writing import Writer
    from pipeline.party_names import known_party, unknown_parties
    from storage.deals import CountBy, DealSort, count, cursor, facets, search_rows

    settings = settings_of(ctx)
    limit = None if limit is None else min(limit, sys.maxsize)
    query = replace(query_of(settings, options), sort=DealSort(sort), after=after)
    if count_by is not None and after is not None:
        raise click.UsageError("--count-by counts all there are; leave out --after")
    with settings.database(must_exist=True) as database, database.reading() as session:
        query = known_party(session, query, partial(names_of, settings))
        for name, near in unknown_parties(session, query).items():
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            say(f"no company of the history is called {name!r}{hint}")
        if count_by is not None:
            print_counts(facets(session, query, by=CountBy(count_by), limit=limit), count_by, form)
            return
        if form is not None:
            wanted = DigestFormat.JSONL if form == "json" else DigestFormat.CSV
            with plain_stdout() as stream:
                Writer(session, query, Heading("Deals"), limit=limit).write(stream, wanted)
            return
        rows = search_rows(session, replace(query, limit=limit or _PAGE))
        print_deals(rows)
        total = count(session, query)
        if rows and total > len(rows):
            say(f"{len(rows)} of {total} deals; more with --limit N, all with --json or --csv")
            if len(rows) == (limit or _PAGE):
                say(f"next page: --after '{cursor(rows[-1], query.sort)}'")
        elif on_terminal():
            say(f"{total} deal{'' if total == 1 else 's'}; `dealwire show ID` tells one in full")


for _judgement in COMMANDS:
    command.add_command(_judgement)


def print_deals(deals: Iterable[DealRow]) -> None:
    """A row for each deal; in a pipe with the headline at the end."""
    from pipeline.digest.wording import value_text
    from pipeline.output import day_text

    columns = _COLUMNS if on_terminal() else (*_COLUMNS, Column("headline"))
    print_table(
        columns,
        (
            (
                str(row.id),
                day_text(row.announced_on, row.announced_precision) or "",
                row.status.value,
                " ".join((row.type.value, *(f"+{also.value}" for also in row.also))),
                ", ".join(party.name for party in row.parties),
                value_text(row.value),
                ", ".join(row.focus),
                str(row.reports),
                ", ".join(row.languages),
                *([] if on_terminal() else [row.headline]),
            )
            for row in deals
        ),
    )


def print_counts(counts: Iterable[Count], by: str, form: str | None) -> None:
    """A row for each value, as a table, as JSON Lines or as CSV; a pair of companies takes two columns."""
    from pipeline.spreadsheet import write_rows

    names = ["company", "other_company"] if by == "company_pair" else [by]
    match form:
        case "json":
            with plain_stdout() as stream:
                for count in counts:
                    stream.write(
                        json.dumps(
                            {**dict(zip(names, count.values, strict=True)), "deals": count.deals}, ensure_ascii=False
                        )
                        + "\n"
                    )
        case "csv":
            with plain_stdout() as stream:
                write_rows(stream, (*names, "deals"), ((*count.values, count.deals) for count in counts))
        case _:
            columns = [*(Column(name.replace("_", " ")) for name in names), Column("deals", right=True)]
            print_table(columns, ((*count.values, str(count.deals)) for count in counts))
