"""Filings on Form 8-K at the SEC's EDGAR: which there are, and where the whole of one is.

EDGAR tells of filings in two ways: an Atom feed of what just came in from all companies, and JSON of one company's
filings. Both name the items of a filing, so that what is of no interest is never fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from scrapers.errors import NotASubmissionList
from scrapers.links import Link
from scrapers.markup import plain_text

#: The items of Form 8-K that tell of deals, as the SEC calls them.
DEAL_ITEMS: Mapping[str, str] = {
    "1.01": "Entry into a Material Definitive Agreement",
    "1.02": "Termination of a Material Definitive Agreement",
    "2.01": "Completion of Acquisition or Disposition of Assets",
    "7.01": "Regulation FD Disclosure",
    "8.01": "Other Events",
}
#: The feed shows so many filings at once.
PAGE_SIZE = 100

_MAX_COMPANY_BYTES = 20_000_000
_ITEM = re.compile(r"\bItem\s+(\d\.\d\d)\b", re.IGNORECASE)
_TITLE = re.compile(r"(8-K\S*)\s+-\s+(.*?)\s*\((\d{10})\)(?:\s*\(\w[\w ]*\))?\s*")
_ACCESSION = re.compile(r"\b\d{10}-\d{2}-\d{6}\b")
_INDEX_PAGE = re.compile(r"-index\.html?$", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def current_filings_url(base: str, start: int) -> str:
    """The feed of the latest 8-K filings of all companies, from the ``start``-th on. ``base`` is EDGAR's address."""
    query = f"action=getcurrent&type=8-K&owner=include&count={PAGE_SIZE}&start={start}&output=atom"
    return urljoin(base, f"/cgi-bin/browse-edgar?{query}")


def company_url(base: str, cik: str) -> str:
    """The JSON of one company's filings. ``base`` is the address of EDGAR's data."""
    return urljoin(base, f"/submissions/CIK{cik.zfill(10)}.json")


def submission_url(index_page: str) -> str:
    """Where the whole filing is as one text file, by the address of its index page."""
    return _INDEX_PAGE.sub(".txt", index_page)


def current_filings(links: Sequence[Link], items: Collection[str]) -> tuple[Link, ...]:
    """Of the feed's entries the 8-K filings with one of these items, each once however many companies filed it.

    An entry that names no items at all is kept: what it holds shows when it is read.
    """
    kept: dict[str, Link] = {}
    for link in links:
        title = _TITLE.fullmatch(link.title or "")
        named = _ITEM.findall(link.summary or "")
        accession = _ACCESSION.search(f"{link.guid or ''} {link.summary or ''} {urlsplit(link.url).path}")
        if title is None or accession is None or not _INDEX_PAGE.search(urlsplit(link.url).path):
            continue
        if named and not set(named) & set(items):
            continue
        shown = replace(link, title=_told(title[2], title[1], named), guid=accession[0], summary=None, modified=None)
        kept.setdefault(accession[0], shown)
    return tuple(kept.values())


def company_filings(body: bytes, *, url: str, base: str, items: Collection[str], most: int) -> tuple[Link, ...]:
    """The newest ``most`` 8-K filings with one of these items, from the JSON of a company's filings.

    ``base`` is EDGAR's address, under which filings are. Raises NotASubmissionList.
    """
    if len(body) > _MAX_COMPANY_BYTES:
        raise NotASubmissionList(url, f"it is more than {_MAX_COMPANY_BYTES:,} bytes")
    try:
        told = json.loads(body)
        name, cik = told["name"], int(told["cik"])
        recent = told["filings"]["recent"]
        columns = [recent[key] for key in ("accessionNumber", "form", "items", "filingDate")]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotASubmissionList(url, f"it is no list of a company's filings ({type(error).__name__})") from error
    if not all(isinstance(column, list) for column in columns) or not isinstance(name, str) or cik < 0:
        raise NotASubmissionList(url, "it is no list of a company's filings")
    return tuple(_of_company(columns, name, cik, base, items, most))


def _of_company(
    columns: Sequence[Sequence[object]],
    name: str,
    cik: int,
    base: str,
    items: Collection[str],
    most: int,
) -> Iterator[Link]:
    taken = 0
    for accession, form, named, filed in zip(*columns, strict=False):
        if taken == most:
            return
        if not (isinstance(accession, str) and isinstance(form, str) and isinstance(named, str)):
            continue
        numbers = [number.strip() for number in named.split(",") if number.strip()]
        if not form.startswith("8-K") or not _ACCESSION.fullmatch(accession) or not set(numbers) & set(items):
            continue
        day = filed if isinstance(filed, str) and _DAY.fullmatch(filed) else None
        taken += 1
        folder = f"/Archives/edgar/data/{cik}/{accession.replace('-', '')}/{accession}-index.htm"
        yield Link(urljoin(base, folder), title=_told(name, form, numbers), published=day, guid=accession)


def _told(company: str, form: str, items: Sequence[str]) -> str | None:
    named = ", ".join(item for item in dict.fromkeys(items) if item in DEAL_ITEMS)
    return plain_text(f"{company}: {form}" + (f" item {named}" if named else ""), 300)
