"""The extractor's quality on our own documents may not drop: each measure has a floor, per language, in floors.yaml.

The weights are fitted on these documents, so this guards against regressions; it is no claim about unseen news.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from pipeline.evaluate import Measures, Scores, evaluate, predict
from pipeline.extraction import extract
from pipeline.labels import read_labels

LABELLED = Path(__file__).parents[1] / "labelled"
FLOORS: dict[str, dict[str, float]] = yaml.safe_load((LABELLED / "floors.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def scores() -> Scores:
    labels = read_labels(LABELLED / "gold.jsonl")
    return evaluate(labels, dict(predict(labels, LABELLED / "texts", extract)))


def figures(measures: Measures) -> dict[str, float]:
    """The measures that have floors, in percent."""
    values = {
        "detection": measures.detection.f1,
        "parties": measures.parties.f1,
        "roles": measures.roles.f1,
        "type": measures.type.value,
        "focus": measures.focus.f1,
        "value": measures.value.value,
        "status": measures.status.value,
    }
    return {name: 100 * value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_no_measure_falls_below_its_floor(language: str) -> None:
    found = figures(scores().by_language[language])
    below = {name: (round(found[name], 1), floor) for name, floor in FLOORS[language].items() if found[name] < floor}
    assert not below, f"{language}: measure: (now, floor)"


def test_every_quote_is_an_exact_slice() -> None:
    assert scores().overall.exact.value == 1.0
