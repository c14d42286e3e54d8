"""One spelling for the many ways a company's name is written. Pure: no session.

Comparing is all it is for: what comes out is a key, not a name to show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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
    key = _joined(_words(_strip_attached(fold(storable(name)))))
    while True:
        shorter = _joined(_strip_words(_words(_strip_attached(key))))[:KEY_LENGTH].strip()
        if shorter == key:
            return key
        key = shorter


def _words(folded: str) -> list[str]:
    spaced = "".join(_even(char) for char in folded)
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


def _strip_attached(folded: str) -> str:
    _, _, attached = _legal_forms()
    name = folded.strip()
    while True:
        shorter = next((cut for form in attached for cut in _without(name, form)), None)
        if shorter is None:
            return name
        name = shorter


def _without(name: str, form: str) -> Iterator[str]:
    """``name`` without ``form`` on one side, where something of a name remains."""
    for cut in (name.removesuffix(form).rstrip(), name.removeprefix(form).lstrip()):
        if len(cut) < len(name) and any(char.isalnum() for char in cut):
            yield cut


def _strip_words(words: list[str]) -> list[str]:
    suffixes, prefixes, _ = _legal_forms()
    stripped = True
    while stripped:
        stripped = False
        for form in suffixes:
            if len(words) > len(form) and tuple(words[-len(form) :]) == form:
                words = words[: -len(form)]
                stripped = True
                break
        for form in prefixes:
            if len(words) > len(form) and tuple(words[: len(form)]) == form:
                words = words[len(form) :]
                stripped = True
                break
    # "Ernst and" is what is left of "Ernst & Co"
    while len(words) > 1 and words[-1] == "and":
        words = words[:-1]
    return words


@cache
def _legal_forms() -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Suffixes and prefixes as tuples of words, attached forms as strings; the longest first."""
    table = yaml.safe_load(_TABLE.read_text("utf-8"))
    suffixes, prefixes = (
        tuple(sorted({tuple(str(form).split()) for form in table[key]}, key=lambda form: (-len(form), form)))
        for key in ("suffixes", "prefixes")
    )
    attached = tuple(sorted({fold(str(form)) for form in table["attached"]}, key=lambda form: (-len(form), form)))
    return suffixes, prefixes, attached
