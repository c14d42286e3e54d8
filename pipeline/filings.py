"""Form 8-K as an article: what its items of interest say, and the press release that was filed with them.

A filing is mostly frame: a cover page, boxes to tick, legal notices, signatures, lists of exhibits. What is left of it
here is, under their official headings, the sections that tell of deals, and the text of its exhibits 99.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.decoding import decode, is_binary
from pipeline.plain_lines import plain_lines, wrapped_lines
from pipeline.release_headline import headline_of, is_figures
from scrapers.dates import parse_date
from scrapers.edgar import DEAL_ITEMS
from scrapers.edgar_submission import FilingDocument, Submission

#: The heading of an exhibit in the text of an article.
EXHIBIT = "Exhibit 99"

_MAX_SECTION_CHARS = 4_000
_MAX_EXHIBIT_CHARS = 20_000
_MAX_DOCUMENT_BYTES = 3_000_000

_ITEM = re.compile(r"item\s*(\d)\s*\.\s*(\d\d)(?!\d)(?:\(\w\))*[\s.:;()\-–—]*(.*)", re.IGNORECASE)
#: How the official titles begin, and how they began in earlier years: a sentence may begin with "Item 1.01" too.
_TITLE_WORDS = re.compile(
    r"(?:entry|termination|completion|acquisition|regulation|reg\.? fd|other|results|creation|triggering|costs?|"
    r"material|notice|unregistered|changes?|non-?reliance|departure|election|amendments?|temporary|submission|"
    r"shareholder|financial|exhibits|bankruptcy|mine|cybersecurity|failure|abs|securities|\Z)",
    re.IGNORECASE,
)
_END = re.compile(r"(?:signatures?|exhibit index|index to exhibits|exhibits index)\W*", re.IGNORECASE)
_NOTICE = re.compile(
    r"(?:cautionary (?:note|statements?|language)|forward[- ]looking (?:statements?|information)|safe harbor|"
    r"(?:important )?additional information|where (?:you can|to) find|important information|no offer|"
    r"participants in (?:the )?(?:merger )?solicitation|non-solicitation)",
    re.IGNORECASE,
)
_FORM_NAME = re.compile(r"\bform\s+(8-?k(?:12[bg]3?)?(?:/a)?)\b", re.IGNORECASE)
_COMMISSION = re.compile(r"securities\s+and\s+exchange\s+commission", re.IGNORECASE)
_EXACT_NAME = re.compile(r"\(?\s*exact\s+names?\s+of\s+(?:the\s+)?(?:registrants?|issuer)", re.IGNORECASE)
_DATED = re.compile(r"^(?:date[d]?)\s*(?:as of|of)?\s*:?\s*(\w+\s+\d{1,2}\s*,?\s*\d{4})\b", re.IGNORECASE)
_REPORT_DATE = re.compile(
    r"date\s+of\s+(?:report|earliest)[^:\d]{0,80}:?\)?\s*:?\s*(\w+\s+\d{1,2}\s*,\s*\d{4})", re.IGNORECASE
)
_CITED = re.compile(r"\bexhibits?\s+((?:99(?:\.\d+)?(?:\s*(?:,|and|through|to|&)\s*)*)+)", re.IGNORECASE)
_NUMBER = re.compile(r"99(?:\.\d+)?")
_BULLETS = frozenset("•·▪◦‣○●-–—*")
_FORMS = frozenset({"INC", "LTD", "CO", "THE", "AND", "OF"})


@dataclass(frozen=True, slots=True)
class FilingText:
    """What a filing says of deals. ``text`` begins with the title; ``day`` is ISO 8601."""

    title: str
    text: str
    company: str | None
    accepted_at: datetime | None = None
    day: str | None = None


def filing_text(submission: Submission) -> FilingText | None:
    """The text of a whole filing; None when it is no Form 8-K, or holds no text."""
    main = next((document for document in submission.documents if document.type.startswith("8-K")), None)
    if main is None:
        return None
    lines = document_lines(main)
    sections = item_sections(lines)
    exhibits = _exhibits(submission.documents, sections)
    company = _cased(submission.company or _registrant(lines))
    return _composed(company, _told_sections(sections), exhibits, submission.accepted_at, _filed(lines))


def saved_filing_text(lines: Sequence[str]) -> FilingText | None:
    """The text of a Form 8-K that was saved by itself, from its lines; None when it is something else."""
    cover = "\n".join(lines[:80])
    if not (_FORM_NAME.search(cover) and _COMMISSION.search(cover)):
        return None
    sections = _told_sections(item_sections(lines))
    return _composed(_cased(_registrant(lines)), sections, [], None, _filed(lines))


def item_heading(number: str) -> str:
    """The line above an item's section in the text of an article."""
    return f"Item {number} {DEAL_ITEMS.get(number, '')}".strip()


def document_lines(document: FilingDocument) -> list[str]:
    """A document of a filing as lines; none for what is neither HTML nor text."""
    body = document.body[:_MAX_DOCUMENT_BYTES]
    if not body.strip() or is_binary(body) or body.startswith((b"begin 644", b"%PDF")):
        return []
    text = decode(body, content_type=None)
    if not re.search(r"<(?:html|body|div|p|font|table)\b", text[:20_000], re.IGNORECASE):
        return wrapped_lines(re.sub(r"<[A-Za-z/][^<>\n]{0,40}>", " ", text))
    import trafilatura  # 0.8 s to import

    tree = trafilatura.load_html(text if "html" in text[:50].lower() else f"<!doctype html>\n{text}")
    return [] if tree is None else plain_lines(tree)


def item_sections(lines: Sequence[str]) -> dict[str, list[str]]:
    """The paragraphs under each item's heading, by its number ("1.01"). Of a table of contents nothing remains."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    number = ""

    def close() -> None:
        if current is not None and sum(map(len, current)) >= sum(map(len, found.get(number, []))):
            found[number] = current

    pending = False  # a heading whose title may be the next line
    for line in lines:
        heading = _ITEM.match(line)
        if heading is not None and (_TITLE_WORDS.match(heading[3]) or heading[3].casefold() in ("", "(a)")):
            close()
            number = f"{heading[1]}.{heading[2]}"
            rest = _behind_title(number, heading[3])
            current = [rest] if rest else []
            pending = not heading[3]
        elif _END.fullmatch(line):
            close()
            current = None
        elif current is not None:
            if pending and _is_title(number, line):
                line = _behind_title(number, line)
            pending = False
            if line:
                current.append(line)
    close()
    return found


def _is_title(number: str, line: str) -> bool:
    title = DEAL_ITEMS.get(number)
    return bool(_TITLE_WORDS.match(line)) and len(line) < 120 if title is None else _same_start(title, line)


def _same_start(title: str, line: str) -> bool:
    return line.casefold().startswith(title.casefold()[:12])


def _behind_title(number: str, line: str) -> str:
    """What follows on a heading's line: some filings run on."""
    title = DEAL_ITEMS.get(number)
    if title is None:
        return ""
    pattern = r"\W+".join(map(re.escape, title.split()))
    match = re.match(rf"{pattern}[\s.:;\-–—]*", line, re.IGNORECASE)
    return line[match.end() :] if match else "" if len(line) < 120 else line


def _told_sections(sections: dict[str, list[str]]) -> dict[str, list[str]]:
    """The sections that tell of deals, or whatever there is where none does; without legal notices and lists of
    exhibits, cut where the terms of a contract go on and on.
    """
    debt = " ".join(sections.get("2.03", ()))
    left_out = {"9.01"}
    if "2.01" not in sections and re.search(r"item\s*1\.01", debt, re.IGNORECASE):
        left_out.add("1.01")  # the agreement is a loan: item 2.03 tells of the debt and points there
    told = {number: _told(lines) for number, lines in sorted(sections.items()) if number not in left_out}
    told = {number: lines for number, lines in told.items() if lines}
    return {number: lines for number, lines in told.items() if number in DEAL_ITEMS} or told or sections


def _told(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    size = 0
    for line in lines:
        if _NOTICE.match(line) and len(line) < 200:
            break
        if kept and size + len(line) > _MAX_SECTION_CHARS:
            break
        if is_figures(line):
            continue
        if kept and kept[-1] in _BULLETS:
            line = f"{kept.pop()} {line}"
        kept.append(line)
        size += len(line)
    return kept


def _exhibits(documents: Sequence[FilingDocument], sections: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """The exhibits 99 that sections on deals name, or all when none is named by anyone."""
    there = [
        (document.type.removeprefix("EX-"), document) for document in documents if document.type.startswith("EX-99")
    ]
    named = {number: _cited(lines) for number, lines in sections.items() if number != "9.01"}
    ours = set().union(*(cited for number, cited in named.items() if number in DEAL_ITEMS))
    others = set().union(*(cited for number, cited in named.items() if number not in DEAL_ITEMS)) - ours
    kept: list[tuple[str, list[str]]] = []
    room = _MAX_EXHIBIT_CHARS
    for number, document in there:
        if number in others or (ours and number not in ours):
            continue
        lines: list[str] = []
        for line in document_lines(document):
            if is_figures(line):
                continue
            if len(line) > room:
                break
            lines.append(line)
            room -= len(line)
        if lines:
            kept.append((number, lines))
    return kept


def _cited(lines: Sequence[str]) -> set[str]:
    return {number for match in _CITED.finditer(" ".join(lines)) for number in _NUMBER.findall(match[1])}


def _composed(
    company: str | None,
    sections: dict[str, list[str]],
    exhibits: Sequence[tuple[str, list[str]]],
    accepted_at: datetime | None,
    day: str | None,
) -> FilingText | None:
    if not sections and not exhibits:
        return None
    told = next((headline for _, lines in exhibits if (headline := headline_of(lines))), None)
    heading = next(map(item_heading, sections), "Form 8-K")
    title = told or (f"{company}: {heading}" if company else heading)
    parts = [title]
    for number, lines in sections.items():
        parts += [item_heading(number), *lines]
    for number, lines in exhibits:
        parts += [f"Exhibit {number}", *lines]
    return FilingText(title, "\n\n".join(parts), company, accepted_at, day)


def _registrant(lines: Sequence[str]) -> str | None:
    """The company's name: it stands on the cover, above the words that say so."""
    for position, line in enumerate(lines[:80]):
        if match := _EXACT_NAME.search(line):
            before = line[: match.start()].strip(" (_-")
            named = before or next((text for text in reversed(lines[:position]) if any(map(str.isalpha, text))), "")
            return named[:150] or None
    return None


def _cased(company: str | None) -> str | None:
    """A name in capitals as it is written elsewhere, short words (which may be letters of a name) left alone."""
    if company is None or not company.isupper():
        return company
    words = company.split()
    return " ".join(word if len(word) <= 3 and word.rstrip(".,") not in _FORMS else word.title() for word in words)


def _filed(lines: Sequence[str]) -> str | None:
    """The day of the signature, else that of the report."""
    for line in reversed(lines[-80:]):
        if match := _DATED.match(line):
            return parse_date(match[1], language="en")
    match = _REPORT_DATE.search(" ".join(lines[:80]))
    return parse_date(match[1], language="en") if match else None
