"""What a list shows of a deal and other tables hold, kept once more in the deal's own row (``deal.summary``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.deal_views import load_children
from storage.models import Article, Page, Report
from storage.records import ResolvedParty
from storage.vocabulary import DealType


class Summary(TypedDict):
    """``parties`` are [name, role], in order; ``first_url`` is the page of the earliest report."""

    parties: list[list[str]]
    also: list[str]
    focus: list[str]
    languages: list[str]
    reports: int
    first_url: str


class Told(NamedTuple):
    """What the reports of a deal add to its row."""

    languages: tuple[str, ...] = ()
    reports: int = 0
    first_url: str = ""


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


def told(reports: Sequence[tuple[datetime, int, str, str]]) -> Told:
    """``reports`` are the time (published, else first seen), id, language and URL of each."""
    # Languages in the alphabet's order: that of the reports is an accident of who was read first.
    languages = sorted({language for _, _, language, _ in reports})
    return Told(tuple(languages), len(reports), min(reports)[3] if reports else "")


def summaries(session: Session, deal_ids: Sequence[int]) -> dict[int, Summary]:
    """The summaries of these deals, out of the tables that they repeat."""
    query = (
        select(
            Report.deal_id, Article.published_at, Article.first_seen, Report.id, Article.language, Page.canonical_url
        )
        .join(Article, Article.id == Report.article_id)
        .join(Page, Page.id == Article.page_id)
        .where(Report.deal_id.in_(deal_ids))
    )
    reports: dict[int, list[tuple[datetime, int, str, str]]] = {deal_id: [] for deal_id in deal_ids}
    for deal_id, published_at, first_seen, report_id, language, url in session.execute(query):
        if deal_id is not None:
            reports[deal_id].append((published_at or first_seen, report_id, language, url))
    return {
        deal_id: summary_of(children.parties, children.also(), children.focus(), told(reports[deal_id]))
        for deal_id, children in load_children(session, deal_ids).items()
    }
