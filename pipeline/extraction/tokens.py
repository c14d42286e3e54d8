"""The words of a running text with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.extraction.lexicon import fold

#: A full stop joins no words where the space after a sentence was lost: "hơn.Hôm".
_TOKEN = re.compile(r"[^\W_]+(?:(?:[-&+'’]|\.(?!(?<=[^\W\d_A-Z]{2}\.)[^\W\d_a-z][^\W\d_A-Z]+ ))[^\W_]+)*\+?")
_ELISION = re.compile(
    r"^(?:[dlnsmtjcqDLNSMTJCQ]|[Dd]ell|[Aa]ll|[Nn]ell|[Ss]ull|[Dd]all|[Uu]n|[Qq]u|[Ll]orsqu|[Pp]uisqu)['’](?=\w)"
)
_POSSESSIVE = re.compile(r"['’][sS]$")
_HYPHEN_TAIL = re.compile(r"-(?=[a-zà-ÿ])")
_APOSTROPHES = frozenset("'’")


class Token(NamedTuple):
    """A word at ``text[start:end]``."""

    start: int
    end: int
    text: str
    folded: str
    capital: bool
    possessive: bool
    tail: bool  # a lower-case part after a hyphen: "Shenzhen-based"


def tokenize(text: str, folded: str) -> list[Token]:
    """The words of ``text`` with their spans; elisions ("l'") and possessives ("'s") are cut off.

    ``folded`` is the same text in lower case, character for character.
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = text[start:end]
        possessive = tail = False
        plain = word.isalnum()
        if plain and word[-1] not in "sSxz":  # nearly every word
            lowered = folded[start:end]
            tokens.append(Token(start, end, word, lowered, word != lowered, False, False))
            continue
        if not plain:  # a mark inside: an apostrophe, a hyphen
            elision = _ELISION.match(word)
            if (
                elision
                and len(word) > elision.end() + 1
                and (word[0].islower() or word[elision.end()].isupper() or word[elision.end() :].islower())
            ):
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
        if (
            word[-1] in "sSxz"
            and not possessive
            and text[end : end + 1] in _APOSTROPHES
            and text[end + 1 : end + 2] == " "
        ):
            possessive = word[0].isupper()
        lowered = folded[start:end]
        tokens.append(Token(start, end, word, lowered, word != lowered, possessive, tail))
    return tokens


class Compounds:
    """Words that are written in several syllables, "Tập đoàn", "công nghệ": one token each, longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_opening: dict[tuple[str, str], list[tuple[str, ...]]] = {}  # by the first two syllables
        for word in {fold(word) for word in words}:
            parts = tuple(_TOKEN.findall(word))
            if len(parts) > 1:
                self._by_opening.setdefault((parts[0], parts[1]), []).append(parts)
        for options in self._by_opening.values():
            options.sort(key=len, reverse=True)

    def join(self, text: str, tokens: list[Token]) -> list[Token]:
        """``tokens`` with those of a compound made one; it is capital where its first syllable is."""
        if not self._by_opening:
            return tokens
        joined: list[Token] = []
        at = 0
        words = [token.folded for token in tokens]
        words.append("")
        while at < len(tokens):
            first = tokens[at]
            for parts in self._by_opening.get((words[at], words[at + 1]), ()):
                piece = tokens[at : at + len(parts)]
                if len(piece) == len(parts) and all(
                    token.folded == part and text[before.end : token.start].strip(" \u00a0-–") == ""
                    for token, part, before in zip(piece[1:], parts[1:], piece, strict=False)
                ):
                    last = piece[-1]
                    surface = text[first.start : last.end]
                    folded = " ".join(parts)
                    joined.append(
                        Token(first.start, last.end, surface, folded, first.capital, last.possessive, last.tail)
                    )
                    at += len(parts)
                    break
            else:
                joined.append(first)
                at += 1
        return joined
