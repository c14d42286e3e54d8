"""Reads sums of money as they are written in any of the lexicons' languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from pipeline.extraction.lexicon import CompiledLexicon, fold


@dataclass(frozen=True, slots=True)
class Money:
    """``amount`` of ``currency`` (ISO 4217; None for a percentage) written at ``text[start:end]``."""

    start: int
    end: int
    amount: Decimal
    currency: str | None


#: Longest first: "US$" before "$". A bare "$" is a US dollar unless the lexicon's region says otherwise.
_SYMBOLS = {
    "US$": "USD", "USD": "USD", "U.S.$": "USD", "NT$": "TWD", "HK$": "HKD", "A$": "AUD", "AU$": "AUD", "C$": "CAD",
    "CA$": "CAD", "S$": "SGD", "NZ$": "NZD", "R$": "BRL", "MX$": "MXN", "RM": "MYR", "Rs.": "INR", "Rs": "INR",
    "INR": "INR", "₹": "INR", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "¥": "JPY", "￥": "JPY",
    "JPY": "JPY", "CN¥": "CNY", "RMB": "CNY", "CNY": "CNY", "₩": "KRW", "KRW": "KRW", "₫": "VND", "VND": "VND",
    "CHF": "CHF", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "HKD": "HKD", "TWD": "TWD", "AUD": "AUD", "CAD": "CAD",
    "SGD": "SGD", "BRL": "BRL", "PLN": "PLN", "THB": "THB", "IDR": "IDR", "MYR": "MYR", "PHP": "PHP", "ILS": "ILS",
    "NIS": "ILS", "₪": "ILS", "₺": "TRY", "TRY": "TRY", "₽": "RUB", "RUB": "RUB", "AED": "AED", "SAR": "SAR",
    "ZAR": "ZAR", "MXN": "MXN", "NZD": "NZD", "฿": "THB", "$": "USD", "＄": "USD",
}  # fmt: skip
#: 3천621억: thousands and hundreds below this count in the unit that follows them.
_SECTION = Decimal(10_000)
#: No sum is as large as this; a number that long is something else.
_ABSURD = Decimal(10) ** 20
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "兩": 2, "两": 2, "○": 0}
_HAN_NUMERAL = "[〇○零一二三四五六七八九两兩十百千]"
_HAN_NUMBER = rf"{_HAN_NUMERAL}+(?:[點点][〇○零一二三四五六七八九]+)?"
_NUMBER = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"


def parse_number(written: str, *, decimal_comma: bool) -> Decimal | None:
    """A number with thousands and decimal marks of either style; None where it makes no number."""
    text = re.sub(r"['’\u00a0\u202f ]", "", written)
    marks = [char for char in text if char in ".,"]
    if not marks:
        return _decimal(text)
    last = text.rfind(marks[-1])
    tail = len(text) - last - 1
    if len(set(marks)) == 2:
        other = "," if marks[-1] == "." else "."
        return _decimal(text.replace(other, "").replace(marks[-1], "."))
    if len(marks) > 1:
        return _decimal(text.replace(marks[0], ""))
    comma_is_decimal = decimal_comma
    if tail == 3 and not text.startswith("0"):
        thousands = marks[0] == ("." if comma_is_decimal else ",")
        return _decimal(text.replace(marks[0], "" if thousands else "."))
    return _decimal(text.replace(marks[0], "."))


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def parse_han_number(written: str) -> Decimal | None:
    """A number in Han numerals, by place (三八八八) or by unit (三千八百); None where it makes no number."""
    whole, _, fraction = re.sub("[點点]", ".", written).partition(".")
    if any(char in "十百千" for char in whole):
        total, current = 0, 0
        for char in whole:
            if char in _HAN_DIGITS:
                current = _HAN_DIGITS[char]
            else:
                unit = {"十": 10, "百": 100, "千": 1000}[char]
                total += (current or 1) * unit
                current = 0
        value = total + current
    else:
        digits = "".join(str(_HAN_DIGITS[char]) for char in whole)
        if not digits:
            return None
        value = int(digits)
    if fraction:
        return _decimal(f"{value}." + "".join(str(_HAN_DIGITS[char]) for char in fraction))
    return Decimal(value)


class MoneyReader:
    """Finds the sums of one language."""

    def __init__(self, lexicon: CompiledLexicon) -> None:
        money = lexicon.data.money
        self._decimal_comma = money.decimal_comma
        self._scales = {word.lower(): Decimal(10) ** power for word, power in money.scales.items()}
        self._numerals = {word.lower(): Decimal(value) for word, value in money.numerals.items()}
        self._currency_words = {word.lower(): code for code, words in money.currencies.items() for word in words}
        self._after_only = frozenset(word.lower() for word in money.after_only)
        self._default = money.default_currency
        spaced = lexicon.data.script == "latin"
        edge = r"(?![^\W\d_])" if spaced else ""
        symbol = _alternatives(_SYMBOLS)
        scale = _alternatives(self._scales)
        word = _alternatives(self._currency_words)
        numeral = _alternatives(self._numerals)
        number = f"{_NUMBER}|{_HAN_NUMBER}" if not spaced else _NUMBER
        if numeral:
            number = rf"{number}|(?<!\w)(?:{numeral})(?!\w)"
        scaled = rf"(?:\s?[-]?\s?(?:{scale}){edge}(?:\s(?:{scale}){edge})?)" if scale else "(?!)"
        currency_after = (
            rf"(?:[-\s]?(?:de |d['’]|di |of )?\s?(?P<after>{word}){edge}|\s?(?P<symbol_after>{symbol})(?!\w))"
            if word
            else rf"\s?(?P<symbol_after>{symbol})(?!\w)"
        )
        bare = "(?P<after>(?!))" if not word else ""
        self._pattern = re.compile(
            rf"(?:(?P<before>(?<![A-Za-z])(?:{symbol})|(?<!\w)(?:{word if word else '(?!)'}))\s?)?"
            rf"(?P<number>{number})(?P<scale>{scaled})?(?P<more>(?:(?:{_NUMBER})(?:{scale if scale else '(?!)'}))*)"
            rf"(?:{currency_after}{bare})?",
            re.IGNORECASE,
        )
        written = [*map(str.lower, _SYMBOLS), *self._currency_words]
        self._reach = max(map(len, written)) + 1  # how far before its number a sum may begin
        self._ends = frozenset(currency[-2:] for currency in written)
        digits = r"\d" if spaced else rf"\d|{_HAN_NUMERAL}"
        numerals = rf"|(?<!\w)(?:{numeral})(?!\w)" if numeral else ""
        self._numbers = re.compile(digits + numerals, re.IGNORECASE)
        self._more = re.compile(rf"({_NUMBER})({scale})", re.IGNORECASE) if scale else None
        self._scale_words = re.compile(scale, re.IGNORECASE) if scale else None
        to = _alternatives(money.ranges)
        self._range = (
            re.compile(rf"\s?(?:{to})\s?(?:{symbol})?\s?(?:{_NUMBER})(?P<scale>{scaled})", re.IGNORECASE)
            if scale and to
            else None
        )
        marks = {fold(word) for word in (*_SYMBOLS, *self._currency_words)}
        self._marks = AhoCorasick(sorted(marks))

    def find(self, text: str, start: int = 0, end: int | None = None, *, local: str = "") -> Iterator[Money]:
        """Sums of money in ``text[start:end]``. ``local`` is the currency of a bare local word (元, $)."""
        for match in self._matches(text, start, len(text) if end is None else end):
            before, after = match.group("before"), match.group("after") or match.group("symbol_after")
            if before and before.lower() in self._after_only:
                before = None
            if not before and not after:
                continue
            amount = self._amount(match)
            if amount is None or not 0 < amount < _ABSURD:
                continue
            currency = self._currency(before, after, local)
            if currency is None:
                continue
            yield Money(match.start(), match.end(), amount, currency)

    def _matches(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Where the pattern matches. It is slow to try at every character, so what is no number is leapt over."""
        while (number := self._numbers.search(text, start, end)) is not None:
            first = number.start()
            if self._follows_currency(text, first):
                first = max(start, first - self._reach)
            match = self._pattern.search(text, first, end)
            if match is None:
                return
            yield match
            start = match.end()

    def _follows_currency(self, text: str, number: int) -> bool:
        """Whether what stands before a number ends as a currency's sign or word does."""
        at = number - 1 if text[number - 1 : number].isspace() else number
        end = text[max(0, at - 2) : at].lower()
        return end in self._ends or end[-1:] in self._ends

    def marks(self, folded: str) -> list[int]:
        """Where a currency's sign or word stands: no sum is far from one."""
        return [start for _, start, _ in self._marks.find_matches_as_indexes(folded, overlapping=True)]

    def _amount(self, match: re.Match[str]) -> Decimal | None:
        written = match.group("number").strip()
        amount = self._numerals.get(written.lower())
        if amount is None:
            amount = (
                parse_han_number(written)
                if not written[0].isdigit()
                else parse_number(written, decimal_comma=self._decimal_comma)
            )
        if amount is None:
            return None
        scale = match.group("scale")
        if not scale and self._range is not None:  # "$630-880 million"
            range_end = self._range.match(match.string, match.end())
            scale = range_end.group("scale") if range_end is not None else None
        if scale and self._scale_words is not None:
            for word in self._scale_words.findall(scale):
                amount *= self._scales[word.lower()]
        more = match.group("more")
        if more and scale and self._more is not None:
            for number, unit in self._more.findall(more):
                part = parse_number(number, decimal_comma=self._decimal_comma)
                if part is not None:
                    power = self._scales[unit.lower()]
                    amount = (amount + part) * power if amount < _SECTION <= power else amount + part * power
        return amount.normalize() if amount == amount.to_integral() else amount

    def _currency(self, before: str | None, after: str | None, local: str) -> str | None:
        for written in (after, before):
            if not written:
                continue
            word = written.strip().lower()
            code = self._currency_words.get(word) or _SYMBOLS_FOLDED.get(word)
            if code == "LOCAL" or (code == "USD" and word in ("$", "＄") and local):
                return local or self._default or None
            if code:
                return code
        return None


_SYMBOLS_FOLDED = {symbol.lower(): code for symbol, code in _SYMBOLS.items()}


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def local_dollar(text: str, lexicon: CompiledLexicon) -> str:
    """What a bare $ means where the text names a country's money or exchange and never the American one, else ""."""
    folded = fold(text)
    local = lexicon.data.money.local
    if any(word in folded for word in local.get("USD", ())):
        return ""
    named = {code: sum(folded.count(word) for word in words) for code, words in local.items()}
    code = max(named, key=lambda code: named[code], default="")
    return code if code and named[code] else ""


@lru_cache(maxsize=32)
def reader_for(lexicon: CompiledLexicon) -> MoneyReader:
    """The reader of a lexicon, built once."""
    return MoneyReader(lexicon)
