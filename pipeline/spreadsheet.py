"""CSV that a spreadsheet opens without running anything, and that reads back equal.

RFC 4180 in UTF-8: commas, CRLF, quotes doubled. A text cell that a spreadsheet would take for a formula gets an
apostrophe in front, and so does a cell that begins with an apostrophe already: that makes the guard reversible, and
``read_csv`` takes exactly one apostrophe off. Numbers are written as numbers, so a negative one stays a number.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TextIO

Cell = str | int | float | Decimal | None

_GUARD = "'"
#: What a formula (or a link to another program) begins with, after compatibility folding: ＝ and ﹦ are = as well.
_FORMULA = frozenset("=+-@\N{MINUS SIGN}")
_QUOTES = frozenset("\"'`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d")


def guard(text: str) -> str:
    """The text as a spreadsheet will show it and not run it. ``unguard`` gives back what went in."""
    return _GUARD + text if text.startswith(_GUARD) or _looks_like_formula(text) else text


def unguard(text: str) -> str:
    """Undo ``guard``."""
    return text.removeprefix(_GUARD)


def _looks_like_formula(text: str) -> bool:
    """True when the first character that counts starts a formula.

    Spreadsheets skip blanks and quotes on import; a leading tab, CR, LF or NUL is skipped or ends the cell in some.
    """
    for char in text:
        category = unicodedata.category(char)
        if category == "Cc":
            return True
        if char.isspace() or char in _QUOTES or category == "Cf":
            continue
        return unicodedata.normalize("NFKC", char)[:1] in _FORMULA
    return False


def join(items: Iterable[str]) -> str:
    """Many values in one cell: ``a; b``. A semicolon inside a value is written ``\\;`` so that ``split`` finds it."""
    return "; ".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)


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
    exact = number if isinstance(number, Decimal) else Decimal(str(number))
    if not exact.is_finite():
        raise ValueError(f"{number} is no number that a CSV cell can hold")
    plain = f"{exact:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A half of a surrogate pair (broken JSON in some page) cannot be written as UTF-8.
        return guard(value).encode("utf-8", "replace").decode("utf-8")
    return format_number(value)


def write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write header and rows to a stream opened with ``newline=""``; returns how many rows."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return count


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
