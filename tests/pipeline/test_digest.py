"""Digests: the CSV contract, the other two forms, and files that are whole or not there."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import DigestFormat, Period
from pipeline.digest import (
    CSV_COLUMNS,
    last_span,
    span_between,
    span_of,
    value_text,
    write_digest,
    write_digest_file,
)
from pipeline.spreadsheet import read_csv, split
from storage.deals import DealView
from storage.records import ResolvedParty, Value
from storage.vocabulary import DatePrecision, Role, ValueKind
from tests.pipeline.views import a_report, a_view

NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def _text(deals: list[DealView], form: DigestFormat) -> str:
    stream = io.StringIO(newline="")
    assert write_digest(deals, stream, form, title="Deals, 2026-W45") == len(deals)
    return stream.getvalue()


def test_the_columns_are_the_contract() -> None:
    assert _text([], DigestFormat.CSV) == (
        "deal_id,announced_on,status,type,also,parties,roles,focus,value_amount,value_currency,value_kind,headline,"
        "confidence,reports,languages,first_url,first_seen,updated\r\n"
    )


def test_a_row_says_it_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deals.csv"
    written = write_digest_file([a_view()], path, DigestFormat.CSV)
    assert (written.deals, written.sha256) == (1, hashlib.sha256(path.read_bytes()).hexdigest())
    assert read_csv(path) == [
        {
            "deal_id": "7", "announced_on": "2026-11-05", "status": "announced", "type": "acquisition",
            "also": "licensing", "parties": "Ostrel; Tarvik\\; Sons", "roles": "acquirer; target", "focus": "ai; cloud",
            "value_amount": "1500000000", "value_currency": "USD", "value_kind": "up_to",
            "headline": "Ostrel to buy Tarvik", "confidence": "0.877", "reports": "2", "languages": "en; vi",
            "first_url": "https://news.example/1", "first_seen": "2026-11-05T10:30:15+00:00",
            "updated": "2026-11-05T10:30:15+00:00",
        }
    ]  # fmt: skip


def test_what_is_not_known_is_an_empty_cell(tmp_path: Path) -> None:
    bare = a_view(value=None, announced_on=None, also=(), focus=(), reports=(), languages=())
    path = tmp_path / "deals.csv"
    write_digest_file([bare], path, DigestFormat.CSV)
    (row,) = read_csv(path)
    assert [name for name in CSV_COLUMNS if not row[name]] == [
        "announced_on", "also", "focus", "value_amount", "value_currency", "value_kind", "languages", "first_url",
    ]  # fmt: skip


@given(st.lists(NAME, min_size=1, max_size=4), NAME, st.decimals(-(10**12), 10**12, places=2))
def test_foreign_text_reads_back_equal_and_runs_nothing(names: list[str], headline: str, amount: Decimal) -> None:
    parties = tuple(ResolvedParty(number, name, Role.PARTNER) for number, name in enumerate(names))
    view = a_view(parties=parties, headline=headline, value=Value(amount, "USD"))
    text = _text([view], DigestFormat.CSV)
    path = Path("deals.csv")
    from pipeline.spreadsheet import read_rows

    (row,) = read_rows(io.StringIO(text, newline=""), str(path))
    assert split(row["parties"]) == names
    assert row["headline"] == headline
    assert Decimal(row["value_amount"]) == amount
    assert len(split(row["roles"])) == len(names)


def test_a_formula_in_a_headline_is_inert_and_a_negative_amount_is_a_number() -> None:
    view = a_view(headline="=HYPERLINK(1)", value=Value(Decimal("-5"), "EUR"))
    line = _text([view], DigestFormat.CSV).splitlines()[1]
    assert ",'=HYPERLINK(1)," in line
    assert ",-5,EUR," in line


def test_json_lines_have_one_deal_each() -> None:
    first, second = _text([a_view(1), a_view(2, headline="两\u2028行")], DigestFormat.JSONL).splitlines()
    assert json.loads(first)["id"] == 1
    assert json.loads(second)["headline"] == "两\u2028行"


def test_markdown_keeps_foreign_text_from_being_markup() -> None:
    nasty = a_view(headline="# <b>Big</b>\n[x](javascript:1)", reports=(a_report(),))
    text = _text([nasty], DigestFormat.MARKDOWN)
    assert "<b>" not in text
    assert "\n# " not in text
    assert r"\# \<b\>Big\</b\> \[x\](javascript:1)" in text
    assert "[Ostrel buys Tarvik](<https://news.example/1>) (en, news)" in text
    assert "No deals in this period." in _text([], DigestFormat.MARKDOWN)


def test_a_file_that_could_not_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("old")

    def breaking() -> Iterator[DealView]:
        yield a_view()
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write_digest_file(breaking(), path, DigestFormat.CSV)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_byte_order_mark_on_request(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    write_digest_file([a_view(headline="诺基亚")], path, DigestFormat.CSV, byte_order_mark=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdeal_id")
    assert read_csv(path)[0]["headline"] == "诺基亚"


@given(st.sampled_from(Period), st.dates(date(1990, 1, 8), date(2090, 1, 1)))
def test_periods_follow_each_other_without_gap_or_overlap(period: Period, day: date) -> None:
    span, before = span_of(period, day), last_span(period, day)
    assert span.since is not None
    assert span.until is not None
    assert span.since <= day <= span.until
    assert before.until == span.since - timedelta(days=1)
    assert span_of(period, span.until) == span == span_of(period, span.since)


def test_labels_of_periods() -> None:
    day = date(2027, 1, 2)
    assert [span_of(period, day).label for period in Period] == ["2027-01-02", "2026-W53", "2027-01"]
    labels = [span_between(since, until).label for since, until in ((day, None), (None, day), (day, day), (None, None))]
    assert labels == ["from_2027-01-02", "to_2027-01-02", "2027-01-02_to_2027-01-02", "all"]
    with pytest.raises(ValueError, match="ends before it begins"):
        span_between(day, date(2026, 1, 1))


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
    month = a_view(announced_on=date(2026, 11, 1), announced_precision=DatePrecision.MONTH)
    assert ",2026-11,announced," in "," + _text([month], DigestFormat.CSV).splitlines()[1].partition(",")[2]
