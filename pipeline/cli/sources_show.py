"""``dealwire sources show``: all there is to know of one source."""

from __future__ import annotations

import difflib
import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import missing_file, now, printable, settings_of, shared_options
from pipeline.cli.sources_list import ago, load_reports
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from pipeline.source_report import SourceReport
    from storage.source_health import PastPoll

_COLUMNS = (
    Column("poll"), Column("outcome"), Column("found", right=True), Column("new", right=True),
    Column("overlap", right=True), Column("read", right=True), Column("failed", right=True),
    Column("deals", right=True), Column("error", wrap=True),
)  # fmt: skip


@click.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object")
@shared_options
@click.pass_context
def command(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show one source: its alarms and what to do about them, its rhythm, the next poll and why then, its last polls.

    \b
    Examples:
      dealwire sources show Nokia
      dealwire sources show Nokia --json | jq '.history[0]'
    """
    settings = settings_of(ctx)
    moment = now()
    reports = {report.name: report for report in load_reports(settings, moment)}
    if name not in reports:
        close = difflib.get_close_matches(name, reports, 1)
        hint = f"did you mean {close[0]!r}?" if close else "`dealwire sources` lists those there are"
        raise click.UsageError(f"there is no source called {name!r}; {hint}")
    report = reports[name]
    polls: list[PastPoll] = []
    if report.health is not None and missing_file(settings.url) is None:
        from storage.source_health import history

        with settings.database() as database, database.reading() as session:
            polls = history(session, name)
    if as_json:
        shape = report.as_json() | {"history": [_poll_json(poll) for poll in polls]}
        click.echo(json.dumps(shape, ensure_ascii=False))
        return
    for label, value in _facts(report, moment):
        click.echo(printable(f"{label + ':':16}{value}"))
    if polls:
        click.echo()
        print_table(_COLUMNS, [_row(poll, moment) for poll in polls])


def _facts(report: SourceReport, now: datetime) -> list[tuple[str, str]]:
    from pipeline.alarms import silence_allowed
    from pipeline.rhythm import in_words
    from pipeline.source_report import newest_item

    facts = [("source", report.name), ("kind", report.kind), ("address", report.url), ("state", report.condition.value)]
    if report.health is None:
        return facts
    health, state = report.health, report.health.state
    if report.polled_url != report.url:
        facts.append(("moved to", f"{report.polled_url} (asked instead; change it in the configuration)"))
    for alarm in report.alarms:
        since = state.alarms.get(alarm.kind)
        facts.append(("alarm", alarm.message + (f" (it began {ago(since, now)})" if since is not None else "")))
        facts.append(("what to do", alarm.advice))
    streak = f"{state.successes_in_row} good in a row" if state.successes_in_row else ""
    if state.failures_in_row:
        streak = f"{state.failures_in_row} failed in a row, the first {ago(state.failing_since, now)}"
    facts.append(("last good poll", ago(state.last_success_at, now) or "none"))
    facts.append(("streak", streak or "none"))
    if state.last_error is not None:
        facts.append(("last error", f"{ago(state.last_error_at, now)}: {state.last_error}"))
    if report.configured and state.retired_at is None:
        when = "at once" if report.due_at_once else ago(state.next_poll_at, now)
        facts.append(("next poll", when + (f" ({state.next_poll_why})" if state.next_poll_why else "")))
    if report.rhythm is not None:
        longest = f"longest gap {in_words(report.rhythm.longest_gap)}"
        patience = f"silent is an alarm after {in_words(silence_allowed(report.rhythm))}"
        facts.append(("rhythm", f"something new {report.rhythm_in_words}, {longest}; {patience}"))
    if (newest := newest_item(health)) is not None:
        facts.append(("newest item", ago(newest, now)))
    if state.overlap is not None:
        facts.append(("overlap", f"{state.overlap:.0%} of the links were known from the poll before"))
    if state.distrusted_since is not None:
        said = f'it said "unchanged" when it had changed ({ago(state.distrusted_since, now)}), so it is asked in full'
        facts.append(("validators", said))
    if state.last_notes:
        facts.append(("notes", "; ".join(state.last_notes)))
    counts = f"{health.pages_found} found, {health.pages_waiting} waiting, {health.pages_read} read"
    facts.append(("pages", f"{counts}, {health.pages_failed} failed"))
    facts.append(("deals", str(health.deals)))
    lately = health.lately
    if lately.since is not None:
        polls = f"{lately.polls} polls, {lately.failed} failed, since {ago(lately.since, now)}; {lately.new} new links"
        read = f"{lately.pages_read} pages read, {lately.pages_failed} failed, {lately.deals} new deals"
        facts.append(("lately", f"{polls}, {read}"))
    return facts


def _row(poll: PastPoll, now: datetime) -> tuple[str, ...]:
    overlap = "" if poll.overlap is None else f"{poll.overlap:.0%}"
    numbers = (poll.pages_read, poll.pages_failed, poll.deals)
    return (
        ago(poll.at, now), poll.outcome.value, str(poll.found), str(poll.new), overlap, *map(str, numbers),
        poll.error or "",
    )  # fmt: skip


def _poll_json(poll: PastPoll) -> dict[str, object]:
    return {
        "at": poll.at.isoformat(timespec="seconds"), "outcome": poll.outcome.value, "found": poll.found,
        "new": poll.new, "overlap": poll.overlap, "error": poll.error, "pages_read": poll.pages_read,
        "pages_failed": poll.pages_failed, "deals": poll.deals,
    }  # fmt: skip
