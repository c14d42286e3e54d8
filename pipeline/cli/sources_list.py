"""``dealwire sources list``: every source with its health, as a table, JSON Lines or metrics."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import FAILED, Settings, missing_file, now, on_terminal, say, settings_of, shared_options
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from pipeline.source_report import SourceReport

_COLUMNS = (
    Column("source", wrap=True), Column("kind"), Column("state"), Column("last good poll"), Column("next poll"),
    Column("rhythm"), Column("new", right=True), Column("waiting", right=True), Column("read", right=True),
    Column("failed", right=True), Column("deals", right=True), Column("remarks", wrap=True),
)  # fmt: skip


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one source a line")
@click.option("--metrics", "as_metrics", is_flag=True, help="In the text format of Prometheus")
@click.option("--alarms", "alarms_only", is_flag=True, help="Only sources with an alarm; exit code 1 if there are any")
@shared_options
@click.pass_context
def command(ctx: click.Context, as_json: bool = False, as_metrics: bool = False, alarms_only: bool = False) -> None:
    """List every source with its health: state, last good poll, the next, rhythm, what it gave, what is wrong.

    States: ok, new (never polled), quiet (nothing new for much longer than usual), missing items, changed (layout),
    paused (it failed and is tried again soon), failing, retired (gone for good), removed (no longer configured).
    "new" counts the links of the last polls (at most 50) that were not known before. The exit code is 0 whatever the
    sources' health, but for --alarms.

    \b
    Examples:
      dealwire sources list
      dealwire sources list --alarms
      dealwire sources list --json | jq 'select(.state != "ok").name'
      dealwire sources list --metrics > /var/lib/node_exporter/dealwire.prom
    """
    moment = now()
    reports = load_reports(settings_of(ctx), moment)
    shown = [report for report in reports if report.alarms] if alarms_only else reports
    if as_metrics:
        from pipeline.metrics import source_metrics

        click.echo(source_metrics(shown), nl=False)
    elif as_json:
        for report in shown:
            click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        if not reports:
            say("no sources are configured here; name a configuration with --config, or try `dealwire demo`")
        print_table(_COLUMNS, [_row(report, moment) for report in shown])
    if alarms_only and shown:
        ctx.exit(FAILED)


def load_reports(settings: Settings, moment: datetime) -> list[SourceReport]:
    """The configured sources in their order, then those that are only in the database."""
    from pipeline.source_report import SourceReport, reports_of

    sources = settings.config.to_sources()
    if missing_file(settings.url) is not None:
        return [SourceReport.of_new(source) for source in sources]
    from storage.source_health import health

    with settings.database() as database, database.reading() as session:
        return reports_of(sources, health(session), moment)


def ago(moment: datetime | None, now: datetime) -> str:
    """A time for people, relative to now; for programs as ISO 8601."""
    if moment is None:
        return ""
    if not on_terminal():
        return moment.isoformat(timespec="seconds")
    from pipeline.rhythm import in_words

    seconds = (now - moment).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    return f"{in_words(now - moment)} ago" if seconds > 0 else f"in {in_words(moment - now)}"


def _row(report: SourceReport, now: datetime) -> tuple[str, ...]:
    health = report.health
    if health is None:
        return (report.name, report.kind, report.condition, *[""] * 8, report.remarks)
    state = health.state
    counts = (health.lately.new, health.pages_waiting, health.pages_read, health.pages_failed, health.deals)
    next_poll = "at once" if report.due_at_once else ago(state.next_poll_at, now) if health.configured else ""
    return (
        report.name, report.kind, report.condition, ago(state.last_success_at, now), next_poll, report.rhythm_in_words,
        *map(str, counts), report.remarks,
    )  # fmt: skip
