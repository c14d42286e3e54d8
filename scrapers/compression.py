"""Unpacking with a bound: a few bytes of gzip can hold gigabytes, so no more than the cap is ever inflated."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Literal

from scrapers.errors import UnsafeDocument

Packing = Literal["gzip", "deflate"]

_GZIP_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 64 * 1024
#: Of one file made of many; block gzip of the largest document that is read has a few hundred.
_MAX_MEMBERS = 10_000


class BrokenPacking(Exception):
    """Raised for packed data that is corrupt or cut short."""


class CapPassed(Exception):
    """Raised as soon as the unpacked data is known to pass the cap."""


class Inflater:
    """Unpacks gzip or deflate piece by piece; all pieces together never pass ``max_bytes``."""

    def __init__(self, packing: Packing, max_bytes: int) -> None:
        self._packing = packing
        self._room = max_bytes
        self._head = b""
        self._members = 0
        self._unpacker: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes that ``data`` adds, in small pieces; to be used up. Raises BrokenPacking or CapPassed."""
        if self._unpacker is None:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            self._unpacker = self._new_unpacker(data)
        while data:
            try:
                piece = self._unpacker.decompress(data, min(self._room + 1, _PIECE_BYTES))
            except zlib.error as error:
                raise BrokenPacking(str(error)) from error
            self._room -= len(piece)
            if self._room < 0:
                raise CapPassed
            yield piece
            data = self._unpacker.unconsumed_tail
            if self._unpacker.eof:
                # A gzip file may be several one after the other; anything else behind the end is padding.
                data = self._unpacker.unused_data
                if self._packing != "gzip" or not data.startswith(_GZIP_MAGIC):
                    break
                self._unpacker = self._new_unpacker(data)

    def finish(self) -> None:
        """Say that no more data comes. Raises BrokenPacking when the end is missing; an empty body is fine."""
        if self._head or (self._unpacker is not None and not self._unpacker.eof):
            raise BrokenPacking("the packed data is cut short")

    def _new_unpacker(self, data: bytes) -> zlib._Decompress:
        if self._packing == "gzip":
            self._members += 1
            if self._members > _MAX_MEMBERS:
                raise BrokenPacking(f"it is more than {_MAX_MEMBERS:,} gzip files in one")
            return zlib.decompressobj(wbits=31)
        # "deflate" means zlib by the standard and raw deflate by what some servers do: the header tells.
        has_zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return zlib.decompressobj(wbits=15 if has_zlib_header else -15)


def is_gzip(data: bytes) -> bool:
    """True when ``data`` begins like a gzip file."""
    return data.startswith(_GZIP_MAGIC)


def gunzip(data: bytes, *, max_bytes: int) -> bytes:
    """A whole gzip file, unpacked. Raises BrokenPacking or CapPassed."""
    body = bytearray()
    for piece in _inflated(data, max_bytes):
        body += piece
    return bytes(body)


def unpacked(body: bytes, url: str, *, max_bytes: int, wrong: Callable[[str], Exception]) -> bytes:
    """``body``, unpacked where it is a gzip file. Raises UnsafeDocument, or what ``wrong`` makes of a fault."""
    return b"".join(pieces(body, url, max_bytes=max_bytes, wrong=wrong)) if is_gzip(body) else body


def pieces(body: bytes, url: str, *, max_bytes: int, wrong: Callable[[str], Exception]) -> Iterator[bytes]:
    """``body`` in small pieces, unpacked on the way where it is a gzip file, so that it is never held unpacked.

    Raises UnsafeDocument for a gzip file of more than ``max_bytes``, or what ``wrong`` makes of a fault.
    """
    if not is_gzip(body):
        yield from (body[start : start + _PIECE_BYTES] for start in range(0, len(body), _PIECE_BYTES))
        return
    try:
        yield from _inflated(body, max_bytes)
    except BrokenPacking as error:
        raise wrong(f"this is a broken gzip file: {error}") from error
    except CapPassed as error:
        raise UnsafeDocument(url, f"this is a gzip file that unpacks to more than {max_bytes:,} bytes") from error


def _inflated(data: bytes, max_bytes: int) -> Iterator[bytes]:
    inflater = Inflater("gzip", max_bytes)
    # In pieces, as each gzip file inside copies what is left of its piece.
    for start in range(0, len(data), _PIECE_BYTES):
        yield from inflater.feed(data[start : start + _PIECE_BYTES])
    inflater.finish()
