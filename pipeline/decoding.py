"""Bytes to text: which encoding a page is in.

The order is that of the WHATWG standard (byte order mark, transport, the page's own declaration), with one change that
real pages ask for: bytes that are valid UTF-8 with something beyond ASCII in them are UTF-8, whatever is declared.
"""

from __future__ import annotations

import codecs
import re

# What pages declare and what browsers read it as: the declared one is a subset that real pages overstep.
_READ_AS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
    "x-euc-jp": "euc_jp",
    "utf8": "utf-8",
    "utf-16": "utf-8",  # a declaration that could be read as ASCII cannot be in UTF-16
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "unicode": "utf-8",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 24_000
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{3,40})""", re.IGNORECASE)
_TRANSPORT = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{3,40})""", re.IGNORECASE)
_TOO_MUCH_LOST = 0.01


def decode(body: bytes, *, content_type: str | None = None, declared: bool = True) -> str:
    """The text of ``body``. Never raises: what no encoding fits is read with U+FFFD in place of the broken bytes.

    ``declared`` says whether to look for a declaration inside the body (HTML: yes, plain text: no).
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page cut off inside its last character is still UTF-8.
        if error.start >= len(body) - 3 and error.start > 0:
            return body[: error.start].decode("utf-8")
    best = body.decode("utf-8", errors="replace")
    best_loss = _loss(best)
    for name in _names(body, content_type, declared):
        text = _try(body, name)
        if text is None:
            continue
        loss = _loss(text)
        if loss == 0.0:
            return text
        if loss < best_loss:
            best, best_loss = text, loss
    if best_loss <= _TOO_MUCH_LOST:
        return best
    guessed = _guess(body)
    text = _try(body, guessed) if guessed else None
    return text if text is not None and _loss(text) < best_loss else best


def is_binary(body: bytes) -> bool:
    """True when the beginning of ``body`` cannot be text in any encoding we read (many control bytes, no BOM)."""
    if any(body.startswith(mark) for mark, _ in _BOMS):
        return False
    head = body[:_HEAD_BYTES]
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return control > len(head) * 0.02


def _names(body: bytes, content_type: str | None, declared: bool) -> list[str]:
    names = [match[1] for match in [_TRANSPORT.search(content_type or "")] if match]
    if declared:
        names += [match.decode("ascii") for match in _DECLARED.findall(body[:_HEAD_BYTES])]
    return list(dict.fromkeys(_READ_AS.get(name.lower(), name.lower()) for name in names))


def _try(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding, errors="replace")
    except LookupError:  # a name nobody knows
        return None


def _loss(text: str) -> float:
    return text.count("\ufffd") / max(1, len(text))


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    # Markup is ASCII in every encoding and drowns the letters that tell them apart.
    letters = b" ".join(piece.rpartition(b">")[2] for piece in body.split(b"<") if not piece.isascii())
    found = from_bytes(letters[:_SAMPLE_BYTES]).best()
    return _READ_AS.get(found.encoding.replace("_", "-"), found.encoding) if found else None
