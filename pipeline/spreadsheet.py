"""CSV that a spreadsheet opens without running anything, and that reads back equal.

RFC 4180 in UTF-8: commas, CRLF, quotes doubled. Numbers are written as numbers, so a negative one stays a number.
In text, an apostrophe is put

- in front, where a spreadsheet would take the cell for a formula: ``=1+1`` is written ``'=1+1``;
- behind a semicolon, tab or line end that a formula follows: a spreadsheet that splits at semicolons (those of half
  of Europe do) or at tabs makes a cell of what follows, quotes or not: ``a;=1+1`` is written ``a;'=1+1``;
- and where there is one already in either place, so that ``unguard`` knows which ones to take away.

``docs/digests.md`` has the table of attacks, and what LibreOffice makes of each.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import TextIO

Cell = str | int | float | Decimal | None

_GUARD = "'"
#: Characters that a formula (or a link to another program) begins with, full-width, small and raised ones as well.
_FORMULA = r"=+\-@\u2212\u207a-\u207c\u208a-\u208c\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
_CONTROL = r"\x00-\x1f\x7f-\x9f"
#: What may stand before a formula without being seen or counted: blanks, quotes, marks without width.
_BLANK = r"\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_QUOTES = r"\"'`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\xab\xbb\u300c\u300d"
_UNSEEN = (
    r"\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_SKIPPED = _BLANK + _QUOTES + _UNSEEN
_SPLITS = r";\t\r\n"
_ELSE = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters that split nothing

_NEEDS_GUARD = re.compile(f"'|[{_SKIPPED}]*[{_FORMULA}{_CONTROL}]")
_SPLIT = re.compile(f"([{_SPLITS}])(?='|[{_SKIPPED}{_ELSE}]*[{_FORMULA}])")
_GUARDED_SPLIT = re.compile(f"([{_SPLITS}])'")
_QUOTED = re.compile('[",;\\t\\r\\n]')
#: For a whole row at once, its cells behind ``_CELL`` each. What they find may be harmless, and is looked at closely.
_CELL = "\x1f"
_SUSPICIOUS_CELL = re.compile(f"{_CELL}(?!{_CELL})[{_SKIPPED}{_FORMULA}{_CONTROL}]")
_SUSPICIOUS_SPLIT = re.compile(f";(?='|[{_SKIPPED}{_CONTROL}]*[{_FORMULA}])")
_LINES = 200  # written at a time


def guard(text: str) -> str:
    """The text as a spreadsheet will show it and not run it. ``unguard`` gives back what went in."""
    guarded = _SPLIT.sub(r"\1'", text)
    return _GUARD + guarded if _NEEDS_GUARD.match(text) else guarded


def unguard(text: str) -> str:
    """Undo ``guard``."""
    return _GUARDED_SPLIT.sub(r"\1", text.removeprefix(_GUARD))


def join(items: Sequence[str]) -> str:
    """Many values in one cell: ``a; b``. A semicolon inside a value is written ``\\;`` so that ``split`` finds it."""
    joined = "; ".join(items)
    if "\\" not in joined and joined.count(";") < max(len(items), 1):
        return joined
    return "; ".join([item.replace("\\", "\\\\").replace(";", "\\;") for item in items])


def split(cell: str) -> list[str]:
    """Undo ``join`` (an empty cell is no values)."""
    if not cell:
        return []
    items, current, escaped = [], "", False
    rest = iter(cell)
    for char in rest:
        if escaped:
            current, escaped = current + char, False
        elif char == "\\":
            escaped = True
        elif char == ";":
            items.append(current)
            current = ""
            next(rest, None)  # the blank that follows
        else:
            current += char
    return [*items, current]


def format_number(number: int | float | Decimal) -> str:
    """Plain digits: no exponent, no thousands separators, no trailing zeros behind the point.

    Raises ValueError for what is no finite number.
    """
    if isinstance(number, int):
        return str(number)
    if not isfinite(number):
        raise ValueError(f"{number} is no number that a CSV cell can hold")
    plain = f"{number:f}" if isinstance(number, Decimal) else repr(number)
    if "e" in plain:
        plain = f"{Decimal(plain):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write header and rows to a UTF-8 stream opened with ``newline=""``; returns how many rows."""
    stream.write(_line(columns))
    lines = map(_line, rows)
    count = 0
    while some := list(islice(lines, _LINES)):
        stream.write("".join(some))
        count += len(some)
    return count


def _line(row: Sequence[Cell]) -> str:
    cells = [cell if isinstance(cell, str) else "" if cell is None else format_number(cell) for cell in row]
    line = _CELL + _CELL.join(cells)
    if (
        '"' in line
        or "\n" in line
        or "\r" in line
        or "\t" in line
        or line.count(_CELL) != len(cells)
        or _SUSPICIOUS_CELL.search(line)
        or _SUSPICIOUS_SPLIT.search(line)
    ):
        # Cell by cell: a few rows in a hundred.
        cells = [
            _field(guard(cell)) if isinstance(cell, str) else plain for cell, plain in zip(row, cells, strict=True)
        ]
    elif ";" in line or "," in line:
        cells = [f'"{cell}"' if ";" in cell or "," in cell else cell for cell in cells]
    return ",".join(cells) + "\r\n"


def _field(text: str) -> str:
    # A semicolon is no reason to quote by RFC 4180, but for a spreadsheet that splits at commas and semicolons.
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a file that ``write_rows`` wrote, by column, the guard taken off. A byte order mark is skipped.

    Raises OSError when there is no such file, ValueError when it has no header or a row does not fit it.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(read_rows(stream, str(path)))


def read_rows(stream: TextIO, name: str = "CSV") -> Iterator[dict[str, str]]:
    """Like ``read_csv``, from a stream opened with ``newline=""``."""
    reader = csv.reader(stream, strict=True)
    try:
        columns = next(reader, None)
        if not columns:
            raise ValueError(f"{name}: there is no header line; was it written by dealwire digest?")
        for cells in reader:
            if len(cells) != len(columns):
                raise ValueError(f"{name}, line {reader.line_num}: {len(cells)} cells where {len(columns)} are due")
            yield dict(zip(columns, (unguard(cell) for cell in cells), strict=True))
    except csv.Error as error:
        raise ValueError(f"{name}, line {reader.line_num}: not CSV: {error}") from error
