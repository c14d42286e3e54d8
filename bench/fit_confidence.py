"""Fits the weights of pipeline/extraction/confidence.py on labelled documents.

    python bench/fit_confidence.py tests/labelled/gold.jsonl --texts tests/labelled/texts --write

A document is positive where it reports a deal; its features are those of its strongest hypothesis. Logistic regression
with an L2 penalty, by Newton's method; prints the cross-validated F1 before it writes.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np

from pipeline.extraction import read
from pipeline.extraction.confidence import features
from pipeline.extraction.reports import parties_of
from pipeline.labels import read_labels, read_text

TARGET = Path(__file__).parents[1] / "pipeline/extraction/lexicon/confidence.yaml"


def fit(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """Weights that maximise the penalised likelihood."""
    weights = np.zeros(x.shape[1])
    ridge = penalty * np.eye(x.shape[1])
    ridge[0, 0] = 1e-3
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - ridge @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def f1(y: np.ndarray, p: np.ndarray, threshold: float) -> tuple[float, float, float]:
    found = p >= threshold
    right = (found & (y == 1)).sum()
    precision, recall = right / max(1, found.sum()), right / max(1, (y == 1).sum())
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--ids-file", type=Path)
    parser.add_argument("--penalty", type=float, default=2.0)
    parser.add_argument("--write", action="store_true", help="write the weights into the lexicon")
    options = parser.parse_args()
    ids = set(options.ids_file.read_text().split()) if options.ids_file else None
    names: list[str] = []
    rows, labels, folds = [], [], []
    unseen = 0
    for label in read_labels(options.gold, ids=ids):
        reading = read(read_text(label, options.texts))
        parts = parties_of(reading, reading.hypotheses[0]) if reading is not None and reading.hypotheses else None
        if reading is None or not parts or not parts[1]:
            unseen += label.is_deal
            continue
        found = features(reading.hypotheses[0], parts[1], parts[0], reading.entities, reading.hits, reading.sentences)
        names = list(found)
        rows.append([found[name] for name in names])
        labels.append(float(label.is_deal))
        folds.append(zlib.crc32(label.id.encode()) % 5)
    x, y, fold = np.array(rows), np.array(labels), np.array(folds)
    held = np.zeros(len(y))
    for number in range(5):
        weights = fit(x[fold != number], y[fold != number], options.penalty)
        held[fold == number] = 1 / (1 + np.exp(-x[fold == number] @ weights))
    for threshold in (0.4, 0.5, 0.6):
        score, precision, recall = f1(y, held, threshold)
        print(f"cross-validated at {threshold}: F1 {score:.3f}, precision {precision:.3f}, recall {recall:.3f} of those seen")
    print(f"{len(y)} documents, {unseen} deals in which no hypothesis was found")
    weights = fit(x, y, options.penalty)
    for name, weight in zip(names, weights, strict=True):
        print(f"{name}: {weight:.3f}")
    if options.write:
        header = "# Weights of the logistic model in pipeline/extraction/confidence.py, written by bench/fit_confidence.py.\n"
        TARGET.write_text(header + "".join(f"{name}: {weight:.3f}\n" for name, weight in zip(names, weights, strict=True)))


if __name__ == "__main__":
    main()
