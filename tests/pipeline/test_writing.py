"""Transactions that wait for the one writer are committed together, and spoil nothing for each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pipeline.writing import Writer
from storage import sources
from storage.database import Database
from storage.errors import DatabaseLocked
from storage.models import Source
from tests.pipeline.newsroom import NOW


def adding(name: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        sources.sync_sources(session, [(name, "feed", "https://wire.example")], NOW)
        return name

    return work


def names(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Source.name)))


def run(database: Database, *works: Callable[[Session], object]) -> list[object]:
    async def together() -> list[object]:
        writer = Writer(database)
        return await asyncio.gather(*(writer.write(work) for work in works), return_exceptions=True)

    return asyncio.run(together())


def test_many_are_written_in_few_transactions(database: Database) -> None:
    begun: list[object] = []
    event.listen(database.engine, "commit", begun.append)
    wanted = [f"source {number}" for number in range(250)]
    assert run(database, *map(adding, wanted)) == wanted
    assert names(database) == set(wanted)
    assert len(begun) <= 5


def test_one_that_fails_costs_only_itself(database: Database) -> None:
    def bad(session: Session) -> None:
        sources.sync_sources(session, [("half", "feed", "https://half.example")], NOW)
        raise LookupError("nothing there")

    first, failed, last = run(database, adding("first"), bad, adding("last"))
    assert (first, last) == ("first", "last")
    assert isinstance(failed, LookupError)
    assert names(database) == {"first", "last"}


def test_a_locked_database_is_not_asked_again_for_each(database: Database) -> None:
    asked: list[int] = []

    def locked(session: Session) -> None:
        asked.append(1)
        raise DatabaseLocked("deals.db is locked")

    results = run(database, *[locked] * 30)
    assert all(isinstance(result, DatabaseLocked) for result in results)
    assert len(asked) <= 3


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_who_gives_up_waiting_stops_nobody(database: Database, seconds: float) -> None:
    async def scenario() -> object:
        writer = Writer(database)
        tasks = [asyncio.create_task(writer.write(adding(str(number)))) for number in range(20)]
        await asyncio.sleep(seconds)
        tasks[7].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(scenario())
    assert names(database) >= {str(number) for number in range(20) if number != 7}
