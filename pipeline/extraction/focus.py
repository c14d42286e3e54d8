"""Which focus areas the text ties to a deal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone

_ZONE_POINTS: Mapping[Zone, float] = {Zone.TITLE: 3.0, Zone.LEAD: 1.5, Zone.BODY: 0.6, Zone.FURNITURE: 0.0}
#: Added for a keyword in a sentence that tells of the deal itself.
_DEAL_SENTENCE_POINTS = 1.2
#: Added for an area that the dictionary knows the bought, licensed or funded party to work in.
_PARTY_POINTS = 1.0
_NEEDED = 2.4
_SHARE_OF_BEST = 0.42
_MOST_AREAS = 5


def focus_areas(
    hits: Iterable[Hit],
    sentences: Sequence[Sentence],
    deal_sentences: Collection[int],
    party_areas: Iterable[str],
) -> tuple[tuple[str, Hit | None], ...]:
    """Areas, strongest first, each with the keyword that proves it best (None where only the parties do)."""
    index = SentenceIndex(sentences)
    points: dict[str, float] = {}
    best: dict[str, tuple[float, Hit]] = {}
    words: dict[tuple[str, str], int] = {}
    per_sentence: set[tuple[str, int]] = set()
    for hit in hits:
        if hit.cue.kind != CueKind.FOCUS:
            continue
        sentence = index.at(hit.start)
        if sentence.zone is Zone.FURNITURE:
            continue
        area = hit.cue.name
        gain = _ZONE_POINTS[sentence.zone]
        if sentence.index in deal_sentences:
            gain += _DEAL_SENTENCE_POINTS
        if (area, sentence.index) in per_sentence:
            gain *= 0.3
        per_sentence.add((area, sentence.index))
        key = (area, hit.cue.pattern.pattern)
        words[key] = words.get(key, 0) + 1
        if words[key] > 3:
            gain *= 0.3
        points[area] = points.get(area, 0.0) + gain
        if area not in best or gain > best[area][0]:
            best[area] = (gain, hit)
    for area in party_areas:
        if area in points:
            points[area] += _PARTY_POINTS
    if not points:
        return tuple((area, None) for area in dict.fromkeys(party_areas))[:1]
    top = max(points.values())
    chosen = [area for area, score in points.items() if score >= _NEEDED and score >= _SHARE_OF_BEST * top]
    if not chosen and top > 1.0:
        chosen = [area for area, score in points.items() if score == top]
    chosen.sort(key=lambda area: -points[area])
    return tuple((area, best[area][1]) for area in chosen[:_MOST_AREAS])
