"""Where a page of deals ends and the next one begins: the sort key and the id of its last deal, as text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from storage.columns import GREATEST, check_amount
from storage.deal_shapes import DealRow, DealSort, DealView
from storage.errors import InvalidRecord

SortKey = date | datetime | Decimal


def cursor(last: DealView | DealRow, sort: DealSort = DealSort.NEWEST) -> str:
    """What to put into ``DealQuery.after`` for the page that follows ``last``."""
    key: object
    if sort in {DealSort.NEWEST, DealSort.OLDEST}:
        key = last.day.isoformat()
    elif sort is DealSort.UPDATED:
        key = last.updated_at.isoformat()
    elif sort is DealSort.ADDED:
        key = last.first_seen.isoformat()
    else:
        key = "" if last.value is None else f"{last.value.amount:f}"
    return f"{sort.value}~{key}~{last.id}"


def parse_cursor(after: str, sort: DealSort) -> tuple[SortKey, int]:
    """The sort key and the id of the last deal of the page before. Raises InvalidRecord."""
    try:
        sorted_by, key, number = after.split("~")
        deal_id = int(number)
        if sorted_by == sort.value and 0 <= deal_id <= GREATEST:
            return _key(key, sort), deal_id
    except (ValueError, InvalidOperation, InvalidRecord):
        pass
    raise InvalidRecord(f"{after!r} is no cursor of a list sorted by {sort.value}; take the one of the page before")


def _key(text: str, sort: DealSort) -> SortKey:
    if sort in {DealSort.NEWEST, DealSort.OLDEST}:
        return date.fromisoformat(text)
    if sort is DealSort.VALUE:
        amount = Decimal(text)
        check_amount(amount)
        return amount
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
