"""When two addresses are one document, and what a page declares its own address to be.

What is left out here (scheme, ``www.``, a trailing slash, the mark of an AMP, mobile or print edition) may be needed to
fetch a page, so an identity is something to compare, never to fetch: that is ``canonical_url``.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import SplitResult, urlsplit, urlunsplit

from scrapers.links import absolute_url, canonical_url

_EDITIONS = frozenset({"m", "mobile", "amp"})
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"})
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml|xhtml|php\d?|aspx?|jspx?|cfm)$", re.IGNORECASE)
_EDITION_AT_END = re.compile(r"(?<=[^/])(?:/(?:amp|print)|\.amp)$", re.IGNORECASE)
_AMP_BEFORE_SUFFIX = re.compile(r"\.amp(?=\.html?$)", re.IGNORECASE)
_AMP_AT_START = re.compile(r"^/amp(?=/[^/])", re.IGNORECASE)
_EDITION_PARAMETER = re.compile(
    r"amp(?:=(?:1|true|yes|amp)?)?|amp_(?:js_v|gsa|ct|kit|lite)(?:=.*)?|usqp=.*|m=[01]|mobile=(?:1|true|yes)"
    r"|(?:output|outputtype|format|view|mode|platform|type)=(?:amp|print|printable|mobile)"
    r"|print(?:able|er|_?view|_?friendly)?(?:=.*)?",
    re.IGNORECASE,
)
_LINK = re.compile(rb"<link\b[^>]{0,4000}>", re.IGNORECASE)
_REL_CANONICAL = re.compile(rb"""\brel\s*=\s*(?:"\s*canonical\s*"|'\s*canonical\s*'|canonical\b)""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BASE = re.compile(rb"""<base\b[^>]{0,2000}?\bhref\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
_HEAD_BYTES = 1_000_000
#: An edition's mark taken off may uncover a cache's address, and that another edition's.
_LAYERS = 8


def identity(url: str) -> str:
    """Equal for addresses of one document: with http or https, ``www.`` or not, a trailing slash or ``index.html`` or
    not, in its AMP, mobile or print edition. Idempotent; of what is no web address the canonical spelling.
    """
    text = canonical_url(url)
    for _ in range(_LAYERS):
        before = text
        text = canonical_url(_without_edition(text))
        if text == before:
            break
    return text


def _without_edition(text: str) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return text
    host = _plain_host(parts.hostname)
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    kept = [part for part in parts.query.split("&") if part and not _EDITION_PARAMETER.fullmatch(part)]
    return urlunsplit(("https", netloc, _plain_path(parts.path), "&".join(kept), ""))


def is_front_page(url: str) -> bool:
    """True for the address of a site as a whole, where faulty pages say they are and lost ones lead to."""
    parts = _split(identity(url))
    return parts is not None and parts.path in ("", "/") and not parts.query


def declared_address(body: bytes, url: str) -> str | None:
    """What the page fetched from ``url`` declares in ``<link rel="canonical">`` to be its address, canonical itself.

    None when it declares nothing, or nothing to be trusted: another site, the front page, several addresses, or a
    section above its own (templates that give every article the address of the list it is in).
    """
    head = body[:_HEAD_BYTES]
    declared: set[str] = set()
    based = _BASE.search(head)
    base = (absolute_url(url, based[1].decode("utf-8", "replace")) if based else None) or url
    for tag in _LINK.finditer(head):
        named = _HREF.search(tag[0]) if _REL_CANONICAL.search(tag[0]) else None
        written = next((group for group in named.groups() if group is not None), b"") if named else b""
        found = absolute_url(base, unescape(written.decode("utf-8", "replace")))
        if found is not None:
            declared.add(canonical_url(found))
    if len(declared) != 1:
        return None
    (address,) = declared
    return address if _credible(address, url) else None


def _credible(address: str, url: str) -> bool:
    own, other = _split(identity(url)), _split(identity(address))
    if own is None or other is None or is_front_page(address):
        return False
    hosts = own.hostname or "", other.hostname or ""
    if hosts[0] != hosts[1] and not hosts[0].endswith(f".{hosts[1]}") and not hosts[1].endswith(f".{hosts[0]}"):
        return False
    return not own.path.startswith(f"{other.path}/")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _plain_host(host: str) -> str:
    """Without ``www.``, and without the label of an edition where a registrable name is left (not of m.co.uk)."""
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in (*_EDITIONS, "www") and not _is_suffix(labels[1:]):
        del labels[0]
    # en.m.wikipedia.org
    return ".".join(
        label for place, label in enumerate(labels) if place == 0 or place >= len(labels) - 2 or label not in _EDITIONS
    )


def _is_suffix(labels: list[str]) -> bool:
    """co.uk, com.vn: under which names are registered."""
    return len(labels) == 2 and labels[0] in _SECOND_LEVEL and len(labels[1]) == 2


def _plain_path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path)
    while True:
        before = path
        path = _INDEX.sub("/", path).rstrip("/") or "/"
        path = _AMP_AT_START.sub("", _AMP_BEFORE_SUFFIX.sub("", _EDITION_AT_END.sub("", path)))
        if path == before:
            return path
