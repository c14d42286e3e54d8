"""Where the reports of a deal contradict what the deal says: kept, and shown beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.merging import same_amount
from storage.deal_shapes import DealView
from storage.records import DealFacts, StoredReport
from storage.vocabulary import DatePrecision


@dataclass(frozen=True, slots=True)
class Disagreement:
    """``field`` is ``said`` otherwise (as text) by the reports at ``urls``."""

    field: str
    said: str
    urls: tuple[str, ...]


def disagreements(facts: DealFacts | DealView, reports: Sequence[StoredReport]) -> tuple[Disagreement, ...]:
    """What reports say against the deal's own facts: another type, role, amount of the same kind, or day announced.

    An earlier status is no contradiction, nor is what a report leaves out. The same whatever order the reports are in.
    """
    told: dict[tuple[str, str], set[str]] = {}
    for report in reports:
        for said in _against(facts, report):
            told.setdefault(said, set()).add(report.url)
    return tuple(
        Disagreement(field, said, tuple(sorted(urls)))
        for (field, said), urls in sorted(told.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1]))
    )


def _against(facts: DealFacts | DealView, report: StoredReport) -> list[tuple[str, str]]:
    said = report.report
    found: list[tuple[str, str]] = []
    if said.type is not facts.type and facts.type not in said.also and said.type not in facts.also:
        found.append(("type", said.type.value))
    value = said.value
    # In another currency, or of another kind, it may well be the same amount.
    if (
        value is not None
        and facts.value is not None
        and (value.currency, value.kind) == (facts.value.currency, facts.value.kind)
        and not same_amount(value, facts.value)
    ):
        found.append(("value", str(value)))
    if _other_day(facts, said.announced_on, said.announced_precision):
        found.append(("announced_on", str(said.announced_on)))
    roles = {party.company_id: party.role for party in facts.parties}
    if said.type is facts.type:
        found += [
            ("role", f"{party.name}: {party.role.value}")
            for party in report.parties
            if party.company_id in roles and roles[party.company_id] is not party.role
        ]
    return found


def _other_day(facts: DealFacts | DealView, day: date | None, precision: DatePrecision | None) -> bool:
    exact = (DatePrecision.DAY, DatePrecision.TIME, None)
    if day is None or facts.announced_on is None or precision not in exact or facts.announced_precision not in exact:
        return False
    return day != facts.announced_on
