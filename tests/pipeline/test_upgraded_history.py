"""A database of the first version, upgraded by the command and used by all the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from storage import schema
from tests.storage.stored_schemas import load, versions

NEWS = (
    "Oakline acquires Pinecrest\n\nBERLIN, March 10, 2026 - Software maker Oakline said it has agreed to acquire chip "
    "designer Pinecrest for $40 million in cash."
)


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def done(*arguments: str) -> str:
    """What a command that works prints."""
    result = dealwire(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_first_version_s_history_goes_on(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(database_url, versions()[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEALWIRE_DATABASE_URL", database_url)
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "one.txt").write_text(NEWS, encoding="utf-8")

    refused = dealwire("deals")
    assert refused.exit_code == 1
    assert "run: dealwire db upgrade" in refused.stderr
    assert done("db", "upgrade") == f"upgraded from {versions()[0]} to version {schema.CURRENT}\n"
    assert "nothing to do" in done("db", "upgrade")

    listed = {deal["id"]: deal for deal in map(json.loads, done("deals", "--json", "--all").splitlines())}
    assert sorted(listed) == [1, 2, 3]
    assert [step["status"] for step in listed[1]["timeline"]] == ["announced", "completed"]
    shown = json.loads(done("show", "2", "--json"))
    assert [party["name"] for party in shown["parties"]] == ["Sao Bắc", "Beifang Electronics"]
    digest = done("digest", "-o", "-")
    assert len(digest.splitlines()) == 3  # the header, and two deals of technology
    assert "1234567890123456.0123456789,VND,up_to" in digest
    assert "filings" in done("sources")

    assert "1 page read, 1 report, 1 new deal" in dealwire("ingest", "--folder", "news").stderr
    assert "Pinecrest" in done("deals", "--party", "Oakline")
    assert "pages read again" in done("reextract")
    after = {deal["id"]: deal for deal in map(json.loads, done("deals", "--json", "--all").splitlines())}
    assert {1, 4} <= set(after)
    assert json.loads(done("show", "3", "--json"))["id"] == 1  # reports of one deal, as is found out now
    assert after[1]["parties"] == listed[1]["parties"]
