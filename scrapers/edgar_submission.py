"""The full text of a filing at EDGAR: one SGML file with a header and all its documents.

The format is the SEC's "PDS dissemination" one: a header of ``NAME:<tab>value`` lines (or, in what EDGAR disseminates,
``<NAME>value``) and then documents, each between ``<DOCUMENT>`` and ``</DOCUMENT>`` with its type, file name and text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scrapers.edgar import DEAL_ITEMS
from scrapers.errors import NotASubmission

#: EDGAR's clock.
EASTERN = ZoneInfo("America/New_York")

_MAX_HEADER = 200_000
_MAX_DOCUMENTS = 500
_BEGINS = re.compile(rb"<(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION|SEC-HEADER|IMS-HEADER|DOCUMENT)>")
_DOCUMENT = re.compile(rb"<DOCUMENT>(.*?)(?:</DOCUMENT>|\Z)", re.DOTALL)
_TEXT = re.compile(rb"<TEXT>(.*?)(?:</TEXT>|\Z)", re.DOTALL)
_TAG_LINE = re.compile(rb"^<(TYPE|FILENAME|DESCRIPTION)>([^\r\n<]{0,300})", re.MULTILINE)
_ACCEPTED = re.compile(r"<ACCEPTANCE-DATETIME>\s*(\d{14})")
_FORM = re.compile(r"^CONFORMED SUBMISSION TYPE:[ \t]*(\S[^\r\n<]*)|^<TYPE>(\S[^\r\n<]*)", re.MULTILINE)
_ITEM_NAME = re.compile(r"^ITEM INFORMATION:[ \t]*(\S.*)$", re.MULTILINE)
_ITEM_NUMBER = re.compile(r"^<ITEMS?>\s*(\d\.\d\d)", re.MULTILINE)
_COMPANY = re.compile(r"COMPANY CONFORMED NAME:[ \t]*(\S.*)$|^<CONFORMED-NAME>(\S.*)$", re.MULTILINE)
_CIK = re.compile(r"CENTRAL INDEX KEY:\s*(\d{1,10})|^<CIK>(\d{1,10})", re.MULTILINE)
_ACCESSION = re.compile(r"ACCESSION NUMBER:\s*(\d{10}-\d\d-\d{6})|^<ACCESSION-NUMBER>(\d{10}-\d\d-\d{6})", re.MULTILINE)
_NUMBERS = {name.casefold(): number for number, name in DEAL_ITEMS.items()}


@dataclass(frozen=True, slots=True)
class FilingDocument:
    """One document of a filing. ``type`` is the SEC's word ("8-K", "EX-99.1"); ``body`` is HTML or text, as filed."""

    type: str
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """A whole filing. ``items`` are the numbers of those of its items that tell of deals; None: the header names none.

    ``accepted_at`` is when EDGAR took it, aware UTC.
    """

    form: str
    company: str | None
    cik: str | None
    accession: str | None
    accepted_at: datetime | None
    items: tuple[str, ...] | None
    documents: tuple[FilingDocument, ...]


def is_submission(body: bytes) -> bool:
    """Whether a file is (the beginning of) a filing's full text."""
    return _BEGINS.search(body[:2000]) is not None


def parse_submission(body: bytes, *, url: str) -> Submission:
    """Take a filing's full text apart; one that was cut short is read as far as it goes.

    Raises NotASubmission.
    """
    if not is_submission(body):
        raise NotASubmission(url, "it does not begin like the full text of a filing")
    start = body.find(b"<DOCUMENT>")
    header = body[: start if start >= 0 else len(body)][:_MAX_HEADER].decode("latin-1")
    documents = tuple(_documents(body))
    form = _first(_FORM, header) or (documents[0].type if documents else "")
    return Submission(
        form=form,
        company=_first(_COMPANY, header),
        cik=_first(_CIK, header),
        accession=_first(_ACCESSION, header),
        accepted_at=_accepted(header),
        items=_items(header),
        documents=documents,
    )


def told_of_deals(body: bytes) -> bytes:
    """``body`` without the documents that tell nothing of deals: contracts in full, tables for machines, pictures.

    What is not a submission comes back as it is.
    """
    start = body.find(b"<DOCUMENT>")
    if start < 0 or not is_submission(body):
        return body
    kept = [match[0] for match in _DOCUMENT.finditer(body, start) if _is_told(_tags(match[1]).get("TYPE", ""))]
    return body[:start] + b"\n".join(kept)


def _is_told(kind: str) -> bool:
    return kind.upper().startswith(("8-K", "EX-99"))


def _documents(body: bytes) -> Iterator[FilingDocument]:
    for number, match in enumerate(_DOCUMENT.finditer(body)):
        if number == _MAX_DOCUMENTS:
            return
        text = _TEXT.search(match[1])
        if text is not None:
            tags = _tags(match[1][: text.start()])
            inside = text[1].strip().removeprefix(b"<XBRL>").removesuffix(b"</XBRL>").strip()
            yield FilingDocument(tags.get("TYPE", "").upper(), tags.get("FILENAME", ""), inside)


def _tags(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _TAG_LINE.finditer(head[:5000]):
        found.setdefault(match[1].decode("ascii"), match[2].decode("latin-1").strip())
    return found


def _items(header: str) -> tuple[str, ...] | None:
    names = [name.strip() for name in _ITEM_NAME.findall(header)]
    numbers = _ITEM_NUMBER.findall(header)
    if not names and not numbers:
        return None
    known = [_NUMBERS[name.casefold()] for name in names if name.casefold() in _NUMBERS]
    return tuple(dict.fromkeys([*known, *(number for number in numbers if number in DEAL_ITEMS)]))


def _accepted(header: str) -> datetime | None:
    match = _ACCEPTED.search(header)
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=EASTERN).astimezone(UTC) if match else None
    except (ValueError, OverflowError):
        return None


def _first(pattern: re.Pattern[str], header: str) -> str | None:
    match = pattern.search(header)
    return next((group.strip() for group in match.groups() if group), None) if match else None
