"""What a digest says in each of its forms: the CSV contract, Markdown, a page."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.digest.markdown import write_markdown
from pipeline.digest.page import write_page
from pipeline.digest.table import CSV_COLUMNS, csv_row
from pipeline.digest.wording import Entry, Heading, Mark, conditions_text, mark_text, value_text
from pipeline.spreadsheet import read_rows, split, write_rows
from storage.deals import DealEvidence, DealQuery, DealRow, RowParty
from storage.records import ResolvedParty, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind
from tests.pipeline.views import a_report, a_row, a_view

NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


HEADING = Heading("Deals, 2026-W45", "technology deals", datetime(2026, 11, 9, 6, tzinfo=UTC))


def _csv(*deals: DealRow) -> str:
    stream = io.StringIO(newline="")
    assert write_rows(stream, CSV_COLUMNS, map(csv_row, deals)) == len(deals)
    return stream.getvalue()


def _rows(*deals: DealRow) -> list[dict[str, str]]:
    return list(read_rows(io.StringIO(_csv(*deals), newline="")))


def _markdown(*entries: Entry, most: int | None = None) -> str:
    stream = io.StringIO(newline="")
    assert write_markdown(entries, stream, HEADING, most=most) == len(entries)
    return stream.getvalue()


def _page(*entries: Entry, mail: bool = False, most: int | None = None) -> str:
    stream = io.StringIO(newline="")
    assert write_page(entries, stream, HEADING, mail=mail, most=most) == len(entries)
    return stream.getvalue()


def test_the_columns_are_the_contract() -> None:
    assert _csv() == (
        "deal_id,announced_on,status,type,also,parties,roles,focus,value_amount,value_currency,value_kind,headline,"
        "confidence,reports,languages,first_url,first_seen,updated\r\n"
    )


def test_a_row_says_it_all() -> None:
    assert _rows(a_row()) == [
        {
            "deal_id": "7", "announced_on": "2026-11-05", "status": "announced", "type": "acquisition",
            "also": "licensing", "parties": "Ostrel; Tarvik\\; Sons", "roles": "acquirer; target", "focus": "ai; cloud",
            "value_amount": "1500000000", "value_currency": "USD", "value_kind": "up_to",
            "headline": "Ostrel to buy Tarvik", "confidence": "0.877", "reports": "2", "languages": "en; vi",
            "first_url": "https://news.example/1", "first_seen": "2026-11-05T10:30:15+00:00",
            "updated": "2026-11-05T10:30:15+00:00",
        }
    ]  # fmt: skip


def test_what_is_not_known_is_an_empty_cell() -> None:
    bare = a_row(value=None, announced_on=None, also=(), focus=(), reports=0, languages=(), first_url="")
    (row,) = _rows(bare)
    assert [name for name in CSV_COLUMNS if not row[name]] == [
        "announced_on", "also", "focus", "value_amount", "value_currency", "value_kind", "languages", "first_url",
    ]  # fmt: skip


@given(st.lists(NAME, min_size=1, max_size=4), NAME, st.decimals(-(10**12), 10**12, places=2))
def test_foreign_text_reads_back_equal_and_runs_nothing(names: list[str], headline: str, amount: Decimal) -> None:
    parties = tuple(RowParty(name, Role.PARTNER) for name in names)
    row = a_row(parties=parties, headline=headline, value=Value(amount, "USD"))
    (read,) = _rows(row)
    assert split(read["parties"]) == names
    assert read["headline"] == headline
    assert Decimal(read["value_amount"]) == amount
    assert len(split(read["roles"])) == len(names)


def test_a_formula_in_a_headline_is_inert_and_a_negative_amount_is_a_number() -> None:
    row = a_row(headline="=HYPERLINK(1)", value=Value(Decimal("-5"), "EUR"))
    line = _csv(row).splitlines()[1]
    assert ",'=HYPERLINK(1)," in line
    assert ",-5,EUR," in line


def test_markdown_keeps_foreign_text_from_being_markup() -> None:
    nasty = a_view(headline="# <b>Big</b>\n[x](javascript:1)", reports=(a_report(),))
    text = _markdown(Entry(nasty))
    assert "<b>" not in text
    assert "\n# " not in text
    assert r"\# \<b\>Big\</b\> \[x\](javascript:1)" in text
    assert "[Ostrel buys Tarvik](<https://news.example/1>) (en, news)" in text
    assert "No deals." in _markdown()


@pytest.mark.parametrize(
    ("amount", "currency", "kind", "text"),
    [
        ("1200000000", "USD", ValueKind.TOTAL, "USD 1,200,000,000"),
        ("2.50", "EUR", ValueKind.PER_SHARE, "EUR 2.5 per share"),
        ("5E+6", "VND", ValueKind.UP_TO, "up to VND 5,000,000"),
        ("55", None, ValueKind.STAKE_PERCENT, "55 %"),
    ],
)
def test_money_for_people(amount: str, currency: str | None, kind: ValueKind, text: str) -> None:
    assert value_text(Value(Decimal(amount), currency, kind)) == text
    assert value_text(None) == ""


def test_a_date_is_written_as_far_as_it_is_known() -> None:
    month = a_row(announced_on=date(2026, 11, 1), announced_precision=DatePrecision.MONTH)
    assert ",2026-11,announced," in "," + _csv(month).splitlines()[1].partition(",")[2]


NASTY = '<script>alert(1)</script> "quoted" & <b>bold</b>'


class _Elements(HTMLParser):
    """The elements of a page with what they carry."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.mark.parametrize("mail", [False, True])
def test_a_page_has_foreign_text_as_text_and_loads_and_runs_nothing(mail: bool) -> None:
    report = replace(a_report(), url="https://news.example/?a=1&b='\"><script>", title=NASTY, publisher=NASTY)
    view = a_view(
        headline=NASTY, parties=(ResolvedParty(1, NASTY, Role.ACQUIRER),), focus=(NASTY,), reports=(report,),
        evidence=(DealEvidence("type", NASTY + "\u202e\x00", 0, 1, report.url),),
    )  # fmt: skip
    page = _page(Entry(view, Mark(False, {"headline": (NASTY, NASTY), "status": ("rumored", NASTY)})), mail=mail)
    elements = _Elements(page)
    assert elements.open == []
    assert not {"script", "b", "img", "link", "iframe", "object", "form", "base"} & {name for name, _ in elements.found}
    assert not re.search(r"url\(|@import|\son\w+=|\u202e|\x00", page)
    assert [link["href"] for link in elements.all("a")] == [report.url]
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 7


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//news.example/1", "ftp://a.example", "http://["]
)
def test_only_addresses_of_the_web_and_files_are_links(url: str) -> None:
    assert not _Elements(_page(Entry(a_view(reports=(replace(a_report(), url=url),))))).all("a")
    file = _page(Entry(a_view(reports=(replace(a_report(), url="file:///saved/1.html"),))))
    assert [link["href"] for link in _Elements(file).all("a")] == ["file:///saved/1.html"]


def test_a_page_says_it_all() -> None:
    evidence = (
        DealEvidence("parties", "Ostrel", 0, 6, "https://news.example/2"),
        DealEvidence("type", "Ostrel mua Tarvik.", 0, 18, "https://news.example/2"),
        DealEvidence("value", "1,5 tỷ USD", 20, 30, "https://news.example/2"),
    )
    page = _page(
        Entry(a_view(evidence=evidence), Mark(True, {})), Entry(a_view(8, reports=tuple(map(a_report, range(8)))))
    )
    for said in (
        "<title>Deals, 2026-W45</title>", "2 deals · 1 new · acquisition 2", "technology deals · made",
        "<bdi>Tarvik; Sons</bdi> <span class=\"role\">target</span>", "up to USD 1,500,000,000", "ai, cloud",
        '<blockquote class="quote" lang="vi" dir="auto">“Ostrel mua Tarvik.”</blockquote>', "“1,5 tỷ USD”",
        '<a href="#deal-7"', '<article id="deal-7"', "<summary>3 more reports</summary>", ">new</p>",
    ):  # fmt: skip
        assert said in page
    elements = _Elements(page)
    assert [row["scope"] for row in elements.all("th")] == ["col"] * 4
    assert "No deals." in _page()


def test_a_mail_carries_its_styles_and_tells_the_first_deals_in_full() -> None:
    page = _page(*(Entry(a_view(number)) for number in range(1, 8)), mail=True, most=5)
    elements = _Elements(page)
    assert not {"style", "details"} & {name for name, _ in elements.found}
    assert not any("class" in attributes for _, attributes in elements.found)
    assert len(elements.all("article")) == 5
    assert len(elements.all("tr")) == 8
    assert "2 more deals are in the attached file." in page
    text = _markdown(*(Entry(a_view(number)) for number in range(1, 8)), most=5)
    assert text.count("## ") == 5
    assert "2 more deals are in the attached file." in text


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Mark(True, {}), "new"),
        (Mark(False, {}), "updated: further reports"),
        (Mark(False, {"status": ("announced", "completed")}), "updated: status announced → completed"),
        (
            Mark(False, {"headline": ("a", "b"), "value": ("", "5000 EUR up_to"), "announced_on": ("2026-11-05", "")}),
            "updated: value unknown → up to EUR 5,000; announced on 2026-11-05 → unknown; headline",
        ),
        (Mark(False, {"value": ("55 stake_percent", "odd"), "type": ("merger", "joint_venture")}),
         "updated: type merger → joint venture; value 55 % → odd"),
    ],
)  # fmt: skip
def test_a_mark_says_what_changed(mark: Mark, text: str) -> None:
    assert mark_text(mark) == text
    assert f"**{text}**" in _markdown(Entry(a_view(), mark)).replace("\\", "")


def test_conditions_are_told() -> None:
    query = DealQuery(type=DealType.CROSS_LICENSING, party="诺基亚", min_value=Decimal(5000), currency="USD", text="5G")
    assert conditions_text(query) == (
        "technology deals; type cross licensing; party 诺基亚; with the words “5G”; worth at least USD 5,000"
    )
    query = DealQuery(status=(Status.RUMORED, Status.ANNOUNCED), role=Role.TARGET, party="Nokia", other_party="Xiaomi")
    assert conditions_text(query) == (
        "technology deals; status rumored or announced; role target; party Nokia; and party Xiaomi"
    )
    query = DealQuery(technology=None, since=date(2026, 1, 1), currency="EUR", min_confidence=0.5)
    assert conditions_text(query) == "all business deals; in EUR; announced from 2026-01-01; confidence at least 0.5"
