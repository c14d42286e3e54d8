"""Every earlier version's database comes up to the newest with all its rows, on either database, or stays as it was.

A migration without a stored database of its version fails here: see ``stored_schemas`` for the command that makes one.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from storage import articles, deals, pages, schema
from storage.database import Database, open_database, upgrade_database
from storage.deals import DealQuery
from storage.errors import SchemaVersionError
from storage.models import Base
from storage.source_health import health
from storage.vocabulary import PageState
from tests.storage import stored_schemas
from tests.storage.builders import LATER, add_deal, contents
from tests.storage.stored_schemas import load, versions

EARLIER = [version for version in versions() if version != schema.CURRENT]

#: Full text: made anew out of the rest by an upgrade, and, on SQLite, the tables of its index.
DERIVED = ("deal_text", "deal_words")
Rows = dict[str, dict[str, Sequence[object]]]


def raw(url: str) -> Rows:
    """Every column of every table as the driver gives it, without any of our code: table -> column -> values."""
    engine = sa.create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:", 1)))
    found: Rows = {}
    with engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {schema.VERSION_TABLE}
        for name in sorted(name for name in names if not name.startswith(DERIVED)):
            result = connection.execute(sa.text(f"SELECT * FROM {name}"))
            rows = sorted(result.all(), key=repr)
            found[name] = {column: [row[at] for row in rows] for at, column in enumerate(result.keys())}
    engine.dispose()
    return found


def differences(database: Database) -> list[object]:
    """How the tables differ from the models."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": schema.VERSION_TABLE, "compare_type": True, "include_object": _compared},
        )
        return list(compare_metadata(context, Base.metadata))


def _compared(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Whether Alembic is to compare it: not the full-text indices, which no model describes for both databases."""
    return name is None or not name.startswith(("deal_words", "ix_deal_text_words"))


@pytest.fixture
def stored_url(database_url: str, version: str) -> str:
    """The URL of a database of that version."""
    load(database_url, version)
    return database_url


def test_there_is_a_stored_database_of_every_version() -> None:
    missing = sorted(set(schema.revisions()) - set(versions()))
    assert not missing, f"make it with: python -m tests.storage.stored_schemas (of {missing}), and commit it"
    assert set(versions()) == set(schema.revisions())


@pytest.mark.parametrize("version", versions())
def test_a_stored_database_has_something_in_every_table_of_its_version(version: str, tmp_path: Path) -> None:
    """And its tables are those that the migrations still make: what was released is not edited."""
    migrated = sa.create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with migrated.begin() as connection:
        stored_schemas.migrate(connection, version)
    migrated.dispose()
    load(f"sqlite:///{tmp_path / 'stored.db'}", version)
    made = []
    for name in ("migrated", "stored"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            entries = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            made.append({(kind, entry): re.sub(r"\s+", " ", sql) for kind, entry, sql in entries})
            tables = stored_schemas.tables(connection)
            empty = [table for table in tables if not connection.execute(f"SELECT 1 FROM {table}").fetchone()]
    assert made[0] == made[1]
    assert empty == []


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    assert differences(database) == []


@pytest.mark.parametrize("version", EARLIER)
def test_an_upgrade_keeps_every_row_and_makes_the_tables_of_the_models(stored_url: str, version: str) -> None:
    before = raw(stored_url)
    with pytest.raises(SchemaVersionError, match=f"version {version}.*dealwire db upgrade") as caught:
        open_database(stored_url)
    assert (caught.value.found, caught.value.expected) == (version, schema.CURRENT)
    assert raw(stored_url) == before

    assert upgrade_database(stored_url) == (version, schema.CURRENT)

    after = raw(stored_url)
    for table, columns in before.items():
        for column, values in columns.items():
            lost = Counter(map(repr, values)) - Counter(map(repr, after[table][column]))
            assert not lost, f"{table}.{column}"
            if table != "deal_facet":  # which has got further kinds
                assert len(values) == len(after[table][column]), f"{table}.{column}"
    with open_database(stored_url) as database:
        assert differences(database) == []


@pytest.mark.parametrize("version", versions())
def test_a_database_of_any_version_is_read_and_written_after_its_upgrade(stored_url: str, version: str) -> None:
    with open_database(stored_url, upgrade=True) as database:
        with database.reading() as session:
            found = deals.search(session, DealQuery(technology=None))
            assert [view.id for view in found] == [3, 2, 1]
            crossed, bought = found[1], found[2]
            assert [view.id for view in deals.search(session, DealQuery(party="北方电子"))] == [2]
            assert [view.id for view in deals.search(session, DealQuery(text="sao bac"))] == [2]
            assert crossed.value is not None
            assert crossed.value.amount == Decimal("1234567890123456.0123456789")
            assert [proof.quote for proof in crossed.evidence] == ["北方电子"]
            assert [step.status for step in bought.timeline] == ["announced", "completed"]
            assert len(bought.reports) == 2
            (change,) = deals.revisions(session, bought.id)
            assert change.changes == {"status": ("announced", "completed")}
            assert articles.unresolved_reports(session) == [5]
            assert pages.load_body(session, 1).startswith(b"<html>")
            assert {page.id: page.state for page in pages.due_pages(session, now=LATER, limit=9)}[7] is PageState.FOUND
            assert [source.state.name for source in health(session)] == ["filings", "old", "wire"]
        with database.session() as session:
            new = add_deal(session, "https://wire.example/after")
        with database.reading() as session:
            assert new == 4  # numbers go on where they were
            assert deals.get(session, new).parties == bought.parties


@pytest.mark.parametrize("version", versions())
def test_both_databases_come_out_the_same(version: str, tmp_path: Path, postgres_url: str) -> None:
    came_out = []
    for url in (f"sqlite:///{tmp_path / 'dealwire.db'}", postgres_url):
        load(url, version)
        with open_database(url, upgrade=True) as database, database.reading() as session:
            came_out.append(contents(session))
    assert came_out[0] == came_out[1]


KILLED = """
import os, sys
from sqlalchemy import Engine, event
from storage.database import upgrade_database

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, *_):
    global left
    if statement.split()[0] in ("CREATE", "ALTER", "INSERT", "UPDATE", "DROP", "DELETE"):
        left -= 1
        if not left:
            os._exit(9)

upgrade_database(sys.argv[1])
"""


@pytest.mark.parametrize("statements", [1, 3, 5])
@pytest.mark.parametrize("version", versions()[:1])
def test_an_upgrade_that_is_killed_leaves_the_old_database(stored_url: str, version: str, statements: int) -> None:
    before = raw(stored_url)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, stored_url, str(statements)], cwd=Path(__file__).parents[2], check=False
    )
    assert killed.returncode == 9
    assert raw(stored_url) == before
    with pytest.raises(SchemaVersionError, match=f"version {version}"):
        open_database(stored_url)
    assert upgrade_database(stored_url) == (version, schema.CURRENT)


def test_no_migration_offers_a_way_back() -> None:
    """A backup is the way back: a downgrade would throw away what the newer version wrote."""
    from alembic.script import ScriptDirectory

    for script in ScriptDirectory(str(Path(schema.__file__).with_name("migrations"))).walk_revisions():
        assert not hasattr(script.module, "downgrade"), script.revision
