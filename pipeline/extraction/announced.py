"""When a deal was announced: what the text says ("on Tuesday", a dateline's date), resolved against its publication."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale

from pipeline.extraction.lexicon import CompiledLexicon, fold
from pipeline.extraction.segmentation import Sentence, Zone
from scrapers.dates import parse_date
from storage.records import Article
from storage.vocabulary import DatePrecision

#: A dateline further from the publication than this belongs to something else (an event, an older release).
_NEAR = timedelta(days=31)
_WEEK = 7
_DATELINE = 130
#: A line of its own with hardly more than a date on it, such as stands under a headline.
_DATE_LINE = 60
_FIRST_LINES = 6
#: Such a line begins with the date: "Closing expected: 31 December 2029" is none.
_DATE = 22
#: Characters before and after the name of a day in which a word may say that it is to come or another week's.
_BEFORE, _AFTER = 60, 14


@dataclass(frozen=True, slots=True)
class Announced:
    """The day, how precisely it is known, and ``text[start:end]`` that says so (None: the page's own date)."""

    day: date
    precision: DatePrecision
    span: tuple[int, int] | None = None


def announced_on(
    article: Article, lexicon: CompiledLexicon, sentences: Sequence[Sentence], deal_sentences: Collection[int]
) -> Announced | None:
    """The day the deal was announced; None where nothing tells.

    ``deal_sentences`` tell of the deal; those in front are searched for "today", "yesterday" and days of the week.
    They count back from the publication, else from the dateline.
    """
    published = article.published_at.date() if article.published_at is not None else None
    exact = published is not None and article.published_precision is DatePrecision.DAY
    written = _written_date(article, sentences)
    if published is not None and written is not None and not _fits(written.day, published, article.published_precision):
        written = None
    base = written or (Announced(published, DatePrecision.DAY) if published is not None and exact else None)
    if base is not None:
        said = _said(article.text, lexicon, sentences, deal_sentences, base.day)
        if said is None:
            return base
        try:
            return Announced(base.day - timedelta(days=said[0]), DatePrecision.DAY, said[1])
        except OverflowError:  # the first day of the calendar
            return base
    if published is not None and article.published_precision is not None:
        return Announced(published, article.published_precision)
    return None


def _fits(written: date, published: date, precision: DatePrecision | None) -> bool:
    """Whether a written date may be the announcement's of what was published then, as precisely as that is known."""
    if precision is DatePrecision.YEAR:
        return written.year == published.year
    if precision is DatePrecision.MONTH:
        return (written.year, written.month) == (published.year, published.month)
    return timedelta(0) <= published - written <= _NEAR


def _written_date(article: Article, sentences: Sequence[Sentence]) -> Announced | None:
    """The full date of a dateline or of a line that is hardly more than a date, near the beginning."""
    text = article.text
    starts: dict[int, int] = {}  # of each line, its first sentence
    for sentence in sentences[1:]:
        starts.setdefault(text.rfind("\n", 0, sentence.start) + 1, sentence.start)
        if len(starts) == _FIRST_LINES:
            break
    for line, end in starts.items():
        if end == line:  # no dateline was cut off here
            stop = text.find("\n", line)
            end = stop if stop >= 0 else len(text)
            if end - line > _DATE_LINE or parse_date(text[line : line + _DATE], language=article.language) is None:
                continue
        end = min(end, line + _DATELINE)
        found = parse_date(text[line:end], language=article.language)
        if found is not None and len(found) >= len("2026-11-05"):
            return Announced(date.fromisoformat(found[:10]), DatePrecision.DAY, (line, end))
    return None


def _said(
    text: str,
    lexicon: CompiledLexicon,
    sentences: Sequence[Sentence],
    deal_sentences: Collection[int],
    base: date,
) -> tuple[int, tuple[int, int]] | None:
    """How many days before ``base`` the sentences in front say it was, and where; None where they say nothing."""
    today, yesterday, weekdays, other, after, speech = _patterns(lexicon)
    for sentence in sentences:
        if sentence.index not in deal_sentences or sentence.zone is not Zone.LEAD:
            continue
        said = fold(text[sentence.start : sentence.end])
        for pattern, days in ((today, 0), (yesterday, 1), (weekdays, None)):
            for match in pattern.finditer(said) if pattern is not None else ():
                before = said[max(0, match.start() - _BEFORE) : match.start()]
                turned = list(other.finditer(before)) if other is not None else []
                if turned and not (speech is not None and speech.search(before, turned[-1].end())):
                    continue  # "will close on Friday", but not "will buy it, A said on Friday"
                if after is not None and after.search(said, match.end(), match.end() + _AFTER):
                    continue
                if days is None:
                    days = (base.weekday() - _weekday_numbers(lexicon.data.language)[match.group(1)]) % _WEEK
                return days, (sentence.start + match.start(), sentence.start + match.end())
    return None


@lru_cache(maxsize=16)
def _weekday_numbers(language: str) -> dict[str, int]:
    """The names of the days of the week (CLDR), Monday 0."""
    names = Locale.parse(language).days["format"]["wide"]
    short = Locale.parse(language).days["format"]["abbreviated"] if language in ("zh", "ja", "ko") else {}
    found = {str(name).lower(): number for number, name in names.items()}
    found |= {str(name).lower(): number for number, name in short.items() if len(str(name)) > 1}
    return found


@lru_cache(maxsize=16)
def _patterns(lexicon: CompiledLexicon) -> tuple[re.Pattern[str] | None, ...]:
    """Of today, yesterday, the days of the week, and the words beside them that make them other days."""
    days = lexicon.data.days
    spaced = lexicon.data.script == "latin"

    def any_of(words: Collection[str]) -> re.Pattern[str] | None:
        if not words:
            return None
        choice = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        return re.compile(rf"(?<!\w)({choice})(?!\w)" if spaced else f"({choice})")

    names = _weekday_numbers(lexicon.data.language)
    speech = lexicon.data.names.speech
    return tuple(map(any_of, (days.today, days.yesterday, names, days.other, days.other_after, speech)))
