"""Strings that may name an organisation in a script without capitals.

They stand between words that are never part of a name, and are weighed by what stands around them, how they end and how
often they come back.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.extraction.lexicon import fold
from pipeline.extraction.segmentation import SentenceIndex, Zone
from pipeline.extraction.tails_cjk import TailReader
from pipeline.extraction.words_cjk import CJK, PARTS, Kind, Terms, Token

#: How far a neighbour speaks for a name (before it, after it).
_BEFORE: Mapping[Kind, float] = {
    Kind.MARK: 1.0, Kind.SPACE: 0.8, Kind.TRIGGER: 1.0, Kind.CASE: 1.0, Kind.DESCRIPTOR: 1.5, Kind.PLACE: 0.8,
    Kind.STOP: 0.3, Kind.SPEECH: 0.5, Kind.NUMBER: 0.1, Kind.TITLE: -3.0, Kind.KNOWN: -0.5, Kind.LEGAL: 3.0,
}  # fmt: skip
_AFTER: Mapping[Kind, float] = {
    Kind.SPEECH: 1.2, Kind.TRIGGER: 1.2, Kind.CASE: 0.8, Kind.TITLE: 1.5, Kind.LEGAL: 4.0, Kind.MARK: 0.4,
    Kind.SPACE: 0.3, Kind.STOP: 0.3, Kind.NUMBER: 0.4, Kind.HONORIFIC: -4.0, Kind.KNOWN: -0.5, Kind.PLACE: 0.2,
}  # fmt: skip
#: What a name describes that stands before it without a particle.
_DESCRIBED = frozenset({Kind.NOUN, Kind.WORD, Kind.UNKNOWN, Kind.SUFFIX, Kind.DESCRIPTOR, Kind.STOP})
_CLOSING_QUOTES = tuple("'’\"”」』")
_LATIN_WORDS = re.compile(r"\s?\(([A-Z][\w.&'-]*(?: [A-Z][\w.&'-]*)+)")
#: Last characters of the names of regions and towns.
_REGIONS = "都道府県市区町村郡시군구도"
_BARE = 1.5
#: Particles that stand after people and organisations only.
_ANIMATE = ("으로부터", "로부터", "에게", "한테", "와 손", "과 손", "측", " 측")
_MADE = 2.5
_MIDDLE = 2.8
_SPREAD = 0.9
_LEAST = 0.3
_AGENT = 1.9
_LONGEST_NAME = 16
#: ライト・ストリート・キャピタル
_LONGEST_SPELLED = 32
_LATIN_JOIN = re.compile(r"^(?: | & |&)$")
_BOOK = re.compile(r"《[^》]{0,60}》")


@dataclass(slots=True)
class Place:
    """One place where a candidate stands, and what its neighbours say of it."""

    start: int
    end: int
    weight: float
    outer_end: int
    aliases: tuple[str, ...] = ()
    strong: bool = False
    head: bool = False  # only the beginning of what stands there
    bare: bool = False  # another noun follows with no mark or particle: 방열소재 업체


@dataclass(slots=True)
class Candidate:
    """A string that may name an organisation."""

    word: str
    tokens: tuple[Token, ...]
    places: list[Place] = field(default_factory=list)
    latin: bool = False
    score: float = 0.0


def _through_space(
    tokens: Sequence[Token], start: int, end: int, before: Token | None, after: Token | None
) -> tuple[Token | None, Token | None]:
    """The neighbours of a name, beyond the space that some writers set between Chinese and Latin words."""
    latin = not CJK.match(tokens[token_at(tokens, start)].word)
    if before is not None and before.kind is Kind.SPACE:
        number = token_at(tokens, before.start) - 1
        if number >= 0 and (latin or tokens[number].kind in (Kind.LATIN, Kind.NUMBER)):
            before = tokens[number]
    if after is not None and after.kind is Kind.SPACE:
        number = token_at(tokens, after.start) + 1
        if number < len(tokens) and (latin or tokens[number].kind in (Kind.LATIN, Kind.NUMBER)):
            after = tokens[number]
    return before, after


def token_at(tokens: Sequence[Token], start: int) -> int:
    return bisect_left(tokens, (start,))  # tokens are tuples that begin with their start


class CandidateReader:
    """Gathers, weighs and chooses the candidates of one article."""

    def __init__(self, terms: Terms, tails: TailReader) -> None:
        self._terms = terms
        self._words = terms.words
        self._tails = tails
        self._after_latin = frozenset({" ", "co"}) | terms.legal

    def gather(self, text: str, plain: str, tokens: Sequence[Token]) -> dict[str, Candidate]:
        """The candidates by the string they are, with the places where they stand."""
        candidates: dict[str, Candidate] = {}
        proven = self._proven(tokens)
        skipped = [match.span() for match in _BOOK.finditer(text)]
        number = 0
        while number < len(tokens):
            token = tokens[number]
            if skipped and any(start <= token.start < end for start, end in skipped):
                number += 1
                continue
            if token.kind is Kind.LATIN:
                number = self._latin(text, tokens, number, candidates, proven)
                continue
            if token.kind not in PARTS or token.kind is Kind.KNOWN:
                number += 1
                continue
            stop = number
            while stop < len(tokens) and tokens[stop].kind in PARTS and tokens[stop].kind is not Kind.KNOWN:
                stop += 1
            self._chunk(text, plain, tokens, number, stop, candidates)
            self._spaced(text, plain, tokens, number, stop, candidates)
            number = stop
        return candidates

    def _spaced(
        self, text: str, plain: str, tokens: Sequence[Token], first: int, stop: int, candidates: dict[str, Candidate]
    ) -> None:
        """A Korean name of several words: 달그렌 모터스, 스튜디오 반딧불."""
        if not self._terms.spaced or tokens[first].kind is Kind.NOUN:
            return
        opened = tokens[first].word in self._terms.openings
        last = stop
        while (
            last + 1 < len(tokens)
            and last - first < 6
            and tokens[last].kind is Kind.SPACE
            and tokens[last + 1].kind in (Kind.UNKNOWN, Kind.SUFFIX, Kind.WORD)
        ):
            end = last + 2
            while end < len(tokens) and tokens[end].kind in PARTS and tokens[end].kind is not Kind.KNOWN:
                end += 1
            alone = end == last + 2
            spelled = _LATIN_WORDS.match(text, tokens[end - 1].end)
            if (
                spelled
                and spelled.group(1).count(" ") == (end - first) // 2
                and all(token.kind is not Kind.SPACE for token in tokens[first:end:2])
            ):
                opened = True  # 로텐부르크 아우토마치온(Rottenburg Automation)
            closes = tokens[last + 1].kind is Kind.SUFFIX and tokens[last + 1].word not in self._terms.things
            if (closes and alone) or (opened and tokens[last + 1].kind in (Kind.UNKNOWN, Kind.WORD)):
                before = tokens[first - 1] if first else None
                after = tokens[end] if end < len(tokens) else None
                place = self._place(text, tokens, tokens[first].start, tokens[end - 1].end, before, after)
                self._add(candidates, plain, tuple(tokens[first:end]), place)
                return
            if not alone:
                return
            last = end

    def _chunk(
        self, text: str, plain: str, tokens: Sequence[Token], first: int, stop: int, candidates: dict[str, Candidate]
    ) -> None:
        """The words ``tokens[first:stop]`` between two words that are no part of a name."""
        before = tokens[first - 1] if first else None
        while (
            stop - first > 1
            and tokens[first].kind is Kind.NOUN
            and tokens[first + 1].kind is not Kind.SUFFIX
            and plain.count(plain[tokens[first].start : tokens[stop - 1].end]) == 1
        ):
            first += 1
            before = tokens[first - 1]
        if before is not None and before.kind is Kind.STOP and len(before.word) == 1 and CJK.match(before.word):
            whole = plain[before.start : tokens[stop - 1].end]
            if 2 <= plain.count(whole) == plain.count(whole[1:]):
                first -= 1  # never without it: the word is part of the name
                before = tokens[first - 1] if first else None
        if (
            self._terms.particled
            and stop < len(tokens)
            and tokens[stop].kind is Kind.LATIN
            and len(tokens[stop].word) <= 4
            and text[tokens[stop].start : tokens[stop].end].isupper()
            and any(part.kind is Kind.UNKNOWN for part in tokens[first:stop])
        ):
            stop += 1  # 한빛골PE
        parts = tokens[first:stop]
        after = tokens[stop] if stop < len(tokens) else None
        place = self._place(text, tokens, parts[0].start, parts[-1].end, before, after)
        self._add(candidates, plain, tuple(parts), place)
        named = place.strong or parts[0].kind is Kind.UNKNOWN or parts[-1].kind is Kind.SUFFIX
        if (
            named
            and before is not None
            and before.kind is Kind.PLACE
            and (
                any(part.kind in (Kind.UNKNOWN, Kind.WORD) for part in parts)
                or (self._terms.particled and len(parts[0].word) > 1 and parts[0].word not in self._terms.things)
            )
        ):
            opening = tokens[first - 2] if first >= 2 else None
            wider = self._place(text, tokens, before.start, parts[-1].end, opening, after)
            self._add(candidates, plain, (before, *parts), wider)
        if place.weight < 0.5 and not place.strong:
            return
        for length in range(1, len(parts)):
            head = tuple(parts[:length])
            end = head[-1].end
            ends_name = head[-1].kind is Kind.SUFFIX and length > 1 and end - head[0].start >= 4
            if 2 <= end - head[0].start <= 8 and (ends_name or any(part.kind is Kind.UNKNOWN for part in head)):
                word = plain[head[0].start : end]
                if ends_name or plain.count(word) >= 2:
                    base = _BEFORE.get(before.kind, 0.0) if before is not None else 1.0
                    self._add(candidates, plain, head, Place(head[0].start, end, base, end, head=True))

    def _proven(self, tokens: Sequence[Token]) -> frozenset[str]:
        """Latin words with a legal form before or after them: small letters name something too, 株式会社netgarden."""
        return frozenset(
            token.word
            for number, token in enumerate(tokens)
            if token.kind is Kind.LATIN
            and len(token.word) > 2
            and any(
                other.kind is Kind.LEGAL
                and CJK.search(other.word)
                and token.start in (other.end, other.start - len(token.word))
                for other in tokens[max(0, number - 1) : number + 2]
            )
        )

    def _latin(
        self,
        text: str,
        tokens: Sequence[Token],
        number: int,
        candidates: dict[str, Candidate],
        proven: frozenset[str],
    ) -> int:
        """A run of Latin words; returns where reading goes on."""
        first = last = number
        joints: list[int] = []
        while following := self._next_latin(text, tokens, last):
            nxt = text[tokens[following].start]
            if not (nxt.isupper() or nxt.isdigit()):
                break
            joints.append(last)
            last = following
        while last > first and (
            self._words.plain(tokens[last].word) in self._terms.legal
            or tokens[last].word == "co"
            or tokens[last].word in self._terms.outlets
        ):
            last = joints.pop()
        start, end = tokens[first].start, tokens[last].end
        name = text[start:end]
        following = last + 1
        while (
            following < len(tokens)
            and (tokens[following].kind is Kind.LATIN or tokens[following].kind is Kind.SPACE)
            and tokens[following].word in self._after_latin
        ):
            following += 1
        plain_name = fold(name)
        capital = any(char.isupper() for char in name)
        if not capital and plain_name not in proven:
            return following
        if (
            plain_name in self._terms.not_names
            or plain_name in self._terms.places
            or plain_name in self._terms.outlets
            or len(name) < 2
        ):
            return following
        if all(fold(tokens[i].word) in self._terms.not_names for i in (*joints, last)):
            return following
        if self._words.kind(plain_name) not in (None, Kind.WORD):
            return following
        parts = tuple(tokens[first : last + 1])
        after = tokens[following] if following < len(tokens) else None
        before = tokens[first - 1] if first else None
        joined = (Kind.SUFFIX, Kind.UNKNOWN) if self._terms.particled else (Kind.SUFFIX,)
        if after is not None and after.kind in joined and after.start == end:
            parts = (*parts, after)
            end = after.end
            following += 1
            after = tokens[following] if following < len(tokens) else None
        if text[max(0, start - 1) : start] in "(\uff08" and start:
            return following
        place = self._place(text, tokens, start, end, before, after)
        if after is not None and after.start == end and after.kind in (Kind.WORD, Kind.NOUN, Kind.UNKNOWN, Kind.NUMBER):
            place.weight -= 1.2
        candidate = candidates.setdefault(fold(text[start:end]), Candidate(fold(text[start:end]), parts, latin=True))
        candidate.places.append(place)
        return following

    @staticmethod
    def _next_latin(text: str, tokens: Sequence[Token], last: int) -> int:
        """The Latin word that goes on with the name after ``tokens[last]``: Wren & Tower; 0 where none does."""
        for number in range(last + 1, min(last + 5, len(tokens))):
            if tokens[number].kind is Kind.LATIN:
                return number if _LATIN_JOIN.match(text[tokens[last].end : tokens[number].start]) else 0
        return 0

    def _place(
        self, text: str, tokens: Sequence[Token], start: int, end: int, before: Token | None, after: Token | None
    ) -> Place:
        before, after = _through_space(tokens, start, end, before, after)
        weight = 1.0 if before is None else _BEFORE.get(before.kind, 0.0)
        outer, strong = end, False
        if after is not None and after.kind is Kind.LEGAL and after.start == end:
            outer, strong = after.end, True
        if before is not None and before.word in self._terms.openings and before.end == start:
            strong = True  # 株式会社X
        outer, more, aliases = self._tails.read(text, outer)
        strong |= more
        if not strong:
            weight += 0.4 if after is None else _AFTER.get(after.kind, 0.0)
            if after is not None and after.kind is Kind.NUMBER and after.word.endswith("%"):
                weight += 0.8  # a company is held in shares
            if self._terms.particled and text.startswith(self._terms.held, outer):
                weight += 1.2
            if self._terms.spaced and text.startswith(_ANIMATE, outer):
                weight += 1.0
            quoted = text[outer : outer + 1] in _CLOSING_QUOTES
            if text.startswith(self._terms.made, outer + quoted):
                weight -= _MADE
        if not strong and text[max(0, start - 1) : start] in ("(", "\uff08") and text[end - 1] in _REGIONS:
            weight -= _MADE  # 空瞰(福岡市)
        place = Place(start, end, weight, outer, aliases, strong)
        place.bare = self._terms.spaced and not strong and self._bare(text, tokens, after, outer)
        return place

    def _bare(self, text: str, tokens: Sequence[Token], after: Token | None, outer: int) -> bool:
        """Whether a noun follows that the name only describes."""
        if after is None or after.kind is not Kind.SPACE or text.startswith(self._terms.held, outer):
            return False
        number = token_at(tokens, after.start) + 1
        return number < len(tokens) and tokens[number].kind in _DESCRIBED

    def _add(self, candidates: dict[str, Candidate], plain: str, parts: tuple[Token, ...], place: Place) -> None:
        word = plain[parts[0].start : parts[-1].end]
        if (
            not 2 <= len(word) <= (_LONGEST_SPELLED if "・" in word else _LONGEST_NAME)
            or word in self._terms.not_names
            or word in self._terms.outlets
            or word in self._terms.places
        ):
            return
        candidates.setdefault(word, Candidate(word, parts)).places.append(place)

    def weigh(self, candidates: Mapping[str, Candidate], plain: str, index: SentenceIndex) -> None:
        """Sets the score of each."""
        for candidate in candidates.values():
            weights = sorted((place.weight for place in candidate.places), reverse=True)
            score = weights[0] + min(1.5, 0.35 * sum(weight for weight in weights[1:] if weight > 0))
            kinds = [token.kind for token in candidate.tokens]
            times = plain.count(candidate.word)
            zones = {index.at(place.start).zone for place in candidate.places}
            suffix = len(kinds) > 1 and kinds[-1] is Kind.SUFFIX
            strong = any(place.strong for place in candidate.places)
            if suffix:
                score += 1.2
            if not candidate.latin and all(place.bare for place in candidate.places):
                thing = not suffix or candidate.tokens[-1].word in self._terms.things
                score -= _BARE if thing else 0.0
            if candidate.latin:
                score += self._latin_shape(candidate)
            else:
                score += self._shape(candidate, kinds, times, suffix=suffix)
            score += 0.8 if Zone.TITLE in zones else 0.4 if Zone.LEAD in zones else 0.0
            if len(kinds) > 1 or kinds[0] is not Kind.WORD:
                score += 0.4 * min(3, times - 1)
            if strong:
                score += 3.0
            if any(place.aliases for place in candidate.places):
                score += 1.5
            candidate.score = 0.95 / (1.0 + math.exp(-(score - _MIDDLE) / _SPREAD))

    def _thing(self, candidate: Candidate) -> bool:
        """Ordinary words before a noun that is a thing as well: 固态电池 is a battery, 海岳电池 a company."""
        *stem, last = candidate.tokens
        return last.word in self._terms.things and all(
            token.kind in (Kind.WORD, Kind.NOUN, Kind.SUFFIX, Kind.PLACE) and (len(token.word) > 1 or len(stem) == 1)
            for token in stem
        )

    def _shape(self, candidate: Candidate, kinds: Sequence[Kind], times: int, *, suffix: bool) -> float:
        score = 0.0
        if all(kind in (Kind.NOUN, Kind.SUFFIX, Kind.PLACE) for kind in kinds):
            score -= 3.0 if len(kinds) == 1 else 1.8
        elif suffix and self._thing(candidate):
            usual = all(self._words.is_usual(token.word) for token in candidate.tokens)
            score -= 2.4 if self._terms.particled and times < 3 and usual else 1.2
        elif Kind.UNKNOWN in kinds:
            score += 0.8
            if self._terms.spaced and len(kinds) == 1 and times == 1:
                score -= 1.0  # any form of a verb may be unknown
        elif len(kinds) == 1:
            agent = sum(place.weight >= _AGENT for place in candidate.places)
            score -= 2.0 if agent < 2 else 0.8  # an ordinary word, but one that acts
        elif not suffix:
            single = sum(token.end - token.start == 1 for token in candidate.tokens)
            score -= 0.2 if single == len(kinds) else 0.5 if times > 1 else 1.2
            if self._terms.particled and kinds[-1] is Kind.NOUN:
                score -= 1.0  # 校正アプリ
        if len(candidate.word) > 8 and not suffix and "・" not in candidate.word:
            score -= 1.0
        return score

    @staticmethod
    def _latin_shape(candidate: Candidate) -> float:
        score = 1.2
        word = candidate.tokens[0]
        if any(char.isdigit() for char in candidate.word):
            score -= 1.2
        if len(candidate.tokens) == 1 and len(candidate.word) <= 3 and word.word.isascii():
            score -= 0.8
        return score

    def accept(self, candidates: Mapping[str, Candidate], plain: str, persons: set[str]) -> dict[str, Candidate]:
        """The candidates that stand, without people and without names that run into the words after them."""
        accepted: dict[str, Candidate] = {}
        whole = [
            word
            for word, candidate in candidates.items()
            if not candidate.latin and not all(place.head for place in candidate.places)
        ]
        for word in sorted(candidates, key=lambda key: (len(key), key)):
            candidate = candidates[word]
            if all(place.head for place in candidate.places):
                longer = {other: plain.count(other) for other in whole if other != word and other.startswith(word)}
                if max(longer.values(), default=0) >= 2 and sum(longer.values()) >= 0.6 * plain.count(word):
                    continue
            if candidate.score < _LEAST or self._person(word, candidate, persons):
                continue
            suffix = len(candidate.tokens) > 1 and candidate.tokens[-1].kind is Kind.SUFFIX
            strong = any(place.strong for place in candidate.places)
            times = plain.count(word)
            swallowed = False
            for other, shorter in accepted.items():
                if other == word or shorter.score < 0.3 or shorter.latin:
                    continue
                often = plain.count(other) > times
                longer_at_end = word.startswith(other) and not suffix and often and "・" not in word
                several = self._terms.spaced and " " in word and candidate.score >= 0.5
                longer_at_front = word.endswith(other) and (often or (not several and shorter.score >= candidate.score))
                swallowed |= not strong and (longer_at_end or longer_at_front)
            if not swallowed:
                accepted[word] = candidate
        return accepted

    def _person(self, word: str, candidate: Candidate, persons: set[str]) -> bool:
        if any(place.strong for place in candidate.places):
            return False
        if word in persons or (
            len(word) <= 4 and any(word.startswith(person) and len(word) - len(person) <= 1 for person in persons)
        ):
            return True
        return any(
            person.startswith(word) and len(person) - len(word) <= 2 and len(word) >= 2 for person in persons
        ) and self._terms.surname(word)
