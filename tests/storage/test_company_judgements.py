"""What people say of companies, and that nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import articles
from storage.companies import find_companies, resolve_company
from storage.company_judgements import (
    get_company,
    give_alias,
    ledger_of_companies,
    merge_companies,
    split_company,
)
from storage.database import Database
from storage.errors import InvalidRecord, NotFound
from storage.models import Company, CompanyAlias, Report, ReportParty
from storage.records import Party
from storage.vocabulary import JudgementKind, Role
from tests.storage.builders import LATER, NOW, add_page, make_article, make_report


def said(session: Session, *parties: tuple[str, str | None]) -> int:
    """A report that names these (name, dictionary's name) as partners; its id."""
    number = len(session.scalars(select(Report.id)).all())
    page = add_page(session, f"https://wire.example/{number}")
    report = make_report(parties=tuple(Party(name, Role.PARTNER, known) for name, known in parties), evidence=())
    return articles.save_article(session, page, make_article(f"Title {number}\n\nText."), [report], NOW)[0]


def companies_of(session: Session, report_id: int) -> list[int]:
    query = select(ReportParty.company_id).where(ReportParty.report_id == report_id).order_by(ReportParty.ordinal)
    return list(session.scalars(query))


class Said(TypedDict):
    by: str
    reason: str
    now: datetime


def by() -> Said:
    return {"by": "mai", "reason": "told so", "now": LATER}


def test_a_merged_company_brings_its_names_and_reports_and_stays_findable(database: Database) -> None:
    with database.session() as session:
        one = said(session, ("Brightwell", None), ("Aquila", None))
        other = said(session, ("Bright Well Optics", None), ("光井", "Bright Well Optics"))
        keep, gone = companies_of(session, one)[0], companies_of(session, other)[0]
        merge_companies(session, keep, gone, **by())
        assert companies_of(session, other) == [keep, keep]
        assert find_companies(session, "光井") == find_companies(session, "bright well optics") == [keep]
        # Whatever is read from now on obeys.
        assert companies_of(session, said(session, ("BRIGHT WELL OPTICS INC.", None)))[0] == keep
        assert companies_of(session, said(session, ("光井股份", "Bright Well Optics")))[0] == keep
        assert get_company(session, gone).merged_into == (keep, "Brightwell")
        assert get_company(session, keep).judged == {"Bright Well Optics", "光井"}
        [entry] = ledger_of_companies(session, gone)
        assert (entry.kind, entry.company_id, entry.other_company_id, entry.by, entry.reason, entry.at) == (
            JudgementKind.MERGE_COMPANIES, keep, gone, "mai", "told so", LATER,
        )  # fmt: skip
        with pytest.raises(InvalidRecord, match="was merged into"):
            merge_companies(session, one, gone, **by())


def test_a_merge_is_undone_by_a_split(database: Database) -> None:
    with database.session() as session:
        one = said(session, ("Brightwell", None))
        other = said(session, ("Bright Well Optics", None), ("Oakline", None))
        keep, gone = companies_of(session, one)[0], companies_of(session, other)[0]
        merge_companies(session, keep, gone, **by())
        back, _ = split_company(session, keep, ["bright well optics"], **by())
        assert back == gone
        assert companies_of(session, other)[0] == gone
        assert companies_of(session, one) == [keep]
        assert companies_of(session, said(session, ("Bright Well Optics", None))) == [gone]
        assert [entry.kind for entry in ledger_of_companies(session)] == [
            JudgementKind.MERGE_COMPANIES,
            JudgementKind.SPLIT_COMPANY,
        ]


def test_a_name_is_split_off_the_company_that_the_dictionary_gives_it_to(database: Database) -> None:
    with database.session() as session:
        whole = said(session, ("Veltrin", "Veltrin"))
        part = said(session, ("Veltrin Cloud", "Veltrin"))
        company = companies_of(session, whole)[0]
        assert companies_of(session, part) == [company]
        new, _ = split_company(session, company, ["Veltrin Cloud"], **by())
        assert companies_of(session, part) == [new] != [company]
        assert companies_of(session, whole) == [company]
        assert companies_of(session, said(session, ("Veltrin Cloud GmbH", "Veltrin"))) == [new]
        assert companies_of(session, said(session, ("VELTRIN", "Veltrin"))) == [company]
        assert get_company(session, new).names == ("Veltrin Cloud",)


def test_an_alias_takes_the_name_from_whoever_had_it(database: Database) -> None:
    with database.session() as session:
        report = said(session, ("Quill", "Quill Semiconductor"), ("Aquila", None))
        other = companies_of(session, said(session, ("Quill Paper", None)))[0]
        give_alias(session, other, "Quill", **by())
        assert companies_of(session, report)[0] == other
        assert find_companies(session, "quill") == [other]
        with pytest.raises(InvalidRecord, match="dealwire companies merge"):
            give_alias(session, other, "Aquila Inc.", **by())


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        (lambda session, one: merge_companies(session, one, one, **by()), InvalidRecord, "with itself"),
        (lambda session, one: merge_companies(session, one, 999, **by()), NotFound, "no company 999"),
        (lambda session, one: split_company(session, one, ["Zeta"], **by()), InvalidRecord, "does not go by 'Zeta'"),
        (lambda session, one: split_company(session, one, ["Aquila"], **by()), InvalidRecord, "is known by"),
        (lambda session, one: split_company(session, one, [], **by()), InvalidRecord, "no name"),
        (lambda session, one: get_company(session, 2**40), NotFound, "no company"),
    ],
)
def test_what_makes_no_sense_is_refused_and_writes_nothing(
    database: Database, wrong: Callable[[Session, int], object], error: type[Exception], told: str
) -> None:
    with database.session() as session:
        one = companies_of(session, said(session, ("Aquila", None)))[0]
    with pytest.raises(error, match=told), database.session() as session:
        wrong(session, one)
    with database.reading() as session:
        assert ledger_of_companies(session) == []
        assert session.scalars(select(Company.merged_into_id)).all() == [None]
        assert session.scalars(select(CompanyAlias.judged)).all() == [False]


def test_names_in_any_order_of_merges_end_in_one_company(database: Database) -> None:
    with database.session() as session:
        a, b, c = (resolve_company(session, Party(name, Role.PARTNER)) for name in ("Alder", "Birch", "Cedar"))
        merge_companies(session, b, c, **by())
        merge_companies(session, a, b, **by())
        for name in ("Alder", "Birch", "Cedar"):
            assert resolve_company(session, Party(name, Role.PARTNER)) == a
        assert get_company(session, c).merged_into == (a, "Alder")
