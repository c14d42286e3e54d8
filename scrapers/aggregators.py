"""Addresses that lead through a news aggregator or a search engine, and the publisher's own that they hide."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs, urlsplit

from scrapers.links import absolute_url

_GOOGLE = frozenset({"google.com", "www.google.com", "news.google.com"})
_BING = frozenset({"bing.com", "www.bing.com"})
#: Google News: a varint field of the value 19, then a text field of one byte of length, which is the address.
_GOOGLE_NEWS_MAGIC = b"\x08\x13\x22"
_ADDRESS = re.compile(rb"https?://[!-~]+")


def publishers_address(url: str) -> str:
    """What ``url`` leads to where it says so itself (Google's alerts and older news, Bing's news); else ``url``."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _GOOGLE and parts.path in ("/url", "/news/url"):
        return _parameter(parts.query, "url", "q") or url
    if host in _BING and parts.path.lower() == "/news/apiclick.aspx":
        return _parameter(parts.query, "url") or url
    if host == "news.google.com" and "/articles/" in parts.path:
        return _inside(parts.path.rpartition("/")[2]) or url
    return url


def hides_its_publisher(url: str) -> bool:
    """True for an address of Google News that only a browser can follow to the publisher."""
    parts = urlsplit(url)
    return parts.hostname == "news.google.com" and ("/articles/" in parts.path or "/read/" in parts.path)


def _parameter(query: str, *names: str) -> str | None:
    try:
        given = parse_qs(query)
    except ValueError:  # more parameters than anyone means
        return None
    found = (absolute_url("", given[name][0]) for name in names if name in given)
    return next((address for address in found if address is not None), None)


def _inside(token: str) -> str | None:
    try:
        packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    if not packed.startswith(_GOOGLE_NEWS_MAGIC) or len(packed) < 5:
        return None
    start, length = len(_GOOGLE_NEWS_MAGIC) + 1, packed[len(_GOOGLE_NEWS_MAGIC)]
    if length & 0x80:  # longer than 127: a second byte of length
        length, start = length & 0x7F | packed[start] << 7, start + 1
    written = _ADDRESS.match(packed[start : start + length])
    return absolute_url("", written[0].decode("ascii")) if written else None
