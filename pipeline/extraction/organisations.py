"""The alias dictionary: organisations that do technology deals, by every name they are known by, in every script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import ExtractionError
from pipeline.extraction.lexicon import fold, load_yaml
from storage.names import legal_forms

_FOLDER = "organisations"
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD_EDGE = re.compile(rf"[^\W{_CJK}]")
_WORD_BEFORE = re.compile(r"(\w)[\w-]*[ -]\Z")
_HAS_CJK = re.compile(f"[{_CJK}]")


class Entry(BaseModel):
    """One line of the dictionary. ``common_word`` says that its shortest names are ordinary words, too."""

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


class Named(NamedTuple):
    """Names of an organisation, and whether they are looked for in texts or only known when asked for.

    Names that stand ``alone`` are left where a word with a capital comes before: no "Beacon" in "Fairholm Beacon".
    """

    organisation: Organisation
    names: tuple[str, ...]
    in_text: bool = True
    alone: bool = False


class Directory:
    """Finds known organisations in a text in one pass."""

    def __init__(self, entries: Iterable[tuple[Organisation, Iterable[str]]], named: Iterable[Named] = ()) -> None:
        """``entries`` are organisations with their aliases, ``named`` those that are known by these names alone."""
        self._by_alias: dict[str, Organisation] = {}
        self.by_name: dict[str, Organisation] = {}
        cased: dict[str, str] = {}
        for organisation, aliases in entries:
            self.by_name[organisation.name] = organisation
            for alias in (organisation.name, *aliases):
                key = fold(alias)
                self._by_alias.setdefault(key, organisation)
                cased.setdefault(key, alias)
        alone: set[str] = set()
        for organisation, names, in_text, stands_alone in named:
            self.by_name.setdefault(organisation.name, organisation)
            for name in names:
                key = fold(name)
                self._by_alias.setdefault(key, organisation)
                if in_text:
                    if stands_alone and key not in cased:
                        alone.add(key)
                    cased.setdefault(key, name)
        self._patterns = list(cased)
        self._aliases = list(cased.values())
        self._alone = frozenset(number for number, pattern in enumerate(self._patterns) if pattern in alone)
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
            if number in self._alone and _follows_capital(text, start):
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
    if start and _joins(text[start - 1]) and _joins(text[start]):
        return True
    return end < len(text) and _joins(text[end]) and _joins(text[end - 1])


def _joins(char: str) -> bool:
    """Whether ``char`` is a letter or digit of a script that sets spaces between words."""
    return char.isalnum() if char.isascii() and char != "_" else _WORD_EDGE.match(char) is not None


def _follows_capital(text: str, start: int) -> bool:
    before = _WORD_BEFORE.search(text, max(0, start - 40), start)
    return before is not None and before.group(1).isupper()


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
    return Directory((_organisation(entry), entry.aliases) for entry in built_in())


@lru_cache(maxsize=1)
def built_in() -> tuple[Entry, ...]:
    """The lines of the built-in dictionary. Raises ExtractionError for a broken file."""
    adapter = TypeAdapter(tuple[Entry, ...])
    folder = files("pipeline.extraction.lexicon") / _FOLDER
    entries: list[Entry] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not item.name.endswith(".yaml"):
            continue
        try:
            entries += adapter.validate_python(load_yaml(f"{_FOLDER}/{item.name}"))
        except ValidationError as error:
            raise ExtractionError(f"organisations/{item.name}: {error}") from error
    return tuple(entries)


def _organisation(entry: Entry) -> Organisation:
    return Organisation(entry.name, entry.country, entry.kind, entry.areas, entry.parent, entry.common_word)


def with_aliases(extra: Mapping[str, Iterable[str]], entries: Iterable[Entry] = ()) -> Directory:
    """The built-in dictionary plus a user's own: ``extra`` is ``{name: aliases}``, ``entries`` are lines like its own.

    An alias that several claim is the first one's: of ``extra``, then of the built-in dictionary, then of ``entries``.
    An entry by the name of an organisation that is known already only gives it further aliases.
    """
    base = [(_organisation(entry), entry.aliases) for entry in built_in()]
    known = {fold(organisation.name): organisation for organisation, _ in base}
    own = []
    for name, aliases in extra.items():
        organisation = known.setdefault(fold(name), Organisation(name, "", "company", (), None, False))
        own.append((organisation, tuple(aliases)))
    named: list[Named] = []
    for entry in entries:
        before = known.get(fold(entry.name))
        organisation = before or known.setdefault(fold(entry.name), _organisation(entry))
        long = _written_out(entry)
        names = [name for name in (() if before else (entry.name,)) + entry.aliases if name not in long]
        ordinary = shortest(names) if entry.common_word else ()
        telling = tuple(name for name in names if name not in ordinary)
        named.append(Named(replace(organisation, common_word=True), ordinary, alone=True))
        named.append(Named(before or replace(organisation, common_word=False), telling))
        named.append(Named(organisation, tuple(long), in_text=False))
    return Directory([*own, *base], named)


def shortest(names: Sequence[str]) -> tuple[str, ...]:
    """The names of the fewest words, among those written with spaces: Affirm, not Affirm Holdings."""
    sizes = {name: name.count(" ") for name in names if not _HAS_CJK.search(name)}
    least = min(sizes.values(), default=0)
    return tuple(name for name, size in sizes.items() if size == least)


def _written_out(entry: Entry) -> set[str]:
    """The names that are another of its names with a legal form: "Vorlan Optik GmbH" beside "Vorlan Optik".

    A reader of names takes the form off anyway, and its being there makes it surer that a company is meant.
    """
    if not entry.aliases:
        return set()
    words = {name: _plain_words(name) for name in (entry.name, *entry.aliases)}
    plain = set(words.values())
    forms = legal_forms()
    cut = {name: own[forms.name_in(own)] for name, own in words.items() if len(own) > 1}
    return {name for name, short in cut.items() if short != words[name] and short in plain}


def _plain_words(name: str) -> tuple[str, ...]:
    return tuple(fold(name).replace("&", " and ").replace(".", "").replace(",", " ").split())
