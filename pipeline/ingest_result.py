"""What a pass over the sources tells: while it is under way, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from pipeline.alarms import AlarmNews


class Stage(StrEnum):
    """Where on the way something happened."""

    POLL = "poll"
    FETCH = "fetch"
    READ = "read"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that did not work: ``subject`` is the source's name (poll), the page's URL (fetch, read), or the URL
    of a report's page or "deal 7" (resolve).
    """

    source: str
    stage: Stage
    subject: str
    error: str
    temporary: bool

    def __str__(self) -> str:
        """One line for people, which names the page: most errors do themselves, a fault of the extractor does not."""
        named = self.stage is Stage.POLL or self.subject in self.error or _path(self.subject) in self.error
        page = "" if named else f"{self.subject}: "
        again = "; will be tried again" if self.temporary else ""
        source = f" ({self.source})" if self.source else ""
        return f"{self.stage.value} failed{source}: {page}{self.error}{again}"


def _path(url: str) -> str:
    return unquote(urlsplit(url).path) if url.startswith("file:") else url


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one pass got from one source. Counts are pages unless the name says otherwise."""

    name: str
    kind: str
    polled: bool = False  # it was looked at in this pass, with or without success
    found: int = 0  # links the poll returned
    new: int = 0  # of them never seen before
    not_modified: bool = False
    read: int = 0  # pages that became articles in this pass
    failed: int = 0  # pages that could not be fetched or read in this pass
    reports: int = 0
    new_deals: int = 0
    updated_deals: int = 0
    error: str | None = None  # why the poll itself failed
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one pass did. ``failures`` says what and why; the pass itself never raises for them."""

    started_at: datetime
    finished_at: datetime
    sources: tuple[SourceResult, ...] = ()  # all that were given, polled or not
    failures: tuple[Failure, ...] = ()
    stopped: bool = False  # ended early because the caller asked
    waiting: int = 0  # pages of these sources that are still to be fetched or read
    next_try_at: datetime | None = None  # when the first of them is due, aware UTC
    set_aside: int = 0  # pages of these sources that were given up, in this pass or before
    alarms: tuple[AlarmNews, ...] = ()  # that began or ended

    @property
    def ok(self) -> bool:
        """True when nothing failed (exit code 0)."""
        return not self.failures

    @property
    def did_something(self) -> bool:
        """False when nothing was due. What cannot be resolved fails in every pass, and is no news in itself."""
        return (
            any(failure.stage is not Stage.RESOLVE for failure in self.failures)
            or self.read > 0
            or any(source.polled for source in self.sources)
        )

    @property
    def read(self) -> int:
        return sum(source.read for source in self.sources)

    @property
    def reports(self) -> int:
        return sum(source.reports for source in self.sources)

    @property
    def new_deals(self) -> int:
        return sum(source.new_deals for source in self.sources)

    @property
    def updated_deals(self) -> int:
        return sum(source.updated_deals for source in self.sources)


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a pass, for a progress bar: ``done`` of ``total`` pages (``total`` grows on the way)."""

    stage: Stage
    source: str
    subject: str
    done: int
    total: int
    failure: Failure | None = None


ProgressCallback = Callable[[Progress], None]
