"""What is remembered of a source, through any series of polls: properties, and simulated sources of many rhythms."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alarms import TEXTS_KEPT, AlarmKind, Condition, alarms_of, condition_of
from pipeline.rhythm import ARRIVALS_KEPT, LAST_RETRY, Pace
from pipeline.source_memory import Fault, Look, address_of, after_fault, after_look, after_reading
from storage.sources import SourceState

START = datetime(2026, 3, 2, tzinfo=UTC)
NEW = SourceState(1, "wire", "feed", "https://wire.example/feed", START)
KEYS = [f"{number:016x}" for number in range(12)]

seconds = st.none() | st.floats(0, 1e7)
looks = st.builds(
    Look,
    not_modified=st.booleans(),
    found=st.integers(0, 40),
    new=st.integers(0, 40),
    links=st.frozensets(st.sampled_from(KEYS)),
    before=st.frozensets(st.sampled_from(KEYS)),
    fresh=st.lists(st.none() | st.timedeltas(timedelta(days=-900), timedelta(days=9)).map(lambda ago: START + ago)),
    fresh_seconds=seconds,
    ttl_seconds=seconds,
    permanent_url=st.none() | st.sampled_from(["https://new.example/", "https://wire.example/feed"]),
    verified=st.booleans(),
    contradicted=st.booleans(),
)
faults = st.builds(
    Fault,
    error=st.just("no"),
    temporary=st.booleans(),
    gone=st.booleans(),
    asked_seconds=st.none() | st.floats(0, 86400),
)
series = st.lists(st.tuples(looks | faults, st.timedeltas(timedelta(seconds=1), timedelta(days=3))), max_size=25)


@given(series, st.sampled_from(["feed", "sitemap", "listing", "edgar", "folder", "archive"]), st.randoms())
def test_whatever_happens_a_source_is_polled_again_or_retired(
    events: list[tuple[Look | Fault, timedelta]], kind: str, chance: random.Random
) -> None:
    pace = Pace()
    state = SourceState(1, "wire", kind, "https://wire.example/feed", START)
    now = START
    told: set[str] = set()
    for number, (event, later) in enumerate(events, 1):
        now += later
        change = (
            after_look(state, event, pace, now, chance.random)
            if isinstance(event, Look)
            else after_fault(state, event, pace, now, chance.random)
        )
        state = change.state
        assert state.polls == number
        if isinstance(event, Look):
            assert (state.retired_at, state.failures_in_row) == (None, 0)
            assert state.next_poll_at is not None
            assert pace.shortest <= state.next_poll_at - now <= pace.longest
        elif state.retired_at is None:
            assert state.next_poll_at is not None
            assert now < state.next_poll_at <= now + LAST_RETRY
        else:
            assert event.gone or state.failures_in_row > 1
        assert state.next_poll_why
        assert len(state.arrivals) <= ARRIVALS_KEPT
        assert address_of(state) in (state.url, state.moved_to)
        # Alarms are told when they begin and when they end, each once.
        for news in change.news:
            assert (news.kind in told) != news.began
            told ^= {news.kind}
        assert told == set(state.alarms) == {alarm.kind for alarm in alarms_of(state, now)}
        assert condition_of(state, alarms_of(state, now)) not in (Condition.NEW, Condition.REMOVED)


@pytest.mark.parametrize("length", [10, 30])
@pytest.mark.parametrize("minutes", [2, 15, 240, 1440])
def test_of_a_steady_source_nothing_is_missed(minutes: int, length: int) -> None:
    """An item in each such time, in a list of so many: after a day two of three links are known from poll to poll."""
    gap = timedelta(minutes=minutes)
    pace, chance = Pace(shortest=timedelta(minutes=3)), random.Random(1)
    state, now = NEW, START
    before: frozenset[str] = frozenset()
    polls = 0
    while now - START < timedelta(days=4):
        newest = int(now.timestamp() // gap.total_seconds())
        numbers = range(newest - length + 1, newest + 1)
        links = {f"{number:016x}": datetime.fromtimestamp(number * gap.total_seconds(), UTC) for number in numbers}
        fresh = [moment for key, moment in links.items() if key not in before]
        look = Look(found=length, new=len(fresh), links=frozenset(links), before=before, fresh=fresh)
        state = after_look(state, look, pace, now, chance.random).state
        before = frozenset(links)
        assert AlarmKind.SILENT not in {alarm.kind for alarm in alarms_of(state, now)}
        if now - START > timedelta(days=1) and state.overlap is not None:
            assert state.overlap >= 0.5
        polls += 1
        assert state.next_poll_at is not None
        now = state.next_poll_at
    assert state.missed_at is None or state.missed_at - START < timedelta(days=1)
    assert polls <= 4 * 24 * 20  # no more often than the shortest interval


def test_a_source_that_keeps_weekends_raises_no_alarm() -> None:
    """Three items on each working day, from the first look on, over five weeks; then they stop."""
    days = [START + timedelta(days=day, hours=hour) for day in range(35) for hour in (9, 13, 17)]
    days = [day for day in days if day.weekday() < 5]
    state, now = NEW, START + timedelta(hours=8)
    known: list[datetime] = []
    while not state.alarms:
        there = [day for day in days if day <= now][-20:]
        links = frozenset(f"{int(day.timestamp()):016x}" for day in there)
        before = frozenset(f"{int(day.timestamp()):016x}" for day in known)
        fresh = [day for day in there if day not in known]
        look = Look(found=max(len(there), 1), new=len(fresh), links=links, before=before, fresh=fresh)
        state = after_look(state, look, Pace(), now, lambda: 0.5).state
        known = there
        assert state.next_poll_at is not None
        now = state.next_poll_at
    assert set(state.alarms) == {AlarmKind.SILENT}
    assert timedelta(days=4) < now - days[-1] < timedelta(days=7)


@given(st.lists(st.lists(st.integers(0, 9000), max_size=12), max_size=12))
def test_texts_are_few_and_an_alarm_needs_five(batches: list[list[int]]) -> None:
    state = NEW
    for texts in batches:
        state = after_reading(state, texts, START).state
    every = [length for texts in batches for length in texts]
    assert list(state.texts) == every[-TEXTS_KEPT:]
    if len(every) < 5 or min(every[-5:]) >= 400:
        assert not state.alarms
    if len(every) >= 5 and not any(every[-5:]):
        assert set(state.alarms) == {AlarmKind.LAYOUT_CHANGED}
