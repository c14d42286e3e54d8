"""Fits the weights of the extractor's decisions on labelled documents and writes lexicon/weights.yaml.

    cd tests/labelled
    python ../../bench/fit_extraction.py gold.jsonl --texts texts --unread unread.txt --write
    python ../../bench/fit_extraction.py gold.jsonl --texts texts --unread unread.txt --cross-validate

Every decision is a small logistic model over features that the rules compute (pipeline/extraction/model.py tells
which). They are fitted in the order in which the extractor takes them, since who is a party depends on the type. What
the words alone say is handed on by models that have not seen the document; the other decisions are handed on as fitted.
``--unread`` names documents that were never looked at while the lexicons were written: types are fitted on them alone.
``--cross-validate`` prints the table of ``dealwire evaluate`` with every document (of the unread ones, where they are
named) read by weights fitted without it, and how reliable confidence is.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from calibration import calibration, judgements, reliability
from fitting import Examples, Floats, dense, fit_choice, fit_classes, fit_logistic, fit_sparse, held_out
from matching import FOLDS, aligned, fold_of, overlap
from rich.console import Console

from pipeline.evaluate import Prediction, evaluate
from pipeline.evaluate_table import read_ids, tables
from pipeline.extraction import judged, model, phrases, read
from pipeline.extraction.focus import focus_features
from pipeline.extraction.kinds import also_features, type_features
from pipeline.extraction.organisations import directory
from pipeline.extraction.parties import areas_of, party_features
from pipeline.extraction.phrases import FILE, phrase_log_odds
from pipeline.extraction.reports import (
    Reading,
    deal_features,
    deal_sentences,
    draft,
    elsewhere,
    further_features,
    is_main,
    objects_of,
    scope_of,
)
from pipeline.extraction.status import status_features
from pipeline.extraction.wording import judge_wording
from pipeline.labels import Labelled, read_labels, read_text
from storage.vocabulary import DealType, Status

TARGET = Path(__file__).parents[1] / "pipeline/extraction/lexicon/weights.yaml"
#: Weights smaller than this are not written: they move nothing.
SMALLEST = 0.02

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Read:
    """A labelled document as the extractor reads it; documents of one cluster are in one fold."""

    label: Labelled
    reading: Reading
    fold: int


#: What we expect before any data: weights are drawn towards these, and to 0 where nothing stands here.
PRIOR: dict[str, dict[str, float]] = {
    "status_rumored": {
        "bias": -2.0,
        "rumored_title": 1.8,
        "rumored_lead": 1.0,
        "rumored_deal": 0.6,
        "rumored_body": 0.2,
        "future_title": -0.6,
        "future_lead": -0.6,
        "hypothetical_lead": 0.3,
        "terminated_title": -0.5,
    },
    "status_terminated": {
        "bias": -2.5,
        "terminated_title": 2.4,
        "terminated_lead": 1.4,
        "terminated_deal": 0.8,
        "terminated_body": 0.1,
        "ended_talks_title": 0.8,
    },
    "status_completed": {
        "bias": -1.8,
        "completed_title": 2.0,
        "completed_lead": 1.3,
        "completed_deal": 0.8,
        "completed_body": 0.2,
        "done_title": 0.5,
        "done_lead": 0.5,
        "to_come_title": -0.6,
        "to_come_lead": -0.4,
        "future_lead": -0.4,
        "future_deal": -0.2,
        "terminated_title": -1.0,
        "rumored_title": -1.0,
    },
    "status_announced": {"bias": 0.8, "future_title": 0.4, "future_lead": 0.4},
    "type": {
        "is_cross_licensing": 3.0,
        "is_joint_venture": 0.6,
        "is_partnership": -0.6,
        "generic": -0.6,
        "share": 1.0,
        "complete": 0.5,
    },
    "also": {"bias": -1.5, "share": 2.5, "complete": 1.5, "lead": 0.6, "title": 0.6, "generic": -1.0},
    "further": {
        "bias": -1.8,
        "ratio": 1.0,
        "best": 1.5,
        "complete": 0.5,
        "new": 0.5,
        "own_paragraph": 0.5,
        "background": -1.0,
        "shared_one": -0.5,
    },
    "deal": {
        "bias": -2.0,
        "denied_title": -3.0,
        "denied_lead": -1.2,
        "ended_talks_title": -3.5,
        "ended_talks_lead": -1.2,
        "no_deal_only": -1.0,
        "title_frame": 1.2,
        "lead_frame": 0.8,
        "sides": 0.8,
        "firm_lead": 0.4,
    },
}


class Fitter:
    """Fits all decisions on some documents, in order; ``weights`` is what has been fitted so far."""

    def __init__(self, documents: Sequence[Read], penalty: float, *, quiet: bool, unread: Collection[str] = ()) -> None:
        self.documents = documents
        self.unread = unread
        self.penalty = penalty
        self.quiet = quiet
        self.weights: Weights = {}
        self.phrases: dict[str, float] = {}
        use(self.weights)

    def say(self, text: str) -> None:
        if not self.quiet:
            print(text)

    def binary(self, name: str, examples: Examples, penalty: float, threshold: float = 0.5) -> None:
        x, y, names = examples.matrix()
        prior = np.array([PRIOR.get(name, {}).get(feature, 0.0) for feature in names])
        if not self.quiet:
            held = held_out(np.array(examples.folds), lambda rows: fit_logistic(x[rows], y[rows], penalty, prior), x)
            found = held > np.log(threshold / (1 - threshold))
            right = float((found & (y == 1)).sum())
            precision, recall = right / max(1.0, float(found.sum())), right / max(1.0, float(y.sum()))
            f1 = 2 * precision * recall / max(1e-9, precision + recall)
            self.say(f"{name:18} {len(y):5} rows, cross-validated F1 {f1:.3f} P {precision:.3f} R {recall:.3f}")
        self.weights[name] = dict(zip(names, map(float, fit_logistic(x, y, penalty, prior)), strict=True))

    def choice(self, name: str, examples: Examples, penalty: float) -> None:
        x, y, names = examples.matrix()
        groups = np.array(examples.groups)
        prior = np.array([PRIOR.get(name, {}).get(feature, 0.0) for feature in names])
        if not self.quiet:
            held = held_out(
                np.array(examples.folds), lambda rows: fit_choice(x[rows], y[rows], groups[rows], penalty, prior), x
            )
            chosen = [
                rows[np.argmax(held[rows])]
                for rows in (np.flatnonzero(groups == group) for group in np.unique(groups))
                if y[rows].sum() == 1
            ]
            right = float(np.mean([y[row] for row in chosen]))
            self.say(f"{name:18} {len(chosen):5} choices, cross-validated accuracy {right:.3f}")
        self.weights[name] = dict(zip(names, map(float, fit_choice(x, y, groups, penalty, prior)), strict=True))

    def wording(self) -> None:
        """What words alone say; each document goes on with what a model says that has not seen it."""
        x, names = dense([document.reading.wording.features for document in self.documents])
        y = np.array([float(document.label.is_deal) for document in self.documents])
        folds = np.array([document.fold for document in self.documents])
        kinds = list(DealType)
        with_deal: list[int] = np.flatnonzero(y == 1).tolist()
        place = {row: number for number, row in enumerate(with_deal)}
        classes = np.array([kinds.index(self.documents[row].label.deals[0].type) for row in with_deal])

        def fitted(rows: Floats | list[int]) -> Weights:
            chosen = np.array(rows, dtype=np.intp)
            deal = fit_logistic(x[chosen], y[chosen], WORDING_PENALTY)
            deals = np.array([row for row in chosen if row in place], dtype=np.intp)
            types = fit_classes(x[deals], classes[[place[row] for row in deals]], len(kinds), WORDING_PENALTY)
            columns = {f"wording_{kind}": types[:, number] for number, kind in enumerate(kinds)}
            return {
                name: dict(zip(names, map(float, column), strict=True))
                for name, column in {"wording_deal": deal, **columns}.items()
            }

        moved = list(self.documents)
        right = type_right = 0
        said = [document.reading.wording.phrases for document in self.documents]
        words_right = 0
        for number in sorted(set(folds.tolist())):
            others = np.flatnonzero(folds != number)
            plain = fit_sparse([said[row] for row in others], y[others], PHRASE_PENALTY, LEAST)
            self.weights.update(fitted([row for row in range(len(folds)) if folds[row] != number]))
            for row in np.flatnonzero(folds == number).tolist():
                document = self.documents[row]
                wording = judge_wording(document.reading.wording.features, {})
                odds = phrase_log_odds(said[row], plain)
                words_right += (odds > 0) == document.label.is_deal
                wording = replace(wording, words=odds, phrases=said[row])
                moved[row] = replace(document, reading=replace(document.reading, wording=wording))
                right += (wording.deal > 0) == document.label.is_deal
                if document.label.deals:
                    type_right += max(wording.types, key=lambda kind: wording.types[kind]) == (
                        document.label.deals[0].type
                    )
        self.say(f"wording: deal or no deal {right / len(folds):.3f}, type {type_right / len(with_deal):.3f} right")
        self.say(f"words: deal or no deal {words_right / len(folds):.3f} right")
        self.weights.update(fitted(list(range(len(folds)))))
        self.phrases = fit_sparse(said, y, PHRASE_PENALTY, LEAST)
        self.documents = moved

    def types(self) -> None:
        kinds, also = Examples(), Examples()
        number = 0
        unread = {d.label.id for d in self.documents if d.label.id in self.unread}
        for document in self.documents:
            reading, label, fold = document.reading, document.label, document.fold
            deal = aligned(reading, label)
            if deal is None:
                continue
            told = [(reading.hypotheses[0], deal)]
            for hypothesis in reading.hypotheses[1:5]:
                others = [d for d in label.deals if d is not deal and overlap(reading, hypothesis.members, d) > 1]
                told += [(hypothesis, other) for other in others[:1]]
            for hypothesis, truth in told:
                number += 1
                _, wording = scope_of(reading, hypothesis)
                objects = objects_of(reading, hypothesis)
                by_type = type_features(hypothesis, wording.types, objects, main=is_main(reading, hypothesis))
                for deal_type, row in by_type.items():
                    # where a lexicon was mended with a document in view its frames look surer than the next one's will
                    if not unread or label.id in unread:
                        kinds.add(row, deal_type == truth.type, fold, number)
                    if deal_type != truth.type and truth.type in by_type:
                        also.add(also_features(row, truth.type, deal_type), deal_type in truth.also, fold)
        self.choice("type", kinds, self.penalty)
        self.binary("also", also, 2 * self.penalty)

    def parties(self) -> None:
        parties = Examples()
        for document in self.documents:
            reading = document.reading
            deal = aligned(reading, document.label)
            if deal is None:
                continue
            hypothesis = reading.hypotheses[0]
            drawn = draft(reading, hypothesis)
            rows = party_features(
                hypothesis, drawn.type, reading.entities, reading.lists, elsewhere(reading, hypothesis)
            )
            for member, (_, _, row) in rows.items():
                parties.add(row, overlap(reading, [member], deal) > 0, document.fold)
        self.binary("party", parties, self.penalty)

    def deals(self) -> None:
        deals, further = Examples(), Examples()
        for document in self.documents:
            reading, label = document.reading, document.label
            first = draft(reading, reading.hypotheses[0])
            if not first.parties:
                continue
            deals.add(deal_features(reading, first), label.is_deal, document.fold)
        self.binary("deal", deals, self.penalty)
        for document in self.documents:
            reading, label = document.reading, document.label
            deal = aligned(reading, label)
            first = draft(reading, reading.hypotheses[0])
            if deal is None or not first.parties:
                continue
            others = [other for other in label.deals if other is not deal]
            for hypothesis in reading.hypotheses[1:8]:
                drawn = draft(reading, hypothesis)
                if len(drawn.parties) < 2 or len(drawn.members & first.members) >= 2:
                    continue
                further.add(
                    further_features(reading, first, drawn),
                    any(overlap(reading, drawn.members, other) >= 2 for other in others),
                    document.fold,
                )
        self.binary("further", further, self.penalty)

    def fields(self) -> None:
        focus, values = Examples(), Examples()
        statuses = {status: Examples() for status in Status}
        for document in self.documents:
            reading, fold = document.reading, document.fold
            deal = aligned(reading, document.label)
            if deal is None:
                continue
            drawn = draft(reading, reading.hypotheses[0])
            if not drawn.parties:
                continue
            areas = focus_features(reading.hits, reading.sentences, deal_sentences(drawn), areas_of(drawn.parties))
            for area, (_, row) in areas.items():
                focus.add(row, area in deal.focus, fold)
            row, _ = status_features(reading.hits, reading.sentences, drawn.hypothesis, drawn.type)
            for status, examples in statuses.items():
                examples.add(row, status == deal.status, fold)
            for value, _, found in reading.values.candidates(drawn.hypothesis, drawn.type):
                right = (
                    deal.value is not None
                    and deal.value[1] == value.currency
                    and abs(deal.value[0] - value.amount) <= deal.value[0] / 200
                )
                values.add(found, right, fold)
        self.binary("focus", focus, self.penalty, 0.45)
        self.binary("value", values, self.penalty)
        for status, examples in statuses.items():
            self.binary(f"status_{status}", examples, self.penalty)

    def fit(self) -> Weights:
        self.wording()
        self.types()
        self.parties()
        self.deals()
        self.fields()
        return self.weights


#: The penalty on what single cues may say.
WORDING_PENALTY = 5.0
#: The same for plain words, and in how many documents a phrase must stand to be weighed.
PHRASE_PENALTY = 1.0
LEAST = 4
LEAST_PHRASE = 0.01


def use(weights: Weights, plain: Mapping[str, float] | None = None) -> None:
    """Lets the extractor decide by these weights from now on, and by those of plain words where they are given."""
    model._weights = lambda: weights  # type: ignore[assignment]
    if plain is not None:
        phrases._weights = lambda: dict(plain)  # type: ignore[assignment]
        phrases._tables.cache_clear()


def written(weights: Weights) -> Weights:
    """The weights as they are written: rounded, without those that move nothing."""
    return {
        decision: {name: round(value, 3) for name, value in sorted(fitted.items()) if abs(value) >= SMALLEST}
        for decision, fitted in weights.items()
    }


def predictions(documents: Iterable[Read], plain: Mapping[str, float]) -> dict[str, Prediction]:
    """What the extractor says of the documents with the weights in use and those of phrases."""
    result = {}
    for document in documents:
        wording = judge_wording(document.reading.wording.features, {})
        wording = replace(wording, words=phrase_log_odds(document.reading.wording.phrases, plain))
        reading = replace(document.reading, wording=wording)
        result[document.label.id] = Prediction(judged(reading), reading.article.text)
    return result


def cross_validated(documents: Sequence[Read], penalty: float, unread: Collection[str]) -> dict[str, Prediction]:
    """What the extractor says of each document with weights fitted on the other folds."""
    predicted: dict[str, Prediction] = {}
    for number in range(FOLDS):
        fitter = Fitter([d for d in documents if d.fold != number], penalty, quiet=True, unread=unread)
        use(written(fitter.fit()), fitter.phrases)
        predicted |= predictions((d for d in documents if d.fold == number), fitter.phrases)
    return predicted


def read_documents(labels: Iterable[Labelled], texts: Path) -> list[Read]:
    """The labelled documents in which a deal can be weighed at all."""
    documents = []
    for label in labels:
        reading = read(read_text(label, texts))
        if reading is not None and reading.hypotheses:
            documents.append(Read(label, reading, fold_of(label)))
    return documents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--lang", help="only documents in these languages, comma-separated")
    parser.add_argument(
        "--unread", type=Path, help="ids of documents that no lexicon was written with in view, one a line"
    )
    parser.add_argument("--penalty", type=float, default=4.0)
    parser.add_argument("--cross-validate", action="store_true", help="print the table of held-out documents")
    parser.add_argument("--write", action="store_true", help="write the weights into the lexicon")
    options = parser.parse_args()
    languages = set(options.lang.split(",")) if options.lang else None
    labels = [label for label in read_labels(options.gold) if languages is None or label.lang in languages]
    unread = read_ids(options.unread) if options.unread else frozenset()
    documents = read_documents(labels, options.texts)
    without = sum(label.is_deal for label in labels) - sum(document.label.is_deal for document in documents)
    print(f"{len(documents)} documents read, {without} deals in which no hypothesis was found")
    measured = [label for label in labels if not unread or label.id in unread]
    if options.cross_validate:
        predicted = cross_validated(documents, options.penalty, unread)
        console = Console(width=140)
        scores = evaluate(measured, predicted, canonical=directory().canonical)
        for table in [*tables(scores), reliability(judgements(measured, predicted))]:
            console.print(table)
        return
    fitter = Fitter(documents, options.penalty, quiet=False, unread=unread)
    weights = written(fitter.fit())
    if options.write:
        predicted = cross_validated(documents, options.penalty, unread)
        weights |= written({"calibration": calibration(judgements(measured, predicted))})
        TARGET.write_text(
            "# Weights of the extractor's decisions, written by bench/fit_extraction.py. Do not edit by hand.\n"
            + yaml.safe_dump(weights, sort_keys=False),
            encoding="utf-8",
        )
        kept = ((phrase, weight) for phrase, weight in sorted(fitter.phrases.items()) if abs(weight) >= LEAST_PHRASE)
        (TARGET.parent / FILE).write_text("".join(f"{phrase}\t{weight:.3f}\n" for phrase, weight in kept), "utf-8")
        print(f"written to {TARGET} and {FILE}")


if __name__ == "__main__":
    main()
