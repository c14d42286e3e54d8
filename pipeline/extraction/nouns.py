"""For languages that write every noun with a capital: which capitals say "name" and which only "noun".

German is the case in point. A capital counts as a name's unless the word is in the language's vocabulary or is put
together from such words ("Übernahmeangebot"). What comes out are tokens in which only names are capital, so that the
rest of the engine reads German as it reads any other language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from pipeline.extraction.lexicon import fold
from pipeline.extraction.lexicon.schema import Names
from pipeline.extraction.tokens import Token
from pipeline.extraction.vocabulary import Vocabulary

_SHORTEST_PART = 3
_SHORTEST_COMPOUND = 7
_INFLECTIONS = ("s", "es", "n", "en", "e", "er", "ern")
#: A word this many times more frequent in English is foreign; one that makes no German compound, still more.
_FOREIGN = 3.0
_BORROWED = 8.0
_LINKS = ("", "s", "es", "n", "en", "er", "e")
_TITLE_LENGTH = 200
_GAP = (" ", "\u00a0", " & ", " + ")


class NounReader:
    """Takes the capital off nouns that are no names."""

    def __init__(
        self,
        names: Names,
        vocabulary: Vocabulary,
        english: Vocabulary,
        legal: re.Pattern[str],
        is_known: Callable[[str], bool],
    ) -> None:
        self._ordinary = vocabulary.ordinary
        self._english = english.ordinary
        self._vocabulary = vocabulary
        self._legal = legal
        self._is_known = is_known
        self._heads = frozenset(names.heads)
        self._head_sizes = tuple(sorted({len(head) for head in names.heads}, reverse=True))
        self._labels = frozenset(names.descriptors) | frozenset(
            fold(word) for word in (*names.person_titles, *names.heads)
        )
        self._descriptors = frozenset(names.descriptors)
        self._joiners = frozenset(names.list_words)
        self._determiners = frozenset(names.determiners)
        self._nouns = frozenset(fold(word) for word in names.organisation_nouns)
        self._openings = frozenset(fold(word).split()[0] for word in names.organisation_openings)
        self._endings = tuple(names.noun_endings)
        self._directions = frozenset(names.directions)
        self._split = lru_cache(maxsize=20_000)(self._is_compound)
        self._head = lru_cache(maxsize=20_000)(self._find_head)
        self._known_noun = lru_cache(maxsize=20_000)(self._is_known_noun)

    def read(self, text: str, tokens: Sequence[Token], covered: Callable[[int], bool]) -> list[Token]:
        """``tokens`` with capitals only on what may be a name. ``covered`` tells positions inside known names."""
        pieces = self._genitives([piece for token in tokens for piece in self._cut(token)])
        bare, counts, titled = self._uses(text, pieces)
        result: list[Token] = []
        for number, token in enumerate(pieces):
            if not token.capital or covered(token.start):
                result.append(token)
                continue
            head = self._head(token.folded)
            label = head in self._labels
            if label or self._is_noun(token) or self._inflected(token, bare):
                keep = self._kept(text, pieces, number, label=label) or (
                    not label
                    and token.folded not in self._ordinary
                    and token.folded in bare
                    and counts[token.folded] > 1
                    and token.folded in titled
                    and not token.folded.endswith(self._endings)
                )
                previous = result[-1] if result else None
                if (
                    not keep
                    and not label
                    and previous is not None
                    and previous.capital
                    and text[previous.end : token.start] == " "
                ):
                    keep = self._foreign(token.folded)
                if not keep:
                    token = token._replace(capital=False, folded=head)
            result.append(token)
        return result

    # ---- words

    def _cut(self, token: Token) -> list[Token]:
        """ "Nokia-Tochter" is Nokia and a noun; "KI-Start-up" is one noun; "Max-Planck-Institut" opens a name."""
        lead, hyphen, last = token.text.rpartition("-")
        if (
            not hyphen
            or not lead
            or not last[:1].isupper()
            or fold(last) in self._directions
            or token.folded in self._openings
            or not (self._known_noun(fold(last)) or self._head(fold(last)) in self._labels)
        ):
            return [token]
        if lead.isdigit() or all(
            self._known_noun(fold(part)) or (part.isupper() and not self._is_known(part)) for part in lead.split("-")
        ):
            return [token._replace(folded=fold(last), capital=False)]
        middle = token.start + len(lead)
        first = Token(token.start, middle, lead, fold(lead), token.capital, False, True)
        return [first, Token(middle + 1, token.end, last, fold(last), False, token.possessive, token.tail)]

    def _genitives(self, tokens: list[Token]) -> list[Token]:
        """ "Nokias" is Nokia's, where Nokia is known or named in the article."""
        words = {token.text for token in tokens if token.capital}
        result = []
        for token in tokens:
            stem = token.text[:-1]
            if (
                token.capital
                and token.text.endswith("s")
                and len(stem) > 2
                and not token.text.isupper()
                and token.folded not in self._ordinary
                and not self._is_known(token.text)
                and (stem in words or self._is_known(stem))
            ):
                token = token._replace(end=token.end - 1, text=stem, folded=fold(stem), possessive=True)
            result.append(token)
        return result

    def _find_head(self, folded: str) -> str:
        """The last part of a compound that the lexicon names: "hersteller" of "chiphersteller"."""
        for size in self._head_sizes:
            head = folded[-size:]
            if head in self._heads:
                return head if head in self._descriptors or head[:-1] not in self._descriptors else head[:-1]
        return folded

    def _is_known_noun(self, folded: str) -> bool:
        if folded in self._ordinary or self._split(folded):
            return True
        return any(
            folded.endswith(end) and len(folded) - len(end) > 4 and folded[: -len(end)] in self._ordinary
            for end in _INFLECTIONS
        )

    def _is_noun(self, token: Token) -> bool:
        if any(map(str.isupper, token.text[1:])) and len(token.text) > 2:
            return False
        if any(map(str.isdigit, token.text)):
            return False
        return self._known_noun(token.folded)

    def _inflected(self, token: Token, bare: Collection[str]) -> bool:
        """A word that the vocabulary lacks, but which always has an article and ends as nouns end."""
        return token.folded not in bare and token.folded.endswith(self._endings) and token.text[1:].islower()

    def _is_compound(self, folded: str) -> bool:
        if len(folded) < _SHORTEST_COMPOUND:
            return False
        for at in range(len(folded) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            right = folded[at:]
            if right not in self._ordinary or self._english.get(right, 0.0) > _BORROWED * self._ordinary[right]:
                continue
            if len(right) < _SHORTEST_PART + (self._ordinary[right] < 1e-5):
                continue
            left = folded[:at]
            for link in _LINKS:
                stem = left[: len(left) - len(link)] if link else left
                if (link and not left.endswith(link)) or len(stem) < _SHORTEST_PART:
                    continue
                if (
                    stem in self._ordinary
                    or f"{stem}e" in self._ordinary
                    or f"{stem}en" in self._ordinary
                    or self._split(stem)
                ):
                    return True
        return False

    # ---- surroundings

    def _uses(self, text: str, tokens: Sequence[Token]) -> tuple[set[str], dict[str, int], set[str]]:
        """Words used without an article at least once, how often each word stands, words of the title."""
        title_end = text.find("\n")
        title_end = title_end if 0 < title_end < _TITLE_LENGTH else _TITLE_LENGTH
        bare: set[str] = set()
        counts: dict[str, int] = {}
        titled: set[str] = set()
        for number, token in enumerate(tokens):
            if not token.capital:
                continue
            counts[token.folded] = counts.get(token.folded, 0) + 1
            if token.start < title_end:
                titled.add(token.folded)
            before = tokens[number - 1] if number else None
            if before is None or before.folded not in self._determiners or text[before.end : token.start] != " ":
                bare.add(token.folded)
        return bare, counts, titled

    def _kept(self, text: str, tokens: Sequence[Token], number: int, *, label: bool) -> bool:
        """Whether its neighbours make a noun part of a name."""
        token = tokens[number]
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        before = tokens[number - 1] if number else None
        joined_next = following is not None and text[token.end : following.start] in _GAP
        joined_before = before is not None and text[before.end : token.start] in _GAP
        if not label and (
            (following is not None and following.capital and text[token.end : following.start] == " & ")
            or (before is not None and before.capital and text[before.end : token.start] == " & ")
        ):
            return True
        if (
            not label
            and token.folded not in self._ordinary
            and before is not None
            and before.folded in self._joiners
            and number > 1
        ):
            other = tokens[number - 2]
            if (
                other.capital
                and (not self._is_noun(other) or other.folded in self._nouns)
                and text[before.end : token.start] == " "
            ):
                return True
        if not label or token.folded in self._openings:
            if self._legal.match(text, token.end):
                return True
            if joined_next and following is not None and following.capital and token.folded not in self._determiners:
                chain = number + 1
                while (
                    chain + 1 < len(tokens)
                    and tokens[chain + 1].capital
                    and text[tokens[chain].end : tokens[chain + 1].start] in _GAP
                    and chain < number + 3
                ):
                    chain += 1
                last = tokens[chain]
                if (
                    not label
                    and self._head(following.folded) not in self._labels
                    and (self._legal.match(text, last.end) or last.folded in self._nouns)
                ):
                    return token.folded not in self._vocabulary.not_names and (
                        before is None or before.folded not in ("im", "am")
                    )
                if token.folded in self._openings and not self._known_noun(following.folded):
                    return True
        if joined_before and before is not None and before.capital and not label:
            strange = not self._is_noun(before)
            if (
                (strange or before.folded in self._openings)
                and token.folded not in self._vocabulary.not_names
                and text[before.end : token.start] != "\u00a0"
            ):
                return (
                    token.folded in self._nouns
                    or before.folded in self._openings
                    or text[before.end : token.start] != " "
                    or self._foreign(token.folded)
                )
            if token.folded in self._nouns and before.folded not in self._determiners:
                return True
        return bool(
            joined_before
            and before is not None
            and not label
            and token.folded not in self._ordinary
            and self._head(before.folded) in self._labels
        )

    def _foreign(self, folded: str) -> bool:
        """An English word after a name is rather its second word: Fathom Audio, Business Objects."""
        return self._english.get(folded, 0.0) > _FOREIGN * self._ordinary.get(folded, 1e-7)
