"""The CSV of a digest, which is a contract: one row a deal, fixed columns. ``pipeline.spreadsheet`` makes it inert."""

from __future__ import annotations

from functools import lru_cache

from pipeline.output import day_text, instant
from pipeline.spreadsheet import Cell, join
from storage.deals import DealRow

CSV_COLUMNS = (
    "deal_id", "announced_on", "status", "type", "also", "parties", "roles", "focus", "value_amount", "value_currency",
    "value_kind", "headline", "confidence", "reports", "languages", "first_url", "first_seen", "updated",
)  # fmt: skip

#: The same few lists of words come again and again.
_words = lru_cache(maxsize=4096)(join)


def csv_row(row: DealRow) -> tuple[Cell, ...]:
    """One deal in the order of ``CSV_COLUMNS``. ``parties`` and ``roles`` are aligned."""
    value = row.value
    names, roles = zip(*row.parties, strict=True) if row.parties else ((), ())
    return (
        row.id,
        day_text(row.announced_on, row.announced_precision),
        row.status,
        row.type,
        _words(row.also),
        join(names),
        _words(roles),
        _words(row.focus),
        value.amount if value else None,
        value.currency if value else None,
        value.kind if value else None,
        row.headline,
        round(row.confidence, 3),
        row.reports,
        _words(row.languages),
        row.first_url,
        instant(row.first_seen),
        instant(row.updated_at),
    )
