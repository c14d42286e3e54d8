"""Digests: the deals of a period as a file that others can open.

CSV is the contract (``CSV_COLUMNS``, one row a deal, see ``pipeline.spreadsheet``); JSON Lines has all that is known,
Markdown is to be read. Deals are written as they come out of the database, so a digest of a million deals takes no
more memory than one of ten.
"""

from __future__ import annotations

import calendar
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipeline.config import DigestFormat, Period
from pipeline.output import day_text, instant, json_line, stored_deal_json
from pipeline.party_names import known_party
from pipeline.spreadsheet import Cell, format_number, join, write_rows
from storage.deals import iter_deals
from storage.digests import DigestRecord, record_digest
from storage.errors import DatabaseLocked, DatabaseReadOnly
from storage.vocabulary import ValueKind

if TYPE_CHECKING:
    from pipeline.config import DigestConfig
    from pipeline.extraction.organisations import Directory
    from storage.database import Database
    from storage.deals import DealQuery, DealView
    from storage.records import Value

CSV_COLUMNS = (
    "deal_id", "announced_on", "status", "type", "also", "parties", "roles", "focus", "value_amount", "value_currency",
    "value_kind", "headline", "confidence", "reports", "languages", "first_url", "first_seen", "updated",
)  # fmt: skip

SUFFIXES = {DigestFormat.CSV: ".csv", DigestFormat.JSONL: ".jsonl", DigestFormat.MARKDOWN: ".md"}


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included; None leaves that side open. ``label`` is for titles and file names: ``2026-W46``."""

    since: date | None
    until: date | None
    label: str


@dataclass(frozen=True, slots=True)
class Written:
    """A digest file: how many deals it has, and the hash of its bytes."""

    path: Path
    deals: int
    sha256: str


def span_of(period: Period, day: date) -> Span:
    """The day, ISO week (Monday to Sunday) or month that ``day`` lies in."""
    match period:
        case Period.DAILY:
            return Span(day, day, day.isoformat())
        case Period.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Span(monday, monday + timedelta(days=6), f"{year}-W{week:02}")
        case Period.MONTHLY:
            last = calendar.monthrange(day.year, day.month)[1]
            return Span(day.replace(day=1), day.replace(day=last), f"{day:%Y-%m}")


def last_span(period: Period, today: date) -> Span:
    """The last day, week or month that is over."""
    current = span_of(period, today).since
    assert current is not None
    return span_of(period, current - timedelta(days=1))


def spans_after(period: Period, day: date, today: date) -> list[Span]:
    """The days, weeks or months that ended after ``day`` and are over, oldest first."""
    spans: list[Span] = []
    last = last_span(period, today)
    while last.since is not None and last.until is not None and last.until > day:
        spans.append(last)
        last = span_of(period, last.since - timedelta(days=1))
    return spans[::-1]


def span_between(since: date | None, until: date | None) -> Span:
    """Any days; with neither side given, all there are.

    Raises ValueError when they are the wrong way round.
    """
    if since is not None and until is not None and since > until:
        raise ValueError(f"the period ends before it begins: since {since}, until {until}")
    if since is None and until is None:
        return Span(None, None, "all")
    sides = (since.isoformat() if since else "", until.isoformat() if until else "")
    return Span(
        since, until, "_to_".join(sides).strip("_") if all(sides) else ("from_" if since else "to_") + "".join(sides)
    )


def csv_row(view: DealView) -> tuple[Cell, ...]:
    """One deal in the order of ``CSV_COLUMNS``. ``parties`` and ``roles`` are aligned."""
    value = view.value
    return (
        view.id,
        day_text(view.announced_on, view.announced_precision),
        view.status.value,
        view.type.value,
        join(also.value for also in view.also),
        join(party.name for party in view.parties),
        join(party.role.value for party in view.parties),
        join(view.focus),
        value.amount if value else None,
        value.currency if value else None,
        value.kind.value if value else None,
        view.headline,
        round(view.confidence, 3),
        len(view.reports),
        join(view.languages),
        view.reports[0].url if view.reports else None,
        instant(view.first_seen),
        instant(view.updated_at),
    )


def write_digest(deals: Iterable[DealView], stream: TextIO, form: DigestFormat, *, title: str = "Deals") -> int:
    """Write deals to a UTF-8 stream opened with ``newline=""``; returns how many."""
    match form:
        case DigestFormat.CSV:
            return write_rows(stream, CSV_COLUMNS, map(csv_row, deals))
        case DigestFormat.JSONL:
            return _write_lines(stream, (json_line(stored_deal_json(view)) + "\n" for view in deals))
        case DigestFormat.MARKDOWN:
            stream.write(f"# {_inline(title)}\n")
            count = _write_lines(stream, map(_markdown, deals))
            if not count:
                stream.write("\nNo deals in this period.\n")
            return count


def write_digest_file(
    deals: Iterable[DealView], path: Path, form: DigestFormat, *, title: str = "Deals", byte_order_mark: bool = False
) -> Written:
    """Write a digest to a file, all of it or nothing: a reader never sees half, an old one stays until it is whole.

    Makes the folder. ``byte_order_mark`` is for spreadsheets that do not take a file for UTF-8 without it. Raises
    OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    unfinished = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8-sig" if byte_order_mark else "utf-8", newline="") as stream:
            count = write_digest(deals, stream, form, title=title)
        unfinished.chmod(0o644)
        with unfinished.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return Written(path, count, digest)


def publish(
    database: Database,
    query: DealQuery,
    span: Span,
    path: Path,
    form: DigestFormat,
    *,
    name: str,
    now: datetime,
    byte_order_mark: bool = False,
) -> Written:
    """Write the deals of ``query`` in ``span`` to a file and record that in the database; ``now`` is aware UTC.

    Raises OSError when the file cannot be written, StorageError when the database cannot be read. A database that
    can be read but not written, or not now, gets no record; the file is what was asked for.
    """
    with database.reading() as session:
        deals = iter_deals(
            session, replace(query, since=span.since, until=span.until), evidence=form is DigestFormat.JSONL
        )
        written = write_digest_file(deals, path, form, title=f"{name}, {span.label}", byte_order_mark=byte_order_mark)
    record = DigestRecord(
        name=name, format=form.value, since=span.since, until=span.until, path=str(path.resolve()),
        deals=written.deals, sha256=written.sha256, written_at=now,
    )  # fmt: skip
    with suppress(DatabaseReadOnly, DatabaseLocked), database.session() as session:
        record_digest(session, record)
    return written


def publish_configured(
    database: Database, digest: DigestConfig, span: Span, *, names: Callable[[], Directory], now: datetime
) -> Written:
    """Write a digest of the configuration for ``span`` into its folder, as ``publish`` does.

    ``names`` gives the dictionary of organisations, for a filter's party.
    """
    path = digest_path(digest.folder, digest.name, span, digest.format)
    with database.reading() as session:
        query = known_party(session, digest.filter.query(), names)
    return publish(database, query, span, path, digest.format, name=digest.name, now=now)


def digest_path(folder: Path, name: str, span: Span, form: DigestFormat) -> Path:
    """The same file for the same period: ``folder/name-2026-W46.csv``."""
    return folder / f"{name}-{span.label}{SUFFIXES[form]}"


def value_text(value: Value | None) -> str:
    """Money for people: ``USD 1,200,000,000``, ``up to EUR 5,000,000``, ``55 %``; empty when there is none."""
    if value is None:
        return ""
    amount = format_number(value.amount)
    whole, point, rest = amount.partition(".")
    amount = f"{int(whole):,}{point}{rest}"
    if value.kind is ValueKind.STAKE_PERCENT or value.currency is None:
        return f"{amount} %"
    before = {ValueKind.UP_TO: "up to ", ValueKind.UPFRONT: "upfront "}.get(value.kind, "")
    after = {ValueKind.PER_SHARE: " per share", ValueKind.PER_YEAR: " per year"}.get(value.kind, "")
    return f"{before}{value.currency} {amount}{after}"


def _write_lines(stream: TextIO, parts: Iterator[str]) -> int:
    count = 0
    for part in parts:
        stream.write(part.encode("utf-8", "replace").decode("utf-8"))
        count += 1
    return count


def _markdown(view: DealView) -> str:
    parties = ", ".join(f"{_inline(party.name)} ({party.role.value})" for party in view.parties)
    types = ", ".join((view.type.value, *(also.value for also in view.also)))
    facts = [day_text(view.announced_on, view.announced_precision), view.status.value, types, value_text(view.value)]
    lines = [
        f"\n## {_inline(view.headline) or parties}\n",
        f"{' · '.join(fact for fact in facts if fact)}  ",
        f"{parties}\n",
    ]
    if view.focus:
        lines.insert(2, f"Focus: {', '.join(view.focus)}  ")
    for report in view.reports:
        told = f"[{_inline(report.title) or 'report'}](<{_address(report.url)}>)"
        lines.append(f"- {told} ({report.language}, {_inline(report.source)})")
    return "\n".join(lines) + "\n"


_MARKED = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>#|!~&"})


def _inline(text: str) -> str:
    """Foreign text as plain Markdown text on one line: no markup, no HTML."""
    return " ".join(text.split()).translate(_MARKED)


def _address(url: str) -> str:
    """A URL that cannot end its ``<...>``."""
    return "".join(f"%{ord(char):02X}" if char in "<>\\ \t\r\n" else char for char in url)
