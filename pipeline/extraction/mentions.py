"""Finds the names of organisations in running text: known ones by the dictionary, unknown ones by how they are written.

Scripts that mark names with capitals are read here; names_cjk.py reads the others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, fold
from pipeline.extraction.lexicon.schema import Shape
from pipeline.extraction.nouns import NounReader
from pipeline.extraction.organisations import Directory, Known, Organisation
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from pipeline.extraction.tokens import Token
from pipeline.extraction.vocabulary import Vocabulary, vocabulary


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at ``text[start:end]`` (legal form, ticker and possessive left out of the span).

    ``score`` in 0..1 says how surely it names an organisation; ``outer_end`` is where what belongs to the name ends
    (", Inc. (NASDAQ: X)"). ``possessive`` is true for "X's". ``aliases`` are other names given right there.
    """

    start: int
    end: int
    name: str
    score: float
    outer_end: int
    sentence: int
    organisation: Organisation | None = None
    possessive: bool = False
    aliases: tuple[str, ...] = ()
    adjective: bool = False  # "Nokia-owned"


#: A full stop joins no words where the space after a sentence was lost: "hơn.Hôm".
_TOKEN = re.compile(r"[^\W_]+(?:(?:[-&+'’]|\.(?!(?<=[^\W\d_A-Z]{2}\.)[^\W\d_a-z][^\W\d_A-Z]+ ))[^\W_]+)*\+?")
_ELISION = re.compile(r"^(?:[dlnsmtjcqDLNSMTJCQ]|[Dd]ell|[Aa]ll|[Nn]ell|[Ss]ull|[Dd]all|[Uu]n|[Qq]u|[Ll]orsqu|[Pp]uisqu)['’](?=\w)")
_POSSESSIVE = re.compile(r"['’][sS]$")
_HYPHEN_TAIL = re.compile(r"-(?=[a-zà-ÿ])")
_TICKER = re.compile(
    r"\s*\((?:[^()]{0,40}?(?:NASDAQ|Nasdaq|NYSE|TSX|LSE|AIM|HKEX|SEHK|TYO|TSE|KRX|TWSE|OTC\w*|ASX|FWB|Euronext|EPA|ETR|BIT|BME|SIX|"
    r"B3|HOSE|HNX|HSX|UPCoM|mã CK|mã|SZSE|SSE|NSE|BSE|KOSDAQ|KOSPI|STO|HEL|Xetra|XETRA|MTA|Ticker|AMEX)[^()]{0,60}|[A-Z]{2,5}(?:\.[A-Z]{1,2})?|"
    r"[A-Z][A-Za-z]{1,6}(?: [A-Z]{2})?: ?[A-Z0-9.]{1,6}(?:[;,] ?[A-Z][A-Za-z]{1,6}: ?[A-Z0-9.]{1,6})*|\d{3,6}\.[A-Z]{1,2})\)"
)
_ALIAS = re.compile(r"\s*\((?:[^()“\"]{0,40}?[“\"']([^”\"'()]{2,40})[”\"'][^()]{0,60}|(?:the |der |la |il |a )?([A-Z][\w&.-]{1,20}(?: [A-Z][\w&.-]{1,20})?))\)")
_AFTER_COMMA = re.compile(r",\s([A-Z][\w.]+(?: [A-Z][\w.]+)?)")
_NEXT_WORD = re.compile(r"[®™]?\s([a-z]+)\b")
_AMOUNT = re.compile(r"^\d[\d.,]*-?(?:[a-zA-Z]{1,3})?$")
_WORD_BEFORE = re.compile(r"([^\W_]+) $")
_WORD_AFTER = re.compile(r" ([^\W_]+)")
#: Newswires name themselves in what they carry.
_WIRE = re.compile(r"(?:Breaks|[Nn]ews[Ww]ire|NEWSWIRE|PressRelease|Presswire|MediaWire)$")
#: "PPAs", "LPs": several of a thing.
_PLURAL_ACRONYM = re.compile(r"^[A-Z]{2,6}s$")
_APOSTROPHES = frozenset("'’")
_ALL_CAPS = re.compile(r"^[A-Z0-9&.-]{2,6}$")


@lru_cache(maxsize=32)
def _legal_pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    body = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?:,?\s+(?:{body})\.?(?!\w))+", re.IGNORECASE)


def tokenize(text: str, folded: str) -> list[Token]:
    """The words of ``text`` with their spans; elisions ("l'") and possessives ("'s") are cut off.

    ``folded`` is the same text in lower case, character for character.
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        possessive = tail = False
        if not word.isalnum():  # a mark inside: an apostrophe, a hyphen
            elision = _ELISION.match(word)
            if elision and len(word) > elision.end() + 1 and (word[0].islower() or word[elision.end()].isupper() or word[elision.end() :].islower()):
                start += elision.end()
                word = word[elision.end() :]
            if len(word) > 2 and _POSSESSIVE.search(word):
                possessive = True
                end -= 2
                word = word[:-2]
            hyphen = _HYPHEN_TAIL.search(word)
            if hyphen and word[0].isupper():
                tail = True
                end = start + hyphen.start()
                word = word[: hyphen.start()]
        if not possessive and word[-1:] in "sSxz" and text[end : end + 1] in _APOSTROPHES and text[end + 1 : end + 2] == " ":
            possessive = word[0].isupper()
        lowered = folded[start:end]
        tokens.append(Token(start, end, word, lowered, word != lowered, possessive, tail))
    return tokens


class _Compounds:
    """Words that are written in several syllables, "Tập đoàn", "công nghệ": one token each, longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for word in {fold(word) for word in words}:
            parts = tuple(_TOKEN.findall(word))
            if len(parts) > 1:
                self._by_first.setdefault(parts[0], []).append(parts)
        for options in self._by_first.values():
            options.sort(key=len, reverse=True)

    def join(self, text: str, tokens: list[Token]) -> list[Token]:
        """``tokens`` with those of a compound made one; it is capital where its first syllable is."""
        if not self._by_first:
            return tokens
        joined: list[Token] = []
        at = 0
        while at < len(tokens):
            first = tokens[at]
            for parts in self._by_first.get(first.folded, ()):
                piece = tokens[at : at + len(parts)]
                if len(piece) == len(parts) and all(
                    token.folded == part and text[before.end : token.start].strip(" \u00a0-–") == ""
                    for token, part, before in zip(piece[1:], parts[1:], piece, strict=False)
                ):
                    last = piece[-1]
                    surface = text[first.start : last.end]
                    folded = " ".join(parts)
                    joined.append(Token(first.start, last.end, surface, folded, first.capital, last.possessive, last.tail))
                    at += len(parts)
                    break
            else:
                joined.append(first)
                at += 1
        return joined


def _outside(hits: Sequence[Known], places: Sequence[Token]) -> list[Known]:
    """Known names that are not a piece of a place's name: no "Sierra" in "Sierra Leone"."""
    holders = {start: token.end for token in places for start in range(token.start, token.end)}
    return [hit for hit in hits if " " in hit.alias or hit.end > holders.get(hit.start, 0)]


class _Spans:
    """Whether a position lies inside a known name."""

    def __init__(self, hits: Sequence[Known] | Sequence[Hit]) -> None:
        self._starts = [hit.start for hit in hits]
        self._ends = [hit.end for hit in hits]

    def covers(self, position: int) -> bool:
        place = bisect_right(self._starts, position) - 1
        return place >= 0 and position < self._ends[place]


def _beginnings(phrase: str) -> Iterator[str]:
    """The phrase, and what is left of it word by word from its end."""
    words = phrase.split(" ")
    return (" ".join(words[:size]) for size in range(len(words), 0, -1))


def _with_genitives(hits: list[Known], tokens: Sequence[Token], directory: Directory) -> list[Known]:
    """``hits`` that are no part of a noun ("Smart-Meter"), and the known names that only their genitive hid ("Nokias")."""
    words = [token for token in tokens if not token.capital and "-" in token.text]
    hits = [hit for hit in hits if not any(word.start <= hit.start and hit.end < word.end for word in words)]
    spans = _Spans(hits)
    more = [
        Known(token.start, token.end, organisation, token.text)
        for token in tokens
        if token.possessive and not spans.covers(token.start) and (organisation := directory.get(token.text)) is not None
    ]
    for first, second in pairwise(tokens):
        if first.text[:1].isupper() and first.text[-1:] in "nrs" and second.start == first.end + 1 and not spans.covers(second.start):
            organisation = directory.get(f"{first.text[:-1]} {second.text}")  # der Deutschen Bahn
            if organisation is not None:
                more.append(Known(first.start, second.end, organisation, organisation.name))
    return sorted([*hits, *more], key=lambda hit: hit.start) if more else hits


class MentionFinder:
    """Reads the names of one article in a script with capitals."""

    def __init__(self, lexicon: CompiledLexicon, known: Directory) -> None:
        names = lexicon.data.names
        self._known = known
        self._vocabulary: Vocabulary = vocabulary(lexicon.data.language)
        self._legal = _legal_pattern(names.legal_forms)
        self._legal_words = frozenset(fold(word.strip(".,")) for form in names.legal_forms for word in form.split())
        self._nouns = frozenset(fold(word) for word in names.organisation_nouns)
        self._openings = tuple(sorted((fold(word) for word in names.organisation_openings), key=len, reverse=True))
        self._opening_words = frozenset(self._openings if names.compounds else (opening.split()[0] for opening in self._openings))
        self._connectors = frozenset(names.connectors)
        self._bond_words = frozenset(names.bonds)
        self._joiners = frozenset(lexicon.data.cases.coordinators)
        self._descriptors = frozenset(names.descriptors)
        self._locatives = frozenset(lexicon.data.cases.before.get("in", ())) | {"at", "near"}
        self._titles = frozenset(fold(word) for word in names.person_titles)
        self._addresses = frozenset(names.forms_of_address)
        self._title_after = re.compile(rf"[ ,(]*(?:{'|'.join(map(re.escape, sorted(self._titles)))})", re.IGNORECASE)
        self._things = frozenset(names.things)
        self._owners = frozenset(names.possessors)
        self._speech = frozenset(names.speech)
        self._not_names = frozenset(fold(word) for word in names.not_names) | self._vocabulary.not_names
        self._outlets = frozenset(fold(word) for word in names.outlets) | self._vocabulary.outlets
        several = (*names.compounds, *names.organisation_openings, *names.descriptors, *names.person_titles, *names.organisation_nouns)
        self._compounded = bool(names.compounds)
        self._trades = frozenset(fold(word) for word in names.compounds)  # "công nghệ" in "Tập đoàn Công nghệ X"
        self._generic = self._trades | self._descriptors | self._titles
        self._noun_reader = (
            NounReader(names, self._vocabulary, vocabulary("en"), self._legal, lambda name: known.get(name) is not None) if names.nouns_capitalised else None
        )
        of = "|".join(re.escape(word) for word in lexicon.data.cases.before.get("of", ()))
        self._of = re.compile(rf"\s+(?:{of})\s+([^\W\d_]+(?: [^\W\d_]+){{0,2}})") if names.compounds and of else None
        self._compounds = _Compounds((*several, *self._vocabulary.places, *self._vocabulary.demonyms) if names.compounds else ())

    def find(self, text: str, folded: str, sentences: Sequence[Sentence], hits: Sequence[Hit] = ()) -> list[Mention]:
        """Mentions in reading order, none overlapping. ``hits`` are the cues of the text: "Cross-Licensing" is no name."""
        index = SentenceIndex(sentences)
        tokens = self._compounds.join(text, tokenize(text, folded))
        cues = _Spans([hit for hit in hits if hit.cue.kind in (CueKind.FRAME, CueKind.FOCUS, CueKind.OBJECT)])
        verbs = {hit.start for hit in hits if hit.cue.frame is not None and hit.cue.frame.shape is Shape.VERB}
        known = [hit for hit in self._known.find(text, folded) if fold(hit.alias) not in self._not_names]
        if self._compounded:
            places = [token for token in tokens if token.folded in self._vocabulary.places]
            known = _outside(known, places)
        if self._noun_reader is not None:
            tokens = self._noun_reader.read(text, tokens, _Spans(known).covers)
            known = _with_genitives(known, tokens, self._known)
        known = [hit for hit in known if not self._in_place(text, hit)]
        lower_words = {token.folded for token in tokens if not token.capital}
        support = self._support(self._runs(text, tokens, index, None, known, verbs), tokens, index)
        runs = self._runs(text, tokens, index, support, known, verbs)
        persons = self._persons(text, tokens, runs)
        mentions: list[Mention] = []
        taken: list[tuple[int, int]] = []
        hit_at = 0
        for run in runs:
            first, last = tokens[run[0]], tokens[run[-1]]
            while hit_at < len(known) and known[hit_at].end <= first.start:
                self._add_known(text, known[hit_at], index, mentions, taken, support)
                hit_at += 1
            inside = []
            while hit_at < len(known) and known[hit_at].start < last.end:
                inside.append(known[hit_at])
                hit_at += 1
            self._read_run(text, tokens, run, inside, index, mentions, taken, support, persons, lower_words)
        for hit in known[hit_at:]:
            self._add_known(text, hit, index, mentions, taken, support)
        mentions.sort(key=lambda mention: (mention.start, -mention.end))
        result: list[Mention] = []
        for mention in mentions:
            if mention.start >= sentences[mention.sentence].end:
                continue  # in a dateline
            if mention.organisation is None and mention.score < 0.8 and cues.covers(mention.start) and cues.covers(mention.end - 1):
                continue
            if not result or mention.start >= result[-1].outer_end:
                result.append(mention)
        return result

    def _in_place(self, text: str, hit: Known) -> bool:
        """A known name that is half of a place's: Stati + Uniti."""
        surface = fold(text[hit.start : hit.end])
        before, after = _WORD_BEFORE.search(text, max(0, hit.start - 24), hit.start), _WORD_AFTER.match(text, hit.end)
        places = self._vocabulary.places
        return bool(before and fold(before.group(1)) + " " + surface in places) or bool(
            after and surface + " " + fold(after.group(1)) in places
        )

    # ---- runs of capitalised words

    def _runs(
        self,
        text: str,
        tokens: list[Token],
        index: SentenceIndex,
        support: dict[str, int] | None,
        hits: list[Known],
        verbs: Collection[int],
    ) -> list[list[int]]:
        """Capitalised words in a row. In headline case, where all words have capitals, only words that can be names count."""
        runs: list[list[int]] = []
        current: list[int] = []
        known = _Spans(hits)
        for number, token in enumerate(tokens):
            joined = False
            if current:
                previous = tokens[current[-1]]
                gap = text[previous.end : token.start]
                joined = gap in (" ", " & ", "\u00a0", ". ", " + ", "/") and not previous.possessive and not previous.tail
                if not joined and gap[-1:] in "'’" and gap.strip(" '’") in self._connectors and not previous.tail:
                    joined = tokens[current[0]].folded in self._opening_words  # Caisse Boréale d'Investissement
                if gap == ". " and not (len(previous.text) <= 2 or previous.folded in self._legal_words):
                    joined = False
                if joined and index.at(previous.start).index != index.at(token.start).index:
                    joined = False
            if (
                token.capital
                and not token.text.isdigit()
                and self._can_name(token, index, support, known, joined=joined)
                and not (token.start in verbs and current and self._ends_name(token, index, known))
            ):
                if not joined and current:
                    runs.append(current)
                    current = []
                current.append(number)
            elif joined and token.folded in self._connectors and self._goes_on(tokens, number):
                opened = any(tokens[place].folded in self._opening_words for place in current[:2])
                if (opened and (token.folded not in self._joiners or len(current) > 2)) or self._bonds(
                    tokens, current, number, index, known
                ):
                    current.append(number)
                else:
                    runs.append(current)
                    current = []
            elif joined and token.text.isdigit() and len(token.text) <= 3 and text[token.end : token.end + 1] not in "%.,":
                current.append(number)
            elif current:
                runs.append(current)
                current = []
        if current:
            runs.append(current)
        return [self._trim_connectors(run, tokens) for run in runs]

    def _can_name(self, token: Token, index: SentenceIndex, support: dict[str, int] | None, known: _Spans, *, joined: bool) -> bool:
        if _AMOUNT.match(token.text) and not known.covers(token.start):
            return False
        if token.tail and self._vocabulary.is_ordinary(token.folded) and not known.covers(token.start):
            return False
        if support is None or not index.at(token.start).headline_case:
            return True
        if token.folded in support or known.covers(token.start) or not self._vocabulary.is_ordinary(token.folded):
            return True
        return joined and (token.folded in self._nouns or token.folded in self._legal_words)

    def _ends_name(self, token: Token, index: SentenceIndex, known: _Spans) -> bool:
        """A verb of the lexicon in a headline, or in capitals, ends the name before it: Rhizome Data | Raises."""
        return index.at(token.start).headline_case and not known.covers(token.start)

    def _goes_on(self, tokens: list[Token], number: int) -> bool:
        """Whether a word with a capital follows the connectors from ``number`` on: "de la Plata"."""
        following = number + 1
        while following < min(len(tokens), number + 3) and tokens[following].folded in self._connectors:
            following += 1
        return following < len(tokens) and tokens[following].capital

    def _bonds(self, tokens: list[Token], current: list[int], number: int, index: SentenceIndex, known: _Spans) -> bool:
        """Whether a preposition ties two ordinary words with capitals to one name: Torres del Pacífico, Sol na Laje."""
        token = tokens[number]
        if token.folded not in self._bond_words or index.at(token.start).headline_case:
            return False
        first = tokens[current[0]]
        words = [tokens[place] for place in current]
        if first.start == index.at(first.start).start and first.folded in self._not_names:
            words = words[1:]
        following = next((other for other in tokens[number + 1 : number + 3] if other.capital), None)
        if len(words) != 1 or following is None or words[0].folded in self._titles or words[0].folded in self._not_names:
            return False
        if words[0].start - index.at(token.start).start < 3 and following.folded in self._vocabulary.places:
            return False  # "Vecinos de Madrid piden ..."
        return all(
            (self._vocabulary.is_ordinary(word.folded) or word.folded in self._vocabulary.places)
            and not known.covers(word.start)
            and not word.text.isupper()
            for word in (words[0], following)
        ) and words[0].folded not in self._vocabulary.places

    def _trim_connectors(self, run: list[int], tokens: list[Token]) -> list[int]:
        while run and not tokens[run[-1]].capital:
            run = run[:-1]
        return run

    def _support(self, runs: list[list[int]], tokens: list[Token], index: SentenceIndex) -> dict[str, int]:
        """How often a word is written with a capital where only a name is."""
        counts: dict[str, int] = {}
        for run in runs:
            sentence = index.at(tokens[run[0]].start)
            if sentence.headline_case:
                continue
            organisation = len(run) > 1 and tokens[run[-1]].folded in self._nouns
            for place, number in enumerate(run):
                token = tokens[number]
                if place == 0 and token.start - sentence.start < 3 and not organisation:
                    continue
                counts[token.folded] = counts.get(token.folded, 0) + 1
        return counts

    def _opened(self, tokens: list[Token], runs: list[list[int]]) -> set[str]:
        """Names that somewhere follow a word that opens an organisation's: "Tập đoàn Thiên Lam" makes Thiên Lam one."""
        names = set()
        openings = self._opening_words | (self._descriptors if self._compounded else frozenset())
        for run in runs:
            first = tokens[run[0]].folded
            if len(run) > 1 and first in openings:
                names.add(" ".join(tokens[i].folded for i in run[1:]))
            elif run[0] and tokens[run[0] - 1].folded in openings:
                names.add(" ".join(tokens[i].folded for i in run))
        return names

    def _persons(self, text: str, tokens: list[Token], runs: list[list[int]]) -> set[str]:
        """Folded words that are parts of people's names in this article."""
        parts: set[str] = set()
        previous_person = -1
        opened = self._opened(tokens, runs)
        for run in runs:
            words = [tokens[i] for i in run]
            titled = 0
            while titled < len(words) and words[titled].folded in self._titles:
                titled += 1
            before = tokens[run[0] - 1].folded if run[0] else ""
            named = words[titled:]
            if not named or len(named) > 4 or any(not word.capital for word in named):
                continue
            if any(word.folded in self._nouns or word.folded in self._legal_words for word in named) or self._legal.match(text, named[-1].end):
                continue
            if " ".join(word.folded for word in named) in opened:
                continue
            title = words[titled - 1].folded if titled else before
            if self._addresses and len(named) == 1 and title not in self._addresses:
                continue
            given = named[0].folded in self._vocabulary.given_names and len(named) >= 2 and named[1].folded not in self._nouns
            after = text[named[-1].end : named[-1].end + 40]
            spoken = after[:1] == "," and self._title_after.match(after) is not None
            paired = (
                previous_person >= 0
                and len(named) == 2
                and text[previous_person : named[0].start].strip() in ("and", ",", "&")
                and not any(self._known.get(word.text) or word.folded in self._nouns for word in named)
            )
            if given or paired or ((titled or before in self._titles) and len(named) <= 3 and not self._known.get(" ".join(w.text for w in named))) or (
                spoken and len(named) in (2, 3)
            ):
                parts.update(word.folded for word in named if not self._known.get(word.text))
                if len(named) >= 2:
                    parts.add(" ".join(word.folded for word in named))
                    previous_person = named[-1].end
        return parts

    # ---- one run

    def _read_run(
        self,
        text: str,
        tokens: list[Token],
        run: list[int],
        inside: list[Known],
        index: SentenceIndex,
        mentions: list[Mention],
        taken: list[tuple[int, int]],
        support: dict[str, int],
        persons: set[str],
        lower_words: set[str],
    ) -> None:
        begin = 0
        for hit in inside:
            before = [i for i in run[begin:] if tokens[i].end <= hit.start]
            if before:
                self._add_unknown(text, tokens, before, index, mentions, support, persons, lower_words)
            after = [i for i in run if tokens[i].start >= hit.end]
            extension = self._extension(text, tokens, hit, after, [other for other in inside if other.start > hit.start])
            if extension and index.at(hit.start).headline_case and any(tokens[i].folded not in support for i in extension):
                extension = []
            end = tokens[extension[-1]].end if extension else hit.end
            prefix = before[-1] if before and self._belongs_before(text, tokens, before, hit, index) else None
            start = tokens[prefix].start if prefix is not None else hit.start
            if prefix is not None and mentions and mentions[-1].start >= tokens[before[0]].start:
                mentions.pop()
            whole = text[start:end]
            organisation = hit.organisation if start == hit.start and end == hit.end else self._known.get(whole)
            unknown_extension = organisation is None
            person = self._is_person(tokens, run, hit, persons)
            if not person:
                self._add(
                    text, start, end, whole, 0.75 if unknown_extension else self._known_score(text, hit, index, support), organisation, index, mentions
                )
            begin = next((place for place, i in enumerate(run) if tokens[i].start >= end), len(run))
        rest = run[begin:]
        if rest and not inside:
            self._add_unknown(text, tokens, rest, index, mentions, support, persons, lower_words)

    def _belongs_before(self, text: str, tokens: list[Token], before: list[int], hit: Known, index: SentenceIndex) -> bool:
        """Whether the word before a known name is part of another, longer name: Fuji + Xerox, Bank + of America."""
        word = tokens[before[-1]]
        if word.folded in self._opening_words:
            return word.folded not in self._descriptors or not self._compounded
        if self._compounded and (word.folded in self._descriptors or word.folded in self._titles):
            return False
        if index.at(word.start).headline_case or " " in text[hit.start : hit.end] or len(before) > 1:
            return False
        strange = (
            not self._vocabulary.is_ordinary(word.folded)
            and word.folded not in self._vocabulary.places
            and word.folded not in self._vocabulary.demonyms
        )
        return strange and text[word.end : hit.start] == " " and not self._known.get(word.text)

    def _is_person(self, tokens: list[Token], run: list[int], hit: Known, persons: set[str]) -> bool:
        """A known name that is a person's here: Tim Ford, Jack Ma."""
        words = [tokens[i].folded for i in run]
        return " ".join(words) in persons and len(words) >= 2 and hit.end - hit.start < tokens[run[-1]].end - tokens[run[0]].start

    def _extension(self, text: str, tokens: list[Token], hit: Known, after: list[int], later: list[Known]) -> list[int]:
        """Words after a known name that make it another organisation: Viettel + Networks, Lenovo + Capital."""
        stop = min((other.start for other in later), default=len(text))
        words = [i for i in after if tokens[i].end <= stop]
        if not words or text[hit.end : tokens[words[0]].start].strip():
            return []
        for length in range(min(3, len(words)), 0, -1):
            part = words[:length]
            if tokens[part[-1]].folded in self._nouns and tokens[part[-1]].folded not in self._legal_words:
                return part
        return []

    def _add_known(
        self,
        text: str,
        hit: Known,
        index: SentenceIndex,
        mentions: list[Mention],
        taken: list[tuple[int, int]],
        support: dict[str, int],
    ) -> None:
        self._add(text, hit.start, hit.end, text[hit.start : hit.end], self._known_score(text, hit, index, support), hit.organisation, index, mentions)

    def _known_score(self, text: str, hit: Known, index: SentenceIndex, support: dict[str, int]) -> float:
        surface = text[hit.start : hit.end]
        folded = fold(surface)
        if " " in folded and not hit.organisation.common_word:
            return 1.0
        sentence = index.at(hit.start)
        frequent = self._vocabulary.ordinary.get(folded, 0.0) > 2e-5
        if not hit.organisation.common_word and not frequent:
            return 1.0
        if folded in support or surface.isupper():
            return 0.85 if hit.organisation.common_word else 1.0
        uncertain = hit.start - sentence.start < 3 or sentence.headline_case
        if not hit.organisation.common_word:
            return 0.6 if uncertain else 1.0
        if sentence.headline_case:
            return 0.1
        return 0.35 if uncertain else 0.85

    def _add_unknown(
        self,
        text: str,
        tokens: list[Token],
        run: list[int],
        index: SentenceIndex,
        mentions: list[Mention],
        support: dict[str, int],
        persons: set[str],
        lower_words: set[str],
    ) -> None:
        sentence = index.at(tokens[run[0]].start)
        words = list(run)
        dropped_descriptor = False
        while words:
            folded = tokens[words[0]].folded
            at_start = tokens[words[0]].start - sentence.start < 3
            droppable = (
                folded in self._vocabulary.demonyms
                or folded in self._titles
                or (folded in self._vocabulary.not_names and not (len(words) > 1 and self._closed(text, tokens, words)))
                or (folded in self._not_names and (at_start or len(words) == 1))
            ) and not (self._compounded and len(words) > 1 and folded in self._opening_words)
            bonded = len(words) > 1 and not tokens[words[1]].capital  # Casa dos Ventos
            if not droppable and len(words) > 1 and not bonded and self._describes(folded) and folded not in self._opening_words:
                droppable = dropped_descriptor = True
            if not droppable and dropped_descriptor and folded in self._trades:
                rest = [tokens[i].folded for i in words]
                droppable = any(not self._vocabulary.is_ordinary(part) and part not in self._trades for part in rest)
            first = tokens[words[0]]
            if (
                not droppable
                and first.start - sentence.start < 3
                and len(words) > 1
                and not bonded
                and first.folded not in self._opening_words
            ):
                droppable = (
                    first.folded not in support
                    and (self._vocabulary.is_ordinary(first.folded) or first.folded in lower_words)
                    and tokens[words[-1]].folded not in self._nouns
                )
            if not droppable:
                break
            words.pop(0)
        while len(words) > 1 and (
            (tokens[words[-1]].folded in self._vocabulary.not_names and tokens[words[-1]].folded not in self._nouns)
            or tokens[words[-1]].folded in self._legal_words
            or tokens[words[-1]].text.isdigit()
        ):
            words.pop()
        while words and not tokens[words[0]].capital:
            words.pop(0)
        if not words:
            return
        start, end = tokens[words[0]].start, tokens[words[-1]].end
        name = text[start:end]
        folded_name = fold(name)
        parts = [tokens[i].folded for i in words]
        if folded_name in self._vocabulary.places or folded_name in self._not_names or folded_name in self._outlets:
            return
        if name.isupper() and folded_name.rstrip("0123456789") in self._vocabulary.not_names:
            return  # AI6
        if folded_name in persons or all(part in persons for part in parts):
            return
        opened = len(words) > 1 and parts[0] in self._opening_words and (
            self._compounded or (parts[1] in self._bond_words and parts[0] not in self._not_names)
        )
        if not opened and all(part in self._not_names or part in self._vocabulary.places or part in self._vocabulary.demonyms for part in parts):
            return
        if all(part in self._legal_words for part in parts) or all(part in self._descriptors for part in parts):
            return
        if len(name) < 2 or not any(char.isalpha() for char in name):
            return
        if self._compounded and parts[0] not in self._opening_words and all(part in self._generic for part in parts):
            return
        score = self._unknown_score(text, tokens, words, sentence, support, lower_words, dropped_descriptor)
        if score > 0.05:
            self._add(text, start, end, name, score, None, index, mentions)

    def _closed(self, text: str, tokens: list[Token], words: list[int]) -> bool:
        """Whether a name ends like an organisation's: with a legal form, or a word such as "Partners"."""
        last = tokens[words[-1]]
        return last.folded in self._legal_words or self._legal.match(text, last.end) is not None

    def _describes(self, folded: str) -> bool:
        """Whether a word says what an organisation is: "startup", "Telcos"."""
        return folded in self._descriptors or (folded.endswith("s") and folded[:-1] in self._descriptors)

    def _unknown_score(
        self,
        text: str,
        tokens: list[Token],
        words: list[int],
        sentence: Sentence,
        support: dict[str, int],
        lower_words: set[str],
        descriptor_before: bool,
    ) -> float:
        first, last = tokens[words[0]], tokens[words[-1]]
        parts = [tokens[i].folded for i in words]
        after = text[last.end : last.end + 60]
        strong = 0.0
        if self._legal.match(after):
            strong = 0.95
        elif _TICKER.match(after):
            strong = 0.9
        elif len(words) > 1 and parts[-1] in self._nouns:
            strong = 0.8 if not all(self._vocabulary.is_ordinary(part) for part in parts) else 0.65
        elif any(fold(text[first.start : first.start + 40]).startswith(opening + " ") for opening in self._openings if len(words) > 1):
            strong = 0.8
        before = tokens[words[0] - 1] if words[0] else None
        near_before = before is not None and text[before.end : first.start] == " "
        if descriptor_before or (near_before and before is not None and before.folded in self._descriptors):
            strong = max(strong, 0.75)
        apposed = re.match(r",?\s+(?:an?|the|der|die|das|ein|eine|un|une|le|la|el|o|uma|um|il|lo|una|một|is an?|\()\s", after)
        if apposed:
            window = fold(text[last.end : last.end + 90])
            if any(word in self._descriptors for word in re.findall(r"[^\W_]+", window)[:12]):
                strong = max(strong, 0.7)
        location = before is not None and near_before and before.folded in self._locatives
        thing = _NEXT_WORD.match(after)
        product = (thing is not None and thing.group(1) in self._things) or (
            near_before and before is not None and before.folded in self._owners
        )
        if _PLURAL_ACRONYM.match(text[first.start : last.end]):
            return 0.0
        place_after = _AFTER_COMMA.match(after)
        if place_after and fold(place_after.group(1)) in self._vocabulary.places and not strong:
            return 0.0
        if self._compounded and len(words) == 1 and not strong and self._vocabulary.ordinary.get(parts[0], 0.0) > 2e-5:
            return 0.0  # a syllable of the language is no name by itself
        seen = support.get(parts[0], 0)
        initial = first.start - sentence.start < 3
        uncertain = sentence.headline_case or initial
        inner = any(char.isupper() for char in first.text[1:]) and not first.text.isupper()
        ordinary = all(self._vocabulary.is_ordinary(part) for part in parts) and not inner
        base = 0.45 if not uncertain else (0.45 if seen else 0.2)
        if ordinary and len(words) == 1:
            base -= 0.15 if not uncertain or seen else 0.4
            if parts[0] in lower_words:
                base -= 0.15
        elif ordinary and uncertain and not seen:
            base -= 0.15
        elif not ordinary:
            base += 0.1
        if seen >= 2:
            base += 0.1
        if last.possessive:
            base += 0.05
        if any(char.isupper() for char in first.text[1:]) and not sentence.headline_case and not _ALL_CAPS.match(first.text):
            base += 0.1
        following = fold(after[:24]).lstrip(" ,").split(" ")
        if following and following[0] in self._speech:
            base += 0.05
        if len(words) >= 4 and not strong:
            base -= 0.2
        if location or product:
            base -= 0.25
        if ordinary and len(words) >= 2 and not strong:
            base = min(base, 0.28)
        if any(not tokens[i].capital and tokens[i].folded in self._bond_words for i in words):
            base = max(base, 0.4)
        return max(strong, min(base, 0.7))

    def _add(
        self,
        text: str,
        start: int,
        end: int,
        name: str,
        score: float,
        organisation: Organisation | None,
        index: SentenceIndex,
        mentions: list[Mention],
    ) -> None:
        if fold(name) in self._outlets or score < 0.15 or _WIRE.search(name):
            return
        sentence = index.at(start)
        outer = end
        legal = self._legal.match(text, outer)
        if legal:
            outer = legal.end()
            score = max(score, 0.9)
        aliases: list[str] = []
        for _ in range(2):
            ticker = _TICKER.match(text, outer)
            alias = _ALIAS.match(text, outer)
            if alias and (alias.group(1) or alias.group(2)):
                given = alias.group(1) or alias.group(2)
                if len(given) <= 30 and fold(given) not in self._vocabulary.places:
                    aliases.append(given)
            if ticker:
                outer = ticker.end()
                score = max(score, 0.9)
            elif alias:
                outer = alias.end()
        home = self._of.match(text, outer) if self._of is not None else None
        if home is not None:
            places = self._vocabulary.places
            outer = next((home.start(1) + len(word) for word in _beginnings(home.group(1)) if fold(word) in places), outer)
        tail = text[outer : outer + 2]
        genitive = self._noun_reader is not None and tail[:1] == "s" and not tail[1:].isalnum()
        possessive = genitive or tail in ("'s", "’s") or (tail[:1] in "'’" and name[-1:] in "sS" and tail[1:] == " ")
        adjective = text[end : end + 1] == "-" and text[end + 1 : end + 2].islower()
        mentions.append(
            Mention(start, end, name, score, outer, sentence.index, organisation, possessive, tuple(aliases), adjective)
        )


def zone_of(sentences: Sequence[Sentence], mention: Mention) -> Zone:
    """The zone of the sentence a mention stands in."""
    return sentences[mention.sentence].zone
