"""Health as metrics, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.alarms import AlarmKind
from pipeline.source_report import SourceReport, newest_item
from storage.source_health import SourceHealth

_Value = Callable[[SourceHealth], float | None]

#: Name, help, what it is of a source (None: not exported for this one). Times are seconds since 1970.
_GAUGES: tuple[tuple[str, str, _Value], ...] = (
    ("last_poll_timestamp_seconds", "When it was last polled", lambda h: _seconds(h.state.last_poll_at)),
    ("last_success_timestamp_seconds", "When a poll last worked", lambda h: _seconds(h.state.last_success_at)),
    ("next_poll_timestamp_seconds", "When it is polled next", lambda h: _seconds(h.state.next_poll_at)),
    ("newest_item_timestamp_seconds", "When its newest item came out", lambda h: _seconds(newest_item(h))),
    ("failures_in_row", "Polls that failed since the last that worked", lambda h: h.state.failures_in_row),
    ("links_found", "Links in its last answer", lambda h: h.state.last_found),
    ("overlap_ratio", "Part of the links known from the poll before", lambda h: h.state.overlap),
    ("pages_waiting", "Pages to be fetched or read", lambda h: h.pages_waiting),
    ("pages_failed", "Pages set aside", lambda h: h.pages_failed),
    ("pages_read", "Pages read", lambda h: h.pages_read),
    ("deals", "Deals reported there", lambda h: h.deals),
)


def source_metrics(reports: Sequence[SourceReport]) -> str:
    """The health of these sources as text that Prometheus reads; every line has the label ``source``."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Sources(reports))
    return generate_latest(registry).decode("utf-8")


class _Sources(Collector):
    def __init__(self, reports: Sequence[SourceReport]) -> None:
        self._reports = reports

    def collect(self) -> Iterator[Metric]:
        known = [(report.name, report.health) for report in self._reports if report.health is not None]
        for name, text, value in _GAUGES:
            yield _gauge(name, text, ((source, value(health)) for source, health in known))
        polls = CounterMetricFamily("dealwire_source_polls", "Polls of it", labels=["source"])
        for source, health in known:
            polls.add_metric([source], health.state.polls)
        yield polls
        rhythms = ((report.name, report.rhythm) for report in self._reports)
        text = "Mean time between two of its items"
        yield _gauge("rhythm_seconds", text, ((n, r.gap.total_seconds() if r else None) for n, r in rhythms))
        alarms = GaugeMetricFamily("dealwire_source_alarm", "1 while the alarm is on", labels=["source", "alarm"])
        for report in self._reports:
            on = {alarm.kind for alarm in report.alarms}
            for kind in AlarmKind:
                alarms.add_metric([report.name, kind.value], float(kind in on))
        yield alarms


def _gauge(name: str, text: str, values: Iterable[tuple[str, float | None]]) -> Metric:
    family = GaugeMetricFamily(f"dealwire_source_{name}", text, labels=["source"])
    for source, value in values:
        if value is not None:
            family.add_metric([source], value)
    return family


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment is not None else None
