"""Names of the dictionary in a text: which of them stand there as names, and how surely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.context import Context
from pipeline.extraction.lexicon import fold
from pipeline.extraction.name_words import NameWords
from pipeline.extraction.organisations import Directory, Known
from pipeline.extraction.spans import Spans
from pipeline.extraction.tokens import Token

_WORD_BEFORE = re.compile(r"([^\W_]+) $")
_WORD_AFTER = re.compile(r" ([^\W_]+)")


def outside_places(hits: Sequence[Known], places: Sequence[Token]) -> list[Known]:
    """Known names that are not a piece of a place's name: no "Sierra" in "Sierra Leone"."""
    holders = {start: token.end for token in places for start in range(token.start, token.end)}
    return [hit for hit in hits if " " in hit.alias or hit.end > holders.get(hit.start, 0)]


def with_genitives(hits: list[Known], tokens: Sequence[Token], directory: Directory) -> list[Known]:
    """``hits`` that are no part of a noun ("Smart-Meter"), and the known names that a genitive hid ("Nokias")."""
    words = [token for token in tokens if not token.capital and "-" in token.text]
    hits = [hit for hit in hits if not any(word.start <= hit.start and hit.end < word.end for word in words)]
    spans = Spans(hits)
    more = [
        Known(token.start, token.end, organisation, token.text)
        for token in tokens
        if token.possessive
        and not spans.covers(token.start)
        and (organisation := directory.get(token.text)) is not None
    ]
    for first, second in pairwise(tokens):
        if (
            first.text[:1].isupper()
            and first.text[-1:] in "nrs"
            and second.start == first.end + 1
            and not spans.covers(second.start)
        ):
            organisation = directory.get(f"{first.text[:-1]} {second.text}")  # der Deutschen Bahn
            if organisation is not None:
                more.append(Known(first.start, second.end, organisation, organisation.name))
    return sorted([*hits, *more], key=lambda hit: hit.start) if more else hits


class KnownReader:
    """Judges the dictionary's names in one language's articles."""

    def __init__(self, words: NameWords, known: Directory) -> None:
        self._words = words
        self._known = known

    def in_place(self, text: str, hit: Known) -> bool:
        """A known name that is half of a place's: Stati + Uniti."""
        surface = fold(text[hit.start : hit.end])
        before, after = _WORD_BEFORE.search(text, max(0, hit.start - 24), hit.start), _WORD_AFTER.match(text, hit.end)
        places = self._words.vocabulary.places
        return bool(before and fold(before.group(1)) + " " + surface in places) or bool(
            after and surface + " " + fold(after.group(1)) in places
        )

    def score(self, context: Context, hit: Known) -> float:
        """How surely a known name is meant, 0..1: Square may be only a square."""
        surface = context.text[hit.start : hit.end]
        folded = fold(surface)
        if " " in folded and not hit.organisation.common_word:
            return 1.0
        sentence = context.index.at(hit.start)
        frequent = self._words.vocabulary.ordinary.get(folded, 0.0) > 2e-5
        if not hit.organisation.common_word and not frequent:
            return 1.0
        if folded in context.support or surface.isupper():
            return 0.85 if hit.organisation.common_word else 1.0
        uncertain = hit.start - sentence.start < 3 or sentence.headline_case
        if not hit.organisation.common_word:
            return 0.6 if uncertain else 1.0
        if sentence.headline_case:
            return 0.1
        return 0.35 if uncertain else 0.85

    def belongs_before(self, context: Context, before: list[int], hit: Known) -> bool:
        """Whether the word before a known name is part of another, longer name: Fuji + Xerox, Bank + of America."""
        text, word = context.text, context.tokens[before[-1]]
        if word.folded in self._words.opening_words:
            return word.folded not in self._words.descriptors or not self._words.compounded
        if self._words.compounded and (word.folded in self._words.descriptors or word.folded in self._words.titles):
            return False
        if context.index.at(word.start).headline_case or " " in text[hit.start : hit.end] or len(before) > 1:
            return False
        strange = (
            not self._words.vocabulary.is_ordinary(word.folded)
            and word.folded not in self._words.vocabulary.places
            and word.folded not in self._words.vocabulary.demonyms
        )
        return strange and text[word.end : hit.start] == " " and not self._known.get(word.text)

    def is_person(self, context: Context, run: list[int], hit: Known) -> bool:
        """A known name that is a person's here: Tim Ford, Jack Ma."""
        tokens = context.tokens
        words = [tokens[i].folded for i in run]
        return (
            " ".join(words) in context.persons
            and len(words) >= 2
            and hit.end - hit.start < tokens[run[-1]].end - tokens[run[0]].start
        )

    def extension(self, context: Context, hit: Known, after: list[int], later: list[Known]) -> list[int]:
        """Words after a known name that make it another organisation: Viettel + Networks, Lenovo + Capital."""
        text, tokens = context.text, context.tokens
        stop = min((other.start for other in later), default=len(text))
        words = [i for i in after if tokens[i].end <= stop]
        if not words or text[hit.end : tokens[words[0]].start].strip():
            return []
        headline = context.index.at(hit.start).headline_case
        for length in range(min(3, len(words)), 0, -1):
            part = words[:length]
            if tokens[part[-1]].folded in self._words.nouns and tokens[part[-1]].folded not in self._words.legal_words:
                # in headline case every word has a capital: only what is a name elsewhere counts
                return [] if headline and any(tokens[i].folded not in context.support for i in part) else part
        return []
