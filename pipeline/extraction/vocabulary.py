"""What a capitalised word may be other than an organisation: an ordinary word, a place, a person's name.

Ordinary words come from the word frequencies of the package wordfreq, countries from CLDR through babel, cities,
nationalities and given names from gazetteer.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import wordfreq
from babel import Locale
from babel.core import UnknownLocaleError
from pydantic import BaseModel, ConfigDict

from pipeline.extraction.lexicon import available, fold, load, load_yaml


class _Gazetteer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cities: tuple[str, ...]
    regions: tuple[str, ...]
    demonyms: dict[str, tuple[str, ...]]
    given_names: tuple[str, ...]
    calendar: tuple[str, ...]
    acronyms: tuple[str, ...]
    outlets: tuple[str, ...]
    advisers: tuple[str, ...]
    investor_words: tuple[str, ...]
    vehicles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Folded words of one language by what they are."""

    ordinary: dict[str, float]
    places: frozenset[str]
    demonyms: dict[str, str]  # "finnish" -> "FI"
    given_names: frozenset[str]
    not_names: frozenset[str]
    outlets: frozenset[str]

    def is_ordinary(self, folded_word: str) -> bool:
        return folded_word in self.ordinary


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    return _Gazetteer.model_validate(load_yaml("gazetteer.yaml"))


@lru_cache(maxsize=1)
def _investor_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and pieces for scripts without spaces."""
    words = [fold(word) for word in _gazetteer().investor_words]
    return frozenset(w for w in words if w.isascii() or w[0] < "\u3000"), tuple(w for w in words if w[0] >= "\u3000")


def names_investor(name: str) -> bool:
    """Whether a name has a word in it as those of funds and investors have: "Tern Ventures", "赤水资本"."""
    words, pieces = _investor_words()
    folded = fold(name)
    return not words.isdisjoint(folded.split()) or any(piece in folded for piece in pieces)


@lru_cache(maxsize=1)
def _vehicles() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, _gazetteer().vehicles))})(?: [ivx\d]+| [ab])?,?(?: \w+\.?)?$"
    )


def names_vehicle(name: str) -> bool:
    """Whether a name is that of a company founded only to carry out a purchase: "Vicksburg Merger Sub II, Inc."."""
    return bool(_vehicles().search(fold(name)))


@lru_cache(maxsize=16)
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of ``language`` (ISO 639-1)."""
    gazetteer = _gazetteer()
    own = load(language).data.names.places if language in available() else ()
    places = {fold(name) for name in (*gazetteer.cities, *gazetteer.regions, *own)}
    for code in {language, "en"}:
        try:
            territories = Locale.parse(code).territories
        except (UnknownLocaleError, ValueError):
            continue
        places.update(
            fold(name) for key, name in territories.items() if len(key) == 2 or key in ("150", "142", "019", "002")
        )
    demonyms = {fold(word): country for country, words in gazetteer.demonyms.items() for word in words}
    try:
        ordinary = wordfreq.get_frequency_dict(language, wordlist="small")
    except LookupError:
        ordinary = {}
    return Vocabulary(
        ordinary=ordinary,
        places=frozenset(places),
        demonyms=demonyms,
        given_names=frozenset(fold(name) for name in gazetteer.given_names),
        not_names=frozenset(fold(name) for name in (*gazetteer.calendar, *gazetteer.acronyms)),
        outlets=frozenset(fold(name) for name in (*gazetteer.outlets, *gazetteer.advisers)),
    )
