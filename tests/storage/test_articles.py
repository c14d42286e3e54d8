"""Articles and reports: proven, written once, kept in step."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import articles, deals
from storage.database import Database
from storage.errors import EvidenceError, InvalidRecord, NotFound
from storage.records import Evidence, Party, Report, Value
from storage.vocabulary import DealType, Role, Status, ValueKind
from tests.storage.builders import (
    LATER,
    NOW,
    TEXT,
    add_deal,
    add_page,
    add_reports,
    contents,
    facts_from,
    make_article,
    make_report,
    quote,
)


def test_an_article_and_its_reports_come_back_as_they_were(database: Database) -> None:
    report = make_report(
        also=(DealType.INVESTMENT,),
        focus=("ai", "own area"),
        value=Value(Decimal("12.5"), None, ValueKind.STAKE_PERCENT),
        evidence=(quote(TEXT, "will buy", "type"), quote(TEXT, "Borealis", "party")),
    )
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        (report_id,) = articles.save_article(session, page_id, make_article(), [report], NOW)
    with database.reading() as session:
        (stored,) = articles.stored_reports(session, [report_id])
        assert stored.report == report
        assert [party.name for party in stored.parties] == ["Aquila", "Borealis"]
        assert (stored.url, stored.source) == ("https://wire.example/1", "wire")
        assert (stored.language, stored.copy_of) == ("en", None)
        kept = articles.load_article(session, stored.article_id)
        assert kept == make_article(url="https://wire.example/1")
        assert articles.unresolved_reports(session) == [report_id]


def test_saving_the_same_again_writes_nothing(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        first = articles.save_article(session, page_id, make_article(), [make_report()], NOW)
    with database.session() as session:
        before = contents(session)
        assert articles.save_article(session, page_id, make_article(), [make_report()], LATER) == first
        same_number = make_report(value=Value(Decimal("2500000000.0"), "USD"))
        assert articles.save_article(session, page_id, make_article(), [same_number], LATER) == first
        assert contents(session) == before


@pytest.mark.parametrize(
    "proof",
    [
        Evidence("type", "will buy", 0, 8),
        Evidence("type", "", 3, 3),
        Evidence("type", "A", -1, 1),
        Evidence("type", "Borealis.", len(TEXT) - 2, len(TEXT) + 5),
        Evidence("type", "aquila", 0, 6),
    ],
)
def test_evidence_that_is_no_slice_is_refused_and_nothing_written(database: Database, proof: Evidence) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        before = contents(session)
        reports = [make_report(), make_report(evidence=(proof,))]
        with pytest.raises(EvidenceError, match="evidence of type"):
            articles.save_article(session, page_id, make_article(), reports, NOW)
        assert contents(session) == before


@given(text=st.text(min_size=1, max_size=80), data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_stored_quote_is_a_slice_of_the_stored_text(database: Database, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    report = make_report(evidence=(Evidence("type", text[start:end], start, end),))
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        (report_id,) = articles.save_article(session, page_id, make_article(text), [report], NOW)
    with database.reading() as session:
        (stored,) = articles.stored_reports(session, [report_id])
        kept = articles.load_article(session, stored.article_id).text
    (proof,) = stored.report.evidence
    assert kept[proof.start : proof.end] == proof.quote
    assert len(kept) == len(text)


def test_spaces_alone_change_the_stored_text_and_its_spans(database: Database) -> None:
    wider = TEXT.replace("\n\n", "\n\n\n")
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        for text in (TEXT, wider):
            report = make_report(text, evidence=(quote(text, "chip maker"),))
            (report_id,) = articles.save_article(session, page_id, make_article(text), [report], NOW)
        (stored,) = articles.stored_reports(session, [report_id])
        assert articles.load_article(session, stored.article_id).text == wider
        assert stored.report.evidence == (quote(wider, "chip maker"),)


def test_a_changed_report_keeps_its_id_and_makes_its_deal_stale(database: Database) -> None:
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1")
        (stored,) = articles.reports_of_deal(session, deal_id)
        parties = (Party("Aquila", Role.ACQUIRER), Party("Corvus", Role.TARGET))
        changed = make_report(status=Status.COMPLETED, parties=parties)
        page = add_page(session, "https://wire.example/1")
        ids = articles.save_article(session, page, make_article(), [changed], LATER)
        assert ids == [stored.id]
        assert deals.stale_deals(session) == [deal_id]
        (now_says,) = articles.stored_reports(session, ids)
        assert now_says.report == changed
        deals.save_deal(session, facts_from(now_says), ids, now=LATER, deal_id=deal_id)
        assert deals.stale_deals(session) == []


def test_a_new_date_makes_the_deal_stale(database: Database) -> None:
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1", text=TEXT)
        page_id = add_page(session, "https://wire.example/1")
        dated = make_article(published_at=datetime(2026, 11, 4, tzinfo=UTC))
        articles.save_article(session, page_id, dated, [make_report()], LATER)
        assert deals.stale_deals(session) == [deal_id]


def test_a_report_that_is_gone_takes_its_deal_when_it_was_the_last(database: Database) -> None:
    second = make_report(type=DealType.SUPPLY, parties=(Party("Corvus", Role.SUPPLIER), Party("Aquila", Role.CUSTOMER)))
    with database.session() as session:
        alone = add_deal(session, "https://wire.example/1", text=TEXT)
        page_id = add_page(session, "https://wire.example/1")
        ids = articles.save_article(session, page_id, make_article(), [make_report(), second], NOW)
        supply = articles.stored_reports(session, ids)[1]
        deal_id = deals.save_deal(session, facts_from(supply), [supply.id], now=NOW)
        articles.save_article(session, page_id, make_article(), [make_report()], LATER)
        with pytest.raises(NotFound):
            deals.get(session, deal_id)
        assert articles.save_article(session, page_id, make_article(), [], LATER) == []
        with pytest.raises(NotFound):
            deals.get(session, alone)


def test_the_same_text_elsewhere_is_a_copy_and_joins_the_deal(database: Database) -> None:
    with database.session() as session:
        deal_id = add_deal(session, "https://wire.example/1", text=TEXT)
        copied = f"  {TEXT.upper()} ".replace(" ", "  ")
        (copy_id,) = add_reports(session, "https://mirror.example/1", make_report(copied), source="mirror", text=copied)
        original, copy = articles.reports_of_deal(session, deal_id)
        assert (copy.id, copy.copy_of) == (copy_id, original.article_id)
        assert deals.stale_deals(session) == [deal_id]
        deals.save_deal(session, facts_from(original), [], now=LATER, deal_id=deal_id)
        view = deals.get(session, deal_id)
        assert [(report.source, report.copy) for report in view.reports] == [("wire", False), ("mirror", True)]
        assert [proof.url for proof in view.evidence] == ["https://wire.example/1"]
        assert deals.count(session, deals.DealQuery(source="mirror")) == 1


def test_copies_of_an_edited_original_are_copies_of_the_next(database: Database) -> None:
    urls = [f"https://wire.example/{number}" for number in range(3)]
    with database.session() as session:
        ids = [add_reports(session, url, make_report(), text=TEXT)[0] for url in urls]
        first, second, third = articles.stored_reports(session, ids)
        assert (second.copy_of, third.copy_of) == (first.article_id, first.article_id)
        edited = TEXT + " It then said more."
        articles.save_article(session, add_page(session, urls[0]), make_article(edited), [make_report(edited)], LATER)
        first, second, third = articles.stored_reports(session, ids)
        assert (first.copy_of, second.copy_of, third.copy_of) == (None, None, second.article_id)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (make_report(parties=(Party(" ", Role.PARTY),)), "says nothing"),
        (make_report(value=Value(Decimal(-1), "USD")), "the amount"),
    ],
)
def test_what_cannot_be_kept_is_refused(database: Database, report: Report, said: str) -> None:
    def save() -> None:
        with database.session() as session:
            add_reports(session, "https://wire.example/1", report, text=TEXT)

    with pytest.raises(InvalidRecord, match=said):
        save()
    with database.reading() as session:
        assert not any(contents(session).values())


def test_signs_that_no_database_keeps_are_replaced_one_for_one(database: Database) -> None:
    text = "Aquila\x00 buys \ud800Borealis"
    report = make_report(text, evidence=(quote(text, "\x00 buys \ud800"),), headline="a\x00b")
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        first = articles.save_article(session, page_id, make_article(text), [report], NOW)
        before = contents(session)
        assert articles.save_article(session, page_id, make_article(text), [report], LATER) == first
        assert contents(session) == before
        (stored,) = articles.stored_reports(session, first)
        assert articles.load_article(session, stored.article_id).text == "Aquila\ufffd buys \ufffdBorealis"
        assert stored.report.headline == "a\ufffdb"


def test_what_is_not_there_is_named(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(NotFound, match="page 7"):
            articles.save_article(session, 7, make_article(), [], NOW)
        with pytest.raises(NotFound, match="article 7"):
            articles.load_article(session, 7)
        with pytest.raises(NotFound, match="report 7"):
            articles.stored_reports(session, [7])


def test_reports_come_in_the_order_asked_for(database: Database) -> None:
    with database.session() as session:
        ids = [add_reports(session, f"https://wire.example/{number}")[0] for number in range(3)]
        wanted = [ids[2], ids[0], ids[1]]
        assert [stored.id for stored in articles.stored_reports(session, wanted)] == wanted
        assert articles.stored_reports(session, []) == []
