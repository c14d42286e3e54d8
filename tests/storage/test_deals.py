"""Writing deals and showing one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from storage import articles, deals
from storage.candidates import candidates
from storage.database import Database
from storage.deals import TimelineStep
from storage.errors import InvalidRecord, NotFound
from storage.models import DealText
from storage.records import Party
from storage.vocabulary import DealType, Role, Status
from tests.storage.builders import LATER, NOW, TEXT, add_deal, add_reports, contents, facts_from, make_report, quote


def test_a_deal_is_shown_as_it_was_written(database: Database) -> None:
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1", make_report(also=(DealType.SUPPLY,)), text=TEXT)
    with database.reading() as session:
        view = deals.get(session, deal_id)
        assert (view.type, view.also, view.focus) == (DealType.ACQUISITION, (DealType.SUPPLY,), ("semiconductors",))
        assert [(party.name, party.role) for party in view.parties] == [
            ("Aquila", Role.ACQUIRER),
            ("Borealis", Role.TARGET),
        ]
        assert (view.day, view.first_seen, view.updated_at) == (date(2026, 11, 5), NOW, NOW)
        assert view.timeline == (TimelineStep(Status.ANNOUNCED, date(2026, 11, 5), "https://wire.example/1"),)
        assert [(proof.quote, proof.url) for proof in view.evidence] == [("Aquila", "https://wire.example/1")]
        assert view.languages == ("en",)
        assert deals.search(session, deals.DealQuery(), evidence=False) == [replace(view, evidence=())]


def test_saving_the_same_again_writes_nothing(database: Database) -> None:
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1")
        (stored,) = articles.reports_of_deal(session, deal_id)
        before = contents(session)
        deals.save_deal(session, facts_from(stored), [stored.id], now=LATER, deal_id=deal_id, because=stored.id)
        assert contents(session) == before


def test_changes_are_kept_as_revisions_with_their_cause(database: Database) -> None:
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1")
        (closed,) = add_reports(session, "https://wire.example/2", make_report(status=Status.COMPLETED), text=TEXT)
        (stored,) = articles.stored_reports(session, [closed])
        facts = facts_from(stored, value=None)
        deals.save_deal(session, facts, [closed], now=LATER, deal_id=deal_id, because=closed)
        deals.save_deal(session, replace(facts, confidence=0.99), [], now=LATER, deal_id=deal_id, because=closed)
    with database.reading() as session:
        (change,) = deals.revisions(session, deal_id)
        assert change.changes == {"status": ("announced", "completed"), "value": ("2500000000 USD total", "")}
        assert (change.at, change.url, change.title) == (LATER, "https://wire.example/2", "Aquila buys Borealis")
        view = deals.get(session, deal_id)
        assert (view.status, view.confidence, len(view.reports)) == (Status.COMPLETED, 0.99, 2)
        # Two changes of one moment are still two versions.
        assert (view.first_seen, view.updated_at) == (NOW, LATER + timedelta(microseconds=1))


def test_the_timeline_has_each_status_once_in_order_of_time(database: Database) -> None:
    with database.session() as session:
        steps = [(Status.COMPLETED, 20), (Status.ANNOUNCED, 9), (Status.RUMORED, 2), (Status.ANNOUNCED, 7)]
        ids: list[int] = []
        for number, (status, day) in enumerate(steps):
            report = make_report(status=status, announced_on=None, announced_precision=None)
            published_at = datetime(2026, 11, day, tzinfo=UTC)
            ids += add_reports(session, f"https://wire.example/{number}", report, published_at=published_at)
        facts = facts_from(articles.stored_reports(session, ids)[0])
        view = deals.get(session, deals.save_deal(session, facts, ids, now=NOW))
    assert [(step.status, step.on, step.url[-1]) for step in view.timeline] == [
        (Status.RUMORED, date(2026, 11, 2), "2"),
        (Status.ANNOUNCED, date(2026, 11, 7), "3"),
        (Status.COMPLETED, date(2026, 11, 20), "0"),
    ]
    assert view.day == date(2026, 11, 2)  # announced when is not known: when it was first reported
    assert [report.url[-1] for report in view.reports] == ["2", "3", "1", "0"]


def test_a_report_that_moves_leaves_its_deal_stale_or_gone(database: Database) -> None:
    with database.session() as session:
        one = add_deal(session, "https://wire.example/1")
        two = add_deal(session, "https://wire.example/2")
        (third,) = add_reports(session, "https://wire.example/3")
        facts = facts_from(articles.stored_reports(session, [third])[0])
        deals.save_deal(session, facts, [third], now=NOW, deal_id=one)
        deals.save_deal(session, facts, [third], now=LATER, deal_id=two)
        assert deals.stale_deals(session) == [one]
        moved = [stored.id for stored in articles.reports_of_deal(session, one)]
        deals.save_deal(session, facts, moved, now=LATER, deal_id=two)
        with pytest.raises(NotFound, match=f"no deal {one}"):
            deals.get(session, one)
        assert len(deals.get(session, two).reports) == 3
        assert deals.stale_deals(session) == []
        assert add_deal(session, "https://wire.example/4") > two  # an id is never given out twice


def test_a_company_takes_part_once_and_the_type_is_not_repeated(database: Database) -> None:
    parties = (Party("Aquila", Role.PARTNER), Party("AQUILA Inc.", Role.SUPPLIER), Party("Borealis", Role.PARTNER))
    report = make_report(
        type=DealType.PARTNERSHIP,
        also=(DealType.PARTNERSHIP, DealType.SUPPLY, DealType.SUPPLY),
        parties=parties,
        focus=("ai", "ai"),
    )
    with database.session() as session:
        view = deals.get(session, add_deal(session, "https://wire.example/1", report, text=TEXT))
    assert [party.name for party in view.parties] == ["Aquila", "Borealis"]
    assert {party.role for party in view.parties} == {Role.PARTNER}
    assert (view.also, view.focus) == ((DealType.SUPPLY,), ("ai",))


def test_a_deal_needs_a_report(database: Database) -> None:
    with database.session() as session:
        (report_id,) = add_reports(session, "https://wire.example/1")
        facts = facts_from(articles.stored_reports(session, [report_id])[0])

    def save() -> None:
        with database.session() as session:
            deals.save_deal(session, facts, [], now=NOW)

    with pytest.raises(InvalidRecord, match="no report"):
        save()
    with database.session() as session:
        with pytest.raises(NotFound, match="report 77"):
            deals.save_deal(session, facts, [77], now=NOW)
        with pytest.raises(NotFound, match="deal 77"):
            deals.save_deal(session, facts, [report_id], now=NOW, deal_id=77)
        with pytest.raises(NotFound, match="deal 77"):
            deals.revisions(session, 77)


def test_a_deal_is_found_by_a_name_that_only_a_report_gives_a_party(database: Database) -> None:
    longer = make_report(parties=(Party("Aquila", Role.ACQUIRER), Party("Borealis Semiconductor", Role.TARGET)))
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1")
        (other,) = add_reports(session, "https://wire.example/2", longer, text=TEXT)
        (first,) = articles.reports_of_deal(session, deal_id)
        deals.save_deal(session, facts_from(first), [other], now=LATER, deal_id=deal_id)
        view = deals.get(session, deal_id)
        assert [party.name for party in view.parties] == ["Aquila", "Borealis"]
        (stored,) = articles.stored_reports(session, [other])
        for name in ("Borealis", "Borealis Semiconductor"):
            assert deals.search(session, deals.DealQuery(party=name)) == [view]
        named_only = [stored.parties[1].company_id]
        assert candidates(session, named_only, None) == [deal_id]
        before = contents(session)
        deals.save_deal(session, facts_from(first), [], now=LATER + timedelta(days=1), deal_id=deal_id)
        assert contents(session) == before


def test_a_deal_that_goes_leaves_no_words_behind(database: Database) -> None:
    with database.session() as session:
        kept = add_deal(session, "https://wire.example/1", make_report(headline="Kestrel"))
        gone = add_deal(session, "https://wire.example/2", make_report(headline="Kestrel"))
        (stored,) = articles.reports_of_deal(session, gone)
        deals.save_deal(session, facts_from(stored, headline="Heron"), [stored.id], now=NOW, deal_id=kept)
    with database.reading() as session:
        assert [view.id for view in deals.search(session, deals.DealQuery(text="heron"))] == [kept]
        assert deals.search(session, deals.DealQuery(text="kestrel")) == []
        assert session.scalar(select(func.count()).select_from(DealText)) == 1
    if database.engine.dialect.name == "sqlite":
        with database.engine.begin() as connection:  # complains where index and words differ
            connection.execute(text("INSERT INTO deal_words (deal_words, rank) VALUES ('integrity-check', 1)"))
            assert connection.scalar(text("SELECT count(*) FROM deal_words WHERE deal_words MATCH 'kestrel'")) == 0


def test_a_deal_is_found_by_all_that_is_told_of_it(database: Database) -> None:
    text_of_it = f"{TEXT} Sources said so."
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1", make_report(headline="Chips"))
        reports = add_reports(
            session,
            "https://vi.example/1",
            make_report(
                parties=(Party("诺基亚公司", Role.ACQUIRER, "Nokia"), Party("Borealis", Role.TARGET)),
                evidence=(quote(text_of_it, "Sources said so."),),
            ),
            text=text_of_it,
            title="Thỏa thuận",
        )
        (stored,) = articles.reports_of_deal(session, deal_id)
        deals.save_deal(session, facts_from(stored), reports, now=LATER, deal_id=deal_id)
    with database.reading() as session:
        for words in ("chips", "aquila", "诺基", "公司", "nokia", "thoa THUAN", '"sources said so"', "chip -heron"):
            assert [view.id for view in deals.search(session, deals.DealQuery(text=words))] == [deal_id], words
        assert deals.search(session, deals.DealQuery(text="chips -sources")) == []
