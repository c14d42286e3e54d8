"""Opening databases: new, old, foreign, locked, read-only, broken, unreachable."""

from __future__ import annotations

import pickle
import re
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import schema
from storage.database import Database, open_database, upgrade_database
from storage.errors import (
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
    SchemaVersionError,
    StorageError,
)
from tests.databases import read_only
from tests.storage.builders import add_deal, add_source, source_names


def set_version(database: Database, version: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '{version}'"))


def test_a_new_database_gets_its_tables_and_opens_again(database_url: str) -> None:
    with open_database(database_url) as database:
        add_source(database)
    with open_database(database_url) as database:
        assert source_names(database) == ["wire"]


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


def test_a_read_only_database_can_be_read_but_not_written(ready_url: str) -> None:
    with open_database(ready_url) as database:
        add_source(database)
    with open_database(read_only(ready_url)) as database:
        assert source_names(database) == ["wire"]
        with pytest.raises(DatabaseReadOnly, match="is read-only"):
            add_source(database, "second")


def test_a_user_who_may_only_read_is_named(postgres_database: Database) -> None:
    url = postgres_database.engine.url.set(drivername="postgresql")
    reader = f"reader_{url.database}"
    add_source(postgres_database)
    with postgres_database.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {reader} LOGIN PASSWORD 'reads'")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}")
    try:
        as_reader = url.set(username=reader, password="reads").render_as_string(hide_password=False)
        with open_database(as_reader) as database:
            assert source_names(database) == ["wire"]
            with pytest.raises(
                DatabaseReadOnly, match=r"permission denied.*grant this user the right to write"
            ) as caught:
                add_source(database, "second")
            assert "reads" not in str(caught.value)
    finally:
        with postgres_database.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {reader}")
            connection.exec_driver_sql(f"DROP ROLE {reader}")


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
