"""What a list shows of a deal and other tables hold, kept once more in the deal's own row (``deal.summary``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from sqlalchemy.orm import Session

from storage.deal_views import load_children
from storage.records import ResolvedParty
from storage.told import Told, told_of
from storage.vocabulary import DealType


class Summary(TypedDict):
    """``parties`` are [name, role], in order; ``first_url`` is the page of the earliest report."""

    parties: list[list[str]]
    also: list[str]
    focus: list[str]
    languages: list[str]
    reports: int
    first_url: str


def summary_of(parties: Sequence[ResolvedParty], also: Sequence[DealType], focus: Sequence[str], told: Told) -> Summary:
    """What ``deal.summary`` is to hold."""
    return Summary(
        parties=[[party.name, party.role.value] for party in parties],
        also=[deal_type.value for deal_type in also],
        focus=list(focus),
        languages=list(told.languages),
        reports=told.reports,
        first_url=told.first_url,
    )


def summaries(session: Session, deal_ids: Sequence[int]) -> dict[int, Summary]:
    """The summary of each of these deals, out of the tables that it repeats."""
    children = load_children(session, deal_ids)
    found: dict[int, Summary] = {}
    for deal_id, told in told_of(session, deal_ids).items():
        of_deal = children[deal_id]
        found[deal_id] = summary_of(of_deal.parties, of_deal.also(), of_deal.focus(), told)
    return found
