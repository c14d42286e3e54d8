"""Dates as newsrooms write them. The rule behind all: rather none than a wrong one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.dates import parse_date

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
SHAPE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d\+00:00)?)?)?")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Thu, 05 Nov 2026 10:00:00 +0700", None, "2026-11-05T03:00:00+00:00"),
        ("Thu,05 Nov 2026 10:00:5 GMT+9", None, "2026-11-05T01:00:05+00:00"),
        ("Thu, 05 Nov 26 10:00:00 GMT", None, "2026-11-05T10:00:00+00:00"),
        ("2026-11-05T10:00:00.123Z", None, "2026-11-05T10:00:00+00:00"),
        ("2026-11-05T23:30:00-05:00", None, "2026-11-06T04:30:00+00:00"),
        ("20261105T100000Z", None, "2026-11-05T10:00:00+00:00"),
        ("Thu Nov 05 10:00:00 +0000 2026", None, "2026-11-05T10:00:00+00:00"),
        ("Posted November 5, 2026 at 3:15 pm EST", "en", "2026-11-05T20:15:00+00:00"),
        ("Thứ năm, 5/11/2026, 10:30 (GMT+7)", "vi", "2026-11-05T03:30:00+00:00"),
        ("Thu Nov 05 10:00:00 CET 2026", None, "2026-11-05T09:00:00+00:00"),
        ("05.11.26", "de", "2026-11-05"),
        ("26.11.05", "ko", "2026-11-05"),
        ("05.nov.2026", "pt", "2026-11-05"),
        ("1° luglio 2026", "it", "2026-07-01"),
        ("1º de março de 2026", "pt", "2026-03-01"),
        ("5 Th11, 2026", "vi", "2026-11-05"),
        ("Tháng Mười Một 5, 2026", "vi", "2026-11-05"),
        ("二〇二六年十一月五日", "zh", "2026-11-05"),
        ("二零二六年三月三十一日", "zh", "2026-03-31"),
        ("二○二六年十二月", "zh", "2026-12"),
        ("星期四, 5 十一月 2026", "zh", "2026-11-05"),
        ("十一月 5, 2026", "zh", "2026-11-05"),
        ("목, 05 11월 2026 10:00:00 +0900", "ko", "2026-11-05T01:00:00+00:00"),
        ("2026-11-05 10:00", None, "2026-11-05"),  # no zone: the time could be anyone's
        ("5 Nov 2026 10:00 IST", "en", "2026-11-05"),  # three countries call theirs IST
        ("2026-11-05T00:00:00+07:00", None, "2026-11-05"),  # midnight is how programs write "no time"
        ("2026-11", None, "2026-11"),
        ("2026", None, "2026"),
        ("November 2026", "en", "2026-11"),
        ("tháng 11/2026", "vi", "2026-11"),
        ("2026年11月", "zh", "2026-11"),
        ("2026年11月5日", "zh", "2026-11-05"),
        ("２０２６年１１月５日（木）", "ja", "2026-11-05"),
        ("令和8年11月5日", "ja", "2026-11-05"),
        ("令和元年5月1日", "ja", "2019-05-01"),
        ("民國115年11月5日", "zh", "2026-11-05"),
        ("周四, 05 11月 2026", "zh", "2026-11-05"),
        ("11 月 5, 2026", "zh", "2026-11-05"),
        ("2026년 11월 5일", "ko", "2026-11-05"),
        ("2026. 11. 5.", "ko", "2026-11-05"),
        ("Thứ Năm, 05/11/2026", "vi", "2026-11-05"),
        ("Ngày 5 tháng 11 năm 2026", "vi", "2026-11-05"),
        ("5 Tháng Mười Một, 2026", "vi", "2026-11-05"),
        ("06 Thg 11 2026", "vi", "2026-11-06"),
        ("5. März 2026", "de", "2026-03-05"),
        ("Donnerstag, 5. Nov. 2026", "de", "2026-11-05"),
        ("1er février 2026", "fr", "2026-02-01"),
        ("5 de noviembre de 2026", "es", "2026-11-05"),
        ("1º de novembro de 2026", "pt", "2026-11-01"),
        ("5 novembre 2026", "it", "2026-11-05"),
        ("mar, 05 ago 2026", "es", "2026-08-05"),
        ("1st of May 2026", "en", "2026-05-01"),
        ("Sept. 5th, 2026", "en", "2026-09-05"),
        ("05-Nov-2026", None, "2026-11-05"),
        ("25/11/2026", "en", "2026-11-25"),
        ("11/25/2026", None, "2026-11-25"),
        ("05.11.2026", None, "2026-11-05"),
        ("Published 5 May 2026 | Updated 6 May 2026", "en", "2026-05-05"),
    ],
)
def test_reads(text: str, language: str | None, expected: str) -> None:
    assert parse_date(text, language=language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("05/11/2026", "en"),
        ("05/11/2026", None),
        ("05/11/26", "de"),
        ("11月5日", "zh"),
        ("Q4 2026", "en"),
        ("2 hours ago", "en"),
        ("0001-01-01T00:00:00Z", None),
        ("2026-02-30", None),
        ("31 April 2026", "en"),
        ("version 12.5.2026.1", None),
        ("1518478934", None),
        ("", None),
    ],
)
def test_rather_none_than_wrong(text: str, language: str | None) -> None:
    assert parse_date(text, language=language) is None


def test_the_setting_settles_what_the_language_does_not() -> None:
    assert parse_date("05/11/2026", day_first=True) == "2026-11-05"
    assert parse_date("05/11/2026", language="vi", day_first=False) == "2026-05-11"


@given(DAYS, st.times(), st.integers(-12, 14))
def test_machine_dates_round_trip(day: date, clock: time, hours: int) -> None:
    moment = datetime.combine(day, clock.replace(microsecond=0), timezone(timedelta(hours=hours)))
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return
    expected = moment.astimezone(UTC).isoformat()
    assert parse_date(moment.isoformat()) == expected
    assert parse_date(format_datetime(moment)) == expected


@given(DAYS)
def test_written_dates_in_every_language(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    name = {language: names.split()[m - 1] for language, names in MONTHS.items()}
    for text, language in (
        (f"{name['en']} {d}, {y}", "en"),
        (f"{d} {name['en'][:3]} {y}", "en"),
        (f"{d:02}/{m:02}/{y}", "vi"),
        (f"ngày {d} tháng {m} năm {y}", "vi"),
        (f"{y}年{m}月{d}日", "zh"),
        (f"{y}/{m:02}/{d:02}", "ja"),
        (f"{y}년 {m}월 {d}일", "ko"),
        (f"{d}. {name['de']} {y}", "de"),
        (f"{d} {name['fr']} {y}", "fr"),
        (f"{d} de {name['es']} de {y}", "es"),
        (f"{d} de {name['pt']} de {y}", "pt"),
        (f"{d} {name['it']} {y}", "it"),
    ):
        assert parse_date(text, language=language) == day.isoformat(), text


@given(
    st.text(max_size=80) | st.from_regex(r"[0-9/.: 年月日TZ+-]{0,30}", fullmatch=True),
    st.sampled_from(["en", "vi", None]),
)
def test_never_raises_and_keeps_its_shape(text: str, language: str | None) -> None:
    found = parse_date(text, language=language)
    assert found is None or SHAPE.fullmatch(found)
