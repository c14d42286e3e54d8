"""Deals as lists and digests show them: one statement over one table, streamed, whatever their number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, Text, type_coerce
from sqlalchemy.orm import Session

from storage.deal_search import listing, page_of
from storage.deal_shapes import DealQuery, DealRow, RowParty
from storage.deal_summary import Summary, summaries
from storage.models import Deal
from storage.report_rows import value_of
from storage.vocabulary import DealType, Role

#: Rows decoded at a time: few enough that Python's collector of garbage finds them gone before it looks at them twice.
_AT_A_TIME = 100
#: Rows that a server is asked for at a time.
_ON_THE_WAY = 2000


_COLUMNS = (
    Deal.id, Deal.type, Deal.value_amount, Deal.value_currency, Deal.value_kind, Deal.status, Deal.technology, Deal.day,
    Deal.announced_on, Deal.announced_precision, Deal.confidence, Deal.headline, Deal.first_seen, Deal.updated_at,
    type_coerce(Deal.summary, Text),
)  # fmt: skip
_TYPES = {word.value: word for word in DealType}
_ROLES = {word.value: word for word in Role}


def iter_rows(session: Session, query: DealQuery) -> Iterator[DealRow]:
    """All deals of the query from ``after`` on, in its order and in flat memory; ``limit`` does not count.

    The database is read as rows are taken, so the session stays open until the last.
    Raises InvalidRecord for a cursor that is none.
    """
    statement = listing(session, query)
    if statement is not None:
        yield from _rows(session, statement)


def search_rows(session: Session, query: DealQuery) -> list[DealRow]:
    """One page of deals, at most ``query.limit``. Raises InvalidRecord for a cursor that is none."""
    statement = page_of(session, query)
    return [] if statement is None else list(_rows(session, statement))


def _rows(session: Session, statement: Select[Deal]) -> Iterator[DealRow]:
    columns = statement.with_only_columns(*_COLUMNS, maintain_column_froms=True)
    found = session.connection().execute(
        columns, execution_options={"stream_results": True, "max_row_buffer": _ON_THE_WAY}
    )
    for rows in found.partitions(_AT_A_TIME):
        for row, summary in zip(rows, _summaries(session, rows), strict=True):
            (
                deal_id, deal_type, amount, currency, kind, status, technology, day,
                announced_on, precision, confidence, headline, first_seen, updated_at, _,
            ) = row  # fmt: skip
            yield DealRow(
                deal_id,
                deal_type,
                tuple([_TYPES[word] for word in summary["also"]]),
                tuple([RowParty(name, _ROLES[role]) for name, role in summary["parties"]]),
                tuple(summary["focus"]),
                None if amount is None else value_of(amount, currency, kind),
                status,
                technology,
                day,
                announced_on,
                precision,
                confidence,
                headline,
                tuple(summary["languages"]),
                summary["reports"],
                summary["first_url"],
                first_seen,
                updated_at,
            )


def _summaries(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Summary]:
    """The summary of each row; one that is not kept yet is made."""
    missing = [row[0] for row in rows if row[-1] is None]
    made = summaries(session, missing) if missing else {}
    # Parsed as one document: twice as fast as one by one.
    kept: Iterator[Summary] = iter(json.loads(f"[{','.join(row[-1] for row in rows if row[-1] is not None)}]"))
    return [made[row[0]] if row[-1] is None else next(kept) for row in rows]
