"""Folders of saved pages and text files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapers.compression import BrokenPacking, CapPassed, gunzip
from scrapers.errors import FolderError, TooLarge
from scrapers.links import Link

#: What a file holds, by the end of its name (before a ``.gz``).
CONTENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".shtml": "text/html",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents of a folder by name; ``state`` changes when one is added, removed or rewritten."""

    links: tuple[Link, ...]
    state: str
    notes: tuple[str, ...] = ()


def list_folder(path: Path, pattern: str) -> Listing:
    """Every document below ``path``. Raises FolderError when there is no such folder or the pattern is wrong."""
    root = path.expanduser().resolve()
    if not root.is_dir():
        raise FolderError(str(path), "there is no such folder" if not root.exists() else "this is a file, not a folder")
    try:
        files = sorted(found for found in root.glob(pattern) if found.is_file() and not _hidden(found, root))
    except (ValueError, NotImplementedError, OSError) as error:
        raise FolderError(str(path), f"the pattern {pattern!r} cannot be used: {error}") from error
    links: list[Link] = []
    skipped = 0
    state = hashlib.sha256()
    for file in files:
        if content_type_of(file) is None or not file.resolve().is_relative_to(root):
            skipped += 1
            continue
        facts = file.stat()
        fingerprint = f"{facts.st_mtime_ns}-{facts.st_size}"
        state.update(f"{file}\0{fingerprint}\n".encode("utf-8", "surrogateescape"))
        links.append(Link(url=file.as_uri(), fingerprint=fingerprint))
    notes = []
    if skipped:
        notes.append(f"{skipped} files were left out: no HTML or text, or links out of the folder")
    if not links:
        notes.append(f"no document matches {pattern!r}")
    return Listing(tuple(links), state.hexdigest(), tuple(notes))


def read_file(url: str, folder: Path, *, max_bytes: int) -> tuple[bytes, str]:
    """The bytes (unpacked when the name ends in .gz) and the content type of a ``file:`` address inside ``folder``.

    Raises FolderError, or TooLarge.
    """
    root = folder.expanduser().resolve()
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise FolderError(url, "this is no file of this computer")
    try:
        path = Path(url2pathname(parts.path)).resolve()
        if not path.is_relative_to(root):
            raise FolderError(url, f"it lies outside the folder {root}")
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FolderError(url, f"it cannot be read: {reason}") from error
    try:
        if path.suffix.lower() == ".gz" and len(body) <= max_bytes:
            body = gunzip(body, max_bytes=max_bytes)
    except BrokenPacking as error:
        raise FolderError(url, f"it is a broken gzip file: {error}") from error
    except CapPassed:
        body = bytes(max_bytes + 1)
    if len(body) > max_bytes:
        raise TooLarge(url, f"it is more than {max_bytes:,} bytes")
    return body, content_type_of(path) or "application/octet-stream"


def content_type_of(path: Path) -> str | None:
    """By the file's name; None for what is no document."""
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return CONTENT_TYPES.get(name.suffix.lower())


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)
