"""The JSON that leaves dealwire: what ``extract``, ``deals --json`` and ``show --json`` print.

One shape for a deal everywhere; a stored deal has its id, history and reports beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

from storage.records import Article, Evidence, Party, Report, ResolvedParty, Value
from storage.vocabulary import DatePrecision

if TYPE_CHECKING:
    from pipeline.disagreements import Disagreement
    from storage.deals import DealChange, DealReport, DealView
    from storage.edits import Edit
    from storage.judgements import LedgerEntry


class PartyJson(TypedDict):
    name: str
    role: str


class ValueJson(TypedDict):
    amount: int | float
    currency: str | None
    kind: str


class EvidenceJson(TypedDict):
    """``quote`` is the article's text from character ``start`` to ``end``."""

    field: str
    quote: str
    start: int
    end: int


class StoredEvidenceJson(EvidenceJson):
    """``url`` is the article whose text it is from."""

    url: str


class _FactsJson(TypedDict):
    type: str
    also: list[str]
    parties: list[PartyJson]
    focus: list[str]
    value: ValueJson | None
    status: str
    technology: bool
    announced_on: str | None
    confidence: float


class DealJson(_FactsJson):
    """A deal as one document tells it."""

    evidence: list[EvidenceJson]


class TimelineJson(TypedDict):
    status: str
    on: str | None
    url: str


class ReportJson(TypedDict):
    id: int
    url: str
    title: str
    language: str
    published: str | None
    source: str


class RevisionJson(TypedDict):
    """``changes`` maps a field to what it was and what it became, as text."""

    at: str
    changes: dict[str, list[str]]
    url: str | None


class _IdJson(TypedDict):
    id: int
    headline: str


class StoredDealJson(_FactsJson, _IdJson):
    """A deal of the history: the same facts, with its id, how it went, and the reports it was told by."""

    evidence: list[StoredEvidenceJson]
    timeline: list[TimelineJson]
    reports: list[ReportJson]
    first_seen: str
    updated: str


class MarkJson(TypedDict):
    """How a deal differs from what its readers knew; ``changes`` maps a field to what it was and is, as text."""

    new: bool
    changes: dict[str, list[str]]


class MarkedDealJson(StoredDealJson):
    """A deal in a webhook's message; ``mark`` is null where there is nothing to compare with."""

    mark: MarkJson | None


class DisagreementJson(TypedDict):
    """What the articles at ``urls`` say of a field against the deal's own value."""

    field: str
    said: str
    urls: list[str]


class JudgementJson(TypedDict):
    """Why reports are in this deal or no longer: ``by`` is a person or "resolution", ``url`` that of the article."""

    at: str
    kind: str
    by: str
    reason: str
    score: float | None
    deal: int | None
    other_deal: int | None
    url: str | None


class EditJson(TypedDict):
    """An article that was edited: what it was called before, and what after."""

    at: str
    url: str
    title: str
    now: str


class ShownDealJson(StoredDealJson):
    """What ``show --json`` prints: the deal, its revisions, what its reports contradict, why they are together."""

    revisions: list[RevisionJson]
    disagreements: list[DisagreementJson]
    judgements: list[JudgementJson]
    edits: list[EditJson]


class DocumentJson(TypedDict):
    """One document and the deals it reports."""

    source: str
    title: str
    language: str
    published: str | None
    is_deal: bool
    deals: list[DealJson]


def document_json(source: str, article: Article, reports: Sequence[Report]) -> DocumentJson:
    """What ``extract`` prints of one document; ``source`` is its path or URL as the user gave it."""
    return DocumentJson(
        source=source,
        title=article.title,
        language=article.language,
        published=moment_text(article.published_at, article.published_precision),
        is_deal=bool(reports),
        deals=[report_json(report) for report in reports],
    )


def report_json(report: Report) -> DealJson:
    """A report in the shape of a deal."""
    return DealJson(
        **_facts_json(report),
        evidence=[evidence_json(evidence) for evidence in report.evidence],
    )


def stored_deal_json(view: DealView) -> StoredDealJson:
    """A deal of the history."""
    return StoredDealJson(
        id=view.id,
        headline=view.headline,
        **_facts_json(view),
        evidence=[
            StoredEvidenceJson(field=proof.field, quote=proof.quote, start=proof.start, end=proof.end, url=proof.url)
            for proof in view.evidence
        ],
        timeline=[
            TimelineJson(status=step.status.value, on=step.on.isoformat() if step.on else None, url=step.url)
            for step in view.timeline
        ],
        reports=[_report_reference(report) for report in view.reports],
        first_seen=instant(view.first_seen),
        updated=instant(view.updated_at),
    )


def marked_deal_json(view: DealView, mark: MarkJson | None) -> MarkedDealJson:
    """A deal of a digest that tells what is new."""
    return MarkedDealJson(**stored_deal_json(view), mark=mark)


def shown_deal_json(
    view: DealView,
    revisions: Sequence[DealChange],
    disagreements: Sequence[Disagreement] = (),
    ledger: Sequence[LedgerEntry] = (),
    edits: Sequence[Edit] = (),
) -> ShownDealJson:
    """A deal of the history with what changed in it, what was said otherwise, and why its reports are together."""
    told = [
        RevisionJson(
            at=instant(change.at), changes={name: list(pair) for name, pair in change.changes.items()}, url=change.url
        )
        for change in revisions
    ]
    return ShownDealJson(
        **stored_deal_json(view),
        revisions=told,
        disagreements=[DisagreementJson(field=one.field, said=one.said, urls=list(one.urls)) for one in disagreements],
        judgements=[
            JudgementJson(
                at=instant(entry.at), kind=entry.kind.value, by=entry.by, reason=entry.reason, score=entry.score,
                deal=entry.deal_id, other_deal=entry.other_deal_id, url=entry.url,
            )
            for entry in ledger
        ],
        edits=[EditJson(at=instant(edit.at), url=edit.url, title=edit.title, now=edit.now) for edit in edits],
    )  # fmt: skip


def _facts_json(told: Report | DealView) -> _FactsJson:
    return _FactsJson(
        type=told.type.value,
        also=[also.value for also in told.also],
        parties=[party_json(party) for party in told.parties],
        focus=list(told.focus),
        value=value_json(told.value),
        status=told.status.value,
        technology=told.technology,
        announced_on=day_text(told.announced_on, told.announced_precision),
        confidence=round(told.confidence, 3),
    )


def _report_reference(report: DealReport) -> ReportJson:
    published = moment_text(report.published, report.published_precision)
    return ReportJson(
        id=report.id,
        url=report.url,
        title=report.title,
        language=report.language,
        published=published,
        source=report.source,
    )


def party_json(party: Party | ResolvedParty) -> PartyJson:
    """A party by the name the text gives it, or, once resolved, by the name to show."""
    return PartyJson(name=party.name, role=party.role.value)


def value_json(value: Value | None) -> ValueJson | None:
    """Money as a plain number; None when the document names no value."""
    if value is None:
        return None
    return ValueJson(amount=_number(value.amount), currency=value.currency, kind=value.kind.value)


def evidence_json(evidence: Evidence) -> EvidenceJson:
    """The proof of one field."""
    return EvidenceJson(field=evidence.field, quote=evidence.quote, start=evidence.start, end=evidence.end)


def day_text(day: date | None, precision: DatePrecision | None) -> str | None:
    """``2026-11-05``, or only as much of it as is known: ``2026-11``, ``2026``."""
    if day is None:
        return None
    text = _iso(day)
    if precision is DatePrecision.YEAR:
        return text[:4]
    return text[:7] if precision is DatePrecision.MONTH else text


def instant(moment: datetime) -> str:
    """A point in time in UTC, to the second: ``2026-11-05T10:00:00+00:00``."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # isoformat itself takes several times as long, and a digest of a million deals has two million of these.
    return f"{_iso(moment.date())}T{_TWO[moment.hour]}:{_TWO[moment.minute]}:{_TWO[moment.second]}+00:00"


_iso = lru_cache(maxsize=8192)(date.isoformat)
_TWO = tuple(f"{number:02}" for number in range(60))


def moment_text(moment: datetime | None, precision: DatePrecision | None) -> str | None:
    """A date of publication, as much of it as is known: with the time in UTC, a day, a month, or a year."""
    if moment is None:
        return None
    if precision in (None, DatePrecision.TIME):
        return instant(moment)
    return day_text(moment.date(), precision)


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


#: Characters inside strings that some readers of JSON Lines take for the end of a line.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def json_line(value: DealJson | DocumentJson | StoredDealJson) -> str:
    """One object on one line, readable in every script, without the line's end."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, out of broken JSON in some page
        return json.dumps(value, allow_nan=False)
    return line
