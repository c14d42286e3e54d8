"""What goes in comes out, on every database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from storage.columns import FRACTION_DIGITS, INTEGER_DIGITS, check_amount, storable
from storage.database import Database
from storage.errors import InvalidRecord
from storage.models import Deal
from storage.vocabulary import DealType, Status, ValueKind
from tests.storage.builders import NOW

amounts = st.decimals(
    min_value=0,
    max_value=Decimal(10) ** INTEGER_DIGITS - 1,
    allow_nan=False,
    allow_infinity=False,
    places=FRACTION_DIGITS,
)


def keep(database: Database, values: list[Decimal], at: datetime = NOW) -> None:
    with database.session() as session:
        session.execute(
            insert(Deal),
            [
                {
                    "type": DealType.SUPPLY,
                    "status": Status.ANNOUNCED,
                    "technology": True,
                    "day": date(2026, 11, 5),
                    "value_amount": value,
                    "value_currency": "USD",
                    "value_kind": ValueKind.TOTAL,
                    "confidence": 0.5,
                    "headline": "",
                    "first_seen": at,
                    "updated_at": at,
                }
                for value in values
            ],
        )


@given(values=st.lists(amounts, min_size=1, max_size=8))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_amounts_come_back_exactly_and_sort_as_numbers(database: Database, values: list[Decimal]) -> None:
    keep(database, values)
    with database.session() as session:
        found = list(session.scalars(select(Deal.value_amount).order_by(Deal.value_amount)))
        middle = sorted(values)[len(values) // 2]
        above = list(session.scalars(select(Deal.value_amount).where(Deal.value_amount >= middle)))
        for deal in session.scalars(select(Deal)):
            session.delete(deal)
    assert found == sorted(values)
    assert sorted(amount for amount in above if amount is not None) == [v for v in sorted(values) if v >= middle]


def test_an_amount_is_a_plain_number_again(database: Database) -> None:
    keep(database, [Decimal("5.4E+9"), Decimal("0.00"), Decimal("12.50")])
    with database.reading() as session:
        assert [str(value) for value in session.scalars(select(Deal.value_amount).order_by(Deal.id))] == [
            "5400000000",
            "0",
            "12.5",
        ]


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity", "1E+28", "0.00000000001", "-0.5"])
def test_an_amount_that_cannot_be_kept_exactly_is_refused(database: Database, value: str) -> None:
    with pytest.raises(InvalidRecord, match="the amount"):
        keep(database, [Decimal(value)])


@given(amounts)
def test_every_amount_in_range_is_accepted(value: Decimal) -> None:
    check_amount(value)


def test_times_come_back_in_utc(database: Database) -> None:
    hanoi = timezone(timedelta(hours=7))
    keep(database, [Decimal(1)], datetime(2026, 11, 5, 3, 30, 0, 123456, tzinfo=hanoi))
    with database.reading() as session:
        seen = session.scalars(select(Deal.first_seen)).one()
    assert seen == datetime(2026, 11, 4, 20, 30, 0, 123456, tzinfo=UTC)
    assert seen.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(InvalidRecord, match="has no time zone"):
        keep(database, [Decimal(1)], datetime(2026, 11, 5))  # noqa: DTZ001 - that is the point


@given(st.text(st.characters()))
def test_text_is_made_storable_character_by_character(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\x00" not in kept
    kept.encode("utf-8")
    if text.isprintable():
        assert kept == text
