"""Queries: every filter, every order, every page."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text as sql

from storage import deal_search, deals
from storage.database import Database
from storage.deal_search import page_of
from storage.deals import DealQuery, DealSort
from storage.errors import InvalidRecord
from storage.records import Party, Value
from storage.vocabulary import DealType, Role, Status
from tests.storage.builders import LATER, NOW, add_deal, make_report

DAY = date(2026, 11, 5)


def said(query: object) -> str | None:
    """What a query asks that the plain one does not: the name of its test."""
    if not isinstance(query, DealQuery):
        return None
    plain = asdict(DealQuery())
    return " ".join(f"{name}={value}" for name, value in asdict(query).items() if value != plain[name]) or "plain"


def fill(database: Database) -> dict[str, int]:
    """Four deals that differ in everything one can ask for."""
    with database.session() as session:
        return {
            "chips": add_deal(session, "https://wire.example/chips"),
            "licence": add_deal(
                session,
                "https://vi.example/licence",
                make_report(
                    type=DealType.CROSS_LICENSING,
                    also=(DealType.PARTNERSHIP,),
                    parties=(Party("诺基亚", Role.PARTNER, "Nokia"), Party("小米", Role.PARTNER, "Xiaomi")),
                    status=Status.RUMORED,
                    focus=("ai", "iot"),
                    value=None,
                    headline="Nokia và Xiaomi ký thỏa thuận",
                    announced_on=DAY - timedelta(days=10),
                    confidence=0.4,
                    evidence=(),
                ),
                source="vietnam",
                language="vi",
                text="Nokia và Xiaomi bắt tay",
            ),
            "order": add_deal(
                session,
                "https://wire.example/order",
                make_report(
                    type=DealType.SUPPLY,
                    parties=(Party("Nokia", Role.SUPPLIER), Party("Aquila", Role.CUSTOMER)),
                    status=Status.COMPLETED,
                    focus=("telecom_5g",),
                    value=Value(Decimal("40000000.50"), "EUR"),
                    headline="100% of Aquila's masts",
                    announced_on=DAY - timedelta(days=20),
                ),
            ),
            "bakery": add_deal(
                session,
                "https://wire.example/bakery",
                make_report(
                    parties=(Party("Crumb", Role.ACQUIRER), Party("Loaf", Role.TARGET)),
                    technology=False,
                    focus=(),
                    headline="Crumb buys Loaf",
                    announced_on=None,
                ),
            ),
        }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (DealQuery(), "chips licence order"),
        (DealQuery(technology=None), "bakery chips licence order"),
        (DealQuery(technology=False), "bakery"),
        (DealQuery(party="NOKIA Oyj"), "licence order"),
        (DealQuery(party="诺基亚"), "licence order"),
        (DealQuery(party="小米"), "licence"),
        (DealQuery(party="nokia", role=Role.SUPPLIER), "order"),
        (DealQuery(party="nokia", type=DealType.PARTNERSHIP), "licence"),
        (DealQuery(party="nokia", focus="iot", source="vietnam", language="vi"), "licence"),
        (DealQuery(party="nokia", focus="semiconductors"), ""),
        (DealQuery(party="unheard of"), ""),
        (DealQuery(role=Role.PARTNER), "licence"),
        (DealQuery(role=Role.PARTNER, focus="ai"), "licence"),
        (DealQuery(party="a"), "chips order"),
        (DealQuery(party="a", role=Role.CUSTOMER), "order"),
        (DealQuery(type=DealType.ACQUISITION), "chips"),
        (DealQuery(type=DealType.PARTNERSHIP), "licence"),
        (DealQuery(focus="ai", type=DealType.CROSS_LICENSING), "licence"),
        (DealQuery(status=Status.COMPLETED), "order"),
        (DealQuery(language="vi"), "licence"),
        (DealQuery(source="wire"), "chips order"),
        (DealQuery(since=DAY), "chips"),
        (DealQuery(until=DAY - timedelta(days=10)), "licence order"),
        (DealQuery(focus="ai", since=DAY - timedelta(days=10), until=DAY - timedelta(days=10)), "licence"),
        (DealQuery(party="aquila", since=DAY - timedelta(days=20), until=DAY - timedelta(days=20)), "order"),
        (DealQuery(min_value=Decimal("40000000.50")), "chips order"),
        (DealQuery(min_value=Decimal("40000000.51")), "chips"),
        (DealQuery(max_value=Decimal(50_000_000), currency="eur"), "order"),
        (DealQuery(currency="USD"), "chips"),
        (DealQuery(min_confidence=0.5), "chips order"),
        (DealQuery(updated_since=NOW), "chips licence order"),
        (DealQuery(updated_since=LATER), ""),
        (DealQuery(text="thoa thuan"), "licence"),
        (DealQuery(text="THỎA XIAOMI"), "licence"),
        (DealQuery(text="bat tay"), "licence"),
        (DealQuery(text="100%"), "order"),
        (DealQuery(text="1_0"), ""),
        (DealQuery(text="semantics"), ""),
        (DealQuery(text="  "), "chips licence order"),
        (DealQuery(limit=0), ""),
        (DealQuery(sort=DealSort.OLDEST), "order licence chips"),
        (DealQuery(sort=DealSort.ADDED), "order licence chips"),
        (DealQuery(sort=DealSort.UPDATED, party="nokia"), "order licence"),
        (DealQuery(sort=DealSort.VALUE), "chips order"),
    ],
    ids=said,
)
def test_a_query_finds_what_it_should_in_order(database: Database, query: DealQuery, expected: str) -> None:
    names = {deal_id: name for name, deal_id in fill(database).items()}
    with database.reading() as session:
        found = [names[view.id] for view in deals.search(session, query)]
        assert found == expected.split()
        if query.limit:
            assert deals.count(session, query) == len(found)
            assert [view.id for view in deals.iter_deals(session, query)] == [
                view.id for view in deals.search(session, query)
            ]


@pytest.mark.parametrize("sort", list(DealSort))
@pytest.mark.parametrize(
    "query",
    [DealQuery(), DealQuery(party="Aquila"), DealQuery(focus="semiconductors"), DealQuery(source="wire")],
    ids=said,
)
def test_pages_neither_repeat_nor_leave_out(database: Database, sort: DealSort, query: DealQuery) -> None:
    query = replace(query, sort=sort)
    with database.session() as session:
        for number in range(11):  # many share a day and an amount
            report = make_report(
                announced_on=DAY - timedelta(days=number % 3),
                value=Value(Decimal(number % 4), "USD"),
            )
            add_deal(session, f"https://wire.example/{number}", report)
    with database.reading() as session:
        everything = [view.id for view in deals.search(session, query)]
        paged: list[int] = []
        after: str | None = None
        while views := deals.search(session, replace(query, limit=3, after=after)):
            paged += [view.id for view in views]
            after = deals.cursor(views[-1], sort)
    assert len(everything) == 11
    assert paged == everything


def test_all_deals_are_streamed_in_steps(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deals, "_STREAMED", 2)
    expected = {deal_id for name, deal_id in fill(database).items() if name != "bakery"}
    with database.reading() as session:
        assert {view.id for view in deals.iter_deals(session, DealQuery(limit=1))} == expected


@pytest.mark.parametrize(
    "after", ["", "7", "newest~2026-11-05", "newest~gestern~7", "value~1~2", "newest~2026-11-05~x"]
)
def test_a_cursor_that_is_none_is_named(database: Database, after: str) -> None:
    with database.reading() as session, pytest.raises(InvalidRecord, match="is no cursor of a list sorted by newest"):
        deals.search(session, DealQuery(after=after))


def test_an_amount_that_is_none_is_named(database: Database) -> None:
    with database.reading() as session, pytest.raises(InvalidRecord, match="the amount -1"):
        deals.search(session, DealQuery(min_value=Decimal(-1)))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (DealQuery(), "ix_deal_technology_day_id"),
        (DealQuery(technology=None), "ix_deal_day_id"),
        (DealQuery(party="Nokia"), "ix_deal_party_company_id_day_deal_id"),
        (DealQuery(party="Nokia", focus="ai"), "ix_deal_party_company_id_day_deal_id"),
        (DealQuery(focus="ai"), "ix_deal_facet_kind_value_day_deal_id"),
        (DealQuery(focus="ai", type=DealType.SUPPLY, language="en"), "ix_deal_facet_kind_value_day_deal_id"),
        (DealQuery(sort=DealSort.UPDATED), "ix_deal_updated_at_id"),
        (DealQuery(sort=DealSort.VALUE, currency="USD"), "ix_deal_value_currency_value_amount_id"),
    ],
    ids=said,
)
def test_first_pages_come_straight_from_an_index(
    database: Database, query: DealQuery, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.engine.dialect.name != "sqlite":
        return  # PostgreSQL chooses by statistics, and scans tables as small as these
    monkeypatch.setattr(deal_search, "_COUNTED", 1)  # as if each filter had many
    fill(database)
    with database.reading() as session:
        statement = page_of(session, query)
        assert statement is not None
        compiled = statement.compile(database.engine, compile_kwargs={"literal_binds": True})
        plan = [str(row[3]) for row in session.execute(sql(f"EXPLAIN QUERY PLAN {compiled}"))]
    assert index in plan[0]
    assert not any("TEMP B-TREE" in step for step in plan)
