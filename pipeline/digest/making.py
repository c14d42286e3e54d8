"""Makes a digest: reads its deals at one moment, and writes it down together with all its deliveries.

The file is written beside its place under another name; one transaction then records the digest, the deals it told
(of a digest of what is new) and its deliveries; then the file is put into its place. Whatever is killed in between:
before the transaction there was no digest, after it the outbox brings it to its end.
"""

from __future__ import annotations

import errno
import glob
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from datetime import time as time_of_day
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from pipeline.config_digests import Channel, DigestFormat, EmailChannel
from pipeline.digest.marks import since_moment, since_told
from pipeline.digest.periods import Span, numbered
from pipeline.digest.wording import Heading, conditions_text, span_text
from pipeline.digest.writing import SUFFIXES, Noted, Writer
from storage.database import Database
from storage.deals import DealQuery
from storage.deliveries import Addressed, deliveries_of, enqueue, mark_delivered, save_bodies
from storage.digests import DigestRecord, next_number, record_digest, record_told
from storage.errors import DatabaseLocked, DatabaseReadOnly, DigestOvertaken

#: More than this goes by no mail and no webhook.
MOST_SENT_BYTES = 20_000_000
_TRIES = 3
_OLD_DRAFT_SECONDS = 30 * 86_400.0  # longer than the outbox tries


@dataclass(frozen=True, slots=True)
class Wanted:
    """A digest to be made: the deals of ``query`` in ``span``, or what is new to readers of ``name`` without one.

    ``file`` gives the path for a label, None keeps no file. What is in ``channels`` goes into the outbox, an empty
    digest only with ``send_empty``. Days begin and end in ``zone``.
    """

    name: str
    query: DealQuery
    span: Span | None
    form: DigestFormat
    file: Callable[[str], Path] | None
    zone: tzinfo
    byte_order_mark: bool = False
    channels: Sequence[Channel] = ()
    send_empty: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A digest that was made. ``path`` is None when there is no file; ``queued`` counts what is to be sent."""

    label: str
    path: Path | None
    deals: int
    sha256: str
    queued: int


@dataclass(frozen=True, slots=True)
class _Edition:
    """What is particular to this digest of its name."""

    label: str
    number: int | None
    writer: Writer


def make(database: Database, wanted: Wanted, *, now: datetime) -> Made:
    """Make a digest; ``now`` is aware UTC. One of what is new that has nothing to tell leaves only its record.

    Raises OSError when the file cannot be written, StorageError when the database cannot be read. A database that can
    be read but not written, or not now, gets no record of a plain file; the file is what was asked for.
    """
    for _ in range(_TRIES - 1):
        try:
            return _make(database, wanted, now)
        except DigestOvertaken:  # by another process: its deals are not new any more
            continue
    return _make(database, wanted, now)


def file_in(folder: Path, name: str, form: DigestFormat) -> Callable[[str], Path]:
    """The same file for the same period: ``folder/name-2026-W46.csv``."""
    return lambda label: folder / f"{name}-{label}{SUFFIXES[form]}"


def edition_writer(session: Session, wanted: Wanted, now: datetime) -> Writer:
    """Writes what a digest would hold if it were made now, without making it."""
    return _edition(session, wanted, now).writer


def put_in_place(path: Path, message_id: str) -> bool:
    """Give a file that is written its name; doing it again does nothing. False: it is not there, nor was it ever."""
    try:
        _draft_of(path, message_id).replace(path)
    except FileNotFoundError:
        return path.exists()
    return True


def drop_draft(path: Path, message_id: str) -> None:
    """Remove a file that was written and is wanted no more."""
    _draft_of(path, message_id).unlink(missing_ok=True)


def _make(database: Database, wanted: Wanted, now: datetime) -> Made:
    message_id = uuid4().hex
    with database.reading() as session:
        edition = _edition(session, wanted, now)
        path = None if wanted.file is None else wanted.file(edition.label)
        with _draft(path, message_id) as draft:
            noted = Noted() if edition.number is not None else None
            deals = _write(edition.writer, draft.path, wanted, noted)
            if noted is not None and not deals:
                path = None
            sending = wanted.channels if deals or wanted.send_empty else ()
            parts = _parts(edition.writer, wanted, draft.path, sending)
            session.rollback()  # nothing more is read, and another transaction is to write
            target = "" if path is None else str(path.resolve())
            record = DigestRecord(
                name=wanted.name, format=wanted.form.value, since=wanted.span.since if wanted.span else None,
                until=wanted.span.until if wanted.span else None, path=target, deals=deals,
                sha256=_hash(draft.path), written_at=now, label=edition.label, number=edition.number,
            )  # fmt: skip
            places = [*_places(sending, message_id), *([Addressed("", target, message_id)] if target else [])]
            draft.keep = path is not None
            try:
                digest_id, queued = _record(database, record, noted, places, parts, now)
            except (DatabaseReadOnly, DatabaseLocked, DigestOvertaken):
                draft.keep = False
                if path is None or noted is not None or sending:
                    raise
                put_in_place(path.resolve(), message_id)
                return Made(edition.label, path, deals, record.sha256, 0)
            if path is not None:
                put_in_place(path.resolve(), message_id)
                _mark_file(database, digest_id, now)
            return Made(edition.label, path, deals, record.sha256, queued - (path is not None))


def _edition(session: Session, wanted: Wanted, now: datetime) -> _Edition:
    conditions = conditions_text(wanted.query)
    span = wanted.span
    if span is None:
        number = next_number(session, wanted.name)
        day = now.astimezone(wanted.zone).date()
        heading = Heading(f"{wanted.name} no. {number}, {day}", conditions, now)
        query = replace(wanted.query, untold_by=wanted.name)
        return _Edition(numbered(number, day), number, Writer(session, query, heading, since_told(wanted.name)))
    since = None if span.since is None else datetime.combine(span.since, time_of_day(), wanted.zone)
    heading = Heading(f"{wanted.name}, {span_text(span)}", conditions, now)
    query = replace(wanted.query, since=span.since, until=span.until)
    return _Edition(span.label, None, Writer(session, query, heading, since_moment(since) if since else None))


def _write(writer: Writer, draft: Path, wanted: Wanted, noted: Noted | None) -> int:
    marked = wanted.byte_order_mark and wanted.form is DigestFormat.CSV
    with draft.open("w", encoding="utf-8-sig" if marked else "utf-8", errors="replace", newline="") as stream:
        deals = writer.write(stream, wanted.form, noted)
        stream.flush()
        os.fsync(stream.fileno())
    return deals


@dataclass(slots=True)
class _Draft:
    """The file that is written to. ``keep``: a digest that was written down waits for it."""

    path: Path
    keep: bool = False


@contextmanager
def _draft(path: Path | None, message_id: str) -> Iterator[_Draft]:
    if path is None:
        with tempfile.TemporaryDirectory(prefix="dealwire-") as folder:
            yield _Draft(Path(folder) / "digest")
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no plain file")
    draft = _Draft(_draft_of(path, message_id))
    _remove_old_drafts(path)
    try:
        yield draft
    finally:
        if not draft.keep:
            draft.path.unlink(missing_ok=True)


def _remove_old_drafts(path: Path) -> None:
    """What a killed process left of this file. Another one may be at work on it now, but not for so long."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _OLD_DRAFT_SECONDS:
                left.unlink()


def _draft_of(path: Path, message_id: str) -> Path:
    return path.with_name(f".{path.name}.{message_id}.part")


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _TooMuch(Exception):
    """More than is sent."""


class _Capped(io.StringIO):
    """Takes as much text as is sent."""

    def __init__(self) -> None:
        super().__init__(newline="")
        self._left = MOST_SENT_BYTES

    def write(self, text: str) -> int:
        self._left -= len(text)
        if self._left < 0:
            raise _TooMuch
        return super().write(text)


def _parts(writer: Writer, wanted: Wanted, draft: Path, sending: Sequence[Channel]) -> dict[str, bytes]:
    """What the channels are to send. A part that is too large is left out, and the outbox says so."""
    writing: dict[str, Callable[[io.StringIO], int]] = {}
    mails = any(isinstance(channel, EmailChannel) for channel in sending)
    if mails:
        writing = {"text": writer.write_mail_text, "html": writer.write_mail_page}
    if any(not isinstance(channel, EmailChannel) and channel.link is None for channel in sending):
        writing["json"] = writer.write_json_array
    attached = wanted.form if wanted.form in (DigestFormat.CSV, DigestFormat.JSONL) else DigestFormat.CSV
    if mails and attached is not wanted.form:
        writing[attached.value] = lambda stream: writer.write(stream, attached)
    parts: dict[str, bytes] = {}
    for part, write in writing.items():
        stream = _Capped()
        try:
            write(stream)
        except _TooMuch:
            continue
        mark = "\ufeff" if part == DigestFormat.CSV and wanted.byte_order_mark else ""
        parts[part] = (mark + stream.getvalue()).encode("utf-8", "replace")
    if mails and attached is wanted.form and draft.stat().st_size <= MOST_SENT_BYTES:
        parts[attached.value] = draft.read_bytes()
    return parts


def _places(channels: Sequence[Channel], message_id: str) -> Iterator[Addressed]:
    for channel in channels:
        targets = channel.to if isinstance(channel, EmailChannel) else (channel.shown_url,)
        for target in targets:
            yield Addressed(channel.name, target, message_id)


def _record(
    database: Database,
    record: DigestRecord,
    noted: Noted | None,
    places: Sequence[Addressed],
    parts: dict[str, bytes],
    now: datetime,
) -> tuple[int, int]:
    with database.session() as session:
        digest_id = record_digest(session, record)
        if noted is not None:
            record_told(session, record.name, digest_id, noted)
        queued = enqueue(session, digest_id, places, now)
        if queued > bool(record.path):
            save_bodies(session, digest_id, parts)
    return digest_id, queued


def _mark_file(database: Database, digest_id: int, now: datetime) -> None:
    with database.session() as session:
        for delivery in deliveries_of(session, [digest_id]):
            if not delivery.channel:
                mark_delivered(session, delivery, now)
