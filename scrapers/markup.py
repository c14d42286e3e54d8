"""What markup is before anyone parses it: is it safe XML, what is its root, what does a snippet say as plain text."""

from __future__ import annotations

import html
import re

from scrapers.errors import UnsafeDocument

_DOCTYPE = re.compile(r"""<!doctype(?:[^"'\[>]|"[^"]*"|'[^']*')*+""", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d][\w.:-]{0,99}")
_INLINE_TAG = re.compile(r"</?(?:a|b|i|u|em|strong|span|mark|small|sub|sup|font|abbr)\b[^>]*>", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{20000,}")
_ATTRIBUTE = re.compile(rb"=\s*[\"']")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAX_TAGS = 500_000
_MAX_ATTRIBUTES = 500
_TAG = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>|</?[a-zA-Z][^>]*>", re.DOTALL)


def root_name(body: bytes, url: str) -> str:
    """The local name of the first element, lower case ("" when there is none); declarations before it are refused.

    A document type without declarations of its own (old RSS 0.91 has one) is harmless, as nobody loads what it points
    to. Entities are not: a recovering parser that meets a bomb gives an empty document, which would look like a quiet
    source. Raises UnsafeDocument, which names ``url``.
    """
    text = _decoded(body)
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<?", at):
            at = _behind(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _behind(text, "-->", at)
        elif doctype := _DOCTYPE.match(text, at):
            at = doctype.end()
            if text[at : at + 1] == "[":
                raise UnsafeDocument(url, "the XML declares entities or elements of its own")
        elif text.startswith("<!", at) and not text.startswith("<![CDATA[", at):
            raise UnsafeDocument(url, "the XML begins with a declaration")
        elif name := _NAME.match(text, at + 1):
            return name[0].rpartition(":")[2].lower()
        else:
            at += 1
    return ""


def refuse_excess(body: bytes, url: str) -> None:
    """Raises UnsafeDocument for what would cost a forgiving parser minutes: floods of tags, or of attributes in one."""
    if body.count(b"<") > _MAX_TAGS:
        raise UnsafeDocument(url, f"the XML has more than {_MAX_TAGS:,} tags")
    for tag in _LONG_TAG.finditer(body):
        if len(_ATTRIBUTE.findall(tag[0])) > _MAX_ATTRIBUTES:
            raise UnsafeDocument(url, f"the XML has a tag with more than {_MAX_ATTRIBUTES} attributes")


def plain_text(snippet: str, limit: int) -> str | None:
    """Text without tags, escapes and surplus space, cut at ``limit`` characters; None when nothing is left."""
    # An inline tag parts no word: Chinese has no spaces that could come back.
    bare = _TAG.sub(" ", _INLINE_TAG.sub("", snippet[: limit * 8]))
    return storable(" ".join(html.unescape(bare).split())[:limit]) or None


def storable(text: str) -> str:
    """Without what no database takes: control characters, and halves of surrogate pairs, which JSON can smuggle in."""
    return _CONTROL.sub("", text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decoded(body: bytes) -> str:
    """The body as text that is good enough to find ASCII markup in."""
    for marks, encoding in (
        ((b"\xff\xfe\x00\x00", b"<\x00\x00\x00"), "utf-32-le"),
        ((b"\x00\x00\xfe\xff", b"\x00\x00\x00<"), "utf-32-be"),
        ((b"\xff\xfe", b"<\x00"), "utf-16-le"),
        ((b"\xfe\xff", b"\x00<"), "utf-16-be"),
    ):
        if body.startswith(marks):
            return body.decode(encoding, "replace")
    return body.decode("latin-1")


def _behind(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)
