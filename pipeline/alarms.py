"""What is wrong with a source, said so that an operator knows what to do. Pure, on what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import median

from pipeline.rhythm import MISSED_BELOW, Rhythm, in_words, rhythm_of
from storage.sources import SourceState

#: Failures in a row that make an alarm; fewer are only a pause.
FAILURES = 3
#: No source is silent before so long; before a week is known of it, it may simply keep weekends.
SHORTEST_SILENCE = timedelta(days=1)
SHORTEST_SILENCE_AT_FIRST = timedelta(days=4)
_A_WEEK = timedelta(days=8)
#: Of a source whose rhythm is not known.
SILENCE_WITHOUT_RHYTHM = timedelta(days=30)
#: For so long after items may have been missed the alarm is on.
MISSED_KEPT = timedelta(days=1)
#: Texts are remembered (``texts`` of SourceState): the last so many are compared with the ones before.
TEXTS_KEPT = 30
_LAST_TEXTS = 5
_FEWEST_EARLIER = 10
_SHORT = 0.2
_SHORT_CHARACTERS = 400

#: Kinds of source that bring news of themselves; a folder or an archive may rest.
_STREAMS = frozenset({"feed", "sitemap", "listing", "edgar"})
#: Those of them that always name something; a news sitemap of two days, or what a filter leaves, may well be empty.
_NEVER_EMPTY = frozenset({"feed", "listing"})
_EMPTY_FROM_THE_START = timedelta(days=1)


class AlarmKind(StrEnum):
    """What can be wrong, the gravest first."""

    RETIRED = "retired"
    NEVER_WORKED = "never_worked"
    FAILING = "failing"
    LAYOUT_CHANGED = "layout_changed"
    MISSED_ITEMS = "missed_items"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong: ``message`` says what, ``advice`` what to do about it."""

    kind: AlarmKind
    message: str
    advice: str


class Condition(StrEnum):
    """A source's state in one word."""

    OK = "ok"
    NEW = "new"  # never looked at
    QUIET = "quiet"
    MISSING = "missing items"
    CHANGED = "changed"
    PAUSED = "paused"
    FAILING = "failing"
    RETIRED = "retired"
    REMOVED = "removed"  # in no configuration any more


def alarms_of(state: SourceState, now: datetime) -> tuple[Alarm, ...]:
    """All that is wrong with a source now, the gravest first."""
    if state.retired_at is not None:
        return (_retired(state),)
    found = (_failing(state), _layout(state, now), _missed(state, now), _silent(state))
    return tuple(alarm for alarm in found if alarm is not None)


def condition_of(state: SourceState, alarms: Iterable[Alarm], *, configured: bool = True) -> Condition:
    """The one word for a source with these alarms."""
    if not configured:
        return Condition.REMOVED
    kinds = {alarm.kind for alarm in alarms}
    for kind, condition in _CONDITIONS:
        if kind in kinds:
            return condition
        if kind is AlarmKind.FAILING and state.failures_in_row:
            return Condition.PAUSED
    return Condition.OK if state.polls else Condition.NEW


_CONDITIONS = (
    (AlarmKind.RETIRED, Condition.RETIRED),
    (AlarmKind.NEVER_WORKED, Condition.FAILING),
    (AlarmKind.FAILING, Condition.FAILING),
    (AlarmKind.LAYOUT_CHANGED, Condition.CHANGED),
    (AlarmKind.MISSED_ITEMS, Condition.MISSING),
    (AlarmKind.SILENT, Condition.QUIET),
)


@dataclass(frozen=True, slots=True)
class AlarmNews:
    """An alarm that began, or ended (``since`` is when it had begun)."""

    source: str
    kind: AlarmKind
    began: bool
    since: datetime
    message: str = ""
    advice: str = ""

    def __str__(self) -> str:
        what = self.kind.replace("_", " ")
        if self.began:
            return f"ALARM {self.source}: {what}: {self.message}; {self.advice}"
        return f"alarm over {self.source}: {what}, since {self.since:%Y-%m-%d %H:%M} UTC"


def news_of(
    state: SourceState, alarms: Sequence[Alarm], now: datetime
) -> tuple[Mapping[str, datetime], tuple[AlarmNews, ...]]:
    """The alarms that are on, each with when it began, to be remembered; and what of that is news."""
    before = state.alarms
    after = {alarm.kind.value: before.get(alarm.kind, now) for alarm in alarms}
    begun = [
        AlarmNews(state.name, alarm.kind, True, now, alarm.message, alarm.advice)
        for alarm in alarms
        if alarm.kind not in before
    ]
    over = [
        AlarmNews(state.name, kind, False, before[kind]) for kind in AlarmKind if kind in before and kind not in after
    ]
    return after, (*begun, *over)


def silence_allowed(rhythm: Rhythm | None) -> timedelta:
    """For how long a source of this rhythm may bring nothing new before that is an alarm."""
    if rhythm is None:
        return SILENCE_WITHOUT_RHYTHM
    floor = SHORTEST_SILENCE if rhythm.span >= _A_WEEK else SHORTEST_SILENCE_AT_FIRST
    return max(2 * rhythm.longest_gap, 4 * rhythm.gap, floor)


def silence_of(state: SourceState) -> timedelta | None:
    """How old the newest item was at the last good look (what came since nobody knows); None: there never was one."""
    if not state.arrivals or state.last_success_at is None:
        return None
    return max(state.last_success_at - datetime.fromtimestamp(state.arrivals[-1], UTC), timedelta())


def _retired(state: SourceState) -> Alarm:
    when = f" on {state.retired_at:%Y-%m-%d}" if state.retired_at else ""
    return Alarm(
        AlarmKind.RETIRED,
        f"the server said{when} that {state.url} is gone for good (410), so it is no longer asked",
        "give its new address in the configuration (`dealwire sources add SITE` looks for one) or remove it; "
        f"`dealwire ingest {_quoted(state.name)}` asks once more",
    )


def _failing(state: SourceState) -> Alarm | None:
    if state.failures_in_row < FAILURES:
        return None
    often = f"{state.failures_in_row} polls in a row failed"
    since = f" since {state.failing_since:%Y-%m-%d %H:%M} UTC" if state.failing_since else ""
    check = f"`dealwire sources check {_quoted(state.name)}` tries it now; it goes on being asked, at least once a day"
    if state.last_success_at is None:
        return Alarm(
            AlarmKind.NEVER_WORKED,
            f"it has never worked: {often}{since}, the last with: {state.last_error}",
            f"check its address and kind in the configuration; {check}",
        )
    return Alarm(AlarmKind.FAILING, f"{often}{since}, the last with: {state.last_error}", check)


def _layout(state: SourceState, now: datetime) -> Alarm | None:
    check = f"`dealwire sources check {_quoted(state.name)}` shows what is found now"
    selectors = " and correct its selectors" if state.kind == "listing" else ""
    if state.empty_since is not None and not state.failures_in_row and _oddly_empty(state, now - state.empty_since):
        had = f"there were {state.last_found} before" if state.last_found else "there never was one"
        return Alarm(
            AlarmKind.LAYOUT_CHANGED,
            f"it answers, but without a single link since {state.empty_since:%Y-%m-%d %H:%M} UTC; {had}",
            f"open {state.moved_to or state.url} in a browser{selectors}; {check}",
        )
    last, earlier = state.texts[-_LAST_TEXTS:], state.texts[:-_LAST_TEXTS]
    if len(last) < _LAST_TEXTS:
        return None
    if not any(last):
        return Alarm(
            AlarmKind.LAYOUT_CHANGED,
            f"none of its last {len(last)} pages could be read",
            f"open one in a browser: it may need a login, consent or JavaScript; {check}",
        )
    length, usual = median(last), median(earlier or (0,))
    if len(earlier) >= _FEWEST_EARLIER and length < _SHORT_CHARACTERS and length < _SHORT * usual:
        return Alarm(
            AlarmKind.LAYOUT_CHANGED,
            f"the texts of its last {len(last)} pages have {length:.0f} characters, those before had {usual:.0f}",
            f"open one in a browser: the layout may have changed, or a notice stands before the text; {check}",
        )
    return None


def _oddly_empty(state: SourceState, time: timedelta) -> bool:
    from_the_start = not state.last_found and time >= _EMPTY_FROM_THE_START
    return state.kind in _NEVER_EMPTY or (state.kind in _STREAMS and from_the_start)


def _missed(state: SourceState, now: datetime) -> Alarm | None:
    if state.missed_at is None or now - state.missed_at > MISSED_KEPT:
        return None
    return Alarm(
        AlarmKind.MISSED_ITEMS,
        f"items may have been missed: on {state.missed_at:%Y-%m-%d %H:%M} UTC less than {MISSED_BELOW:.0%} of its "
        "links were known from the poll before",
        "let it be asked more often (`every` of the source, `poll_shortest`), or add a sitemap or a second feed that "
        "reaches further back",
    )


def _silent(state: SourceState) -> Alarm | None:
    silence = silence_of(state)
    # While it fails nobody can know; that, and being empty, has an alarm of its own.
    empty = state.empty_since is not None and state.kind in _NEVER_EMPTY
    if silence is None or state.kind not in _STREAMS or state.failures_in_row or empty:
        return None
    rhythm = rhythm_of(state.arrivals)
    if silence <= silence_allowed(rhythm):
        return None
    usual = f"; there used to be something every {in_words(rhythm.gap)}" if rhythm is not None else ""
    return Alarm(
        AlarmKind.SILENT,
        f"nothing new for {in_words(silence)}{usual}",
        f"open {state.moved_to or state.url} and the publisher's newsroom in a browser: it may have been replaced "
        "(`dealwire sources add SITE` looks for another)",
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
