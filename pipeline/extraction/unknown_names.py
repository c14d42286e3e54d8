"""Names that no dictionary has: which words of a run are one, and how surely it names an organisation."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.extraction.context import Context
from pipeline.extraction.endings import TICKER
from pipeline.extraction.lexicon import fold
from pipeline.extraction.name_words import NameWords

_AFTER_COMMA = re.compile(r",\s([A-Z][\w.]+(?: [A-Z][\w.]+)?)")
_APPOSED = re.compile(r",?\s+(?:an?|the|der|die|das|ein|eine|un|une|le|la|el|o|uma|um|il|lo|una|một|is an?|\()\s")
_WORD = re.compile(r"[^\W_]+")
_NEXT_WORD = re.compile(r"[®™]?\s([a-z]+)\b")
#: "PPAs", "LPs": several of a thing.
_PLURAL_ACRONYM = re.compile(r"^[A-Z]{2,6}s$")
_ALL_CAPS = re.compile(r"^[A-Z0-9&.-]{2,6}$")


class Candidate(NamedTuple):
    """What may be a name, at ``text[start:end]``."""

    start: int
    end: int
    score: float


class UnknownReader:
    """Reads unknown names of one language's articles."""

    def __init__(self, words: NameWords) -> None:
        self._words = words
        self._openings = tuple(f"{opening} " for opening in words.openings)

    def read(self, context: Context, run: list[int]) -> Candidate | None:
        """The name in ``run``, numbers of tokens in a row; None where there is none."""
        words, described = self._trimmed(context, run)
        if not words or self._is_no_name(context, words):
            return None
        score = self._score(context, words, descriptor_before=described)
        return Candidate(context.tokens[words[0]].start, context.tokens[words[-1]].end, score) if score > 0.05 else None

    def _trimmed(self, context: Context, run: list[int]) -> tuple[list[int], bool]:
        """The run without what belongs to no name, and whether a word that describes one was taken off its front."""
        tokens, support = context.tokens, context.support
        sentence = context.index.at(tokens[run[0]].start)
        words = list(run)
        dropped_descriptor = False
        while words:
            folded = tokens[words[0]].folded
            at_start = tokens[words[0]].start - sentence.start < 3
            droppable = (
                folded in self._words.vocabulary.demonyms
                or folded in self._words.titles
                or (
                    folded in self._words.vocabulary.not_names
                    and not (len(words) > 1 and self._words.closed(context, words))
                )
                or (folded in self._words.not_names and (at_start or len(words) == 1))
            ) and not (self._words.compounded and len(words) > 1 and folded in self._words.opening_words)
            bonded = len(words) > 1 and not tokens[words[1]].capital  # Casa dos Ventos
            if (
                not droppable
                and len(words) > 1
                and not bonded
                and self._words.describes(folded)
                and folded not in self._words.opening_words
            ):
                droppable = dropped_descriptor = True
            if not droppable and dropped_descriptor and folded in self._words.trades:
                rest = [tokens[i].folded for i in words]
                droppable = any(
                    not self._words.vocabulary.is_ordinary(part) and part not in self._words.trades for part in rest
                )
            first = tokens[words[0]]
            if (
                not droppable
                and first.start - sentence.start < 3
                and len(words) > 1
                and not bonded
                and first.folded not in self._words.opening_words
            ):
                droppable = (
                    first.folded not in support
                    and (self._words.vocabulary.is_ordinary(first.folded) or first.folded in context.lower_words)
                    and tokens[words[-1]].folded not in self._words.nouns
                )
            if not droppable:
                break
            words.pop(0)
        while len(words) > 1 and (
            (
                tokens[words[-1]].folded in self._words.vocabulary.not_names
                and tokens[words[-1]].folded not in self._words.nouns
            )
            or tokens[words[-1]].folded in self._words.legal_words
            or tokens[words[-1]].text.isdigit()
        ):
            words.pop()
        while words and not tokens[words[0]].capital:
            words.pop(0)
        return words, dropped_descriptor

    def _is_no_name(self, context: Context, words: list[int]) -> bool:
        tokens = context.tokens
        name = context.text[tokens[words[0]].start : tokens[words[-1]].end]
        folded_name = fold(name)
        parts = [tokens[i].folded for i in words]
        if (
            folded_name in self._words.vocabulary.places
            or folded_name in self._words.not_names
            or folded_name in self._words.outlets
        ):
            return True
        if name.isupper() and folded_name.rstrip("0123456789") in self._words.vocabulary.not_names:
            return True  # AI6
        if folded_name in context.persons or all(part in context.persons for part in parts):
            return True
        opened = (
            len(words) > 1
            and parts[0] in self._words.opening_words
            and (self._words.compounded or (parts[1] in self._words.bonds and parts[0] not in self._words.not_names))
        )
        if not opened and all(
            part in self._words.not_names
            or part in self._words.vocabulary.places
            or part in self._words.vocabulary.demonyms
            for part in parts
        ):
            return True
        if all(part in self._words.legal_words for part in parts) or all(
            part in self._words.descriptors for part in parts
        ):
            return True
        if len(name) < 2 or not any(char.isalpha() for char in name) or parts[-1] in self._words.documents:
            return True
        return (
            self._words.compounded
            and parts[0] not in self._words.opening_words
            and all(part in self._words.generic for part in parts)
        )

    def _score(self, context: Context, words: list[int], *, descriptor_before: bool) -> float:
        text, tokens = context.text, context.tokens
        sentence = context.index.at(tokens[words[0]].start)
        first, last = tokens[words[0]], tokens[words[-1]]
        parts = [tokens[i].folded for i in words]
        after = text[last.end : last.end + 60]
        strong = 0.0
        if self._words.legal.match(after):
            strong = 0.95
        elif TICKER.match(after):
            strong = 0.9
        elif len(words) > 1 and parts[-1] in self._words.nouns:
            strong = 0.8 if not all(self._words.vocabulary.is_ordinary(part) for part in parts) else 0.65
        elif len(words) > 1 and fold(text[first.start : first.start + 40]).startswith(self._openings):
            strong = 0.8
        before = tokens[words[0] - 1] if words[0] else None
        near_before = before is not None and text[before.end : first.start] == " "
        if descriptor_before or (near_before and before is not None and before.folded in self._words.descriptors):
            strong = max(strong, 0.75)
        if strong < 0.7 and _APPOSED.match(after):
            window = fold(text[last.end : last.end + 90])
            if not self._words.descriptors.isdisjoint(_WORD.findall(window)[:12]):
                strong = max(strong, 0.7)
        location = before is not None and near_before and before.folded in self._words.locatives
        thing = _NEXT_WORD.match(after)
        product = (thing is not None and thing.group(1) in self._words.things) or (
            near_before and before is not None and before.folded in self._words.owners
        )
        if _PLURAL_ACRONYM.match(text[first.start : last.end]):
            return 0.0
        place_after = _AFTER_COMMA.match(after)
        if place_after and fold(place_after.group(1)) in self._words.vocabulary.places and not strong:
            return 0.0
        if (
            self._words.compounded
            and len(words) == 1
            and not strong
            and self._words.vocabulary.ordinary.get(parts[0], 0.0) > 2e-5
        ):
            return 0.0  # a syllable of the language is no name by itself
        seen = context.support.get(parts[0], 0)
        initial = first.start - sentence.start < 3
        uncertain = sentence.headline_case or initial
        capitals = any(map(str.isupper, first.text[1:]))
        inner = capitals and not first.text.isupper()
        ordinary = all(self._words.vocabulary.is_ordinary(part) for part in parts) and not inner
        base = 0.45 if not uncertain else (0.45 if seen else 0.2)
        if ordinary and len(words) == 1:
            base -= 0.15 if not uncertain or seen else 0.4
            if parts[0] in context.lower_words:
                base -= 0.15
        elif ordinary and uncertain and not seen:
            base -= 0.15
        elif not ordinary:
            base += 0.1
        if seen >= 2:
            base += 0.1
        if last.possessive:
            base += 0.05
        if capitals and not sentence.headline_case and not _ALL_CAPS.match(first.text):
            base += 0.1
        following = fold(after[:24]).lstrip(" ,").split(" ")
        if following and following[0] in self._words.speech:
            base += 0.05
        if len(words) >= 4 and not strong:
            base -= 0.2
        if location or product:
            base -= 0.25
        if ordinary and len(words) >= 2 and not strong:
            # ordinary words with capitals: a name where the text writes them so again and again
            base = min(base, 0.45 if seen >= 2 and not uncertain else 0.28)
        if any(not tokens[i].capital and tokens[i].folded in self._words.bonds for i in words):
            base = max(base, 0.4)
        return max(strong, min(base, 0.7))
