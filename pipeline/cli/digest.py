"""``dealwire digest``: the deals of a period, or what is new, as a file; and sending what is to be sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import Day, Word, names_of, now, plain_stdout, say, settings_of, shared_options
from pipeline.cli.filters import filter_options, query_of
from pipeline.config_digests import DigestFormat, Period

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.cli.common import Settings
    from pipeline.config_digests import DigestConfig
    from pipeline.digest.making import Made, Wanted
    from pipeline.digest.periods import Span
    from storage.database import Database
    from storage.deals import DealQuery

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@click.command("digest")
@click.argument("name", required=False)
@click.option("--period", type=Word(Period), help="The last day, week or month that is over, or what is new")
@click.option("--since-last", is_flag=True,
              help="Deals new or changed since the last digest of this name (--period since_last)")  # fmt: skip
@click.option("--of", "day", type=Day(), help="With --period: the day, week or month that this date lies in")
@click.option("--format", "form", type=Word(DigestFormat), help="How it is written  [default: csv]")
@click.option("--output", "-o", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), metavar="FILE",
              help="Where to, - for standard output  [default: digests/NAME-PERIOD.csv]")  # fmt: skip
@click.option("--excel", is_flag=True, help="Begin the CSV with a byte order mark, which Excel needs to see UTF-8")
@click.option("--as", "called", metavar="NAME",
              help="What to call a digest that no configuration names  [default: deals]")  # fmt: skip
@click.option("--deliver", is_flag=True,
              help="Send NAME through its channels; without NAME send what is due in the outbox")  # fmt: skip
@click.option("--retry-failed", is_flag=True, help="With --deliver: also what was given up, and at once")
@click.option("--list", "listed", is_flag=True, help="List the digests made (of NAME), where they went, what failed")
@filter_options
@shared_options
@click.pass_context
def command(
    ctx: click.Context, /, name: str | None, period: Period | None, since_last: bool, day: date | None,
    form: DigestFormat | None, output: Path | None, excel: bool, called: str | None, deliver: bool,
    retry_failed: bool, listed: bool, **options: object,
) -> None:  # fmt: skip
    """Write the deals of a period, or what is new, as CSV, JSON Lines, Markdown or HTML; print the path of the file.

    NAME is a digest of the configuration, which then gives period, format, folder and conditions; without it the
    options do, and without --period, --since or --until all deals there are go in. Deals of a period are those
    announced in it, or first reported in it when no one says when they were announced.

    --since-last tells each deal once, and again when it changed, for each NAME or --as NAME. With -o - it is only
    shown: the next one tells the same again.

    Mail and webhooks are sent by `dealwire run`, or with --deliver: from cron, say.

    \b
    Examples:
      dealwire digest --period weekly --format html
      dealwire digest --since 2026-10 --until 2026-10 --type licensing --format markdown
      dealwire digest --since-last --as chips --focus semiconductors
      dealwire digest morning -o - | head
      dealwire digest morning --deliver
      dealwire digest --list
    """
    from pipeline.cli.digest_outbox import list_outbox, send_outbox

    settings = settings_of(ctx)
    given = _given(ctx, [*options])
    query = query_of(settings, options)
    if since_last:
        if period not in (None, Period.SINCE_LAST):
            raise click.UsageError("give either --since-last or --period")
        period = Period.SINCE_LAST
    if retry_failed and not deliver:
        raise click.UsageError("--retry-failed goes with --deliver")
    if listed or (deliver and name is None):
        more = ", ".join(
            filter(None, (given, _given(ctx, ["period", "since_last", "day", "form", "output", "excel", "called"])))
        )
        if more:
            raise click.UsageError(f"{'--list' if listed else '--deliver without a NAME'} goes without {more}")
        with settings.database(must_exist=True) as database:
            if listed:
                list_outbox(database, name)
            elif not send_outbox(database, settings, retry_failed=retry_failed):
                ctx.exit(1)
        return
    digest = None
    if name is not None:
        digest = _configured(name, settings)
        if given or called:
            clash = ", ".join(filter(None, (given, "--as" if called else "")))
            raise click.UsageError(
                f"the digest {name!r} of the configuration sets its own conditions; leave out {clash}"
            )
        query = digest.filter.query()
    if called is not None and not _NAME.fullmatch(called):
        raise click.UsageError("--as takes letters, digits, - and _, as it begins the file's name")
    wanted = _wanted(settings, digest, query, period, day, form, output, excel, called, deliver)
    with settings.database(must_exist=True) as database:
        if output is not None and str(output) == "-":
            _show(database, settings, wanted)
            return
        made = _make(database, settings, wanted)
        if made.path is not None:
            click.echo(str(made.path))
        say(_told(made, wanted))
        if deliver and not send_outbox(database, settings, name=name, retry_failed=retry_failed):
            ctx.exit(1)


def _wanted(
    settings: Settings, digest: DigestConfig | None, query: DealQuery, period: Period | None, day: date | None,
    form: DigestFormat | None, output: Path | None, excel: bool, called: str | None, deliver: bool,
) -> Wanted:  # fmt: skip
    """What the options and the configuration ask for. Raises click.UsageError."""
    from pipeline.digest.making import Wanted, file_in

    if digest is not None:
        period, form = period or digest.period, form or digest.format
    form = form or DigestFormat.CSV
    if excel and form is not DigestFormat.CSV:
        raise click.UsageError("--excel is for CSV")
    span = _span(settings, query, period, day)
    name = digest.name if digest is not None else called or "deals"
    folder = Path("digests") if digest is None else digest.folder
    shown = output is not None and str(output) == "-"
    if digest is not None and digest.deliver and not deliver and not shown and (folder is None or span is None):
        to = ", ".join(digest.deliver)
        raise click.UsageError(
            f"the digest {name!r} goes to {to}: add --deliver to make and send it, or -o - to look at it"
        )
    if deliver and digest is not None and not digest.deliver:
        raise click.UsageError(f"the digest {name!r} names no channels; give it some with `deliver:`")
    channels = {channel.name: channel for channel in settings.config.channels}
    path: Callable[[str], Path] | None = None if folder is None else file_in(folder, name, form)
    if output is not None:
        path = lambda label: output  # noqa: E731
    return Wanted(
        name=name, query=query, span=span, form=form, file=path, zone=settings.config.schedule.zone,
        byte_order_mark=excel or (digest is not None and digest.excel),
        channels=[channels[to] for to in digest.deliver] if deliver and digest is not None else (),
        send_empty=digest is not None and digest.send_empty,
    )  # fmt: skip


def _span(settings: Settings, query: DealQuery, period: Period | None, day: date | None) -> Span | None:
    from pipeline.digest.periods import last_span, span_between, span_of

    if period is Period.SINCE_LAST:
        if day is not None:
            raise click.UsageError("--of is for days, weeks and months; what is new has none")
        return None
    if period is None:
        if day is not None:
            raise click.UsageError("--of needs --period: the day, the week or the month of that date?")
        return span_between(query.since, query.until)
    if query.since is not None or query.until is not None:
        raise click.UsageError("give either --period or --since and --until")
    if day is not None:
        return span_of(period, day)
    return last_span(period, now().astimezone(settings.config.schedule.zone).date())


def _show(database: Database, settings: Settings, wanted: Wanted) -> None:
    from pipeline.digest.making import edition_writer

    with database.reading() as session, plain_stdout() as stream:
        if wanted.byte_order_mark and wanted.form is DigestFormat.CSV:
            stream.write("\ufeff")
        edition_writer(session, _known(session, settings, wanted), now()).write(stream, wanted.form)


def _make(database: Database, settings: Settings, wanted: Wanted) -> Made:
    from pipeline.digest.making import make

    with database.reading() as session:
        wanted = _known(session, settings, wanted)
    try:
        return make(database, wanted, now=now())
    except OSError as error:
        path = wanted.file("PERIOD") if wanted.file is not None else "the digest"
        raise click.ClickException(
            f"{path}: cannot be written: {error.strerror or error}; choose another with --output"
        ) from error


def _known(session: Session, settings: Settings, wanted: Wanted) -> Wanted:
    from pipeline.party_names import known_party

    return replace(wanted, query=known_party(session, wanted.query, partial(names_of, settings)))


def _told(made: Made, wanted: Wanted) -> str:
    deals = f"{made.deals} deal{'' if made.deals == 1 else 's'}"
    if wanted.span is None:
        return f"{deals} new or changed" if made.deals else "nothing is new since the last digest of this name"
    return deals + _days(wanted.span)


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
