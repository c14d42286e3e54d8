"""Lists: the same as the deals in full, however they are read, and kept up with every change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from storage import articles, deals, derived
from storage.database import Database, open_database, upgrade_database
from storage.deals import DealQuery, DealRow, DealSort, DealView, RowParty
from storage.models import Deal
from storage.records import Party, Value
from storage.vocabulary import DealType, Role
from tests.storage.builders import LATER, NOW, add_deal, add_reports, facts_from, make_report


def row_of(view: DealView) -> DealRow:
    """The row that a deal in full ought to have."""
    return DealRow(
        id=view.id,
        type=view.type,
        also=view.also,
        parties=tuple(RowParty(party.name, party.role) for party in view.parties),
        focus=view.focus,
        value=view.value,
        status=view.status,
        technology=view.technology,
        day=view.day,
        announced_on=view.announced_on,
        announced_precision=view.announced_precision,
        confidence=view.confidence,
        headline=view.headline,
        languages=view.languages,
        reports=len(view.reports),
        first_url=view.reports[0].url,
        first_seen=view.first_seen,
        updated_at=view.updated_at,
    )


def fill(database: Database, number: int = 7) -> None:
    """Deals with one report, and one with three of which the one written second is the earliest."""
    with database.session() as session:
        for count in range(number):
            add_deal(
                session,
                f"https://wire.example/{count}",
                make_report(
                    also=(DealType.SUPPLY, DealType.LICENSING)[: count % 3],
                    parties=(Party('Quote " and \\ GmbH', Role.ACQUIRER), Party("小米\u2028", Role.TARGET)),
                    value=None if count % 2 else Value(Decimal(count), "EUR"),
                    announced_on=None if count % 3 else NOW.date() - timedelta(days=count),
                    focus=(),
                ),
            )
        deal_id = add_deal(session, "https://wire.example/told")
        for url, language, at in (
            ("https://vi.example/1", "vi", NOW - timedelta(days=1)),
            ("https://z.example", "de", NOW),
        ):
            reports = add_reports(session, url, language=language, published_at=at, source=language)
            facts = facts_from(articles.stored_reports(session, reports)[0])
            deals.save_deal(session, facts, reports, now=LATER, deal_id=deal_id)


@pytest.mark.parametrize("sort", list(DealSort))
def test_rows_say_what_the_deals_in_full_say(database: Database, sort: DealSort) -> None:
    fill(database)
    query = DealQuery(sort=sort, limit=5)
    with database.reading() as session:
        expected = [row_of(view) for view in deals.iter_deals(session, query)]
        assert list(deals.iter_rows(session, query)) == expected
        assert deals.search_rows(session, query) == expected[:5]
        assert deals.cursor(expected[0], sort) == deals.cursor(deals.search(session, query)[0], sort)
        if sort is DealSort.UPDATED:
            told = expected[0]
            assert (told.reports, told.first_url, told.languages) == (3, "https://vi.example/1", ("de", "en", "vi"))


def test_nothing_is_asked_for_and_nothing_is_found(database: Database) -> None:
    fill(database, 1)
    with database.reading() as session:
        assert deals.search_rows(session, DealQuery(limit=0)) == []
        assert deals.search_rows(session, DealQuery(party="unheard of")) == []
        assert list(deals.iter_rows(session, DealQuery(party="unheard of"))) == []


def test_more_rows_than_are_read_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.deal_rows._AT_A_TIME", 2)
    monkeypatch.setattr("storage.deal_rows._ON_THE_WAY", 3)
    fill(database)
    with database.reading() as session:
        assert [row.id for row in deals.iter_rows(session, DealQuery(sort=DealSort.ADDED))] == [8, 7, 6, 5, 4, 3, 2, 1]


def forget_summaries(database: Database) -> None:
    with database.session() as session:
        session.execute(update(Deal).where(Deal.id != 2).values(summary=None))


def test_rows_are_right_before_they_are_filled_in(database: Database) -> None:
    fill(database)
    with database.reading() as session:
        expected = list(deals.iter_rows(session, DealQuery()))
    forget_summaries(database)
    with database.reading() as session:
        assert list(deals.iter_rows(session, DealQuery())) == expected


def test_an_interrupted_upgrade_is_gone_on_with(ready_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "_BATCH", 3)
    with open_database(ready_url) as database:
        fill(database)
        with database.reading() as session:
            expected = dict(session.execute(select(Deal.id, Deal.summary)).all())
        forget_summaries(database)

    def interrupt(done: int, total: int) -> None:
        assert (done, total) == (3, 7)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade_database(ready_url, progress=interrupt)
    told: list[tuple[int, int]] = []
    upgrade_database(ready_url, progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 4), (4, 4)]
    with open_database(ready_url) as database, database.reading() as session:
        assert dict(session.execute(select(Deal.id, Deal.summary)).all()) == expected
