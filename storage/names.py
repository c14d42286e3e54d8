"""One spelling for the many ways a company's name is written. Pure: no session.

Comparing is all it is for: what comes out is a key, not a name to show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from storage.columns import storable

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_SPACE_IN_CJK = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")

_TABLE = Path(__file__).with_name("legal_forms.yaml")
#: A key's greatest length, in characters; beyond it nobody writes a name.
KEY_LENGTH = 200

# Latin letters that have no decomposition but are the same letter to whoever types them.
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h"})
_JOINED = frozenset(".'’‘`´ʼ·・")  # written or left out inside one word: S.A., L'Oréal, 通用・电气
_KEPT = frozenset("+#")  # part of names: Disney+, C#


def fold(text: str) -> str:
    """Lower case, one width, no accents on Latin letters; for search and comparison. ``fold(fold(x)) == fold(x)``."""
    if text.isascii():
        return text.lower()
    folded = text
    for _ in range(4):  # a fold can bring a letter forth that folds again; three rounds are the most there are
        before = folded
        folded = _fold_once(folded)
        if folded == before:
            break
    return folded


def _fold_once(text: str) -> str:
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).translate(_LETTERS)
    kept: list[str] = []
    after_latin = False
    for char in spread:
        if unicodedata.combining(char):
            # Accents go from Latin only: が without its mark is another letter, й too.
            if not after_latin:
                kept.append(char)
            continue
        after_latin = char < "Ͱ" or "Ḁ" <= char <= "ỿ"
        kept.append(char)
    return unicodedata.normalize("NFKC", "".join(kept))


def normalise_name(name: str) -> str:
    """The key of a company's name: folded, legal forms of all languages off, spaces and punctuation evened out.

    ``normalise_name("Nokia Oyj") == normalise_name("NOKIA") == "nokia"``. Idempotent; empty only for a name
    without any letter or digit.
    """
    forms = legal_forms()
    key = _joined(_words(forms.off_the_ends(fold(storable(name)))))
    while True:
        words = _words(forms.off_the_ends(key))
        shorter = _joined(words[forms.name_in(words)])[:KEY_LENGTH].strip()
        if shorter == key:
            return key
        key = shorter


def _words(folded: str) -> list[str]:
    # Folded again: a mark that lost the sign it stood on may now stand on a Latin letter.
    spaced = fold("".join(_even(char) for char in folded))
    return spaced.split()


def _joined(words: list[str]) -> str:
    """Words with spaces between, but none where scripts that write without spaces meet: 삼성 전자 is 삼성전자."""
    return _SPACE_IN_CJK.sub("", " ".join(words))


def _even(char: str) -> str:
    if char in _JOINED:
        return ""
    if char == "&":
        return " and "
    if char in _KEPT or char.isalnum() or unicodedata.category(char).startswith("M"):
        return char
    return " "


@dataclass(frozen=True, slots=True)
class LegalForms:
    """What says the kind of a company: words before and behind its name, and what is written against it."""

    suffixes: frozenset[tuple[str, ...]]
    prefixes: frozenset[tuple[str, ...]]
    attached: tuple[str, ...]  # the longest first

    @property
    def longest(self) -> int:
        """The most words a form has."""
        return max(len(form) for form in self.suffixes | self.prefixes)

    def off_the_ends(self, name: str) -> str:
        """``name``, in lower case, without attached forms on either side, as long as something of a name remains."""
        name = name.strip()
        while True:
            shorter = next((cut for form in self.attached for cut in _without(name, form)), None)
            if shorter is None:
                return name
            name = shorter

    def name_in(self, words: Sequence[str]) -> slice:
        """Which of ``words`` (folded) are the name itself: never none of them."""
        start, stop, longest = 0, len(words), self.longest
        while True:
            sizes = range(min(longest, stop - start - 1), 0, -1)
            behind = next((n for n in sizes if tuple(words[stop - n : stop]) in self.suffixes), 0)
            stop -= behind
            sizes = range(min(longest, stop - start - 1), 0, -1)
            before = next((n for n in sizes if tuple(words[start : start + n]) in self.prefixes), 0)
            start += before
            if not behind and not before:
                break
        # "Ernst and" is what is left of "Ernst & Co"
        while stop - start > 1 and words[stop - 1] == "and":
            stop -= 1
        return slice(start, stop)


@cache
def legal_forms(*, groups: bool = False) -> LegalForms:
    """The legal forms of all languages (legal_forms.yaml); with ``groups`` also the words for groups and holdings."""
    table = yaml.safe_load(_TABLE.read_text("utf-8"))
    parts = [table, table["groups"]] if groups else [table]

    def words(key: str) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(str(form).split()) for part in parts for form in part[key])

    attached = {fold(str(form)) for part in parts for form in part["attached"]}
    return LegalForms(words("suffixes"), words("prefixes"), tuple(sorted(attached, key=lambda f: (-len(f), f))))


def _without(name: str, form: str) -> Iterator[str]:
    """``name`` without ``form`` on one side, where something of a name remains."""
    for cut in (name.removesuffix(form).rstrip(), name.removeprefix(form).lstrip()):
        if len(cut) < len(name) and any(char.isalnum() for char in cut):
            yield cut
