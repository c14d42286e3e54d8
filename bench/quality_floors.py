"""Writes tests/labelled/floors.yaml: what each measure reaches on our own documents, less a margin, per language.

    python bench/quality_floors.py [--margin 2]

Run it when the extractor has become better on purpose; tests/pipeline/test_quality.py then holds it to that.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import yaml

from pipeline.evaluate import evaluate, predict
from pipeline.extraction import extract
from pipeline.labels import read_labels

LABELLED = Path(__file__).parents[1] / "tests/labelled"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--margin", type=float, default=2.0, help="points below what is reached today (default 2)")
    margin = parser.parse_args().margin
    labels = read_labels(LABELLED / "gold.jsonl")
    scores = evaluate(labels, dict(predict(labels, LABELLED / "texts", extract)))
    floors = {
        language: {name: math.floor(value - margin) for name, value in measures.figures().items()}
        for language, measures in sorted(scores.by_language.items())
    }
    header = "# Percent that each measure must keep on our own documents; written by bench/quality_floors.py.\n"
    (LABELLED / "floors.yaml").write_text(header + yaml.safe_dump(floors, sort_keys=False), encoding="utf-8")
    for language, measures in floors.items():
        print(language, " ".join(f"{name} {value}" for name, value in measures.items()))


if __name__ == "__main__":
    main()
