"""Databases that are locked, read-only, of another version, broken or not there, and questions nothing answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from storage import schema
from storage.database import open_database
from tests.pipeline.bad_input.commands import URL, assert_told, closed_port, dealwire
from tests.pipeline.newsroom import page

WRITING = (("ingest", "--folder", "pages"), ("reextract",))
READING = (("deals",), ("show", "1"), ("digest", "-o", "-"), ("digest", "-o", "out.csv"), ("sources",))


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_a_database_held_by_another_process(
    database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    before = _counts(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert_told(dealwire(*command, "--database", URL), 1, "deals.db is locked by another process; wait until")
    assert_told(dealwire(*command, "--database", URL), 0)
    assert _counts(database) == before


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_readers_do_not_wait_for_a_writer(
    database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert_told(dealwire(*command, "--database", URL), 0)


def test_a_database_that_is_locked_even_for_readers(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert_told(dealwire("deals", "--database", URL), 1, "deals.db is locked by another process")


@pytest.mark.parametrize("how", ["mode=ro", "immutable=1"])
def test_a_read_only_database_is_read_but_not_written(database: Path, how: str) -> None:
    url = f"sqlite:///file:{database}?{how}&uri=true"
    for command in READING:
        assert_told(dealwire(*command, "--database", url), 0)
    for command in WRITING:
        assert_told(dealwire(*command, "--database", url), 1, f"file:{database}", "is read-only; allow writing")


@pytest.mark.parametrize("command", [*WRITING, *READING, ("db", "upgrade")], ids=" ".join)
def test_a_database_of_a_newer_version(database: Path, command: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE dealwire_schema SET version_num = '9999'")
    assert_told(dealwire(*command, "--database", URL), 1, "deals.db has tables of version 9999", "upgrade the program")


@pytest.mark.parametrize("command", [*WRITING, *READING], ids=" ".join)
def test_a_database_of_an_older_version(
    database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    current = schema.expected()
    monkeypatch.setattr(schema, "CURRENT", "next")
    monkeypatch.setattr(schema, "revisions", lambda: ("next", current))
    assert_told(dealwire(*command, "--database", URL), 1, f"tables of version {current}", "run: dealwire db upgrade")


@pytest.mark.parametrize("command", [*WRITING, *READING, ("db", "upgrade")], ids=" ".join)
@pytest.mark.parametrize(("body", "said"), [(b"not a database " * 99, "is not an SQLite database; name another file")])
def test_a_file_that_is_no_database(folder: Path, command: tuple[str, ...], body: bytes, said: str) -> None:
    (folder / "pages").mkdir()
    (folder / "deals.db").write_bytes(body)
    assert_told(dealwire(*command, "--database", URL), 1, "deals.db", said)
    assert (folder / "deals.db").read_bytes() == body


def test_a_database_cut_in_half(database: Path) -> None:
    for command in (("deals", "--all"), ("ingest", "--folder", "pages")):
        whole = database.read_bytes()
        database.write_bytes(whole[: len(whole) // 2])
        assert_told(dealwire(*command, "--database", URL), 1, "deals.db is damaged", "restore it from a backup")


def test_tables_of_another_program(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "deals.db")) as connection, connection:
        connection.execute("CREATE TABLE deal (id INTEGER)")
    assert_told(dealwire("deals", "--database", URL), 1, "dealwire's; use another database")


@pytest.mark.parametrize("command", [("ingest", "--folder", "."), ("db", "upgrade")], ids=" ".join)
def test_a_database_in_a_folder_that_is_not_there(folder: Path, command: tuple[str, ...]) -> None:
    told = dealwire(*command, "--database", "sqlite:///gone/deals.db")
    assert_told(told, 1, "gone/deals.db cannot be opened", "check that its folder exists")
    assert list(folder.iterdir()) == []


def test_a_server_that_is_not_there() -> None:
    told = dealwire("deals", "--database", f"postgresql://me:secret@127.0.0.1:{closed_port()}/deals")
    assert_told(told, 1, "postgresql://me:***@127.0.0.1")
    assert "secret" not in told.output


@pytest.mark.parametrize("number", ["77", "99999999999999999999"])
def test_a_deal_that_is_not_there(database: Path, number: str) -> None:
    assert_told(dealwire("show", number, "--database", URL), 1, f"there is no deal {number}; `dealwire deals` lists")


def test_questions_that_nothing_answers(database: Path) -> None:
    for question in (("--limit", "9" * 20), ("--text", "\"((*% ' OR --"), ("--party", "%_\x01"), ("--source", "?")):
        assert_told(dealwire("deals", *question, "--database", URL), 0)


def test_a_rebuild_is_not_ended_by_one_page(database: Path, folder: Path) -> None:
    (folder / "pages" / "boom.html").write_bytes(page("BOOM"))
    (folder / "pages" / "empty.html").write_bytes(b"")
    assert_told(dealwire("ingest", "--folder", "pages", "--database", URL), 1, "boom.html", "empty.html")
    rebuilt = dealwire("reextract", "--database", URL)
    assert_told(rebuilt, 1, "boom.html: the extractor failed on it (RuntimeError: boom)")
    assert "3 pages read again, 1 failed, 1 without an article as before\nreports: 1, of them 0 new" in rebuilt.stdout


def _counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        # That a source was looked at, or everything read again, is written down, whatever came of it.
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT IN ('source_poll', 'rebuild', 'sqlite_sequence')"
        ).fetchall()
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}
