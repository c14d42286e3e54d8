"""Archives of pages: the WARC files of a source, one after the other, each read bit by bit.

How far the reading has come is the cursor: it is kept with the pages, so that whatever ends a run, the next one goes on
where the last pages were kept.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from scrapers.compression import BrokenPacking, CapPassed, gunzip, is_gzip
from scrapers.errors import FolderError, NotAnArchive, ScrapeError, TooLargeArchive
from scrapers.http import HttpClient
from scrapers.sources import ArchiveSource, Poll, Validators
from scrapers.warc import Batch, Wanted, read_batch

#: So much of a remote file is asked for at once.
PIECE_BYTES = 8_000_000

_ENDINGS = (".warc", ".warc.gz")
_LISTS = (".paths", ".paths.gz")
_MAX_LIST_BYTES = 20_000_000
_MAX_FILES = 100_000


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A WARC file: ``name`` is its path or address, ``mark`` changes when the file does."""

    name: str
    mark: str = ""
    size: int | None = None

    @property
    def shown(self) -> str:
        """Its last name, for people."""
        return (urlsplit(self.name).path if "://" in self.name else self.name).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the files of a source have been read. ``done`` has the marks of finished files by name.

    ``offset`` is where to go on in the file ``name``, whose counts so far follow.
    """

    done: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    mark: str = ""
    offset: int = 0
    records: int = 0
    pages: int = 0
    broken: int = 0

    def text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def of(text: str | None) -> Reached:
        """What was kept; the beginning, when there is nothing or it cannot be read."""
        try:
            kept = Reached(**json.loads(text)) if text else Reached()
        except (ValueError, TypeError):
            return Reached()
        return kept if isinstance(kept.done, dict) and isinstance(kept.offset, int) else Reached()

    def at(self, file: ArchiveFile) -> Reached:
        """With ``file`` in hand: where it was left, or at its beginning when it is another one now."""
        if (self.name, self.mark) == (file.name, file.mark):
            return self
        return Reached(self.done, file.name, file.mark)

    def after(self, batch: Batch) -> Reached:
        """Behind a batch of the file in hand."""
        counted = replace(
            self,
            records=self.records + batch.records,
            pages=self.pages + len(batch.pages),
            broken=self.broken + batch.broken,
        )
        return counted.finished() if batch.offset is None else replace(counted, offset=batch.offset)

    def finished(self) -> Reached:
        """With the file in hand behind it; its counts stay to be told."""
        return replace(self, done={**self.done, self.name: self.mark}, name="", offset=0)


async def poll_archive(
    source: ArchiveSource, client: HttpClient, validators: Validators | None, told: Callable[[bytes], bool] | None
) -> Poll:
    """Read on in the source's files: one batch of pages, and whether there are more.

    ``told`` looks at the bytes of a page before anything is parsed. Raises ScrapeError.
    """
    reached = Reached.of(validators.cursor if validators is not None else None)
    files = await _files(source, client)
    if not files:
        return Poll((), Validators(cursor=reached.text()), notes=("no WARC file is there",))
    left = [file for file in files if reached.done.get(file.name) != file.mark]
    if not left:
        return Poll((), Validators(cursor=reached.text()), not_modified=True)
    # The file in hand first: another, whose name stands before its, may have come since.
    file = next((file for file in left if file.name == reached.name), left[0])
    reached = reached.at(file)
    wanted = Wanted(source.include, source.exclude, told if source.prefilter else None)
    loop = asyncio.get_running_loop()
    notes: tuple[str, ...] = ()
    batch = Batch((), None)
    try:
        if (file.size or 0) > source.max_file_bytes:
            raise TooLargeArchive(file.name, f"it is {file.size:,} bytes, more than {source.max_file_bytes:,}")
        batch, size = await asyncio.to_thread(_read, file, reached.offset, wanted, client, loop, source.max_file_bytes)
        before, reached = reached, reached.after(batch)
        shown = _shown(file.shown, before, reached, size)
        if batch.offset is None:
            notes = (f"{shown}",)
    except ScrapeError as error:
        if error.temporary:
            raise
        reached, shown = reached.finished(), f"{file.shown} is left out: {error}"
        notes = (shown,)
    return Poll(
        (),
        Validators(cursor=reached.text()),
        notes=notes,
        pages=batch.pages,
        more=batch.offset is not None or len(left) > 1,
        reached=shown,
    )


def _shown(name: str, before: Reached, after: Reached, size: int | None) -> str:
    """How far a file was read, for people."""
    share = "" if not size or not after.offset else f" {after.offset / size:.0%} of {size / 1e6:,.0f} MB:"
    broken = f", {after.broken:,} broken places" if after.broken else ""
    return f"{name}:{share} {after.records:,} records, {after.pages:,} pages taken{broken}"


async def _files(source: ArchiveSource, client: HttpClient) -> list[ArchiveFile]:
    local = await asyncio.to_thread(local_files, source.path) if source.path is not None else []
    remote: dict[str, ArchiveFile] = {}
    for url in source.urls:
        if urlsplit(url).path.endswith(_LISTS):
            response = await client.get(url, accept="*/*")
            for address in listed_files(response.body, url):
                remote.setdefault(address, ArchiveFile(address))
        else:
            remote.setdefault(url, ArchiveFile(url))
    return [*local, *remote.values()]


def local_files(path: Path) -> list[ArchiveFile]:
    """The WARC files of a path: a file, a folder of them, or a pattern. Raises FolderError when there are none."""
    place = path.expanduser()
    if place.is_dir():
        names = [str(found) for found in place.rglob("*") if found.name.endswith(_ENDINGS)]
    elif place.exists():
        names = [str(place)]
    else:
        names = [str(found) for found in _matching(place)]
    files = []
    for name in sorted(names)[:_MAX_FILES]:
        try:
            facts = Path(name).stat()
        except OSError:  # it went away
            continue
        if Path(name).is_file():
            files.append(ArchiveFile(name, f"{facts.st_size}-{facts.st_mtime_ns}", facts.st_size))
    if not files:
        raise FolderError(str(path), "no WARC file is there")
    return files


def _matching(pattern: Path) -> Iterator[Path]:
    fixed = list(takewhile(lambda part: not set(part) & set("*?["), pattern.parts))
    rest = pattern.parts[len(fixed) :]
    return Path(*fixed).glob("/".join(rest)) if rest else iter(())


def listed_files(body: bytes, url: str) -> list[str]:
    """The addresses in a list of files, such as Common Crawl's warc.paths.gz: paths from the server's root, one a line.

    Raises NotAnArchive.
    """
    try:
        text = gunzip(body, max_bytes=_MAX_LIST_BYTES) if is_gzip(body) else body
    except (BrokenPacking, CapPassed) as error:
        raise NotAnArchive(url, f"this list of files cannot be unpacked: {error}") from error
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines()]
    found = [urljoin(urljoin(url, "/"), line) for line in lines if line.endswith(_ENDINGS)]
    if not found:
        raise NotAnArchive(url, "this list names no WARC files")
    return found[:_MAX_FILES]


def _read(
    file: ArchiveFile,
    offset: int,
    wanted: Wanted,
    client: HttpClient,
    loop: asyncio.AbstractEventLoop,
    max_bytes: int,
) -> tuple[Batch, int | None]:
    """A batch of the file, and the file's size. Runs in a thread."""
    if "://" not in file.name:
        try:
            with Path(file.name).open("rb") as stream:
                return read_batch(stream, offset, wanted, url=file.name), file.size
        except OSError as error:
            raise FolderError(file.name, f"it cannot be read: {error.strerror or error}") from error
    length = min(PIECE_BYTES, client.settings.max_wire_bytes, client.settings.max_body_bytes)

    def fetch(start: int) -> tuple[bytes, int | None]:
        work = client.get_piece(file.name, start, length)
        piece = asyncio.run_coroutine_threadsafe(work, loop).result()
        if piece.total is not None and piece.total > max_bytes:
            raise TooLargeArchive(file.name, f"it is {piece.total:,} bytes, more than {max_bytes:,}")
        return piece.body, piece.total

    remote = RemoteFile(fetch)
    return read_batch(remote, offset, wanted, url=file.name), remote.size


class RemoteFile(io.RawIOBase):
    """A file that is fetched piece by piece while it is read; one piece is held. ``fetch`` gives it, and the size."""

    def __init__(self, fetch: Callable[[int], tuple[bytes, int | None]]) -> None:
        super().__init__()
        self.size: int | None = None
        self._fetch = fetch
        self._place = 0
        self._start = 0
        self._piece = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._place
        elif whence == io.SEEK_END:
            offset += self.size or 0
        self._place = max(0, offset)
        return self._place

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; fewer at the end of a piece, none at the file's end."""
        within = self._place - self._start
        if not 0 <= within < len(self._piece):
            if self.size is not None and self._place >= self.size:
                return b""
            self._piece, self.size = self._fetch(self._place)
            self._start, within = self._place, 0
        data = self._piece[within:] if size < 0 else self._piece[within : within + size]
        self._place += len(data)
        return data
