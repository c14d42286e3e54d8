"""Form 8-K as an article, and what its items say of the deals in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import read_article
from pipeline.errors import ArticleError
from pipeline.extraction import extract
from pipeline.filing_reports import as_read, settled_by_items, told_of
from pipeline.filings import item_sections
from pipeline.plain_lines import wrapped_lines
from pipeline.reading import reports_in
from pipeline.release_headline import headline_of
from scrapers.edgar_submission import parse_submission
from storage.articles import check_evidence
from storage.records import Article, Evidence, Report
from storage.vocabulary import DatePrecision, Status
from tests.edgar_samples import AGREED, COMPLETED, ITEM_NAMES, RELEASE, form_8k, submission
from tests.storage.builders import make_report

ENDED = (
    "On November 3, 2026, Quillmere Systems, Inc. and Fennholt Photonics agreed to terminate the merger agreement "
    "under which Quillmere was to acquire Fennholt Photonics."
)


def read(body: bytes, name: str = "filing.txt") -> Article:
    return read_article(body, url=f"file:///{name}")


def deals(article: Article) -> tuple[Report, ...]:
    reports = reports_in(article, extract)
    check_evidence(article, reports)
    return reports


def test_the_article_of_a_filing_is_its_sections_and_its_press_release() -> None:
    article = read(submission(1, {"1.01": AGREED, "5.02": "A director left.", "9.01": "Exhibits."}, [RELEASE]))
    assert article.title == "Quillmere to Acquire Fennholt Photonics for $420 Million"
    lines = article.text.split("\n\n")
    assert lines[:4] == [
        article.title, "Item 1.01 Entry into a Material Definitive Agreement", AGREED, "Exhibit 99.1",
    ]  # fmt: skip
    assert lines[-1].startswith("AUSTIN, Texas")
    for frame in ("SECURITIES AND EXCHANGE", "XBRL", "Written communications", "registrant has signed", "director"):
        assert frame not in article.text
    assert (article.published_at, article.published_precision) == (
        datetime(2026, 11, 4, 21, 30, 25, tzinfo=UTC), DatePrecision.TIME,
    )  # fmt: skip
    assert (article.publisher, article.language) == ("Quillmere Systems, Inc.", "en")


def test_without_a_press_release_company_and_item_are_the_title() -> None:
    title = read(submission(1, {"2.01": COMPLETED})).title
    assert title == "Quillmere Systems, Inc.: Item 2.01 Completion of Acquisition or Disposition of Assets"


def test_a_saved_form_is_read_in_the_same_way() -> None:
    article = read(form_8k({"2.01": COMPLETED, "9.01": "Exhibits."}).encode(), "d1.htm")
    assert article.text == f"{article.title}\n\nItem 2.01 {ITEM_NAMES['2.01']}\n\n{COMPLETED}"
    assert (article.published_at, article.published_precision) == (
        datetime(2026, 11, 4, tzinfo=UTC), DatePrecision.DAY,
    )  # fmt: skip
    (report,) = deals(article)
    assert report.status is Status.COMPLETED


def test_a_form_without_items_of_interest_shows_what_it_has() -> None:
    article = read(form_8k({"5.02": "On November 3, 2026, a director retired.", "9.01": "None."}).encode(), "d1.htm")
    assert article.text == "Quillmere Systems, Inc.: Item 5.02\n\nItem 5.02\n\nOn November 3, 2026, a director retired."


def test_results_filed_along_are_left_out() -> None:
    sections = {
        "1.01": AGREED + " The press release is attached as Exhibit 99.2.",
        "2.02": "The results of the quarter are in Exhibit 99.1.",
    }
    results = ("EX-99.1", "<p>Quillmere Reports Record Results for the Quarter</p>")
    article = read(submission(1, sections, [results, ("EX-99.2", RELEASE[1])]))
    assert "Record Results" not in article.text
    assert "Exhibit 99.2\n\n" in article.text


def test_a_loan_is_no_deal() -> None:
    loan = (
        "On November 3, 2026, Quillmere Systems, Inc. entered into an underwriting agreement with Harrow Securities "
        "for the sale of 5.25% senior notes due 2031 to Harrow Securities, which acquired them all."
    )
    article = read(submission(1, {"8.01": loan}))
    assert deals(article) == ()
    debt = read(submission(1, {"1.01": loan, "2.03": "What Item 1.01 says is incorporated.", "8.01": "See above."}))
    assert "Item 1.01" not in debt.text


@pytest.mark.parametrize(
    ("item", "text", "status"),
    [("1.01", AGREED, Status.ANNOUNCED), ("2.01", COMPLETED, Status.COMPLETED), ("1.02", ENDED, Status.TERMINATED)],
)
def test_the_deal_of_a_filing_has_the_status_of_its_item(item: str, text: str, status: Status) -> None:
    (report,) = deals(read(submission(1, {item: text})))
    assert {party.name for party in report.parties} >= {"Fennholt Photonics"}
    assert report.status is status


def article_of(*items: str) -> Article:
    sections = [f"Item {item} {ITEM_NAMES[item]}\n\nAquila and Borealis are named here." for item in items]
    text = "\n\n".join(("Aquila buys Borealis", *sections, "Exhibit 99.1", "Aquila and Borealis said so."))
    return Article("Aquila buys Borealis", text, "en")


@pytest.mark.parametrize(
    ("items", "read_as", "status"),
    [
        (("2.01",), Status.ANNOUNCED, Status.COMPLETED),
        (("2.01",), Status.TERMINATED, Status.TERMINATED),
        (("1.01", "2.01"), Status.ANNOUNCED, Status.COMPLETED),
        (("1.01",), Status.TERMINATED, Status.ANNOUNCED),
        (("1.01",), Status.RUMORED, Status.ANNOUNCED),
        (("1.01",), Status.COMPLETED, Status.COMPLETED),
        (("1.02",), Status.ANNOUNCED, Status.TERMINATED),
        (("8.01",), Status.ANNOUNCED, Status.ANNOUNCED),
    ],
)
def test_items_settle_what_the_text_leaves_open(items: tuple[str, ...], read_as: Status, status: Status) -> None:
    article = article_of(*items)
    (report,) = settled_by_items(article, [make_report(article.text, status=read_as, evidence=())])
    assert report.status is status
    check_evidence(article, [report])
    proofs = [evidence.quote for evidence in report.evidence if evidence.field == "status"]
    settling = max(items, key=lambda item: item == "2.01")
    assert proofs == ([f"Item {settling} {ITEM_NAMES[settling]}"] if status is not read_as else [])


def test_items_say_nothing_of_deals_that_they_do_not_name_or_of_other_articles() -> None:
    plain = Article("Aquila buys Borealis", "Aquila buys Borealis\n\nItem 2.01 of the agenda is a deal.", "en")
    report = make_report(plain.text, evidence=())
    assert settled_by_items(plain, [report]) == (report,)
    other = Article("T", f"T\n\nItem 2.01 {ITEM_NAMES['2.01']}\n\nSomebody bought something.\n\n8", "en")
    assert settled_by_items(other, [report]) == (report,)


def test_headings_do_not_mislead_and_quotes_are_of_the_text_as_it_is() -> None:
    article = article_of("2.01", "8.01")
    shown = as_read(article)
    assert len(shown.text) == len(article.text)
    assert "Disposition" not in shown.text
    assert "Other Events" not in shown.text
    assert "Item 2.01 Completion of Acquisition " in shown.text
    start = article.text.index("Item 8.01")
    end = article.text.index("\n", start)
    proof = Evidence("type", shown.text[start:end], start, end)
    (report,) = told_of(article, [make_report(article.text, evidence=(proof,), headline=shown.title)])
    assert report.evidence[0].quote == "Item 8.01 Other Events"
    check_evidence(article, [report])
    plain = Article("Aquila", "Aquila\n\nItem 8.01 Other Events are told.", "en")
    assert as_read(plain) is plain


def test_other_forms_are_refused_with_a_word_and_single_documents_are_read() -> None:
    with pytest.raises(ArticleError, match=r"form 10-Q; dealwire reads Form 8-K"):
        read(submission(1, {"1.01": AGREED}, form="10-Q"))
    single = f"<DOCUMENT>\n<TYPE>EX-99.1\n<FILENAME>d2.htm\n<TEXT>\n{RELEASE[1]}\n</TEXT>\n</DOCUMENT>".encode()
    assert "agreed to acquire Fennholt" in read(single, "d2.htm").text


def test_sections_survive_run_in_headings_and_references() -> None:
    lines = [
        "Item 1.01 Entry into a Material Definitive Agreement.", "Item 8.01. Other Events",  # table of contents
        "ITEM 1.01: ENTRY INTO A MATERIAL DEFINITIVE AGREEMENT On Monday we agreed.",
        "Item 1.01 above is incorporated by reference.",
        "Item 5.02(e): Departure of Directors", "She left.",
        "Item 8.01", "Other Events. We also moved.", "SIGNATURE", "Date: November 4, 2026",
    ]  # fmt: skip
    assert item_sections(lines) == {
        "1.01": ["On Monday we agreed.", "Item 1.01 above is incorporated by reference."],
        "5.02": ["She left."],
        "8.01": ["We also moved."],
    }


@pytest.mark.parametrize(
    ("lines", "headline"),
    [
        (["EX-99.1", "NEWS RELEASE", "Aquila Completes Purchase of Borealis", "OSLO, May 4, 2026 -- Aquila"],
         "Aquila Completes Purchase of Borealis"),
        (["Exhibit 99.1 Aquila Licenses Borealis Patents", "OSLO, May 4, 2026 -- Aquila"],
         "Aquila Licenses Borealis Patents"),
        (["Contact: Jo Li", "jo@aquila.example", "Aquila and Borealis Enter into", "Joint Venture for Chips"],
         "Aquila and Borealis Enter into Joint Venture for Chips"),
        (["November 4, 2026", "OSLO, May 4, 2026 -- " + "Aquila said that it was good. " * 10], None),
        ([], None),
    ],
)  # fmt: skip
def test_the_headline_of_a_release_is_found(lines: list[str], headline: str | None) -> None:
    assert headline_of(lines) == headline


def test_lines_broken_by_hand_are_joined() -> None:
    assert wrapped_lines("  One line\r\n  goes on.\r\n \r\nNext.\n") == ["One line goes on.", "Next."]


MARKUP = st.sampled_from(
    ["<p>", "</p>", "<table>", "<td>", "<br>", "<ix:header>", "</ix:header>", "<!--x-->", "<p style='display:none'>",
     "Item 1.01", "SIGNATURES", "Form 8-K", "securities and exchange commission", "99.1", "Exhibit 99.1", "•"]
)  # fmt: skip


@given(st.lists(MARKUP | st.text(max_size=8), max_size=40).map(" ".join))
def test_whatever_is_in_a_filing_it_is_read_or_refused(text: str) -> None:
    for body in (text.encode(), submission(1, {"8.01": text}, [("EX-99.1", text)])):
        for name in ("d1.htm", "d1.txt"):
            try:
                article = read(body, name)
            except ArticleError:
                continue
            assert article.text
            settled_by_items(article, [])
    assert parse_submission(submission(1, {"8.01": text}), url="x").documents
