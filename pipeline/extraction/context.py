"""What one article tells about its words, shared by all that read names in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from pipeline.extraction.segmentation import SentenceIndex
from pipeline.extraction.tokens import Token


@dataclass(frozen=True, slots=True)
class Context:
    """An article's words and what is known of them before its names are read; words are folded."""

    text: str
    tokens: Sequence[Token]
    index: SentenceIndex
    support: Mapping[str, int]  # how often a word has a capital where only a name has one
    persons: Set[str]  # people's names, and the words they are made of
    lower_words: Set[str]  # written without a capital somewhere
