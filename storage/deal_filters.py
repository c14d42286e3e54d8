"""The filters of a deal query, each in two ways: as the index that leads to its deals, and as a check of one deal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, FromClause, exists, literal, literal_column, table, tuple_
from sqlalchemy import column as named_column

from storage.columns import GREATEST
from storage.deal_text import containing, fts5_query, text_key
from storage.models import DealFacet, DealParty, DealText
from storage.tokens import TextQuery
from storage.vocabulary import Role

Condition = ColumnElement[bool]

_FACET = DealFacet.__table__
_PARTY = DealParty.__table__
_TEXT = DealText.__table__
_FTS5 = table("deal_words", named_column("rowid"))


@dataclass(frozen=True, slots=True)
class DayOrder:
    """Columns in which an index holds deals by day and id: these two, or with ``keyed`` the one that holds both."""

    columns: tuple[ColumnElement[object], ...]
    keyed: bool = False

    def beyond(self, day: date, deal_id: int, *, descending: bool) -> Condition:
        """Behind that deal."""
        if self.keyed:
            key = self.columns[0]
            return key < text_key(day, deal_id) if descending else key > text_key(day, deal_id)
        row, last = tuple_(*self.columns), tuple_(literal(day), literal(deal_id))
        return row < last if descending else row > last

    def between(self, since: date | None, until: date | None) -> list[Condition]:
        """Of these days, both included."""
        column = self.columns[0]
        first: object = since if since is None or not self.keyed else text_key(since, 0)
        last: object = until if until is None or not self.keyed else text_key(until, GREATEST)
        return [*([] if first is None else [column >= first]), *([] if last is None else [column <= last])]


@dataclass(frozen=True, slots=True)
class Lead:
    """An index that leads to deals: ``where`` on ``source``.

    ``order`` is how it holds them by day; None where it does not, or may lead to one deal several times. ``walked``:
    it is another index that holds them so, and is worth walking along only where there are many.
    """

    source: FromClause
    deal_id: ColumnElement[int]
    where: tuple[Condition, ...]
    order: DayOrder | None = None
    walked: bool = False


class Filter(Protocol):
    """A condition on deals."""

    @property
    def impossible(self) -> bool:
        """No deal can fulfil it."""

    def lead(self) -> Lead | None:
        """The index that leads to its deals, where there is one."""

    def check(self, deal_id: ColumnElement[int]) -> Condition:
        """The condition on one deal, without that index."""


@dataclass(frozen=True, slots=True)
class HasFacet:
    """Any of these values of a kind."""

    kind: str
    values: tuple[str, ...]

    @property
    def impossible(self) -> bool:
        return not self.values

    def lead(self) -> Lead:
        where = (_FACET.c.kind == self.kind, _any_of(_FACET.c.value, self.values))
        order = DayOrder((_FACET.c.day, _FACET.c.deal_id)) if len(self.values) == 1 else None
        return Lead(_FACET, _FACET.c.deal_id, where, order)

    def check(self, deal_id: ColumnElement[int]) -> Condition:
        facet = _FACET.alias()
        return exists().where(
            facet.c.deal_id == deal_id, facet.c.kind == self.kind, _any_of(facet.c.value, self.values)
        )


@dataclass(frozen=True, slots=True)
class HasParty:
    """Any of these companies, in that role."""

    company_ids: tuple[int, ...]
    role: Role | None = None

    @property
    def impossible(self) -> bool:
        return not self.company_ids

    def lead(self) -> Lead:
        order = DayOrder((_PARTY.c.day, _PARTY.c.deal_id)) if len(self.company_ids) == 1 else None
        return Lead(_PARTY, _PARTY.c.deal_id, self._on(_PARTY), order)

    def check(self, deal_id: ColumnElement[int]) -> Condition:
        party = _PARTY.alias()
        return exists().where(party.c.deal_id == deal_id, *self._on(party))

    def _on(self, party: FromClause) -> tuple[Condition, ...]:
        these = _any_of(party.c.company_id, self.company_ids)
        return (these,) if self.role is None else (these, party.c.role == self.role)


@dataclass(frozen=True, slots=True)
class HasWords:
    """The words that are wanted, and none of the others."""

    query: TextQuery
    postgres: bool

    @property
    def impossible(self) -> bool:
        return False

    def lead(self) -> Lead | None:
        if not self.query.wanted:
            return None
        if self.postgres:
            return Lead(_TEXT, _TEXT.c.deal_id, (self._contained(),), DayOrder((_TEXT.c.key,), keyed=True), walked=True)
        rowid = _FTS5.c.rowid
        matched = literal_column("deal_words").op("MATCH", is_comparison=True)(fts5_query(self.query))
        # The id is the lower half of the key.
        deal_id: ColumnElement[int] = rowid.op("&")(literal(0xFFFFFFFF))
        where = (matched, self.check(deal_id)) if self.query.unwanted else (matched,)
        return Lead(_FTS5, deal_id, where, DayOrder((rowid,), keyed=True))

    def check(self, deal_id: ColumnElement[int]) -> Condition:
        return exists().where(_TEXT.c.deal_id == deal_id, self._contained())

    def _contained(self) -> Condition:
        return containing(self.query, postgres=self.postgres)


def _any_of(column: ColumnElement[object], values: Sequence[object]) -> Condition:
    return column == values[0] if len(values) == 1 else column.in_(values)
