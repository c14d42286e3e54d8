"""A newsroom for tests: pages on loopback, and an extractor that reads deals written as plain lines.

A line ``DEAL acquisition announced: acquirer Brightwell, target Oakline`` is a report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from storage.records import Article, Evidence, Party, Report
from storage.vocabulary import DealType, Role, Status
from tests.loopback import LoopbackServer

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
_DEAL = re.compile(r"DEAL (\w+) (\w+): ([^\n]+)")
FILLER = (
    "The two companies gave no further details of the agreement, which had been expected for some weeks by the market."
)


def toy_extract(article: Article) -> tuple[Report, ...]:
    """The deals written in an article. The word BOOM makes it fail."""
    if "BOOM" in article.text:
        raise RuntimeError("boom")
    return tuple(_report(article, match) for match in _DEAL.finditer(article.text))


def _report(article: Article, match: re.Match[str]) -> Report:
    parties = [part.strip().split(" ", 1) for part in match[3].split(",")]
    return Report(
        type=DealType(match[1]),
        status=Status(match[2]),
        parties=tuple(Party(name, Role(role)) for role, name in parties),
        technology=True,
        headline=article.title,
        confidence=0.8,
        evidence=(Evidence("type", match[1], *match.span(1)),),
    )


def page(*lines: str, title: str = "News", day: str = "2026-03-01") -> bytes:
    """An HTML page with these paragraphs."""
    paragraphs = "".join(f"<p>{line}</p>" for line in (*lines, FILLER))
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>'
        f'<meta property="article:published_time" content="{day}T08:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def feed(server: LoopbackServer, paths: Sequence[str], *, path: str = "/feed.xml") -> str:
    """Serve a feed of these pages at ``path``; its address."""
    items = "".join(
        f"<item><title>item {p}</title><link>{server.url(p)}</link><guid>{p}</guid>"
        f"<pubDate>{format_datetime(datetime(2026, 3, 1, 8, tzinfo=UTC))}</pubDate></item>"
        for p in paths
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{items}</channel></rss>'.encode()
    server.add(path, body, headers={"Content-Type": "application/rss+xml"})
    return server.url(path)


def serve(server: LoopbackServer, path: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> None:
    """Serve one document."""
    server.add(path, body, headers={"Content-Type": content_type})
