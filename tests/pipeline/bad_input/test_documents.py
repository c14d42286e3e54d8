"""Documents and labels that a user hands to a command and that are none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.bad_input.commands import GOOD, assert_told, closed_port, dealwire


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("empty.txt", b"", "is empty; there is nothing to read in it"),
        ("blank.html", b" \n\n ", "is empty"),
        ("data.json", b'{"title": "Brightwell buys Oakline"}', "is JSON data"),
        ("scan.pdf", b"%PDF-1.4 x", "is a PDF document"),
    ],
)
def test_extract_names_a_document_as_the_user_did(folder: Path, name: str, body: bytes, said: str) -> None:
    (folder / name).write_bytes(body)
    (folder / "good.html").write_bytes(GOOD)
    result = dealwire("extract", name, "good.html")
    assert_told(result, 1, f"Error: {name}: {said}")
    assert result.stdout.count("\n") == 1


def test_extract_of_what_is_not_there(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "circle").symlink_to("circle")
    port = closed_port()
    result = dealwire("extract", "gone.html", "empty", "circle", f"http://127.0.0.1:{port}/x", "http://[::1", "http://")
    assert_told(
        result, 1,
        "gone.html: there is no such file; give a path, an http(s) address, or - for standard input",
        "empty: there is no file in this folder",
        "circle: cannot be read",
        f"http://127.0.0.1:{port}/x: ",
        "http://[::1: this is no http or https address",
        "http://: this is no http or https address",
    )  # fmt: skip
    assert result.stdout == ""


def test_extract_of_standard_input(folder: Path) -> None:
    good = dealwire("extract", "-", stdin=GOOD)
    assert_told(good, 0)
    assert '"is_deal": true' in good.stdout
    assert_told(dealwire("extract", "-"), 1, "standard input: is empty")
    closed = subprocess.run(
        f"'{sys.executable}' -c 'from pipeline.cli import main; main()' extract - <&-",
        shell=True, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert closed.returncode == 1
    assert "standard input: " in closed.stderr
    assert "Traceback" not in closed.stderr


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (b"", "there is no label in it"),
        (b'{"id": 1\n', "line 1: not a label"),
        (b"[]\n", "line 1: not a label: TypeError: expected a JSON object"),
        (b"\xff\xfe", "not UTF-8 text (byte 0); save it as UTF-8"),
        (b'{"id": "a", "lang": "en", "is_deal": false, "deals": []}\n', "Is --texts right?"),
    ],
)
def test_labels_that_are_none(folder: Path, labels: bytes, said: str) -> None:
    (folder / "gold.jsonl").write_bytes(labels)
    assert_told(dealwire("evaluate", "gold.jsonl", "--texts", "."), 1, said)
