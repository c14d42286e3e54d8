"""``dealwire companies``: the dictionary of organisations, searched and added to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import click

from pipeline.cli.common import FAILED, Settings, on_terminal, say, settings_of, shared_options
from pipeline.cli.company_judgements import COMMANDS
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.company_files import CompanyFile
    from pipeline.company_import import Change, Holder, Outcome, Register
    from pipeline.company_rows import CompanyList, Format

_PAGE = 50
_KNOWN = (
    Column("name", wrap=True), Column("country"), Column("kind"), Column("areas", wrap=True),
    Column("aliases", wrap=True), Column("tickers", wrap=True), Column("from", wrap=True),
)  # fmt: skip
_BROUGHT = (
    Column(""), Column("name", wrap=True), Column("country"), Column("further names", wrap=True),
    Column("tickers", wrap=True), Column("counts", wrap=True),
)  # fmt: skip


@click.group("companies", invoke_without_command=True)
@shared_options
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the organisations that are known by name, add more from a CSV or the SEC's list; look at those of the
    history, and say which are one.

    \b
    Examples:
      dealwire companies list 诺基亚
      dealwire companies import customers.csv --dry-run
      dealwire companies merge Brightwell "Bright Well Optics"
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_companies)


for _judgement in COMMANDS:
    command.add_command(_judgement)


@command.command("list")
@click.argument("text", default="")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help=f"At most N  [on a terminal: {_PAGE}, else all]")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one organisation a line")
@shared_options
@click.pass_context
def list_companies(ctx: click.Context, text: str = "", limit: int | None = None, as_json: bool = False) -> None:
    """List the organisations one of whose names has TEXT in it, the nearest first, and where they are known from.

    Names are compared in any script, without capitals, accents and legal forms; a ticker is compared whole.

    \b
    Examples:
      dealwire companies list nokia
      dealwire companies list 小米 --json | jq .aliases
    """
    settings = settings_of(ctx)
    known, _ = _register(settings)
    found = _search(known.holders, text)
    shown = limit or (_PAGE if on_terminal() and not as_json else len(found))
    if as_json:
        for holder in found[:shown]:
            click.echo(json.dumps(_as_json(holder), ensure_ascii=False))
    else:
        print_table(_KNOWN, (_row(holder) for holder in found[:shown]))
    if not found:
        say(f"nobody is known by a name with {text!r} in it; `dealwire companies import` takes more from a file")
    elif len(found) > shown:
        say(f"{shown} of {len(found)} organisations; see more with --limit N, all with --json or in a pipe")


@command.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--format", "form", type=click.Choice(["csv", "sec"]), help="What FILE is  [default: found out]")
@click.option("--dry-run", is_flag=True, help="Only print what would come")
@shared_options
@click.pass_context
def import_(ctx: click.Context, file: BinaryIO, form: Format | None, dry_run: bool) -> None:
    """Add the organisations of FILE (- for standard input) to those that are found in texts.

    FILE is a CSV whose first line names its columns: name, and where there is more to say aliases, country (ISO
    3166-1), tickers, areas, parent, kind; several in a cell are separated by ";". Or it is the list of companies of
    the SEC, company_tickers.json or company_tickers_exchange.json.

    They go into the first of the configuration's company_files, companies.yaml beside it by default. Importing again
    updates them. An organisation that is known already only gets names that are new; a name that belongs to another
    stays with that one. Names without their legal form are found too, and one that is an ordinary word (Target) only
    counts where the text shows that a company is meant.

    \b
    Examples:
      dealwire companies import customers.csv --dry-run
      dealwire companies import company_tickers.json
    """
    from pipeline.company_files import changed_text, read_file, write_file
    from pipeline.company_import import bring
    from pipeline.company_rows import MAX_BYTES, read_list

    settings = settings_of(ctx)
    config = settings.config
    name = getattr(file, "name", "standard input")
    rows = read_list(file.read(MAX_BYTES + 1), name=name, areas=config.areas, form=form)
    say(f"{name}: {_count(len(rows.rows), 'organisation')} ({'CSV' if rows.format == 'csv' else 'list of the SEC'})")
    if rows.ignored:
        say(f"ignored columns: {', '.join(rows.ignored)}")
    if not config.company_files:
        raise click.UsageError("company_files is empty in the configuration; name a file there")
    target = config.company_files[0]
    known, files = _register(settings, but=target)
    own = files.get(target) or read_file(target, config.areas)
    outcome = bring(rows, known, own.entries, _called(target))
    text = changed_text(own, {c.number: c.entry for c in outcome.changes if c.number is not None},
                        [c.entry for c in outcome.changes if c.number is None])  # fmt: skip
    if outcome.changes and not dry_run:
        write_file(own, text)
    _tell(rows, outcome, target, dry_run=dry_run)
    if rows.problems or not rows.rows:
        ctx.exit(FAILED)


def _register(settings: Settings, *, but: Path | None = None) -> tuple[Register, dict[Path, CompanyFile]]:
    """Everybody who is known, and the files they were read from; the file ``but`` need not be there."""
    from pipeline.company_files import own_files, read_file
    from pipeline.company_import import register
    from pipeline.config import DEFAULT_FILE
    from pipeline.extraction.organisations import built_in

    config = settings.config
    known = register(built_in(), config.companies, str(settings.config_path or DEFAULT_FILE))
    files = {path: read_file(path, config.areas) for path in own_files(config, but=but)}
    for path, file in files.items():
        for entry in file.entries:
            known.add(entry, _called(path))
    return known, files


def _called(path: Path) -> str:
    """The file as a person here would write it."""
    here = path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _search(holders: Iterable[Holder], text: str) -> list[Holder]:
    from pipeline.company_names import key_of
    from storage.names import fold

    if not text.strip():
        return sorted(holders, key=lambda holder: fold(holder.entry.name))
    wanted, key, ticker = fold(text.strip()), key_of(text), text.strip().upper()
    found: list[tuple[int, str, Holder]] = []
    for holder in holders:
        names = [fold(name) for name in holder.names.values()]
        near = min((_nearness(name, wanted) for name in names), default=3)
        if near and (any(key_of(name) == key for name in holder.names.values()) or ticker in holder.entry.tickers):
            near = 0
        if near < 3:
            found.append((near, fold(holder.entry.name), holder))
    return [holder for _, _, holder in sorted(found, key=lambda item: item[:2])]


def _nearness(name: str, wanted: str) -> int:
    """0 for the whole name, 1 for its beginning, 2 for anything in it, 3 for nothing."""
    return 0 if name == wanted else 1 if name.startswith(wanted) else 2 if wanted in name else 3


def _aliases(holder: Holder) -> Iterator[str]:
    return (name for name in holder.names.values() if name != holder.entry.name)


def _row(holder: Holder) -> tuple[str, ...]:
    entry = holder.entry
    return (
        entry.name, entry.country, entry.kind, ", ".join(entry.areas), ", ".join(_aliases(holder)),
        ", ".join(entry.tickers), ", ".join(holder.sources),
    )  # fmt: skip


def _as_json(holder: Holder) -> dict[str, object]:
    entry = holder.entry
    return {
        "name": entry.name, "country": entry.country or None, "kind": entry.kind, "areas": list(entry.areas),
        "aliases": list(_aliases(holder)), "tickers": list(entry.tickers), "parent": entry.parent,
        "common_word": entry.common_word, "from": holder.sources,
    }  # fmt: skip


def _tell(rows: CompanyList, outcome: Outcome, target: Path, *, dry_run: bool) -> None:
    changes = outcome.changes
    shown = changes[:_PAGE] if on_terminal() else changes
    print_table(_BROUGHT, (_change(change) for change in shown))
    if len(shown) < len(changes):
        say(f"and {len(changes) - len(shown)} more; in a pipe all are shown")
    for remark in outcome.remarks:
        say(remark)
    for problem in rows.problems:
        say(f"left out: {problem}")
    states = [change.state for change in changes]
    counts = (
        f"{states.count('new')} new", f"{states.count('updated')} updated",
        f"{states.count('more names')} known ones with more names", f"{outcome.known} known already",
        f"{len(rows.problems) + outcome.left} left out",
    )  # fmt: skip
    say(("would be " if dry_run else "") + f"{_called(target)}: " + ", ".join(counts))
    if changes and not dry_run:
        say("what is read from now on is read with them (`dealwire run` when it is started anew); "
            "`dealwire reextract` reads the kept pages again")  # fmt: skip


def _change(change: Change) -> tuple[str, ...]:
    entry = change.entry
    counts = "with other evidence" if entry.common_word else ""
    return (change.state, entry.name, entry.country, ", ".join(change.added), ", ".join(entry.tickers), counts)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
