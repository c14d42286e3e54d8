"""Words of text in scripts that do not mark names: the likeliest split by word frequency, and what each word is."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

import wordfreq

from pipeline.extraction.han import simplify
from pipeline.extraction.lexicon import CompiledLexicon, fold, literal_prefix
from pipeline.extraction.vocabulary import vocabulary


class Kind(Enum):
    """What a word can be to a name next to it."""

    __hash__ = object.__hash__  # an Enum's own is slow, and kinds are looked up word by word

    MARK = auto()  # punctuation, line ends
    SPACE = auto()
    NUMBER = auto()
    LATIN = auto()
    KNOWN = auto()  # a name of the dictionary
    TRIGGER = auto()  # a deal verb or noun
    SPEECH = auto()  # what a company does: announces, signs, plans
    CASE = auto()  # with, to, by, and
    STOP = auto()  # any other word that is never part of a name
    DESCRIPTOR = auto()  # "maker", "startup"
    TITLE = auto()  # "chairman"
    HONORIFIC = auto()
    PLACE = auto()
    SUFFIX = auto()  # "Technology", "Bank": may end a name
    LEGAL = auto()
    NOUN = auto()  # names nothing, but may be part of a name
    WORD = auto()
    UNKNOWN = auto()


class Token(NamedTuple):
    """``text[start:end]``, with its text folded and simplified."""

    start: int
    end: int
    kind: Kind
    word: str


#: What a name is made of.
PARTS = frozenset({Kind.SUFFIX, Kind.NOUN, Kind.WORD, Kind.UNKNOWN, Kind.KNOWN})
_LONGEST = 10
_UNKNOWN_COST = 14.5
_LISTED_COST = 9.0
_FREQUENT = 1.0e-4
#: A word with a lower cost is met often enough to be known as one.
_USUAL = 11.6
_RARE = 1.0e-7
_KANA = "\u30a1-\u30fa\u30fc-\u30ff"
_CJK = f"\u3005\u3041-\u309f{_KANA}\u3400-\u9fff\uac00-\ud7af"
_RUN = re.compile(
    rf"(?P<cjk>[{_CJK}]+(?:(?<=[{_KANA}])[・･](?=[{_KANA}])[{_CJK}]+)*)|"
    rf"(?P<number>\d[\d.,:/%+-]*(?: ?[亿億万萬兆])*(?:[年月日家号號]|个月)?)|"
    rf"(?P<latin>[^\W\d_{_CJK}][^\W_{_CJK}]*(?:[&.'’+-][^\W_{_CJK}]+)*\+?)|(?P<space>[ \t\u3000]+)|(?P<mark>.)",
    re.DOTALL,
)
_KATAKANA = re.compile(rf"[{_KANA}]+(?:[・･][{_KANA}]+)*")
#: A character of a script without capitals.
CJK = re.compile(f"[{_CJK}]")
#: Final consonants that only verbs and adjectives have: 했다, 않는, 없이, 앉은, 잃은.
_VERB_FINALS = frozenset({20, 6, 18, 15, 5})
#: A word of two syllables that ends in one of these is no name: 붉은, 파는, 층을.
_PLAIN_PARTICLES = frozenset("을를은는에")
#: Particles that only nouns have.
_NOUN_PARTICLES = ("으로부터", "로부터", "에게서", "에게", "에서는", "에서")
_KATAKANA_LETTERS = frozenset(map(chr, (*range(0x30A1, 0x30FB), *range(0x30FC, 0x3100))))
_COUNTING = frozenset("百千〇零一二三四五六七八九十两兩")
_UNIT = "[成家個年月日度季个項项名位次时時]|号(?!公司)|號(?!公司)"
_HAN_COUNT = re.compile(
    rf"(?:[百千](?=[〇零一二三四五六七八九十百千亿億万萬兆家個个])|[〇零一二三四五六七八九十两兩])[〇零一二三四五六七八九十百千两兩点點]*(?:[亿億万萬兆]+|(?:{_UNIT})(?:[〇零一二三四五六七八九十]{{1,3}}[日号號])?|大(?=厂|巨头))|"
    r"百分之[〇零一二三四五六七八九十点點]+"
)


def _inflected(word: str) -> bool:
    """Whether a syllable of ``word`` is one that only verbs have."""
    return any("가" <= char <= "힣" and (ord(char) - 0xAC00) % 28 in _VERB_FINALS for char in word)


def _frequencies(language: str) -> dict[str, float]:
    """How often each word of the language is met: rare ones too, where the package wordfreq has them."""
    try:
        return {
            word: share
            for word, share in wordfreq.get_frequency_dict(language, wordlist="large").items()
            if share >= _RARE
        }
    except LookupError:
        return vocabulary(language).ordinary


def _literals(lexicon: CompiledLexicon) -> list[str]:
    """The keywords of the focus areas: what deals are about, not who makes them."""
    return [
        word
        for words in lexicon.data.focus.values()
        for word in words
        if CJK.match(word) and literal_prefix(word) == word
    ]


class Segmenter:
    """Splits text of one language. Reusable; holds no state of an article."""

    def __init__(self, lexicon: CompiledLexicon) -> None:
        self._script = lexicon.data.script
        self._costs: dict[str, float] = {}
        self._kinds: dict[str, Kind] = {}
        names, cases = lexicon.data.names, lexicon.data.cases
        places = names.places
        for word, frequency in _frequencies(lexicon.data.language).items():
            self._costs[word] = -math.log(frequency)
            if frequency >= _FREQUENT and len(word) > 1:
                self._kinds[word] = Kind.STOP
        listed: Sequence[tuple[Kind, Iterable[str]]] = (
            (Kind.STOP, (*names.boundaries, *cases.before.get("subject", ()))),
            (Kind.NOUN, _literals(lexicon)),
            (Kind.NOUN, names.not_names),
            (Kind.SUFFIX, names.organisation_nouns),
            (Kind.SPEECH, names.speech),
            (
                Kind.CASE,
                (
                    *cases.coordinators,
                    *(word for case, words in cases.before.items() if case != "subject" for word in words),
                    *(word for words in cases.after.values() for word in words if self._script == "kana"),
                ),
            ),
            (Kind.DESCRIPTOR, names.descriptors),
            (Kind.TITLE, names.person_titles),
            (Kind.HONORIFIC, names.honorifics),
            (Kind.PLACE, places),
            (Kind.LEGAL, names.legal_forms),
        )
        for kind, words in listed:
            for written in words:
                word = self.plain(written)
                self._kinds[word] = kind
                self._costs[word] = min(self._costs.get(word, 99.0), _LISTED_COST if len(word) > 1 else 8.0)
        self._endings = tuple(self.plain(word) for word in names.boundaries if len(word) > 1)
        self._derived = frozenset(self.plain(word) for word in names.noun_endings)
        self._suffixes = frozenset(self.plain(word) for word in names.organisation_nouns)
        self._spelled = tuple(word for word in self._suffixes if _KATAKANA.fullmatch(word))
        self._makers = tuple(word for word in names.descriptors if len(word) > 1 and word not in places)
        self._particles = frozenset(self.plain(word) for forms in cases.after.values() for word in forms)
        self._particle_sizes = sorted({len(particle) for particle in self._particles}, reverse=True)
        #: By its first character, how long a word may be.
        self._longest: dict[str, int] = {}
        for word in self._costs:
            first = word[:1]
            self._longest[first] = max(self._longest.get(first, 0), min(_LONGEST, len(word)))
        self._pieces = lru_cache(maxsize=20_000)(self._hangul_pieces)

    def plain(self, text: str) -> str:
        """``text`` as the words are listed: folded, and simplified where it is Chinese."""
        return simplify(fold(text)) if self._script == "han" else fold(text)

    def is_suffix(self, word: str) -> bool:
        return word in self._suffixes

    def is_ordinary(self, word: str) -> bool:
        """Whether the whole of ``word`` is one word of the language."""
        return word in self._costs

    def is_usual(self, word: str) -> bool:
        """Whether ``word`` is met so often that it hardly names a company."""
        return self._costs.get(word, 99.0) < _USUAL

    def kind(self, word: str) -> Kind | None:
        return self._kinds.get(word)

    def split(
        self, plain: str, fixed: Mapping[int, tuple[int, Kind]], known: Mapping[int, Sequence[int]]
    ) -> list[Token]:
        """Words of ``plain``. ``fixed`` are spans that are one word anyway (start -> end, kind); ``known`` are ends of
        names of the dictionary by start, taken where the words around them allow it."""
        tokens: list[Token] = []
        reached = 0
        for match in _RUN.finditer(plain):
            start, end = match.span()
            group = match.lastgroup
            if start < reached:
                if end <= reached:
                    continue
                start, group = reached, "cjk"
            mixed = max((stop for stop in known.get(start, ()) if stop > end), default=0)
            if mixed and (group == "latin" or self._script != "han") and CJK.search(plain, start, mixed):
                tokens.append(Token(start, mixed, Kind.KNOWN, plain[start:mixed]))  # LG화학
                reached = mixed
                continue
            if group == "cjk":
                inner = self._two_scripts(plain, start, end, known)
                if inner is not None:
                    self._split_run(plain, start, inner, fixed, known, tokens)
                    reached = max(known[inner])
                    tokens.append(Token(inner, reached, Kind.KNOWN, plain[inner:reached]))
                else:
                    self._split_run(plain, start, end, fixed, known, tokens)
            elif group == "latin":
                tokens.append(Token(start, end, Kind.LATIN, match.group()))
            elif group == "number":
                tokens.append(Token(start, end, Kind.NUMBER, match.group()))
            elif group == "space":
                tokens.append(Token(start, end, Kind.SPACE, match.group()))
            else:
                tokens.append(Token(start, end, Kind.MARK, match.group()))
        return tokens

    def _two_scripts(self, plain: str, start: int, end: int, known: Mapping[int, Sequence[int]]) -> int | None:
        """Where within a run a known name begins that goes on in Latin letters: と|スペースX."""
        if self._script != "kana":
            return None
        return next((at for at in range(start + 1, end) if max(known.get(at, (0,))) > end), None)

    def _split_run(
        self,
        plain: str,
        start: int,
        end: int,
        fixed: Mapping[int, tuple[int, Kind]],
        known: Mapping[int, Sequence[int]],
        tokens: list[Token],
    ) -> None:
        if self._script == "hangul":
            self._split_hangul(plain, start, end, fixed, known, tokens)
            return
        size = end - start
        best = [0.0] + [1e9] * size
        back: list[tuple[int, Kind]] = [(0, Kind.UNKNOWN)] * (size + 1)
        for at in range(size):
            reached = best[at]
            if reached >= 1e9:
                continue
            here = start + at
            first = plain[here]

            def offer(stop: int, cost: float, kind: Kind, at: int = at, reached: float = reached) -> None:
                if reached + cost < best[stop]:
                    best[stop] = reached + cost
                    back[stop] = (at, kind)

            katakana = _KATAKANA.match(plain, here, end) if first in _KATAKANA_LETTERS else None
            if katakana and katakana.end() - here > 1:
                offer(katakana.end() - start, 6.0, self._katakana_kind(katakana.group()))
            count = _HAN_COUNT.match(plain, here, end) if first in _COUNTING else None
            if count:
                offer(count.end() - start, 4.0, Kind.NUMBER)
            span = fixed.get(here)
            if span is not None and span[0] <= end:
                offer(span[0] - start, 7.0 if span[0] - here > 1 else 9.0, span[1])
            for stop in known.get(here, ()):
                if stop <= end:
                    length = stop - here
                    whole = (
                        katakana is not None and katakana.end() == stop and not _KATAKANA.match(plain[here - 1 : here])
                    )
                    offer(stop - start, 4.0 if whole else {1: 20.0, 2: 9.5, 3: 8.5}.get(length, 5.0), Kind.KNOWN)
            for length in range(1, min(self._longest.get(first, 0), size - at) + 1):
                word = plain[here : here + length]
                cost = self._costs.get(word)
                if cost is not None:
                    offer(at + length, cost, self._kinds.get(word, Kind.WORD))
            offer(at + 1, _UNKNOWN_COST, Kind.UNKNOWN)
        found: list[Token] = []
        stop = size
        while stop:
            at, kind = back[stop]
            found.append(Token(start + at, start + stop, kind, plain[start + at : start + stop]))
            stop = at
        tokens.extend(reversed(found))

    def _katakana_kind(self, run: str) -> Kind:
        """What a whole run of katakana is: クラウドストレージ is made of ordinary words, テノヒラロボ is not."""
        listed = self._kinds.get(run)
        if listed is not None:
            return listed
        if self._costs.get(run, 99.0) < _USUAL:
            return Kind.WORD
        made = any(
            self._costs.get(run[:cut], 99.0) < _USUAL and self._costs.get(run[cut:], 99.0) < _USUAL
            for cut in range(3, len(run) - 2)
        )
        if made and any(
            run.endswith(word) and self._costs.get(run[: -len(word)], 99.0) < _USUAL for word in self._spelled
        ):
            return Kind.SUFFIX  # 北陸データサービス
        return Kind.WORD if made else Kind.UNKNOWN

    def _split_hangul(
        self,
        plain: str,
        start: int,
        end: int,
        fixed: Mapping[int, tuple[int, Kind]],
        known: Mapping[int, Sequence[int]],
        tokens: list[Token],
    ) -> None:
        """A word between spaces: a stem and the particles after it."""
        for stop in sorted(known.get(start, ()), reverse=True):
            rest = plain[stop:end]
            if stop == end or self._begins_with_particle(rest) or self.is_suffix(rest):
                tokens.append(Token(start, stop, Kind.KNOWN, plain[start:stop]))
                if stop < end:
                    tokens.append(Token(stop, end, Kind.SUFFIX if self.is_suffix(rest) else Kind.CASE, rest))
                return
        word = plain[start:end]
        if start in fixed:
            tokens.append(Token(start, end, fixed[start][1], word))
            return
        for piece in self._pieces(word):
            tokens.append(piece._replace(start=start + piece.start, end=start + piece.end))

    def _begins_with_particle(self, rest: str) -> bool:
        return any(rest[:size] in self._particles for size in self._particle_sizes)

    def _hangul_pieces(self, word: str) -> tuple[Token, ...]:
        """A word that stands between spaces as a stem and a particle, their places counted from its beginning."""
        pieces: list[Token] = []
        kind = Kind.CASE if word in self._particles else self._kinds.get(word)  # Corvane에
        if kind is None and word.endswith(_NOUN_PARTICLES):
            ending = next(particle for particle in _NOUN_PARTICLES if word.endswith(particle))
            stem = word[: -len(ending)]
            if len(stem) >= 2 and not _inflected(stem):
                self._add_stem(stem, pieces)
                return (*pieces, Token(len(stem), len(word), Kind.CASE, ending))
        if kind is None and (word.endswith(self._endings) or _inflected(word) or self._single(word)):
            kind = Kind.STOP
        if kind is not None:
            return (Token(0, len(word), kind, word),)
        for size in self._particle_sizes:
            stem, particle = word[:-size], word[-size:]
            if particle in self._particles and len(stem) >= 2:
                self._add_stem(stem, pieces)
                return (*pieces, Token(len(stem), len(word), Kind.CASE, particle))
        self._add_stem(word, pieces)
        return tuple(pieces)

    def _single(self, word: str) -> bool:
        """Whether ``word`` is one syllable with a particle: 원을, 곳이."""
        if len(word) == 2 and word[1] in _PLAIN_PARTICLES:
            return True
        return self._kinds.get(word[:1]) in (Kind.STOP, Kind.NOUN) and word[1:] in self._particles

    def _add_stem(self, stem: str, tokens: list[Token]) -> None:
        """A word without its particle; what ends many names is a word of its own: 한들|은행."""
        kind = self._stem_kind(stem)
        if kind is Kind.UNKNOWN:
            for cut in range(max(1, len(stem) - 7), len(stem) - 1):
                if stem[cut:] in self._suffixes:
                    first = self._stem_kind(stem[:cut])
                    first = Kind.WORD if first is Kind.STOP else first  # 이야기공방
                    tokens.append(Token(0, cut, first, stem[:cut]))
                    tokens.append(Token(cut, len(stem), Kind.SUFFIX, stem[cut:]))
                    return
            if self._made_of_words(stem):
                kind = Kind.NOUN
            elif stem.endswith(self._makers):
                kind = Kind.DESCRIPTOR  # 광산회사
        tokens.append(Token(0, len(stem), kind, stem))

    def _made_of_words(self, stem: str) -> bool:
        """Whether ``stem`` is two listed words, 공급계약, or a listed word with an ending names seldom have."""
        ordinary = {Kind.NOUN, Kind.STOP, Kind.DESCRIPTOR, Kind.TITLE, Kind.PLACE}
        for cut in range(2, len(stem)):
            first, rest = stem[:cut], stem[cut:]
            if self._kinds.get(first) in ordinary and self._kinds.get(rest) in ordinary:
                return True
            if rest in self._derived and (self.is_usual(first) or self._kinds.get(first) in ordinary):
                return True
            if len(rest) >= 4 and first in self._costs and self._made_of_words(rest):
                return True
        return False

    def _stem_kind(self, stem: str) -> Kind:
        kind = self._kinds.get(stem)
        if kind is not None:
            return kind
        return Kind.WORD if stem in self._costs else Kind.UNKNOWN


class Terms:
    """What a lexicon and the gazetteer say of names, written as :meth:`Segmenter.plain` writes."""

    def __init__(self, lexicon: CompiledLexicon) -> None:
        names = lexicon.data.names
        self.words = Segmenter(lexicon)
        listed = vocabulary(lexicon.data.language)
        self.not_names = self._plain(names.not_names) | listed.not_names
        self.outlets = self._plain(names.outlets) | listed.outlets
        self.places = self._plain((*names.places, *listed.places))
        self.legal = self._plain(names.legal_forms)
        self.deeds = self._plain(names.organisation_nouns) & self._plain(names.boundaries)
        self.things = self._plain(names.things)
        self.owned = self._plain(names.owned)
        self.daughters = self._plain(names.daughters)
        self.made = tuple(sorted((self.words.plain(word) for word in names.made), key=len, reverse=True))
        self.called = tuple(sorted(names.called, key=len, reverse=True))
        self.surnames = self._plain(names.surnames)
        self.openings = self._plain(names.organisation_openings)
        self.held = tuple(
            word
            for written in lexicon.data.cases.after.get("object", ())
            if len((word := self.words.plain(written)).strip()) > 1
        )
        self.spaced = lexicon.data.script == "hangul"
        self.particled = lexicon.data.script in ("kana", "hangul")
        self.titles_follow = lexicon.data.script != "han"  # 豊田社長, 이정우 대표
        self.latin_legal = tuple(word for word in names.legal_forms if word[:1].isascii() and word[:1].isalpha())

    def _plain(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(self.words.plain(word) for word in words)

    def surname(self, name: str) -> bool:
        """Whether ``name`` begins with a family name."""
        return name[:1] in self.surnames or name[:2] in self.surnames
