"""A person overrules resolution: two deals are one, one is two; two companies are one, one is two, whose a name is.

Each is written into the ledger and obeyed at once, and from then on whatever is read, or read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.resolver import Unsettled, refresh_deals, resolve_reports
from storage import articles, company_judgements, deals
from storage.database import Database
from storage.errors import InvalidRecord, NotFound
from storage.judgements import record_deal_judgement


@dataclass(frozen=True, slots=True)
class Person:
    """Who judges, and why; ``at`` is aware UTC."""

    name: str
    reason: str
    at: datetime


def merge_deals(database: Database, deal_ids: Sequence[int], person: Person) -> int:
    """Make one deal of these; its id. Raises NotFound, InvalidRecord."""
    with database.session() as session:
        ids = list(dict.fromkeys(deals.get(session, deal_id).id for deal_id in deal_ids))
        if len(ids) < 2:
            raise InvalidRecord("these are one deal already; name two deals or more")
        first, *others = (_reports(session, deal_id) for deal_id in ids)
        for deal_id, reports in zip(ids[1:], others, strict=True):
            record_deal_judgement(
                session, (first, reports), together=True, by=person.name, reason=person.reason, now=person.at,
                deal_id=ids[0], other_deal_id=deal_id,
            )  # fmt: skip
        resolve_reports(session, [*first, *(report for reports in others for report in reports)], now=person.at)
        return _deal_of(session, first[0])


def split_deal(database: Database, deal_id: int, reports: Sequence[str], person: Person) -> tuple[int, int]:
    """Take reports, named by number or address, out of a deal: the ids of the deal they are in now, and of the rest.

    Raises NotFound, InvalidRecord.
    """
    with database.session() as session:
        view = deals.get(session, deal_id)
        by_name = {name: report.id for report in view.reports for name in (str(report.id), report.url)}
        strange = next((name for name in reports if name not in by_name), None)
        if strange is not None:
            raise NotFound(f"deal {view.id} has no report {strange}; `dealwire show {view.id}` lists those it has")
        leaving = {by_name[name] for name in reports}
        staying = {report.id for report in view.reports} - leaving
        if not leaving or not staying:
            raise InvalidRecord(f"deal {view.id} is to be split into all and nothing; name some of its reports")
        record_deal_judgement(
            session, (leaving, staying), together=False, by=person.name, reason=person.reason, now=person.at,
            deal_id=view.id,
        )  # fmt: skip
        resolve_reports(session, sorted(leaving | staying), now=person.at)
        return _deal_of(session, min(leaving)), _deal_of(session, min(staying))


def merge_companies(database: Database, keep: int, other: int, person: Person) -> tuple[Unsettled, ...]:
    """Make ``other`` the company ``keep``, and derive its deals anew. Raises NotFound, InvalidRecord."""
    with database.session() as session:
        touched = company_judgements.merge_companies(
            session, keep, other, by=person.name, reason=person.reason, now=person.at
        )
        return refresh_deals(session, touched, now=person.at)


def split_company(
    database: Database, company_id: int, names: Sequence[str], person: Person
) -> tuple[int, tuple[Unsettled, ...]]:
    """Give these names of a company to one of their own; its id. Raises NotFound, InvalidRecord."""
    with database.session() as session:
        new, touched = company_judgements.split_company(
            session, company_id, names, by=person.name, reason=person.reason, now=person.at
        )
        return new, refresh_deals(session, touched, now=person.at)


def give_alias(database: Database, company_id: int, name: str, person: Person) -> tuple[Unsettled, ...]:
    """Say that a name is this company's. Raises NotFound, InvalidRecord."""
    with database.session() as session:
        touched = company_judgements.give_alias(
            session, company_id, name, by=person.name, reason=person.reason, now=person.at
        )
        return refresh_deals(session, touched, now=person.at)


def _reports(session: Session, deal_id: int) -> list[int]:
    return [report.id for report in articles.reports_of_deal(session, deal_id)]


def _deal_of(session: Session, report_id: int) -> int:
    deal_id = articles.stored_reports(session, [report_id])[0].deal_id
    assert deal_id is not None
    return deal_id
