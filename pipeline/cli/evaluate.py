"""``dealwire evaluate``: how well the extractor does on labelled documents."""

from __future__ import annotations

import time
from pathlib import Path

import click

from pipeline.cli.common import console, extractor, names_of, on_terminal, say, settings_of, shared_options
from pipeline.cli.tables import print_plain


@click.command("evaluate")
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="GOLD.jsonl")
@click.option(
    "--texts", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="DIR",
    help="DIR/<id>.txt is the text of a label",
)  # fmt: skip
@click.option("--lang", metavar="CODE", help="Only the documents in this language")
@click.option("--misses", is_flag=True, help="List, by document, what was expected and what came")
@click.option("--measure", multiple=True, metavar="NAME", help="With --misses: only this measure (may be repeated)")
@shared_options
@click.pass_context
def command(
    ctx: click.Context, gold: Path, texts: Path, lang: str | None, misses: bool, measure: tuple[str, ...]
) -> None:
    """Score the extractor against labelled documents: detection, parties, types, focus, value and status, per language.

    \b
    Examples:
      dealwire evaluate gold.jsonl --texts texts/
      dealwire evaluate gold.jsonl --texts texts/ --lang vi --misses --measure parties
    """
    from pipeline.clusters import cluster
    from pipeline.errors import LabelError
    from pipeline.evaluate import evaluate, predict, with_clusters
    from pipeline.evaluate_table import print_misses, print_scores, tables
    from pipeline.labels import read_labels, read_text

    labels = read_labels(gold, lang=lang)
    if not labels:
        raise LabelError(f"{gold}: there is no label in it" + (f" in the language {lang}" if lang else ""))
    begin = time.perf_counter()
    predicted = dict(predict(labels, texts, extractor(settings_of(ctx))))
    seconds = time.perf_counter() - begin
    read = [(label.id, read_text(label, texts), predicted[label.id].reports) for label in labels]
    predicted = with_clusters(predicted, cluster(read))
    scores = evaluate(labels, predicted, canonical=names_of(settings_of(ctx)).canonical)
    if on_terminal():
        print_scores(scores, console(), misses=misses, measures=measure or None)
    else:
        for table in tables(scores):
            print_plain(table)
        if misses:
            print_misses(scores, console(), measure or None)
    rate = f" ({len(labels) / seconds:.0f} a second)" if seconds else ""
    say(f"{len(labels)} documents in {seconds:.1f} s{rate}")
