"""Filings at EDGAR as its servers give them, of invented companies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

ITEM_NAMES = {
    "1.01": "Entry into a Material Definitive Agreement",
    "1.02": "Termination of a Material Definitive Agreement",
    "2.01": "Completion of Acquisition or Disposition of Assets",
    "2.02": "Results of Operations and Financial Condition",
    "2.03": "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement",
    "5.02": "Departure of Directors or Certain Officers",
    "7.01": "Regulation FD Disclosure",
    "8.01": "Other Events",
    "9.01": "Financial Statements and Exhibits",
}
COMPANY = "Quillmere Systems, Inc."
AGREED = (
    "On November 3, 2026, Quillmere Systems, Inc. (the “Company”) entered into a definitive agreement to acquire "
    "Fennholt Photonics, a maker of optical chips for data centers, for $420 million in cash."
)
COMPLETED = (
    "On November 3, 2026, Quillmere Systems, Inc. (the “Company”) acquired Fennholt Photonics, a maker of optical "
    "chips for data centers, for $420 million in cash."
)
_RELEASE_TEXT = (
    "<html><body><p>Exhibit 99.1</p><p>FOR IMMEDIATE RELEASE</p><p>Investor contact: Ada Osei, 555-010-2030</p>"
    "<p><b>Quillmere to Acquire Fennholt Photonics for $420 Million</b></p>"
    "<p>AUSTIN, Texas, November 3, 2026 – Quillmere Systems, Inc. today said it has agreed to acquire Fennholt "
    "Photonics, a maker of optical chips for data centers, for $420 million in cash.</p></body></html>"
)
RELEASE = ("EX-99.1", _RELEASE_TEXT)


def accession(number: int) -> str:
    return f"0001234567-26-{number:06}"


def index_path(number: int, cik: int = 1234567) -> str:
    return f"/Archives/edgar/data/{cik}/{accession(number).replace('-', '')}/{accession(number)}-index.htm"


def form_8k(sections: Mapping[str, str], *, company: str = COMPANY) -> str:
    """The HTML of a Form 8-K: cover, table of contents, these sections, signature."""
    contents = "".join(f"<tr><td>Item {item}.</td><td>{ITEM_NAMES[item]}</td></tr>" for item in sections)
    told = "".join(
        f"<p><b>Item&#160;{item}.</b> <b>{ITEM_NAMES[item]}.</b></p><p>{text}</p>" for item, text in sections.items()
    )
    return (
        '<html><head><title>8-K</title></head><body><div style="display:none"><ix:header>XBRL</ix:header></div>'
        "<p>UNITED STATES</p><p>SECURITIES AND EXCHANGE COMMISSION</p><p>FORM 8-K</p><p>CURRENT REPORT</p>"
        f"<p>Date of Report (Date of earliest event reported): November 3, 2026</p><p>{company}</p>"
        "<p>(Exact name of registrant as specified in its charter)</p><p>☐ Written communications</p>"
        f"<table>{contents}<tr><td>SIGNATURES</td></tr></table>{told}"
        "<p>SIGNATURES</p><p>Pursuant to the requirements of the Act, the registrant has signed.</p>"
        "<p>Date: November 4, 2026</p><p>By: /s/ Ada Osei</p></body></html>"
    )


def submission(
    number: int, sections: Mapping[str, str], exhibits: Sequence[tuple[str, str]] = (), *, form: str = "8-K",
    company: str = COMPANY,
) -> bytes:  # fmt: skip
    """The full text of a filing."""
    items = "".join(f"ITEM INFORMATION:\t\t{ITEM_NAMES[item]}\n" for item in sections)
    documents = [(form, form_8k(sections, company=company)), *exhibits, ("GRAPHIC", "begin 644 logo.jpg\nM1234\nend")]
    bodies = "".join(
        f"<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>{place}\n<FILENAME>d{place}.htm\n<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>\n"
        for place, (kind, text) in enumerate(documents, 1)
    )
    return (
        f"<SEC-DOCUMENT>{accession(number)}.txt : 20261104\n<SEC-HEADER>{accession(number)}.hdr.sgml : 20261104\n"
        f"<ACCEPTANCE-DATETIME>20261104163025\nACCESSION NUMBER:\t\t{accession(number)}\n"
        f"CONFORMED SUBMISSION TYPE:\t{form}\n{items}FILED AS OF DATE:\t\t20261104\n\nFILER:\n\n\tCOMPANY DATA:\n"
        f"\t\tCOMPANY CONFORMED NAME:\t\t\t{company.upper()}\n\t\tCENTRAL INDEX KEY:\t\t\t0001234567\n</SEC-HEADER>\n"
        f"{bodies}</SEC-DOCUMENT>\n"
    ).encode()


def current_feed(base: str, entries: Sequence[tuple[int, str, Sequence[str]]], *, hour: int = 16) -> bytes:
    """EDGAR's feed of (number, form, items), the newest first."""
    told = "".join(
        f"<entry><title>{form} - {COMPANY.upper()} (0001234567) (Filer)</title>"
        f'<link rel="alternate" type="text/html" href="{base}{index_path(number)}"/>'
        '<summary type="html">'
        + escape(
            f" <b>Filed:</b> 2026-11-04 <b>AccNo:</b> {accession(number)} <b>Size:</b> 2 MB"
            + "".join(f"\n<br>Item {item}: {ITEM_NAMES[item]}" for item in items)
        )
        + f"</summary><updated>2026-11-04T{hour:02}:{number % 60:02}:25-05:00</updated>"
        f"<id>urn:tag:sec.gov,2008:accession-number={accession(number)}</id></entry>"
        for number, form, items in entries
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" ?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>Latest Filings</title>{told}</feed>"
    ).encode("latin-1")


def company_json(filings: Sequence[tuple[int, str, Sequence[str], str]]) -> bytes:
    """A company's filings: (number, form, items, day)."""
    recent = {
        "accessionNumber": [accession(number) for number, _, _, _ in filings],
        "form": [form for _, form, _, _ in filings],
        "items": [",".join(items) for _, _, items, _ in filings],
        "filingDate": [day for _, _, _, day in filings],
    }
    return json.dumps({"cik": "1234567", "name": COMPANY, "filings": {"recent": recent, "files": []}}).encode()
