"""Unpacking with a bound: a few bytes of gzip can hold gigabytes, so no more than the cap is ever inflated."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Literal

Packing = Literal["gzip", "deflate"]

_GZIP_MAGIC = b"\x1f\x8b"


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
        self._unpacker: zlib._Decompress | None = None

    def feed(self, data: bytes) -> bytes:
        """The bytes that ``data`` adds. Raises BrokenPacking or CapPassed."""
        if self._unpacker is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            data, self._head = self._head, b""
            self._unpacker = self._new_unpacker(data)
        pieces: list[bytes] = []
        while data:
            try:
                piece = self._unpacker.decompress(data, self._room + 1)
            except zlib.error as error:
                raise BrokenPacking(str(error)) from error
            self._room -= len(piece)
            if self._room < 0:
                raise CapPassed
            pieces.append(piece)
            data = self._unpacker.unconsumed_tail
            if self._unpacker.eof:
                # A gzip file may be several one after the other; anything else behind the end is padding.
                data = self._unpacker.unused_data
                if self._packing != "gzip" or not data.startswith(_GZIP_MAGIC):
                    break
                self._unpacker = self._new_unpacker(data)
        return b"".join(pieces)

    def finish(self) -> None:
        """Say that no more data comes. Raises BrokenPacking when the end is missing; an empty body is fine."""
        if self._head or (self._unpacker is not None and not self._unpacker.eof):
            raise BrokenPacking("the packed data is cut short")

    def _new_unpacker(self, data: bytes) -> zlib._Decompress:
        if self._packing == "gzip":
            return zlib.decompressobj(wbits=31)
        # "deflate" means zlib by the standard and raw deflate by what some servers do: the header tells.
        has_zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return zlib.decompressobj(wbits=15 if has_zlib_header else -15)


def is_gzip(data: bytes) -> bool:
    """True when ``data`` begins like a gzip file."""
    return data.startswith(_GZIP_MAGIC)


def gunzip(data: bytes, *, max_bytes: int) -> bytes:
    """A whole gzip file, unpacked. Raises BrokenPacking or CapPassed."""
    inflater = Inflater("gzip", max_bytes)
    body = inflater.feed(data)
    inflater.finish()
    return body


def unpacked(body: bytes, *, max_bytes: int, wrong: Callable[[str], Exception]) -> bytes:
    """``body``, unpacked where it is a gzip file. Raises what ``wrong`` makes of a fault in words."""
    if not is_gzip(body):
        return body
    try:
        return gunzip(body, max_bytes=max_bytes)
    except BrokenPacking as error:
        raise wrong(f"this is a broken gzip file: {error}") from error
    except CapPassed as error:
        raise wrong(f"this is a gzip file of more than {max_bytes:,} bytes") from error
