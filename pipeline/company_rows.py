"""Lists of organisations as others write them: a CSV with a header, or the SEC's list of companies. Pure: bytes in.

A row that cannot be used becomes a problem that names its line; the rest is read all the same.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.company_names import readable, tidy, usable
from pipeline.errors import CompanyListError

MAX_BYTES = 50_000_000
KINDS = ("company", "fund", "government", "institute", "university")
#: The columns of a CSV; ``name`` alone is needed.
COLUMNS = ("name", "aliases", "country", "tickers", "areas", "parent", "kind")
_MANY = frozenset({"aliases", "tickers", "areas"})
#: A cell with line ends in it has no more than this; what goes on longer is a quote that was never closed.
_MOST_LINES = 50

Format = Literal["csv", "sec"]


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation of a list. ``where`` says where it stands there; what was not given is empty."""

    where: str
    name: str
    aliases: tuple[str, ...] = ()
    country: str = ""
    tickers: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    parent: str = ""
    kind: str = ""
    formal: bool = False  # the name has a legal form that nobody asked for


@dataclass(slots=True)
class CompanyList:
    """What a list holds, what of it is wrong, and the columns that mean nothing to us."""

    format: Format
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_list(body: bytes, *, name: str, areas: Sequence[str], form: Format | None = None) -> CompanyList:
    """The organisations of a list; ``areas`` are the focus areas there are, ``form`` None finds the format out.

    Raises CompanyListError, which begins with ``name``, when nothing of it can be read.
    """
    if len(body) > MAX_BYTES:
        raise CompanyListError(name, f"it is more than {MAX_BYTES:,} bytes; this is no list of companies")
    try:
        text = body.decode("utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CompanyListError(name, f"it is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if not text.strip():
        raise CompanyListError(name, "it is empty")
    if (form or ("sec" if text.lstrip()[0] in "{[" else "csv")) == "sec":
        return _read_sec(text, name)
    return _read_csv(text, name, areas)


def _read_csv(text: str, name: str, areas: Sequence[str]) -> CompanyList:
    lines = io.StringIO(text, newline="").readlines()  # splitlines would cut cells at U+2028 and the like
    first = next(number for number, line in enumerate(lines) if line.strip())
    delimiter = max(",;\t", key=lines[first].count)
    header = [tidy(cell).lower() for cell in next(csv.reader([lines[first]], delimiter=delimiter))]
    if "name" not in header:
        raise CompanyListError(
            name,
            f"line {first + 1}: the first line is to name the columns, 'name' among them (of {', '.join(COLUMNS)}); "
            f"it has {', '.join(header) or 'none'}",
        )
    double = sorted({column for column in header if column in COLUMNS and header.count(column) > 1})
    if double:
        raise CompanyListError(name, f"line {first + 1}: two columns are called {double[0]!r}; keep one of them")
    found = CompanyList("csv", ignored=[column or "(no name)" for column in header if column not in COLUMNS])
    for number, cells, problem in _records(lines, first + 1, delimiter):
        where = f"line {number}"
        if problem:
            found.problems.append(f"{where}: {problem}")
        elif any(cell.strip() for cell in cells):
            row = _row(where, header, cells, areas, delimiter)
            if isinstance(row, str):
                found.problems.append(f"{where}: {row}")
            else:
                found.rows.append(row)
    return found


def _records(lines: Sequence[str], number: int, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Line number, cells and what is wrong, of each record. A quote that is never closed costs only its line."""
    while number < len(lines):
        for size in range(1, _MOST_LINES + 1):
            piece = lines[number : number + size]
            try:
                cells = next(csv.reader(piece, delimiter=delimiter, strict=True), [])
            except csv.Error as error:
                if size < min(_MOST_LINES, len(lines) - number) and "unexpected end" in str(error):
                    continue
                said = "a quote is opened and never closed" if "unexpected end" in str(error) else str(error)
                yield number + 1, [], f"{said} in {lines[number].strip()[:60]!r}"
                number += 1
                break
            yield number + 1, cells, ""
            number += size
            break


def _row(where: str, header: Sequence[str], cells: Sequence[str], areas: Sequence[str], delimiter: str) -> Row | str:
    """The row, or what is wrong with it."""
    if any(cell.strip() for cell in cells[len(header) :]):
        return f"{len(cells)} cells stand under {len(header)} columns; put quotes around what has a {delimiter!r} in it"
    given = dict(zip(header, cells, strict=False))
    one = {column: tidy(given.get(column, "")) for column in COLUMNS if column not in _MANY}
    many = {
        column: tuple(dict.fromkeys(filter(None, map(tidy, given.get(column, "").replace("\n", ";").split(";")))))
        for column in sorted(_MANY)
    }
    if not one["name"]:
        return "it has no name"
    unusable = next((name for name in (one["name"], *many["aliases"]) if not usable(name)), None)
    if unusable is not None:
        return f"{unusable[:60]!r} is no name"
    country = one["country"].upper()
    if country and country not in _countries():
        return f"{one['country']!r} is no country; write its code of two letters (ISO 3166-1), such as VN"
    kind = one["kind"].lower()
    if kind and kind not in KINDS:
        return f"{one['kind']!r} is no kind; known are {', '.join(KINDS)}"
    own_areas = tuple(area.lower().replace(" ", "_") for area in many["areas"])
    strange = next((area for area in own_areas if area not in areas), None)
    if strange is not None:
        near = difflib.get_close_matches(strange, areas, 1)
        return f"there is no focus area {strange!r}" + (f"; did you mean {near[0]}?" if near else "")
    return Row(where, one["name"], many["aliases"], country, many["tickers"], own_areas, one["parent"], kind)


def _countries() -> frozenset[str]:
    from babel import Locale

    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - {"ZZ", "EU", "EZ", "UN"}


def _read_sec(text: str, name: str) -> CompanyList:
    """company_tickers.json or company_tickers_exchange.json: a company stands there once for each of its shares."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CompanyListError(name, f"its JSON cannot be read ({error}); download it anew") from error
    found = CompanyList("sec")
    titles: dict[str, str] = {}
    tickers: dict[str, dict[str, None]] = {}
    for where, entry in _sec_entries(value, name):
        title = entry.get("title") or entry.get("name")
        if not isinstance(title, str) or not usable(tidy(title)):
            found.problems.append(f"{where}: it has no title")
            continue
        key = str(entry.get("cik_str") or entry.get("cik") or title)
        titles.setdefault(key, title)
        ticker = entry.get("ticker")
        tickers.setdefault(key, {}).update({tidy(ticker): None} if isinstance(ticker, str) and tidy(ticker) else {})
    for key, title in titles.items():
        own = tuple(tickers[key])
        found.rows.append(Row(own[0] if own else f"CIK {key}", readable(title), tickers=own, formal=True))
    return found


def _sec_entries(value: object, name: str) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(value, dict) and isinstance(value.get("fields"), list) and isinstance(value.get("data"), list):
        fields = [str(key) for key in value["fields"]]
        for number, cells in enumerate(value["data"]):
            good = isinstance(cells, list) and len(cells) == len(fields)
            yield f"data[{number}]", dict(zip(fields, cells, strict=True)) if good else {}
    elif value and isinstance(value, dict) and any(isinstance(entry, dict) for entry in value.values()):
        for key, entry in value.items():
            yield f"entry {key!r}", entry if isinstance(entry, dict) else {}
    else:
        known = "company_tickers.json or company_tickers_exchange.json"
        raise CompanyListError(name, f"this is JSON of another kind; expected the SEC's {known}")
