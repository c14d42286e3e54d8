"""The headline of a press release that was filed as a plain document: it is set apart by nothing but its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scrapers.dates import parse_date

_JOINING_WORDS = "a an and as at by for from in into its of on or the their to with will & –"
_JOINING = frozenset(_JOINING_WORDS.split())
_FIGURES = re.compile(r"[\d$%().,—–\-\s]")
_NO_HEADLINE = re.compile(
    r"(?:ex(?:hibit)?[-\s.]*(?:no\.?\s*)?99|for (?:immediate|general)|immediate release|(?:press|news|media) release|"
    r"contacts?\b|(?:investor|media|press|company)[\w /&]{0,30}(?:contacts?|relations)\b|source:|"
    r"document|page|www\.|https?:|\(?(?:nyse|nasdaq)|date\b|released?\b|filed by|subject company|execution)",
    re.IGNORECASE,
)
_EXHIBIT_NUMBER = re.compile(r"ex(?:hibit)?[-\s.]*(?:no\.?\s*)?99(?:\.\d+)?\W*", re.IGNORECASE)
_CONTACT = re.compile(r"@|\(?\b\d{3}\)?[-.\s]\d{3}[-.\s]\d{4}\b|\+\d{1,3}[\s.-]\d")
_DATELINE = re.compile(r"\b(?:19|20)\d\d\b.{0,60}?(?:--|[—–-]|/|\.\.\.)|^[A-Z][A-Z .,'-]{3,40}(?:,|\s[—–-])")
_MAX_HEADLINE = 220
_LONG_LINE = 250


def headline_of(lines: Sequence[str]) -> str | None:
    """The headline of a press release: the first lines before its text that are neither frame, date nor address."""
    for position, written in enumerate(lines[:25]):
        line = _EXHIBIT_NUMBER.sub("", written)
        if len(line) > _LONG_LINE or (len(line) > 100 and _DATELINE.search(line[:160])):
            return None  # the text begins
        if not line or _NO_HEADLINE.match(line) or _CONTACT.search(line) or is_figures(line) or _is_date(line):
            continue
        headline = line
        for following in lines[position + 1 : position + 4]:
            # A headline that was broken by hand goes on in the next line.
            if len(headline) > 90 or _ends(headline) or len(following) > 90 or not _goes_on(headline, following):
                break
            headline = f"{headline} {following}"
        if len(headline.split()) >= 4 and not headline.endswith(":"):
            return headline[:_MAX_HEADLINE].strip()
    return None


def _ends(headline: str) -> bool:
    return headline.endswith((".", "!", "?", ":"))


def _goes_on(headline: str, following: str) -> bool:
    if _NO_HEADLINE.match(following) or _CONTACT.search(following) or _is_date(following):
        return False
    same_case = headline.isupper() == following.isupper()
    broken = headline.rsplit(None, 1)[-1].casefold() in _JOINING or following.split(None, 1)[0].casefold() in _JOINING
    return broken or (same_case and following[:1].islower())


def _is_date(line: str) -> bool:
    return len(line) < 40 and parse_date(line, language="en") is not None


def is_figures(line: str) -> bool:
    """A row of a financial table, or a page number."""
    figures = len(_FIGURES.findall(line))
    return figures * 2 > len(line) and any(map(str.isdigit, line)) and len(line) < 300
