"""How likely an article reports a deal: a logistic model over what supports and what contradicts the hypothesis.

Fitted; see model.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.extraction.entities import Entity
from pipeline.extraction.hypotheses import Hypothesis, Scored
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.model import Features, is_fitted, probability
from pipeline.extraction.parties import Candidate, sides_filled
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.vocabulary import DealType

#: Trigger families that say "agreement" without saying of what.
_GENERIC = frozenset({"deal"})


def features(
    hypothesis: Hypothesis,
    parties: Sequence[Candidate],
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
    members = {party.entity.id for party in parties}

    def told(zone: Zone) -> float:
        return max((_told(scored, members) for scored in specific if scored.frame.sentence.zone is zone), default=0.0)

    length = sentences[-1].end if sentences else 0
    trigger_zones = dict.fromkeys(Zone, 0)
    cues = {Zone.TITLE: {""}, Zone.LEAD: {""}}
    no_deal_title = 0
    money_front = 0
    triggers_front: set[str] = set()
    for hit in hits:
        zone = index.at(hit.start).zone
        if hit.cue.kind == CueKind.FRAME and hit.cue.name not in _GENERIC:
            trigger_zones[zone] += 1
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
    sure = sorted((party.entity.score for party in parties), reverse=True)
    likely = sorted((party.probability for party in parties), reverse=True)
    sided = sides_filled(parties)
    parties_in_title = sum(party.entity.in_title for party in parties)
    firm = {"future", "completed"}
    # "drops its purchase of A" are talks that ended, unless it goes on to say that a contract is terminated
    contract = "terminated" in cues[Zone.LEAD] and "ended_talks" not in cues[Zone.LEAD]
    return {
        "bias": 1.0,
        "best": best,
        "rest": min(2.0, hypothesis.strength - best),
        "title_frame": best_in[Zone.TITLE],
        "lead_frame": best_in[Zone.LEAD],
        "body_frame": best_in[Zone.BODY],
        "frames": math.log1p(len(frames)),
        "sides": min(2, sided) / 2,
        "alone": float(len(parties) < 2),
        "first_party": likely[0] if likely else 0.0,
        "second_party": likely[1] if len(likely) > 1 else 0.0,
        "third_party": likely[2] if len(likely) > 2 else 0.0,
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
        "ended_talks_title": float("ended_talks" in cues[Zone.TITLE] and not contract),
        "ended_talks_lead": float("ended_talks" in cues[Zone.LEAD]),
        "organisations": math.log1p(sum(entity.score >= 0.5 for entity in entities)),
        "told_title": told(Zone.TITLE),
        "told_lead": told(Zone.LEAD),
        "told_body": told(Zone.BODY),
        "told_often": math.log1p(sum(_told(scored, members) > 0.3 for scored in specific)),
        "deal_words_title": float(trigger_zones[Zone.TITLE] > 0),
        "deal_words_lead": math.log1p(trigger_zones[Zone.LEAD]),
        "deal_density": min(1.5, 800 * sum(trigger_zones.values()) / max(400, length)),
        "length": min(1.5, length / 4000),
        "firm_name": min((party.entity.score for party in parties), default=0.0),
        "supply": float(deal_type is DealType.SUPPLY),
        "investment": float(deal_type is DealType.INVESTMENT),
        "acquisition": float(deal_type in (DealType.ACQUISITION, DealType.ASSET_PURCHASE, DealType.MERGER)),
        "done_front": float(
            any(scored.frame.tense == "done" and scored.frame.sentence.zone in front for scored in specific)
        ),
        "to_come_front": float(
            any(scored.frame.tense == "to_come" and scored.frame.sentence.zone in front for scored in specific)
        ),
        "partnership": float(deal_type is DealType.PARTNERSHIP),
        "generic_only": float(not specific),
    }


def _told(scored: Scored, members: set[int]) -> float:
    """How plainly one sentence says it: its trigger with two of the parties in their places, not merely near it."""
    firm = sorted((item.weight for item in scored.frame.arguments if item.entity.id in members), reverse=True)
    return scored.score * min(1.0, firm[1]) if len(firm) > 1 and firm[1] >= 0.45 else 0.0


def log_odds(chance: float) -> float:
    """The logit of a probability, within -5..5."""
    bounded = min(0.9933, max(0.0067, chance))
    return math.log(bounded / (1 - bounded))


def confidence(found: Features) -> float:
    """The probability, 0..1, that a hypothesis with these features is a reported deal."""
    return probability("deal", found)


def calibration_features(sureness: float) -> dict[str, float]:
    """What calibration weighs: the log-odds of ``sureness`` and a constant."""
    return {"bias": 1.0, "log_odds": log_odds(sureness)}


def calibrated(sureness: float) -> float:
    """The share of deals as sure as this that are right on documents that nothing was fitted on."""
    return probability("calibration", calibration_features(sureness)) if is_fitted("calibration") else sureness
