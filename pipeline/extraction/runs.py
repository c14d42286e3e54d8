"""Capitalised words in a row, each row a name or several."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.extraction.name_words import NameWords
from pipeline.extraction.segmentation import SentenceIndex
from pipeline.extraction.spans import Spans
from pipeline.extraction.tokens import Token

_AMOUNT = re.compile(r"^\d[\d.,]*-?(?:[a-zA-Z]{1,3})?$")


class RunReader:
    """Finds the runs of one language's articles. A run is the numbers of its tokens."""

    def __init__(self, words: NameWords) -> None:
        self._words = words

    def read(
        self,
        text: str,
        tokens: Sequence[Token],
        index: SentenceIndex,
        support: dict[str, int] | None,
        known: Spans,
        verbs: Collection[int],
    ) -> list[list[int]]:
        """Capitalised words in a row; ``verbs`` are where verbs of the lexicon begin.

        Given ``support``, only words that can be names count in headline case, where all words have capitals.
        """
        runs: list[list[int]] = []
        current: list[int] = []
        for number, token in enumerate(tokens):
            joined = False
            if not current and not token.capital:
                continue
            if current:
                previous = tokens[current[-1]]
                gap = text[previous.end : token.start]
                joined = (
                    gap in (" ", " & ", "\u00a0", ". ", " + ", "/") and not previous.possessive and not previous.tail
                )
                if not joined and gap[-1:] in "'’" and gap.strip(" '’") in self._words.connectors and not previous.tail:
                    joined = tokens[current[0]].folded in self._words.opening_words  # Caisse Boréale d'Investissement
                if gap == ". " and not (len(previous.text) <= 2 or previous.folded in self._words.legal_words):
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
            elif joined and token.folded in self._words.connectors and self._goes_on(tokens, number):
                opened = any(tokens[place].folded in self._words.opening_words for place in current[:2])
                if (opened and (token.folded not in self._words.joiners or len(current) > 2)) or self._bonds(
                    tokens, current, number, index, known
                ):
                    current.append(number)
                else:
                    runs.append(current)
                    current = []
            elif (
                joined
                and token.text.isdigit()
                and len(token.text) <= 3
                and text[token.end : token.end + 1] not in "%.,"
            ):
                current.append(number)
            elif current:
                runs.append(current)
                current = []
        if current:
            runs.append(current)
        return [_without_connectors(run, tokens) for run in runs]

    def _can_name(
        self, token: Token, index: SentenceIndex, support: dict[str, int] | None, known: Spans, *, joined: bool
    ) -> bool:
        if _AMOUNT.match(token.text) and not known.covers(token.start):
            return False
        if token.tail and self._words.vocabulary.is_ordinary(token.folded) and not known.covers(token.start):
            return False
        if support is None or not index.at(token.start).headline_case:
            return True
        if token.folded in support or known.covers(token.start) or not self._words.vocabulary.is_ordinary(token.folded):
            return True
        return joined and (token.folded in self._words.nouns or token.folded in self._words.legal_words)

    def _ends_name(self, token: Token, index: SentenceIndex, known: Spans) -> bool:
        """A verb of the lexicon in a headline, or in capitals, ends the name before it: Rhizome Data | Raises."""
        return index.at(token.start).headline_case and not known.covers(token.start)

    def _goes_on(self, tokens: Sequence[Token], number: int) -> bool:
        """Whether a word with a capital follows the connectors from ``number`` on: "de la Plata"."""
        following = number + 1
        while following < min(len(tokens), number + 3) and tokens[following].folded in self._words.connectors:
            following += 1
        return following < len(tokens) and tokens[following].capital

    def _bonds(
        self, tokens: Sequence[Token], current: list[int], number: int, index: SentenceIndex, known: Spans
    ) -> bool:
        """Whether a preposition ties two ordinary words with capitals to one name: Torres del Pacífico, Sol na Laje."""
        token = tokens[number]
        if token.folded not in self._words.bonds or index.at(token.start).headline_case:
            return False
        first = tokens[current[0]]
        words = [tokens[place] for place in current]
        if first.start == index.at(first.start).start and first.folded in self._words.not_names:
            words = words[1:]
        following = next((other for other in tokens[number + 1 : number + 3] if other.capital), None)
        if (
            len(words) != 1
            or following is None
            or words[0].folded in self._words.titles
            or words[0].folded in self._words.not_names
        ):
            return False
        if words[0].start - index.at(token.start).start < 3 and following.folded in self._words.vocabulary.places:
            return False  # "Vecinos de Madrid piden ..."
        return (
            all(
                (self._words.vocabulary.is_ordinary(word.folded) or word.folded in self._words.vocabulary.places)
                and not known.covers(word.start)
                and not word.text.isupper()
                for word in (words[0], following)
            )
            and words[0].folded not in self._words.vocabulary.places
        )

    def support(self, runs: list[list[int]], tokens: Sequence[Token], index: SentenceIndex) -> dict[str, int]:
        """How often a word is written with a capital where only a name is."""
        counts: dict[str, int] = {}
        for run in runs:
            sentence = index.at(tokens[run[0]].start)
            if sentence.headline_case:
                continue
            organisation = len(run) > 1 and tokens[run[-1]].folded in self._words.nouns
            for place, number in enumerate(run):
                token = tokens[number]
                if place == 0 and token.start - sentence.start < 3 and not organisation:
                    continue
                counts[token.folded] = counts.get(token.folded, 0) + 1
        return counts


def _without_connectors(run: list[int], tokens: Sequence[Token]) -> list[int]:
    while run and not tokens[run[-1]].capital:
        run = run[:-1]
    return run
