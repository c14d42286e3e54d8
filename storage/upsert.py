"""INSERT that leaves known keys alone: what makes writing twice, or from two processes at once, harmless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Base

_BATCH = 50  # rows a statement: rows times columns stay under SQLite's limit of values


def insert_or_ignore(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> int:
    """Insert the rows whose unique key is new; how many those were."""
    session.flush()
    on_postgres = session.get_bind().dialect.name == "postgresql"
    inserted = 0
    for start in range(0, len(rows), _BATCH):
        batch = [dict(row) for row in rows[start : start + _BATCH]]
        statement = (
            postgresql.insert(table).values(batch).on_conflict_do_nothing()
            if on_postgres
            else sqlite.insert(table).values(batch).on_conflict_do_nothing()
        )
        result = session.execute(statement.returning(*inspect(table).primary_key))
        inserted += len(result.all())
    return inserted


def insert_or_replace(session: Session, table: type[Base], row: Mapping[str, object]) -> None:
    """Insert a row; where one has its primary key already, overwrite that."""
    session.flush()
    on_postgres = session.get_bind().dialect.name == "postgresql"
    statement = (postgresql if on_postgres else sqlite).insert(table).values(dict(row))
    key = [column.name for column in inspect(table).primary_key]
    rest = {name: statement.excluded[name] for name in row if name not in key}
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))
