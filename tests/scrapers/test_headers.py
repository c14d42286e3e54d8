"""Times in headers, as servers write them and as they should not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.headers import MAX_FRESH_SECONDS, MAX_RETRY_AFTER_SECONDS, fresh_seconds, retry_after_seconds

NOW = datetime(2026, 11, 5, 10, tzinfo=UTC)


def at(**later: float) -> str:
    return format_datetime(NOW + timedelta(**later), usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 1.5 ", 1.5),
        ("-5", 0.0),
        ("999999999", 86400.0),
        (at(minutes=2), 120.0),
        (at(days=-2), 0.0),
        (at(days=9000), 86400.0),
        ("Thu, 05 Nov 2026 10:02:00", 120.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("٣", None),
        ("9" * 400, 86400.0),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600.0),
        ({"cache-control": "Max-Age=600", "age": "200"}, 400.0),
        ({"cache-control": 'max-age="600"', "expires": at(days=1)}, 600.0),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=600, no-cache"}, 0.0),
        ({"cache-control": "no-store"}, 0.0),
        ({"cache-control": "max-age=-1"}, 0.0),
        ({"cache-control": "max-age=99999999999999999999"}, MAX_FRESH_SECONDS),
        ({"cache-control": "max-age=60", "age": "-50"}, 60.0),
        ({"cache-control": "max-age=60", "age": "500"}, 0.0),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age", "expires": at(hours=1)}, 3600.0),
        ({"expires": at(hours=1)}, 3600.0),
        ({"expires": at(hours=1), "date": at(minutes=-30)}, 5400.0),
        ({"expires": at(hours=-1)}, 0.0),
        ({"expires": "0"}, 0.0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, MAX_FRESH_SECONDS),
    ],
)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_seconds(headers, NOW) == seconds


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_whatever_stands_there_the_times_are_within_bounds(first: str, second: str, third: str) -> None:
    wait = retry_after_seconds(first, NOW)
    assert wait is None or 0 <= wait <= MAX_RETRY_AFTER_SECONDS
    fresh = fresh_seconds({"cache-control": f"max-age={first}", "expires": second, "age": third}, NOW)
    assert fresh is None or 0 <= fresh <= MAX_FRESH_SECONDS
