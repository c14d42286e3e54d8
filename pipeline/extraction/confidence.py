"""How likely an article reports a deal: a logistic model over what supports and what contradicts the hypothesis.

The weights stand in lexicon/confidence.yaml; bench/fit_confidence.py fits them on labelled documents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic import TypeAdapter

from pipeline.extraction.entities import Entity
from pipeline.extraction.hypotheses import Hypothesis
from pipeline.extraction.lexicon import CueKind, Hit, load_yaml
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.vocabulary import DealType, Role

#: Trigger families that say "agreement" without saying of what.
_GENERIC = frozenset({"deal"})


def features(
    hypothesis: Hypothesis,
    parts: Sequence[tuple[Entity, Role, float]],
    deal_type: DealType,
    entities: Sequence[Entity],
    hits: Sequence[Hit],
    sentences: Sequence[Sentence],
) -> dict[str, float]:
    """Named features of one hypothesis, each about 0..1 (counts are damped)."""
    index = SentenceIndex(sentences)
    front = {Zone.TITLE, Zone.LEAD}
    frames = [scored for scored in hypothesis.frames if not scored.background]
    specific = [scored for scored in frames if scored.frame.name not in _GENERIC]
    best = max((scored.score for scored in frames), default=0.0)
    best_in = {
        zone: max((scored.score for scored in specific if scored.frame.sentence.zone is zone), default=0.0)
        for zone in (Zone.TITLE, Zone.LEAD, Zone.BODY)
    }
    cues = {Zone.TITLE: {""}, Zone.LEAD: {""}}
    no_deal_title = 0
    money_front = 0
    triggers_front: set[str] = set()
    for hit in hits:
        zone = index.at(hit.start).zone
        if zone not in front:
            continue
        if hit.cue.kind == CueKind.MODALITY:
            cues[zone].add(hit.cue.name)
        elif hit.cue.kind == CueKind.NO_DEAL and zone is Zone.TITLE:
            no_deal_title += 1
        elif hit.cue.kind == CueKind.MONEY and hit.cue.name == "deal":
            money_front += 1
        elif hit.cue.kind == CueKind.FRAME and hit.cue.name not in _GENERIC:
            triggers_front.add(hit.cue.name)
    sure = sorted((entity.score for entity, _, _ in parts), reverse=True)
    sided = sum(weight > 0.2 for _, _, weight in parts)
    parties_in_title = sum(entity.in_title for entity, _, _ in parts)
    firm = {"future", "completed"}
    return {
        "bias": 1.0,
        "best": best,
        "rest": min(2.0, hypothesis.strength - best),
        "title_frame": best_in[Zone.TITLE],
        "lead_frame": best_in[Zone.LEAD],
        "body_frame": best_in[Zone.BODY],
        "frames": math.log1p(len(frames)),
        "sides": min(2, sided) / 2,
        "alone": float(len(parts) < 2),
        "second_entity": sure[1] if len(sure) > 1 else 0.0,
        "parties_in_title": min(2, parties_in_title) / 2,
        "triggers_front": math.log1p(len(triggers_front)),
        "money_front": math.log1p(money_front),
        "no_deal_title": float(no_deal_title > 0),
        "no_deal_only": float(no_deal_title > 0 and best_in[Zone.TITLE] < 0.3),
        "denied_title": float("denied" in cues[Zone.TITLE]),
        "denied_lead": float("denied" in cues[Zone.LEAD]),
        "rumored_title": float("rumored" in cues[Zone.TITLE]),
        "rumored_lead": float("rumored" in cues[Zone.LEAD]),
        "hypothetical_front": float("hypothetical" in cues[Zone.TITLE] | cues[Zone.LEAD]),
        "background_lead": float("background" in cues[Zone.LEAD]),
        "firm_title": float(bool(firm & cues[Zone.TITLE])),
        "firm_lead": float(bool(firm & cues[Zone.LEAD])),
        "terminated_front": float("terminated" in cues[Zone.TITLE] | cues[Zone.LEAD]),
        "ended_talks_title": float("ended_talks" in cues[Zone.TITLE]),
        "ended_talks_lead": float("ended_talks" in cues[Zone.LEAD]),
        "organisations": math.log1p(sum(entity.score >= 0.5 for entity in entities)),
        "partnership": float(deal_type is DealType.PARTNERSHIP),
        "generic_only": float(not specific),
    }


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    return TypeAdapter(dict[str, float]).validate_python(load_yaml("confidence.yaml"))


def confidence(found: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """The probability, 0..1, that a hypothesis with these features is a reported deal."""
    by_name = _weights() if weights is None else weights
    logit = sum(by_name.get(name, 0.0) * value for name, value in found.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
