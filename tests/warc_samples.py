"""WARC files made by hand, record by record, as the standard has them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable

DATE = "2026-11-05T10:00:00Z"


def record(
    url: str,
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    headers: str = "",
    kind: str = "response",
    date: str = DATE,
) -> bytes:
    """One record; ``headers`` are further ones of the answer, each with its line end."""
    http = f"HTTP/1.1 {status} Said\r\nContent-Type: {content_type}\r\n{headers}\r\n".encode() + body
    return (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode() + http + b"\r\n\r\n"  # fmt: skip


def warcinfo() -> bytes:
    """What most files begin with."""
    body = b"software: by hand\r\n"
    head = f"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: {DATE}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


def packed(records: Iterable[bytes]) -> bytes:
    """A file, each record packed by itself."""
    return b"".join(gzip.compress(each, 1) for each in records)


def news(number: int, *lines: str, host: str = "news.example", title: str = "", language: str = "en") -> bytes:
    """The record of a news page with these paragraphs."""
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    title = title or f"Story {number}"
    html = (
        f'<!doctype html><html lang="{language}"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
        f"{paragraphs}<p>The market had expected it for some weeks, said people who follow the business closely and "
        "who asked not to be named.</p></article></body></html>"
    )
    return record(f"https://{host}/{number}", html.encode())
