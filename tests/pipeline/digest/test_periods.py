"""The days that digests cover."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config_digests import Period
from pipeline.digest.periods import last_span, numbered, span_between, span_of

CALENDAR = [period for period in Period if period is not Period.SINCE_LAST]


@given(st.sampled_from(CALENDAR), st.dates(date(1990, 1, 8), date(2090, 1, 1)))
def test_periods_follow_each_other_without_gap_or_overlap(period: Period, day: date) -> None:
    span, before = span_of(period, day), last_span(period, day)
    assert span.since is not None
    assert span.until is not None
    assert span.since <= day <= span.until
    assert before.until == span.since - timedelta(days=1)
    assert span_of(period, span.until) == span == span_of(period, span.since)


def test_labels_of_periods() -> None:
    day = date(2027, 1, 2)
    assert [span_of(period, day).label for period in CALENDAR] == ["2027-01-02", "2026-W53", "2027-01"]
    labels = [span_between(since, until).label for since, until in ((day, None), (None, day), (day, day), (None, None))]
    assert labels == ["from_2027-01-02", "to_2027-01-02", "2027-01-02_to_2027-01-02", "all"]
    with pytest.raises(ValueError, match="ends before it begins"):
        span_between(day, date(2026, 1, 1))
    with pytest.raises(ValueError, match="has no days"):
        span_of(Period.SINCE_LAST, day)
    assert numbered(7, day) == "2027-01-02-no7"
