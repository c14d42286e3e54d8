"""The extractor's quality on our own documents may not drop: each measure has a floor, per language, in floors.yaml.

The weights are fitted on these documents, so this guards against regressions; it is no claim about unseen news.
``bench/quality_floors.py`` writes the floors.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from pipeline.evaluate import Scores, evaluate, predict
from pipeline.extraction import extract
from pipeline.labels import read_labels

LABELLED = Path(__file__).parents[1] / "labelled"
FLOORS: dict[str, dict[str, float]] = yaml.safe_load((LABELLED / "floors.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def scores() -> Scores:
    labels = read_labels(LABELLED / "gold.jsonl")
    return evaluate(labels, dict(predict(labels, LABELLED / "texts", extract)))


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_no_measure_falls_below_its_floor(language: str) -> None:
    found = scores().by_language[language].figures()
    below = {name: (round(found[name], 1), floor) for name, floor in FLOORS[language].items() if found[name] < floor}
    assert not below, f"{language}: measure: (now, floor)"


def test_every_quote_is_an_exact_slice() -> None:
    assert scores().overall.evidence.share == 1.0
