"""Stored databases of every version of the tables, as that version's own code wrote them.

Whoever adds a migration also makes the stored database of the new version, and commits both:

    python -m tests.storage.stored_schemas

It writes ``tests/storage/schemas/VERSION.sql``: the dump of an SQLite database with something in every table, which
``tell`` puts there by storage's own functions (a new table needs a line in it). Those of earlier versions stay as they
are: they are what users have. ``test_migrations`` upgrades each to the newest version, on SQLite as dumped, on
PostgreSQL with the same rows in the tables that the migrations make.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from storage import (
    articles,
    companies,
    company_judgements,
    deals,
    deliveries,
    digests,
    judgements,
    page_identity,
    pages,
    rebuilds,
    redirects,
    schema,
    sources,
)
from storage.database import open_database
from storage.records import Party, Report, Value
from storage.vocabulary import DealType, Role, Status, ValueKind
from tests.storage.builders import (
    LATER,
    NOW,
    TEXT,
    add_deal,
    add_page,
    add_reports,
    facts_from,
    make_article,
    make_report,
    quote,
)

FOLDER = Path(__file__).with_name("schemas")


def versions() -> list[str]:
    """The versions that there is a stored database of, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def dump_of(version: str) -> str:
    """The stored database as SQL."""
    return (FOLDER / f"{version}.sql").read_text("utf-8")


# -- making one ------------------------------------------------------------------------------------------------------

HTML = "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
CROSS = "Sao Bắc và 北方电子 ký thoả thuận\n\nSao Bắc và 北方电子 (Beifang) ký thoả thuận cấp phép chéo sáng chế."
CANTEEN = "Borealis opens a canteen\n\nBorealis said it opened a canteen; it's open to “everyone”."


def tell(session: Session) -> None:
    """Something for every table, with what is hard to keep: scripts, quotes, long sums, dates that are not known."""
    wire = "https://wire.example"
    sources.sync_sources(session, [("old", "listing", "https://old.example"), ("filings", "edgar", wire)], NOW)
    bought = add_deal(session, f"{wire}/buys", language="en")
    _read(session, f"{wire}/buys", TEXT)
    (done,) = add_reports(
        session, f"{wire}/bought", make_report(status=Status.COMPLETED, confidence=0.1 + 0.2), published_at=LATER
    )
    first = articles.reports_of_deal(session, bought)[0]
    facts = replace(facts_from(first), status=Status.COMPLETED)
    deals.save_deal(session, facts, [first.id, done], now=LATER, deal_id=bought, because=done)
    crossed = Report(
        type=DealType.CROSS_LICENSING,
        parties=(Party("Sao Bắc", Role.PARTNER), Party("北方电子", Role.PARTNER, "Beifang Electronics")),
        status=Status.ANNOUNCED,
        also=(DealType.SUPPLY, DealType.PARTNERSHIP),
        focus=("telecom_5g", "ai"),
        value=Value(Decimal("1234567890123456.0123456789"), "VND", ValueKind.UP_TO),
        technology=True,
        headline="Sao Bắc; 北方电子",
        confidence=0.75,
        evidence=(quote(CROSS, "北方电子"),),
    )
    add_deal(session, f"{wire}/cross?a=1&b='2'", crossed, text=CROSS, language="vi", published_at=None)
    _read(session, f"{wire}/cross?a=1&b='2'", CROSS)
    add_deal(session, "https://old.example/1", make_report(value=None, technology=False, focus=()), source="old")
    add_reports(session, f"{wire}/loose")  # in no deal yet
    _read(session, f"{wire}/canteen", CANTEEN, outcome="no_deal")
    for text in (CANTEEN, f"{CANTEEN} It is closed again."):  # an article that was edited
        _read(session, f"{wire}/canteen", text, outcome="no_deal")
        articles.save_article(session, add_page(session, f"{wire}/canteen"), make_article(text), [], NOW)
    waiting, gone = add_page(session, f"{wire}/waiting"), add_page(session, f"{wire}/gone")
    pages.record_failure(session, waiting, "503", now=NOW, temporary=True, next_try_at=LATER)
    pages.record_failure(session, gone, "404", now=NOW, temporary=False, next_try_at=None)
    states = sources.load_states(session, ["wire", "filings"])
    good = replace(
        states["wire"], polls=1, etag='W/"1"', last_modified="Thu, 05 Nov 2026 10:00:00 GMT", body_hash="ab12",
        last_poll_at=NOW, last_success_at=NOW, last_found=9, last_new=7, arrivals=(1_793_000_000, 1_793_009_000),
        texts=(0, 812), overlap=0.1 + 0.2, alarms={"silent": NOW}, next_poll_at=LATER, next_poll_why="“rare”",
    )  # fmt: skip
    poll = sources.PollRecord(NOW, sources.PollOutcome.CHANGED, 9, 7, 0.1 + 0.2)
    sources.record_poll(session, states["wire"], good, poll)
    sources.keep_links(session, good.id, [page_identity.url_key(f"{wire}/buys")])
    bad = replace(
        states["filings"], polls=1, last_poll_at=NOW, last_error_at=NOW, last_error="no answer", failures_in_row=1,
        failing_since=NOW, next_poll_at=LATER,
    )  # fmt: skip
    failed = sources.PollRecord(NOW, sources.PollOutcome.FAILED, error="no answer")
    sources.record_poll(session, states["filings"], bad, failed)
    sources.sync_sources(session, [("wire", "feed", f"{wire}/feed")], LATER)
    digests.record_digest(
        session,
        digests.DigestRecord(
            "weekly", "csv", date(2026, 11, 2), date(2026, 11, 8), "digests/weekly.csv", 2, "0" * 64,
            NOW + timedelta(days=5),
        ),
    )  # fmt: skip
    new = digests.DigestRecord(
        "new", "html", None, None, "digests/new.html", 1, "1" * 64, NOW, label="2026-11-05-no1", number=1
    )
    number = digests.record_digest(session, new)
    digests.record_told(session, "new", number, [(bought, NOW)])
    deliveries.enqueue(session, number, [deliveries.Addressed("desk", "desk@example.com", "ab" * 16)], NOW)
    deliveries.save_bodies(session, number, {"text": "Một thoả thuận".encode()})
    unsure = judgements.Joined(first.id, bought, None, 0.1 + 0.2, ("parties agree", "“Borealis”"))
    judgements.record_joins(session, [unsure], now=NOW)
    apart = ([first.id], [done + 1])
    judgements.record_deal_judgement(session, apart, together=False, by="an analyst", reason="two plants", now=LATER)
    redirects.redirect(session, 99, bought, now=LATER)
    rebuilds.begin(session, "all", "f" * 64, NOW)
    target = companies.resolve_company(session, Party("Borealis", Role.TARGET))
    same = companies.resolve_company(session, Party("Bắc Cực Chips", Role.TARGET))
    company_judgements.merge_companies(session, target, same, by="an analyst", reason="renamed", now=LATER)


def _read(session: Session, url: str, text: str, *, outcome: str = "deal") -> None:
    """The page's bytes, as if they had been fetched and read."""
    page_id = add_page(session, url)
    title, _, body = text.partition("\n\n")
    fetched = pages.FetchedPage(url, 200, "text/html", HTML.format(title=title, text=body).encode(), NOW, '"e1"')
    pages.save_fetched(session, page_id, fetched, NOW)
    pages.mark_read(session, page_id, outcome, now=NOW)


def make() -> Path:
    """Write the stored database of the current version; where."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dealwire.db"
        with open_database(f"sqlite:///{file}") as database, database.session() as session:
            tell(session)
        with closing(sqlite3.connect(file)) as connection:
            empty = [name for name in tables(connection) if not _rows(connection, name)]
            if empty:
                sys.exit(f"nothing in {', '.join(empty)}: have `tell` in {__file__} put something there")
            path = FOLDER / f"{schema.CURRENT}.sql"
            path.write_text("".join(f"{statement};\n" for statement in dump(connection)), "utf-8")
    return path


def tables(connection: sqlite3.Connection) -> list[str]:
    """Tables of rows: those that an index keeps for itself left out."""
    return [name for kind, name, _ in _entries(connection) if kind == "table" and not _virtual(connection, name)]


def dump(connection: sqlite3.Connection) -> Iterator[str]:
    """The statements that make this database again; full-text indices included, which sqlite3's iterdump leaves out."""
    entries = _entries(connection)
    later = []
    for kind, name, sql in entries:
        if kind == "table" and sql.upper().startswith("CREATE VIRTUAL"):
            yield "PRAGMA writable_schema = ON"
            yield (
                "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) "
                f"VALUES ('table', '{name}', '{name}', 0, {_literal(sql)})"
            )
            yield "PRAGMA writable_schema = OFF"
        elif kind == "table":
            yield sql
            for row in _rows(connection, name):
                yield f"INSERT INTO {name} VALUES ({','.join(row)})"
        else:
            later.append(sql)
    yield "DELETE FROM sqlite_sequence"
    for row in _rows(connection, "sqlite_sequence"):
        yield f"INSERT INTO sqlite_sequence VALUES ({','.join(row)})"
    yield from later


def _entries(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    return connection.execute(f"{query} ORDER BY type = 'trigger', rowid").fetchall()


def _virtual(connection: sqlite3.Connection, name: str) -> bool:
    """Whether it is a virtual table or one that a virtual table keeps its index in."""
    virtual = {table for _, table, sql in _entries(connection) if sql.upper().startswith("CREATE VIRTUAL")}
    return any(name == table or name.startswith(f"{table}_") for table in virtual)


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[str, ...]]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    quoted = ", ".join(f'quote("{column}")' for column in columns)
    return connection.execute(f"SELECT {quoted} FROM {table}").fetchall()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# -- loading one -----------------------------------------------------------------------------------------------------


def load(url: str, version: str) -> None:
    """Make the empty database at ``url`` that stored one."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(parsed.database))) as connection:
            connection.executescript(dump_of(version))
        return
    engine = sa.create_engine(parsed.set(drivername="postgresql+psycopg"))
    with closing(sqlite3.connect(":memory:")) as source, engine.begin() as target:
        source.executescript(dump_of(version))
        source.row_factory = sqlite3.Row
        migrate(target, version)
        _copy(source, target)
    engine.dispose()


def migrate(connection: sa.Connection, version: str) -> None:
    """Bring the tables to that version."""
    command.upgrade(schema._config(connection), version)


def _copy(source: sqlite3.Connection, target: sa.Connection) -> None:
    reflected = sa.MetaData()
    reflected.reflect(target)
    stored = set(tables(source)) - {schema.VERSION_TABLE}
    for table in reflected.sorted_tables:
        if table.name not in stored:
            continue
        rows = [
            {name: _value(kept, table.c[name].type) for name, kept in dict(row).items() if name in table.c}
            for row in source.execute(f"SELECT * FROM {table.name}")
        ]
        target.execute(table.insert(), rows)
        if "id" in table.columns:
            last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
            target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last)))


def _value(stored: object, kind: sa.types.TypeEngine[object]) -> object:
    """What SQLite keeps as text or number, as PostgreSQL has it."""
    match stored, kind:
        case int(), sa.Boolean():
            return bool(stored)
        case str(), sa.DateTime():
            return datetime.fromisoformat(stored).replace(tzinfo=UTC)
        case str(), sa.Date():
            return date.fromisoformat(stored)
        case str(), sa.Numeric():
            return Decimal(stored)
    return stored


if __name__ == "__main__":
    print(make())
