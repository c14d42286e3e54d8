"""Column types that mean the same on SQLite and PostgreSQL: exact decimals, UTC times, vocabulary words, safe text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import DateTime, Dialect, Numeric, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.errors import InvalidRecord

#: Digits before and after the point that an amount may have.
INTEGER_DIGITS = 28
FRACTION_DIGITS = 10
#: The greatest whole number, ids included.
GREATEST = 2**31 - 1

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

WordT = TypeVar("WordT", bound=StrEnum)


def storable(text: str) -> str:
    """``text`` with what no database keeps (NUL, lone surrogates) replaced, one character for one: spans stay true."""
    return _UNSTORABLE.sub("\ufffd", text)


def _storable_json(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple):
        return [_storable_json(item) for item in value]
    if isinstance(value, dict):
        return {_storable_json(key): _storable_json(item) for key, item in value.items()}
    return value


class SafeText(TypeDecorator[str]):
    """Text of any length; NUL and lone surrogates become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class ShortText(TypeDecorator[str]):
    """Safe text of at most ``length`` characters: longer is refused, even by SQLite, which alone keeps any length."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and len(value) > self.length:
            shown = value if len(value) <= 40 else f"{value[:40]}…"
            raise InvalidRecord(f"{shown!r} has {len(value)} characters; at most {self.length} can be kept")
        return None if value is None else storable(value)


class KeyText(ShortText):
    """Short text compared by code point on every database, so that prefix ranges can use its index."""

    cache_ok = True

    def __init__(self, length: int = 255) -> None:
        super().__init__(length)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(self.length, collation=collation))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidRecord(f"the time {value.isoformat()} has no time zone; pass an aware datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], datetime | None]:
        if dialect.name == "sqlite":
            return _utc_from_text
        return _utc


def _utc_from_text(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _utc(value: object) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None


class ExactDecimal(TypeDecorator[Decimal]):
    """A non-negative Decimal, exact on every database.

    PostgreSQL has NUMERIC. SQLite has only floats, so there it is text of fixed width, which sorts and
    compares as the numbers do and can use an index.
    """

    impl = Numeric(INTEGER_DIGITS + FRACTION_DIGITS, FRACTION_DIGITS)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str] | TypeEngine[Decimal]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(INTEGER_DIGITS + 1 + FRACTION_DIGITS))
        return dialect.type_descriptor(Numeric(INTEGER_DIGITS + FRACTION_DIGITS, FRACTION_DIGITS))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        if value is None:
            return None
        check_amount(value)
        if dialect.name != "sqlite":
            return value
        return f"{value:0{INTEGER_DIGITS + 1 + FRACTION_DIGITS}.{FRACTION_DIGITS}f}"

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        text = f"{value:f}" if isinstance(value, Decimal) else value
        return Decimal(text.rstrip("0").rstrip(".").lstrip("0") or "0")


def check_amount(value: Decimal) -> None:
    """Raise InvalidRecord unless ``value`` can be kept exactly."""
    if not value.is_finite() or value.is_signed():
        raise InvalidRecord(f"the amount {value} is not a plain number of zero or more")
    exponent = value.normalize().as_tuple().exponent if value else 0
    if not isinstance(exponent, int) or -exponent > FRACTION_DIGITS or value >= Decimal(10) ** INTEGER_DIGITS:
        raise InvalidRecord(
            f"the amount {value} has more than {INTEGER_DIGITS} digits before or {FRACTION_DIGITS} after the point"
        )


class Word(TypeDecorator[WordT], Generic[WordT]):
    """A word of the vocabulary, kept as its plain value."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[WordT]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: WordT | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], WordT | None]:
        # Looked up, not constructed: a list of deals has millions of words.
        known: dict[str | None, WordT | None] = {word.value: word for word in self.words}
        return (known | {None: None}).__getitem__


class Json(TypeDecorator[object]):
    """A JSON value as text with a stable key order; what SQLite and PostgreSQL both compare as equal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(_storable_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], object | None]:
        return _loaded


def _loaded(value: str | None) -> object | None:
    if value is None:
        return None
    loaded: object = json.loads(value)
    return loaded


class Words(TypeDecorator[object]):
    """A list of words (letters and digits alone), for full text: written, searched and never read back.

    SQLite has them with a space around each; PostgreSQL as a tsvector with their positions.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: object | None, dialect: Dialect) -> str:
        words = [str(word) for word in value] if isinstance(value, list) else []
        if dialect.name != "postgresql":
            return f" {' '.join(words)} "
        return " ".join(f"'{word}':{position}" for position, word in enumerate(words, 1))
