"""Sums as they are written in ten languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extraction import extract
from pipeline.extraction.lexicon import available, load
from pipeline.extraction.money import local_dollar, parse_han_number, parse_number, reader_for
from storage.records import Article


def sums(language: str, text: str) -> list[tuple[Decimal, str | None]]:
    return [(money.amount, money.currency) for money in reader_for(load(language)).find(text)]


@pytest.mark.parametrize(
    ("language", "written", "amount", "currency"),
    [
        ("en", "for $5.4 billion", "5400000000", "USD"),
        ("en", "US$2.3bn", "2300000000", "USD"),
        ("en", "€750m", "750000000", "EUR"),
        ("en", "₹1,200 crore", "12000000000", "INR"),
        ("en", "Rs 500 crore", "5000000000", "INR"),
        ("en", "NT$17.14 billion", "17140000000", "TWD"),
        ("en", "10 billion yen", "10000000000", "JPY"),
        ("en", "a 4-billion-dollar deal", "4000000000", "USD"),
        ("en", "USD 250 million", "250000000", "USD"),
        ("en", "CHF 1.2 billion", "1200000000", "CHF"),
        ("vi", "5,4 tỷ USD", "5400000000", "USD"),
        ("vi", "1.200 tỷ đồng", "1200000000000", "VND"),
        ("zh", "53亿美元", "5300000000", "USD"),
        ("zh", "三八八八億日圓", "388800000000", "JPY"),
        ("de", "zehn Milliarden Euro", "10000000000", "EUR"),
        ("de", "1,2 Mrd. Euro", "1200000000", "EUR"),
        ("fr", "2,5 milliards d'euros", "2500000000", "EUR"),
        ("es", "550 millones de euros", "550000000", "EUR"),
        ("pt", "R$ 1,5 bilhão", "1500000000", "BRL"),
        ("it", "300 milioni di euro", "300000000", "EUR"),
    ],
)
def test_written_sums(language: str, written: str, amount: str, currency: str) -> None:
    assert sums(language, written) == [(Decimal(amount), currency)]


@pytest.mark.parametrize("text", ["16,000 patents", "in 2016", "70% of it", "5G", "iPhone 13", "March 19, 2024"])
def test_numbers_without_a_currency_are_no_sums(text: str) -> None:
    assert sums("en", text) == []


@pytest.mark.parametrize(
    ("written", "comma", "number"),
    [
        ("1,234.5", False, "1234.5"),
        ("1.234,5", True, "1234.5"),
        ("1 234", False, "1234"),
        ("1.200", True, "1200"),
        ("1.200", False, "1.200"),
        ("2,5", False, "2.5"),
        ("1,200", False, "1200"),
        ("12,345,678", True, "12345678"),
    ],
)
def test_thousands_and_decimals(written: str, comma: bool, number: str) -> None:
    assert parse_number(written, decimal_comma=comma) == Decimal(number)


@given(st.integers(min_value=1, max_value=10**12))
def test_grouped_integers_read_back(number: int) -> None:
    assert parse_number(f"{number:,}", decimal_comma=False) == number
    if number < 1000 or number >= 10**6:
        assert parse_number(f"{number:,}".replace(",", "."), decimal_comma=True) == number


@given(st.integers(min_value=0, max_value=9999))
def test_han_digits_read_back(number: int) -> None:
    written = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    assert parse_han_number(written) == number


def test_han_numbers_with_units() -> None:
    assert parse_han_number("三千八百") == 3800
    assert parse_han_number("十二") == 12
    assert parse_han_number("九點五") == Decimal("9.5")


@given(st.sampled_from(available()), st.text(alphabet="0123456789.,$€元亿 tỷmbnUSD", max_size=60))
def test_no_text_breaks_the_reader(language: str, text: str) -> None:
    for money in reader_for(load(language)).find(text):
        assert money.amount > 0
        assert 0 <= money.start < money.end <= len(text)


@pytest.mark.parametrize(
    ("language", "text", "amount", "currency"),
    [
        ("en", "worth $630-880 million through 2025", 630_000_000, "USD"),
        ("en", "between $630 and $880 million", 630_000_000, "USD"),
        ("de", "2 bis 3 Mio. Euro", 3_000_000, "EUR"),
        ("vi", "Hợp đồng 14 tháng trị giá 5,4 tỷ USD", 5_400_000_000, "USD"),
    ],
)
def test_ranges_and_words_that_only_follow_a_number(language: str, text: str, amount: int, currency: str) -> None:
    first = next(reader_for(load(language)).find(text))
    assert (first.amount, first.currency) == (Decimal(amount), currency)


def test_a_number_without_end_is_no_sum() -> None:
    assert list(reader_for(load("en")).find("$" + "9" * 4400 + " million")) == []


@pytest.mark.parametrize(
    ("text", "currency"),
    [("Quoll Ltd (ASX: QLL) paid $5 million", "AUD"), ("It paid $5 million", ""), ("(ASX: QLL) paid US$5 million", "")],
)
def test_a_bare_dollar_is_the_country_s_own_where_the_text_says_so(text: str, currency: str) -> None:
    assert local_dollar(text, load("en")) == currency


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Fernbank Capital has bought a 30 Percent stake in Kessel Optics.", 30),
        ("Fernbank Capital has bought a stake in Kessel Optics, whose shares rose 8% on the news.", None),
        ("Fernbank Capital has bought a 30% stake in Kessel Optics for $5 million.", 5_000_000),
    ],
)
def test_the_share_is_the_value_where_no_sum_is_told(text: str, share: int | None) -> None:
    (report,) = extract(Article("", f"Fernbank Capital buys into Kessel Optics\n\n{text}", "en"))
    assert (report.value.amount if report.value else None) == share
