"""What SQLite and PostgreSQL do differently if left to themselves: lengths, sizes, order, case, what text may hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from storage import articles, companies, company_judgements, deals, digests, pages, sources
from storage.database import Database
from storage.deals import DealQuery
from storage.errors import InvalidRecord, NotFound
from storage.models import Company, Deal
from storage.pages import FetchedPage, FoundLink
from storage.records import Evidence, Party, Value
from storage.source_health import health, history
from storage.vocabulary import Role
from tests.storage.builders import LATER, NOW, add_deal, add_page, make_article, make_report

ODD = "a\x00b\ud800c\U0001f91d\u202ed"  # NUL, half a character, a character beyond the first 65,536, right-to-left
KEPT = "a\ufffdb\ufffdc\U0001f91d\u202ed"


def test_text_is_sorted_by_code_point_whatever_the_server_s_language(database: Database) -> None:
    names = ["zeta", "Zeta", "alpha", "Alpha", "éclair", "eclair", "中文", "Ωmega", "a-b", "ab", "a b", "_x", "10", "9"]
    with database.session() as session:
        sources.sync_sources(session, [(name, "feed", "https://wire.example") for name in names], NOW)
    with database.reading() as session:
        assert [source.state.name for source in health(session)] == sorted(names)


def test_names_differ_by_case_accents_and_spaces_and_no_further(database: Database) -> None:
    names = ["wire", "Wire", "wire ", "wíre", "wi\u0301re"]
    with database.session() as session:
        sources.sync_sources(session, [(name, "feed", "https://wire.example") for name in names], NOW)
        wire = sources.load_states(session, names)["Wire"]
        sources.save_state(session, wire, replace(wire, failures_in_row=1))
    with database.reading() as session:
        assert {source.state.name: source.state.failures_in_row for source in health(session)} == {
            name: int(name == "Wire") for name in names
        }


@pytest.mark.parametrize("sought", ["Tắ%kr", "tak_r", "tak\\r", "Tak'r", 'Tak"r', "tak%s", "tak:r", "%(x)s"])
def test_no_character_of_a_search_is_a_wildcard_or_an_escape(database: Database, sought: str) -> None:
    with database.session() as session:
        add_deal(session, "https://wire.example/1", make_report(headline="Taxkr takxr buys"))
        wanted = add_deal(session, "https://wire.example/2", make_report(headline=f"x {sought} y", value=None))
    with database.reading() as session:
        assert [view.id for view in deals.search(session, DealQuery(text=sought))] == [wanted]


def test_what_no_database_keeps_is_replaced_wherever_it_is_written(database: Database) -> None:
    text = f"{ODD} buys Borealis\n\nWhat {ODD} said."
    article = make_article(text, title=ODD, publisher=ODD)
    report = make_report(
        text,
        parties=(Party(ODD, Role.ACQUIRER), Party("Borealis", Role.TARGET, ODD)),
        headline=ODD,
        focus=(ODD,),
        evidence=(Evidence("type", text[:5], 0, 5),),
    )
    url = f"https://wire.example/{ODD}"
    with database.session() as session:
        sources.sync_sources(session, [(ODD, ODD, url)], NOW)
        link = FoundLink(url, url, title=ODD, published=ODD, guid=ODD, summary=ODD, fingerprint=ODD)
        assert pages.add_links(session, ODD, [link], NOW) == 1
        assert pages.add_links(session, ODD, [link], NOW) == 0
        page = pages.find_page(session, url)
        assert page is not None
        pages.record_failure(session, page.id, ODD, now=NOW, temporary=True, next_try_at=NOW)
        pages.save_fetched(session, page.id, FetchedPage(url, 200, ODD, b"\x00\xff", NOW, ODD, ODD), NOW)
        pages.mark_read(session, page.id, ODD, now=NOW)
        ids = articles.save_article(session, page.id, article, [report], NOW)
        (stored,) = articles.stored_reports(session, ids)
        state = sources.load_states(session, [ODD])[ODD]
        poll = sources.PollRecord(NOW, sources.PollOutcome.FAILED, error=ODD)
        sources.record_poll(session, state, replace(state, last_error=ODD, alarms={"failing": NOW}), poll)
        record = digests.DigestRecord("all", "csv", None, None, ODD, 1, "0" * 64, NOW)
        digests.record_digest(session, record)
        assert companies.find_companies(session, ODD) == [stored.parties[0].company_id]
        assert deals.search(session, DealQuery(text=ODD, party=ODD, focus=ODD, source=ODD)) == []
    with database.reading() as session:
        (stored,) = articles.stored_reports(session, ids)
        assert (stored.title, stored.publisher, stored.url) == (KEPT, KEPT, f"https://wire.example/{KEPT}")
        assert (stored.report.headline, stored.report.focus) == (KEPT, (KEPT,))
        assert stored.report.parties[0].name == KEPT
        kept = articles.load_article(session, stored.article_id)
        (proof,) = stored.report.evidence
        assert kept.text[proof.start : proof.end] == proof.quote
        assert pages.load_body(session, page.id) == b"\x00\xff"
        (past,) = history(session, ODD)
        assert past.error == KEPT
        written = digests.digest_of(session, "all", None, None)
        assert written == replace(record, path=KEPT)


def _sync(database: Database, name: str) -> None:
    with database.session() as session:
        sources.sync_sources(session, [(name, "feed", "https://wire.example")], NOW)


def test_what_is_too_long_is_refused(database: Database) -> None:
    _sync(database, "名" * 255)
    with pytest.raises(InvalidRecord, match="名…' has 256 characters; at most 255 can be kept"):
        _sync(database, "名" * 256)
    with database.reading() as session:
        assert [source.state.name for source in health(session)] == ["名" * 255]


def test_a_language_that_is_none_is_named(database: Database) -> None:
    def save() -> None:
        with database.session() as session:
            page_id = add_page(session, "https://wire.example/1")
            articles.save_article(session, page_id, make_article(language="en-of-the-far-north"), [], NOW)

    with pytest.raises(InvalidRecord, match="'en-of-the-far-north' has 19 characters; at most 16 can be kept"):
        save()


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**30])
def test_a_number_that_no_deal_or_company_can_have_is_not_there(database: Database, number: int) -> None:
    with database.reading() as session:
        for ask in (deals.get, deals.revisions, company_judgements.get_company):
            with pytest.raises(NotFound, match=str(number)):
                ask(session, number)
        for after in (f"newest~2026-11-05~{number}", f"newest~{number}~1"):
            if number:
                with pytest.raises(InvalidRecord, match="is no cursor"):
                    deals.search(session, DealQuery(after=after))


def test_a_limit_beyond_all_numbers_is_none(database: Database) -> None:
    with database.session() as session:
        deal = add_deal(session, "https://wire.example/1")
        assert [view.id for view in deals.search(session, DealQuery(limit=10**30))] == [deal]


def test_subsidiaries_come_in_one_order(database: Database) -> None:
    names = ["zeta b", "Zeta C", "Alpha", "Éclair", "beta"]
    with database.session() as session:
        parent = companies.resolve_company(session, Party("Aquila", Role.PARTNER))
        for name in names:
            child = companies.resolve_company(session, Party(name, Role.PARTNER))
            session.get_one(Company, child).parent_id = parent
    with database.reading() as session:
        shown = company_judgements.get_company(session, parent).subsidiaries
    assert [name for _, name in shown] == ["Alpha", "beta", "Éclair", "zeta b", "Zeta C"]


def test_times_days_and_numbers_come_back_as_they_were(database: Database) -> None:
    times = [datetime(1, 1, 1, tzinfo=UTC), NOW.replace(microsecond=1), NOW, datetime.max.replace(tzinfo=UTC), LATER]
    days = [date.min, date(1999, 12, 31), date(2026, 11, 5), date.max, date(2000, 2, 29)]
    amounts = [Decimal("0.0000000001"), Decimal(10) ** 28 - 1, Decimal("0.1"), Decimal("9.99"), Decimal(10)]
    confidences = [0.1 + 0.2, 1 / 3, 5e-324, 1.0, 0.0]
    with database.session() as session:
        for number, (at, day, amount, sure) in enumerate(zip(times, days, amounts, confidences, strict=True)):
            report = make_report(announced_on=day, value=Value(amount, "USD"), confidence=sure)
            deal = session.get_one(Deal, add_deal(session, f"https://wire.example/{number}", report))
            deal.first_seen = deal.updated_at = at
    with database.reading() as session:
        query = select(Deal.first_seen, Deal.day, Deal.value_amount, Deal.confidence).order_by(Deal.id)
        assert session.execute(query).all() == list(zip(times, days, amounts, confidences, strict=True))
        for column, values in ((Deal.first_seen, times), (Deal.day, days), (Deal.value_amount, amounts)):
            assert list(session.scalars(select(column).order_by(column))) == sorted(values)
            for value in values:
                assert session.scalars(select(column).where(column == value)).all() == [value]


def test_json_keeps_what_it_is_given_and_orders_its_keys(database: Database) -> None:
    notes = ["Ω", "", "1", 'a "quoted" \\ word', "\U0001f91d", "line\nline"]
    with database.session() as session:
        sources.sync_sources(session, [("wire", "feed", "https://wire.example")], NOW)
        wire = sources.load_states(session, ["wire"])["wire"]
        sources.save_state(session, wire, replace(wire, last_notes=tuple(notes)))
    with database.reading() as session:
        assert health(session)[0].state.last_notes == tuple(notes)
