"""Cuts an article's text into sentences with exact spans, and tells title, lead, body and page furniture apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """Where a sentence stands; readers put the news in the title and the lead."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]`` of the article; ``index`` counts from 0 in reading order, ``paragraph`` likewise."""

    start: int
    end: int
    zone: Zone
    index: int
    paragraph: int
    headline_case: bool = False


#: Paragraphs after the title that may begin with a dateline.
_FIRST_PARAGRAPHS = 4
#: Sentences after the title that still count as lead.
LEAD_SENTENCES = 3
#: A first paragraph longer than this many characters is no title: its first sentence may be one.
LONGEST_TITLE = 300

_ABBREVIATIONS = (
    "Inc|Corp|Co|Ltd|Cos|Bros|No|Nos|Mr|Mrs|Ms|Dr|Prof|St|vs|approx|est|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|"
    "Gen|Sen|Rep|Gov|Jr|Sr|Fig|Vol|Dept|Univ|Assoc|bzw|ca|inkl|evtl|Nr|Mio|Mrd|Tsd|Abs|S\\.p|S\\.A|s\\.r|TP|Tp|TS|ThS|PGS|GS|"
    "M|Mme|Sra|Dra|Exmo|Ing|Dott|Sig|U\\.S|U\\.K|U\\.N|E\\.U|a\\.m|p\\.m|e\\.g|i\\.e|z\\.B|u\\.a|d\\.h|N\\.V|B\\.V|A\\.G|S\\.E|P\\.L\\.C|L\\.P|"
    "[A-ZÀ-Þ]"
)
#: "am 1. Mai": the full stop of an ordinal before a month ends no sentence.
_MONTH_FOLLOWS = re.compile(
    r"\s+(?:Januar|Jänner|Februar|Feber|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_ENDS_IN_ABBREVIATION = re.compile(rf"(?:^|[\s(\"“„'’./])(?:{_ABBREVIATIONS})\.$")
#: The second choice is a full stop whose space was lost: "hơn.Hôm". The marks stand first, on their own: so they are
#: searched for quickly.
_BREAK = re.compile(
    r"[.!?…。！？；](?:(?<=[.!?…])[\"”’'»)\]]*(?=\s)|(?<=[^\W\d_A-Z]{2}\.)(?=[^\W\d_a-z][^\W\d_A-Z]+ )|"
    r"(?<=[。！？!?；])[」』”’）)]*)"
)
#: After a bracket or a quotation: the sentence around it goes on.
_GOES_ON = re.compile(r"[をがはとでのにもや、]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LINE = re.compile(r"[^\n]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _lines(text: str) -> list[tuple[int, int]]:
    """Paragraph spans: lines, with hard-wrapped continuations joined."""
    spans: list[tuple[int, int]] = []
    previous_end_char = ""
    for match in _LINE.finditer(text):
        start, end = match.span()
        body = text[start:end]
        stripped = body.strip()
        if not stripped:
            previous_end_char = ""
            continue
        start += len(body) - len(body.lstrip())
        end = start + len(stripped)
        adjacent = bool(spans) and text[spans[-1][1] : start].count("\n") == 1
        if adjacent and spans[-1][1] - spans[-1][0] > 40 and stripped[0].islower() and previous_end_char not in ".!?:;":
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        previous_end_char = stripped[-1]
    return spans


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentence spans of one paragraph."""
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _BREAK.finditer(text, start, end):
        stop = match.end()
        if match.group()[0] == ".":
            if _ENDS_IN_ABBREVIATION.search(text[max(begin, stop - 14) : match.start() + 1]):
                continue
            if text[match.start() - 1].isdigit() and _MONTH_FOLLOWS.match(text, stop):
                continue
            following = text[stop : stop + 3].lstrip()
            if text[stop : stop + 1].isalpha() and not (text[match.start() - 1].islower() and following[:1].isupper()):
                continue
            if following[:1].islower() or following[:1] in ",;":
                continue
        if match.group()[0] in "!?" and text[stop : stop + 3].lstrip()[:1].islower():
            continue  # Yahoo! shares
        if len(match.group()) > 1 and match.group()[0] in "。！？!?" and _GOES_ON.match(text, stop):
            continue  # (以下「A」といいます。)が営む
        if text[begin:stop].strip():
            spans.append((begin, stop))
        begin = stop
    if text[begin:end].strip():
        spans.append((begin, end))
    trimmed = []
    for first, last in (piece for span in spans for piece in _cut(text, *span)):
        piece = text[first:last]
        trimmed.append((first + len(piece) - len(piece.lstrip()), last - (len(piece) - len(piece.rstrip()))))
    return trimmed


#: Longer than any sentence: tables and listings, which would take time by the square of their length.
_LONGEST = 1_200
_PAUSE = re.compile(r"[,;、，；\s]")


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span in pieces no longer than a sentence may be, cut at the last pause before."""
    while end - start > _LONGEST:
        pauses = [match.end() for match in _PAUSE.finditer(text, start + _LONGEST // 2, start + _LONGEST)]
        stop = pauses[-1] if pauses else start + _LONGEST
        yield start, stop
        start = stop
    if text[start:end].strip():
        yield start, end


_DASH = re.compile(r"\s?(?:--|[–—])\s?|\s-\s")
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}\b|\d{1,2}/\d{1,2}|\([^()]{2,40}\)|/[\w .-]{2,30}/")
_SENTENCE_IN = re.compile(r"[a-z]{5,}\. [A-Z]")
_SHOUTED = re.compile(r"^[A-ZÀ-Þ]{3,}")
_DATELINE = 130


def dateline_end(text: str, start: int, end: int) -> int:
    """Where the news begins in a first paragraph: after "PARIS, March 19, 2024 --"; ``start`` without a dateline."""
    limit = min(end, start + _DATELINE)
    reached = start
    for match in _DASH.finditer(text, start + 2, limit):
        prefix = text[start : match.start()]
        if reached == start:
            if not (_DATED.search(prefix) or _SHOUTED.match(prefix)) or _SENTENCE_IN.search(prefix):
                break
        elif match.start() - reached > 40:
            break
        reached = match.end()
    return reached if end - reached > 20 else start


def is_headline_case(fragment: str) -> bool:
    """True where most longer words begin with a capital, so that a capital says nothing."""
    words: list[str] = [word for word in _WORD.findall(fragment) if len(word) > 3 or not word.isascii()]
    if len(words) < 4:
        return False
    capitals = sum(word[0].isupper() for word in words)
    return capitals * 10 >= 7 * len(words)


def split_sentences(
    text: str,
    furniture: re.Pattern[str] | None = None,
    closing: re.Pattern[str] | None = None,
    *,
    opening: re.Pattern[str] | None = None,
    nouns_capitalised: bool = False,
) -> tuple[Sentence, ...]:
    """Sentences of ``text`` in order. The first paragraph is the title, unless it is too long for one.

    ``furniture`` matches the beginning of a paragraph that is page furniture by itself ("Related: ..."); ``closing``
    one after which only furniture follows ("About Nokia", "Forward-looking statements").
    ``opening`` matches the beginning of a paragraph before which all but the title is a form's head ("Item 1.01 ...").
    Where ``nouns_capitalised`` (German), many capitals make no headline case.
    """
    sentences: list[Sentence] = []
    lead_left = LEAD_SENTENCES
    closed = False
    list_after_furniture = False
    lines = _lines(text)
    opened = 0
    if opening is not None:
        opened = next(
            (place for place, (start, end) in enumerate(lines) if opening.match(text[start : min(end, start + 90)])), 0
        )
    for number, (start, end) in enumerate(lines):
        if number == 0 and end - start <= LONGEST_TITLE:
            sentences.append(
                Sentence(start, end, Zone.TITLE, 0, 0, not nouns_capitalised and is_headline_case(text[start:end]))
            )
            continue
        head = text[start : min(end, start + 90)]
        if closing is not None and not closed and number > max(1, opened) and closing.match(head):
            closed = True
        is_furniture = closed or number < opened
        if furniture is not None and not is_furniture:
            if furniture.match(head):
                is_furniture = True
                list_after_furniture = end - start < 60
            elif list_after_furniture and head[:1] in "-•*–·":
                is_furniture = True
            else:
                list_after_furniture = False
        if number <= _FIRST_PARAGRAPHS and not is_furniture:
            start = dateline_end(text, start, end)
        for first, last in _split(text, start, end):
            fragment = text[first:last]
            if is_furniture:
                zone = Zone.FURNITURE
            elif not sentences and last - first <= LONGEST_TITLE:
                zone = Zone.TITLE
            elif lead_left > 0:
                zone = Zone.LEAD
                if len(fragment) > (20 if _CJK.search(fragment) else 55):
                    lead_left -= 1
            else:
                zone = Zone.BODY
            sentences.append(
                Sentence(
                    first, last, zone, len(sentences), number, not nouns_capitalised and is_headline_case(fragment)
                )
            )
    return tuple(sentences)


class SentenceIndex:
    """Finds the sentence that holds a position."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self._starts = [0, *(sentence.start for sentence in sentences[1:])]

    def at(self, position: int) -> Sentence:
        return self._sentences[bisect_right(self._starts, position) - 1]
