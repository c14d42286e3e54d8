"""``dealwire show``: one deal, with the proof of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import console, on_terminal, printable, say, settings_of, shared_options

if TYPE_CHECKING:
    from pipeline.disagreements import Disagreement
    from storage.deals import DealChange, DealView
    from storage.edits import Edit
    from storage.judgements import LedgerEntry


@click.command("show")
@click.argument("deal", type=click.IntRange(min=1), metavar="DEAL")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with evidence, reports and revisions")
@shared_options
@click.pass_context
def command(ctx: click.Context, deal: int, as_json: bool) -> None:
    """Show one deal: its parties, the sentences that prove each field, its sources, and what changed over time.

    DEAL is the number that `dealwire deals` and digests give it.

    \b
    Examples:
      dealwire show 12
      dealwire show 12 --json | jq .evidence
    """
    from pipeline.disagreements import disagreements
    from pipeline.output import json_line, shown_deal_json
    from storage.articles import reports_of_deal
    from storage.deals import get, revisions
    from storage.edits import edits_of_deal
    from storage.judgements import ledger_of_deal

    with settings_of(ctx).database(must_exist=True) as database, database.reading() as session:
        view = get(session, deal)
        changes = revisions(session, view.id)
        against = disagreements(view, reports_of_deal(session, view.id))
        ledger = ledger_of_deal(session, view.id)
        edits = edits_of_deal(session, view.id)
    if view.id != deal:
        say(f"deal {deal} was found to be deal {view.id}")
    if as_json:
        click.echo(json_line(shown_deal_json(view, changes, against, ledger, edits)))
        return
    sections = [*_sections(view, changes), *_edited(edits), *_judged(against, ledger)]
    if on_terminal():
        _print(sections)
    else:
        for heading, lines in sections:
            click.echo(f"{heading}:" + "".join(f"\n  {printable(line)}" for line in lines))


def _edited(edits: Sequence[Edit]) -> Iterator[tuple[str, list[str]]]:
    from pipeline.output import instant

    if edits:
        lines = []
        for edit in edits:
            what = "its text was edited" if edit.title == edit.now else f"“{edit.title}” became “{edit.now}”"
            lines += [f"{instant(edit.at)[:10]:<11} {what}", f"{'':<11} {edit.url}"]
        yield "edited articles", lines


def _judged(against: Sequence[Disagreement], ledger: Sequence[LedgerEntry]) -> Iterator[tuple[str, list[str]]]:
    from pipeline.output import instant

    if against:
        lines = []
        for one in against:
            lines += [f"{one.field:<11} {one.said}", *(f"{'':<11} {url}" for url in one.urls)]
        yield "said otherwise", lines
    if ledger:
        lines = []
        for entry in ledger:
            kind = entry.kind.value.replace("_", " ")
            other = f" {entry.other_deal_id}" if entry.other_deal_id is not None else ""
            sure = f" ({entry.score:.2f})" if entry.score is not None else ""
            lines.append(f"{instant(entry.at)[:10]:<11} {entry.by}: {kind}{other}{sure} {entry.reason}".rstrip())
            lines += [f"{'':<11} {entry.url}"] if entry.url else []
        yield "judgements", lines


def _sections(view: DealView, changes: Sequence[DealChange]) -> Iterator[tuple[str, list[str]]]:
    """Headings and the lines under them; sections without lines are left out."""
    from pipeline.digest.wording import value_text
    from pipeline.output import day_text, instant, moment_text

    facts = [
        ("announced", day_text(view.announced_on, view.announced_precision) or "not known"),
        ("status", view.status.value),
        ("type", " ".join((view.type.value, *(f"+{also.value}" for also in view.also)))),
        ("value", value_text(view.value)),
        ("focus", ", ".join(view.focus)),
        ("technology", "yes" if view.technology else "no"),
        ("confidence", f"{view.confidence:.2f}"),
        ("first seen", instant(view.first_seen)),
        ("updated", instant(view.updated_at)),
    ]
    yield f"deal {view.id}", [view.headline, *(f"{name:<11} {text}" for name, text in facts if text)]
    yield "parties", [f"{party.role.value:<11} {party.name}" for party in view.parties]
    if view.timeline:
        yield "timeline", [f"{step.on or ''!s:<11} {step.status.value:<11} {step.url}" for step in view.timeline]
    if view.evidence:
        lines: list[str] = []
        for url, proofs in groupby(view.evidence, key=lambda proof: proof.url):
            lines.append(url)
            lines += [f"{proof.field:<11} “{' '.join(proof.quote.split())}”" for proof in proofs]
        yield "evidence", lines
    if view.reports:
        lines = []
        for report in view.reports:
            copied = ", a copy" if report.copy else ""
            day = moment_text(report.published, report.published_precision) or ""
            lines += [
                f"{day[:10]:<11} {report.title} ({report.language}, {report.source}{copied})",
                f"{'':<11} {report.url}",
            ]
        yield "reports", lines
    if changes:
        lines = []
        for change in changes:
            lines += [
                f"{instant(change.at)[:10]:<11} {name}: {before or '-'} -> {after or '-'}"
                for name, (before, after) in change.changes.items()
            ]
            lines += [f"{'':<11} because of {change.url}"] if change.url else []
        yield "revisions", lines


def _print(sections: Sequence[tuple[str, list[str]]]) -> None:
    from rich.text import Text

    out = console()
    for heading, lines in sections:
        out.print(Text(heading, style="bold"))
        for line in lines:
            out.print(Text("  " + printable(line)), soft_wrap=True)
