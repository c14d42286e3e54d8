"""CSV cells: inert in a spreadsheet, equal when read back."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spreadsheet import Cell, format_number, guard, join, read_csv, read_rows, split, unguard, write_rows

DOCS = Path(__file__).parents[2] / "docs" / "digests.md"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TRICKY = st.text(st.sampled_from("=+-@＝＋－＠﹦−\t\r\n\0'\"“‘;; ,\\\u00a0\u3000\ufeff\u200b\x1fa1中"), max_size=12)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)


def _written(rows: list[list[Cell]], columns: list[str]) -> str:
    stream = io.StringIO(newline="")
    write_rows(stream, columns, rows)
    return stream.getvalue()


def _read(text: str) -> list[dict[str, str]]:
    return list(read_rows(io.StringIO(text, newline="")))


ATTACKS = re.findall(r'^\| `(".*?")` \| `(".*?")` \|', DOCS.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("text", "written"), ATTACKS)
def test_the_table_of_attacks_is_what_is_written(text: str, written: str) -> None:
    """What LibreOffice makes of them is measured by bench/spreadsheet_attacks.py."""
    before, after = (json.loads(cell.replace("\\|", "|")) for cell in (text, written))
    assert guard(before) == after
    assert unguard(after) == before
    assert _read(_written([[before, -5]], ["text", "number"])) == [{"text": before, "number": "-5"}]


def test_the_table_of_attacks_is_there() -> None:
    assert len(ATTACKS) >= 35
    assert len({text for text, _ in ATTACKS}) == len(ATTACKS)


def test_every_character_that_python_knows_as_unseen_or_as_a_sign_is_known() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Cc" or unicodedata.normalize("NFKC", char)[0] in "=+-@\u2212":
            assert guard(char) == "'" + char, hex(code)
        elif char.isspace() or category == "Cf":
            assert guard(char + "=") == f"'{char}=", hex(code)


@pytest.mark.parametrize(
    "text", ["Nokia", "5G = fast", "a-b", "诺基亚", "", " plain", '"quoted"', "1,200", "(-5)", "a; b", "a,=1"]
)
def test_plain_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


@given(TEXT | TRICKY, st.sampled_from([",", ";", "\t"]))
def test_no_cell_starts_a_formula_whatever_it_is_split_at(text: str, separator: str) -> None:
    """As a spreadsheet reads it, and as one that knows no quotes would."""
    file = _written([[7, text, "end"]], ["id", "text", "end"]).removeprefix("id,text,end\r\n")
    cells = [cell for row in csv.reader(io.StringIO(file, newline=""), delimiter=separator) for cell in row]
    for cell in (*cells, *re.split(f"[{separator}\r\n]", file) * (separator != ",")):
        seen = "".join(char for char in cell if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc"))
        # An apostrophe of ours stops the search for a formula; other quotes do not.
        if not cell.lstrip('"').startswith("'"):
            rest = seen.lstrip('"“”‘’`„‚‛«»「」')
            assert unicodedata.normalize("NFKC", rest[:1])[:1] not in {"=", "+", "-", "@", "−"}, (cell, file)


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


def test_a_cell_that_a_spreadsheet_may_split_is_quoted() -> None:
    assert _written([["a; b", "c", -1]], list("xyz")).endswith('\r\n"a; b",c,-1\r\n')
    assert _written([["a; b", "=c", -1]], list("xyz")).endswith('\r\n"a; b",\'=c,-1\r\n')


def test_lines_end_as_rfc_4180_says_and_the_header_is_always_there() -> None:
    assert _written([], ["a", "b"]) == "a,b\r\n"
    assert _written([['say "hi"', "x,y"]], ["a", "b"]) == 'a,b\r\n"say ""hi""","x,y"\r\n'


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
