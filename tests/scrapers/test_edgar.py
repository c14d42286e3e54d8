"""EDGAR: which filings there are, what is in one."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.edgar import DEAL_ITEMS, company_filings, current_filings_url
from scrapers.edgar_submission import is_submission, parse_submission, told_of_deals
from scrapers.errors import NotASubmission, NotASubmissionList, ScrapeError
from scrapers.http import HttpClient, HttpSettings
from scrapers.links import Link
from scrapers.pages import Page, fetch_page
from scrapers.poll import poll
from scrapers.sources import EdgarSource, Poll, Validators
from tests.edgar_samples import (
    AGREED,
    COMPANY,
    RELEASE,
    accession,
    company_json,
    current_feed,
    index_path,
    submission,
)
from tests.loopback import LoopbackServer

SETTINGS = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, http2=False)
KEEP_OUT = b"User-agent: *\nDisallow: /cgi-bin\n"


def feed_path(start: int) -> str:
    return current_filings_url("http://x", start).removeprefix("http://x")


def look(source: EdgarSource, validators: Validators | None = None) -> Poll:
    async def once() -> Poll:
        async with HttpClient(SETTINGS) as client:
            return await poll(source, client, validators)

    return asyncio.run(once())


def fetched(source: EdgarSource, link: Link) -> Page:
    async def once() -> Page:
        async with HttpClient(SETTINGS) as client:
            return await fetch_page(link, source, client)

    return asyncio.run(once())


def edgar(server: LoopbackServer, *companies: str, **settings: object) -> EdgarSource:
    base = server.url("")
    return EdgarSource("SEC", companies, base_url=base, data_url=base, **settings)  # type: ignore[arg-type]


def test_of_what_comes_in_the_filings_with_items_of_interest_are_taken_once(server: LoopbackServer) -> None:
    server.add("/robots.txt", KEEP_OUT)
    entries = [
        (5, "8-K", ["2.01", "9.01"]),
        (4, "8-K/A", ["1.01"]),
        (4, "8-K/A", ["1.01"]),
        (3, "8-K", ["2.02", "9.01"]),
        (2, "8-K", []),
        (1, "SC 13D", []),
    ]
    server.add(feed_path(0), current_feed(server.url(""), entries))
    found = look(edgar(server))
    assert [link.guid for link in found.links] == [accession(5), accession(4), accession(2)]
    assert found.links[0] == Link(
        server.url(index_path(5)),
        title=f"{COMPANY.upper()}: 8-K item 2.01",
        published="2026-11-04T21:05:25+00:00",
        guid=accession(5),
    )
    assert found.validators.cursor == "2026-11-04T21:05:25+00:00"
    assert server.count(feed_path(100)) == 0, "the first look takes no flood"


def test_later_looks_go_back_to_where_the_last_one_was(server: LoopbackServer) -> None:
    server.add(feed_path(0), current_feed(server.url(""), [(9, "8-K", ["1.01"]), (8, "8-K", ["1.01"])]))
    server.add(feed_path(100), current_feed(server.url(""), [(7, "8-K", ["8.01"]), (6, "8-K", ["1.01"])]))
    seen = Validators(cursor="2026-11-04T21:07:00+00:00")
    found = look(edgar(server), seen)
    assert [link.guid for link in found.links] == [accession(number) for number in (9, 8, 7, 6)]
    assert not found.notes
    assert server.count(feed_path(200)) == 0
    quiet = look(edgar(server), found.validators)
    assert quiet.validators == found.validators


def test_a_gap_that_edgar_no_longer_shows_is_told(server: LoopbackServer) -> None:
    for start in range(0, 1000, 100):
        server.add(feed_path(start), current_feed(server.url(""), [(50, "8-K", ["1.01"])]))
    found = look(edgar(server), Validators(cursor="2026-11-01T00:00:00+00:00"))
    assert "look more often" in found.notes[0]


def test_nothing_of_interest_keeps_the_place(server: LoopbackServer) -> None:
    server.add(feed_path(0), current_feed(server.url(""), [(9, "8-K", ["5.02"])]))
    found = look(edgar(server))
    assert (found.links, found.validators.cursor) == ((), "2026-11-04T21:09:25+00:00")


def test_the_filings_of_companies_are_found_by_their_numbers(server: LoopbackServer) -> None:
    filings = [
        (4, "8-K", ["1.01", "9.01"], "2026-11-04"),
        (3, "10-Q", [], "2026-10-30"),
        (2, "8-K", ["2.02"], "2026-10-29"),
        (1, "8-K", ["8.01"], "2026-01-05"),
    ]
    server.add("/submissions/CIK0001234567.json", company_json(filings))
    found = look(edgar(server, "1234567", "99"))
    assert [link.url for link in found.links] == [server.url(index_path(4)), server.url(index_path(1))]
    assert (found.links[0].published, found.links[0].title) == ("2026-11-04", f"{COMPANY}: 8-K item 1.01")
    (note,) = found.notes
    assert note.startswith("company 99 was not read")
    assert "404" in note
    newest = look(edgar(server, "1234567", max_filings=1))
    assert [link.guid for link in newest.links] == [accession(4)]
    chosen = look(edgar(server, "1234567", items=("8.01",)))
    assert [link.guid for link in chosen.links] == [accession(1)]
    with pytest.raises(ScrapeError, match="404"):
        look(edgar(server, "98", "99"))


def test_a_filing_is_one_request_and_keeps_what_tells_of_deals(server: LoopbackServer) -> None:
    whole = submission(1, {"1.01": AGREED}, [("EX-2.1", "the contract, word for word"), RELEASE])
    server.add(index_path(1).replace("-index.htm", ".txt"), whole)
    page = fetched(edgar(server), Link(server.url(index_path(1))))
    assert (page.url, page.final_url) == (server.url(index_path(1)),) * 2
    assert [document.type for document in parse_submission(page.body, url=page.url).documents] == ["8-K", "EX-99.1"]
    assert len([request for request in server.requests if request.path != "/robots.txt"]) == 1


def test_a_filing_beyond_all_measure_is_cut_where_pictures_begin(server: LoopbackServer) -> None:
    whole = submission(1, {"1.01": AGREED}, [RELEASE])
    server.add(index_path(1).replace("-index.htm", ".txt"), whole + b"<DOCUMENT>\n<TYPE>ZIP\n" + b"x" * 9_000_000)
    page = fetched(edgar(server), Link(server.url(index_path(1))))
    assert len(page.body) < 10_000


def test_an_error_page_is_no_filing(server: LoopbackServer) -> None:
    server.add(index_path(1).replace("-index.htm", ".txt"), b"<html>Undeclared automated tool</html>")
    with pytest.raises(NotASubmission, match="does not begin like"):
        fetched(edgar(server), Link(server.url(index_path(1))))


def test_a_submission_is_taken_apart() -> None:
    told = parse_submission(submission(7, {"2.01": AGREED, "5.02": "", "9.01": ""}, [RELEASE]), url="x")
    assert (told.form, told.company, told.cik) == ("8-K", COMPANY.upper(), "0001234567")
    assert told.accession == accession(7)
    assert told.accepted_at == datetime(2026, 11, 4, 21, 30, 25, tzinfo=UTC)
    assert told.items == ("2.01",)
    assert [(document.type, document.name) for document in told.documents] == [
        ("8-K", "d1.htm"), ("EX-99.1", "d2.htm"), ("GRAPHIC", "d3.htm"),
    ]  # fmt: skip
    assert told.documents[1].body == RELEASE[1].encode()


def test_a_header_in_tags_is_read_as_well() -> None:
    body = (
        b"<SUBMISSION>\n<ACCESSION-NUMBER>0001234567-26-000009\n<TYPE>8-K/A\n<ITEMS>1.02\n<ITEMS>9.01\n<FILER>\n"
        b"<COMPANY-DATA>\n<CONFORMED-NAME>QUILLMERE SYSTEMS, INC.\n<CIK>0001234567\n</COMPANY-DATA>\n</FILER>\n"
        b"<DOCUMENT>\n<TYPE>8-K/A\n<TEXT>\nhello\n</TEXT>"
    )
    told = parse_submission(body, url="x")
    assert (told.form, told.company, told.items, told.accession) == (
        "8-K/A", COMPANY.upper(), ("1.02",), "0001234567-26-000009",
    )  # fmt: skip
    assert told.documents[0].body == b"hello"


SNIPPETS = st.sampled_from(
    b"<DOCUMENT> </DOCUMENT> <TYPE>8-K\n <TEXT> </TEXT> <SEC-HEADER> <ACCEPTANCE-DATETIME>20261399999999 \xff\x00 < "
    b"COMPANY\tCONFORMED\tNAME:\t".split(b" ")
)


@given(st.lists(SNIPPETS | st.binary(max_size=30), max_size=30).map(b"".join))
def test_whatever_comes_is_a_submission_or_refused(body: bytes) -> None:
    for whole in (body, b"<SEC-DOCUMENT>" + body):
        kept = told_of_deals(whole)
        if is_submission(whole):
            told = parse_submission(whole, url="x").documents
            wanted = [document for document in told if document.type.startswith(("8-K", "EX-99"))]
            assert not wanted or list(parse_submission(kept, url="x").documents) == wanted
        else:
            assert kept == whole
            with pytest.raises(NotASubmission):
                parse_submission(whole, url="x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "cik", "filings", "recent", "form", "items"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_a_list_of_filings_or_refused(body: bytes) -> None:
    with pytest.raises(NotASubmissionList, match="CIK"):
        company_filings(body, url="x", base="http://x", items=DEAL_ITEMS, most=5)


@given(st.lists(st.tuples(*[JSON] * 4), max_size=4))
def test_rows_that_are_no_filings_are_passed_over(rows: list[tuple[object, ...]]) -> None:
    keys = ("accessionNumber", "form", "items", "filingDate")
    recent = {key: [row[place] for row in rows] for place, key in enumerate(keys)}
    body = json.dumps({"cik": 7, "name": "Q", "filings": {"recent": recent}}).encode()
    assert company_filings(body, url="x", base="http://x", items=DEAL_ITEMS, most=5) == ()
