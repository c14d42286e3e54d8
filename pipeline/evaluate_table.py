"""Shows scores: tables on a terminal or in a pipe, the misses beneath; and the small command around them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.errors import PipelineError
from pipeline.evaluate import Measures, Scores, evaluate, predict
from pipeline.labels import read_labels

_COLUMNS: tuple[tuple[str, Callable[[Measures], float | None]], ...] = (
    ("detect P", lambda m: m.detection.precision),
    ("R", lambda m: m.detection.recall),
    ("F1", lambda m: m.detection.f1),
    ("parties", lambda m: m.parties.f1),
    ("+role", lambda m: m.roles.f1),
    ("type", lambda m: m.type.share),
    ("+also", lambda m: m.also.f1),
    ("focus", lambda m: m.focus.f1),
    ("value", lambda m: m.value.share),
    ("given", lambda m: m.value_given.share),
    ("status", lambda m: m.status.share),
    ("tech", lambda m: m.technology.f1),
    ("exact", lambda m: m.evidence.share),
)


def tables(scores: Scores) -> list[Table]:
    """The measures per language and per labelled type, precision beside recall, and the confused types."""
    rows: list[tuple[str, Measures]] = [("all", scores.overall)]
    rows += sorted(scores.by_language.items(), key=lambda row: (-row[1].documents, row[0]))
    found = [_table("by language", rows, documents=True)]
    found.append(_table("by type", sorted(scores.by_type.items(), key=lambda row: -row[1].deals), documents=False))
    split = Table(title="precision and recall", title_justify="left")
    for heading in ("measure", "right", "too much", "missed", "P", "R", "F1"):
        split.add_column(heading, justify="left" if heading == "measure" else "right")
    overall = scores.overall
    counted = [
        ("detection", overall.detection), ("parties", overall.parties), ("parties with role", overall.roles),
        ("types with also", overall.also), ("focus", overall.focus), ("technology", overall.technology),
        ("same deal, pairs", scores.same_deal),
    ]  # fmt: skip
    for name, counts in counted:
        if counts is None:
            split.add_row(name, *["-"] * 6)
        else:
            numbers = (str(counts.tp), str(counts.fp), str(counts.fn))
            split.add_row(name, *numbers, *map(_percent, (counts.precision, counts.recall, counts.f1)))
    found.append(split)
    if scores.confusions:
        confused = Table(title="types confused", title_justify="left")
        for heading in ("expected", "came", "deals"):
            confused.add_column(heading)
        for (expected, came), number in sorted(scores.confusions.items(), key=lambda row: -row[1])[:15]:
            confused.add_row(expected, came, str(number))
        found.append(confused)
    return found


def _table(title: str, rows: Iterable[tuple[str, Measures]], *, documents: bool) -> Table:
    table = Table(title=title, title_justify="left")
    columns = _COLUMNS if documents else _COLUMNS[3:-1]
    table.add_column("")
    if documents:
        table.add_column("docs", justify="right")
    table.add_column("deals", justify="right")
    for heading, _ in columns:
        table.add_column(heading, justify="right")
    for name, measures in rows:
        sizes = [str(measures.documents)] if documents else []
        table.add_row(name, *sizes, str(measures.deals), *(_percent(read(measures)) for _, read in columns))
    return table


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def print_scores(
    scores: Scores, console: Console, *, misses: bool = False, measures: Collection[str] | None = None
) -> None:
    """Print the tables, and with ``misses`` each difference by document (only of ``measures`` if given)."""
    for table in tables(scores):
        console.print(table)
    if misses:
        print_misses(scores, console, measures)


def print_misses(scores: Scores, console: Console, measures: Collection[str] | None = None) -> None:
    """Print each difference by document (only of ``measures`` if given)."""
    shown = [miss for miss in scores.misses if measures is None or miss.measure in measures]
    last = ""
    for miss in shown:
        if miss.id != last:
            console.print(Text(f"\n{miss.id}"), soft_wrap=True)
            last = miss.id
        console.print(Text(f"  {miss.measure:<10} expected: {miss.expected}"), soft_wrap=True)
        console.print(Text(f"  {'':<10} came:     {miss.came}"), soft_wrap=True)
    console.print(Text(f"\n{len(shown)} misses"))


def read_ids(path: Path) -> frozenset[str]:
    """Document ids, one a line; the rest of a line behind white space is a remark."""
    return frozenset(line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def main(arguments: list[str] | None = None) -> None:
    """Score the extractor from a shell. Exits with 2 when labels or texts cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.evaluate", description="Score the extractor against labels."
    )
    parser.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    parser.add_argument("--texts", type=Path, required=True, metavar="DIR", help="DIR/<id>.txt is the text of a label")
    parser.add_argument("--lang", help="only the documents in this language")
    parser.add_argument("--ids-file", type=Path, metavar="F", help="only the ids in this file, one a line")
    parser.add_argument("--misses", action="store_true", help="list what was expected and what came, per document")
    parser.add_argument("--measure", action="append", help="with --misses: only this measure (may be repeated)")
    options = parser.parse_args(arguments)

    from pipeline.extraction import extract  # its lexicons take a moment: --help should not wait for them
    from pipeline.extraction.organisations import directory

    try:
        ids = read_ids(options.ids_file) if options.ids_file else None
        labels = read_labels(options.gold, lang=options.lang, ids=ids)
        begin = time.perf_counter()
        predicted = dict(predict(labels, options.texts, extract))
        seconds = time.perf_counter() - begin
    except (OSError, PipelineError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    console = Console(width=None if sys.stdout.isatty() else 160)
    print_scores(
        evaluate(labels, predicted, canonical=directory().canonical),
        console,
        misses=options.misses,
        measures=options.measure,
    )
    rate = len(labels) / seconds if seconds else 0
    print(f"{len(labels)} document(s) in {seconds:.1f} s ({rate:.0f} a second)", file=sys.stderr)
