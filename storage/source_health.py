"""How the sources do: what is remembered of each, what its polls and pages gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import NotFound
from storage.models import DealFacet, Page, Source, SourcePoll
from storage.pages import LEFT_OUT
from storage.sources import STATE_COLUMNS, PollOutcome, SourceState, state_of
from storage.vocabulary import PageState


@dataclass(frozen=True, slots=True)
class SourceYield:
    """What the polls gave that are kept (at most ``storage.sources.POLLS_KEPT``, the first of them at ``since``)."""

    polls: int = 0
    since: datetime | None = None  # aware UTC
    failed: int = 0  # polls
    new: int = 0  # links never seen before, at any source
    pages_read: int = 0
    pages_failed: int = 0
    deals: int = 0  # first reported there


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source does. ``configured`` is False for one that is in no configuration any more; deals and pages are all
    that were ever found there.
    """

    state: SourceState
    configured: bool
    lately: SourceYield
    pages_found: int
    pages_waiting: int  # to be fetched or read
    pages_read: int
    pages_failed: int  # set aside
    deals: int


@dataclass(frozen=True, slots=True)
class PastPoll:
    """One of the last polls of a source."""

    at: datetime
    outcome: PollOutcome
    found: int
    new: int
    overlap: float | None
    error: str | None
    pages_read: int  # until the next poll
    pages_failed: int
    deals: int


def health(session: Session) -> list[SourceHealth]:
    """Every source, by name, with its counts."""
    pages: dict[int, dict[PageState, int]] = {}
    counted = select(Page.source_id, Page.state, func.count()).group_by(Page.source_id, Page.state)
    counted = counted.where(Page.outcome.is_distinct_from(LEFT_OUT))
    for source_id, state, count in session.execute(counted):
        pages.setdefault(source_id, {})[state] = count
    in_deals = select(DealFacet.value, func.count()).where(DealFacet.kind == "source").group_by(DealFacet.value)
    deals = dict(session.execute(in_deals).all())
    yields = _yields(session)
    query = select(*STATE_COLUMNS, Source.active).order_by(Source.name)
    return [
        _health(state_of(row), row["active"], pages.get(row["id"], {}), deals.get(row["name"], 0), yields)
        for row in session.execute(query).mappings()
    ]


def history(session: Session, name: str) -> list[PastPoll]:
    """The last polls of a source, the newest first. Raises NotFound."""
    source_id = session.scalar(select(Source.id).where(Source.name == name))
    if source_id is None:
        raise NotFound(f"there is no source called {name!r}; `dealwire sources` lists those there are")
    query = select(SourcePoll).where(SourcePoll.source_id == source_id).order_by(SourcePoll.at.desc())
    return [_past(poll) for poll in session.scalars(query)]


def _past(poll: SourcePoll) -> PastPoll:
    return PastPoll(
        at=poll.at,
        outcome=PollOutcome(poll.outcome),
        found=poll.found,
        new=poll.new,
        overlap=poll.overlap,
        error=poll.error,
        pages_read=poll.pages_read,
        pages_failed=poll.pages_failed,
        deals=poll.deals,
    )


def _yields(session: Session) -> dict[int, SourceYield]:
    query = select(
        SourcePoll.source_id,
        func.count(),
        func.min(SourcePoll.at),
        func.count().filter(SourcePoll.outcome == PollOutcome.FAILED.value),
        func.sum(SourcePoll.new),
        func.sum(SourcePoll.pages_read),
        func.sum(SourcePoll.pages_failed),
        func.sum(SourcePoll.deals),
    ).group_by(SourcePoll.source_id)
    return {
        source_id: SourceYield(polls, since, failed, int(new), int(read), int(unread), int(deals))
        for source_id, polls, since, failed, new, read, unread, deals in session.execute(query)
    }


def _health(
    state: SourceState, active: bool, pages: dict[PageState, int], deals: int, yields: dict[int, SourceYield]
) -> SourceHealth:
    return SourceHealth(
        state=state,
        configured=active,
        lately=yields.get(state.id, SourceYield()),
        pages_found=sum(pages.values()),
        pages_waiting=pages.get(PageState.FOUND, 0) + pages.get(PageState.FETCHED, 0),
        pages_read=pages.get(PageState.READ, 0),
        pages_failed=pages.get(PageState.SET_ASIDE, 0),
        deals=deals,
    )
