"""Which of the sums in an article is the deal's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from pipeline.extraction.hypotheses import Hypothesis
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, fold
from pipeline.extraction.model import probability
from pipeline.extraction.money import Money, MoneyReader, parse_number
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from storage.records import Value
from storage.vocabulary import DealType, ValueKind

#: A sum with this probability is the deal's value.
THRESHOLD = 0.38
_CLAUSE = re.compile(r"[;:—–]|, (?:and|but|while|which|after)\b|[。；，、]")
_CLAUSE_CJK = re.compile(r"[;:,—–。；：，、]")
#: Characters between a sum and the same in another currency.
_REPEAT = 14
_SMALLEST = Decimal(50_000)
#: How likely a whole price must be to be taken before a price per share.
_WHOLE_PRICE = 0.2
#: Types of which a share may change hands, and the characters between the percentage and the word for a stake.
_OF_SHARES = frozenset({DealType.INVESTMENT, DealType.ACQUISITION})
_STAKE_REACH = 30
_KINDS = ("up_to", "per_share", "per_year", "upfront")


class ValueFinder:
    """Weighs every sum of one article; ``best`` picks for a deal."""

    def __init__(
        self,
        reader: MoneyReader,
        lexicon: CompiledLexicon,
        text: str,
        sentences: Sequence[Sentence],
        hits: Sequence[Hit],
        local: str = "",
    ) -> None:
        self._text = text
        self._index = SentenceIndex(sentences)
        self._cues: dict[int, list[Hit]] = {}
        self._modal: dict[int, set[str]] = {}
        self._stakes: dict[int, list[Hit]] = {}
        self._decimal_comma = lexicon.data.money.decimal_comma
        words = "|".join(re.escape(word) for word in lexicon.data.money.percent)
        self._percent = re.compile(rf"(?<![\d.,])(\d{{1,3}}(?:[.,]\d+)?)[\s-]?(?:{words})", re.IGNORECASE)
        for hit in hits:
            number = self._index.at(hit.start).index
            if hit.cue.kind == CueKind.MONEY:
                self._cues.setdefault(number, []).append(hit)
            elif hit.cue.kind == CueKind.OBJECT and hit.cue.name == "stake":
                self._stakes.setdefault(number, []).append(hit)
            elif hit.cue.kind == CueKind.MODALITY:
                self._modal.setdefault(number, set()).add(hit.cue.name)
        self._clause = _CLAUSE if lexicon.data.script == "latin" else _CLAUSE_CJK
        self._reach, self._tight = (45, 18) if lexicon.data.script == "latin" else (22, 8)
        self._reader, self._sentences, self._local = reader, sentences, local

    @cached_property
    def _sums(self) -> list[Money]:
        """The sums of the article, sought when a deal is found: most articles are none."""
        marked = {self._index.at(start).index for start in self._reader.marks(fold(self._text))}
        return [
            money
            for sentence in self._sentences
            if sentence.index in marked and sentence.zone is not Zone.FURNITURE
            for money in self._reader.find(self._text, sentence.start, sentence.end, local=self._local)
        ]

    @cached_property
    def _same(self) -> dict[tuple[Decimal, str | None], Money]:
        """Sums that only say another in a second currency ("11亿欧元,约合87亿元"), with the one that they repeat."""
        same = {}
        for first, second in pairwise(self._sums):
            if first.currency == second.currency or second.start - first.end > _REPEAT:
                continue
            cues = self._cues.get(self._index.at(second.start).index, ())
            if any(cue.cue.name == "converted" and first.end <= cue.start < second.start for cue in cues):
                same[second.amount, second.currency] = first
        return same

    def candidates(self, hypothesis: Hypothesis, deal_type: DealType) -> list[tuple[Value, Money, dict[str, float]]]:
        """Each different sum, where it stands best, and its features."""
        by_sentence: dict[int, float] = {}
        triggers: dict[int, list[int]] = {}
        for scored in hypothesis.frames:
            if not scored.background:
                number = scored.frame.sentence.index
                by_sentence[number] = max(by_sentence.get(number, 0.0), scored.score)
                triggers.setdefault(number, []).append(scored.frame.hit.start)
        merged: dict[tuple[Decimal, str | None], tuple[Money, ValueKind, dict[str, float]]] = {}
        for order, money in enumerate(self._sums):
            number = self._index.at(money.start).index
            if "background" in self._modal.get(number, ()) and number not in by_sentence:
                continue  # "last year it had bought C for $2 billion"
            features, kind = self._features(money, by_sentence, triggers, deal_type)
            features["first"] = float(order == 0)
            money = self._same.get((money.amount, money.currency), money)
            key = (money.amount, money.currency)
            known = merged.get(key)
            if known is None:
                merged[key] = (money, kind, features)
                continue
            combined = {name: max(value, features.get(name, 0.0)) for name, value in known[2].items()}
            combined["repeated"] = 1.0
            merged[key] = (known[0], known[1] if known[1] is not ValueKind.TOTAL else kind, combined)
        most = max((money.amount for money in self._sums), default=Decimal(1))
        for money, _, features in merged.values():
            features["largest"] = float(money.amount == most)
            features["only"] = float(len(merged) == 1)
        return [
            (Value(money.amount, money.currency, kind), money, features) for money, kind, features in merged.values()
        ]

    def best(self, hypothesis: Hypothesis, deal_type: DealType) -> tuple[Value, int] | None:
        """The deal's value and where it stands, None where no sum is convincingly its own."""
        likely = [
            (probability("value", features), -money.start, value)
            for value, money, features in self.candidates(hypothesis, deal_type)
        ]
        if likely:
            chance, start, value = max(likely, key=lambda item: item[:2])
            if value.kind is ValueKind.PER_SHARE:  # where the whole price is given too, that is the value
                whole = [item for item in likely if item[2].kind is not ValueKind.PER_SHARE and item[0] >= _WHOLE_PRICE]
                _, start, value = max(whole, key=lambda item: item[:2], default=(chance, start, value))
            if chance >= THRESHOLD:
                return value, -start
        return self._stake(hypothesis, deal_type)

    def _stake(self, hypothesis: Hypothesis, deal_type: DealType) -> tuple[Value, int] | None:
        """The share that changes hands, where no sum is told: a percentage beside the word for a stake."""
        if deal_type not in _OF_SHARES:
            return None
        told = (scored.frame for scored in hypothesis.frames if not scored.background)
        for frame in sorted(told, key=lambda frame: frame.sentence.index):
            stakes = self._stakes.get(frame.sentence.index, ())
            found = None
            for match in self._percent.finditer(self._text, frame.sentence.start, frame.sentence.end) if stakes else ():
                number = parse_number(match.group(1), decimal_comma=self._decimal_comma)
                if number is not None and 0 < number <= 100 and any(self._beside(match, hit) for hit in stakes):
                    found = number, match.start()  # "by 5% to 30%": the last of them
            if found is not None:
                return Value(found[0], None, ValueKind.STAKE_PERCENT), found[1]
        return None

    def _beside(self, share: re.Match[str], stake: Hit) -> bool:
        """Whether a percentage stands beside the word for a stake, in the same clause."""
        first, last = (share.end(), stake.start) if share.end() <= stake.start else (stake.end, share.start())
        between = self._text[first:last]
        return last - first <= _STAKE_REACH and "," not in between and not self._clause.search(between)

    def _features(
        self, money: Money, by_sentence: dict[int, float], triggers: dict[int, list[int]], deal_type: DealType
    ) -> tuple[dict[str, float], ValueKind]:
        sentence = self._index.at(money.start)
        modal = self._modal.get(sentence.index, set())
        nearest = min((abs(at - money.start) for at in triggers.get(sentence.index, ())), default=400)
        features = {
            "bias": 1.0,
            "title": float(sentence.zone is Zone.TITLE),
            "lead": float(sentence.zone is Zone.LEAD),
            "body": float(sentence.zone is Zone.BODY),
            "frame": float(sentence.index in by_sentence),
            "frame_score": by_sentence.get(sentence.index, 0.0),
            "frame_near": max(0.0, 1.0 - nearest / 120),
            "background": float("background" in modal),
            "dated": float("dated" in modal),
            "small": float(money.amount < _SMALLEST),
            "repeated": 0.0,
            "deal_tight": 0.0,
            "deal_near": 0.0,
            "not_tight": 0.0,
            "not_near": 0.0,
            "total": 0.0,
            **dict.fromkeys(_KINDS, 0.0),
            f"type_{deal_type}": 1.0,
        }
        kind = ValueKind.TOTAL
        for hit in self._cues.get(sentence.index, ()):
            before = money.start - hit.end
            after = hit.start - money.end
            distance = before if before >= 0 else after
            if distance < -1 or distance > self._reach:
                continue
            between = self._text[hit.end : money.start] if before >= 0 else self._text[money.end : hit.start]
            if self._clause.search(between):
                continue
            tight = distance <= self._tight
            name = hit.cue.name
            if name in ("deal", "not_deal"):
                side = "deal" if name == "deal" else "not"
                features[f"{side}_{'tight' if tight else 'near'}"] = 1.0
            elif tight and name in _KINDS:
                kind = ValueKind(name)
                features[name] = 1.0
            elif tight and name == "total":
                features["total"] = 1.0
        return features, kind
