"""Finds the names of organisations in scripts that have no capitals: Chinese, Japanese, Korean.

The text is split into words; what stands between words that are never part of a name is a candidate. All candidates of
an article are weighed together (what stands around them, how they end, how often they come back), then every place where
an accepted name is written becomes a mention.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, fold
from pipeline.extraction.mentions import Mention
from pipeline.extraction.organisations import Directory, Known, Organisation
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from pipeline.extraction.vocabulary import vocabulary
from pipeline.extraction.words_cjk import PARTS, Kind, Segmenter, Token

#: How far a neighbour speaks for a name (before it, after it).
_BEFORE: Mapping[Kind, float] = {
    Kind.MARK: 1.0, Kind.SPACE: 0.8, Kind.TRIGGER: 1.0, Kind.CASE: 1.0, Kind.DESCRIPTOR: 1.5, Kind.PLACE: 0.8, Kind.STOP: 0.3,
    Kind.SPEECH: 0.5, Kind.NUMBER: 0.1, Kind.TITLE: -3.0, Kind.KNOWN: -0.5,
}  # fmt: skip
_AFTER: Mapping[Kind, float] = {
    Kind.SPEECH: 1.2, Kind.TRIGGER: 1.2, Kind.CASE: 0.8, Kind.TITLE: 1.5, Kind.LEGAL: 4.0, Kind.MARK: 0.4, Kind.SPACE: 0.3,
    Kind.STOP: 0.3, Kind.NUMBER: 0.4, Kind.HONORIFIC: -4.0, Kind.KNOWN: -0.5,
}  # fmt: skip
_MIDDLE = 2.8
_SPREAD = 0.9
_LEAST = 0.3
_LONGEST_NAME = 16
_LATIN_JOIN = re.compile(r"^(?: | & |&)$")
_BOOK = re.compile(r"《[^》]{0,60}》")
_BRACKET = re.compile(r"\s?[(\uff08]([^()\uff08\uff09]{1,60})[)\uff09]")
_QUOTED = re.compile(r"[“\"「『‘'”]([^“”\"「」『』‘’']{2,24})[”\"」』’'“]")
_TICKER = re.compile(
    r"\d{4,6}(?:\.[A-Z]{1,3})?|(?:NASDAQ|NYSE|HKEX|KRX|KOSPI|KOSDAQ|TSE|TWSE|SZSE|SSE|LSE|纳斯达克|那斯達克|纽交所|紐交所|港交所|联交所|聯交所|"
    r"股票代|股份代|证券代|證券代|股票簡|代[码碼號号]|東証|コスダック|코스닥|코스피)"
)
_LATIN_NAME = re.compile(r"^[A-Z][\w&.'’+-]*(?:[ ,&]+[\w&.'’+-]+){0,5}$")
_MIXED_NAME = re.compile(r"^[\w・·&]{2,16}$")
_CALLED = re.compile(
    r"(?:以下|下)?(?:简称|簡稱|合称|合稱|统称|統稱|称|稱)[为為作:\uff1a]*\s*$|以下、?$|이하$|^(?:以下|下称|下稱|简称|簡稱|이하)"
)
_PERSON_DOT = re.compile(r"^[^\W\d]+[·•][^\W\d]+")
_CJK_CHAR = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class _Place:
    """One place where a candidate stands, and what its neighbours say of it."""

    start: int
    end: int
    weight: float
    outer_end: int
    aliases: tuple[str, ...] = ()
    strong: bool = False
    head: bool = False  # only the beginning of what stands there


@dataclass(slots=True)
class _Candidate:
    """A string that may name an organisation."""

    word: str
    tokens: tuple[Token, ...]
    places: list[_Place] = field(default_factory=list)
    latin: bool = False
    score: float = 0.0


def _through_space(
    tokens: Sequence[Token], start: int, end: int, before: Token | None, after: Token | None
) -> tuple[Token | None, Token | None]:
    """The neighbours of a name, beyond the space that some writers set between Chinese and Latin words."""
    latin = not _CJK_CHAR.match(tokens[_at(tokens, start)].word)
    if before is not None and before.kind is Kind.SPACE:
        number = _at(tokens, before.start) - 1
        if number >= 0 and (latin or tokens[number].kind in (Kind.LATIN, Kind.NUMBER)):
            before = tokens[number]
    if after is not None and after.kind is Kind.SPACE:
        number = _at(tokens, after.start) + 1
        if number < len(tokens) and (latin or tokens[number].kind in (Kind.LATIN, Kind.NUMBER)):
            after = tokens[number]
    return before, after


def _at(tokens: Sequence[Token], start: int) -> int:
    return bisect_left(tokens, start, key=lambda token: token.start)


class CjkMentionFinder:
    """Reads the names of one article in a script without capitals."""

    def __init__(self, lexicon: CompiledLexicon, known: Directory) -> None:
        names = lexicon.data.names
        self._known = known
        self._words = Segmenter(lexicon)
        plain = self._words.plain
        terms = vocabulary(lexicon.data.language)
        self._not_names = frozenset(plain(word) for word in names.not_names) | terms.not_names
        self._outlets = frozenset(plain(word) for word in names.outlets) | terms.outlets
        self._places = frozenset(plain(word) for word in (*names.places, *terms.places))
        self._legal = frozenset(plain(word) for word in names.legal_forms)
        self._things = frozenset(plain(word) for word in names.things)
        self._owned = frozenset(plain(word) for word in names.owned)
        self._daughters = frozenset(plain(word) for word in names.daughters)
        self._surnames = frozenset(plain(word) for word in names.surnames)
        self._titles_follow = bool(names.honorifics) and not self._surnames
        latin = sorted((word for word in names.legal_forms if word[:1].isascii() and word[:1].isalpha()), key=len)
        forms = "|".join(re.escape(word) for word in reversed(latin))
        self._latin_legal = re.compile(rf"(?:,?\s+(?:{forms})(?!\w))+") if latin else None

    def find(self, text: str, folded: str, sentences: Sequence[Sentence], hits: Sequence[Hit] = ()) -> list[Mention]:
        """Mentions in reading order, none overlapping. No name runs over a trigger among ``hits``."""
        plain = self._words.plain(text)
        index = SentenceIndex(sentences)
        found = [hit for hit in self._known.find(text, fold(text)) if self._usable(hit)]
        tokens = self._tokens(plain, found, hits)
        known = self._known_places(tokens, found)
        persons = self._persons(tokens, plain)
        candidates = self._candidates(text, plain, tokens)
        self._prefer_longer(candidates, known)
        self._weigh(candidates, plain, index)
        accepted = self._accept(candidates, plain, persons)
        return self._mentions(text, plain, tokens, known, accepted, index)

    # ---- words

    def _usable(self, hit: Known) -> bool:
        alias = self._words.plain(hit.alias)
        if alias.isdigit():
            return False
        return alias not in self._not_names and alias not in self._outlets and alias not in self._places

    def _tokens(self, plain: str, known: Sequence[Known], cues: Sequence[Hit]) -> list[Token]:
        ends: dict[int, list[int]] = {}
        for hit in known:
            ends.setdefault(hit.start, []).append(hit.end)
        fixed: dict[int, tuple[int, Kind]] = {}
        for cue in cues:
            if cue.cue.kind == CueKind.FRAME:
                kind = Kind.TRIGGER
            elif cue.cue.kind == CueKind.MODALITY and cue.cue.name in (
                "terminated",
                "denied",
                "completed",
                "ended_talks",
            ):
                kind = Kind.SPEECH
            else:
                continue
            if cue.end - cue.start <= 8 and (cue.start not in fixed or fixed[cue.start][0] < cue.end):
                fixed[cue.start] = (cue.end, kind)
        return self._longer(plain, self._words.split(plain, fixed, ends))

    @staticmethod
    def _longer(plain: str, tokens: list[Token]) -> list[Token]:
        """Known names that are only part of another name here lose their kind: 中芯 in 中芯宁波."""
        result = list(tokens)
        for number, token in enumerate(tokens):
            if token.kind is not Kind.KNOWN or not _CJK_CHAR.match(token.word):
                continue
            after = tokens[number + 1] if number + 1 < len(tokens) else None
            before = tokens[number - 1] if number else None
            if after is not None and after.kind in (Kind.PLACE, Kind.UNKNOWN):
                following = tokens[number + 2] if number + 2 < len(tokens) else None
                repeated = plain.count(plain[token.start : after.end]) >= 2
                if (repeated or (following is not None and following.kind in (Kind.LEGAL, Kind.SUFFIX))) or (
                    after.kind is Kind.UNKNOWN and len(token.word) == 2
                ):
                    result[number] = token._replace(kind=Kind.UNKNOWN)
                    result[number + 1] = after._replace(kind=Kind.UNKNOWN)
            listed = before is not None and before.word == "、"
            if (
                listed
                and after is not None
                and after.kind is Kind.WORD
                and number + 2 < len(tokens)
                and tokens[number + 2].kind in (Kind.MARK, Kind.CASE)
            ):
                result[number] = token._replace(kind=Kind.UNKNOWN)  # in a list whole names stand
            if before is not None and before.kind is Kind.UNKNOWN and len(token.word) == 2:
                result[number] = token._replace(kind=Kind.UNKNOWN)
        return result

    def _known_places(self, tokens: Sequence[Token], hits: Sequence[Known]) -> dict[int, Known]:
        """Names of the dictionary that the words around them leave whole, by start."""
        taken = {(token.start, token.end) for token in tokens if token.kind is Kind.KNOWN}
        return {hit.start: hit for hit in hits if (hit.start, hit.end) in taken or not _CJK_CHAR.search(hit.alias)}

    def _persons(self, tokens: Sequence[Token], plain: str) -> set[str]:
        """Names of people: after "chairman", before "さん"."""
        persons: set[str] = set()
        for number, token in enumerate(tokens):
            if token.kind is Kind.TITLE and not self._titles_follow:
                following = self._stretch(tokens, number + 1)
                name = "".join(part.word for part in following)
                if (
                    2 <= len(name) <= 7
                    and following[-1].kind is not Kind.SUFFIX
                    and all(part.kind is not Kind.KNOWN for part in following)
                ):
                    if self._surname(name):
                        name = name[:4] if name[:2] in self._surnames else name[:3]
                        persons.add(name[:2] if len(name) == 3 and self._is_short_name(plain, name) else name)
                    else:
                        persons.add(name)
            elif token.kind is Kind.HONORIFIC or (token.kind is Kind.TITLE and self._titles_follow):
                before = number - 1
                while before >= 0 and tokens[before].kind is Kind.SPACE:
                    before -= 1
                start = before
                while start >= 0 and tokens[start].kind in (Kind.UNKNOWN, Kind.WORD, Kind.NOUN) and before - start < 4:
                    start -= 1
                name = "".join(part.word for part in tokens[start + 1 : before + 1])
                if 2 <= len(name) <= 8:
                    persons.add(name)
        return persons

    def _surname(self, name: str) -> bool:
        return name[:1] in self._surnames or name[:2] in self._surnames

    @staticmethod
    def _is_short_name(plain: str, name: str) -> bool:
        """A two-character name with a word run into it: 雷军说 is met as 雷军 elsewhere."""
        return plain.count(name[:2]) > plain.count(name)

    @staticmethod
    def _stretch(tokens: Sequence[Token], number: int) -> list[Token]:
        result = []
        while number < len(tokens) and tokens[number].kind in PARTS:
            result.append(tokens[number])
            number += 1
        return result

    # ---- candidates

    @staticmethod
    def _prefer_longer(candidates: Mapping[str, _Candidate], known: dict[int, Known]) -> None:
        """A known Latin name with more names after it is another organisation's: Umbra in Umbra Optics."""
        for candidate in candidates.values():
            if not candidate.latin or len(candidate.tokens) < 2 or any(char.isdigit() for char in candidate.word):
                continue
            for place in candidate.places:
                hit = known.get(place.start)
                if hit is not None and hit.end < place.end:
                    del known[place.start]

    def _candidates(self, text: str, plain: str, tokens: Sequence[Token]) -> dict[str, _Candidate]:
        candidates: dict[str, _Candidate] = {}
        skipped = [match.span() for match in _BOOK.finditer(text)]
        number = 0
        while number < len(tokens):
            token = tokens[number]
            if any(start <= token.start < end for start, end in skipped):
                number += 1
                continue
            if token.kind is Kind.LATIN:
                number = self._latin(text, tokens, number, candidates)
                continue
            if token.kind not in PARTS or token.kind is Kind.KNOWN:
                number += 1
                continue
            stop = number
            while stop < len(tokens) and tokens[stop].kind in PARTS and tokens[stop].kind is not Kind.KNOWN:
                stop += 1
            self._chunk(text, plain, tokens, number, stop, candidates)
            number = stop
        return candidates

    def _chunk(
        self, text: str, plain: str, tokens: Sequence[Token], first: int, stop: int, candidates: dict[str, _Candidate]
    ) -> None:
        """The words ``tokens[first:stop]`` between two words that are no part of a name."""
        before = tokens[first - 1] if first else None
        while stop - first > 1 and tokens[first].kind is Kind.NOUN and tokens[first + 1].kind is not Kind.SUFFIX:
            first += 1
            before = tokens[first - 1]
        if before is not None and before.kind is Kind.STOP and len(before.word) == 1 and _CJK_CHAR.match(before.word):
            whole = plain[before.start : tokens[stop - 1].end]
            if 2 <= plain.count(whole) == plain.count(whole[1:]):
                first -= 1  # never without it: the word is part of the name
                before = tokens[first - 1] if first else None
        parts = tokens[first:stop]
        after = tokens[stop] if stop < len(tokens) else None
        place = self._place(text, tokens, parts[0].start, parts[-1].end, before, after)
        self._add(candidates, plain, tuple(parts), place)
        named = place.strong or parts[0].kind is Kind.UNKNOWN or parts[-1].kind is Kind.SUFFIX
        if (
            named
            and before is not None
            and before.kind is Kind.PLACE
            and any(part.kind in (Kind.UNKNOWN, Kind.WORD) for part in parts)
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
                    self._add(candidates, plain, head, _Place(head[0].start, end, base, end, head=True))

    def _latin(self, text: str, tokens: Sequence[Token], number: int, candidates: dict[str, _Candidate]) -> int:
        """A run of Latin words; returns where reading goes on."""
        first = last = number
        while (
            last + 2 < len(tokens)
            and tokens[last + 2].kind is Kind.LATIN
            and _LATIN_JOIN.match(text[tokens[last].end : tokens[last + 2].start])
        ):
            nxt = text[tokens[last + 2].start]
            if not (nxt.isupper() or nxt.isdigit()):
                break
            last += 2
        while last > first and (self._words.plain(tokens[last].word) in self._legal or tokens[last].word == "co" or tokens[last].word in self._outlets):
            last -= 2
        start, end = tokens[first].start, tokens[last].end
        name = text[start:end]
        following = last + 1
        while (
            following < len(tokens)
            and (tokens[following].kind is Kind.LATIN or tokens[following].kind is Kind.SPACE)
            and tokens[following].word in {" ", "co", *self._legal}
        ):
            following += 1
        plain_name = fold(name)
        if not any(char.isupper() for char in name[:2]) and not any(char.isupper() for char in name[1:]):
            return following
        if plain_name in self._not_names or plain_name in self._places or plain_name in self._outlets or len(name) < 2:
            return following
        if all(fold(tokens[i].word) in self._not_names for i in range(first, last + 1, 2)):
            return following
        if self._words.kind(plain_name) not in (None, Kind.WORD):
            return following
        parts = tuple(tokens[first : last + 1])
        after = tokens[following] if following < len(tokens) else None
        before = tokens[first - 1] if first else None
        if after is not None and after.kind is Kind.SUFFIX and after.start == end:
            parts = (*parts, after)
            end = after.end
            following += 1
            after = tokens[following] if following < len(tokens) else None
        if text[max(0, start - 1) : start] in "(\uff08" and start:
            return following
        place = self._place(text, tokens, start, end, before, after)
        if after is not None and after.start == end and after.kind in (Kind.WORD, Kind.NOUN, Kind.UNKNOWN, Kind.NUMBER):
            place.weight -= 1.2
        candidate = candidates.setdefault(fold(text[start:end]), _Candidate(fold(text[start:end]), parts, latin=True))
        candidate.places.append(place)
        return following

    def _place(
        self, text: str, tokens: Sequence[Token], start: int, end: int, before: Token | None, after: Token | None
    ) -> _Place:
        before, after = _through_space(tokens, start, end, before, after)
        weight = 1.0 if before is None else _BEFORE.get(before.kind, 0.0)
        outer, strong = end, False
        if after is not None and after.kind is Kind.LEGAL and after.start == end:
            outer, strong = after.end, True
        outer, more, aliases = self._tail(text, outer)
        strong |= more
        if not strong:
            weight += 0.4 if after is None else _AFTER.get(after.kind, 0.0)
            if after is not None and after.kind is Kind.NUMBER and after.word.endswith("%"):
                weight += 0.8  # a company is held in shares
        return _Place(start, end, weight, outer, aliases, strong)

    def _tail(self, text: str, outer: int) -> tuple[int, bool, tuple[str, ...]]:
        """What belongs to a name after it: a legal form, "(2409)", "(Sharp)", "(下称“X”)"."""
        strong = False
        aliases: list[str] = []
        if self._latin_legal is not None:
            legal = self._latin_legal.match(text, outer)
            if legal:
                outer, strong = legal.end(), True
        for _ in range(3):
            match = _BRACKET.match(text, outer)
            if match is None:
                break
            inside = match.group(1).strip()
            legal_after = next((form for form in self._legal_forms_at(text, match.end())), 0)
            if legal_after and len(inside) <= 8:
                outer, strong = legal_after, True
                continue
            quoted = _QUOTED.findall(inside)
            if quoted:
                aliases.extend(quoted)
                strong = strong or bool(_CALLED.search(inside[: max(0, inside.find(quoted[0]) - 1)]))
            elif _TICKER.search(inside):
                strong = True
            elif _CALLED.search(inside):
                aliases.append(re.sub(r"^.*?(?:简称|簡稱|称|稱|以下|이하)[为為作:\uff1a、]*\s*", "", inside))
            elif self._plain_alias(inside):
                aliases.append(inside)
            else:
                break
            outer = match.end()
        return outer, strong, tuple(alias.strip() for alias in aliases if 2 <= len(alias.strip()) <= 40)

    def _legal_forms_at(self, text: str, at: int) -> Iterable[int]:
        plain = self._words.plain(text[at : at + 24])
        for form in sorted(self._legal, key=len, reverse=True):
            place = plain.find(form)
            if 0 <= place <= 8 and not re.search(r"[\s,\uff0c。;\uff1b:\uff1a、]", plain[:place]):
                yield at + place + len(form)

    def _plain_alias(self, inside: str) -> bool:
        plain = self._words.plain(inside)
        if plain in self._not_names or plain in self._places:
            return False
        if _LATIN_NAME.match(inside):
            return not (inside.isupper() and len(inside) <= 3) or self._known.get(inside) is not None
        if not _MIXED_NAME.match(inside) or self._words.is_ordinary(plain):
            return False
        return all(token.kind in PARTS or token.kind is Kind.LATIN for token in self._words.split(plain, {}, {}))

    def _add(self, candidates: dict[str, _Candidate], plain: str, parts: tuple[Token, ...], place: _Place) -> None:
        word = plain[parts[0].start : parts[-1].end]
        if (
            not 2 <= len(word) <= _LONGEST_NAME
            or word in self._not_names
            or word in self._outlets
            or word in self._places
        ):
            return
        candidates.setdefault(word, _Candidate(word, parts)).places.append(place)

    # ---- weighing

    def _weigh(self, candidates: Mapping[str, _Candidate], plain: str, index: SentenceIndex) -> None:
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

    def _thing(self, candidate: _Candidate) -> bool:
        """Ordinary words before a noun that is a thing as well: 固态电池 is a battery, 海岳电池 a company."""
        *stem, last = candidate.tokens
        return last.word in self._things and all(
            token.kind in (Kind.WORD, Kind.NOUN, Kind.SUFFIX, Kind.PLACE) and (len(token.word) > 1 or len(stem) == 1)
            for token in stem
        )

    def _shape(self, candidate: _Candidate, kinds: Sequence[Kind], times: int, *, suffix: bool) -> float:
        score = 0.0
        if all(kind in (Kind.NOUN, Kind.SUFFIX, Kind.PLACE) for kind in kinds):
            score -= 3.0 if len(kinds) == 1 else 1.8
        elif suffix and self._thing(candidate):
            score -= 1.2
        elif Kind.UNKNOWN in kinds:
            score += 0.8
        elif len(kinds) == 1:
            score -= 2.0
        elif not suffix:
            single = sum(token.end - token.start == 1 for token in candidate.tokens)
            score -= 0.2 if single == len(kinds) else 0.5 if times > 1 else 1.2
        if len(candidate.word) > 8 and not suffix:
            score -= 1.0
        return score

    @staticmethod
    def _latin_shape(candidate: _Candidate) -> float:
        score = 1.2
        word = candidate.tokens[0]
        if any(char.isdigit() for char in candidate.word):
            score -= 1.2
        if len(candidate.tokens) == 1 and len(candidate.word) <= 3 and word.word.isascii():
            score -= 0.8
        return score

    def _accept(self, candidates: Mapping[str, _Candidate], plain: str, persons: set[str]) -> dict[str, _Candidate]:
        """The candidates that stand, without people and without names that run into the words after them."""
        accepted: dict[str, _Candidate] = {}
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
                longer_at_end = word.startswith(other) and not suffix and often
                longer_at_front = word.endswith(other) and (often or shorter.score >= candidate.score)
                swallowed |= not strong and (longer_at_end or longer_at_front)
            if not swallowed:
                accepted[word] = candidate
        return accepted

    def _person(self, word: str, candidate: _Candidate, persons: set[str]) -> bool:
        if any(place.strong for place in candidate.places):
            return False
        if word in persons or (
            len(word) <= 4 and any(word.startswith(person) and len(word) - len(person) <= 1 for person in persons)
        ):
            return True
        return any(
            person.startswith(word) and len(person) - len(word) <= 2 and len(word) >= 2 for person in persons
        ) and self._surname(word)

    # ---- mentions

    def _mentions(
        self,
        text: str,
        plain: str,
        tokens: Sequence[Token],
        known: Mapping[int, Known],
        accepted: Mapping[str, _Candidate],
        index: SentenceIndex,
    ) -> list[Mention]:
        short = self._short_forms(accepted, known, text)
        starts = {token.start for token in tokens}
        ends = {token.end for token in tokens}
        outer = {(place.start, place.end): place for candidate in accepted.values() for place in candidate.places}
        defined = {
            self._words.plain(alias)
            for candidate in accepted.values()
            for place in candidate.places
            for alias in place.aliases
        }
        names = {word: candidate for word, candidate in accepted.items() if not candidate.latin}
        latin = {word: candidate for word, candidate in accepted.items() if candidate.latin}
        extra = [
            alias
            for alias in defined
            if alias not in accepted and self._words.kind(alias) in (None, Kind.WORD, Kind.UNKNOWN) and len(alias) >= 2
        ]
        found: list[Mention] = []
        spans: list[tuple[int, int, str]] = []
        for word in [*names, *(alias for alias in extra if _CJK_CHAR.search(alias))]:
            unknown = word in names and any(token.kind is Kind.UNKNOWN for token in names[word].tokens)
            at = plain.find(word)
            while at >= 0:
                end = at + len(word)
                if (at, end) in outer or unknown or (at in starts and end in ends):
                    spans.append((at, end, word))
                at = plain.find(word, at + 1)
        for word, candidate in latin.items():
            spans.extend((place.start, place.end, word) for place in candidate.places)
        for alias in extra:
            if not _CJK_CHAR.search(alias):
                for match in re.finditer(rf"(?<![^\W_]){re.escape(alias)}(?![A-Za-z0-9])", plain):
                    spans.append((match.start(), match.end(), alias))
        taken: list[tuple[int, int]] = [(hit.start, hit.end) for hit in known.values()]
        covered = bytearray(len(text) + 1)
        for start, end in taken:
            covered[start:end] = b"\1" * (end - start)
        for hit in known.values():
            found.append(self._known_mention(text, tokens, hit, index, short))
        spans.sort(key=lambda span: (span[0] - span[1], span[0]))
        for start, end, word in spans:
            if any(covered[start:end]):
                continue
            covered[start:end] = b"\1" * (end - start)
            score = accepted[word].score if word in accepted else 0.6
            place = outer.get((start, end))
            outer_end, aliases = (
                (place.outer_end, place.aliases) if place is not None else self._plain_tail(text, plain, end)
            )
            aliases = (*aliases, *short.get(word, ()))
            found.append(
                Mention(start, end, text[start:end], score, outer_end, index.at(start).index, None, False, aliases)
            )
        found.sort(key=lambda mention: (mention.start, -mention.end))
        result: list[Mention] = []
        for mention in found:
            if result and mention.start < result[-1].outer_end:
                continue
            if result and plain[result[-1].outer_end : mention.start] in self._owned:
                result.pop()  # 博世旗下的博元资本: the daughter takes part
            result.append(mention)
        return result

    def _plain_tail(self, text: str, plain: str, end: int) -> tuple[int, tuple[str, ...]]:
        for form in self._legal:
            if len(form) > 1 and plain.startswith(form, end):
                end += len(form)
                break
        outer, _, aliases = self._tail(text, end)
        return outer, aliases

    def _known_mention(
        self, text: str, tokens: Sequence[Token], hit: Known, index: SentenceIndex, short: Mapping[str, tuple[str, ...]]
    ) -> Mention:
        plain = self._words.plain(text[hit.end : hit.end + 14])
        end, organisation = hit.end, hit.organisation
        name_end = end
        daughter = next((word for word in sorted(self._daughters, key=len, reverse=True) if plain.startswith(word)), "")
        if daughter:
            end = name_end = end + len(daughter)
            found: Organisation | None = self._known.get(text[hit.start : end])
            return Mention(
                hit.start, end, text[hit.start : end], 0.85, self._tail(text, end)[0], index.at(hit.start).index, found
            )
        legal = self._legal_after(tokens, _at(tokens, hit.end))
        if legal:
            end = legal
        outer, _, aliases = self._tail(text, end)
        score = 1.0
        ordinary = self._words.is_ordinary(self._words.plain(hit.alias)) and _CJK_CHAR.search(hit.alias)
        if organisation.common_word or (
            ordinary and len(hit.alias) <= 2 and self._words.kind(self._words.plain(hit.alias)) is not None
        ):
            score = 0.6
        surface = text[hit.start : name_end]
        return Mention(
            hit.start,
            name_end,
            surface,
            score,
            outer,
            index.at(hit.start).index,
            organisation,
            False,
            (*aliases, *short.get(surface, ())),
        )

    @staticmethod
    def _legal_after(tokens: Sequence[Token], number: int) -> int:
        """Where the legal form ends that closes a name: 中芯|集成电路(宁波)有限公司; 0 where none does."""
        for token in tokens[number : number + 7]:
            if token.kind is Kind.LEGAL:
                return token.end
            if token.kind not in PARTS and token.kind is not Kind.PLACE and token.word not in "()":
                break
        return 0

    def _short_forms(
        self, accepted: Mapping[str, _Candidate], known: Mapping[int, Known], text: str
    ) -> dict[str, tuple[str, ...]]:
        """Short names by the long one they stand for: 武汉敏声新技术 and 敏声."""
        longs = {word: word for word, candidate in accepted.items() if not candidate.latin}
        written = {
            word: text[candidate.places[0].start : candidate.places[0].end] for word, candidate in accepted.items()
        }
        longs.update(
            {self._words.plain(text[hit.start : hit.end]): text[hit.start : hit.end] for hit in known.values()}
        )
        result: dict[str, list[str]] = {}
        for word, candidate in accepted.items():
            if candidate.latin:
                continue
            owners = [long for long in longs if long != word and len(long) > len(word) and self._shortens(word, long)]
            if len(owners) > 1:
                owners = [long for long in owners if long not in accepted] or [
                    long for long in owners if accepted[long].tokens[-1].kind is Kind.SUFFIX
                ]
            if owners and len({id(self._known.get(longs[long]) or long) for long in owners}) == 1:
                for long in owners:
                    result.setdefault(longs[long], []).append(written[word])
        return {long: tuple(words) for long, words in result.items()}

    def _shortens(self, word: str, long: str) -> bool:
        at = long.find(word)
        if at < 0:
            return False
        return at == 0 or long[:at] in self._places
