"""Language knowledge as data: one YAML file a language, checked against a schema when it is loaded.

``load(language)`` gives the compiled lexicon, cached. docs/extraction.md tells how to write one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml
from ahocorasick_rs import AhoCorasick, MatchKind
from pydantic import ValidationError

from pipeline.errors import ExtractionError
from pipeline.extraction.lexicon.schema import Frame, Lexicon

__all__ = ["CompiledLexicon", "Cue", "CueKind", "Hit", "available", "fold", "is_letter", "load", "load_yaml"]

_BaseLoader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_BaseLoader):  # type: ignore[misc]
    """Safe YAML in which only true, false and decimal numbers are not strings."""


_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|[1-9][0-9]*)$"), list("0123456789"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))

_LATIN_WORD = re.compile(r"[a-z][a-z0-9 .&+-]*$")
_LATIN_EDGES = (r"(?<![a-z0-9])", r"(?![a-z0-9])")
_META = re.compile(r"[\\.^$*+?{}\[\]|()]")


class CueKind:
    """What a matched cue means."""

    FRAME = "frame"
    OBJECT = "object"
    MODALITY = "modality"
    FOCUS = "focus"
    MONEY = "money"
    NO_DEAL = "no_deal"


@dataclass(frozen=True, slots=True)
class Cue:
    """One compiled pattern and what it stands for."""

    kind: str
    name: str
    pattern: re.Pattern[str]
    frame: Frame | None = None


#: How a cue is tried at a place of a text, and the number of the cue.
_Trial = tuple[Callable[[str, int], "re.Match[str] | None"], int]


class Hit(NamedTuple):
    """A cue found at ``text[start:end]``."""

    start: int
    end: int
    cue: Cue


def fold(text: str) -> str:
    """Lower case, character by character, so that every offset stays (İ has a two-character lower case)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def is_letter(char: str) -> bool:
    """Whether ``char`` is what regular expressions call ``\\w``: a part of a word."""
    return char.isalnum() or char == "_"


def literal_prefix(pattern: str) -> str:
    """The characters that every match of ``pattern`` begins with."""
    match = _META.search(pattern)
    if match is None:
        return pattern
    cut = match.start()
    if pattern[cut] in "?*{":
        cut -= 1
    return pattern[:cut]


_LEADING_CHOICE = re.compile(r"\(\?:([^()\[\]]*)\)(\??)(?![*+{])")


def unfolded(pattern: str) -> list[str]:
    """``pattern`` without a choice at its beginning: "(?:nắm|giành) quyền" is two patterns, each with a prefix."""
    match = _LEADING_CHOICE.match(pattern)
    if match is None:
        return [pattern]
    choices = match.group(1).split("|") + ([""] if match.group(2) else [])
    return [whole for choice in choices for whole in unfolded(choice + pattern[match.end() :])]


#: A pattern is sought by at most so many beginnings.
_MOST_BEGINNINGS = 60


def beginnings(pattern: str, most: int = _MOST_BEGINNINGS) -> list[str]:
    """Plain beginnings one of which every match of ``pattern`` has: "has ", "have " for "ha(?:s|ve) (?:agreed|won)".

    The longer they are, the less often a text has one without a match. None is the beginning of another.
    """
    prefix = literal_prefix(pattern)
    rest = pattern[len(prefix) :]
    choice = _LEADING_CHOICE.match(rest)
    if choice is None:
        return [prefix]
    options = {*choice.group(1).split("|"), *([""] if choice.group(2) else [])}
    if len(options) > most:
        return [prefix]
    tail = rest[choice.end() :]
    found = sorted({prefix + each for option in options for each in beginnings(option + tail, most // len(options))})
    kept = found[:1]
    for each in found[1:]:
        if not each.startswith(kept[-1]):
            kept.append(each)
    return kept


class CompiledLexicon:
    """A lexicon ready for use: one automaton finds all its cues in one pass over the text."""

    def __init__(self, data: Lexicon) -> None:
        self.data = data
        spaced = data.script == "latin"
        before = r"(?<!\w)" if spaced or data.script == "hangul" else ""
        after = r"(?:(?<=\s)|(?!\w))" if spaced else ""  # "contract (?=with)" ends between words
        cues: list[tuple[int, Cue, bool, list[str]]] = []

        def add(kind: str, name: str, patterns: Sequence[str], frame: Frame | None = None) -> None:
            for pattern in (each for written in patterns for each in unfolded(written)):
                inner = pattern.startswith("~")  # "~hersteller": also as the end of a compound
                pattern = pattern.removeprefix("~")
                prefix = literal_prefix(pattern)
                if len(prefix) < (2 if spaced else 1):
                    raise ExtractionError(
                        f"lexicon {data.language}: pattern {pattern!r} of {name} must begin with plain letters"
                    )
                first, last = ("" if inner else before), after
                if spaced and kind == CueKind.FRAME and not inner:
                    first = r"(?<![\w-])"  # land-acquisition is no acquisition
                if not spaced and _LATIN_WORD.match(pattern):  # "ic" inside Chinese text is not the ic of "Pacific"
                    first, last = _LATIN_EDGES
                cue = Cue(kind, name, re.compile(f"{first}{pattern}{last}"), frame)
                cues.append((len(prefix), cue, spaced and not inner, beginnings(pattern)))

        for frame in data.frames:
            add(CueKind.FRAME, frame.name, frame.triggers, frame)
        for name, patterns in data.objects.items():
            add(CueKind.OBJECT, name, patterns)
        for name, patterns in data.modality.items():
            add(CueKind.MODALITY, name, patterns)
        for name, patterns in data.focus.items():
            add(CueKind.FOCUS, name, patterns)
        for name, patterns in data.money.cues.items():
            add(CueKind.MONEY, name, patterns)
        add(CueKind.NO_DEAL, "no_deal", data.no_deal)

        cues.sort(key=lambda item: item[0])  # of cues with one span, that with the shorter prefix comes first
        self._cues = [cue for _, cue, _, _ in cues]
        by_beginning: dict[str, tuple[list[_Trial], list[_Trial]]] = {}
        for number, (_, cue, begins_word, found) in enumerate(cues):
            for beginning in found:
                everywhere, inside = by_beginning.setdefault(beginning, ([], []))
                everywhere.append((cue.pattern.match, number))
                if not begins_word:
                    inside.append((cue.pattern.match, number))
        #: The cues of each beginning, and those of them that may stand within a word.
        self._trials = list(by_beginning.values())
        self._automaton = AhoCorasick(list(by_beginning), matchkind=MatchKind.Standard)
        self.furniture = _opening(data.furniture)
        self.closing = _opening(data.closing)
        self.opening = _opening(data.opening)
        self.case_markers = _markers(data.cases.before, spaced=spaced)
        self.coordinators = _alternation(data.cases.coordinators)
        self.passive_before = re.compile(data.cases.passive_before + r"\s*$") if data.cases.passive_before else None
        self.relative = re.compile(data.cases.relative) if data.cases.relative else None

    def cues(self, folded: str) -> Iterator[Hit]:
        """All cues in ``folded`` text (see :func:`fold`), in order of where they begin."""
        found: list[tuple[int, int, int]] = []
        for place, start, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            trials, inside = self._trials[place]
            if start:
                # most prefixes are met within words: looking at one character is quicker than trying their patterns
                before = folded[start - 1]
                if before.isalnum() or before == "_":
                    trials = inside
            for matches, number in trials:
                match = matches(folded, start)
                if match is not None:
                    found.append((start, -match.end(), number))
        found.sort()
        return (Hit(start, -end, self._cues[number]) for start, end, number in found)


def _alternation(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _opening(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else None


def _markers(cases: Mapping[str, Sequence[str]], *, spaced: bool) -> re.Pattern[str] | None:
    """One pattern with a named group for each case, longest word first."""
    words = [(word, case) for case, forms in cases.items() for word in forms]
    if not words:
        return None
    words.sort(key=lambda item: -len(item[0]))
    by_case: dict[str, list[str]] = {}
    for word, case in words:
        by_case.setdefault(case, []).append(re.escape(word))
    edge = r"(?<!\w)", r"(?!\w)"
    parts = [f"(?P<{case}>{'|'.join(forms)})" for case, forms in by_case.items()]
    body = "|".join(parts)
    return re.compile(f"{edge[0]}(?:{body}){edge[1]}" if spaced else f"(?:{body})")


def load_yaml(name: str) -> object:
    """A YAML file of this folder. Words stay words: "no", "on" and "3:30" are not read as anything else."""
    text = (files("pipeline.extraction.lexicon") / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_PlainLoader)


@lru_cache(maxsize=1)
def available() -> tuple[str, ...]:
    """The languages that have a lexicon."""
    return tuple(
        sorted(
            item.name[:-5]
            for item in files("pipeline.extraction.lexicon").iterdir()
            if re.fullmatch(r"[a-z]{2}\.yaml", item.name)
        )
    )


@lru_cache(maxsize=32)
def load(language: str) -> CompiledLexicon:
    """The lexicon of ``language``. Raises ExtractionError where the file breaks the schema."""
    try:
        return CompiledLexicon(Lexicon.model_validate(load_yaml(f"{language}.yaml")))
    except (ValidationError, yaml.YAMLError, re.error) as error:
        raise ExtractionError(f"lexicon {language}.yaml: {error}") from error
