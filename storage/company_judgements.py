"""What people say of companies: that two are one, that one is two, whose a name is.

A judgement says whose a *name* is, so it holds for every report to come and when everything is read again. It is
written into the ledger with what it moved; no company's row is ever deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from storage.columns import GREATEST
from storage.companies import name_key
from storage.errors import InvalidRecord, NotFound
from storage.models import Company, CompanyAlias, Judgement, Report, ReportParty
from storage.staleness import mark_stale
from storage.vocabulary import JudgementKind

_BATCH = 500


@dataclass(frozen=True, slots=True)
class CompanyView:
    """A company of the history. ``merged_into`` and ``parent`` are (id, name); ``names`` are all it goes by."""

    id: int
    name: str
    names: tuple[str, ...]
    judged: frozenset[str]  # of the names, those that a person gave it
    reports: int
    parent: tuple[int, str] | None
    subsidiaries: tuple[tuple[int, str], ...]
    merged_into: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """A judgement on a company as the ledger has it."""

    id: int
    at: datetime
    kind: JudgementKind
    by: str
    reason: str
    company_id: int
    other_company_id: int | None
    names: tuple[str, ...]


def get_company(session: Session, company_id: int) -> CompanyView:
    """One company. Raises NotFound."""
    company = _get(session, company_id)
    aliases = session.execute(
        select(CompanyAlias.name, CompanyAlias.judged)
        .where(CompanyAlias.company_id == company_id)
        .order_by(CompanyAlias.key)
    ).all()
    reports = select(ReportParty.report_id).where(ReportParty.company_id == company_id).distinct()
    children = select(Company.id, Company.name).where(Company.parent_id == company_id).order_by(Company.key)
    return CompanyView(
        id=company.id,
        name=company.name,
        names=tuple(name for name, _ in aliases),
        judged=frozenset(name for name, judged in aliases if judged),
        reports=len(session.scalars(reports).all()),
        parent=_named(session, company.parent_id),
        subsidiaries=tuple((row.id, row.name) for row in session.execute(children)),
        merged_into=_named(session, company.merged_into_id),
    )


def merge_companies(session: Session, keep: int, other: int, *, by: str, reason: str, now: datetime) -> list[int]:
    """Make ``other`` the company ``keep``: its names and reports go there; ids of the deals to be derived anew.

    Raises NotFound, InvalidRecord.
    """
    if keep == other:
        raise InvalidRecord(f"company {keep} is to be merged with itself; name two")
    kept, gone = _get(session, keep), _get(session, other)
    _live(kept)
    _live(gone)
    rows = session.scalars(select(CompanyAlias).where(CompanyAlias.company_id == other)).all()
    moved = [(row.key, row.name, row.judged) for row in rows]
    keys = {row.key: row.name for row in rows} | {gone.key: gone.name}
    for row in rows:
        session.delete(row)
    session.flush()
    _give_names(session, keep, keys)
    deals = _move(session, select(ReportParty.report_id).where(ReportParty.company_id == other), other, keep)
    session.execute(update(Company).where(Company.parent_id == other).values(parent_id=keep))
    if kept.parent_id == other or kept.parent_id == keep:
        kept.parent_id = gone.parent_id if gone.parent_id != keep else None
    gone.merged_into_id = keep
    session.execute(update(Company).where(Company.merged_into_id == other).values(merged_into_id=keep))
    _write(session, JudgementKind.MERGE_COMPANIES, keep, other, [name for _, name, _ in moved], by, reason, now)
    return deals


def split_company(
    session: Session, company_id: int, names: Sequence[str], *, by: str, reason: str, now: datetime
) -> tuple[int, list[int]]:
    """Take these names from a company for one of their own, with the reports that use them.

    The id of that company (the one that was merged in before, where one of the names is its key) and those of the deals
    to be derived anew. Raises NotFound, InvalidRecord.
    """
    company = _get(session, company_id)
    _live(company)
    wanted = {name_key(name): name.strip() for name in names}
    query = select(CompanyAlias.key, CompanyAlias.name).where(CompanyAlias.company_id == company_id)
    known = dict(session.execute(query).all())
    strange = [name for key, name in wanted.items() if key not in known]
    if strange:
        raise InvalidRecord(f"{company.name} does not go by {strange[0]!r}; it goes by {', '.join(known.values())}")
    if company.key in wanted:
        raise InvalidRecord(
            f"{known[company.key]!r} is the name that {company.name} is known by; split off the other names instead"
        )
    if not wanted:
        raise InvalidRecord("no name is given; say which names are another company's")
    new = _own_company(session, wanted, company_id)
    return new, _take_names(
        session, new, wanted, JudgementKind.SPLIT_COMPANY, company_id, by=by, reason=reason, now=now
    )


def give_alias(session: Session, company_id: int, name: str, *, by: str, reason: str, now: datetime) -> list[int]:
    """Say that ``name`` is this company's, whoever had it before; ids of the deals to be derived anew.

    Raises NotFound, InvalidRecord.
    """
    company = _get(session, company_id)
    _live(company)
    key = name_key(name)
    holder = session.scalar(select(Company).where(Company.key == key))
    if holder is not None and holder.id != company_id and holder.merged_into_id is None:
        raise InvalidRecord(
            f"{name!r} is what company {holder.id} ({holder.name}) is known by; "
            f"to say that they are one, merge them: dealwire companies merge {company_id} {holder.id}"
        )
    wanted = {key: name.strip()}
    return _take_names(session, company_id, wanted, JudgementKind.ALIAS, None, by=by, reason=reason, now=now)


def ledger_of_companies(session: Session, company_id: int | None = None) -> list[CompanyEntry]:
    """Every judgement on this company, or on all of them, oldest first."""
    query = select(Judgement).where(Judgement.company_id.is_not(None)).order_by(Judgement.id)
    if company_id is not None:
        query = query.where(or_(Judgement.company_id == company_id, Judgement.other_company_id == company_id))
    return [
        CompanyEntry(
            id=row.id,
            at=row.at,
            kind=row.kind,
            by=row.by,
            reason=row.reason,
            company_id=row.company_id,
            other_company_id=row.other_company_id,
            names=tuple(map(str, row.details.get("names", []))) if isinstance(row.details, dict) else (),
        )
        for row in session.scalars(query)
        if row.company_id is not None
    ]


def _take_names(
    session: Session,
    to: int,
    wanted: dict[str, str],
    kind: JudgementKind,
    other: int | None,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> list[int]:
    """Give these names (key: spelling) to a company with every report that uses them; the deals these are in."""
    held = select(CompanyAlias).where(CompanyAlias.key.in_(wanted), CompanyAlias.company_id != to)
    holders = set()
    for row in session.scalars(held):
        holders.add(row.company_id)
        session.delete(row)
    session.flush()
    _give_names(session, to, wanted)
    deals: set[int] = set()
    for holder in sorted(holders):
        # Spellings have no keys in the table: those of one company are few.
        query = select(ReportParty.name, ReportParty.known_as).where(ReportParty.company_id == holder).distinct()
        for name, known_as in session.execute(query):
            if name_key(name) in wanted or (known_as is not None and name_key(known_as) in wanted):
                same_known = ReportParty.known_as.is_(None) if known_as is None else ReportParty.known_as == known_as
                using = select(ReportParty.report_id).where(
                    ReportParty.company_id == holder, ReportParty.name == name, same_known
                )
                deals.update(_move(session, using, holder, to, name=name))
    _write(session, kind, to, other, list(wanted.values()), by, reason, now)
    return sorted(deals)


def _give_names(session: Session, company_id: int, names: dict[str, str]) -> None:
    rows = session.scalars(
        select(CompanyAlias).where(CompanyAlias.company_id == company_id, CompanyAlias.key.in_(names))
    )
    known = {row.key: row for row in rows}
    for key, name in names.items():
        if key in known:
            known[key].judged = True
        else:
            session.add(CompanyAlias(company_id=company_id, key=key, name=name, judged=True))
    session.flush()


def _move(session: Session, reports: Select[int], holder: int, to: int, *, name: str | None = None) -> list[int]:
    """Make the parties that ``reports`` (a SELECT of ids) have in ``holder`` those of ``to``; the deals touched."""
    ids = list(dict.fromkeys(session.scalars(reports)))
    deals: set[int] = set()
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        moved = update(ReportParty).where(ReportParty.report_id.in_(part), ReportParty.company_id == holder)
        if name is not None:
            moved = moved.where(ReportParty.name == name)
        session.execute(moved.values(company_id=to).execution_options(synchronize_session=False))
        touched = select(Report.deal_id).where(Report.id.in_(part), Report.deal_id.is_not(None))
        deals.update(deal for deal in session.scalars(touched) if deal is not None)
    session.expire_all()
    for start in range(0, len(deals), _BATCH):
        mark_stale(session, sorted(deals)[start : start + _BATCH])
    return sorted(deals)


def _own_company(session: Session, names: dict[str, str], whole: int) -> int:
    """The company of one of these keys that stands by itself or was merged into the ``whole``; else a new one."""
    free = or_(Company.merged_into_id.is_(None), Company.merged_into_id == whole)
    rows = session.scalars(select(Company).where(Company.key.in_(names), free).order_by(Company.id)).all()
    if rows:
        rows[0].merged_into_id = None
        session.flush()
        return rows[0].id
    key, name = next(iter(names.items()))
    company = Company(key=key, name=name, vouched=False)
    session.add(company)
    session.flush()
    return company.id


def _write(
    session: Session,
    kind: JudgementKind,
    company_id: int,
    other: int | None,
    names: Collection[str],
    by: str,
    reason: str,
    now: datetime,
) -> None:
    session.add(
        Judgement(
            at=now, kind=kind, by=by, reason=reason, company_id=company_id, other_company_id=other,
            details={"names": sorted(names)},
        )
    )  # fmt: skip
    session.flush()


def _live(company: Company) -> None:
    if company.merged_into_id is not None:
        raise InvalidRecord(
            f"company {company.id} ({company.name}) was merged into company {company.merged_into_id}; name that one"
        )


def _get(session: Session, company_id: int) -> Company:
    company = session.get(Company, company_id) if 0 < company_id <= GREATEST else None
    if company is None:
        raise NotFound(f"there is no company {company_id}; `dealwire companies show NAME` finds those there are")
    return company


def _named(session: Session, company_id: int | None) -> tuple[int, str] | None:
    if company_id is None:
        return None
    name = session.scalar(select(Company.name).where(Company.id == company_id))
    return None if name is None else (company_id, name)
