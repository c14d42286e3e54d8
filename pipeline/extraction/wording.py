"""What the words of an article, taken together, say: is a deal reported, and of which type.

Frames need a trigger with its parties in their places; many articles tell a deal in ways that no grammar foresees.
Here nobody's place counts, only which cues stand where: in the title, in the lead, beside two organisations. The
features are named by cues, not by words, so what is learnt in one language holds in all. Fitted; see model.py.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.extraction.entities import Entity
from pipeline.extraction.hypotheses import Hypothesis, is_complete
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.model import Features, score
from pipeline.extraction.phrases import phrase_log_odds
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.vocabulary import DealType

#: Names surer than this count as organisations that a cue stands beside.
_SURE_NAME = 0.45
#: The log-odds that words alone may reach.
_MOST = 6.0


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words say: log-odds of a reported deal (0 is undecided), and the share of each type (they sum to 1)."""

    deal: float = 0.0
    types: Mapping[DealType, float] = field(default_factory=dict)
    features: Features = field(default_factory=dict)
    words: float = 0.0  # the same from plain words (phrases.py)
    phrases: Features = field(default_factory=dict)


def judge_wording(found: Features, said: Features) -> Wording:
    """Weighs the features of ``wording_features`` and ``with_frames``, and the phrases ``said``."""
    return Wording(deal_log_odds(found), type_shares(found), found, phrase_log_odds(said), said)


def wording_features(
    hits: Sequence[Hit],
    sentences: Sequence[Sentence],
    entities: Sequence[Entity],
    *,
    within: Collection[int] | None = None,
) -> dict[str, float]:
    """Which cues stand in the article, each by kind and name: anywhere, in front, in the title, beside two names.

    ``within`` leaves only these sentences (``hits`` must be of them).
    """
    index = SentenceIndex(sentences)
    named: dict[int, set[int]] = {}
    for entity in entities:
        if entity.score >= _SURE_NAME and not entity.town:
            for mention in entity.mentions:
                named.setdefault(mention.sentence, set()).add(entity.id)
    found: dict[str, float] = {"bias": 1.0}
    for hit in hits:
        sentence = index.at(hit.start)
        if sentence.zone is Zone.FURNITURE:
            continue
        key = f"{hit.cue.kind}:{hit.cue.name}"
        found[key] = 1.0
        if sentence.zone is not Zone.BODY:
            found[f"{key}:front"] = 1.0
        if sentence.zone is Zone.TITLE:
            found[f"{key}:title"] = 1.0
        if hit.cue.kind in (CueKind.FRAME, CueKind.MODALITY) and len(named.get(sentence.index, ())) > 1:
            found[f"{key}:pair"] = 1.0
    told = [
        sentence
        for sentence in sentences
        if sentence.zone is not Zone.FURNITURE and (within is None or sentence.index in within)
    ]
    pairs = sum(len(named.get(sentence.index, ())) > 1 for sentence in told)
    in_title = max((len(named.get(sentence.index, ())) for sentence in told if sentence.zone is Zone.TITLE), default=0)
    found["pairs"] = min(1.0, pairs / 3)
    found[f"names_in_title:{min(2, in_title)}"] = 1.0
    return found


def with_frames(found: Features, hypothesis: Hypothesis | None) -> dict[str, float]:
    """``found`` and what the hypothesis's own frames say, as far as both sides are named."""
    result = dict(found)
    for scored in hypothesis.frames if hypothesis is not None else ():
        if scored.background or not is_complete(scored.frame):
            continue
        key = f"told:{scored.frame.type}"
        result[key] = max(result.get(key, 0.0), min(1.0, 1.5 * scored.score))
        if scored.frame.sentence.zone is not Zone.BODY:
            result[f"{key}:front"] = 1.0
        result[f"told:{scored.frame.name}:{scored.frame.tense}"] = 1.0
    return result


def deal_log_odds(found: Features) -> float:
    """How much the words speak for a reported deal; 0 is undecided."""
    return max(-_MOST, min(_MOST, score("wording_deal", found)))


def type_shares(found: Features) -> Mapping[DealType, float]:
    """How the words divide the article's deal among the types; the shares sum to 1."""
    scores = {deal_type: score(f"wording_{deal_type}", found) for deal_type in DealType}
    top = max(scores.values())
    weights = {deal_type: math.exp(value - top) for deal_type, value in scores.items()}
    total = sum(weights.values())
    return {deal_type: weight / total for deal_type, weight in weights.items()}
