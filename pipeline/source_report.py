"""What is told of a source: its health and alarms, put together for tables, JSON and metrics. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.alarms import Alarm, AlarmKind, Condition, alarms_of, condition_of
from pipeline.rhythm import Rhythm, in_words, rhythm_of
from pipeline.source_memory import address_of
from scrapers.sources import Source
from storage.source_health import SourceHealth

#: A poll that is late by more than this means that nobody polls: no service runs.
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A source as configured and as it does. ``health`` is None for one that the database does not know yet."""

    name: str
    kind: str
    url: str
    configured: bool
    condition: Condition = Condition.NEW
    health: SourceHealth | None = None
    alarms: tuple[Alarm, ...] = ()
    rhythm: Rhythm | None = None
    late: timedelta = timedelta()  # since its next poll was due

    @classmethod
    def of_new(cls, source: Source) -> SourceReport:
        """A source that was never polled."""
        return cls(source.name, source.kind, source.url, configured=True)

    @property
    def polled_url(self) -> str:
        """The address that is asked: another one than ``url`` where the source has moved."""
        return address_of(self.health.state) if self.health is not None else self.url

    @property
    def due_at_once(self) -> bool:
        """True when the next poll has no time to wait for."""
        if self.health is None:
            return True
        state = self.health.state
        return self.health.configured and state.next_poll_at is None and state.retired_at is None

    @property
    def rhythm_in_words(self) -> str:
        return f"every {in_words(self.rhythm.gap)}" if self.rhythm is not None else ""

    @property
    def remarks(self) -> str:
        """What else an operator should know, on one line."""
        if self.health is None:
            return ""
        state = self.health.state
        found = [] if self.configured else ["not in this configuration"]
        found += [alarm.message for alarm in self.alarms]
        told = {alarm.kind for alarm in self.alarms}
        if state.failures_in_row and not told & {AlarmKind.FAILING, AlarmKind.NEVER_WORKED, AlarmKind.RETIRED}:
            found.append(state.last_error or "")
        if self.polled_url != self.url and self.configured:
            found.append(f"moved to {self.polled_url}")
        if self.late > LATE:
            found.append(f"its poll is {in_words(self.late)} late: is `dealwire run` running?")
        return "; ".join(filter(None, (*found, *state.last_notes)))

    def as_json(self) -> dict[str, object]:
        """Everything, for programs. Times are ISO 8601, lengths of time seconds."""
        shape: dict[str, object] = {
            "name": self.name, "kind": self.kind, "url": self.url, "configured": self.configured,
            "state": self.condition.value,
            "alarms": [_alarm_json(alarm, self.health) for alarm in self.alarms],
        }  # fmt: skip
        if self.health is None:
            return shape
        health, state = self.health, self.health.state
        return shape | {
            "polled_url": self.polled_url, "polls": state.polls, "last_poll": _text(state.last_poll_at),
            "last_success": _text(state.last_success_at), "last_error_at": _text(state.last_error_at),
            "last_error": state.last_error, "failures_in_row": state.failures_in_row,
            "successes_in_row": state.successes_in_row, "failing_since": _text(state.failing_since),
            "next_poll": _text(state.next_poll_at), "next_poll_why": state.next_poll_why,
            "rhythm_seconds": round(self.rhythm.gap.total_seconds()) if self.rhythm else None,
            "newest_item": _text(newest_item(health)), "overlap": state.overlap,
            "validators_trusted": state.distrusted_since is None, "retired_at": _text(state.retired_at),
            "notes": list(state.last_notes), "found": state.last_found, "new": state.last_new,
            "lately": {
                "polls": health.lately.polls, "since": _text(health.lately.since), "failed": health.lately.failed,
                "new": health.lately.new, "pages_read": health.lately.pages_read,
                "pages_failed": health.lately.pages_failed, "deals": health.lately.deals,
            },
            "pages_found": health.pages_found, "pages_waiting": health.pages_waiting, "pages_read": health.pages_read,
            "pages_failed": health.pages_failed, "deals": health.deals,
        }  # fmt: skip


def reports_of(sources: Sequence[Source], known: Sequence[SourceHealth], now: datetime) -> list[SourceReport]:
    """The configured sources in their order, then those that only the database knows."""
    by_name = {health.state.name: health for health in known}
    configured = {source.name: source for source in sources}
    reports = [
        report_of(source, by_name[source.name], now) if source.name in by_name else SourceReport.of_new(source)
        for source in sources
    ]
    return reports + [report_of(None, health, now) for name, health in by_name.items() if name not in configured]


def report_of(source: Source | None, health: SourceHealth, now: datetime) -> SourceReport:
    """What there is to tell of a source; None: it is not in this configuration."""
    state = health.state
    alarms = alarms_of(state, now) if source is not None else ()
    due = state.next_poll_at if source is not None and health.configured else None
    return SourceReport(
        name=state.name,
        kind=source.kind if source is not None else state.kind,
        url=source.url if source is not None else state.url,
        configured=source is not None,
        condition=condition_of(state, alarms, configured=source is not None),
        health=health,
        alarms=alarms,
        rhythm=rhythm_of(state.arrivals),
        late=max(now - due, timedelta()) if due is not None else timedelta(),
    )


def newest_item(health: SourceHealth) -> datetime | None:
    """When the newest item came out, aware UTC."""
    arrivals = health.state.arrivals
    return datetime.fromtimestamp(arrivals[-1], UTC) if arrivals else None


def _alarm_json(alarm: Alarm, health: SourceHealth | None) -> dict[str, object]:
    since = health.state.alarms.get(alarm.kind) if health is not None else None
    return {"kind": alarm.kind.value, "since": _text(since), "message": alarm.message, "advice": alarm.advice}


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
