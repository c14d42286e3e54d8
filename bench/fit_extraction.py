"""Fits the weights of the extractor's decisions on labelled documents and writes lexicon/weights.yaml.

    python bench/fit_extraction.py tests/labelled/gold.jsonl --texts tests/labelled/texts --write

Every decision is a small logistic model over features that the rules compute (pipeline/extraction/model.py tells
which). They are fitted in the order in which the extractor takes them, since who is a party depends on the type.
Cross-validated figures are printed before anything is written.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from pipeline.extraction import model, read
from pipeline.extraction.focus import focus_features
from pipeline.extraction.kinds import also_features, type_features
from pipeline.extraction.parties import areas_of, party_features
from pipeline.extraction.reports import Reading, deal_features, deal_sentences, draft, elsewhere, further_features
from pipeline.extraction.status import status_features
from pipeline.labels import Labelled, LabelledDeal, read_labels, read_text
from pipeline.names import Likeness, likeness
from storage.vocabulary import Status

TARGET = Path(__file__).parents[1] / "pipeline/extraction/lexicon/weights.yaml"
FOLDS = 5

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass
class Examples:
    """Rows of features with their labels; ``group`` ties alternatives of which one is right."""

    rows: list[dict[str, float]] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    folds: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def add(self, row: Mapping[str, float], label: bool, fold: int, group: int = 0) -> None:
        self.rows.append(dict(row))
        self.labels.append(float(label))
        self.folds.append(fold)
        self.groups.append(group)

    def matrix(self) -> tuple[Floats, Floats, list[str]]:
        names = sorted({name for row in self.rows for name in row})
        return np.array([[row.get(name, 0.0) for name in names] for row in self.rows]), np.array(self.labels), names


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


def fit_logistic(x: Floats, y: Floats, penalty: float, prior: Floats | float = 0.0) -> Floats:
    """Penalised maximum likelihood by Newton's method; the penalty draws towards ``prior``."""
    weights = np.zeros(x.shape[1])
    ridge = penalty * np.eye(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - ridge @ (weights - prior)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def fit_choice(x: Floats, y: Floats, groups: Rows, penalty: float, prior: Floats) -> Floats:
    """Weights of a softmax over the alternatives of each group, by gradient ascent with a decaying step."""
    weights = prior.copy()
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    members = [rows for rows in members if y[rows].sum() == 1]
    for turn in range(600):
        gradient = -penalty * (weights - prior)
        for rows in members:
            scores = x[rows] @ weights
            p = np.exp(scores - scores.max())
            gradient += x[rows].T @ (y[rows] - p / p.sum())
        weights += gradient * (2.0 / (len(members) + 20)) / (1 + turn / 200)
    return weights


def cross_validated(examples: Examples, fit: Callable[[Rows], Floats], x: Floats) -> Floats:
    held: Floats = np.zeros(len(examples.labels))
    folds = np.array(examples.folds)
    for number in range(FOLDS):
        rows = np.flatnonzero(folds != number)
        if len(rows) and (folds == number).any():
            held[folds == number] = x[folds == number] @ fit(rows)
    return held


def binary(name: str, examples: Examples, penalty: float, threshold: float = 0.5) -> dict[str, float]:
    x, y, names = examples.matrix()
    prior = np.array([PRIOR.get(name, {}).get(feature, 0.0) for feature in names])
    held = cross_validated(examples, lambda rows: fit_logistic(x[rows], y[rows], penalty, prior), x)
    found = held > np.log(threshold / (1 - threshold))
    right = float((found & (y == 1)).sum())
    precision, recall = right / max(1.0, float(found.sum())), right / max(1.0, float(y.sum()))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"{name:18} {len(y):5} rows, cross-validated F1 {f1:.3f} precision {precision:.3f} recall {recall:.3f}")
    return dict(zip(names, map(float, fit_logistic(x, y, penalty, prior)), strict=True))


def choice(name: str, examples: Examples, penalty: float) -> dict[str, float]:
    x, y, names = examples.matrix()
    groups = np.array(examples.groups)
    prior = np.array([PRIOR.get(name, {}).get(feature, 0.0) for feature in names])
    held = cross_validated(examples, lambda rows: fit_choice(x[rows], y[rows], groups[rows], penalty, prior), x)
    chosen = [
        rows[np.argmax(held[rows])]
        for rows in (np.flatnonzero(groups == group) for group in np.unique(groups))
        if y[rows].sum() == 1
    ]
    print(
        f"{name:18} {len(chosen):5} choices, cross-validated accuracy {float(np.mean([y[row] for row in chosen])):.3f}"
    )
    return dict(zip(names, map(float, fit_choice(x, y, groups, penalty, prior)), strict=True))


def same(name: str, other: str, company: str | None = None) -> bool:
    return likeness(name, other) is not Likeness.NONE or (
        company is not None and likeness(company, other) is not Likeness.NONE
    )


def overlap(reading: Reading, members: Iterable[int], deal: LabelledDeal) -> int:
    entities = {entity.id: entity for entity in reading.entities}
    return sum(
        any(
            any(same(mention.name, party.name) for mention in entities[number].mentions)
            or (entities[number].organisation is not None and same(entities[number].organisation.name, party.name))  # type: ignore[union-attr]
            for number in members
        )
        for party in deal.parties
    )


def is_party(reading: Reading, number: int, deals: Sequence[LabelledDeal]) -> bool:
    return any(overlap(reading, [number], deal) for deal in deals)


def aligned(reading: Reading, label: Labelled) -> LabelledDeal | None:
    """The labelled deal that the strongest hypothesis is about."""
    if not label.deals:
        return None
    hypothesis = reading.hypotheses[0]
    return max(label.deals, key=lambda deal: (overlap(reading, hypothesis.members, deal), -label.deals.index(deal)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--lang", help="only documents in these languages, comma-separated")
    parser.add_argument("--penalty", type=float, default=4.0)
    parser.add_argument("--write", action="store_true", help="write the weights into the lexicon")
    options = parser.parse_args()
    languages = set(options.lang.split(",")) if options.lang else None
    readings: list[tuple[Labelled, Reading, int]] = []
    without = 0
    for label in read_labels(options.gold):
        if languages is not None and label.lang not in languages:
            continue
        reading = read(read_text(label, options.texts))
        if reading is None or not reading.hypotheses:
            without += label.is_deal
            continue
        readings.append((label, reading, zlib.crc32((label.cluster or label.id).encode()) % FOLDS))
    print(f"{len(readings)} documents read, {without} deals in which no hypothesis was found")
    weights: dict[str, dict[str, float]] = {}

    def take(decision: str, fitted: dict[str, float]) -> None:
        weights[decision] = fitted
        model._weights = lambda: weights  # type: ignore[assignment]

    model._weights = lambda: weights  # type: ignore[assignment]
    kinds, also = Examples(), Examples()
    for number, (label, reading, fold) in enumerate(readings):
        deal = aligned(reading, label)
        if deal is None:
            continue
        by_type = type_features(reading.hypotheses[0])
        for deal_type, row in by_type.items():
            kinds.add(row, deal_type == deal.type, fold, number)
            if deal_type != deal.type and deal.type in by_type:
                also.add(also_features(row, deal.type, deal_type), deal_type in deal.also, fold)
    take("type", choice("type", kinds, options.penalty))
    take("also", binary("also", also, 2 * options.penalty))

    parties = Examples()
    for label, reading, fold in readings:
        if not label.deals:
            continue
        deal = aligned(reading, label)
        assert deal is not None
        drawn = draft(reading, reading.hypotheses[0])
        for member, (_, _, row) in party_features(
            reading.hypotheses[0],
            drawn.type,
            reading.entities,
            reading.lists,
            elsewhere(reading, reading.hypotheses[0]),
        ).items():
            parties.add(row, is_party(reading, member, [deal]), fold)
    take("party", binary("party", parties, options.penalty))

    deals, focus, values = Examples(), Examples(), Examples()
    statuses = {status: Examples() for status in Status}
    for label, reading, fold in readings:
        drawn = draft(reading, reading.hypotheses[0])
        if not drawn.parties:
            without += label.is_deal
            continue
        deals.add(deal_features(reading, drawn), label.is_deal, fold)
        deal = aligned(reading, label)
        if deal is None:
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
    take("deal", binary("deal", deals, options.penalty))
    further = Examples()
    for label, reading, fold in readings:
        first = draft(reading, reading.hypotheses[0])
        deal = aligned(reading, label)
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
                fold,
            )
    take("further", binary("further", further, options.penalty))
    take("focus", binary("focus", focus, options.penalty, 0.45))
    take("value", binary("value", values, options.penalty))
    for status, examples in statuses.items():
        take(f"status_{status}", binary(f"status_{status}", examples, options.penalty))
    if options.write:
        rounded = {
            decision: {name: round(weight, 3) for name, weight in sorted(fitted.items())}
            for decision, fitted in weights.items()
        }
        TARGET.write_text(
            "# Weights of the extractor's decisions, written by bench/fit_extraction.py. Do not edit by hand.\n"
            + yaml.safe_dump(rounded, sort_keys=False),
            encoding="utf-8",
        )
        print(f"written to {TARGET}")


if __name__ == "__main__":
    main()
