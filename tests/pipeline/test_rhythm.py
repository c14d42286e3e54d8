"""When a source is looked at again: bounds that always hold, and what makes it sooner or later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rhythm import (
    ARRIVALS_KEPT,
    LAST_RETRY,
    Pace,
    Rhythm,
    in_words,
    overlap_of,
    rhythm_of,
    turnover_seconds,
    wait_after_failure,
    wait_after_success,
    with_arrivals,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
times = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=4000))
chances = st.floats(0, 1)
paces = st.builds(
    Pace,
    every=st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    shortest=st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    longest=st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    fixed=st.booleans(),
)
rhythms = st.none() | st.builds(Rhythm, gap=times, longest_gap=times, span=times, newest=st.just(0))
turnovers = st.none() | st.floats(1, 1e9)
asked = st.none() | st.floats(0, 1e9)
keys = st.frozensets(st.integers(0, 40).map(str))


@given(paces, rhythms, times, turnovers, asked, chances)
def test_the_bounds_are_always_kept(
    pace: Pace, rhythm: Rhythm | None, silence: timedelta, turnover: float | None, asked: float | None, chance: float
) -> None:
    low, high = pace.bounds
    wait = wait_after_success(
        pace, lambda: chance, rhythm=rhythm, silence=silence, turnover=turnover, asked_seconds=asked
    )
    assert low <= wait.interval <= max(high, pace.longest)
    assert wait.interval >= min(timedelta(seconds=asked or 0), max(high, pace.longest))
    assert wait.why
    if asked is None:
        assert wait.interval <= high


@given(paces, times, times, times, times, turnovers, turnovers, asked, asked, chances)
def test_rarer_items_longer_silence_slower_turnover_and_a_server_that_asks_for_more_never_mean_sooner(
    pace: Pace,
    gap: timedelta,
    more_gap: timedelta,
    silence: timedelta,
    more_silence: timedelta,
    turnover: float | None,
    other_turnover: float | None,
    asked: float | None,
    other_asked: float | None,
    chance: float,
) -> None:
    def wait(gap: timedelta, silence: timedelta, turnover: float | None, asked: float | None) -> timedelta:
        rhythm = Rhythm(gap, gap, gap, 0)
        return wait_after_success(
            pace, lambda: chance, rhythm=rhythm, silence=silence, turnover=turnover, asked_seconds=asked
        ).interval

    def ordered(one: float | None, other: float | None, nothing: float) -> tuple[float | None, float | None]:
        less, more = sorted((one, other), key=lambda value: nothing if value is None else value)
        return less, more

    fast, slow = ordered(turnover, other_turnover, float("inf"))
    little, much = ordered(asked, other_asked, -1.0)
    base = wait(gap, silence, fast, little)
    assert base <= wait(gap + more_gap, silence, fast, little)
    assert base <= wait(gap, silence + more_silence, fast, little)
    assert base <= wait(gap, silence, slow, little)
    assert base <= wait(gap, silence, fast, much)


@given(st.integers(1, 10_000), asked, chances, st.timedeltas(timedelta(), timedelta(days=400)))
def test_a_failing_source_is_never_given_up(
    failures: int, asked: float | None, chance: float, at_least: timedelta
) -> None:
    wait = wait_after_failure(failures, lambda: chance, asked_seconds=asked, at_least=at_least)
    assert timedelta(minutes=8) <= wait.interval <= LAST_RETRY
    assert wait.interval >= min(timedelta(seconds=asked or 0), LAST_RETRY)
    assert wait.interval <= wait_after_failure(failures + 1, lambda: chance, asked_seconds=asked).interval or at_least


@given(keys, keys)
def test_overlap_is_symmetric_and_a_list_that_grows_misses_nothing(before: frozenset[str], now: frozenset[str]) -> None:
    overlap = overlap_of(before, now)
    assert overlap == overlap_of(now, before)
    if overlap is None:
        assert min(len(before), len(now)) < 3
        return
    assert 0 <= overlap <= 1
    if before <= now:
        assert overlap == 1
    if not before & now:
        assert overlap == 0
    turnover = turnover_seconds(overlap, HOUR)
    assert (turnover is None) == (overlap == 1)
    if turnover is not None:
        assert turnover >= HOUR.total_seconds()


@given(
    st.lists(st.none() | st.timedeltas(timedelta(days=-40_000), timedelta(days=20_000)).map(lambda ahead: NOW + ahead)),
    st.none() | st.timedeltas(timedelta(), timedelta(days=900)),
    st.lists(st.integers(0, int(NOW.timestamp())), max_size=60),
)
def test_arrivals_lie_between_two_looks_and_are_few(
    dates: list[datetime | None], ago: timedelta | None, known: list[int]
) -> None:
    previous = None if ago is None else NOW - ago
    moments = with_arrivals(known, dates, now=NOW, previous=previous)
    assert list(moments) == sorted(moments)
    assert len(moments) == min(len(known) + len(dates), ARRIVALS_KEPT)
    earliest = 0 if previous is None else int(previous.timestamp())
    assert all(earliest <= moment <= NOW.timestamp() for moment in with_arrivals([], dates, now=NOW, previous=previous))
    rhythm = rhythm_of(moments)
    if rhythm is not None:
        assert timedelta() < rhythm.gap <= rhythm.longest_gap <= rhythm.span


def test_the_rhythm_is_that_of_moments_not_of_items() -> None:
    """Ten items at once, four times a day, are something new every six hours."""
    bursts = [int(NOW.timestamp()) + 6 * 3600 * burst + second for burst in range(5) for second in range(0, 60, 6)]
    rhythm = rhythm_of(bursts)
    assert rhythm is not None
    assert timedelta(hours=5.9) < rhythm.gap < timedelta(hours=6.1)
    assert rhythm_of(bursts[:30]) is None


@pytest.mark.parametrize(
    ("rhythm_hours", "silence", "turnover", "asked", "expected", "why"),
    [
        (None, 0, None, None, 60, "its rhythm is not known yet"),
        (8, 0, None, None, 60, "something new every 8 h"),
        (1, 0, None, None, 10, "something new every 1 h; 10 min is the shortest interval"),
        (24, 0, None, None, 180, "something new every 1 d"),
        (400, 0, None, None, 360, "something new every 17 d; 6 h is the longest interval"),
        (8, 48, None, None, 120, "nothing new for 2 d"),
        (24, 0, 5400, None, 30, "all its links are replaced in 1.5 h"),
        (8, 0, None, 3 * 3600, 180, "it says that it stays the same for 3 h"),
        (8, 0, None, 86400, 360, "it says that it stays the same for 1 d"),
    ],
)
def test_the_interval_and_its_reason(
    rhythm_hours: int | None, silence: int, turnover: float | None, asked: float | None, expected: int, why: str
) -> None:
    rhythm = None
    if rhythm_hours is not None:
        rhythm = Rhythm(rhythm_hours * HOUR, 2 * rhythm_hours * HOUR, 40 * rhythm_hours * HOUR, 0)
    wait = wait_after_success(
        Pace(), lambda: 0.5, rhythm=rhythm, silence=silence * HOUR, turnover=turnover, asked_seconds=asked
    )
    assert (wait.interval, wait.why) == (timedelta(minutes=expected), why)


def test_failures_wait_twice_as_long_each_time_up_to_a_day() -> None:
    waits = [wait_after_failure(number, lambda: 0.5).interval for number in range(1, 12)]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (10, 20, 40, 80)]
    assert waits[-1] == timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (42, "42 s"), (59, "1 min"), (90, "1.5 min"), (3599, "1 h"), (5400, "1.5 h"), (36_000, "10 h"),
     (86_400, "1 d"), (216_000, "2.5 d"), (8_640_000, "100 d"),
        (63_115_199, "730 d"),
        (312_000_000, "10 y")],
)  # fmt: skip
def test_lengths_of_time_in_words(seconds: int, told: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == told
