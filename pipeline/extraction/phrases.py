"""What the plain words of an article say, beside all that the lexicons know: does it report a deal?

Words and pairs of words, names and numbers blotted out, each with a weight fitted on labelled documents (model.py).
They catch what nobody thought of writing into a lexicon: how market studies, result tables and appointments are worded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from pipeline.extraction.mentions import Mention
from pipeline.extraction.segmentation import Sentence, Zone

#: Where the weights stand: a line for each phrase, "language phrase<TAB>weight".
FILE = "phrases.tsv"
_NAME, _NUMBER = "§", "#"
_WORD = re.compile(r"[^\W\d_]+|\d[\d.,]*")
_CJK_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fffー]+|\d[\d.,]*|[a-z]+")
_STEM = 5
#: A name surer than this is blotted out.
_SURE_NAME = 0.45
_MOST = 6.0
#: The weight of one phrase; small, since an article has hundreds.
_SCALE = 0.3


def phrases(language: str, folded: str, sentences: Sequence[Sentence], mentions: Sequence[Mention]) -> dict[str, float]:
    """The phrases of an article, those of title and lead once more with a mark; page furniture is left out."""
    names = sorted((mention.start, mention.end) for mention in mentions if mention.score >= _SURE_NAME)
    found: dict[str, float] = {}
    unspaced = language in ("zh", "ja")
    at = 0
    for sentence in sentences:
        if sentence.zone is Zone.FURNITURE:
            continue
        while at < len(names) and names[at][1] <= sentence.start:
            at += 1
        words = list(_words(folded, sentence, names, at, _CJK_RUN if unspaced else _WORD))
        grams = _characters(words) if unspaced else _pairs(words, hangul=language == "ko")
        front = sentence.zone is not Zone.BODY
        for gram in grams:
            found[f"{language} {gram}"] = _SCALE
            if front:
                found[f"{language}^{gram}"] = _SCALE
    return found


def _words(
    folded: str, sentence: Sentence, names: Sequence[tuple[int, int]], at: int, pattern: re.Pattern[str]
) -> Iterator[str]:
    """The words of a sentence, those of one name as one mark."""
    last = -1
    for match in pattern.finditer(folded, sentence.start, sentence.end):
        while at < len(names) and names[at][1] <= match.start():
            at += 1
        if at < len(names) and names[at][0] < match.end():
            if last != at:
                yield _NAME
            last = at
        else:
            word = match.group()
            yield _NUMBER if word[0].isdigit() else word


def _pairs(words: Sequence[str], *, hangul: bool) -> Iterator[str]:
    before = "^"
    for word in words:
        yield word
        yield f"{before} {word}"
        if hangul and len(word) > 2:
            yield f"{word[:2]}*"
            yield f"{word[:3]}*"
        elif len(word) > _STEM + 1:
            yield f"{word[:_STEM]}*"
        before = word


def _characters(words: Sequence[str]) -> Iterator[str]:
    text = "".join(words)
    for length in (2, 3):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


def phrase_log_odds(found: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """How much the words speak for a reported deal; 0 is undecided."""
    known = weights if weights is not None else _weights()
    total = known.get("", 0.0) + sum(known[phrase] * value for phrase, value in found.items() if phrase in known)
    return max(-_MOST, min(_MOST, total))


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    lines = (files("pipeline.extraction.lexicon") / FILE).read_text(encoding="utf-8").splitlines()
    return {phrase: float(weight) for phrase, _, weight in (line.partition("\t") for line in lines if line)}
