"""What the items of a filing say of the deals that were read from it: their status, and that some are loans.

A company that files under item 2.01 has completed what it tells of; under 1.02 an agreement has ended; under 1.01 one
was made. The article of a filing has the official headings, and these are the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.filings import item_heading
from scrapers.edgar import DEAL_ITEMS
from storage.records import Article, Evidence, Report
from storage.vocabulary import Status

_HEADINGS = re.compile(
    "^(?:" + "|".join(re.escape(item_heading(number)) for number in DEAL_ITEMS) + r"|Exhibit 99(?:\.\d+)?)$",
    re.MULTILINE,
)
#: Words of headings that name what need not have happened, or look like a name.
_MISLEADING = re.compile(
    r"(?<=Item 2\.01 Completion of Acquisition) or Disposition of Assets"
    r"|(?<=Item 7\.01 )Regulation FD Disclosure|(?<=Item 8\.01 )Other Events"
)
#: Items that settle a deal's status, those first that count where a filing has several.
_SETTLING = ("2.01", "1.02", "1.01")
#: What a status read from the text becomes; what is not here is left as it is.
_BECOMES = {
    "2.01": {Status.ANNOUNCED: Status.COMPLETED},
    "1.02": {Status.ANNOUNCED: Status.TERMINATED, Status.COMPLETED: Status.TERMINATED},
    # Contracts tell at length how they may be ended; had this one been, that would be another item.
    "1.01": {Status.RUMORED: Status.ANNOUNCED, Status.TERMINATED: Status.ANNOUNCED},
}
#: In the first words of a section: the company borrows money, or sells securities to those who place them.
_LOAN = re.compile(
    r"\b(?:underwriting agreement|underwriters?|indenture|credit (?:agreement|facility)|loan agreement|"
    r"initial purchasers?|term loan|(?:senior|subordinated|convertible|secured|exchangeable)(?: \w+)? notes|"
    r"notes due \d{4}|at-the-market|equity distribution agreement)\b",
    re.IGNORECASE,
)
_FIRST_WORDS = 700


@dataclass(frozen=True, slots=True)
class _Section:
    item: str  # "" for an exhibit
    start: int
    end: int  # of the heading
    stop: int


def as_read(article: Article) -> Article:
    """The article as the extractor is to read it: of a filing, words of the official headings that would mislead are
    blanks. All else stands where it stood.
    """
    if not _sections(article.text):
        return article
    return replace(article, title=_blanked(article.title), text=_blanked(article.text))


def told_of(article: Article, reports: Sequence[Report]) -> tuple[Report, ...]:
    """What was read in ``as_read(article)``, as reports of ``article``."""
    return tuple(
        replace(
            report,
            headline=article.title,
            evidence=tuple(replace(proof, quote=article.text[proof.start : proof.end]) for proof in report.evidence),
        )
        for report in reports
    )


def settled_by_items(article: Article, reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports with the status that the filing's items give them, without loans and placements of securities.

    Of an article that is no filing, the reports as they are.
    """
    sections = _sections(article.text) if reports else []
    if not sections:
        return tuple(reports)
    return tuple(
        _settled(article.text, report, sections) for report in reports if not _is_loan(article.text, report, sections)
    )


def _blanked(text: str) -> str:
    return _MISLEADING.sub(lambda match: " " * len(match[0]), text)


def _sections(text: str) -> list[_Section]:
    matches = list(_HEADINGS.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    items = [match[0].split()[1] if match[0].startswith("Item") else "" for match in matches]
    if not any(items):
        return []
    return [
        _Section(item, match.start(), match.end(), stop) for item, match, stop in zip(items, matches, ends, strict=True)
    ]


def _settled(text: str, report: Report, sections: Sequence[_Section]) -> Report:
    for item in _SETTLING:
        for section in sections:
            if section.item == item and _tells_of(text, report, section):
                status = _BECOMES[item].get(report.status)
                if status is None:
                    return report
                proof = Evidence("status", text[section.start : section.end], section.start, section.end)
                others = tuple(evidence for evidence in report.evidence if evidence.field != "status")
                return replace(report, status=status, evidence=(*others, proof))
    return report


def _tells_of(text: str, report: Report, section: _Section) -> bool:
    """Whether the section names two of the parties."""
    inside = text[section.end : section.stop].casefold()
    return sum(party.name.casefold() in inside for party in report.parties) > 1


def _is_loan(text: str, report: Report, sections: Sequence[_Section]) -> bool:
    """Whether all that the deal was read from, its type first of all, is the beginning of a section on a loan."""
    places = [evidence.start for evidence in report.evidence if evidence.field == "type"]
    telling = {section for section in sections if any(section.start <= place < section.stop for place in places)}
    return bool(telling) and all(
        section.item and _LOAN.search(text[section.end : min(section.stop, section.end + _FIRST_WORDS)])
        for section in telling
    )
