"""Empty and ready databases for the tests, each test its own, on SQLite and on a real PostgreSQL.

PostgreSQL is the server that DEALWIRE_TEST_POSTGRES names, else one that is started here (see ``postgres_server``);
where there is neither, its half of the tests is skipped and says how to get one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from storage.database import Database, open_database
from tests.postgres_server import ENVIRONMENT, NOT_FOUND, NoServer, PostgresServer, find_programs

FAMILIES = ("sqlite", "postgresql")


class PostgresDatabases:
    """Makes databases on a server: empty ones, and copies of one that has its tables."""

    def __init__(self, server_url: str) -> None:
        self._url = make_url(server_url).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._mine = f"dealwire_test_{uuid4().hex[:12]}"
        self._count = 0
        self._ready: str | None = None
        with self._engine.connect() as connection:
            version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        self._strategy = "STRATEGY file_copy" if version >= 150000 else ""  # half the time of the usual way

    @contextmanager
    def fresh(self, *, tables: bool) -> Iterator[str]:
        """The URL of a new database, with dealwire's tables in it or without any."""
        template = self._with_tables() if tables else "template1"
        self._count += 1
        name = f"{self._mine}_{self._count}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} {self._strategy}")
        try:
            yield self._url_of(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Remove what is left."""
        if self._ready is not None:
            self._drop(self._ready)
        self._engine.dispose()

    def _with_tables(self) -> str:
        if self._ready is None:
            name = f"{self._mine}_tables"
            self._run(f"CREATE DATABASE {name}")
            open_database(self._url_of(name)).close()
            self._ready = name
        return self._ready

    def _url_of(self, name: str) -> str:
        url: URL = self._url.set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a PostgreSQL where there is none; here, not in a fixture, so that it is told once for all."""
    if not isinstance(item, pytest.Function) or os.environ.get(ENVIRONMENT) or find_programs():
        return
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    if "postgres" in item.fixturenames or "postgresql" in parameters:
        pytest.skip(NOT_FOUND)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresDatabases]:
    """The PostgreSQL server; the test is skipped where it does not start."""
    if given := os.environ.get(ENVIRONMENT):
        try:
            databases = PostgresDatabases(given)
        except OperationalError as error:
            pytest.fail(f"{ENVIRONMENT} names no server that can be used: {error.orig}", pytrace=False)
        yield databases
        databases.close()
        return
    try:
        server = PostgresServer()
    except NoServer as reason:
        pytest.skip(str(reason))
    with server:
        databases = PostgresDatabases(server.url)
        yield databases
        databases.close()


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with dealwire's tables, to copy."""
    path = tmp_path_factory.mktemp("tables") / "dealwire.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=FAMILIES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'dealwire.db'}"
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    with databases.fresh(tables=False) as url:
        yield url


@contextmanager
def ready_databases(family: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[[], str]]:
    """Makes databases of that family which have their tables, without rows, and gives their URLs.

    SQLite's files are in ``folder``.
    """
    with ExitStack() as made:

        def postgresql() -> str:
            databases: PostgresDatabases = request.getfixturevalue("postgres")
            return made.enter_context(databases.fresh(tables=True))

        def sqlite() -> str:
            path = folder / f"dealwire{len(list(folder.glob('dealwire*.db'))) or ''}.db"
            shutil.copyfile(request.getfixturevalue("sqlite_tables"), path)
            return f"sqlite:///{path}"

        yield sqlite if family == "sqlite" else postgresql


@pytest.fixture(params=FAMILIES)
def ready_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives, at each call, the URL of another database that has its tables, without rows."""
    with ready_databases(request.param, request, tmp_path) as make:
        yield make


@pytest.fixture
def ready_url(ready_urls: Callable[[], str]) -> str:
    """The URL of a database that has its tables, without rows."""
    return ready_urls()


def read_only(url: str) -> str:
    """The URL by which the same database can only be read."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return f"sqlite:///file:{parsed.database}?mode=ro&uri=true"
    reading = parsed.update_query_dict({"options": "-c default_transaction_read_only=on"})
    return reading.render_as_string(hide_password=False)


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    """An open database that has its tables, without rows. ``ready_url`` is its URL."""
    with open_database(ready_url) as opened:
        yield opened


@pytest.fixture
def postgres_url(postgres: PostgresDatabases) -> Iterator[str]:
    """The URL of an empty PostgreSQL database: without tables."""
    with postgres.fresh(tables=False) as url:
        yield url


@pytest.fixture
def postgres_database(postgres: PostgresDatabases) -> Iterator[Database]:
    """An open PostgreSQL database with its tables: for what SQLite does not have."""
    with postgres.fresh(tables=True) as url, open_database(url) as opened:
        yield opened
