"""What a poll, and reading pages, changes in what is remembered of a source. Pure: state and event in, state out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline import rhythm
from pipeline.alarms import TEXTS_KEPT, AlarmNews, alarms_of, news_of, silence_of
from pipeline.rhythm import Chance, Pace
from scrapers.sources import Validators
from storage.sources import PollOutcome, PollRecord, SourceState

#: An address that was redirected to for good so often, and for so long, is asked itself from then on.
MOVE_POLLS = 3
MOVE_TIME = timedelta(days=1)
#: A new address that fails so often in a row is doubted: the configured one is asked again.
MOVE_FAILURES = 3
#: So often a source that says "unchanged" is asked for all of it in the same poll, to see whether that is true.
VERIFY_EVERY = timedelta(days=1)
#: For so long a source that was caught is asked without validators; its server may have been mended by then.
DISTRUST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Look:
    """A poll that worked.

    ``links`` are keys of all links of the answer, ``before`` those of the last answer that had any; ``fresh`` are the
    publication dates (None: undated) of the links not in ``before``. ``fresh_seconds``: for how long the server says
    that the answer stays current; ``ttl_seconds``: for how long the document does. ``permanent_url``: where the address
    that was asked redirects to for good. ``verified``: "unchanged" was not simply believed; ``contradicted``: and was
    found to be wrong. ``goes_on``: this goes on with the poll before. ``more``: there is more at once.
    """

    validators: Validators = field(default_factory=Validators)
    not_modified: bool = False
    found: int = 0
    new: int = 0
    links: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    fresh: Sequence[datetime | None] = ()
    notes: tuple[str, ...] = ()
    fresh_seconds: float | None = None
    ttl_seconds: float | None = None
    permanent_url: str | None = None
    verified: bool = True
    contradicted: bool = False
    goes_on: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A poll that failed. ``gone``: the source itself answered 410. ``asked_seconds``: its Retry-After, if any."""

    error: str
    temporary: bool = False
    gone: bool = False
    asked_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What came of an event: the new state, the poll for the history, and what to tell people."""

    state: SourceState
    poll: PollRecord | None = None
    news: tuple[AlarmNews, ...] = ()


def address_of(state: SourceState) -> str:
    """The address to ask: the configured one, or the one it has moved to once that is believed."""
    return state.moved_to if state.moved_to is not None and _believed(state) else state.url


def validators_to_send(state: SourceState, now: datetime) -> Validators:
    """What to ask for changes with; without ETag and date while the source is not to be trusted with them."""
    if _distrusted(state, now):
        return Validators(body_hash=state.body_hash, cursor=state.cursor)
    return Validators(state.etag, state.last_modified, state.body_hash, state.cursor)


def to_verify(state: SourceState, now: datetime) -> bool:
    """Whether "unchanged" is to be checked this time."""
    return state.verified_at is None or now - state.verified_at >= VERIFY_EVERY


def after_look(state: SourceState, look: Look, pace: Pace, now: datetime, chance: Chance) -> Change:
    """What is remembered after a poll that worked."""
    # What is read up to a cursor overlaps as little as it can.
    compared = not look.not_modified and look.validators.cursor is None
    overlap = rhythm.overlap_of(look.before, look.links) if compared else None
    after = replace(
        state,
        polls=state.polls if look.goes_on else state.polls + 1,
        last_poll_at=now,
        last_success_at=now,
        successes_in_row=state.successes_in_row if look.goes_on else state.successes_in_row + 1,
        failures_in_row=0,
        failing_since=None,
        retired_at=None,
        last_notes=look.notes,
        verified_at=now if look.verified else state.verified_at,
        distrusted_since=_distrust(state, look, now),
    )
    previous = state.last_success_at or now
    after = _with_answer(after, look, previous if look.before else None, now)
    after = _with_move(after, look, now, asked_new=address_of(state) != state.url)
    if overlap is not None:
        after = _with_overlap(after, overlap, now - previous, now)
    wait = _next(after, look, pace, now, chance)
    after = replace(after, next_poll_at=None if look.more else now + wait.interval, next_poll_why=wait.why)
    outcome = PollOutcome.UNCHANGED if look.not_modified else PollOutcome.CHANGED
    return _judged(after, now, PollRecord(now, outcome, look.found, look.new, overlap))


def after_fault(state: SourceState, fault: Fault, pace: Pace, now: datetime, chance: Chance) -> Change:
    """What is remembered after a poll that failed: when it is tried again, or that it is retired."""
    failures = state.failures_in_row + 1
    moved = address_of(state) != state.url
    # What does not look temporary need not be asked sooner than a source that works.
    at_least = timedelta() if fault.temporary else pace.every
    wait = rhythm.wait_after_failure(failures, chance, asked_seconds=fault.asked_seconds, at_least=at_least)
    after = replace(
        state,
        polls=state.polls + 1,
        last_poll_at=now,
        last_error_at=now,
        last_error=fault.error,
        failures_in_row=failures,
        successes_in_row=0,
        failing_since=state.failing_since or now,
        next_poll_at=now + wait.interval,
        next_poll_why=wait.why,
    )
    if moved and (fault.gone or failures >= MOVE_FAILURES):
        after = replace(after, moved_to=None, moved_since=None, moved_times=0, etag=None, last_modified=None)
    elif fault.gone:
        after = replace(after, retired_at=state.retired_at or now, next_poll_at=None, next_poll_why="it is retired")
    return _judged(after, now, PollRecord(now, PollOutcome.FAILED, error=fault.error))


def after_reading(state: SourceState, texts: Sequence[int], now: datetime) -> Change:
    """What is remembered after pages of the source were read: the lengths of their texts, 0 for what gave none."""
    return _judged(replace(state, texts=(*state.texts, *texts)[-TEXTS_KEPT:]), now, None)


def _believed(state: SourceState) -> bool:
    lasted = (
        state.moved_since is not None and (state.last_success_at or state.added_at) - state.moved_since >= MOVE_TIME
    )
    return state.moved_times >= MOVE_POLLS and lasted


def _distrusted(state: SourceState, now: datetime) -> bool:
    return state.distrusted_since is not None and now - state.distrusted_since < DISTRUST


def _distrust(state: SourceState, look: Look, now: datetime) -> datetime | None:
    # Other bytes alone prove nothing: many feeds carry the time of day. Links that were not there before do.
    if look.contradicted and look.fresh:
        return now
    return state.distrusted_since if _distrusted(state, now) else None


def _with_move(state: SourceState, look: Look, now: datetime, *, asked_new: bool) -> SourceState:
    """Remember where the source redirects to for good, and how consistently."""
    if asked_new:  # where the new address redirects to is a move of its own
        further = look.permanent_url is not None and look.permanent_url != state.url
        return replace(state, moved_to=look.permanent_url, moved_since=now, moved_times=1) if further else state
    if look.permanent_url is None or look.permanent_url == state.url:
        return replace(state, moved_to=None, moved_since=None, moved_times=0)
    if look.permanent_url == state.moved_to:
        return replace(state, moved_times=state.moved_times + 1)
    return replace(state, moved_to=look.permanent_url, moved_since=now, moved_times=1)


def _with_answer(state: SourceState, look: Look, previous: datetime | None, now: datetime) -> SourceState:
    told = look.validators
    if look.not_modified:
        return replace(
            state,
            etag=told.etag or state.etag,
            last_modified=told.last_modified or state.last_modified,
            body_hash=told.body_hash or state.body_hash,
            cursor=told.cursor or state.cursor,
            last_new=0,
        )
    state = replace(
        state,
        etag=told.etag,
        last_modified=told.last_modified,
        body_hash=told.body_hash,
        cursor=told.cursor,
        last_new=look.new,
        ttl_seconds=look.ttl_seconds,
    )
    if not look.found:
        return replace(state, empty_since=state.empty_since or now)
    return replace(
        state,
        empty_since=None,
        last_found=look.found,
        arrivals=rhythm.with_arrivals(state.arrivals, look.fresh, now=now, previous=previous),
    )


def _with_overlap(state: SourceState, overlap: float, elapsed: timedelta, now: datetime) -> SourceState:
    state = replace(state, overlap=overlap, missed_at=now if overlap < rhythm.MISSED_BELOW else state.missed_at)
    seconds = rhythm.turnover_seconds(overlap, elapsed)
    old = state.turnover_at is None or now - state.turnover_at > rhythm.TURNOVER_KEPT
    if seconds is not None and (old or state.turnover_seconds is None or seconds <= state.turnover_seconds):
        return replace(state, turnover_seconds=seconds, turnover_at=now)
    return state


def _next(state: SourceState, look: Look, pace: Pace, now: datetime, chance: Chance) -> rhythm.Wait:
    known = rhythm.rhythm_of(state.arrivals)
    recent = state.turnover_at is not None and now - state.turnover_at <= rhythm.TURNOVER_KEPT
    return rhythm.wait_after_success(
        pace,
        chance,
        rhythm=known,
        silence=silence_of(state) or timedelta(),
        turnover=state.turnover_seconds if recent else None,
        asked_seconds=max(look.fresh_seconds or 0.0, state.ttl_seconds or 0.0),
    )


def _judged(state: SourceState, now: datetime, poll: PollRecord | None) -> Change:
    alarms, news = news_of(state, alarms_of(state, now), now)
    return Change(replace(state, alarms=alarms), poll, news)
