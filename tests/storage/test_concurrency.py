"""Several at once: one writer at a time, readers that wait for nobody, and the same on either database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select, text

from storage import articles, companies, deals, pages, sources
from storage.database import Database, open_database, storage_errors
from storage.deals import DealQuery
from storage.errors import DatabaseLocked, DatabaseUnreachable
from storage.models import Article, Company, CompanyAlias
from storage.records import Party, Value
from storage.source_health import health
from storage.vocabulary import Role
from tests.storage.builders import LATER, NOW, add_deal, add_page, add_source, make_article, make_report, source_names

HELD = "UPDATE source SET last_new = last_new + 1 WHERE name = :name"


def all_at_once(*work: Callable[[], object]) -> list[object]:
    """What each gave; they begin together."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        start.wait(30)
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_reading_sees_one_moment(database: Database) -> None:
    with database.reading() as session:
        assert health(session) == []
        add_source(database)
        assert health(session) == []
    assert source_names(database) == ["wire"]


def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [("wire", "feed", "https://wire.example/feed")], NOW)
        assert source_names(database) == []
    assert source_names(database) == ["wire"]


def test_a_second_writer_waits_and_gives_up_in_the_end(ready_url: str) -> None:
    with open_database(ready_url) as first, open_database(ready_url, lock_timeout_seconds=0.1) as second:
        with first.session() as session:
            health(session)
            with pytest.raises(DatabaseLocked, match="is locked by another"):
                add_source(second)
        add_source(second)
        assert source_names(first) == ["wire"]


def test_a_writer_sees_what_the_one_before_it_wrote(ready_url: str) -> None:
    _count_up_at_once(ready_url)


def _count_up_at_once(url: str) -> None:
    def count_up() -> None:
        with open_database(url) as database:
            for _ in range(5):
                with database.session() as session:
                    wire = sources.load_states(session, ["wire"])["wire"]
                    sources.save_state(session, wire, replace(wire, failures_in_row=wire.failures_in_row + 1))

    with open_database(url) as database:
        add_source(database)
        all_at_once(*[count_up] * 3)
        with database.reading() as session:
            assert [source.state.failures_in_row for source in health(session)] == [15]


def test_two_that_read_the_same_page_write_its_article_once(ready_url: str) -> None:
    with open_database(ready_url) as database, database.session() as session:
        page_id = add_page(session, "https://wire.example/1")

    def read() -> list[int]:
        with open_database(ready_url) as database, database.session() as session:
            return articles.save_article(session, page_id, make_article(), [make_report()], NOW)

    first, *others = all_at_once(*[read] * 4)
    assert others == [first] * 3
    with open_database(ready_url) as database, database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Article)) == 1


def test_new_companies_named_by_several_at_once_are_made_once(ready_url: str) -> None:
    names = ["Aquila", "Borealis", "Cygnet", "Draconis"]

    def name_them(order: list[str]) -> Callable[[], dict[str, int]]:
        def run() -> dict[str, int]:
            with open_database(ready_url) as database, database.session() as session:
                return {
                    name: companies.resolve_company(session, Party(name, Role.PARTNER), aliases=[f"{name} Works"])
                    for name in order
                }

        return run

    first, *others = all_at_once(name_them(names), name_them(names[::-1]), name_them(names[2:] + names[:2]))
    assert others == [first] * 2
    with open_database(ready_url) as database, database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Company)) == 4
        assert session.scalar(select(func.count()).select_from(CompanyAlias)) == 8


def test_a_list_that_is_walked_while_deals_are_added_neither_repeats_nor_leaves_out(database: Database) -> None:
    with database.session() as session:
        before = [add_deal(session, f"https://wire.example/{number}") for number in range(6)]
    with database.reading() as session:
        first = deals.search(session, DealQuery(limit=3))
        with database.session() as writing:
            add_deal(writing, "https://wire.example/new", make_report(value=Value(Decimal(7), "EUR")))
        rest = deals.search(session, DealQuery(limit=9, after=deals.cursor(first[-1])))
    assert sorted(view.id for view in (*first, *rest)) == before


def _wait_for_a_lock(connection: Connection) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 30
    while not connection.scalar(waiting):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_deadlock_with_another_application_is_a_lock_to_wait_for(postgres_database: Database) -> None:
    database = postgres_database
    for name in ("wire", "other"):
        add_source(database, name)

    def provoke() -> None:
        with database.session() as session:
            session.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            session.execute(text(HELD), {"name": "wire"})
            blocked = pool.submit(other.execute, text(HELD), {"name": "wire"})
            with database.reading() as looking:
                _wait_for_a_lock(looking.connection())
            try:
                session.execute(text(HELD), {"name": "other"})
            finally:
                session.rollback()
                blocked.result(30)

    reading = database.engine.execution_options(dealwire_reading=True)
    with ThreadPoolExecutor(1) as pool, reading.connect() as other:
        other.execute(text("SET LOCAL deadlock_timeout = '100s'"))
        other.execute(text(HELD), {"name": "other"})
        with pytest.raises(DatabaseLocked, match="deadlock"):
            provoke()
        other.rollback()
    add_source(database, "third")
    assert source_names(database) == ["other", "third", "wire"]


def test_what_another_application_changed_meanwhile_is_a_lock_to_wait_for(postgres_database: Database) -> None:
    database = postgres_database
    add_source(database)
    snapshots = database.engine.execution_options(isolation_level="REPEATABLE READ", dealwire_reading=True)
    with snapshots.connect() as other:
        other.execute(text("SELECT * FROM source"))
        with database.session() as session:
            session.execute(text(HELD), {"name": "wire"})
        with pytest.raises(DatabaseLocked, match="concurrent update"), storage_errors(database.shown_url):
            other.execute(text(HELD), {"name": "wire"})


def test_a_server_that_isolates_more_by_itself_changes_nothing(postgres_database: Database) -> None:
    url = postgres_database.engine.url.set(drivername="postgresql")
    stricter = url.update_query_dict({"options": "-c default_transaction_isolation=serializable"})
    _count_up_at_once(stricter.render_as_string(hide_password=False))


def test_a_connection_that_was_cut_is_told_and_the_next_one_works(postgres_database: Database) -> None:
    database = postgres_database

    def cut() -> None:
        with database.session() as session:
            process = session.scalar(text("SELECT pg_backend_pid()"))
            with database.reading() as other:
                other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
            sources.sync_sources(session, [("wire", "feed", "https://wire.example/feed")], LATER)

    with pytest.raises(DatabaseUnreachable, match="check that the server runs"):
        cut()
    add_source(database)
    assert source_names(database) == ["wire"]
    with database.session() as session:
        assert pages.due_pages(session, now=LATER, limit=1) == []
