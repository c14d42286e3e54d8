"""WARC files: the pages of a web archive, batch by batch, so that a file of any size can be read and gone on with.

fastwarc finds the records; what is in them is judged in the order of what it costs: the record's headers, the headers
of the answer, the bytes of its body. A record that cannot be read costs itself: reading goes on at the next that can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from scrapers.compression import BrokenPacking, CapPassed, Inflater
from scrapers.errors import NotAnArchive
from scrapers.links import absolute_url
from scrapers.pages import Page

T = TypeVar("T")

#: Records larger than this hold no article.
MAX_RECORD_BYTES = 10_000_000
MAX_BODY_BYTES = 5_000_000
#: A batch ends after so many records, pages taken, bytes of pages, or bytes of the file, whichever comes first.
BATCH_RECORDS = 20_000
BATCH_PAGES = 200
BATCH_BODY_BYTES = 32_000_000
BATCH_FILE_BYTES = 64_000_000

_GZIP = b"\x1f\x8b\x08"
_RECORD = b"WARC/1."
_SCAN = 1 << 20
#: A file with more broken places in one batch is no archive any more.
_MOST_BROKEN = 1000
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pages of an archive are taken.

    ``include`` and ``exclude`` are hosts (and what ends in ``.host``), or hosts with the beginning of a path
    ("example.com/press/"); without ``include``, all. ``told`` looks at the bytes of a body.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    told: Callable[[bytes], bool] | None = None

    def address(self, url: str) -> bool:
        """Whether a page of this address may be taken."""
        if not self.include and not self.exclude:
            return True
        try:
            parts = urlsplit(url.lower())
        except ValueError:
            return False
        host, path = parts.hostname or "", parts.path or "/"
        if any(_matches(rule, host, path) for rule in self.exclude):
            return False
        return not self.include or any(_matches(rule, host, path) for rule in self.include)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read of a file. ``offset`` is where to go on, None at the file's end. Counts are of this batch."""

    pages: tuple[Page, ...]
    offset: int | None
    records: int = 0
    broken: int = 0


@dataclass(slots=True)
class _Reading:
    """A batch under way. ``at`` is where the record in hand begins."""

    wanted: Wanted
    at: int
    pages: list[Page] = field(default_factory=list)
    body_bytes: int = 0
    records: int = 0
    broken: int = 0

    def full(self, start: int) -> bool:
        return (
            len(self.pages) >= BATCH_PAGES
            or self.body_bytes >= BATCH_BODY_BYTES
            or self.records >= BATCH_RECORDS
            or self.at - start >= BATCH_FILE_BYTES
        )

    def batch(self, offset: int | None) -> Batch:
        return Batch(tuple(self.pages), offset, self.records, self.broken)


class Stream(Protocol):
    """What a file must be able to do to be read."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...

    def close(self) -> None: ...


def read_batch(stream: Stream, start: int, wanted: Wanted, *, url: str) -> Batch:
    """Read on from ``start``, which is 0 or where an earlier batch ended. Memory is bounded by a batch.

    What ``stream.read`` raises goes through. Raises NotAnArchive when the file begins like none, is so broken that
    reading on is pointless, or is compressed in one piece that is larger than a batch.
    """
    stream.seek(0)
    head = stream.read(4)
    packed = head.startswith(_GZIP[:2])
    if not packed and not head.startswith(_RECORD[:4]):
        raise NotAnArchive(url, "it begins neither like a WARC file nor like a packed one")
    reading = _Reading(wanted, start)
    mended: int | None = start  # where reading began again, until a record comes
    while mended is not None:
        stream.seek(mended)
        fresh = True
        try:
            for record in _records(stream):
                if not fresh and reading.full(start):
                    return reading.batch(_checked_offset(stream, record.stream_pos, packed, url))
                reading.at = record.stream_pos
                fresh = False
                reading.records += 1
                if (page := _page(record, wanted)) is not None:
                    reading.pages.append(page)
                    reading.body_bytes += len(page.body)
        except _Unreadable:
            if not fresh or mended == start:
                reading.broken += 1
            if reading.broken > _MOST_BROKEN:
                raise NotAnArchive(url, f"more than {_MOST_BROKEN} places of it are broken") from None
            reading.at = max(reading.at, mended)
            mended = _next_record(stream, reading.at + 1, _GZIP if packed else _RECORD)
            continue
        mended = None
    if not reading.records and start == 0:
        raise NotAnArchive(url, "there is no record in it that can be read")
    return reading.batch(None)


class _Unreadable(Exception):
    """A place of the file that fastwarc cannot read."""


def _records(stream: Stream) -> Iterator[WarcRecord]:
    records = iter(_guarded(lambda: ArchiveIterator(stream, record_types=WarcRecordType.any_type, parse_http=False)))
    while True:
        record = _guarded(lambda: next(records, None))
        if record is None:
            return
        yield record


def _guarded(work: Callable[[], T]) -> T:
    """The result of ``work``; what fastwarc makes of broken data, its panics included, becomes _Unreadable."""
    try:
        return work()
    except (ValueError, EOFError, UnicodeError) as error:
        raise _Unreadable from error
    except OSError as error:
        if error.errno is not None:  # the disk's, not fastwarc's
            raise
        raise _Unreadable from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _Unreadable from error


def _page(record: WarcRecord, wanted: Wanted) -> Page | None:
    """The page in a record; None for what is no page, or not wanted. Raises _Unreadable."""
    if record.record_type != WarcRecordType.response or not record.is_http:
        return None
    if record.content_length > MAX_RECORD_BYTES:
        return None
    url = absolute_url("", (_guarded(lambda: record.headers.get("WARC-Target-URI")) or "").strip("<> "))
    fetched_at = _moment(_guarded(lambda: record.headers.get("WARC-Date")))
    if url is None or fetched_at is None or not wanted.address(url):
        return None
    _guarded(record.parse_http)
    headers = record.http_headers
    content_type = _guarded(lambda: headers.get("Content-Type"))
    if headers.status_code != 200 or (content_type or "").split(";")[0].strip().lower() not in _HTML:
        return None
    stored = _guarded(lambda: record.reader.read(MAX_BODY_BYTES + 1))
    if len(stored) < min(record.content_length, MAX_BODY_BYTES):
        raise _Unreadable  # the file is cut short
    body = _body(
        stored,
        _guarded(lambda: headers.get("Transfer-Encoding")) or "",
        _guarded(lambda: headers.get("Content-Encoding")) or "",
    )
    if body is None or (wanted.told is not None and not wanted.told(body)):
        return None
    return Page(url, url, 200, content_type, body, fetched_at)


def _body(body: bytes, transfer: str, packing: str) -> bytes | None:
    """A body as its reader saw it; None for one that is empty, too long or packed in a way we do not unpack.

    Many archives keep bodies unpacked and say so nowhere, so what is not as its headers say is taken as it is.
    """
    if "chunked" in transfer.lower():
        body = _unchunked(body)
    match packing.strip().lower():
        case "" | "identity":
            pass
        case "gzip" | "x-gzip" | "deflate" as kind:
            try:
                inflater = Inflater("deflate" if kind == "deflate" else "gzip", MAX_BODY_BYTES)
                body = b"".join(inflater.feed(body))
            except CapPassed:
                return None
            except BrokenPacking:
                if body.startswith(_GZIP[:2]):
                    return None
        case _:
            if body.lstrip()[:1] != b"<":
                return None
    return body if body and len(body) <= MAX_BODY_BYTES else None


def _unchunked(body: bytes) -> bytes:
    """A chunked body put together; as it is when it is not chunked, as far as it goes when it is cut."""
    pieces: list[bytes] = []
    place = 0
    while (end := body.find(b"\r\n", place, place + 100)) >= 0:
        try:
            size = int(body[place:end].split(b";")[0].strip(), 16)
        except ValueError:
            break
        if size <= 0:
            return b"".join(pieces) if size == 0 else body
        pieces.append(body[end + 2 : end + 2 + size])
        place = end + 2 + size + 2
        if place >= len(body):
            return b"".join(pieces)
    return b"".join(pieces) if pieces else body


def _moment(written: str | None) -> datetime | None:
    """A WARC-Date, aware UTC."""
    try:
        at = datetime.fromisoformat((written or "").strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _checked_offset(stream: Stream, offset: int, packed: bool, url: str) -> int:
    """``offset`` if reading can begin there. Raises NotAnArchive."""
    stream.seek(offset)
    if packed and stream.read(2) != _GZIP[:2]:
        raise NotAnArchive(url, "it is compressed in one piece, so that reading it cannot be interrupted")
    return offset


def _next_record(stream: Stream, start: int, mark: bytes) -> int | None:
    """Where ``mark`` stands next, from ``start`` on."""
    place, kept = start, b""
    while True:
        stream.seek(place)
        data = stream.read(_SCAN)
        if not data:
            return None
        found = (kept + data).find(mark)
        if found >= 0:
            return place - len(kept) + found
        kept = (kept + data)[-(len(mark) - 1) :]
        place += len(data)


def _matches(rule: str, host: str, path: str) -> bool:
    """Whether a page lies under ``example.com`` or ``example.com/press``."""
    wanted, slash, beginning = rule.lower().partition("/")
    return (host == wanted or host.endswith(f".{wanted}")) and (not slash or path.startswith(f"/{beginning}"))
