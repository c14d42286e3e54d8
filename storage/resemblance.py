"""How much two texts say the same: pure, in any script.

A text is compared by its shingles, runs of four words (of Han, kana and Hangul: of four characters), with case, width,
punctuation and layout left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]|[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SHINGLE = 4

#: From this share of common shingles on, two pages that claim to be one article are.
SAME_ARTICLE = 0.6
#: A page of another text but the same title is an edit of the article, unless it says nothing of the same.
SAME_TITLE = 0.3
#: Words of a title that tells one article from another; "News" and "Press release" do not.
_TELLING_TITLE = 4

#: What a copy has of its original: of all that either says, of the shorter text, of the first third of each, of the
#: figures. Measured with bench/near_copies.py.
COPY_RESEMBLANCE = 0.6
COPY_SHARE = 0.8
COPY_LEAD = 0.5
COPY_NUMBERS = 0.8
#: A text shorter than this is too little to tell a copy by.
_LEAST_SHINGLES = 30
_BANDS, _ROWS = 12, 3


@dataclass(frozen=True)
class Content:
    """A text made comparable."""

    title: str
    text: str

    @cached_property
    def words(self) -> list[str]:
        return _words(self.text)

    @cached_property
    def shingles(self) -> frozenset[int]:
        return frozenset(self.in_order)

    @cached_property
    def in_order(self) -> list[int]:
        words = self.words
        return [_hash(words[start : start + _SHINGLE]) for start in range(max(1, len(words) - _SHINGLE + 1))]

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(_NUMBER.findall(unicodedata.normalize("NFKC", self.text)))


def resemblance(one: Content, other: Content) -> float:
    """The share of what either says that both say (0..1)."""
    both = len(one.shingles & other.shingles)
    return both / (len(one.shingles) + len(other.shingles) - both)


def same_article(one: Content, other: Content) -> bool:
    """Whether the texts of two pages bear out what an address, a declaration or a guid claims: that they are one
    article, perhaps edited. Releases of one company with the same boilerplate do not.
    """
    alike = resemblance(one, other)
    titles = [_words(content.title) for content in (one, other)]
    named = titles[0] == titles[1] and len(titles[0]) >= _TELLING_TITLE
    return alike >= SAME_ARTICLE or (named and alike >= SAME_TITLE)


def is_copy(one: Content, other: Content) -> bool:
    """Whether one text is the other's, syndicated: with another header, footer or title, perhaps shortened a little.

    Not when they share only their boilerplate (the news comes first, and has to be the same), nor when one form was
    filled in twice (its figures differ).
    """
    less, more = sorted((one, other), key=lambda content: len(content.shingles))
    if len(less.shingles) < _LEAST_SHINGLES or resemblance(one, other) < COPY_RESEMBLANCE:
        return False
    if len(less.shingles & more.shingles) < COPY_SHARE * len(less.shingles):
        return False
    for content, beside in ((one, other), (other, one)):
        lead = content.in_order[: max(_LEAST_SHINGLES, len(content.in_order) // 3)]
        if sum(shingle in beside.shingles for shingle in lead) < COPY_LEAD * len(lead):
            return False
    fewer = min(one.numbers, other.numbers, key=len)
    return len(one.numbers & other.numbers) >= COPY_NUMBERS * len(fewer)


def bands(content: Content) -> list[int]:
    """Keys of which texts that resemble each other share some: of two that are copies, nearly always.

    The signature is one-permutation MinHash: the least shingle in each of the bins that the shingles fall into, an
    empty bin taking its neighbour's. A key is made of the signature's rows of one band.
    """
    bins: list[int | None] = [None] * (_BANDS * _ROWS)
    for shingle in content.shingles:
        place = shingle % len(bins)
        held = bins[place]
        if held is None or shingle < held:
            bins[place] = shingle
    signature: list[int] = []
    for place in range(len(bins)):
        step = 0
        while (value := bins[(place + step) % len(bins)]) is None:
            step += 1
        signature.append(value + step)
    return [
        int.from_bytes(
            blake2b(repr((band, signature[band * _ROWS : (band + 1) * _ROWS])).encode(), digest_size=8).digest(),
            "big",
            signed=True,
        )
        for band in range(_BANDS)
    ]


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _hash(words: list[str]) -> int:
    return int.from_bytes(blake2b("\0".join(words).encode("utf-8", "replace"), digest_size=8).digest(), "big")
