"""What reading a sentence needs of a language: patterns and words of its lexicon, compiled once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.extraction.lexicon import CompiledLexicon, is_letter
from pipeline.extraction.lexicon.schema import Lexicon

#: Characters between a trigger and an argument beyond which they hardly belong together.
REACH = 220
CLAUSE_BREAK = re.compile(r"[;:—–]\s| - |[。！？；：]")
COMMA = re.compile(r"[,，、]")
_NEVER = r"(?!)"
WORDS = re.compile(r"[^\W_]+")


class Grammar:
    """How one language marks who does what to whom."""

    def __init__(self, lexicon: CompiledLexicon) -> None:
        self.lexicon = lexicon
        self.data: Lexicon = lexicon.data
        cases, names, tense = self.data.cases, self.data.names, self.data.tense
        self.spaced = self.data.script == "latin"
        coordinators = lexicon.coordinators
        edge = r"(?:(?<=\W)|(?!\w))" if self.spaced else ""  # the "e" of "en" joins nothing
        self.joint = (
            re.compile(rf"^\s*(?:(?:{coordinators}){edge}\s*)+(?P<words>.*)$", re.DOTALL) if coordinators else None
        )
        self.joiners = frozenset(word for word in cases.coordinators if word.isalpha())
        self.bare = frozenset(cases.bare)
        self.introducing = frozenset(cases.determiners) | frozenset(names.descriptors)
        self.after = sorted(
            ((word, case) for case, words in cases.after.items() for word in words),
            key=lambda item: -len(item[0]),
        )
        self.attributive = re.compile(cases.attributive) if cases.attributive else None
        bracket = r"\s?[((\uff08][^()()\uff08\uff09\n]{1,40}[))\uff09]"
        self.between = re.compile(rf"{bracket}|(?:{cases.between})") if cases.between else None
        self.agent = re.compile(cases.agent_between) if cases.agent_between else None
        self.tenses = [
            (name, re.compile(pattern if self.data.script in ("kana", "hangul") else rf"(?:{pattern})$"))
            for name, pattern in (("to_come", tense.to_come), ("done", tense.done))
            if pattern
        ]
        self.described = _described(names.definite, names.descriptors) if self.spaced else None
        self.subordinate = _words(cases.subordinate, r"\b(?:{words})\b")
        self.possessed = _words(cases.possessives, r"^\s*(?:{words})\s+[a-z]+\s*$")
        self.apposed = _words(cases.apposing, r"^,\s(?:{words})\s[^,;:.]{{0,45}}$")
        self.owner = re.compile(cases.owner or _NEVER)
        self.owns = re.compile(cases.owns or _NEVER)
        self._syllables = bool(names.compounds)

    def size(self, gap: str) -> int:
        """About how many words ``gap`` has, where they are written in syllables or without spaces too."""
        if not self.spaced:
            return len(gap) // 2
        size = len(WORDS.findall(gap))
        return size * 3 // 5 if self._syllables else size

    def has_word(self, text: str, word: str) -> bool:
        """Whether ``word`` stands in ``text``, between word edges where the language has them."""
        return has_word(text, word) if self.spaced else word in text


def has_word(text: str, word: str) -> bool:
    """Whether ``word`` stands in ``text`` with no letter or digit at either side."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (at and is_letter(text[at - 1])) and not (end < len(text) and is_letter(text[end])):
            return True
        at = text.find(word, at + 1)
    return False


def _words(words: Sequence[str], shape: str) -> re.Pattern[str]:
    """``shape`` with any of ``words`` in it; a pattern that matches nothing where there are none."""
    return re.compile(shape.format(words="|".join(map(re.escape, words))) if words else _NEVER)


def _described(definite: Sequence[str], descriptors: Sequence[str]) -> re.Pattern[str] | None:
    """ "the chipmaker", "the Leeds-based vendor": an organisation named before, by what it is."""
    if not definite or not descriptors:
        return None
    articles = "|".join(map(re.escape, definite))
    nouns = "|".join(re.escape(word) for word in sorted(descriptors, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{articles}) (?:[\w-]+ ){{0,2}}(?:{nouns})(?!\w)")


@lru_cache(maxsize=32)
def grammar_of(lexicon: CompiledLexicon) -> Grammar:
    """The grammar of a lexicon, compiled once."""
    return Grammar(lexicon)
