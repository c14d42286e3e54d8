"""The fitted part of the extractor: linear models over named features that the rules compute.

Each decision (is it a deal, who is a party, which type, which focus, which status, which sum) has its features in the
module of its subject and its weights in lexicon/weights.yaml, written by bench/fit_extraction.py from labelled texts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from pydantic import TypeAdapter

from pipeline.extraction.lexicon import load_yaml

Features = Mapping[str, float]


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    return TypeAdapter(dict[str, dict[str, float]]).validate_python(load_yaml("weights.yaml"))


def score(decision: str, features: Features) -> float:
    """The weighted sum of ``features``; features without a weight count nothing."""
    weights = _weights().get(decision, {})
    total = 0.0
    for name, value in features.items():
        if value and name in weights:  # most features are zero
            total += weights[name] * value
    return total


def probability(decision: str, features: Features) -> float:
    """The logistic of the score, in 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score(decision, features)))))


def is_fitted(decision: str) -> bool:
    """Whether there are weights for a decision."""
    return bool(_weights().get(decision))


def contributions(decision: str, features: Features) -> dict[str, float]:
    """What each feature adds to the score; those that add nothing are left out."""
    weights = _weights().get(decision, {})
    return {name: weights[name] * value for name, value in features.items() if weights.get(name, 0.0) * value}
