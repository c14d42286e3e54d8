"""A site on 127.0.0.1 to .10 for measurements: feeds, articles of 100 kB, answers of 304. Ends with its parent.

    python bench/page_server.py PORT PAGES LATENCY_MS

/feed.xml lists the host's share of the pages, /article/N.html is one, /source/N.xml is a feed that never changes.
"""

from __future__ import annotations

import asyncio
import sys

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 11))
_TEXT = "Nordwind Systems opened a test field for radio networks in the north and told what it costs to run one"
_WORDS = _TEXT.split()


def article(number: int) -> bytes:
    """A page of about 100 kB: an article of 600 words, and the scripts and menus that come with it."""
    paragraphs = "".join(
        f"<p>{' '.join(_WORDS[(number + part + at) % len(_WORDS)] for at in range(40))}.</p>" for part in range(15)
    )
    menu = "".join(f'<li><a href="/section/{at}">Section {at}</a></li>' for at in range(300))
    script = "window.state={" + ",".join(f'"key{at}":"value {at}"' for at in range(3000)) + "};"
    return (
        f'<!doctype html><html lang="en"><head><title>Test field number {number} opens</title>'
        f'<meta property="article:published_time" content="2026-11-02T10:00:00Z"><script>{script}</script></head>'
        f"<body><nav><ul>{menu}</ul></nav><article><h1>Test field number {number} opens</h1>{paragraphs}</article>"
        "</body></html>"
    ).encode()


def feed(host: str, port: int, numbers: range) -> bytes:
    """The feed of one host."""
    items = "".join(
        f"<item><title>Test field number {number} opens</title><link>http://{host}:{port}/article/{number}.html</link>"
        "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>"
        for number in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


async def serve(port: int, pages: int, latency: float) -> None:
    """Serve until standard input ends."""
    made = [article(number) for number in range(min(pages, 100))]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = request.split(" ", 2)[1]
                host = writer.get_extra_info("sockname")[0]
                status, kind, body = "200 OK", "application/xml", b""
                if path.startswith("/article/"):
                    kind, body = "text/html; charset=utf-8", made[int(path[9:-5]) % len(made)]
                elif path == "/feed.xml":
                    body = feed(host, port, range(HOSTS.index(host), pages, len(HOSTS)))
                elif path.startswith("/source/"):
                    if 'if-none-match: "same"' in request.lower():
                        status = "304 Not Modified"
                    else:
                        body = feed(host, port, range(0))
                        body = body.replace(
                            b"</channel>", b"<item><link>http://%s/1</link></item></channel>" % host.encode()
                        )
                else:
                    status = "404 Not Found"
                if latency:
                    await asyncio.sleep(latency)
                head = (
                    f'HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nETag: "same"\r\nContent-Length: {len(body)}\r\n\r\n'
                )
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [await asyncio.start_server(answer, host, port) for host in HOSTS]
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
