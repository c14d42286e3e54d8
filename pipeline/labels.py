"""Labelled documents: what a reader says a text reports, and the text itself.

A label file has one JSON object per line: ``id``, ``lang``, ``is_deal``, ``deals`` (in the shape of ``dealwire
extract``), and where known ``date``, ``url``, ``cluster`` (one word for all documents that report the same deal).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pipeline.errors import LabelError
from storage.records import Article, Party
from storage.vocabulary import DatePrecision, DealType, Role, Status


@dataclass(frozen=True, slots=True)
class LabelledDeal:
    """One deal of a label. ``technology`` is None where the label does not say."""

    type: DealType
    parties: tuple[Party, ...]
    status: Status
    also: frozenset[DealType] = frozenset()
    focus: frozenset[str] = frozenset()
    value: tuple[Decimal, str | None] | None = None
    technology: bool | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled document. ``cluster`` names the real-world deal, None where it was not labelled."""

    id: str
    lang: str
    is_deal: bool
    deals: tuple[LabelledDeal, ...] = ()
    cluster: str | None = None
    date: str | None = None
    url: str | None = None


def read_labels(path: Path, *, lang: str | None = None, ids: Collection[str] | None = None) -> list[Labelled]:
    """Read a label file (JSON Lines), only some language or some ids of it if asked.

    Raises LabelError naming file and line when a line is no label, OSError when there is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LabelError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    labels = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_float=Decimal)
            if not isinstance(row, dict):
                raise TypeError("expected a JSON object on each line")
            label = _label(row)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise LabelError(f"{path}, line {number}: not a label: {type(error).__name__}: {error}") from error
        if (lang is None or label.lang == lang) and (ids is None or label.id in ids):
            labels.append(label)
    return labels


def _label(row: dict[str, object]) -> Labelled:
    raw = json.loads(json.dumps(row, default=str))  # Decimal as exact text
    deals = []
    for deal in raw["deals"]:
        value = deal.get("value")
        deals.append(
            LabelledDeal(
                type=DealType(deal["type"]),
                also=frozenset(DealType(t) for t in deal.get("also") or ()),
                parties=tuple(Party(p["name"], Role(p["role"])) for p in deal["parties"]),
                focus=frozenset(deal.get("focus") or ()),
                value=(Decimal(str(value["amount"])), value["currency"]) if value else None,
                status=Status(deal["status"]),
                technology=deal.get("tech", deal.get("technology")),
            )
        )
    return Labelled(
        id=raw["id"], lang=raw["lang"], is_deal=bool(raw["is_deal"]), deals=tuple(deals),
        cluster=raw.get("cluster"), date=raw.get("date"), url=raw.get("url"),
    )  # fmt: skip


def read_text(label: Labelled, texts: Path) -> Article:
    """The labelled document as an article: ``texts/<id>.txt``, its first non-empty line as title, NFC.

    Raises LabelError when the file is missing or is not UTF-8.
    """
    path = texts / f"{label.id}.txt"
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: the text of label {label.id} cannot be read: {error}. Is --texts right?") from error
    title = next((line.strip() for line in text.splitlines() if line.strip()), "")
    published, precision = _published(label.date)
    return Article(title, text, label.lang, published, precision, url=label.url)


def _published(date: str | None) -> tuple[datetime | None, DatePrecision | None]:
    day, month, year = DatePrecision.DAY, DatePrecision.MONTH, DatePrecision.YEAR
    for form, precision in (("%Y-%m-%d", day), ("%Y-%m", month), ("%Y", year)):
        try:
            return datetime.strptime(date or "", form).replace(tzinfo=UTC), precision
        except ValueError:
            continue
    return None, None
