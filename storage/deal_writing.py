"""Writing deals as resolution decided them, and the deals it may decide between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.columns import storable
from storage.deal_summary import summary_of
from storage.deal_text import deal_words, write_text
from storage.deal_views import facts_of, load_children
from storage.errors import InvalidRecord, NotFound
from storage.models import (
    Deal,
    DealFacet,
    DealParty,
    DealRevision,
    Report,
    ReportParty,
)
from storage.records import DealFacts, ResolvedParty
from storage.staleness import mark_stale
from storage.told import Told, told_of

_TICK = timedelta(microseconds=1)


def save_deal(
    session: Session,
    facts: DealFacts,
    report_ids: Sequence[int],
    *,
    now: datetime,
    deal_id: int | None = None,
    because: int | None = None,
) -> int:
    """Write a deal (a new one without ``deal_id``) and give it these reports; its id.

    Reports that belonged to another deal leave it: that one becomes stale, or goes when it has no reports left.
    Reports of this deal that are not named stay with it. What changed in an existing deal is added to its revisions,
    with the report ``because`` of which it did; the same again writes nothing. Clears ``stale``.
    Raises NotFound, InvalidRecord.
    """
    facts = _tidy(facts)
    deal = _new(facts, now) if deal_id is None else session.get(Deal, deal_id)
    if deal is None:
        raise NotFound(f"there is no deal {deal_id}")
    if deal_id is None:
        session.add(deal)
        session.flush()
    else:
        # The version of a deal, by which digests know what they told: never twice the same, whatever the clock does.
        now = max(now, deal.updated_at + _TICK)
    moved = _take_reports(session, deal.id, report_ids)
    told = told_of(session, [deal.id])[deal.id]
    day = facts.announced_on or told.first_day
    if day is None or not told.reports:
        raise InvalidRecord(f"deal {deal.id} has no report; a deal is written with the reports that tell of it")
    before = None if deal_id is None else facts_of(deal, load_children(session, [deal.id])[deal.id])
    if before != facts or deal.day != day:
        _write_fields(deal, facts, day)
        if before is not None:
            _revise(session, deal.id, before, facts, now, because)
        deal.updated_at = now
    parties_differ = _write_parties(session, deal.id, day, facts.parties)
    if _write_facets(session, deal.id, day, facts, told) or parties_differ or moved:
        deal.updated_at = now
    write_text(session, deal.id, day, deal_words(facts.headline, [party.name for party in facts.parties], told))
    summary = summary_of(facts.parties, facts.also, facts.focus, told)
    if deal.summary != summary:
        deal.summary = summary
    if deal.stale:
        deal.stale = False
    session.flush()
    return deal.id


def _tidy(facts: DealFacts) -> DealFacts:
    """As the tables hold it: a company once, with its first role; a focus once; the primary type not repeated."""
    parties: dict[int, ResolvedParty] = {}
    for party in facts.parties:
        parties.setdefault(party.company_id, replace(party, name=storable(party.name)))
    return replace(
        facts,
        parties=tuple(parties.values()),
        also=tuple(dict.fromkeys(deal_type for deal_type in facts.also if deal_type is not facts.type)),
        focus=tuple(dict.fromkeys(facts.focus)),
        headline=storable(facts.headline),
    )


def _new(facts: DealFacts, now: datetime) -> Deal:
    deal = Deal(first_seen=now, updated_at=now, stale=False)
    _write_fields(deal, facts, facts.announced_on or now.astimezone(UTC).date())
    return deal


def _write_fields(deal: Deal, facts: DealFacts, day: date) -> None:
    deal.type = facts.type
    deal.status = facts.status
    deal.technology = facts.technology
    deal.day = day
    deal.announced_on = facts.announced_on
    deal.announced_precision = facts.announced_precision
    deal.value_amount = None if facts.value is None else facts.value.amount
    deal.value_currency = None if facts.value is None else facts.value.currency
    deal.value_kind = None if facts.value is None else facts.value.kind
    deal.confidence = facts.confidence
    deal.headline = facts.headline


def _take_reports(session: Session, deal_id: int, report_ids: Sequence[int]) -> bool:
    """Give the deal these reports; whether any came that was not its own."""
    rows = dict(session.execute(select(Report.id, Report.deal_id).where(Report.id.in_(report_ids))).all())
    missing = [report_id for report_id in report_ids if report_id not in rows]
    if missing:
        raise NotFound(f"there is no report {missing[0]}")
    coming = [report_id for report_id, owner in rows.items() if owner != deal_id]
    if not coming:
        return False
    session.execute(
        update(Report)
        .where(Report.id.in_(coming))
        .values(deal_id=deal_id)
        .execution_options(synchronize_session="fetch")
    )
    mark_stale(session, {owner for owner in rows.values() if owner is not None and owner != deal_id})
    return True


def _write_parties(session: Session, deal_id: int, day: date, parties: Sequence[ResolvedParty]) -> bool:
    """Make the parties these, and the companies that only reports name; whether anything was written."""
    wanted: dict[int, tuple[object, ...]] = {
        party.company_id: (day, ordinal, party.role, party.name, False) for ordinal, party in enumerate(parties)
    }
    named = (
        select(ReportParty.company_id, ReportParty.role, ReportParty.name)
        .join(Report, Report.id == ReportParty.report_id)
        .where(Report.deal_id == deal_id)
        .order_by(ReportParty.report_id, ReportParty.ordinal)
    )
    for company_id, role, name in session.execute(named):
        wanted.setdefault(company_id, (day, len(wanted), role, name, True))
    rows = {row.company_id: row for row in session.scalars(select(DealParty).where(DealParty.deal_id == deal_id))}
    held = {key: (row.day, row.ordinal, row.role, row.name, row.named_only) for key, row in rows.items()}
    if held == wanted:
        return False
    for party_row in rows.values():
        session.delete(party_row)
    session.flush()
    columns = ("day", "ordinal", "role", "name", "named_only")
    session.execute(
        insert(DealParty),
        [
            {"deal_id": deal_id, "company_id": company_id, **dict(zip(columns, row, strict=True))}
            for company_id, row in wanted.items()
        ],
    )
    return True


def _write_facets(session: Session, deal_id: int, day: date, facts: DealFacts, told: Told) -> bool:
    """Make the facets those of the facts; whether anything was written."""
    wanted = {
        (kind, value): (day, ordinal)
        for kind, values in (
            ("type", [facts.type.value, *(deal_type.value for deal_type in facts.also)]),
            ("focus", list(facts.focus)),
            ("status", [facts.status.value]),
            ("role", list(dict.fromkeys(party.role.value for party in facts.parties))),
            ("language", told.languages),
            ("source", told.sources),
        )
        for ordinal, value in enumerate(values)
    }
    rows = {
        (row.kind, row.value): row for row in session.scalars(select(DealFacet).where(DealFacet.deal_id == deal_id))
    }
    if {key: (row.day, row.ordinal) for key, row in rows.items()} == wanted:
        return False
    for key, row in rows.items():
        if key in wanted:
            row.day, row.ordinal = wanted[key]
        else:
            session.delete(row)
    for (kind, value), (facet_day, ordinal) in wanted.items():
        if (kind, value) not in rows:
            session.add(DealFacet(deal_id=deal_id, kind=kind, value=value, day=facet_day, ordinal=ordinal))
    session.flush()
    return True


def _revise(
    session: Session, deal_id: int, before: DealFacts, after: DealFacts, now: datetime, because: int | None
) -> None:
    old, new = _said(before), _said(after)
    changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if changes:
        session.add(DealRevision(deal_id=deal_id, report_id=because, at=now, changes=changes))


def _said(facts: DealFacts) -> dict[str, str]:
    """The fields whose change is worth a revision, as text. Confidence moves with every report and is not."""
    return {
        "type": facts.type.value,
        "also": "; ".join(facts.also),
        "parties": "; ".join(f"{party.name} ({party.role})" for party in facts.parties),
        "focus": "; ".join(facts.focus),
        "value": "" if facts.value is None else str(facts.value),
        "status": facts.status.value,
        "technology": "yes" if facts.technology else "no",
        "announced_on": "" if facts.announced_on is None else facts.announced_on.isoformat(),
        "headline": facts.headline,
    }
