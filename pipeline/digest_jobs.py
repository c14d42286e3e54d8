"""The digests that the service writes: when a period is over, after a time when it was down, again for late deals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from pipeline.config import DigestConfig
from pipeline.digest import Span, digest_path, last_span, publish_configured, span_of, spans_after
from pipeline.extraction.organisations import Directory
from pipeline.party_names import known_party
from storage.database import Database
from storage.deals import search
from storage.digests import digest_of, digested_until
from storage.errors import StorageError

#: As many periods are caught up: what was down for longer is a new start.
_MOST_MISSED = 100


@dataclass(frozen=True, slots=True)
class DigestJobs:
    """The digests of a configuration. Periods end in ``zone``; ``names`` gives the dictionary of organisations."""

    database: Database
    digests: Sequence[DigestConfig]
    zone: tzinfo
    names: Callable[[], Directory]
    log: Callable[[str], None]

    def write(self, digest: DigestConfig, at: datetime) -> None:
        """Write the period that is over at ``at`` (aware UTC), and the one before again if deals came late to it.

        Raises OSError, StorageError.
        """
        span = last_span(digest.period, at.astimezone(self.zone).date())
        self._renew(digest, _before(digest, span), at)
        self._write(digest, span, at)

    def catch_up(self, at: datetime, *, stopping: Callable[[], bool] = lambda: False) -> None:
        """Write the periods that have ended since each digest was last written; one never written waits for its time.

        A digest that cannot be written is told, and costs no other. ``stopping`` is asked before each file.
        """
        for digest in self.digests:
            try:
                self._catch_up(digest, at, stopping)
            except (OSError, StorageError) as error:
                self.log(f"digest {digest.name}: {error}")

    def _catch_up(self, digest: DigestConfig, at: datetime, stopping: Callable[[], bool]) -> None:
        with self.database.reading() as session:
            until = digested_until(session, digest.name, self.zone)
        if until is None:
            return
        spans = spans_after(digest.period, until, at.astimezone(self.zone).date())
        if len(spans) > _MOST_MISSED:
            self.log(
                f"digest {digest.name}: {len(spans)} periods were missed since {until}; writing the last "
                f"{_MOST_MISSED} (for one before: `dealwire digest {digest.name} --of DATE`)"
            )
            spans = spans[-_MOST_MISSED:]
        if not stopping():
            self._renew(digest, span_of(digest.period, until), at)
        for span in spans:
            if stopping():
                return
            self._write(digest, span, at)

    def _renew(self, digest: DigestConfig, span: Span, at: datetime) -> None:
        path = digest_path(digest.folder, digest.name, span, digest.format)
        with self.database.reading() as session:
            record = digest_of(session, digest.name, span.since, span.until)
            if record is None or record.path != str(path.resolve()):
                return
            query = known_party(session, digest.filter.query(since=span.since, until=span.until), self.names)
            if not search(session, replace(query, updated_since=record.written_at, limit=1)):
                return
        self._write(digest, span, at)

    def _write(self, digest: DigestConfig, span: Span, at: datetime) -> None:
        written = publish_configured(self.database, digest, span, names=self.names, now=at)
        self.log(f"digest {digest.name}: {written.deals} deals of {span.label} in {written.path}")


def _before(digest: DigestConfig, span: Span) -> Span:
    assert span.since is not None
    return last_span(digest.period, span.since)
