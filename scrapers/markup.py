"""What markup is before anyone parses it: is it safe XML, what is its root, what does a snippet say as plain text."""

from __future__ import annotations

import codecs
import html
import re

from scrapers.errors import UnsafeDocument

_DOCTYPE = re.compile(r"""<!doctype(?:[^"'\[>]|"[^"]*"|'[^']*')*+""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_ENCODING = re.compile(r"""<\?xml[^>]{0,500}?encoding\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# "<" once, at the beginning, and then as UTF-7 and as Python's escapes have it.
_PROBE = b"<!+ADw-\\x3c\\u003c"
_NAME = re.compile(r"[^\W\d][\w.:-]{0,99}")
_INLINE_TAG = re.compile(r"</?(?:a|b|i|u|em|strong|span|mark|small|sub|sup|font|abbr)\b[^>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>|</?[a-zA-Z][^>]*>", re.DOTALL)


def root_name(body: bytes, url: str, content_type: str | None = None) -> str:
    """The local name of the first element, lower case ("" when there is none); declarations before it are refused.

    So is an encoding in which a parser would see other markup than stands there. A document type without declarations
    of its own (old RSS 0.91 has one) is harmless, as nobody loads what it points to. Entities are not: a recovering
    parser that meets a bomb gives an empty document, which would look like a quiet source. Raises UnsafeDocument, which
    names ``url``.
    """
    text = body.replace(b"\0", b"").decode("latin-1")  # as good as any encoding to find ASCII markup in
    for encoding in (_CHARSET.search(content_type or ""), _ENCODING.search(text[:1000])):
        if encoding and _hides_markup(encoding[1]):
            raise UnsafeDocument(url, f"its encoding {encoding[1]!r} can hide markup")
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


def plain_text(snippet: str, limit: int) -> str | None:
    """Text without tags, escapes and surplus space, cut at ``limit`` characters; None when nothing is left."""
    # An inline tag parts no word: Chinese has no spaces that could come back.
    bare = _TAG.sub(" ", _INLINE_TAG.sub("", snippet[: limit * 8]))
    return storable(" ".join(html.unescape(bare).split())[:limit]) or None


def storable(text: str) -> str:
    """Without what no database takes: control characters, and halves of surrogate pairs, which JSON can smuggle in."""
    return _CONTROL.sub("", text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _hides_markup(encoding: str) -> bool:
    """True for an encoding in which what looks like plain ASCII is markup, or markup does not look like ASCII."""
    try:
        name = codecs.lookup(encoding).name
        # Of these ``root_name`` sees through the zero bytes.
        return not name.startswith(("utf-16", "utf-32")) and _PROBE.decode(name).find("<", 1) != -1
    except LookupError:
        return False  # a name nobody knows: no parser decodes by it either
    except UnicodeError:
        return True


def _behind(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)
