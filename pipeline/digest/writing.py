"""Puts the deals of a query into one of a digest's forms, as they come out of the database: in flat memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol, TextIO, TypeVar

from sqlalchemy.orm import Session

from pipeline.config_digests import DigestFormat
from pipeline.digest.markdown import write_markdown
from pipeline.digest.marks import Marking, entries
from pipeline.digest.page import write_page
from pipeline.digest.table import CSV_COLUMNS, csv_row
from pipeline.digest.wording import Entry, Heading
from pipeline.output import MarkJson, json_line, marked_deal_json, stored_deal_json
from pipeline.spreadsheet import write_rows
from storage.deals import DealQuery, DealView, iter_deals, iter_rows

SUFFIXES = {
    DigestFormat.CSV: ".csv",
    DigestFormat.JSONL: ".jsonl",
    DigestFormat.MARKDOWN: ".md",
    DigestFormat.HTML: ".html",
}
#: Deals told in full in a mail; of the rest there is a list, and all are in the file attached.
MOST_IN_MAIL = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Versioned(Protocol):
    """A deal as it was read."""

    @property
    def id(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


D = TypeVar("D", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Noted:
    """Which deals were written, as of when: sixteen bytes each."""

    _ids: array[int] = field(default_factory=lambda: array("q"))
    _moments: array[int] = field(default_factory=lambda: array("q"))

    def noting(self, deals: Iterable[D]) -> Iterator[D]:
        """The deals, noted as they go by."""
        for deal in deals:
            self._ids.append(deal.id)
            self._moments.append((deal.updated_at - _EPOCH) // _MICROSECOND)
            yield deal

    def __iter__(self) -> Iterator[tuple[int, datetime]]:
        for deal_id, moment in zip(self._ids, self._moments, strict=True):
            yield deal_id, _EPOCH + moment * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the deals of ``query`` to UTF-8 streams opened with ``newline=""``; each method returns how many."""

    session: Session
    query: DealQuery
    heading: Heading
    marking: Marking | None = None
    limit: int | None = None

    def write(self, stream: TextIO, form: DigestFormat, noted: Noted | None = None) -> int:
        """Write a digest in one of its forms."""
        match form:
            case DigestFormat.CSV:
                rows = self._cut(iter_rows(self.session, self.query), noted)
                return write_rows(stream, CSV_COLUMNS, map(csv_row, rows))
            case DigestFormat.JSONL:
                return _write_lines(stream, self._views(noted))
            case DigestFormat.MARKDOWN:
                return write_markdown(self._entries(noted), stream, self.heading)
            case DigestFormat.HTML:
                return write_page(self._entries(noted), stream, self.heading)

    def write_mail_text(self, stream: TextIO) -> int:
        """The plain part of a mail."""
        return write_markdown(self._entries(None), stream, self.heading, most=MOST_IN_MAIL)

    def write_mail_page(self, stream: TextIO) -> int:
        """The HTML part of a mail."""
        return write_page(self._entries(None), stream, self.heading, mail=True, most=MOST_IN_MAIL)

    def write_json_array(self, stream: TextIO) -> int:
        """The deals of a webhook's message: those of ``deals --json``, each with its ``mark``."""
        stream.write("[")
        count = 0
        for entry in self._entries(None):
            stream.write(",\n" if count else "\n")
            stream.write(json_line(marked_deal_json(entry.view, _mark_json(entry))))
            count += 1
        stream.write("]")
        return count

    def _views(self, noted: Noted | None) -> Iterator[DealView]:
        return self._cut(iter_deals(self.session, self.query), noted)

    def _entries(self, noted: Noted | None) -> Iterator[Entry]:
        return entries(self.session, self._views(noted), self.marking)

    def _cut(self, deals: Iterator[D], noted: Noted | None) -> Iterator[D]:
        some = islice(deals, self.limit)
        return some if noted is None else noted.noting(some)


def _write_lines(stream: TextIO, views: Iterable[DealView]) -> int:
    count = 0
    for view in views:
        stream.write(json_line(stored_deal_json(view)) + "\n")
        count += 1
    return count


def _mark_json(entry: Entry) -> MarkJson | None:
    if entry.mark is None:
        return None
    return MarkJson(new=entry.mark.new, changes={name: list(pair) for name, pair in entry.mark.changes.items()})
