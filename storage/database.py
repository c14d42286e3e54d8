"""Opens the database: SQLite (the embedded default) or PostgreSQL, by URL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from storage import derived, schema
from storage.errors import BadDatabaseUrl, DatabaseUnreachable
from storage.faults import as_storage_error

#: How long a writer waits for another writer before DatabaseLocked.
LOCK_TIMEOUT_SECONDS = 15.0

_EXAMPLES = "for example sqlite:///dealwire.db or postgresql://user@host/dealwire"


class Database:
    """An open database whose tables are those of this version. Close it, or use it as a context manager."""

    def __init__(self, engine: Engine, shown_url: str) -> None:
        self.engine = engine
        self.shown_url = shown_url  # without a password
        self._writing = sessionmaker(engine, expire_on_commit=False)
        self._reading = sessionmaker(_reading(engine), expire_on_commit=False, autoflush=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back when anything is raised.

        There is one writer at a time, on either database: whoever decides which deal a report is of sees what the
        writer before has decided. So keep it short. Raises the errors of ``storage.errors``.
        """
        with self._errors(), self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads: it waits for nobody, sees one moment, and works on a read-only database."""
        with self._errors(), self._reading() as session:
            yield session

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with storage_errors(self.shown_url):
            yield


@contextmanager
def storage_errors(shown_url: str) -> Iterator[None]:
    """Raise the drivers' errors as ours."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        ours = as_storage_error(error, shown_url)
        if ours is None:
            raise
        raise ours from error


def open_database(url: str, *, upgrade: bool = False, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS) -> Database:
    """Open the database at ``url``; a new one gets its tables.

    An older one is migrated only with ``upgrade``. Raises DatabaseUnreachable, DatabaseLocked, DatabaseReadOnly
    or SchemaVersionError.
    """
    engine, shown_url = _engine(url, lock_timeout_seconds)
    try:
        with storage_errors(shown_url):
            with _reading(engine).connect() as connection:
                found = schema.version(connection)
            if found.fresh or (upgrade and found.older):
                _migrate(engine)
                with _reading(engine).connect() as connection:
                    found = schema.version(connection)
            schema.check(found, shown_url)
            if upgrade:
                derived.fill_in(sessionmaker(engine))
    except BaseException:
        engine.dispose()
        raise
    return Database(engine, shown_url)


def upgrade_database(
    url: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
) -> tuple[str | None, str]:
    """Migrate the database at ``url`` to this version; the version before (None: it was empty) and the one now.

    An upgrade that was interrupted is gone on with. ``progress`` is told how many deals were filled in, of how many.
    """
    engine, shown_url = _engine(url, lock_timeout_seconds)
    try:
        with storage_errors(shown_url):
            with _reading(engine).connect() as connection:
                before = schema.version(connection)
            if before.fresh or before.older:
                _migrate(engine)
            else:
                schema.check(before, shown_url)
            derived.fill_in(sessionmaker(engine), progress)
    finally:
        engine.dispose()
    return before.revision, schema.expected()


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        schema.migrate(connection)
    if engine.dialect.name == "sqlite":
        # Readers and one writer side by side. Kept in the file, and only settable outside a transaction and alone:
        # where another is opening the same new database, it does this for both.
        raw = engine.raw_connection()
        try:
            with suppress(sqlite3.OperationalError):
                raw.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            raw.close()


def _reading(engine: Engine) -> Engine:
    """The engine for transactions that only read."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(dealwire_reading=True, isolation_level="REPEATABLE READ")
    return engine.execution_options(dealwire_reading=True)


def _engine(url: str, lock_timeout_seconds: float) -> tuple[Engine, str]:
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        # It may hold a password in a place that nobody expects.
        told = "this (not shown, as it may hold a password)" if "@" in url else repr(url)
        raise BadDatabaseUrl(f"{told} is not a database URL; write one, {_EXAMPLES}") from error
    shown_url = parsed.render_as_string(hide_password=True)
    family = parsed.get_backend_name()
    if family == "sqlite":
        shown_url = unquote(shown_url)
        if parsed.host or (parsed.database == "" and url.startswith("sqlite:///")):
            raise BadDatabaseUrl(f"{shown_url} names no file; write three slashes and the path, {_EXAMPLES}")
        return _sqlite(parsed, lock_timeout_seconds), shown_url
    if family in {"postgresql", "postgres"}:
        return _postgres(parsed, lock_timeout_seconds, shown_url), shown_url
    raise BadDatabaseUrl(f"{shown_url}: dealwire works with sqlite and postgresql, not {family}; {_EXAMPLES}")


def _sqlite(url: URL, lock_timeout_seconds: float) -> Engine:
    if url.database in {None, "", ":memory:"}:
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(url, connect_args={"timeout": lock_timeout_seconds})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        # Transactions are begun below: left to itself the driver begins late, and a reader that turns
        # writer then fails with "locked" at once, however long it was told to wait.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")  # with WAL a crash loses nothing that was checkpointed
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -64000")  # a connection: the usual 2 MB hold no index

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: URL, lock_timeout_seconds: float, shown_url: str) -> Engine:
    own = url.query.get("options", "")
    # A plan for any value is a bad one where values are as uneven as companies and words are.
    ours = f"-c lock_timeout={lock_timeout_seconds:.3f}s -c plan_cache_mode=force_custom_plan"
    options = " ".join([own if isinstance(own, str) else " ".join(own), ours])
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",  # whatever the server's default: see what the writer before us wrote
            connect_args={"connect_timeout": 10, "options": f"{options} -c timezone=UTC".strip()},
        )
    except ImportError as error:
        raise DatabaseUnreachable(
            f"{shown_url} needs the PostgreSQL driver; install it with: pip install 'dealwire[postgres]'"
        ) from error

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not _only_reads(connection):
            schema.lock_for_writing(connection)

    return engine


def _only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("dealwire_reading", False))
