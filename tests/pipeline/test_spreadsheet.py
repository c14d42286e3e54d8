"""CSV cells: inert in a spreadsheet, equal when read back."""

from __future__ import annotations

import csv
import io
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spreadsheet import Cell, format_number, guard, join, read_csv, read_rows, split, unguard, write_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TRICKY = st.text(st.sampled_from("=+-@＝＋－＠﹦−\t\r\n\0'\"“‘; ,\\\u00a0\u3000\ufeff\u200ba1中"), max_size=12)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)


def _written(rows: list[list[Cell]], columns: list[str]) -> str:
    stream = io.StringIO(newline="")
    write_rows(stream, columns, rows)
    return stream.getvalue()


def _read(text: str) -> list[dict[str, str]]:
    return list(read_rows(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1+1", "＋1", "－1", "＠x", "−5", "  =1",
        '"=1', "'=1", "“=1", "\u00a0=1", "\u3000＝1", "\ufeff=1", "\u200b=1", "=cmd|' /C calc'!A0", "\ttext", "\0",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert guard(text) == "'" + text
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["Nokia", "5G = fast", "a-b", "诺基亚", "", " plain", '"quoted"', "1,200", "(-5)"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


@given(TEXT | TRICKY)
def test_no_guarded_cell_starts_a_formula(text: str) -> None:
    cell = guard(text)
    if cell.startswith("'"):
        return
    rest = "".join(c for c in cell if not c.isspace() and unicodedata.category(c) != "Cf").lstrip("\"'“”‘’`„‚‛«»「」")
    assert unicodedata.normalize("NFKC", rest[:1])[:1] not in {"=", "+", "-", "@", "−"}


@given(st.lists(st.tuples(TEXT | TRICKY, TEXT | TRICKY, NUMBER), max_size=8))
def test_rows_read_back_equal(rows: list[tuple[str, str, Decimal]]) -> None:
    read = _read(_written([list(row) for row in rows], ["one", "two", "number"]))
    assert [(row["one"], row["two"], Decimal(row["number"])) for row in read] == rows


@given(st.lists(TEXT | TRICKY, min_size=1, max_size=6).filter(lambda items: items != [""]))
def test_many_values_in_a_cell_come_apart_again(items: list[str]) -> None:
    assert split(unguard(guard(join(items)))) == items


def test_numbers_stay_numbers() -> None:
    written = _written([[-5, Decimal("-1.50"), 0.25, Decimal("1.2E+9"), None, "-5"]], list("abcdef"))
    assert next(csv.reader([written.splitlines()[1]])) == ["-5", "-1.5", "0.25", "1200000000", "", "'-5"]


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), float("inf")])
def test_what_is_no_number_is_refused(number: Decimal | float) -> None:
    with pytest.raises(ValueError, match="no number"):
        format_number(number)


def test_lines_end_as_rfc_4180_says_and_the_header_is_always_there() -> None:
    assert _written([], ["a", "b"]) == "a,b\r\n"
    assert _written([['say "hi"', "x,y"]], ["a", "b"]) == 'a,b\r\n"say ""hi""","x,y"\r\n'


def test_half_a_surrogate_pair_does_not_stop_the_file() -> None:
    assert _read(_written([["broken \ud800 text", "b"]], ["a", "b"])) == [{"a": "broken ? text", "b": "b"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "no header"), ("a,b\r\n1\r\n", "line 2: 1 cells where 2"), ('a\r\n"x"y\r\n', "not CSV")],
)
def test_what_is_no_such_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(content, encoding="utf-8", newline="")
    with pytest.raises(ValueError, match=message) as error:
        read_csv(path)
    assert str(path) in str(error.value)


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n'=1,2\r\n")
    assert read_csv(path) == [{"a": "=1", "b": "2"}]
