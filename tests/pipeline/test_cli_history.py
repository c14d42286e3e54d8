"""The commands that build the history and ask it: ingest, deals, show, digest, sources, reextract, db."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.demo.server import NEWSROOM, NewsroomServer
from pipeline.digest.table import CSV_COLUMNS
from pipeline.spreadsheet import read_csv
from storage.database import open_database
from tests.databases import FAMILIES, ready_databases
from tests.loopback import LoopbackServer

PAGES = (
    "pennant-wire/nokia-xiaomi-patent-and-business-agreement.html",
    "pennant-wire/northmarsh-pelwick-battery-order.html",
    "pennant-wire/edge-ai-chip-market-study.html",
    "quillmere/quillmere-to-acquire-fennholt-photonics.html",
    "pennant-wire/quillmere-completes-fennholt-purchase.html",
)


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module", params=FAMILIES)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with saved pages, and the URL of a database that has read them."""
    folder = tmp_path_factory.mktemp("history")
    (folder / "pages").mkdir()
    for page in PAGES:
        (folder / "pages" / Path(page).name).write_bytes((NEWSROOM / page).read_bytes())
    before = Path.cwd()
    os.chdir(folder)
    try:
        with ready_databases(request.param, request, folder) as make:
            url = make()
            made = dealwire("ingest", "--folder", "pages", "--database", url)
            assert made.exit_code == 0, made.output
            assert "5 pages read" in made.stderr
            yield folder, url
    finally:
        os.chdir(before)


@pytest.fixture
def asked(history: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder, url = history
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DEALWIRE_DATABASE_URL", url)
    return folder


def _deals(*arguments: str) -> list[dict[str, object]]:
    result = dealwire("deals", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_ingesting_the_same_folder_again_reads_nothing(asked: Path) -> None:
    again = dealwire("ingest", "--folder", "pages")
    assert again.exit_code == 0
    assert "0 pages read, 0 reports, 0 new deals, 0 updated" in again.stderr


def test_a_pipe_gets_tab_separated_lines_under_one_heading(asked: Path) -> None:
    listed = dealwire("deals")
    heading, *rows = listed.stdout.splitlines()
    assert heading.split("\t")[:4] == ["id", "announced", "status", "type"]
    assert len(rows) == len(_deals()) >= 3
    assert all(len(row.split("\t")) == len(heading.split("\t")) for row in rows)
    assert not any(char in listed.stdout for char in "\x1b│─")


def test_conditions_narrow_down(asked: Path) -> None:
    (nokia,) = _deals("--party", "诺基亚")
    assert nokia["type"] == "cross_licensing"
    (order,) = _deals("--type", "supply", "--min-value", "80m", "--currency", "usd")
    assert order["announced_on"] == "2026-10-06"
    assert [deal["announced_on"] for deal in _deals("--until", "2017")] == ["2017-07-05"]
    assert _deals("--party", "Nobody Anywhere") == []


def test_two_reports_of_one_deal_are_one_deal(asked: Path) -> None:
    (deal,) = _deals("--party", "Fennholt Photonics")
    assert deal["status"] == "completed"
    assert isinstance(deal["reports"], list)
    assert len(deal["reports"]) == 2
    assert all(report["url"].startswith("file:") for report in deal["reports"])
    timeline = deal["timeline"]
    assert isinstance(timeline, list)
    assert [step["status"] for step in timeline] == ["announced", "completed"]


def test_a_merged_party_is_found_by_each_of_its_names(asked: Path) -> None:
    assert _deals("--party", "Quillmere") == _deals("--party", "Quillmere Semiconductor") != []


def test_show_proves_what_it_says(asked: Path) -> None:
    (deal,) = _deals("--party", "Nokia")
    number = str(deal["id"])
    shown = dealwire("show", number)
    assert shown.exit_code == 0
    for words in (f"deal {number}", "parties:", "Xiaomi", "evidence:", "reports:", "2017-07-05"):
        assert words in shown.stdout
    assert "  2017-07-05  announced   file:" in shown.stdout
    as_json = json.loads(dealwire("show", number, "--json").stdout)
    assert {key: as_json[key] for key in deal} == deal
    assert isinstance(as_json["revisions"], list)


def test_a_deal_that_is_not_there(asked: Path) -> None:
    missing = dealwire("show", "99999")
    assert missing.exit_code == 1
    assert "99999" in missing.stderr


def test_a_digest_of_a_month_names_its_file(asked: Path) -> None:
    written = dealwire("digest", "--period", "monthly", "--of", "2026-10-20")
    assert written.exit_code == 0, written.output
    path = Path(written.stdout.strip())
    assert path == Path("digests/deals-2026-10.csv")
    (row,) = read_csv(path)
    assert tuple(row) == CSV_COLUMNS
    assert (row["type"], row["value_amount"], row["value_currency"]) == ("supply", "85000000", "USD")
    assert "1 deal from 2026-10-01 to 2026-10-31" in written.stderr


def test_a_digest_to_standard_output_is_the_same_as_deals_csv(asked: Path) -> None:
    digest, listed = dealwire("digest", "-o", "-"), dealwire("deals", "--csv")
    assert digest.stdout_bytes == listed.stdout_bytes
    assert digest.stdout_bytes.startswith(b"deal_id,announced_on,")
    assert digest.stdout_bytes.count(b"\r\n") == len(_deals()) + 1
    assert dealwire("digest", "-o", "-", "--excel").stdout_bytes == b"\xef\xbb\xbf" + digest.stdout_bytes


def test_a_digest_of_the_configuration(asked: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "digests:\n"
        "  - {name: licences, period: monthly, format: markdown, folder: out, filter: {type: cross_licensing}}\n"
    )
    written = dealwire("digest", "licences", "--of", "2017-07", "--period", "monthly", "--config", str(config))
    assert written.exit_code == 0, written.output
    path = Path(written.stdout.strip())
    assert path == tmp_path / "out" / "licences-2017-07.md"
    assert "Xiaomi" in path.read_text(encoding="utf-8")
    clash = dealwire("digest", "licences", "--type", "supply", "--config", str(config))
    assert clash.exit_code == 2
    assert "leave out --type" in clash.stderr


def test_a_digest_that_cannot_be_written_is_told(asked: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = dealwire("digest", "-o", str(tmp_path / "file" / "deals.csv"))
    assert refused.exit_code == 1
    assert "choose another with --output" in refused.stderr


def test_sources_tell_their_health(asked: Path) -> None:
    (source,) = [json.loads(line) for line in dealwire("sources", "list", "--json").stdout.splitlines()]
    assert (source["kind"], source["pages_read"], source["failures_in_row"]) == ("folder", 5, 0)
    heading, row = dealwire("sources").stdout.splitlines()
    assert heading.startswith("source\tkind\tstate")
    assert "\tremoved\t" in row
    assert row.endswith("not in this configuration")  # it came with --folder


def test_reextracting_changes_nothing_when_the_extractor_is_the_same(asked: Path) -> None:
    before = dealwire("deals", "--json").stdout
    again = dealwire("reextract")
    assert again.exit_code == 0, again.output
    assert "5 pages read again, 0 failed\nreports: 4, of them 0 new and 0 changed; 0 gone" in again.stdout
    assert "deals: 0 new, 0 changed, 0 gone" in again.stdout
    assert "was read by this version" in dealwire("reextract").stderr
    assert dealwire("deals", "--json").stdout == before


def test_upgrading_a_database_that_is_up_to_date(asked: Path) -> None:
    assert "nothing to do" in dealwire("db", "upgrade").stdout


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("deals",), ("show", "1"), ("digest",), ("reextract",)])
def test_without_a_database_the_way_to_one_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = dealwire(*arguments, "--database", f"sqlite:///{tmp_path}/none.db")
    assert result.exit_code == 1
    assert "none.db" in result.stderr
    assert "dealwire ingest" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "deals.db").write_text("this is not a database, whatever its name says, and never was " * 20)
    result = dealwire("deals", "--database", f"sqlite:///{tmp_path}/deals.db")
    assert result.exit_code == 1
    assert "deals.db" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_of_another_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deals.db"
    (tmp_path / "empty").mkdir()
    dealwire("ingest", "--folder", str(tmp_path / "empty"), "--database", url)
    with closing(sqlite3.connect(tmp_path / "deals.db")) as connection, connection:
        connection.execute("UPDATE dealwire_schema SET version_num = '9999'")
    result = dealwire("deals", "--database", url)
    assert result.exit_code == 1
    assert "version 9999" in result.stderr


def test_a_database_that_is_locked_and_one_that_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    (tmp_path / "pages").mkdir()
    ingest = ("ingest", "--folder", str(tmp_path / "pages"), "--database", f"sqlite:///{tmp_path}/deals.db")
    dealwire(*ingest)
    with closing(sqlite3.connect(tmp_path / "deals.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = dealwire(*ingest)
        other.execute("ROLLBACK")
    read_only = dealwire(*ingest[:-1], f"sqlite:///file:{tmp_path}/deals.db?mode=ro&uri=true")
    for result, said in ((locked, "lock"), (read_only, "read-only")):
        assert result.exit_code == 1
        assert said in result.stderr
        assert "deals.db" in result.stderr
        assert "Traceback" not in result.stderr


def test_one_dead_source_costs_only_itself_and_the_exit_code(tmp_path: Path) -> None:
    with NewsroomServer() as newsroom, LoopbackServer() as server:
        broken = server.add(
            "/broken.xml", b"<html><body>not a feed</body></html>", headers={"Content-Type": "text/html"}
        )
        config = tmp_path / "config.yaml"
        config.write_text(
            f"storage: {{url: 'sqlite:///deals.db'}}\n"
            f"fetch: {{allow_private: [127.0.0.1], host_gap_seconds: 0}}\n"
            f"schedule: {{backfill_since: all}}\n"
            f"sources:\n"
            f"  - {{name: Broken, url: '{broken}'}}\n"
            f"  - {{name: Gone, url: '{server.url('/gone.xml')}'}}\n"
            f"  - {{name: Good, url: '{newsroom.base}/quillmere/atom.xml'}}\n"
        )
        result = dealwire("ingest", "--config", str(config))
        assert result.exit_code == 1
        rows = {line.split("\t")[0]: line.split("\t") for line in result.stdout.splitlines()}
        assert rows["Good"][2:5] == ["3", "3", "3"]
        assert "poll failed (Broken)" in result.stderr
        assert "poll failed (Gone)" in result.stderr
        assert "answered 404" in result.stderr
        checked = dealwire("sources", "check", "Good", "--pages", "1", "--config", str(config))
        assert checked.exit_code == 0, checked.output
        assert "quillmere-to-acquire" in checked.stdout
        assert dealwire("sources", "check", "Gone", "--config", str(config)).exit_code == 1
        assert "did you mean 'Good'" in dealwire("ingest", "Goood", "--config", str(config)).stderr
        health = dealwire("sources", "--config", str(config)).stdout
        assert "\tpaused\t" in health


def test_a_broken_configuration_names_line_and_key(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("storage:\n  url: sqlite:///deals.db\nsorces: []\n")
    result = dealwire("deals", "--config", str(config))
    assert result.exit_code == 2
    assert "line 3: sorces: unknown key; did you mean sources?" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM is no signal there")
def test_the_service_polls_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    with NewsroomServer() as newsroom:
        (tmp_path / "config.yaml").write_text(
            f"storage: {{url: 'sqlite:///deals.db'}}\n"
            f"fetch: {{allow_private: [127.0.0.1], host_gap_seconds: 0}}\n"
            f"schedule: {{backfill_since: all}}\n"
            f"sources: [{{name: Quillmere, url: '{newsroom.base}/quillmere/atom.xml'}}]\n"
        )
        service = subprocess.Popen(
            [sys.executable, "-c", "from pipeline.cli import main; main()", "run"],
            cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            _wait_until(lambda: b"3" in _count_pages(tmp_path / "deals.db"))
            service.send_signal(signal.SIGTERM)
            out, said = service.communicate(timeout=40)
        finally:
            service.kill()
            service.wait()
    assert service.returncode == 0, said
    assert out == ""
    assert "watching 1 sources" in said
    assert "1 sources polled, 3 pages read, 0 failed" in said
    assert said.rstrip().endswith("stopped")


def _count_pages(path: Path) -> bytes:
    if not path.exists():
        return b""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return str(connection.execute("SELECT count(*) FROM page WHERE state = 'read'").fetchone()[0]).encode()
    except sqlite3.Error:
        return b""
    finally:
        connection.close()


def _wait_until(done: object, seconds: float = 40) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
