"""Fetching a page anew because its source tells of an edit: another title, another time of change. Only then, since
many pages are another at every fetch; and ever more rarely while it brings nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Page
from storage.vocabulary import PageState

#: The least time between two fetches of one page for edits; doubled with each that brought nothing.
SHORTEST_WAIT = timedelta(hours=6)
_MOST_DOUBLINGS = 8
_BATCH = 400


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of a page now. ``changed`` is its word for the state of the page: a time, as a rule."""

    title: str | None
    summary: str | None
    guid: str | None
    changed: str | None


def heed(session: Session, source_id: int, told: Mapping[int, Told], now: datetime) -> None:
    """Put pages that their source tells another thing of than before back to be fetched, each in its time.

    Only what the page's own source says counts: two sources may call one page by different titles for ever.
    """
    ids = sorted(told)
    for start in range(0, len(ids), _BATCH):
        query = select(Page).where(Page.id.in_(ids[start : start + _BATCH]), Page.source_id == source_id)
        for page in session.scalars(query):
            says = told[page.id]
            edited = _differs(page.link_title, says.title) or _differs(page.link_updated, says.changed)
            page.link_title = says.title or page.link_title
            page.link_updated = says.changed or page.link_updated
            page.link_summary = says.summary or page.link_summary
            page.guid = says.guid or page.guid
            if edited:
                _fetch_again(page if page.same_as_id is None else session.get_one(Page, page.same_as_id), now)
    session.flush()


def was_worth_it(page: Page) -> None:
    """The last fetch brought something: the next edit is fetched without a longer wait."""
    if page.idle_refetches:
        page.idle_refetches = 0


def _fetch_again(page: Page, now: datetime) -> None:
    if page.read_at is None or page.state in (PageState.FOUND, PageState.FETCHED):
        return  # it is to be fetched or read anyway
    wait = SHORTEST_WAIT * (1 << min(page.idle_refetches, _MOST_DOUBLINGS))
    page.refetch_at = now if page.refetch_at is None else max(now, page.refetch_at + wait)
    page.idle_refetches += 1
    page.state = PageState.FOUND
    page.next_try_at = page.refetch_at
    page.attempts = page.out_of_reach = 0
    page.failing_since = page.last_error = None


def _differs(before: str | None, now: str | None) -> bool:
    return before is not None and now is not None and before.casefold().split() != now.casefold().split()
