"""People's names, which are no organisations'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extraction.name_words import NameWords
from pipeline.extraction.organisations import Directory
from pipeline.extraction.tokens import Token

#: "Prof. Lindqvist", but not "officer. Lindqvist".
_LONGEST_ABBREVIATION = 4


class PersonReader:
    """Finds the people of one language's articles, by titles, given names and who is named beside them."""

    def __init__(self, words: NameWords, known: Directory) -> None:
        self._words = words
        self._known = known
        self._openings = words.opening_words | (words.descriptors if words.compounded else frozenset())
        titles = "|".join(map(re.escape, sorted(words.titles)))
        self._title_after = re.compile(rf"[ ,(]*(?:{titles})", re.IGNORECASE)

    def read(self, text: str, tokens: Sequence[Token], runs: Sequence[Sequence[int]]) -> set[str]:
        """Folded words that are parts of people's names in this article."""
        parts: set[str] = set()
        previous_person = -1
        opened = self._opened(tokens, runs)
        for run in runs:
            words = [tokens[i] for i in run]
            titled = 0
            while titled < len(words) and words[titled].folded in self._words.titles:
                titled += 1
            before = self._before(text, tokens, run[0])
            named = words[titled:]
            if not named or len(named) > 4 or any(not word.capital for word in named):
                continue
            if any(word.folded in self._words.nouns or word.folded in self._words.legal_words for word in named):
                continue
            if " ".join(word.folded for word in named) in opened:
                continue
            title = words[titled - 1].folded if titled else before
            if self._words.addresses and len(named) == 1 and title not in self._words.addresses:
                continue
            given = (
                named[0].folded in self._words.vocabulary.given_names
                and len(named) >= 2
                and named[1].folded not in self._words.nouns
            )
            after = text[named[-1].end : named[-1].end + 40]
            spoken = after[:1] == "," and self._title_after.match(after) is not None
            paired = (
                previous_person >= 0
                and len(named) == 2
                and text[previous_person : named[0].start].strip() in ("and", ",", "&")
                and not any(self._known.get(word.text) or word.folded in self._words.nouns for word in named)
            )
            if (
                given
                or paired
                or (
                    (titled or before in self._words.titles)
                    and len(named) <= 3
                    and not self._known.get(" ".join(w.text for w in named))
                )
                or (spoken and len(named) in (2, 3))
            ) and self._words.legal.match(text, named[-1].end) is None:
                parts.update(word.folded for word in named if not self._known.get(word.text))
                if len(named) >= 2:
                    parts.add(" ".join(word.folded for word in named))
                    previous_person = named[-1].end
        return parts

    def _before(self, text: str, tokens: Sequence[Token], number: int) -> str:
        """The word right before a name; "" where a sentence ends between ("... officer. Signalworks")."""
        if not number:
            return ""
        previous = tokens[number - 1]
        gap = text[previous.end : tokens[number].start]
        abbreviated = gap == ". " and len(previous.text) <= _LONGEST_ABBREVIATION
        return previous.folded if gap in (" ", "\u00a0") or abbreviated else ""

    def _opened(self, tokens: Sequence[Token], runs: Sequence[Sequence[int]]) -> set[str]:
        """Names that somewhere follow a word that opens an organisation's: "Tập đoàn Thiên Lam" makes Thiên Lam one."""
        names = set()
        openings = self._openings
        for run in runs:
            first = tokens[run[0]].folded
            if len(run) > 1 and first in openings:
                names.add(" ".join(tokens[i].folded for i in run[1:]))
            elif run[0] and tokens[run[0] - 1].folded in openings:
                names.add(" ".join(tokens[i].folded for i in run))
        return names
