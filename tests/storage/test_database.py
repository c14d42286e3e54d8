"""Opening databases: new, old, foreign, locked, read-only, broken, unreachable."""

from __future__ import annotations

import pickle
import re
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from storage import pages, schema, sources
from storage.database import Database, open_database, upgrade_database
from storage.errors import (
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
    SchemaVersionError,
    StorageError,
)
from storage.models import Base
from tests.storage.builders import LATER, NOW, add_deal


def set_version(database: Database, version: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '{version}'"))


def add_source(database: Database, name: str = "wire") -> None:
    with database.session() as session:
        sources.sync_sources(session, [(name, "feed", "https://wire.example/feed")], NOW)


def source_names(database: Database) -> list[str]:
    with database.reading() as session:
        return [source.name for source in sources.health(session)]


def test_a_new_database_gets_its_tables_and_opens_again(database_url: str) -> None:
    with open_database(database_url) as database:
        add_source(database)
    with open_database(database_url) as database:
        assert source_names(database) == ["wire"]


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": schema.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_current_version_is_that_of_the_newest_migration() -> None:
    assert schema.revisions()[0] == schema.CURRENT


def test_upgrade_of_an_empty_and_of_an_up_to_date_database(database_url: str) -> None:
    assert upgrade_database(database_url) == (None, schema.CURRENT)
    assert upgrade_database(database_url) == (schema.CURRENT, schema.CURRENT)


def test_tables_of_a_newer_version_are_left_alone(database_url: str) -> None:
    with open_database(database_url) as database:
        set_version(database, "9999")
    with pytest.raises(SchemaVersionError, match="newer dealwire: upgrade the program") as caught:
        open_database(database_url, upgrade=True)
    assert (caught.value.found, caught.value.expected) == ("9999", schema.CURRENT)
    with pytest.raises(SchemaVersionError, match="newer"):
        upgrade_database(database_url)


@pytest.fixture
def first_version(database_url: str) -> str:
    """A database with the tables of version 0001: a source, and a page of it that waits."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        command.upgrade(schema._config(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO source (id, name, kind, url, active, added_at, etag, failures_in_row, last_found,"
                " last_new, last_notes) VALUES (1, 'wire', 'feed', 'https://wire.example/feed', true,"
                " '2026-11-05 10:00:00+00:00', 'e1', 0, 1, 1, '[]')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO page (id, source_id, url, canonical_url, url_key, found_at, state, attempts, next_try_at)"
                " VALUES (1, 1, 'https://wire.example/1', 'https://wire.example/1', :key, '2026-11-05 10:00:00+00:00',"
                " 'found', 2, '2026-11-05 10:00:00+00:00')"
            ),
            {"key": pages.url_key("https://wire.example/1")},
        )
    engine.dispose()
    return database_url


def test_tables_of_an_older_version_ask_for_the_upgrade(first_version: str) -> None:
    with pytest.raises(SchemaVersionError, match="dealwire db upgrade") as caught:
        open_database(first_version)
    assert caught.value.found == "0001"


def test_an_upgrade_keeps_everything(first_version: str) -> None:
    assert upgrade_database(first_version) == ("0001", schema.CURRENT)
    with open_database(first_version) as database:
        with database.session() as session:
            (page,) = pages.due_pages(session, now=LATER, limit=5)
            assert (page.id, page.source, page.attempts) == (1, "wire", 2)
            assert sources.validators_of(session, "wire").etag == "e1"
            pages.record_failure(
                session, 1, "no network", now=LATER, temporary=True, next_try_at=LATER, out_of_reach=True
            )
            assert pages.get_page(session, 1).attempts == 3
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": schema.VERSION_TABLE})
            assert compare_metadata(context, Base.metadata) == []


def test_tables_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE article (id INTEGER)")
    other.close()
    with pytest.raises(SchemaVersionError, match="use another database"):
        open_database(f"sqlite:///{path}")


def test_schema_errors_survive_pickling() -> None:
    error = SchemaVersionError("old", found="1", expected="2")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.found, copy.expected) == ("old", "1", "2")


def test_two_that_open_a_new_database_at_once_both_get_it(database_url: str) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            with open_database(database_url) as database:
                source_names(database)
        except BaseException as error:  # noqa: BLE001 - shown below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_a_locked_database_says_so_and_works_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "dealwire.db"
    with open_database(f"sqlite:///{path}", lock_timeout_seconds=0.1) as database:
        add_source(database)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseLocked, match=r"dealwire\.db is locked by another process; wait"):
            add_source(database, "second")
        assert source_names(database) == ["wire"]  # readers wait for nobody
        other.execute("ROLLBACK")
        other.close()
        add_source(database, "second")
        assert source_names(database) == ["second", "wire"]


def test_a_new_database_that_is_locked_says_so(tmp_path: Path) -> None:
    path = tmp_path / "dealwire.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseLocked, match="locked"):
        open_database(f"sqlite:///{path}", lock_timeout_seconds=0.1)
    other.close()


def test_a_read_only_database_can_be_read_but_not_written(tmp_path: Path) -> None:
    path = tmp_path / "dealwire.db"
    with open_database(f"sqlite:///{path}") as database:
        add_source(database)
    with open_database(f"sqlite:///file:{path}?mode=ro&uri=true") as database:
        assert source_names(database) == ["wire"]
        with pytest.raises(DatabaseReadOnly, match="read-only; allow writing"):
            add_source(database, "second")


def test_a_read_only_transaction_on_postgresql_is_named(postgres_database: Database) -> None:
    def write() -> None:
        with postgres_database.session() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            sources.sync_sources(session, [("wire", "feed", "https://wire.example")], NOW)

    with pytest.raises(DatabaseReadOnly, match="read-only"):
        write()


def test_a_database_or_schema_that_is_not_there_is_named(postgres_database: Database) -> None:
    url = postgres_database.engine.url.set(drivername="postgresql")
    absent = (url.set(database="none"), url.update_query_dict({"options": "-c search_path=none"}))
    for wrong in absent:
        with pytest.raises(DatabaseUnreachable, match="check that the server runs, and the names"):
            open_database(wrong.render_as_string(hide_password=False))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////no/such/folder/dealwire.db", "check that its folder exists"),
        ("dealwire.db", "is not a database URL; write one, for example sqlite:///dealwire.db"),
        ("", "is not a database URL"),
        ("mysql://user:secret@host/db", "works with sqlite and postgresql, not mysql"),
        ("postgresql://nobody:secret@127.0.0.1:9/none", r"check that the server runs|install 'dealwire\[postgres\]'"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(url: str, said: str) -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_database(url)
    assert re.search(said, str(caught.value))
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    content = "these are notes, not tables\n" * 100
    path.write_text(content)
    with pytest.raises(DatabaseUnreachable, match="not an SQLite database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text() == content


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.session() as session:
            add_deal(session, "https://wire.example/1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert source_names(database) == []


def test_every_error_is_a_storage_error() -> None:
    for kind in (DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable, SchemaVersionError):
        assert issubclass(kind, StorageError)
        assert kind.__doc__


def test_a_database_in_memory_works() -> None:
    with open_database("sqlite://") as database:
        add_source(database)
        assert source_names(database) == ["wire"]
