"""Whether names in two scripts sound alike: 달그렌 and Dalgren, 泰高 and Taigao. Pure.

A name of another script is spelled in Latin letters (anyascii: pinyin for Han, the sounds of kana, Hangul and Cyrillic)
and reduced to its consonants in classes that survive such a spelling; a name in Han characters that says what it means
instead of how it sounds is not found, nor are Japanese readings of Han characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import yaml
from anyascii import anyascii

from storage.names import legal_forms, normalise_name

_IN_BRACKETS = re.compile("[(（].*?[)）]")
_TABLE = Path(__file__).with_name("sounds.yaml")
#: Fewer consonants than this say too little; such names must be spelled alike.
_FEWEST = 3
_LETTERS = 4

# In this order: what several letters together sound like, then each letter.
_TOGETHER = (
    ("tsch", "S"), ("tsh", "S"), ("sch", "S"), ("ts", "S"), ("tz", "S"), ("zh", "S"), ("sh", "S"), ("ch", "S"),
    ("ph", "P"), ("ck", "K"), ("qu", "K"), ("gh", "K"), ("ng", "N"), ("ce", "S"), ("ci", "S"), ("cy", "S"),
)  # fmt: skip
_CLASSES = str.maketrans(
    {
        **dict.fromkeys("bpfvw", "P"),
        **dict.fromkeys("dt", "T"),
        **dict.fromkeys("ckg", "K"),
        **dict.fromkeys("szjq", "S"),
        **dict.fromkeys("lr", "L"),
        "m": "M",
        "n": "N",
    }
)


@dataclass(frozen=True, slots=True)
class Sound:
    """How a name sounds: whether it is ``foreign`` (not in Latin letters), its ``spellings`` and their consonants."""

    foreign: bool
    spellings: frozenset[str]
    consonants: frozenset[str]


@lru_cache(maxsize=65536)
def sound_of(name: str) -> Sound:
    """The sound of a name: of all of it, and of what is left without the words for its trade."""
    key = normalise_name(_IN_BRACKETS.sub(" ", name))
    foreign = any(ord(char) > 0x24F and char.isalpha() and not "\u1e00" <= char <= "\u1eff" for char in key)
    core = _core(key)
    parts = {core, core.split(" ")[0]} if foreign else {key, core, key.split(" ")[0]}
    # The small tsu only doubles what follows; spelled alone it would be a sound of its own.
    spelled = (anyascii(part.replace("ッ", "").replace("っ", "")).lower() for part in parts)
    spellings = frozenset(filter(None, (re.sub("[^a-z]", "", spelling) for spelling in spelled)))
    # An English th is an s to some and a t to others; an x is an s in pinyin only.
    said = {
        _consonants(spelling.replace("th", th).replace("x", x))
        for spelling in spellings
        for th in ("t", "s")
        for x in (("s",) if foreign else ("s", "ks"))
    }
    return Sound(foreign, spellings, frozenset(filter(None, said)))


def sound_alike(one: str, other: str) -> bool:
    """Whether two names, exactly one of them in Latin letters, can be one name spelled in two scripts."""
    a, b = sound_of(one), sound_of(other)
    if a.foreign == b.foreign:
        return False
    if any(len(spelling) >= _LETTERS for spelling in a.spellings & b.spellings):
        return True
    return any(_same(x, y) for x in a.consonants for y in b.consonants)


def sound_keys(name: str) -> frozenset[str]:
    """Keys under which a name is filed, to be found by ``keys_like``."""
    sound = sound_of(name)
    return _keys(sound, foreign=sound.foreign) | _spelled(sound)


def keys_like(name: str) -> frozenset[str]:
    """Keys by which a name is found that may be the same: one that sounds alike in another script, and one in the same
    script that begins alike. Some that are found will not do.
    """
    sound = sound_of(name)
    return _keys(sound, foreign=not sound.foreign) | _spelled(sound)


def _keys(sound: Sound, *, foreign: bool) -> frozenset[str]:
    said = {variant for consonants in sound.consonants for variant in (consonants, _without_liquids(consonants))}
    script = "other" if foreign else "latin"
    return frozenset(f"{script} {one[:_FEWEST]}" for one in said if len(one) >= _FEWEST)


def _spelled(sound: Sound) -> frozenset[str]:
    return frozenset(f"={spelling}" for spelling in sound.spellings if len(spelling) >= _LETTERS)


def _core(key: str) -> str:
    """A key without the words for a trade at its end, as long as something is left."""
    attached, words = _trades()
    while True:
        cut = next(
            (key[: -len(end)].strip() for end in attached if key.endswith(end) and len(key) > len(end) + 1), None
        )
        if cut is None:
            first, _, last = key.rpartition(" ")
            cut = first if first and last in words else None
        if cut is None:
            return key
        key = cut


def _consonants(spelling: str) -> str:
    said = spelling
    for letters, sound in _TOGETHER:
        said = said.replace(letters, sound)
    said = said[:1].replace("h", "H") + re.sub("[aeiouyh]", "", said[1:])
    said = re.sub("^[aeiouy]", "", said).translate(_CLASSES)
    return "".join(sound for sound, _ in groupby(said))


def _same(one: str, other: str) -> bool:
    """Equal, or one the beginning of the other; Chinese leaves out an l or r at the end of a syllable."""
    for a, b in ((one, other), (_without_liquids(one), _without_liquids(other))):
        shorter, longer = sorted((a, b), key=len)
        if len(shorter) >= _FEWEST and longer.startswith(shorter):
            return True
    return False


def _without_liquids(consonants: str) -> str:
    return "".join(sound for sound, _ in groupby(consonants.replace("L", "")))


@cache
def _trades() -> tuple[tuple[str, ...], frozenset[str]]:
    table = yaml.safe_load(_TABLE.read_text("utf-8"))
    attached = {*map(str, table["attached"]), *legal_forms(groups=True).attached}
    return tuple(sorted(attached, key=lambda end: (-len(end), end))), frozenset(map(str, table["words"]))
