"""When to look at a source again: its rhythm, what it asks for, and patience where it fails. Pure arithmetic.

The numbers are explained in docs/health.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

#: Gives a number from 0 to 1, such as ``random.random``.
Chance = Callable[[], float]

#: So many times of items are remembered, the newest.
ARRIVALS_KEPT = 50
#: Below so many different ones nothing is said of a rhythm.
FEWEST_ARRIVALS = 4
#: A source is asked so many times in the time between two of its items.
POLLS_PER_ITEM = 8
#: As silence goes on, the interval becomes this part of it.
OF_SILENCE = 1 / 24
#: An interval is at most this part of the time in which the whole list is replaced: two of three links are known then.
OF_TURNOVER = 1 / 3
#: For so long the fastest turnover counts: busy hours come back the next day.
TURNOVER_KEPT = timedelta(days=1)
#: With less than this part of the links known from the answer before, some may have come and gone unseen. Not zero:
#: pinned items stay for ever.
MISSED_BELOW = 0.15
#: A list shorter than this tells nothing by its overlap.
FEWEST_LINKS = 3
#: Waits after polls that failed: doubled with each failure.
FIRST_RETRY = timedelta(minutes=10)
LAST_RETRY = timedelta(days=1)
_RETRY_JITTER = 0.2
_JITTER = 0.1
#: Items within a minute came out together.
_TOGETHER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a source may be looked at. ``every`` holds until its rhythm is known, and then too if ``fixed``."""

    every: timedelta = timedelta(hours=1)
    shortest: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=6)
    fixed: bool = False

    @property
    def bounds(self) -> tuple[timedelta, timedelta]:
        """The shortest and longest interval of a source that works and asks for no more."""
        if self.fixed:
            return self.every, self.every
        return min(self.shortest, self.longest), max(self.shortest, self.longest)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a source's items come: the mean and the longest time between two, and the time that is known of."""

    gap: timedelta
    longest_gap: timedelta
    span: timedelta
    newest: int  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait until the next poll, and why so long, in words."""

    interval: timedelta
    why: str


def rhythm_of(arrivals: Sequence[int]) -> Rhythm | None:
    """The rhythm in these times (seconds, ascending); None where they are too few."""
    moments: list[int] = []
    for moment in arrivals:
        if not moments or moment - moments[-1] > _TOGETHER_SECONDS:
            moments.append(moment)
    if len(moments) < FEWEST_ARRIVALS:
        return None
    span = moments[-1] - moments[0]
    longest = max(late - early for early, late in pairwise(moments))
    return Rhythm(timedelta(seconds=span / (len(moments) - 1)), timedelta(seconds=longest), timedelta(seconds=span),
                  moments[-1])  # fmt: skip


def with_arrivals(
    known: Sequence[int], published: Iterable[datetime | None], *, now: datetime, previous: datetime | None
) -> tuple[int, ...]:
    """The times of the newest items, with those of new ones added.

    An item that was not there at the ``previous`` good look came out since, whatever its date says; at the first look
    (None) dates are all there is, and items without one tell only that they were there ``now``.
    """
    latest = int(now.timestamp())
    earliest = int(previous.timestamp()) if previous is not None else 0
    came = (latest if day is None else int(day.timestamp()) for day in published)
    moments = [*known, *(min(max(moment, earliest), latest) for moment in came)]
    return tuple(sorted(moments)[-ARRIVALS_KEPT:])


def overlap_of(before: frozenset[str], now: frozenset[str]) -> float | None:
    """Which part (0 to 1) of the shorter of two lists of links is in the other too; None where one is too short.

    Of the shorter, as a list that grows or is cut loses nothing that anyone could have missed.
    """
    shorter = min(len(before), len(now))
    return len(before & now) / shorter if shorter >= FEWEST_LINKS else None


def turnover_seconds(overlap: float, elapsed: timedelta) -> float | None:
    """How long the list takes to be replaced as a whole, by what happened in ``elapsed``; None where nothing did."""
    return max(elapsed.total_seconds(), 1.0) / (1.0 - overlap) if overlap < 1.0 else None


def wait_after_success(
    pace: Pace,
    chance: Chance,
    *,
    rhythm: Rhythm | None = None,
    silence: timedelta = timedelta(),
    turnover: float | None = None,
    asked_seconds: float | None = None,
) -> Wait:
    """How long until a source that works is looked at again.

    Sooner where its items come often or its list is replaced soon, later where they are rare or have stopped; inside
    the pace's bounds, but as late as the server asks for (``asked_seconds``) up to its longest interval.
    """
    low, high = pace.bounds
    wanted, why = _wanted(pace, rhythm, silence)
    if turnover is not None and not pace.fixed and timedelta(seconds=turnover * OF_TURNOVER) < wanted:
        wanted = timedelta(seconds=turnover * OF_TURNOVER)
        why = f"all its links are replaced in {in_words(timedelta(seconds=turnover))}"
    if wanted > high:
        why += f"; {in_words(high)} is the longest interval"
    elif wanted < low:
        why += f"; {in_words(low)} is the shortest interval"
    asked = min(timedelta(seconds=asked_seconds or 0.0), max(pace.longest, high))
    interval = min(max(wanted, low), high)
    if asked > interval:
        why = f"it says that it stays the same for {in_words(timedelta(seconds=asked_seconds or 0.0))}"
    interval *= 1 - _JITTER + 2 * _JITTER * chance()
    # Clamped after the jitter: bounds are promises.
    return Wait(max(min(max(interval, low), high), asked), why)


def wait_after_failure(
    failures: int, chance: Chance, *, asked_seconds: float | None = None, at_least: timedelta = timedelta()
) -> Wait:
    """How long until a source that failed so many times in a row is tried again: ever longer, never for ever."""
    wait = FIRST_RETRY * (1 << min(max(failures - 1, 0), 12))
    wait = min(max(wait, at_least), LAST_RETRY) * (1 - _RETRY_JITTER + 2 * _RETRY_JITTER * chance())
    asked = timedelta(seconds=asked_seconds or 0.0)
    times = "once" if failures == 1 else f"{failures} times in a row"
    why = f"the server asks to be left alone for {in_words(asked)}" if asked > wait else f"it failed {times}"
    return Wait(min(max(wait, asked), LAST_RETRY), why)


def in_words(time: timedelta) -> str:
    """A length of time for people: two figures of precision at most."""
    seconds = time.total_seconds()
    for size, unit, least in ((31_557_600, "y", 2), (86400, "d", 0.95), (3600, "h", 0.95), (60, "min", 0.95)):
        if seconds >= least * size:
            return f"{seconds / size:.{0 if seconds >= 9.5 * size else 1}f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def _wanted(pace: Pace, rhythm: Rhythm | None, silence: timedelta) -> tuple[timedelta, str]:
    if pace.fixed:
        return pace.every, "its interval is fixed in the configuration"
    if rhythm is None:
        return pace.every, "its rhythm is not known yet"
    wanted = rhythm.gap / POLLS_PER_ITEM
    if silence * OF_SILENCE > wanted:
        return silence * OF_SILENCE, f"nothing new for {in_words(silence)}"
    return wanted, f"something new every {in_words(rhythm.gap)}"
