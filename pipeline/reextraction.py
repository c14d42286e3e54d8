"""Rebuilding from the stored pages: when the extractor improves, its reports and deals follow.

Pages are read in batches, each written in one transaction together with how far the rebuild has come; so it may be
ended anywhere, and goes on from there when it is started again with the same extractor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.errors import told
from pipeline.reading import Extractor, keep_in
from pipeline.reading_pool import Pool, Reading, Task, read_all
from pipeline.resolver import OF_THE_DATABASE, Unsettled, settle
from scrapers.sources import Source
from storage import articles, deals, pages, rebuilds
from storage.database import Database
from storage.errors import SchemaVersionError
from storage.rebuilds import Counts, DealChanges
from storage.vocabulary import PageState

_BATCH = 25
#: Page references that are looked up at once; their bodies are loaded one by one, as they are read.
_LOOKED_UP = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Which pages: those of some sources (all, when None), fetched since some moment."""

    sources: tuple[str, ...] | None = None
    since: datetime | None = None

    def __str__(self) -> str:
        named = "all" if self.sources is None else "\n".join(sorted(self.sources))
        return f"{named}\n{self.since.isoformat() if self.since else ''}"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did since it was begun, earlier starts included.

    ``failures`` has the address and the reason for each page that could not be read this time, and for each deal that
    could not be derived. ``resumed_at`` is when it was begun, if that was an earlier start; ``finished_before`` when
    it was finished, if there was nothing to do.
    """

    counts: Counts
    deals: DealChanges
    failures: tuple[tuple[str, str], ...] = ()
    resumed_at: datetime | None = None
    finished_before: datetime | None = None


def reextract(
    database: Database,
    sources: Mapping[str, Source],
    extract: Extractor | Pool,
    *,
    now: Callable[[], datetime],
    fingerprint: str | None = None,
    scope: Scope = Scope(),
    from_start: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> Rebuilt:
    """Read the stored pages again. ``sources`` are the configured ones by name, for what they say of their pages;
    those of other sources (``ingest --folder``, say) keep the publisher they had.

    ``fingerprint`` (at most 64 characters) stands for the extractor: with the same one, a rebuild that was ended goes
    on where it was, and one that is finished is not done again unless ``from_start``. Without one, all is read.
    ``progress`` is told how many pages of how many are read, and the last one's address. A page that can no longer be
    read keeps what was known of it. Raises StorageError when the database cannot be used.
    """
    name = str(scope)
    with database.session() as session:
        begun = rebuilds.begin(session, name, fingerprint or "", now(), from_start=from_start or fingerprint is None)
        total = pages.count_stored(session, sources=scope.sources, since=scope.since, after=begun.after_page)
    total += begun.counts.pages
    if begun.finished_at is not None:
        with database.reading() as session:
            changes = rebuilds.deal_changes(session, name)
        return Rebuilt(begun.counts, changes, finished_before=begun.finished_at)
    failures: list[tuple[str, str]] = []
    counts = begun.counts
    batch: list[Reading] = []
    for reading in read_all(_tasks(database, sources, scope, begun.after_page), extract):
        batch.append(reading)
        if len(batch) == _BATCH:
            counts = _write(database, name, batch, failures, now())
            batch = []
        if progress is not None:
            progress(counts.pages + len(batch), total, reading.ref.url)
    if batch:
        counts = _write(database, name, batch, failures, now())
    failures += [(stuck.subject, told(stuck.error)) for stuck in _settle(database, now)]
    with database.session() as session:
        rebuilds.finish(session, name, now())
        changes = rebuilds.deal_changes(session, name)
    return Rebuilt(counts, changes, tuple(failures), resumed_at=begun.started_at if begun.after_page else None)


def _tasks(database: Database, sources: Mapping[str, Source], scope: Scope, after: int) -> Iterator[Task]:
    """The stored pages, by id; one body in memory at a time."""
    while True:
        with database.reading() as session:
            refs = pages.stored_pages(session, after=after, limit=_LOOKED_UP, sources=scope.sources, since=scope.since)
        if not refs:
            return
        for ref in refs:
            with database.reading() as session:
                body, earlier = pages.find_body(session, ref.id), articles.earlier_reading(session, ref.id)
            if body is not None:  # else it went meanwhile
                yield Task(ref, body, sources.get(ref.source), earlier)
        after = refs[-1].id


def _write(
    database: Database, scope: str, batch: Sequence[Reading], failures: list[tuple[str, str]], now: datetime
) -> Counts:
    """Write what was read, and that it is; the counts since the rebuild was begun."""
    failed: list[tuple[str, str]] = []
    with database.session() as session:
        counts = Counts()
        for reading in batch:
            try:
                with session.begin_nested():
                    counts = counts.plus(_write_one(session, reading, failed, now))
            except (*OF_THE_DATABASE, SchemaVersionError):
                raise
            except Exception as error:  # noqa: BLE001 - a page that trips us must cost only itself
                failed.append((reading.ref.url, told(error)))
                counts = counts.plus(Counts(pages=1, failed=1))
        written = rebuilds.advance(session, scope, batch[-1].ref.id, counts)
    failures += failed
    return written.counts


def _write_one(session: Session, reading: Reading, failed: list[tuple[str, str]], now: datetime) -> Counts:
    if reading.document is None:
        if reading.no_article and reading.ref.state is PageState.SET_ASIDE:
            return Counts(pages=1, aside=1)
        failed.append((reading.ref.url, reading.error))
        return Counts(pages=1, failed=1)
    before = articles.said_by(session, reading.ref.id)
    keep_in(session, reading.ref.id, reading.document, now=now, again=True)
    after = articles.said_by(session, reading.ref.id)
    return Counts(
        pages=1,
        reports=len(after),
        reports_new=len(after.keys() - before.keys()),
        reports_changed=sum(before[report] != after[report] for report in before.keys() & after.keys()),
        reports_gone=len(before.keys() - after.keys()),
    )


def _settle(database: Database, now: Callable[[], datetime]) -> tuple[Unsettled, ...]:
    """Derive anew the deals that lost reports, and place the reports that are in none; those that cannot be."""
    unsettled: tuple[Unsettled, ...] = ()
    before: tuple[list[int], list[int]] | None = None
    for _ in range(1000):  # each round settles some, until there are none or only those that trip us
        with database.session() as session:
            left = (deals.stale_deals(session), articles.unresolved_reports(session))
            if left in (([], []), before):
                return unsettled
            unsettled = settle(session, now=now())
        before = left
    return unsettled
