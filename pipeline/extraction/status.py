"""How far a deal has come, from wording and tense around it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extraction.hypotheses import Hypothesis
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.model import score
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.vocabulary import DealType, Status

_CUES = ("rumored", "terminated", "completed", "future", "ended_talks", "hypothetical", "denied", "background")

#: "Announced" is what is left when no other status is likely: it gives way to one that comes this near (in logits).
_RESERVE = 1.0


def status_features(
    hits: Sequence[Hit], sentences: Sequence[Sentence], hypothesis: Hypothesis, deal_type: DealType
) -> tuple[dict[str, float], dict[str, Hit]]:
    """Features that all statuses share, and the best cue of each kind."""
    index = SentenceIndex(sentences)
    deal_sentences = {scored.frame.sentence.index for scored in hypothesis.frames if not scored.background}
    features: dict[str, float] = {"bias": 1.0, f"is_{deal_type}": 1.0}
    best: dict[str, tuple[float, Hit]] = {}
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        name = hit.cue.name
        if hit.cue.kind != CueKind.MODALITY or name not in _CUES:
            continue
        sentence = index.at(hit.start)
        if sentence.zone is Zone.FURNITURE or (name, sentence.index) in seen:
            continue
        seen.add((name, sentence.index))
        in_deal = sentence.index in deal_sentences
        place = f"{name}_{sentence.zone}"
        features[place] = min(2.0, features.get(place, 0.0) + 1.0)
        if in_deal:
            features[f"{name}_deal"] = min(2.0, features.get(f"{name}_deal", 0.0) + 1.0)
        gain = {Zone.TITLE: 2.0, Zone.LEAD: 1.2}.get(sentence.zone, 0.4) + 0.5 * in_deal
        if name not in best or gain > best[name][0]:
            best[name] = (gain, hit)
    for scored in hypothesis.frames:
        status = scored.frame.hit.cue.frame.status if scored.frame.hit.cue.frame is not None else ""
        if status and not scored.background:
            features[f"frame_{status}"] = 1.0
        tense, zone = scored.frame.tense, scored.frame.sentence.zone
        if tense and not scored.background and scored.frame.arguments:
            features[f"{tense}_{zone}"] = 1.0
            features[f"{tense}_{deal_type}"] = 1.0
            features[f"{tense}_best"] = max(features.get(f"{tense}_best", 0.0), scored.score)
    return features, {name: hit for name, (_, hit) in best.items()}


def status_of(
    hits: Sequence[Hit], sentences: Sequence[Sentence], hypothesis: Hypothesis, deal_type: DealType
) -> tuple[Status, Hit | None]:
    """The likeliest status and the words that prove it (None where it is announced without saying so)."""
    features, best = status_features(hits, sentences, hypothesis, deal_type)
    status = max(
        Status, key=lambda item: score(f"status_{item}", features) - (_RESERVE if item is Status.ANNOUNCED else 0.0)
    )
    return status, best.get(status.value, best.get("future") if status is Status.ANNOUNCED else None)
