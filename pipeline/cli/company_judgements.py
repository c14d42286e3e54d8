"""``dealwire companies find|show|merge|split|alias``: the companies of the history, and what people say of them."""

from __future__ import annotations

import json

import click

from pipeline.cli.common import say, settings_of, shared_options
from pipeline.cli.judgements import company_id, judging_options, person, tell_unsettled
from pipeline.cli.tables import Column, print_table

_FOUND = (
    Column("id", right=True),
    Column("name", wrap=True),
    Column("names", wrap=True),
    Column("reports", right=True),
)


@click.command("find")
@click.argument("text")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="At most N")
@shared_options
@click.pass_context
def find(ctx: click.Context, text: str, limit: int) -> None:
    """List the companies of the history that may be meant by TEXT, in any script, with their numbers.

    \b
    Example:
      dealwire companies find 诺基亚
    """
    from storage.companies import find_companies
    from storage.company_judgements import get_company

    with settings_of(ctx).database(must_exist=True) as database, database.reading() as session:
        views = [get_company(session, number) for number in find_companies(session, text, limit=limit)]
    print_table(_FOUND, ((str(view.id), view.name, ", ".join(view.names), str(view.reports)) for view in views))
    if not views:
        say(f"no deal that was read names {text!r}; `dealwire companies list` searches the dictionary")


@click.command("show")
@click.argument("company")
@click.option("--json", "as_json", is_flag=True, help="One JSON object")
@shared_options
@click.pass_context
def show(ctx: click.Context, company: str, as_json: bool) -> None:
    """Show one company of the history: its names, its parent and subsidiaries, and what people said of it.

    COMPANY is a name or a number.

    \b
    Examples:
      dealwire companies show Nokia
      dealwire companies show 17 --json
    """
    from pipeline.output import instant
    from storage.company_judgements import get_company, ledger_of_companies

    with settings_of(ctx).database(must_exist=True) as database, database.reading() as session:
        view = get_company(session, company_id(session, company))
        ledger = ledger_of_companies(session, view.id)
    if as_json:
        told = {
            "id": view.id, "name": view.name, "names": list(view.names), "judged": sorted(view.judged),
            "reports": view.reports, "parent": view.parent and {"id": view.parent[0], "name": view.parent[1]},
            "subsidiaries": [{"id": number, "name": name} for number, name in view.subsidiaries],
            "merged_into": view.merged_into and {"id": view.merged_into[0], "name": view.merged_into[1]},
            "judgements": [
                {"at": instant(entry.at), "kind": entry.kind.value, "by": entry.by, "reason": entry.reason,
                 "company": entry.company_id, "other": entry.other_company_id, "names": list(entry.names)}
                for entry in ledger
            ],
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"company {view.id}: {view.name}")
    if view.merged_into:
        click.echo(f"  is company {view.merged_into[0]} ({view.merged_into[1]}), as a person says")
    for name in view.names:
        click.echo(f"  also written {name}{' (a person says so)' if name in view.judged else ''}")
    if view.parent:
        click.echo(f"  belongs to {view.parent[1]} ({view.parent[0]})")
    for number, name in view.subsidiaries:
        click.echo(f"  owns {name} ({number})")
    click.echo(
        f"  {view.reports} report{'' if view.reports == 1 else 's'}; dealwire deals --party {_quoted(view.name)}"
    )
    for entry in ledger:
        names = f": {', '.join(entry.names)}" if entry.names else ""
        why = f" ({entry.reason})" if entry.reason else ""
        click.echo(f"  {instant(entry.at)[:10]} {entry.by}: {entry.kind.value.replace('_', ' ')}{names}{why}")


@click.command("merge")
@click.argument("company")
@click.argument("other")
@judging_options
@shared_options
@click.pass_context
def merge(ctx: click.Context, company: str, other: str, reason: str, by: str | None) -> None:
    """Say that OTHER is the company COMPANY: its names and reports go there, and so does all that is read later.

    Both are names or numbers. Nothing is lost: `companies split` takes names apart again.

    \b
    Example:
      dealwire companies merge "Bright Well" "Brightwell Optics" --reason "renamed in May"
    """
    from pipeline.judging import merge_companies
    from storage.companies import names_of

    with settings_of(ctx).database(must_exist=True) as database:
        with database.reading() as session:
            keep, gone = company_id(session, company), company_id(session, other)
            names = names_of(session, [keep, gone])
        unsettled = merge_companies(database, keep, gone, person(reason, by))
    say(f"company {gone} ({names.get(gone)}) is company {keep} ({names.get(keep)}) now")
    tell_unsettled(ctx, unsettled)


@click.command("split")
@click.argument("company")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@judging_options
@shared_options
@click.pass_context
def split(ctx: click.Context, company: str, names: tuple[str, ...], reason: str, by: str | None) -> None:
    """Say that these NAMEs of COMPANY are those of another: it becomes one of its own, with the reports that use them.

    \b
    Example:
      dealwire companies split Veltrin "Veltrin Cloud" "Veltrin Cloud Asia"
    """
    from pipeline.judging import split_company

    with settings_of(ctx).database(must_exist=True) as database:
        with database.reading() as session:
            whole = company_id(session, company)
        new, unsettled = split_company(database, whole, names, person(reason, by))
    say(f"{', '.join(names)}: company {new} now, no longer company {whole}")
    tell_unsettled(ctx, unsettled)


@click.command("alias")
@click.argument("company")
@click.argument("name")
@judging_options
@shared_options
@click.pass_context
def alias(ctx: click.Context, company: str, name: str, reason: str, by: str | None) -> None:
    """Say that NAME is a name of COMPANY, whoever it was taken for before.

    \b
    Example:
      dealwire companies alias Veltrin 维尔特林
    """
    from pipeline.judging import give_alias

    with settings_of(ctx).database(must_exist=True) as database:
        with database.reading() as session:
            owner = company_id(session, company)
        unsettled = give_alias(database, owner, name, person(reason, by))
    say(f"{name} is company {owner} now")
    tell_unsettled(ctx, unsettled)


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


COMMANDS = (find, show, merge, split, alias)
