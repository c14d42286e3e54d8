"""A person overrules resolution: at once, for what comes later, and when everything is read again."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipeline.judging import (
    Person,
    give_alias,
    merge_companies,
    merge_deals,
    split_company,
    split_deal,
)
from pipeline.resolver import resolve_reports
from storage import articles, deals
from storage.companies import find_companies
from storage.database import Database
from storage.errors import InvalidRecord, NotFound
from storage.judgements import RESOLUTION, ledger_of_deal
from storage.records import Party, Report
from storage.vocabulary import JudgementKind, Role
from tests.storage.builders import LATER, NOW, add_page, make_article, make_report

MAI = Person("mai", "the two plants are one project", LATER)


def told(database: Database, number: int, *reports: Report) -> list[int]:
    """An article with these reports, read and resolved; the deals they are in."""
    with database.session() as session:
        page = add_page(session, f"https://outlet{number}.example/{number}")
        article = make_article(f"Title {number}\n\nText {number}.", published_at=NOW + timedelta(hours=number))
        ids = articles.save_article(session, page, article, reports, NOW)
        resolve_reports(session, ids, now=NOW)
        return [report.deal_id or 0 for report in articles.stored_reports(session, ids)]


def between(acquirer: str, target: str, **fields: object) -> Report:
    parties = (Party(acquirer, Role.ACQUIRER), Party(target, Role.TARGET))
    return replace(make_report(evidence=()), parties=parties, **fields)  # type: ignore[arg-type]


def reports_by_deal(database: Database) -> set[frozenset[str]]:
    with database.reading() as session:
        return {
            frozenset(report.url for report in view.reports)
            for view in deals.iter_deals(session, deals.DealQuery(technology=None))
        }


def urls(*numbers: int) -> frozenset[str]:
    return frozenset(f"https://outlet{number}.example/{number}" for number in numbers)


def test_merged_deals_are_one_and_later_reports_join_it(database: Database) -> None:
    [one] = told(database, 1, between("Aquila", "Borealis"))
    [other] = told(database, 2, between("Cygnus", "Draco"))
    assert one != other
    assert merge_deals(database, [one, other], MAI) == one
    assert told(database, 3, between("Cygnus", "Draco")) == [one]
    assert reports_by_deal(database) == {urls(1, 2, 3)}
    with database.reading() as session:
        assert deals.get(session, other).id == one  # the number that a digest named still leads there
        entry = next(entry for entry in ledger_of_deal(session, one) if entry.kind is JudgementKind.MERGE_DEALS)
        assert (entry.by, entry.reason, entry.at, entry.other_deal_id) == ("mai", MAI.reason, LATER, other)


def test_what_was_merged_can_be_split_and_merged_again(database: Database) -> None:
    [one] = told(database, 1, between("Aquila", "Borealis"))
    [other] = told(database, 2, between("Cygnus", "Draco"))
    merge_deals(database, [one, other], MAI)
    away, rest = split_deal(database, one, ["https://outlet2.example/2"], MAI)
    assert rest == one != away
    assert reports_by_deal(database) == {urls(1), urls(2)}
    merge_deals(database, [away, rest], MAI)
    assert reports_by_deal(database) == {urls(1, 2)}


def test_split_reports_stay_apart_although_they_say_the_same(database: Database) -> None:
    same = between("Aquila", "Borealis")
    for number in (1, 2, 3):
        [deal] = told(database, number, same)
    with database.reading() as session:
        second = deals.get(session, deal).reports[1]
    away, rest = split_deal(database, deal, [str(second.id)], MAI)
    assert (away, rest) == (deal + 1, deal)
    told(database, 4, same)
    assert {len(members) for members in reports_by_deal(database)} in ({1, 3}, {2})
    assert not any(urls(1, 2) <= members for members in reports_by_deal(database))


def test_a_judgement_outlives_another_reading_of_the_article(database: Database) -> None:
    told(database, 1, between("Aquila", "Borealis"))
    [other] = told(database, 2, between("Cygnus", "Draco"))
    merge_deals(database, [1, other], MAI)
    told(database, 2)  # a reading that finds no deal in it
    assert reports_by_deal(database) == {urls(1)}
    told(database, 2, between("Cygnus", "Draco", headline="read anew"))
    assert reports_by_deal(database) == {urls(1, 2)}


@pytest.mark.parametrize("seed", range(8))
def test_judged_deals_do_not_depend_on_the_order_of_reports_or_of_judging(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    wanted = {
        1: between("Aquila", "Borealis"),
        2: between("Aquila", "Borealis"),
        3: between("Cygnus", "Draco"),
        4: between("Cygnus", "Draco"),
        5: between("Eridanus", "Fornax"),
    }
    numbers = list(wanted)
    chance.shuffle(numbers)
    before = chance.randint(2, 5)
    for number in numbers[:before]:
        told(database, number, wanted[number])
    pending = numbers[before:]
    while not {1, 2, 3, 5}.isdisjoint(pending):
        number = pending.pop()
        told(database, number, wanted[number])
    deal = {url: view.id for view in _views(database) for url in (report.url for report in view.reports)}
    split_deal(database, deal["https://outlet1.example/1"], ["https://outlet1.example/1"], MAI)
    merge_deals(database, [deal["https://outlet3.example/3"], deal["https://outlet5.example/5"]], MAI)
    for number in pending:
        told(database, number, wanted[number])
    assert reports_by_deal(database) == {urls(1), urls(2), urls(3, 4, 5)}


def _views(database: Database) -> list[deals.DealView]:
    with database.reading() as session:
        return list(deals.iter_deals(session, deals.DealQuery(technology=None)))


def test_resolution_writes_down_why_reports_are_together(database: Database) -> None:
    told(database, 1, between("Aquila", "Borealis"))
    [deal] = told(database, 2, between("Aquila", "Borealis"))
    with database.reading() as session:
        [entry] = ledger_of_deal(session, deal)
    assert (entry.kind, entry.by, entry.url) == (JudgementKind.JOIN, RESOLUTION, "https://outlet2.example/2")
    assert entry.reason == "the same parties; the same type; 0 days apart; the same amount"
    assert entry.score == 1.0


def test_merging_companies_derives_their_deals_anew(database: Database) -> None:
    [one] = told(database, 1, between("Aquila", "Borealis"))
    [other] = told(database, 2, between("Eagle Holdings", "Borealis", announced_on=date(2026, 11, 6)))
    with database.reading() as session:
        [aquila], [eagle] = find_companies(session, "Aquila"), find_companies(session, "Eagle Holdings")
    assert one != other
    assert merge_companies(database, aquila, eagle, MAI) == ()
    assert reports_by_deal(database) == {urls(1, 2)}
    [view] = _views(database)
    assert [party.name for party in view.parties] == ["Aquila", "Borealis"]
    new, _ = split_company(database, aquila, ["Eagle Holdings"], MAI)
    assert new == eagle
    assert reports_by_deal(database) == {urls(1), urls(2)}
    give_alias(database, aquila, "Adler", MAI)
    assert told(database, 3, between("Adler", "Borealis")) == [one]


def test_what_makes_no_sense_is_refused(database: Database) -> None:
    [one] = told(database, 1, between("Aquila", "Borealis"))
    with pytest.raises(InvalidRecord, match="one deal already"):
        merge_deals(database, [one, one], MAI)
    with pytest.raises(NotFound, match="no deal 77"):
        merge_deals(database, [one, 77], MAI)
    with pytest.raises(NotFound, match="dealwire show 1"):
        split_deal(database, one, ["https://elsewhere.example/"], MAI)
    with pytest.raises(InvalidRecord, match="all and nothing"):
        split_deal(database, one, ["https://outlet1.example/1"], MAI)
