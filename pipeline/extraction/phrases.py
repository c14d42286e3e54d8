"""What the plain words of an article say, beside all that the lexicons know: does it report a deal?

Words and pairs of words, names and numbers blotted out, each with a weight fitted on labelled documents (model.py).
They catch what nobody thought of writing into a lexicon: how market studies, result tables and appointments are worded.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import NamedTuple

from pipeline.extraction.mentions import Mention
from pipeline.extraction.segmentation import Sentence, Zone

#: Where the weights stand: a line for each phrase, "language phrase<TAB>weight".
FILE = "phrases.tsv"
_NAME, _NUMBER = "§", "#"
#: Where the next name stands when no further one does.
_NO_NAME = (sys.maxsize, sys.maxsize)
_WORD = re.compile(r"[^\W\d_]+|\d[\d.,]*")
_CJK_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fffー]+|\d[\d.,]*|[a-z]+")
_UNSPACED = frozenset({"zh", "ja"})
_STEM = 5
#: A name surer than this is blotted out.
_SURE_NAME = 0.45
_MOST = 6.0
#: The weight of one phrase; small, since an article has hundreds.
_SCALE = 0.3

#: The words of a sentence, and whether it stands in title or lead.
Told = tuple[Sequence[str], bool]
#: Numbers of phrases, by a word and by the one before it ("" for the word alone). Beginnings of words and pieces of
#: unspaced text stand there like words alone.
_Rows = dict[str, dict[str, int]]


class _Table(NamedTuple):
    """The phrases of one language that have a weight: each one's anywhere and, further, in front."""

    rows: _Rows
    anywhere: list[float]
    in_front: list[float]


class Phrases(Mapping[str, float]):
    """The phrases of an article, those of title and lead once more with a mark; page furniture is left out.

    They are many and few of them have a weight: ``log_odds`` looks words up as they come, and all phrases are written
    out only for whoever fits weights.
    """

    def __init__(self, language: str, told: Sequence[Told]) -> None:
        self._language = language
        self._told = told

    def __getitem__(self, phrase: str) -> float:
        return self._all[phrase]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, float]:
        language = self._language
        found: dict[str, float] = {}
        for words, front in self._told:
            for before, word in _grams(language, words):
                gram = f"{before} {word}" if before else word
                found[f"{language} {gram}"] = _SCALE
                if front:
                    found[f"{language}^{gram}"] = _SCALE
        return found

    def log_odds(self) -> float:
        """What ``phrase_log_odds`` says by the weights of the lexicon."""
        table = _tables().get(self._language, _Table({}, [], []))
        in_front: set[int] = set()
        behind: set[int] = set()
        for words, front in self._told:
            (in_front if front else behind).update(_weighed(self._language, words, table.rows))
        said = sum(table.anywhere[number] for number in in_front | behind)
        said += sum(table.in_front[number] for number in in_front)
        return max(-_MOST, min(_MOST, _weights().get("", 0.0) + said * _SCALE))


def phrases_of(language: str, folded: str, sentences: Sequence[Sentence], mentions: Sequence[Mention]) -> Phrases:
    """The phrases of an article, with its names blotted out."""
    names = sorted((mention.start, mention.end) for mention in mentions if mention.score >= _SURE_NAME)
    pattern = _CJK_RUN if language in _UNSPACED else _WORD
    told: list[Told] = []
    at = 0
    for sentence in sentences:
        if sentence.zone is Zone.FURNITURE:
            continue
        while at < len(names) and names[at][1] <= sentence.start:
            at += 1
        told.append((_words(folded, sentence, names, at, pattern), sentence.zone is not Zone.BODY))
    return Phrases(language, told)


def _words(
    folded: str, sentence: Sentence, names: Sequence[tuple[int, int]], at: int, pattern: re.Pattern[str]
) -> list[str]:
    """The words of a sentence, those of one name as one mark."""
    if at == len(names) or names[at][0] >= sentence.end:
        plain: list[str] = pattern.findall(folded, sentence.start, sentence.end)
        return [_NUMBER if word[0].isdigit() else word for word in plain]
    words: list[str] = []
    last = -1
    first, behind = names[at]
    for match in pattern.finditer(folded, sentence.start, sentence.end):
        start, end = match.span()
        while behind <= start:
            at += 1
            first, behind = names[at] if at < len(names) else _NO_NAME
        if first < end:
            if last != at:
                words.append(_NAME)
            last = at
        else:
            word = folded[start:end]
            words.append(_NUMBER if word[0].isdigit() else word)
    return words


def _grams(language: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each phrase of a sentence as a word and the one before it, which is "" where the word stands alone."""
    if language in _UNSPACED:
        text = "".join(words)
        for length in (2, 3):
            for start in range(len(text) - length + 1):
                yield "", text[start : start + length]
        return
    least, stems = _stems(language)
    before = "^"
    for word in words:
        yield "", word
        yield before, word
        if len(word) > least:
            for stem in stems:
                yield "", f"{word[:stem]}*"
        before = word


def _weighed(language: str, words: Sequence[str], rows: _Rows) -> Iterator[int]:
    """The numbers of those of ``_grams`` that have a weight, each word looked up once."""
    if language in _UNSPACED:
        yield from (rows[gram][""] for _, gram in _grams(language, words) if gram in rows)
        return
    least, stems = _stems(language)
    before = "^"
    for word in words:
        row = rows.get(word)
        if row is not None:
            if "" in row:
                yield row[""]
            if before in row:
                yield row[before]
        if len(word) > least:
            for stem in stems:
                beginning = f"{word[:stem]}*"
                if beginning in rows:
                    yield rows[beginning][""]
        before = word


def _stems(language: str) -> tuple[int, tuple[int, ...]]:
    """Words longer than the first number count by their beginnings, too, which have so many letters."""
    return (2, (2, 3)) if language == "ko" else (_STEM + 1, (_STEM,))


def phrase_log_odds(found: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """How much the words speak for a reported deal; 0 is undecided."""
    if weights is None and isinstance(found, Phrases):
        return found.log_odds()
    known = weights if weights is not None else _weights()
    total = known.get("", 0.0) + sum(known[phrase] * value for phrase, value in found.items() if phrase in known)
    return max(-_MOST, min(_MOST, total))


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    lines = (files("pipeline.extraction.lexicon") / FILE).read_text(encoding="utf-8").splitlines()
    return {phrase: float(weight) for phrase, _, weight in (line.partition("\t") for line in lines if line)}


@lru_cache(maxsize=1)
def _tables() -> dict[str, _Table]:
    """The weights by language, "en word" and "en^word" (in front) put together."""
    tables: dict[str, _Table] = {}
    for phrase, weight in _weights().items():
        if phrase:
            before, _, word = phrase[3:].rpartition(" ")
            table = tables.setdefault(phrase[:2], _Table({}, [], []))
            number = table.rows.setdefault(word, {}).setdefault(before, len(table.anywhere))
            if number == len(table.anywhere):
                table.anywhere.append(0.0)
                table.in_front.append(0.0)
            (table.in_front if phrase[2] == "^" else table.anywhere)[number] = weight
    return tables
