"""The tests' own PostgreSQL server: gone when the tests are, however they end; its absence is told."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import postgres_server
from tests.postgres_server import NoServer, PostgresServer

_START = """
from tests.postgres_server import PostgresServer
server = PostgresServer()
print(server.url.partition("host=")[2].replace("%2F", "/"), flush=True)
input()
"""


def test_tests_that_are_killed_leave_no_server_behind(postgres: object) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as tests:
        assert tests.stdout is not None
        directory = Path(tests.stdout.readline().strip())
        assert (directory / "data" / "postmaster.pid").exists()
        tests.kill()
    deadline = time.monotonic() + 60
    while directory.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not directory.exists()


def test_without_postgresql_it_is_said_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres_server, "find_programs", lambda: None)
    with pytest.raises(NoServer, match=r"apt-get install postgresql.*DEALWIRE_TEST_POSTGRES"):
        PostgresServer()
    assert postgres_server.main([]) == 1
    assert "apt-get install postgresql" in capsys.readouterr().err


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho no room left >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(postgres_server, "find_programs", lambda: tmp_path)
    with pytest.raises(NoServer, match="does not start"):
        PostgresServer()
