"""How often the extractor is right when it is so sure, on documents that its weights were not fitted on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from fitting import dense, fit_logistic
from matching import FOLDS, fold_of, same
from rich.table import Table

from pipeline.evaluate import Prediction
from pipeline.extraction.confidence import calibration_features
from pipeline.labels import Labelled, LabelledDeal
from storage.records import Report

#: Lower ends of the steps of confidence in the table of reliability.
STEPS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def judgements(labels: Iterable[Labelled], predicted: Mapping[str, Prediction]) -> list[tuple[float, bool, int]]:
    """Of each report its confidence, whether it is right (a labelled deal with two of its parties), and its fold."""
    return [
        (report.confidence, any(_shares_two(report, deal) for deal in label.deals), fold_of(label))
        for label in labels
        for report in predicted.get(label.id, Prediction(())).reports
    ]


def _shares_two(report: Report, deal: LabelledDeal) -> bool:
    return sum(any(same(came.name, party.name, came.company) for came in report.parties) for party in deal.parties) > 1


def calibration(judged_reports: Sequence[tuple[float, bool, int]]) -> dict[str, float]:
    """The weights that turn how sure the extractor is into how often it is right."""
    x, names = dense([calibration_features(confidence) for confidence, _, _ in judged_reports])
    y = np.array([float(right) for _, right, _ in judged_reports])
    return dict(zip(names, map(float, fit_logistic(x, y, 0.1)), strict=True))


def reliability(judged_reports: Sequence[tuple[float, bool, int]]) -> Table:
    """Of the deals given a confidence, how many are right, each calibrated without its fold."""
    tally: dict[float, list[tuple[float, bool]]] = {}
    for number in range(FOLDS):
        weights = calibration([item for item in judged_reports if item[2] != number])
        for confidence, right, fold in judged_reports:
            if fold == number:
                row = calibration_features(confidence)
                shown = 1 / (1 + math.exp(-sum(weights[name] * value for name, value in row.items())))
                tally.setdefault(max(low for low in STEPS if shown >= low), []).append((shown, right))
    table = Table(title="reliability", title_justify="left")
    for heading in ("confidence from", "deals", "mean confidence", "right"):
        table.add_column(heading, justify="right")
    for step, items in sorted(tally.items()):
        mean, share = (sum(column) / len(items) for column in zip(*items, strict=True))
        table.add_row(f"{step:.1f}", str(len(items)), f"{100 * mean:.0f} %", f"{100 * share:.0f} %")
    return table
