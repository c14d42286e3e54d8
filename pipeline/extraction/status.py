"""How far a deal has come, from wording and tense around it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extraction.hypotheses import Hypothesis
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.vocabulary import DealType, Status

_ZONE_POINTS = {Zone.TITLE: 2.0, Zone.LEAD: 1.2, Zone.BODY: 0.4, Zone.FURNITURE: 0.0}
_STATUSES = {"rumored": Status.RUMORED, "terminated": Status.TERMINATED, "completed": Status.COMPLETED}
_NEEDED = {Status.RUMORED: 1.9, Status.TERMINATED: 1.9, Status.COMPLETED: 1.5}


def status_of(hits: Sequence[Hit], sentences: Sequence[Sentence], hypothesis: Hypothesis, deal_type: DealType) -> tuple[Status, Hit | None]:
    """The status and the words that prove it (None where it is announced by default)."""
    index = SentenceIndex(sentences)
    deal_sentences = {scored.frame.sentence.index for scored in hypothesis.frames if not scored.background}
    points: dict[Status, float] = {}
    best: dict[Status, tuple[float, Hit]] = {}
    firm = 0.0
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        if hit.cue.kind != CueKind.MODALITY:
            continue
        sentence = index.at(hit.start)
        gain = _ZONE_POINTS[sentence.zone]
        if sentence.index in deal_sentences:
            gain += 0.5
        elif sentence.zone is Zone.BODY:
            gain *= 0.5
        if (hit.cue.name, sentence.index) in seen:
            continue
        seen.add((hit.cue.name, sentence.index))
        if hit.cue.name == "future":
            firm += gain
            continue
        status = _STATUSES.get(hit.cue.name)
        if status is None:
            continue
        points[status] = points.get(status, 0.0) + gain
        if status not in best or gain > best[status][0]:
            best[status] = (gain, hit)
    if Status.RUMORED in points:
        points[Status.RUMORED] -= 0.8 * firm
    if Status.COMPLETED in points:
        points[Status.COMPLETED] -= 0.35 * firm
    if deal_type in (DealType.LICENSING, DealType.CROSS_LICENSING, DealType.SETTLEMENT):
        points.pop(Status.TERMINATED, None)
    for status in (Status.TERMINATED, Status.RUMORED, Status.COMPLETED):
        if points.get(status, 0.0) >= _NEEDED[status]:
            return status, best[status][1]
    return Status.ANNOUNCED, None
