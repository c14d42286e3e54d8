"""The digests that the service makes: when a period is over or it is time for what is new, after a time when it was
down, and again for late deals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from pipeline.config_digests import Channel, DigestConfig, Period
from pipeline.crontab import next_time
from pipeline.digest.making import Made, Wanted, file_in, make
from pipeline.digest.periods import Span, last_span, span_of, spans_after
from pipeline.extraction.organisations import Directory
from pipeline.party_names import known_party
from storage.database import Database
from storage.deals import search
from storage.digests import digest_of, digested_until, list_digests
from storage.errors import StorageError

#: As many periods are caught up: what was down for longer is a new start.
_MOST_MISSED = 100


@dataclass(frozen=True, slots=True)
class DigestJobs:
    """The digests of a configuration. Periods end in ``zone``; ``names`` gives the dictionary of organisations."""

    database: Database
    digests: Sequence[DigestConfig]
    channels: Mapping[str, Channel]
    zone: tzinfo
    names: Callable[[], Directory]
    log: Callable[[str], None]

    def write(self, digest: DigestConfig, at: datetime) -> None:
        """Make what is due at ``at`` (aware UTC): what is new, or the period that is over, and the one before again
        if deals came late to it.

        Raises OSError, StorageError.
        """
        if digest.period is Period.SINCE_LAST:
            self.make(digest, None, at)
            return
        span = last_span(digest.period, at.astimezone(self.zone).date())
        self._renew(digest, _before(digest, span), at)
        self.make(digest, span, at)

    def catch_up(self, at: datetime, *, stopping: Callable[[], bool] = lambda: False) -> None:
        """Make what has become due since each digest was last made; one never made waits for its time.

        A digest that cannot be made is told, and costs no other. ``stopping`` is asked before each.
        """
        for digest in self.digests:
            try:
                self._catch_up(digest, at, stopping)
            except (OSError, StorageError) as error:
                self.log(f"digest {digest.name}: {error}")

    def make(self, digest: DigestConfig, span: Span | None, at: datetime, *, send: bool = True) -> Made:
        """Make a digest for ``span`` (None: of what is new), and queue it for its channels with ``send``.

        Raises OSError, StorageError.
        """
        with self.database.reading() as session:
            query = known_party(session, digest.filter.query(), self.names)
        wanted = Wanted(
            name=digest.name,
            query=query,
            span=span,
            form=digest.format,
            file=None if digest.folder is None else file_in(digest.folder, digest.name, digest.format),
            zone=self.zone,
            byte_order_mark=digest.excel,
            channels=[self.channels[name] for name in digest.deliver] if send else (),
            send_empty=digest.send_empty,
        )
        made = make(self.database, wanted, now=at)
        if made.path is not None:
            self.log(f"digest {digest.name}: {made.deals} deals of {made.label} in {made.path}")
        elif made.deals:
            self.log(f"digest {digest.name}: {made.deals} deals of {made.label}")
        return made

    def _catch_up(self, digest: DigestConfig, at: datetime, stopping: Callable[[], bool]) -> None:
        if digest.period is Period.SINCE_LAST:
            with self.database.reading() as session:
                last = list_digests(session, name=digest.name, limit=1)
            due = next_time(digest.crontab, last[0].written_at, self.zone) if last else None
            if due is not None and due <= at and not stopping():
                self.make(digest, None, at)
            return
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
            self.make(digest, span, at)

    def _renew(self, digest: DigestConfig, span: Span, at: datetime) -> None:
        if digest.folder is None:
            return
        path = file_in(digest.folder, digest.name, digest.format)(span.label)
        with self.database.reading() as session:
            record = digest_of(session, digest.name, span.since, span.until)
            if record is None or record.path != str(path.resolve()):
                return
            query = known_party(session, digest.filter.query(), self.names)
            query = replace(query, since=span.since, until=span.until, updated_since=record.written_at, limit=1)
            if not search(session, query):
                return
        self.make(digest, span, at, send=False)


def _before(digest: DigestConfig, span: Span) -> Span:
    assert span.since is not None
    return last_span(digest.period, span.since)
