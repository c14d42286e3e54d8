"""Which focus areas the text ties to a deal."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from ahocorasick_rs import AhoCorasick

from pipeline.extraction.lexicon import Cue, CueKind, Hit, fold
from pipeline.extraction.model import probability
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.vocabulary import FocusArea

#: An area with this probability is named.
THRESHOLD = 0.265
_MOST_AREAS = 6
#: From so many areas on, more of them say nothing more against one.
_MANY = 4


class OwnAreas:
    """A user's own focus areas: plain terms, in any language, found as whole words (in scripts with spaces)."""

    def __init__(self, areas: Mapping[str, Iterable[str]]) -> None:
        self._cues: list[Cue] = []
        self._terms: list[str] = []
        for area, terms in areas.items():
            for term in terms:
                folded = fold(term.strip())
                if not folded:
                    continue
                before = r"(?<!\w)" if _SPACED.match(folded[0]) else ""
                after = r"(?!\w)" if _SPACED.match(folded[-1]) else ""
                self._terms.append(folded)
                self._cues.append(Cue(CueKind.FOCUS, area, re.compile(f"{before}{re.escape(folded)}{after}")))
        self._automaton = AhoCorasick(self._terms) if self._terms else None

    def cues(self, folded: str) -> list[Hit]:
        """Where the terms stand in ``folded`` text."""
        if self._automaton is None:
            return []
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return [
            Hit(start, end, self._cues[number])
            for number, start, end in found
            if self._cues[number].pattern.match(folded, start)
        ]


#: A character of a script that separates words by spaces.
_SPACED = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def focus_features(
    hits: Iterable[Hit], sentences: Sequence[Sentence], deal_sentences: Collection[int], party_areas: Iterable[str]
) -> dict[str, tuple[Hit | None, dict[str, float]]]:
    """For each area that a keyword or a party points to: the keyword that proves it best, and its features."""
    index = SentenceIndex(sentences)
    areas_of_parties = set(party_areas)
    places: dict[str, list[tuple[float, Hit, Zone, bool]]] = {}
    for hit in hits:
        if hit.cue.kind != CueKind.FOCUS:
            continue
        sentence = index.at(hit.start)
        if sentence.zone is Zone.FURNITURE:
            continue
        in_deal = sentence.index in deal_sentences
        gain = {Zone.TITLE: 3.0, Zone.LEAD: 1.5}.get(sentence.zone, 0.6) + (1.2 if in_deal else 0.0)
        places.setdefault(hit.cue.name, []).append((gain, hit, sentence.zone, in_deal))
    weight = {area: sum(item[0] for item in found) for area, found in places.items()}
    top = max(weight.values(), default=0.0) or 1.0
    ranked = sorted(weight, key=lambda area: -weight[area])
    result: dict[str, tuple[Hit | None, dict[str, float]]] = {}
    for area in sorted(set(places) | areas_of_parties):
        found = places.get(area, [])
        lead = [item for item in found if item[2] is Zone.LEAD]
        body = [item for item in found if item[2] is Zone.BODY]
        deal = {item[1].start for item in found if item[3]}
        features = {
            "bias": 1.0,
            "title": float(any(item[2] is Zone.TITLE for item in found)),
            "lead": float(bool(lead)),
            "lead_more": math.log1p(max(0, len(lead) - 1)),
            "body": math.log1p(len(body)),
            "deal": math.log1p(len(deal)),
            "words": math.log1p(len({item[1].cue.pattern.pattern for item in found})),
            "share": weight.get(area, 0.0) / top,
            "first": float(bool(ranked) and ranked[0] == area),
            "second": float(len(ranked) > 1 and ranked[1] == area),
            "party": float(area in areas_of_parties),
            "party_only": float(area in areas_of_parties and not found),
            "others": math.log1p(min(_MANY, len(places))) / 2,
            "deal_alone": float(bool(deal) and not lead),
        }
        if area in _BUILT_IN:
            features[f"is_{area}"] = 1.0
        best = max(found, key=lambda item: (item[0], -item[1].start))[1] if found else None
        result[area] = (best, features)
    return result


def focus_areas(
    hits: Iterable[Hit], sentences: Sequence[Sentence], deal_sentences: Collection[int], party_areas: Iterable[str]
) -> tuple[tuple[str, Hit | None], ...]:
    """Areas, likeliest first, each with the keyword that proves it best (None where only the parties do)."""
    found = focus_features(hits, sentences, deal_sentences, party_areas)
    likely = {area: probability("focus", features) for area, (_, features) in found.items()}
    chosen = sorted((area for area in found if likely[area] >= THRESHOLD), key=lambda area: (-likely[area], area))
    return tuple((area, found[area][0]) for area in chosen[:_MOST_AREAS])


_BUILT_IN = frozenset(area.value for area in FocusArea)
