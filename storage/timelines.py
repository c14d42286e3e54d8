"""When a deal reached each status on its way, out of what its reports tell: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from storage.deal_shapes import TimelineStep
from storage.vocabulary import Status

_RANK = {Status.RUMORED: 0, Status.ANNOUNCED: 1, Status.COMPLETED: 2, Status.TERMINATED: 2}


@dataclass(frozen=True, slots=True)
class Telling:
    """A report at ``url``, published at an aware time, tells that the deal has ``status``."""

    status: Status
    published: datetime | None
    announced_on: date | None
    url: str
    copy: bool = False  # repeats another report's text

    @property
    def on(self) -> date | None:
        """The day on which the deal had that status, as far as known; None when nothing is dated."""
        published = None if self.published is None else self.published.astimezone(UTC).date()
        if self.status is Status.ANNOUNCED:
            return self.announced_on or published
        return published or self.announced_on


def timeline(final: Status, tellings: Iterable[Telling]) -> tuple[TimelineStep, ...]:
    """The way of a deal that has come to ``final``: rumored, announced, completed or terminated, oldest first.

    Never a step back, one end at most, nothing beyond ``final``: what a few reports claim and the deal's status does
    not bear out is no step, nor is a rumour printed after the announcement. The same whatever order they are given in.
    """
    ordered = sorted(tellings, key=lambda telling: (telling.on or date.max, telling.copy, telling.url))
    steps: list[TimelineStep] = []
    for status in dict.fromkeys((Status.RUMORED, Status.ANNOUNCED, final)):
        first = next((telling for telling in ordered if telling.status is status), None)
        if first is None or _RANK[status] > _RANK[final]:
            continue
        on = first.on
        if on is not None:
            steps = [step for step in steps if step.on is None or step.on <= on]
        steps.append(TimelineStep(status, on, first.url))
    return tuple(steps)
