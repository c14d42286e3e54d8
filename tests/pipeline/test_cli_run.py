"""The service's digests: the same as those of ``dealwire digest``, none missing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import run
from pipeline.cli.app import app
from pipeline.cli.common import Settings, now
from pipeline.spreadsheet import read_csv
from storage.database import open_database
from storage.digests import DigestRecord, digested_until, list_digests, record_digest
from storage.errors import DatabaseLocked
from tests.pipeline.stories import tell

URL = "sqlite:///deals.db"
DEAL = "DEAL licensing announced: licensor Nokia, licensee Brightwell"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(*digests: str) -> Settings:
    Path("config.yaml").write_text(
        "".join(("digests:\n", *(f"  - {digest}\n" for digest in digests))), encoding="utf-8"
    )
    return Settings(Path("config.yaml"), URL)


def test_a_party_is_found_by_its_name_of_the_dictionary(here: Path) -> None:
    asked = settings("{name: nokia, filter: {party: 诺基亚}}")
    with open_database(URL) as database:
        tell(database, DEAL, now().date() - timedelta(days=1))
        _, digests = run._parts(asked, (), database)
        digests.write(digests.digests[0], now())
    (path,) = Path("digests").iterdir()
    by_service = path.read_bytes()
    assert by_service.count(b"\r\n") == 2
    by_hand = CliRunner().invoke(app, ["digest", "nokia", "--config", "config.yaml", "--database", URL])
    assert by_hand.exit_code == 0, by_hand.output
    assert path.read_bytes() == by_service


def test_every_period_that_was_missed_is_written(here: Path) -> None:
    asked = settings("{name: blocked, folder: file}", "{name: daily}", "{name: new}")
    Path("file").touch()
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    with open_database(URL) as database:
        tell(database, DEAL, date(2026, 3, 8))
        for name in ("blocked", "daily"):
            with database.session() as session:
                record_digest(session, DigestRecord(name, "csv", date(2026, 3, 6), date(2026, 3, 6), "x", 0, "", noon))
        _, digests = run._parts(asked, (), database)
        digests.catch_up(noon)
        assert sorted(path.name for path in Path("digests").iterdir()) == [
            f"daily-2026-03-0{day}.csv" for day in (7, 8, 9)
        ]
        assert [len(read_csv(path)) for path in sorted(Path("digests").iterdir())] == [0, 1, 0]
        with database.reading() as session:
            assert digested_until(session, "daily", UTC) == date(2026, 3, 9)
            before = list_digests(session)
        digests.catch_up(noon)
        with database.reading() as session:
            assert list_digests(session) == before


def test_a_digest_told_to_stop_is_caught_up_by_the_next_start(here: Path) -> None:
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    with open_database(URL) as database:
        with database.session() as session:
            record_digest(session, DigestRecord("daily", "csv", None, date(2026, 3, 6), "x", 0, "", noon))
        _, digests = run._parts(settings("{name: daily}"), (), database)
        digests.catch_up(noon, stopping=lambda: True)
        assert not Path("digests").exists()
        digests.catch_up(noon)
    assert len(list(Path("digests").iterdir())) == 3


def test_a_missing_digest_does_not_keep_the_service_from_starting(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def locked(*_: object) -> None:
        raise DatabaseLocked("the database is locked by another process")

    monkeypatch.setattr("pipeline.digest.jobs.digested_until", locked)
    with open_database(URL) as database:
        _, digests = run._parts(settings("{name: daily}"), (), database)
        digests.catch_up(now())
    assert "digest daily: the database is locked" in capsys.readouterr().err


def test_a_deal_that_came_late_joins_the_digest_of_the_last_period(here: Path) -> None:
    first, second, third = (datetime(2026, 3, day, 6, tzinfo=UTC) for day in (9, 10, 11))
    with open_database(URL) as database:
        _, digests = run._parts(settings("{name: daily}"), (), database)
        (daily,) = digests.digests
        digests.write(daily, first)
        path = Path("digests/daily-2026-03-08.csv")
        assert read_csv(path) == []
        tell(database, DEAL, date(2026, 3, 8), now=first + timedelta(hours=1))
        digests.write(daily, second)
        (row,) = read_csv(path)
        assert row["roles"] == "licensor; licensee"
        path.write_text("mine", encoding="utf-8")
        digests.write(daily, third)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM is no signal there")
def test_a_service_that_is_still_starting_ends_cleanly_on_sigterm(here: Path) -> None:
    Path("config.yaml").write_text("sources: [{name: wire, url: 'http://127.0.0.1:9/feed'}]\n", encoding="utf-8")
    open_database(URL).close()
    with closing(sqlite3.connect("deals.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the service waits for this to end
        service = subprocess.Popen(
            [sys.executable, "-c", "from pipeline.cli import main; main()", "run", "--database", URL],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert service.stderr is not None
            assert "starting" in service.stderr.readline()
            service.send_signal(signal.SIGTERM)
            assert "stopping" in service.stderr.readline()
            other.execute("COMMIT")
            _, said = service.communicate(timeout=40)
        finally:
            service.kill()
            service.wait()
    assert service.returncode == 0, said
    assert said.endswith("stopped\n")
    assert "watching" not in said
