"""``dealwire digest``: the deals of a period as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import Day, Word, names_of, now, plain_stdout, say, settings_of, shared_options
from pipeline.cli.filters import filter_options, query_of
from pipeline.config import DigestFormat, Period

if TYPE_CHECKING:
    from pipeline.cli.common import Settings
    from pipeline.config import DigestConfig
    from pipeline.digest import Span


@click.command("digest")
@click.argument("name", required=False)
@click.option("--period", type=Word(Period), help="The last day, week or month that is over")
@click.option("--of", "day", type=Day(), help="With --period: the day, week or month that this date lies in")
@click.option("--format", "form", type=Word(DigestFormat), help="How it is written  [default: csv]")
@click.option("--output", "-o", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), metavar="FILE",
              help="Where to, - for standard output  [default: digests/NAME-PERIOD.csv]")  # fmt: skip
@click.option("--excel", is_flag=True, help="Begin the CSV with a byte order mark, which Excel needs to see UTF-8")
@filter_options
@shared_options
@click.pass_context
def command(
    ctx: click.Context, /, name: str | None, period: Period | None, day: date | None, form: DigestFormat | None,
    output: Path | None, excel: bool, **options: object,
) -> None:  # fmt: skip
    """Write the deals of a period as CSV (or JSON Lines, or Markdown) and print the path of the file.

    NAME is a digest of the configuration, which then gives period, format, folder and conditions; without it the
    options do, and without --period, --since or --until all deals there are go in. Deals of a period are those
    announced in it, or first reported in it when no one says when they were announced.

    \b
    Examples:
      dealwire digest --period weekly
      dealwire digest --since 2026-10 --until 2026-10 --type licensing --format markdown
      dealwire digest morning -o - | head
    """
    from pipeline.digest import digest_path, last_span, publish, span_between, span_of, write_digest
    from pipeline.party_names import known_party
    from storage.deals import iter_deals

    settings = settings_of(ctx)
    given = _given(ctx, [*options])
    query = query_of(settings, options)
    folder = Path("digests")
    if name is not None:
        digest = _configured(name, settings)
        if given:
            raise click.UsageError(
                f"the digest {name!r} of the configuration sets its own conditions; leave out {given}"
            )
        query = digest.filter.query()
        period, form, folder = period or digest.period, form or digest.format, digest.folder
    form = form or DigestFormat.CSV
    if excel and form is not DigestFormat.CSV:
        raise click.UsageError("--excel is for CSV")
    if period is None:
        if day is not None:
            raise click.UsageError("--of needs --period: the day, the week or the month of that date?")
        span = span_between(query.since, query.until)
    elif query.since is not None or query.until is not None:
        raise click.UsageError("give either --period or --since and --until")
    else:
        zone = settings.config.schedule.zone
        span = span_of(period, day) if day is not None else last_span(period, now().astimezone(zone).date())
    name = name or "deals"
    with settings.database(must_exist=True) as database:
        with database.reading() as session:
            query = known_party(session, query, partial(names_of, settings))
        if output is not None and str(output) == "-":
            query = replace(query, since=span.since, until=span.until)
            with database.reading() as session, plain_stdout() as stream:
                if excel:
                    stream.write("\ufeff")
                deals = iter_deals(session, query, evidence=form is DigestFormat.JSONL)
                write_digest(deals, stream, form, title=f"{name}, {span.label}")
            return
        path = output or digest_path(folder, name, span, form)
        try:
            written = publish(database, query, span, path, form, name=name, now=now(), byte_order_mark=excel)
        except OSError as error:
            raise click.ClickException(
                f"{path}: cannot be written: {error.strerror or error}; choose another with --output"
            ) from error
    click.echo(str(written.path))
    say(f"{written.deals} deal{'' if written.deals == 1 else 's'}{_days(span)}")


def _given(ctx: click.Context, names: list[str]) -> str:
    """Those of the options that are on the command line, as they are written there."""
    options = {parameter.name: parameter.opts[0] for parameter in ctx.command.params}
    on_line = [name for name in names if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
    return ", ".join(options[name] for name in on_line)


def _configured(name: str, settings: Settings) -> DigestConfig:
    import difflib

    digests = {digest.name: digest for digest in settings.config.digests}
    if name not in digests:
        close = difflib.get_close_matches(name, digests, 1)
        known = f"known: {', '.join(digests)}" if digests else "there are none"
        hint = f"did you mean {close[0]}?" if close else known
        raise click.UsageError(f"the configuration has no digest called {name!r}; {hint}")
    return digests[name]


def _days(span: Span) -> str:
    if span.since is None and span.until is None:
        return ""
    if span.since == span.until:
        return f" of {span.since}"
    parts = [f"from {span.since}" if span.since else "", f"to {span.until}" if span.until else ""]
    return " " + " ".join(part for part in parts if part)
