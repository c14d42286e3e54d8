"""What a Markdown file says of itself between two lines of dashes at its beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.metadata import Moment, parse_moment
from scrapers.dates import parse_date

_BLOCK = re.compile(r"\A\s*---[ \t]*\n(.{0,10000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Title and date, where they are given."""

    title: str | None = None
    date: Moment | None = None


def read_front_matter(text: str) -> FrontMatter:
    """The front matter of ``text``; empty when there is none, or none that can be read. Never raises."""
    block = _BLOCK.match(text)
    if block is None:
        return FrontMatter()
    import yaml

    try:
        noted = yaml.safe_load(block[1])
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date that is none, such as 2026-02-30
        return FrontMatter()
    if not isinstance(noted, dict):
        return FrontMatter()
    title = noted.get("title")
    return FrontMatter(" ".join(title.split()) or None if isinstance(title, str) else None, _moment(noted.get("date")))


def _moment(value: object) -> Moment | None:
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.date()  # a time of no zone says only the day
    if isinstance(value, date):  # a datetime too
        return parse_moment(value.isoformat())
    return parse_moment(parse_date(value, language=None)) if isinstance(value, str) else None
