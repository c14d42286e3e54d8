"""``dealwire extract`` as a tool: files, folders, addresses and standard input in, JSON Lines out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.demo.server import NEWSROOM, NewsroomServer

DEAL = NEWSROOM / "pennant-wire" / "northmarsh-pelwick-battery-order.html"
NO_DEAL = NEWSROOM / "pennant-wire" / "edge-ai-chip-market-study.html"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _extract(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["extract", *arguments], input=stdin)


def _lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_documents_become_one_line_each_in_their_order() -> None:
    result = _extract(str(NO_DEAL), str(DEAL))
    assert result.exit_code == 0, result.output
    none, one = _lines(result)
    assert (none["source"], none["is_deal"], none["deals"]) == (str(NO_DEAL), False, [])
    assert (one["source"], one["is_deal"], one["language"]) == (str(DEAL), True, "en")
    assert one["published"] == "2026-10-06T13:05:00+00:00"


def test_evidence_is_exact_slices_of_a_text_file(tmp_path: Path) -> None:
    text = (
        "Northmarsh Storage wins order from Pelwick Data Centers\n\nDENVER - Northmarsh Storage has been awarded an "
        "$85 million contract by Pelwick Data Centers to supply battery systems, the company said on Tuesday.\n"
    )
    (tmp_path / "order.txt").write_text(text, encoding="utf-8")
    (document,) = _lines(_extract("order.txt"))
    assert isinstance(document["deals"], list)
    assert document["deals"]
    for deal in document["deals"]:
        assert deal["evidence"]
        for proof in deal["evidence"]:
            assert text[proof["start"] : proof["end"]] == proof["quote"]


def test_standard_input_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_bytes(NO_DEAL.read_bytes())
    (tmp_path / "pages" / ".hidden").write_text("not read")
    result = _extract("-", "pages", stdin=DEAL.read_bytes())
    assert result.exit_code == 0, result.output
    assert [document["source"] for document in _lines(result)] == ["-", str(Path("pages") / "a.html")]


def test_addresses_are_fetched_and_a_dead_one_costs_only_itself() -> None:
    with NewsroomServer() as newsroom:
        good = f"{newsroom.base}/pennant-wire/{DEAL.name}"
        result = _extract(f"{newsroom.base}/gone.html", good)
    assert result.exit_code == 1
    assert [document["source"] for document in _lines(result)] == [good]
    assert "/gone.html: the server answered 404" in result.stderr


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("empty.html", b"", "is empty"),
        ("paper.pdf", b"%PDF-1.7 ...", "is a PDF document"),
        ("noise.bin", bytes(range(256)) * 8, "is binary"),
        ("huge.txt", b"a word or two. " * 500_000, "is more than"),
        ("feed.xml", b"<?xml version='1.0'?><rss version='2.0'></rss>", "is a feed"),
        ("links.html", b"<html><body><script>fill()</script></body></html>", "no article text"),
    ],
)
def test_what_is_no_document_is_told_and_the_rest_is_done(tmp_path: Path, name: str, body: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(body)
    result = _extract(name, "nowhere.html", str(DEAL))
    assert result.exit_code == 1
    assert [document["source"] for document in _lines(result)] == [str(DEAL)]
    wrong, missing = result.stderr.splitlines()
    assert name in wrong
    assert said in wrong
    assert "nowhere.html: there is no such file" in missing


def test_output_is_utf8_whatever_the_locale() -> None:
    page = NEWSROOM / "yunqiao" / "2017" / "nokia-xiaomi.html"
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "extract", str(page)],
        capture_output=True, timeout=60, check=False, env={"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8"))["title"].startswith("诺基亚与小米")


def test_explain_tells_sentence_by_sentence_what_was_seen_and_why() -> None:
    result = _extract("--explain", str(DEAL), str(NO_DEAL))
    assert result.exit_code == 0, result.output
    deal, no_deal = result.stdout.split(f"{NO_DEAL} (en)")
    assert deal.startswith(f"{DEAL} (en)\n[0 title] ")
    for said in ("    names   ", "    cues    ", "    frame   ", "supplier=", "REPORTED", "because "):
        assert said in deal, said
    assert "REPORTED" not in no_deal


def test_less_sure_deals_can_be_left_out() -> None:
    (sure,) = _lines(_extract(str(DEAL)))
    confidence = sure["deals"][0]["confidence"]  # type: ignore[index]
    (kept,) = _lines(_extract("--min-confidence", f"{confidence:.3f}", str(DEAL)))
    assert kept["is_deal"] is True
    (left,) = _lines(_extract("--min-confidence", "1", str(DEAL)))
    assert (left["is_deal"], left["deals"]) == (False, [])
