"""Dates as sources write them, in the languages they write in.

One rule stands above all: rather no date than a wrong one. 05/11/2026 in English stays unread unless the source's
settings say which comes first, and a time without a zone is dropped, for it may belong to another day elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from urllib.parse import urlsplit

#: Longer texts are no dates; what follows is not looked at.
_MAX_LENGTH = 200
_YEARS = range(1980, 2101)

_MONTH_NAMES = (
    "january jan janvier janv januar jaenner janner enero ene janeiro gennaio gen",
    "february feb fevrier fevr fev februar febrero fevereiro febbraio febr",
    "march mar mars marz maerz mrz marzo marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio maggio mag",
    "june jun juin juni junio junho giugno giu",
    "july jul juillet juil juli julio julho luglio lug",
    "august aug aout agosto ago",
    "september sep sept septembre septiembre setiembre setembro set settembre sett",
    "october oct octobre oktober okt octubre outubro out ottobre ott",
    "november nov novembre noviembre novembro",
    "december dec decembre dezember dez diciembre dic dezembro dicembre",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
# Vietnamese writes months as numbers or spells the number, once the marks are folded off.
_VIETNAMESE_NUMBERS = {
    name: number
    for number, names in enumerate(
        ("mot|gieng", "hai", "ba", "tu|bon", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai|chap"), 1
    )
    for name in names.split("|")
}
# CST is China's or America's, IST three countries': what is not listed here is not known.
_ZONES = {
    name: hours
    for hours, names in (
        (0, "UT UTC GMT Z WET"),
        (1, "BST CET MEZ"),
        (2, "CEST MESZ EET"),
        (3, "EEST MSK"),
        (7, "ICT WIB"),
        (8, "HKT SGT"),
        (9, "JST KST"),
        (10, "AEST"),
        (11, "AEDT"),
        (-4, "EDT"),
        (-5, "EST CDT"),
        (-6, "MDT"),
        (-7, "MST PDT"),
        (-8, "PST"),
    )
    for name in names.split()
}
#: Languages that always write the day before the month in 05/11/2026.
_DAY_FIRST = frozenset({"vi", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "tr", "id", "th"})
_HAN_DIGITS = {char: str(number) for number, char in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_HAN = "".join(_HAN_DIGITS)
_HAN_NUMERALS = re.compile(rf"[{_HAN}十]\s*[年月日號号]")
_HAN_YEAR = re.compile(rf"[{_HAN}]{{4}}(?=\s*年)")
_HAN_NUMBER = re.compile(rf"(?<![{_HAN}十])(?:[{_HAN}]?十[{_HAN}]?|[{_HAN}])(?=\s*[月日號号])")
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}


def _names(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<month>{_names(_MONTHS)})\b\.?"
_DAY = r"(?<![\d:./-])(?<!\d,)(?P<day>\d{1,2})(?:(?:st|nd|rd|th|er|o|a)?\b|[°º])\.?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_OF = r"(?:\s*,\s*|\s+(?:de|del|of)\s+|\s+|-|/|\.)"
_NOT_IN_WORD = r"(?<![^\W\d_])"

_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)")
_ISO_BASIC = re.compile(r"(?<!\d)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=t\d|$)")
_ISO_MONTH = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})$")
_MONTH_SLASH_YEAR = re.compile(r"(?:(?:thang|thg)\s*)?(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4})$")
_YEAR_ONLY = re.compile(r"(?P<year>\d{4})\s*[年년]?$")
_EAST_ASIAN = re.compile(
    r"(?:(?P<era>令和|平成|民國|民国)\s*)?(?P<year>\d{1,4}|元)\s*[年년]\s*(?P<month>\d{1,2})\s*[月월](?:\s*(?P<day>\d{1,2})\s*[日号號일]?)?"
)
_DAY_HAN_MONTH = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s+(?P<month>\d{1,2})\s*[月월]\s*,?\s*(?P<year>\d{4})(?!\d)")
_HAN_MONTH_DAY = re.compile(
    r"(?<!\d)(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号號일]?\s*,\s*(?P<year>\d{4})(?!\d)"
)
_VIETNAMESE = re.compile(
    rf"(?:(?<!\d)(?P<day>\d{{1,2}})\s*,?\s*)?(?:thang|thg)\.?\s+(?P<month>\d{{1,2}}|{_names(_VIETNAMESE_NUMBERS)})\b"
    r"\s*(?:,|/|-|nam)?\s*(?P<year>\d{4})(?!\d)"
)
# As WordPress writes them in Vietnamese: "5 Th11, 2026" and "Tháng Mười Một 5, 2026".
_VIETNAMESE_SHORT = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s+th(?P<month>\d{1,2})\b\s*,?\s*(?P<year>\d{4})(?!\d)")
_VIETNAMESE_MONTH_FIRST = re.compile(
    rf"\bthang\s+(?P<month>\d{{1,2}}|{_names(_VIETNAMESE_NUMBERS)})\s+(?P<day>\d{{1,2}})\s*,\s*(?P<year>\d{{4}})(?!\d)"
)
_DAY_MONTH_YEAR = re.compile(_DAY + _OF.replace(r"\s+|", r"\s*|", 1) + _MONTH + _OF + "?" + _YEAR)
_DAY_MONTH_SHORT_YEAR = re.compile(_DAY + r"\s+" + _MONTH + r"\s+(?P<year>\d\d)(?=\s+\d{1,2}:\d\d)")
_MONTH_DAY_YEAR = re.compile(
    _NOT_IN_WORD + _MONTH + r"\s*" + _DAY.replace("/-]", "/]") + r"\s*,?\s*" + _YEAR + r"(?!:)"
)
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)" + _YEAR + r"[\s,-]+" + _MONTH + r"[\s-]+" + r"(?P<day>\d{1,2})(?![\d:])")
_ASCTIME = re.compile(
    _NOT_IN_WORD + _MONTH + r"\s+(?P<day>\d{1,2})\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}\s+|[a-z]+\s+)?" + _YEAR
)
# Not after a number: 31 April 2026 is a mistake, not April.
_MONTH_YEAR = re.compile(r"(?<!\d)(?<!\d[ .-])(?<!\d\. )" + _NOT_IN_WORD + _MONTH + _OF + _YEAR)
_NUMBERS_YEAR_FIRST = re.compile(
    r"(?<![\d./-])(?P<year>\d{4})\s?[./]\s?(?P<month>\d{1,2})\s?[./]\s?(?P<day>\d{1,2})(?![\d/-])"
)
_NUMBERS_YEAR_LAST = re.compile(
    r"(?<![\d./-])(?P<first>\d{1,2})\s?(?P<mark>[./-])\s?(?P<second>\d{1,2})\s?(?P=mark)\s?(?P<year>\d{4})(?![\d/-]|\.\d)"
)
_NUMBERS_SHORT_YEAR = re.compile(r"(?<![\d./:-])(?P<first>\d{1,2})\.(?P<second>\d{1,2})\.(?P<third>\d\d)(?![\d./-])")
_PATH_DAY = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)([/_-]?)(?P<month>[01]\d)\2(?P<day>[0-3]\d)(?!\d)")
_PATH_MONTH = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[/_-](?P<month>[01]\d)(?!\d)")
_TIME = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"\s*(?P<zone>\(?(?:GMT|UTC)\s*[+-]\s*\d{1,2}(?::?\d\d)?\)?|[+-]\d\d(?::?\d\d)?(?!\d)|\(?[A-Z]{1,5}\b\)?)?",
    re.IGNORECASE,
)
_TIME_BASIC = re.compile(r"T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<half>)(?P<zone>Z|[+-]\d{4})$")
_OFFSET = re.compile(r"(?P<sign>[+-])\s*(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?")


def parse_date(text: str, *, language: str | None = None, day_first: bool | None = None) -> str | None:
    """The first date in ``text`` as ISO 8601 in the precision it is written in (see Link.published), or None.

    Reads RFC 822, ISO 8601, asctime, and dates written in English, Vietnamese, Chinese, Japanese, Korean, German,
    French, Spanish, Portuguese and Italian. ``day_first`` settles 05/11/2026; None leaves it to ``language``
    (ISO 639-1), and where that does not settle it either, the answer is None. Years are 1980 to 2100. Never raises.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text[:_MAX_LENGTH]).split())
    folded = _with_digits(_folded(plain))
    spoken = (language or "").lower()[:2]
    if day_first is None and spoken in _DAY_FIRST:
        day_first = True
    found = _find_day(folded, day_first) or _short_year(folded, spoken, day_first)
    if found is None:
        return _month_or_year(folded)
    moment = _moment(found, plain)
    return found.isoformat() if moment is None else moment.isoformat(timespec="seconds")


def date_in_address(url: str) -> str | None:
    """The day, or the month, that an address has in its path as many newsrooms' do, as ISO 8601; None without one."""
    path = urlsplit(url).path
    for pattern in (_PATH_DAY, _PATH_MONTH):
        for match in pattern.finditer(path):
            parts = match.groupdict()
            if _date(int(parts["year"]), int(parts["month"]), int(parts.get("day", 1))) is not None:
                return "-".join(match[name] for name in pattern.groupindex)
    return None


def _folded(text: str) -> str:
    """Lower case without marks, so that Février and fevrier are one; đ, ß and ä of German months keep their sense."""
    bare = "".join(mark for mark in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(mark))
    # Taking Hangul apart and not putting it together again would leave letters that no pattern names.
    return unicodedata.normalize("NFC", bare).replace("đ", "d")


def _with_digits(text: str) -> str:
    """Dates in Han numerals (二〇二六年十一月五日, 十一月 5, 2026) with digits."""
    if not _HAN_NUMERALS.search(text):
        return text
    text = _HAN_YEAR.sub(lambda found: "".join(_HAN_DIGITS[char] for char in found[0]), text)
    return _HAN_NUMBER.sub(lambda found: str(_han_number(found[0])), text)


def _han_number(written: str) -> int:
    """1 to 99: 五, 十, 十一, 二十, 三十一."""
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return int("".join(_HAN_DIGITS[char] for char in written))
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _short_year(text: str, spoken: str, day_first: bool | None) -> date | None:
    """05.11.26 where the day comes first, 26.11.05 in Korean; elsewhere nobody can tell which number is the year."""
    for match in _NUMBERS_SHORT_YEAR.finditer(text):
        first, second, third = int(match["first"]), int(match["second"]), int(match["third"])
        if spoken == "ko":
            found = _date(2000 + first, second, third)
        else:
            found = _date(2000 + third, second, first) if day_first else None
        if found is not None:
            return found
    return None


def _find_day(text: str, day_first: bool | None) -> date | None:
    for pattern in (
        _ISO,
        _ISO_BASIC,
        _EAST_ASIAN,
        _DAY_HAN_MONTH,
        _HAN_MONTH_DAY,
        _VIETNAMESE,
        _VIETNAMESE_SHORT,
        _VIETNAMESE_MONTH_FIRST,
        _DAY_MONTH_YEAR,
        _DAY_MONTH_SHORT_YEAR,
        _ASCTIME,
        _MONTH_DAY_YEAR,
        _YEAR_MONTH_DAY,
        _NUMBERS_YEAR_FIRST,
    ):
        for match in pattern.finditer(text):
            if (found := _day(match)) is not None:
                return found
    for match in _NUMBERS_YEAR_LAST.finditer(text):
        if (found := _ordered(match, day_first)) is not None:
            return found
    return None


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    if parts["day"] is None:
        return None
    return _date(_year(parts), _month(parts["month"]), int(parts["day"]))


def _ordered(match: re.Match[str], day_first: bool | None) -> date | None:
    """A date whose day and month are both numbers before the year."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if match["mark"] == ".":
        day_first = True  # nobody writes month.day.year
    as_day_first, as_month_first = _date(year, second, first), _date(year, first, second)
    if as_day_first is None or as_month_first is None or as_day_first == as_month_first:
        return as_day_first or as_month_first
    if day_first is None:
        return None
    return as_day_first if day_first else as_month_first


def _month_or_year(text: str) -> str | None:
    for pattern in (_EAST_ASIAN, _VIETNAMESE, _MONTH_YEAR):
        for match in pattern.finditer(text):
            parts = match.groupdict()
            if parts.get("day") is None and (found := _date(_year(parts), _month(parts["month"]), 1)):
                return f"{found:%Y-%m}"
    for pattern in (_ISO_MONTH, _MONTH_SLASH_YEAR):
        whole = pattern.match(text)
        if whole and (found := _date(int(whole["year"]), int(whole["month"]), 1)):
            return f"{found:%Y-%m}"
    year = _YEAR_ONLY.match(text)
    return year["year"] if year and int(year["year"]) in _YEARS else None


def _year(parts: dict[str, str | None]) -> int:
    written = parts["year"] or ""
    year = 1 if written == "元" else int(written)
    era = parts.get("era")
    if era:
        return year + _ERAS[era]
    if len(written) == 2 and "era" not in parts:  # RFC 822 allowed two digits
        return year + (2000 if year < 70 else 1900)
    return year


def _month(written: str | None) -> int:
    name = written or ""
    return int(name) if name.isdecimal() else _MONTHS.get(name) or _VIETNAMESE_NUMBERS[name]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _moment(day: date, text: str) -> datetime | None:
    """The time of day with its zone, in UTC; None when the text has no time, or no zone to place it."""
    match = next((found for found in _TIME.finditer(text) if found["zone"]), None) or _TIME_BASIC.search(text)
    offset = _offset(match["zone"]) if match else None
    if match is None or offset is None:
        return None
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    try:
        clock = time(hour, int(match["minute"]), int(match["second"] or 0), tzinfo=timezone(offset))
    except ValueError:
        return None
    if (clock.hour, clock.minute, clock.second) == (0, 0, 0):
        # Exactly midnight is how programs write "no time"; shifted to UTC it would be the day before in half the world.
        return None
    return datetime.combine(day, clock).astimezone(UTC)


def _offset(zone: str) -> timedelta | None:
    written = zone.strip("() ").upper()
    if written in _ZONES:
        return timedelta(hours=_ZONES[written])
    match = _OFFSET.search(written)
    if match is None:
        return None
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset > timedelta(hours=14):
        return None
    return -offset if match["sign"] == "-" else offset
