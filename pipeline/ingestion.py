"""One pass over the sources: poll -> links -> pages -> articles -> reports -> deals.

A fault costs only the thing it belongs to: a bad page loses that page, a bad source loses that source. Everything that
was found is in the database before it is fetched, and an article is written with its reports and its deals in one
transaction, so a killed process loses nothing and the next pass doubles nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.records import Article, Report

if TYPE_CHECKING:
    from scrapers.http import HttpClient
    from scrapers.sources import Source
    from storage.database import Database

Clock = Callable[[], datetime]
Extractor = Callable[[Article], tuple[Report, ...]]


class Stage(StrEnum):
    """Where on the way something happened."""

    POLL = "poll"
    FETCH = "fetch"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that did not work: ``subject`` is the source's name (poll) or the page's URL (fetch, read)."""

    source: str
    stage: Stage
    subject: str
    error: str
    temporary: bool


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one pass got from one source. Counts are pages unless the name says otherwise."""

    name: str
    kind: str
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
    sources: tuple[SourceResult, ...] = ()
    failures: tuple[Failure, ...] = ()
    stopped: bool = False  # ended early because the caller asked

    @property
    def ok(self) -> bool:
        """True when nothing failed (exit code 0)."""
        return not self.failures

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
    """One step of a pass, for a progress bar: ``done`` of ``total`` pages (``total`` grows while sources are polled)."""

    stage: Stage
    source: str
    subject: str
    done: int
    total: int
    failure: Failure | None = None


ProgressCallback = Callable[[Progress], None]


async def ingest(
    sources: Sequence[Source],
    database: Database,
    client: HttpClient,
    *,
    now: Clock,
    progress: ProgressCallback | None = None,
    extract: Extractor | None = None,
    concurrency: int = 8,
    stop: asyncio.Event | None = None,
) -> IngestResult:
    """Poll every source given, then fetch and read every page of theirs that is due.

    ``now`` gives aware UTC. ``extract`` defaults to ``pipeline.extraction.extract``. ``stop``, once set, ends the pass
    after the pages in hand. Raises only StorageError, when the database itself cannot be used.
    """
    raise NotImplementedError
