"""A server that does to its clients what servers should not: one attack for each path, on 127.0.0.1, bounded.

``bench/hostile_fetching.py`` runs the same attacks to measure what they cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import itertools
import random
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scrapers.errors import (
    BadAddress,
    BadEncoding,
    BrokenAnswer,
    ForbiddenAddress,
    ScrapeError,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    UnsafeDocument,
)
from scrapers.http import HttpClient
from scrapers.poll import poll
from scrapers.sources import FeedSource, SitemapSource

#: An attack ends by itself after so many pieces, should nobody end it before.
_MOST_PIECES = 4000
_HOST = "attack.example"


@dataclass(frozen=True, slots=True)
class Attack:
    """What a server does, and how the client is to end it. ``seconds`` are waited between two pieces."""

    name: str
    error: type[ScrapeError]
    says: str | None  # regular expression
    pieces: Callable[[str], AsyncIterator[bytes] | list[bytes]]  # given the path
    seconds: float = 0.0
    reset: bool = False

    @property
    def path(self) -> str:
        return "/" + self.name.replace(" ", "-").replace("/", "-")


def _answer(body: bytes, *headers: str, status: str = "200 OK") -> list[bytes]:
    head = "".join(f"{header}\r\n" for header in (*headers, f"Content-Length: {len(body)}"))
    return [f"HTTP/1.1 {status}\r\n{head}\r\n".encode(), body]


def _packed(body: Callable[[], bytes], packing: str) -> Callable[[str], list[bytes]]:
    made = functools.cache(body)
    return lambda path: _answer(made(), f"Content-Encoding: {packing}")


def _fixed(*pieces: bytes) -> Callable[[str], list[bytes]]:
    return lambda path: list(pieces)


def _endless(head: bytes, piece: bytes) -> Callable[[str], AsyncIterator[bytes]]:
    async def pieces(path: str) -> AsyncIterator[bytes]:
        yield head
        for _ in range(_MOST_PIECES):
            yield piece

    return pieces


def _redirect(location: Callable[[str], str]) -> Callable[[str], list[bytes]]:
    return lambda path: _answer(b"", f"Location: {location(path)}", status="302 Found")


def _served(body: Callable[[], bytes]) -> Callable[[str], list[bytes]]:
    made = functools.cache(body)
    return lambda path: _answer(made(), "Content-Type: application/xml")


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]><rss><channel><title>&e9;</title></channel></rss>'.encode()


def _sitemap(content: bytes, times: int) -> bytes:
    return b'<?xml version="1.0"?><urlset>' + content * times + b"</urlset>"


def _zeros() -> bytes:
    return gzip.compress(b"\0" * 100_000_000)


def _noise() -> bytes:
    return random.Random(1).randbytes(200)


_HEAD = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_count = itertools.count()

ATTACKS = (
    Attack("gzip bomb", TooLarge, "unpacked it is more than", _packed(_zeros, "gzip")),
    Attack(
        "deflate bomb",
        TooLarge,
        "unpacked it is more than",
        _packed(lambda: zlib.compress(b"\0" * 100_000_000), "deflate"),
    ),
    Attack(
        "gzip bomb of many members",
        TooLarge,
        "unpacked it",
        _packed(lambda: gzip.compress(b"\0" * 1_000_000) * 100, "gzip"),
    ),
    Attack(
        "flood of empty gzip members",
        BadEncoding,
        "gzip files in one",
        _packed(lambda: gzip.compress(b"") * 40_000, "gzip"),
    ),
    Attack(
        "gzip in gzip", BadEncoding, "which was not asked for", _packed(lambda: gzip.compress(_zeros()), "gzip, gzip")
    ),
    Attack("brotli nobody asked for", BadEncoding, "packed as 'br'", _packed(_noise, "br")),
    Attack("zstd nobody asked for", BadEncoding, "packed as 'zstd'", _packed(_noise, "zstd")),
    Attack("gzip that is none", BadEncoding, "broken", _packed(_noise, "gzip")),
    Attack(
        "endless body in chunks",
        TooLarge,
        "it sends more than",
        _endless(_CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    ),
    Attack("endless body without a length", TooLarge, "it sends more than", _endless(_HEAD + b"\r\n", b"x" * 65536)),
    Attack(
        "a length of 10 TB",
        TooLarge,
        "it is 10,000,000,000,000 bytes",
        _fixed(_HEAD + b"Content-Length: 10000000000000\r\n\r\n"),
    ),
    Attack(
        "one chunk of 16 EB", TooLarge, "it sends more than", _endless(_CHUNKED + b"fffffffffffffff\r\n", b"x" * 65536)
    ),
    Attack("body in crumbs", TooLarge, "crumbs", _endless(_CHUNKED, b"1\r\nx\r\n" * 2000)),
    Attack(
        "body that drips",
        TimedOut,
        "the whole answer took longer",
        _endless(_HEAD + b"Content-Length: 9999\r\n\r\n", b"x"),
        0.05,
    ),
    Attack("body that stops", TimedOut, "no byte came", _endless(_HEAD + b"Content-Length: 99\r\n\r\nx", b""), 0.05),
    Attack("no answer at all", TimedOut, "no byte came", _endless(b"", b""), 0.05),
    Attack("headers that drip", TimedOut, "the whole answer took longer", _endless(_HEAD + b"X-Slow: ", b"x"), 0.05),
    Attack("endless headers", BrokenAnswer, None, _endless(_HEAD, b"X-More: more\r\n" * 100)),
    Attack("one endless header", BrokenAnswer, None, _endless(_HEAD + b"X-Long: ", b"x" * 4096)),
    Attack(
        "endless interim answers",
        TimedOut,
        "the whole answer took",
        _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        0.01,
    ),
    Attack("chunk size that is none", BrokenAnswer, None, _fixed(_CHUNKED + b"many\r\nxxxx\r\n")),
    Attack("negative chunk size", BrokenAnswer, None, _fixed(_CHUNKED + b"-5\r\nxxxx\r\n")),
    Attack("endless chunk extension", BrokenAnswer, None, _endless(_CHUNKED + b"5;", b"x" * 4096)),
    Attack("endless trailers", BrokenAnswer, None, _endless(_CHUNKED + b"1\r\nx\r\n0\r\n", b"X-More: more\r\n" * 100)),
    Attack("two lengths", BrokenAnswer, None, _fixed(_HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx")),
    Attack("length beyond the body", BrokenAnswer, None, _fixed(_HEAD + b"Content-Length: 50\r\n\r\nxxxxxx")),
    Attack("negative length", BrokenAnswer, None, _fixed(_HEAD + b"Content-Length: -1\r\n\r\nxxxxxx")),
    Attack("reset in the middle", BrokenAnswer, None, _fixed(_HEAD + b"Content-Length: 50\r\n\r\nxxxxxx"), reset=True),
    Attack("hangs up at once", BrokenAnswer, None, _fixed()),
    Attack("no HTTP", BrokenAnswer, None, _fixed(b"SSH-2.0-OpenSSH_9.6\r\n")),
    Attack("endless line that is no HTTP", BrokenAnswer, None, _endless(b"", b"x" * 4096)),
    Attack("a status that is none", BrokenAnswer, None, _fixed(b"HTTP/1.1 2000 Fine\r\n\r\n")),
    Attack("redirect to itself", TooManyRedirects, "more than 5", _redirect(lambda path: path)),
    Attack("redirects without end", TooManyRedirects, "more than 5", _redirect(lambda path: f"{path}?{next(_count)}")),
    Attack("redirect to a file", BadAddress, "redirects to file:", _redirect(lambda path: "file:///etc/passwd")),
    Attack(
        "redirect to the metadata service",
        ForbiddenAddress,
        "169.254.169.254",
        _redirect(lambda path: "http://169.254.169.254/latest/meta-data/"),
    ),
    Attack(
        "redirect to a decimal address",
        ForbiddenAddress,
        "not a public address",
        _redirect(lambda path: "http://2852039166/"),
    ),
    Attack(
        "redirect with an endless body",
        TooManyRedirects,
        None,
        _endless(b"HTTP/1.1 302 Found\r\nLocation: ?\r\n\r\n", b"x" * 65536),
    ),
    Attack("feed of a billion laughs", UnsafeDocument, "declares entities", _served(_laughs)),
    Attack(
        "sitemap of a million entries",
        UnsafeDocument,
        "more than 2,000,000 tags",
        _served(lambda: gzip.compress(_sitemap(b"<url><loc>/</loc></url>", 1_000_000), 1)),
    ),
    Attack(
        "packed sitemap of 200 MB",
        UnsafeDocument,
        "unpacks to more than",
        _served(lambda: gzip.compress(_sitemap(b" ", 200_000_000), 1)),
    ),
    Attack(
        "feed nested without end",
        UnsafeDocument,
        "nested beyond reason",
        _served(lambda: b'<?xml version="1.0"?><rss><channel>' + b"<a>" * 200_000),
    ),
    Attack(
        "JSON feed of empty objects",
        UnsafeDocument,
        "the JSON has more than",
        _served(lambda: b'{"items": [' + b"{}," * 2_000_000 + b"{}]}"),
    ),
)
FINE = "/fine"


@asynccontextmanager
async def hostile_server(attacks: Sequence[Attack] = ATTACKS) -> AsyncIterator[int]:
    """Serve every attack at its path, and a decent page at ``FINE``; the port."""
    by_path = {attack.path: attack for attack in attacks}
    for attack in attacks:
        attack.pieces(attack.path)  # what is large is made once, and not while a client waits
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections[task] = writer
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while request := await _request(reader):
                path = request.split(" ")[1]
                attack = by_path.get(path.partition("?")[0])
                if attack is None:
                    writer.write(b"".join(_answer(b"decent") if path == FINE else _answer(b"", status="404 Not Found")))
                    continue
                await _perform(attack, path, writer)
                if attack.error not in (TooManyRedirects, ScrapeError):
                    break
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        del connections[task]

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task, writer in list(connections.items()):
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # for the transports to be closed


async def _request(reader: asyncio.StreamReader) -> str:
    with contextlib.suppress(asyncio.IncompleteReadError):
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    return ""


async def _perform(attack: Attack, path: str, writer: asyncio.StreamWriter) -> None:
    pieces = attack.pieces(path)
    if isinstance(pieces, list):
        for piece in pieces:
            writer.write(piece)
        await writer.drain()
    else:
        async for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(attack.seconds)
    if attack.reset:
        await asyncio.sleep(0.05)  # or what was sent would be lost with the reset
        writer.transport.abort()


async def meet(client: HttpClient, attack: Attack, port: int) -> None:
    """Ask for what the attack pretends to be. Raises what it ends with."""
    url = f"http://{host_of(attack)}:{port}{attack.path}"
    if attack.error is not UnsafeDocument:
        await client.get(url)
    elif "sitemap" in attack.name:
        await poll(SitemapSource("sitemap", url), client)
    else:
        await poll(FeedSource("feed", url), client)


async def resolver(host: str, port: int) -> list[str]:
    """Each attack has a host of its own (see ``host_of``); numbers are what the system makes of them."""
    if host.endswith(_HOST):
        return ["127.0.0.1"]
    if host == "2852039166":
        return ["169.254.169.254"]
    return [host]


def host_of(attack: Attack) -> str:
    """The host name of an attack; all of them may be asked although they are private (see ``ALLOWED``)."""
    return f"{ATTACKS.index(attack)}.{_HOST}"


ALLOWED = ("127.0.0.1",)
