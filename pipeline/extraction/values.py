"""Which of the sums in an article is the deal's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from pipeline.extraction.hypotheses import Hypothesis
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit
from pipeline.extraction.money import Money, MoneyReader
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.records import Value
from storage.vocabulary import DealType, ValueKind

_ZONE_POINTS = {Zone.TITLE: 1.3, Zone.LEAD: 0.9, Zone.BODY: 0.3, Zone.FURNITURE: -9.0}
_NEEDED = 1.25
_REACH = 45
_CLAUSE = re.compile(r"[;:—–]|, (?:and|but|while|which|after)\b|[。；，、]")
_SMALLEST = Decimal(50_000)


class ValueFinder:
    """Weighs every sum of one article once; ``best`` picks for a deal."""

    def __init__(
        self, reader: MoneyReader, lexicon: CompiledLexicon, text: str, sentences: Sequence[Sentence], hits: Sequence[Hit], local: str = ""
    ) -> None:
        self._text = text
        self._sentences = sentences
        self._index = SentenceIndex(sentences)
        self._cues = [hit for hit in hits if hit.cue.kind == CueKind.MONEY]
        self._background = {
            self._index.at(hit.start).index for hit in hits if hit.cue.kind == CueKind.MODALITY and hit.cue.name == "background"
        }
        self._reach = _REACH if lexicon.data.script == "latin" else 22
        self._sums: list[Money] = []
        for sentence in sentences:
            if sentence.zone is not Zone.FURNITURE:
                self._sums.extend(reader.find(text, sentence.start, sentence.end, local=local))

    def best(self, hypothesis: Hypothesis, deal_type: DealType) -> tuple[Value, int] | None:
        """The deal's value and where it stands, None where no sum is convincingly its own."""
        if deal_type in (DealType.CROSS_LICENSING,):
            needed = _NEEDED + 0.4
        elif deal_type in (DealType.PARTNERSHIP, DealType.LICENSING, DealType.MERGER):
            needed = _NEEDED + 0.2
        else:
            needed = _NEEDED
        triggers = [scored for scored in hypothesis.frames if not scored.background]
        by_sentence: dict[int, float] = {}
        for scored in triggers:
            index = scored.frame.sentence.index
            by_sentence[index] = max(by_sentence.get(index, 0.0), scored.score)
        tallies: dict[tuple[Decimal, str | None], float] = {}
        chosen: dict[tuple[Decimal, str | None], tuple[float, Money, ValueKind]] = {}
        for money in self._sums:
            score, kind = self._score(money, by_sentence, triggers_at=[scored.frame.hit.start for scored in triggers])
            if score is None:
                continue
            key = (money.amount, money.currency)
            tallies[key] = tallies.get(key, 0.0) + (max(0.0, score) * 0.25 if key in tallies else score)
            if key not in chosen or score > chosen[key][0]:
                chosen[key] = (score, money, kind)
        if not tallies:
            return None
        key = max(tallies, key=lambda item: (tallies[item], -chosen[item][1].start))
        if tallies[key] < needed:
            return None
        _, money, kind = chosen[key]
        return Value(money.amount, money.currency, kind), money.start

    def _score(self, money: Money, by_sentence: dict[int, float], triggers_at: Sequence[int]) -> tuple[float | None, ValueKind]:
        sentence = self._index.at(money.start)
        score = _ZONE_POINTS[sentence.zone]
        strength = by_sentence.get(sentence.index)
        if strength is not None:
            score += 0.5 + 0.4 * min(1.0, strength)
        if sentence.index in self._background and sentence.zone is not Zone.TITLE:
            score -= 0.5
        kind = ValueKind.TOTAL
        near: set[str] = set()
        for hit in self._cues:
            if hit.start < sentence.start or hit.end > sentence.end:
                continue
            before = money.start - hit.end
            after = hit.start - money.end
            distance = before if before >= 0 else after
            if distance < -1 or distance > self._reach:
                continue
            between = self._text[hit.end : money.start] if before >= 0 else self._text[money.end : hit.start]
            if _CLAUSE.search(between):
                continue
            tight = distance <= 18
            name = hit.cue.name
            if name == "deal":
                if "deal" not in near:
                    score += 0.5 if tight else 0.25
            elif name == "not_deal":
                score -= 1.3 if tight else 0.55
            elif tight and name in ("up_to", "per_share", "per_year", "upfront"):
                kind = ValueKind(name)
            elif tight and name == "total":
                score += 0.3
            near.add(name)
        if money.amount < _SMALLEST or kind is ValueKind.PER_SHARE:
            score -= 1.6 if money.amount < _SMALLEST else 0.9
        return score, kind
