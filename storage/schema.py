"""Which version a database's tables have, and bringing them to ours (Alembic, from inside the package)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.errors import SchemaVersionError

if TYPE_CHECKING:
    from alembic.config import Config

#: Alembic's table under a name of our own: a PostgreSQL database may hold other applications' tables too.
VERSION_TABLE = "dealwire_schema"

_MIGRATIONS = Path(__file__).parent / "migrations"
# One lock for each schema that holds dealwire's tables; "deal" as a number keeps it apart from other applications'.
_LOCK_FOR_WRITING = "SELECT pg_advisory_xact_lock(x'6465616C'::int, current_schema()::regnamespace::oid::int)"


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """What was found in a database. ``revision`` is None when there is no version table."""

    revision: str | None
    tables: frozenset[str]

    @property
    def fresh(self) -> bool:
        """No tables of ours at all: a new database."""
        return self.revision is None and not self.tables

    @property
    def older(self) -> bool:
        """Tables of an earlier version of dealwire, which can be migrated."""
        return self.revision in revisions() and self.revision != expected()


@cache
def revisions() -> tuple[str, ...]:
    """All schema versions this program knows, newest first."""
    from alembic.script import ScriptDirectory  # slow to import, and rarely needed

    return tuple(script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions())


def expected() -> str:
    """The schema version this program works with: the newest of its migrations."""
    return CURRENT


#: Kept by hand so that opening an up-to-date database does not import Alembic; a test compares it.
CURRENT = "0011"


def version(connection: Connection) -> SchemaVersion:
    """Look, without changing anything."""
    from storage.models import Base

    names = set(inspect(connection).get_table_names())
    ours = frozenset(names & set(Base.metadata.tables))
    if VERSION_TABLE not in names:
        return SchemaVersion(None, ours)
    row = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return SchemaVersion(None if row is None else str(row), ours)


def check(found: SchemaVersion, shown_url: str) -> None:
    """Raise SchemaVersionError unless ``found`` is the version we work with."""
    if found.revision == expected():
        return
    if found.revision is None:
        message = (
            f"{shown_url} holds tables of the same names ({', '.join(sorted(found.tables)[:3])} ...) that are not "
            "dealwire's; use another database"
        )
    elif found.older:
        message = (
            f"{shown_url} has tables of version {found.revision}, this dealwire works with {expected()}; "
            "make a backup and run: dealwire db upgrade"
        )
    else:
        message = (
            f"{shown_url} has tables of version {found.revision}, which this dealwire ({expected()}) does not know; "
            "it was written by a newer dealwire: upgrade the program"
        )
    raise SchemaVersionError(message, found=found.revision, expected=expected())


def lock_for_writing(connection: Connection) -> None:
    """Wait until no other transaction of dealwire's writes to this PostgreSQL schema; held to the transaction's end."""
    connection.exec_driver_sql(_LOCK_FOR_WRITING)


def migrate(connection: Connection) -> None:
    """Bring the tables to our version inside the caller's transaction, which must be one that writes."""
    from alembic import command

    found = version(connection)  # someone else may have migrated while we waited for the lock
    if found.revision is not None and not found.older:
        return
    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
