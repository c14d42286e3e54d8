"""The names by which an imported organisation is found in texts. Pure: names in, names out."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from pipeline.extraction.lexicon import CueKind, available, load
from pipeline.extraction.vocabulary import vocabulary
from storage.columns import storable
from storage.names import KEY_LENGTH, fold, legal_forms, normalise_name

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\s,]+")
#: What the SEC puts behind names that several companies bear: "/DE/", "\NEW\", "/MN".
_MARK = re.compile(r"\s*[/\\]\s*(?:[A-Z][A-Z. ]{1,8}|Delaware)?[/\\]?\s*$")
_DOT_COM = re.compile(r" COM(?=$| (?:Inc|Corp|Ltd)\b)")
_IRISH = re.compile(r"\bO (?=[A-Z][a-z]{3})")  # the list leaves most apostrophes out
_ROMAN = re.compile(r"[IVX]+")
_SMALL = frozenset(re.findall(r"\w+", "a an and at by de del der des du et for in la le of on or the to van von y"))
#: Ordinary words that, in capitals, are rather abbreviations.
_ABBREVIATIONS = frozenset(re.findall(r"\w+", "ad ag ai am ar ev id io ip it pm pr tv uk us usa vr wi"))
_WRITTEN_SMALL = frozenset({"co", "company", "corp", "corporation", "inc", "incorporated", "limited", "ltd"})
#: A word of up to three letters that is written as often as this is a word, not an abbreviation.
_WORDLIKE = 2e-5
#: Words as frequent as this, next to each other, may be a headline's rather than a company's: First Light.
_EVERYDAY = 5e-6


class Kind(Enum):
    """What a name is besides an organisation's."""

    TELLING = "telling"
    ORDINARY = "ordinary"  # also a word, or very short: counts with other evidence
    USELESS = "useless"  # a place, a given name, a trade: would be found everywhere and mean something else


def tidy(name: str) -> str:
    """The name on one line, without what no file or table keeps."""
    return " ".join("".join(char if char.isprintable() else " " for char in storable(name)).split())


def usable(name: str) -> bool:
    """Whether a name has a letter or digit and is no longer than names are."""
    return any(char.isalnum() for char in name) and len(name) <= KEY_LENGTH


@cache
def key_of(name: str) -> str:
    """The same for all spellings of a name: Amazon.com, Inc. and AMAZON COM INC."""
    return normalise_name(name).replace(" ", "")


def without_legal_form(name: str, *, groups: bool = False) -> str:
    """``name`` without its legal form; with ``groups`` also without "Group" and "Holdings" at its end."""
    forms = legal_forms(groups=groups)
    bare = forms.off_the_ends(name)
    words = list(_WORD.finditer(bare))
    kept = words[forms.name_in([_plain(match.group()) for match in words])] if words else []
    if not kept:
        return bare
    return bare[kept[0].start() : kept[-1].end()].rstrip(" &,") or bare


def readable(title: str) -> str:
    """A title of the SEC's list as people write it: "LAM RESEARCH CORP /DE/" is Lam Research Corp."""
    title = _MARK.sub("", tidy(title)) or tidy(title)
    if any(char.islower() for char in without_legal_form(title, groups=True)):
        return title
    words = [_cased(word, first=not number) for number, word in enumerate(title.split())]
    return _IRISH.sub("O'", _DOT_COM.sub(".com", " ".join(words)))


def short_names(name: str) -> list[str]:
    """What is left of a name without legal form, and without "Group" or "Holdings"; nothing that would mislead."""
    plain, bare = without_legal_form(name), without_legal_form(name, groups=True)
    found = [plain] if plain != name and kind_of(plain) is not Kind.USELESS else []
    # Alibaba Group is Alibaba, Affirm Holdings is Affirm, but nobody calls Universal Group Universal
    if bare not in (plain, name) and (kind_of(bare) is Kind.TELLING or 0 < _frequency(bare.lower()) < _EVERYDAY):
        found.append(bare)
    return found


def kind_of(name: str) -> Kind:
    """What else a name is. Names in scripts without spaces are judged where they stand, and are telling here."""
    if _CJK.search(name):
        return Kind.TELLING
    folded = name.lower()
    own = _own_words()
    if len(folded) < 2 or folded in own:
        return Kind.USELESS
    words = folded.split()
    if len(words) > 1:
        if words[0] != "the" and without_legal_form(name) != name:
            return Kind.TELLING
        everyday = all(vocabulary("en").ordinary.get(word, 0.0) > _EVERYDAY for word in words)
        if everyday and any(hit.start == 0 and hit.cue.kind == CueKind.FOCUS for hit in load("en").cues(folded)):
            return Kind.USELESS  # "Quantum Computing"
        return Kind.ORDINARY if everyday and words[-1] not in _nouns() else Kind.TELLING
    if folded in _nouns():
        return Kind.USELESS  # "Digital", "Medical": the last words of many other names
    return Kind.ORDINARY if len(folded) <= 3 or _frequency(folded) > 0 else Kind.TELLING


@cache
def _own_words() -> frozenset[str]:
    """Places, nationalities, given names, months and abbreviations, in any language that is read."""
    kinds = [vocabulary(language) for language in _languages()]
    return frozenset().union(*(
        words for kind in kinds
        for words in (kind.places, kind.demonyms, kind.given_names, kind.not_names, kind.outlets)
    ))  # fmt: skip


@cache
def _nouns() -> frozenset[str]:
    """Last words of names of organisations: "technologies"."""
    return frozenset(word.lower() for word in load("en").data.names.organisation_nouns)


@cache
def _languages() -> tuple[str, ...]:
    return tuple(language for language in available() if load(language).data.script == "latin")


@cache
def _frequency(word: str) -> float:
    """How often a word is written, in the language that writes it most."""
    return max(vocabulary(language).ordinary.get(word, 0.0) for language in _languages())


def _plain(word: str) -> str:
    folded = fold(word).replace(".", "")
    return "and" if folded == "&" else folded


def _cased(word: str, *, first: bool) -> str:
    if "-" in word.strip("-"):
        return "-".join(_cased(part, first=first) for part in word.split("-"))
    letters = word.strip(".,()'")
    folded = letters.lower()
    if not letters.isupper() or _ROMAN.fullmatch(letters):
        return word
    if folded in _SMALL and not first:
        return word.lower()
    if _plain(word) in _forms():
        return word.capitalize() if folded in _WRITTEN_SMALL else word
    ordinary = vocabulary("en").ordinary.get(folded, 0.0)
    if len(letters) <= 3 and (ordinary < _WORDLIKE or folded in _ABBREVIATIONS):
        return word
    if (len(letters) == 4 and not ordinary) or not any(char in "aeiouy" for char in folded) or not letters.isalpha():
        return word.capitalize() if letters.endswith(".COM") else word
    return word.capitalize()


@cache
def _forms() -> frozenset[str]:
    return frozenset(word for form in legal_forms().suffixes for word in form)
