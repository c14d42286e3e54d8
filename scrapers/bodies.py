"""The body of an answer, piece by piece: no more than the caps is ever held, on the wire or unpacked."""

from __future__ import annotations

from typing import Protocol

import httpx

from scrapers.compression import BrokenPacking, CapPassed, Inflater
from scrapers.errors import BadEncoding, TooLarge

#: Each piece of a body costs us time, whatever is in it.
_CRUMB_BYTES = 64
_MAX_CRUMBS = 10_000


class Caps(Protocol):
    """How much may be held, in bytes."""

    @property
    def max_wire_bytes(self) -> int: ...

    @property
    def max_body_bytes(self) -> int: ...


async def read_body(url: str, response: httpx.Response, caps: Caps, *, cut_at: int | None, unpacked: bool) -> bytes:
    """The body, ``unpacked`` or as it came. With ``cut_at`` a longer one is cut, not refused.

    Raises TooLarge or BadEncoding, and what httpx does.
    """
    packing = response.headers.get("content-encoding", "") if unpacked else ""
    unpack = _unpacker(url, packing, caps.max_body_bytes)
    claimed = response.headers.get("content-length", "")
    size = int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 20 else 0
    if cut_at is None and size > caps.max_wire_bytes:
        raise TooLarge(url, f"it is {size:,} bytes, more than {caps.max_wire_bytes:,}")
    body = bytearray()
    wire = crumbs = 0
    try:
        async for chunk in response.aiter_raw():
            wire += len(chunk)
            crumbs += len(chunk) < _CRUMB_BYTES
            if wire > caps.max_wire_bytes:
                raise TooLarge(url, f"it sends more than {caps.max_wire_bytes:,} bytes")
            if crumbs > _MAX_CRUMBS:
                raise TooLarge(url, f"it comes in more than {_MAX_CRUMBS:,} crumbs")
            for piece in (chunk,) if unpack is None else unpack.feed(chunk):
                body += piece
            if cut_at is not None and len(body) >= cut_at:
                return bytes(body[:cut_at])
        if unpack is not None:
            unpack.finish()
    except CapPassed as error:
        raise TooLarge(url, f"unpacked it is more than {caps.max_body_bytes:,} bytes") from error
    except BrokenPacking as error:
        raise BadEncoding(url, f"its compressed body is broken: {error}") from error
    if len(body) > caps.max_body_bytes:
        raise TooLarge(url, f"it is more than {caps.max_body_bytes:,} bytes")
    return bytes(body)


def _unpacker(url: str, encoding: str, max_bytes: int) -> Inflater | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return Inflater("gzip", max_bytes)
        case "deflate":
            return Inflater("deflate", max_bytes)
        case other:
            raise BadEncoding(url, f"its body is packed as {other!r}, which was not asked for")
