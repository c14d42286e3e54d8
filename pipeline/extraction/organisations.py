"""The alias dictionary: organisations that do technology deals, by every name they are known by, in every script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import ExtractionError
from pipeline.extraction.lexicon import fold, load_yaml

_FOLDER = "organisations"
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD_EDGE = re.compile(rf"[^\W{_CJK}]")
_HAS_CJK = re.compile(f"[{_CJK}]")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    country: str = ""
    kind: str = "company"
    areas: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    parent: str | None = None
    common_word: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """One known organisation. ``areas`` are focus areas it works in; empty means not a technology organisation."""

    name: str
    country: str
    kind: str
    areas: tuple[str, ...]
    parent: str | None
    common_word: bool


class Known(NamedTuple):
    """A known name found at ``text[start:end]``."""

    start: int
    end: int
    organisation: Organisation
    alias: str


class Directory:
    """Finds known organisations in a text in one pass."""

    def __init__(self, entries: Iterable[tuple[Organisation, Iterable[str]]]) -> None:
        self._by_alias: dict[str, Organisation] = {}
        self.by_name: dict[str, Organisation] = {}
        cased: dict[str, str] = {}
        for organisation, aliases in entries:
            self.by_name[organisation.name] = organisation
            for alias in (organisation.name, *aliases):
                key = fold(alias)
                self._by_alias.setdefault(key, organisation)
                cased.setdefault(key, alias)
        self._patterns = list(self._by_alias)
        self._aliases = [cased[pattern] for pattern in self._patterns]
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.Standard)

    def __len__(self) -> int:
        return len(self.by_name)

    def get(self, name: str) -> Organisation | None:
        """The organisation that goes by ``name`` in any script, None where there is none."""
        return self._by_alias.get(fold(name))

    def canonical(self, name: str) -> str | None:
        """The name the dictionary gives the organisation that goes by ``name``, None where it knows nothing."""
        organisation = self.get(name)
        return organisation.name if organisation is not None else None

    def find(self, text: str, folded: str) -> Iterator[Known]:
        """Known names in ``text``, longest first at each place, never overlapping.

        Names in scripts without spaces are found inside runs; others only as whole words, written with a capital
        (unless the name itself begins in lower case, such as onsemi).
        """
        candidates = []
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if _touches(text, start, end):
                continue
            alias = self._aliases[number]
            surface = text[start:end]
            if not _written_as_name(surface, alias):
                continue
            candidates.append((start, -end, number))
        candidates.sort()
        reached = 0
        for start, negative_end, number in candidates:
            if start < reached:
                continue
            reached = -negative_end
            yield Known(start, reached, self._by_alias[self._patterns[number]], self._aliases[number])


def _touches(text: str, start: int, end: int) -> bool:
    """True where the match is part of a longer word (never at the edge of a script without spaces)."""
    if start and _WORD_EDGE.match(text[start]) and _WORD_EDGE.match(text[start - 1]):
        return True
    return end < len(text) and bool(_WORD_EDGE.match(text[end - 1])) and bool(_WORD_EDGE.match(text[end]))


def _written_as_name(surface: str, alias: str) -> bool:
    first = surface[0]
    if alias[-2:-1] == " " and alias[-1].isupper() and not surface[-1].isupper():
        return False  # "Finistère Capital a reçu" is not Capital A
    if first.isupper() or _HAS_CJK.search(surface) or not first.isalpha():
        return not (len(alias) <= 3 and alias.isupper() and not surface.isupper())
    return surface == alias


@lru_cache(maxsize=1)
def directory() -> Directory:
    """The built-in dictionary. Raises ExtractionError for a broken file."""
    return Directory(_built_in())


def _built_in() -> Iterator[tuple[Organisation, tuple[str, ...]]]:
    adapter = TypeAdapter(tuple[_Entry, ...])
    folder = files("pipeline.extraction.lexicon") / _FOLDER
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not item.name.endswith(".yaml"):
            continue
        try:
            entries = adapter.validate_python(load_yaml(f"{_FOLDER}/{item.name}"))
        except ValidationError as error:
            raise ExtractionError(f"organisations/{item.name}: {error}") from error
        for entry in entries:
            yield (
                Organisation(entry.name, entry.country, entry.kind, entry.areas, entry.parent, entry.common_word),
                entry.aliases,
            )


def with_aliases(extra: Mapping[str, Iterable[str]]) -> Directory:
    """The built-in dictionary plus a user's own ``{name: aliases}``."""
    base = list(_built_in())
    known = {fold(organisation.name): organisation for organisation, _ in base}
    own = []
    for name, aliases in extra.items():
        organisation = known.get(fold(name)) or Organisation(name, "", "company", (), None, False)
        own.append((organisation, tuple(aliases)))
    return Directory([*own, *base])
