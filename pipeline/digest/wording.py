"""What a digest says of a deal to people: money, marks of what is new, conditions, and the days of a digest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pipeline.spreadsheet import format_number
from storage.records import Value
from storage.vocabulary import ValueKind

if TYPE_CHECKING:
    from pipeline.digest.periods import Span
    from storage.deals import DealEvidence, DealQuery, DealView

#: Fields whose values a mark tells; of the others it only says that they changed.
_TOLD_IN_FULL = ("status", "type", "value", "announced_on")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a deal differs from what its readers knew: new, or ``changes`` from what to what, by field.

    Neither: there are further reports, and the facts stayed as they were.
    """

    new: bool
    changes: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A deal of a digest. ``mark`` is None where there is nothing to compare with."""

    view: DealView
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the deals. ``made_at`` is aware UTC; None says nothing of when and for which conditions."""

    title: str
    conditions: str = ""
    made_at: datetime | None = None


def value_text(value: Value | None) -> str:
    """Money for people: ``USD 1,200,000,000``, ``up to EUR 5,000,000``, ``55 %``; empty when there is none."""
    if value is None:
        return ""
    amount = format_number(value.amount)
    whole, point, rest = amount.partition(".")
    amount = f"{int(whole):,}{point}{rest}"
    if value.kind is ValueKind.STAKE_PERCENT or value.currency is None:
        return f"{amount} %"
    before = {ValueKind.UP_TO: "up to ", ValueKind.UPFRONT: "upfront "}.get(value.kind, "")
    after = {ValueKind.PER_SHARE: " per share", ValueKind.PER_YEAR: " per year"}.get(value.kind, "")
    return f"{before}{value.currency} {amount}{after}"


def words(name: str) -> str:
    """A word of the vocabulary for people: ``joint venture``."""
    return name.replace("_", " ")


def mark_text(mark: Mark) -> str:
    """``new``, or ``updated: status announced → completed; headline, parties``."""
    if mark.new:
        return "new"
    told = [
        f"{words(name)} {_said(name, before)} → {_said(name, after)}"
        for name in _TOLD_IN_FULL
        if name in mark.changes
        for before, after in [mark.changes[name]]
    ]
    rest = ", ".join(sorted(words(name) for name in mark.changes if name not in _TOLD_IN_FULL))
    return "updated: " + ("; ".join([*told, *([rest] if rest else [])]) or "further reports")


def quotes(view: DealView) -> tuple[DealEvidence, ...]:
    """The sentences that prove a deal to a reader: one for what it is, and one for its value if the first lacks it."""
    chosen: list[DealEvidence] = []
    for field in ("type", "value"):
        proofs = [proof for proof in view.evidence if proof.field == field]
        proofs.sort(key=lambda proof: proof.quote == view.headline)  # which is read already
        if not any(proof.url == first.url and proof.quote in first.quote for proof in proofs for first in chosen):
            beside = [proof for proof in proofs if chosen and proof.url == chosen[0].url]
            chosen += [proof for proof in (beside or proofs)[:1] if not chosen or proof.quote != view.headline]
    return tuple(chosen)


def _said(name: str, text: str) -> str:
    if not text:
        return "unknown"
    if name == "value":
        amount, *rest = text.split()
        try:
            return value_text(Value(Decimal(amount), rest[0] if len(rest) > 1 else None, ValueKind(rest[-1])))
        except (InvalidOperation, IndexError, ValueError):
            return text
    return words(text)


def span_text(span: Span) -> str:
    """The days of a digest for its title: ``2026-W46 (2026-11-09 to 2026-11-15)``."""
    if span.since is None or span.until is None or span.since == span.until or "_to_" in span.label:
        return words(span.label)
    return f"{span.label} ({span.since} to {span.until})"


def conditions_text(query: DealQuery) -> str:
    """Which deals a query takes: ``technology deals; type licensing; party Nokia``."""
    return "; ".join(_conditions(query))


def _conditions(query: DealQuery) -> Iterator[str]:
    yield {True: "technology deals", False: "other than technology deals", None: "all business deals"}[query.technology]
    for name in ("type", "status", "focus"):
        value = getattr(query, name)
        if value is not None:
            yield f"{name} {' or '.join(map(words, (value,) if isinstance(value, str) else value))}"
    for name, said in (("role", "role"), ("party", "party"), ("other_party", "and party")):
        if getattr(query, name) is not None:
            yield f"{said} {getattr(query, name)}"
    if query.with_subsidiaries:
        yield "subsidiaries too"
    for name in ("language", "source"):
        if getattr(query, name) is not None:
            yield f"{name} {getattr(query, name)}"
    if query.text is not None:
        yield f"with the words “{query.text}”"
    for said, amount in (("at least", query.min_value), ("at most", query.max_value)):
        if amount is not None:
            yield f"worth {said} {value_text(Value(amount, query.currency or '')).strip()}"
    if query.currency is not None and query.min_value is None and query.max_value is None:
        yield f"in {query.currency}"
    if query.value_kind is not None:
        yield f"value {words(query.value_kind)}"
    if query.updated_since is not None:
        yield f"found or changed since {query.updated_since:%Y-%m-%d}"
    if query.since is not None or query.until is not None:
        days = (f"from {query.since}" if query.since else "", f"to {query.until}" if query.until else "")
        yield " ".join(("announced", *filter(None, days)))
    if query.min_confidence > 0:
        yield f"confidence at least {query.min_confidence:g}"
