"""The configured sources, when each is due, and how looking there has gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storage.errors import NotFound
from storage.models import DealFacet, Page, Source
from storage.pages import LEFT_OUT
from storage.vocabulary import PageState


@dataclass(frozen=True, slots=True)
class SourceValidators:
    """What a source said its last answer was, to ask it for changes only; ``cursor``: how far it has been read."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class SourceBeginning:
    """When a source was added (aware UTC), and whether it has been polled with success since."""

    added_at: datetime
    polled: bool


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source does. Times are aware UTC; ``last_found`` and ``last_new`` count the last good poll's links."""

    name: str
    kind: str
    url: str
    active: bool
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str | None
    failures_in_row: int
    next_poll_at: datetime | None
    last_found: int
    last_new: int
    notes: tuple[str, ...]
    pages_found: int  # all pages ever found there
    pages_waiting: int  # to be fetched or read
    pages_read: int
    pages_failed: int  # set aside
    deals: int


def sync_sources(
    session: Session,
    sources: Iterable[tuple[str, str, str]],
    now: datetime,
    *,
    retire_others: bool = False,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Make the table know these (name, kind, url); with ``retire_others`` the rest are no longer polled.

    Nothing is deleted: a retired source keeps its pages, and comes back when configured again. A changed
    address forgets the validators and is due at once; so do all, when a source is retired that leaves pages waiting:
    who names those too takes them over, and "unchanged" would not name them. ``settings`` has, by name, a hash (at most
    64 characters) of what else decides which links a look gives; changed settings are as good as a changed address.
    """
    known = {source.name: source for source in session.scalars(select(Source))}
    wanted: set[str] = set()
    for name, kind, url in sources:
        wanted.add(name)
        source = known.get(name)
        if source is None:
            source = Source(name=name, kind=kind, url=url, added_at=now, active=True)
            session.add(source)
            source.settings = (settings or {}).get(name)
            known[name] = source
            continue
        told = (settings or {}).get(name, source.settings)
        if (source.kind, source.url, source.settings) != (kind, url, told):
            source.kind, source.url, source.settings = kind, url, told
            source.cursor = None
            _forget(source)
        source.active = True
    if retire_others:
        retired = [source for name, source in known.items() if source.active and name not in wanted]
        for source in retired:
            source.active = False
        waiting = select(Page.id).where(
            Page.source_id.in_([source.id for source in retired]), Page.state != PageState.READ
        )
        if retired and session.scalar(waiting.limit(1)) is not None:
            for name in wanted:
                _forget(known[name])
    session.flush()


def due_sources(session: Session, now: datetime) -> list[str]:
    """The names of the active sources whose time has come, the longest waiting first."""
    due = or_(Source.next_poll_at.is_(None), Source.next_poll_at <= now)
    never_first = Source.next_poll_at.is_(None).desc()
    query = select(Source.name).where(Source.active, due).order_by(never_first, Source.next_poll_at, Source.id)
    return list(session.scalars(query))


def validators_of(session: Session, name: str) -> SourceValidators:
    """What to send with the next poll of this source; all None when it is new. Raises NotFound."""
    source = _source(session, name)
    return SourceValidators(source.etag, source.last_modified, source.body_hash, source.cursor)


def beginning_of(session: Session, name: str) -> SourceBeginning:
    """When a source was first known, and whether a look there ever worked. Raises NotFound."""
    source = _source(session, name)
    return SourceBeginning(source.added_at, source.last_success_at is not None)


def record_poll(
    session: Session,
    name: str,
    *,
    now: datetime,
    validators: SourceValidators,
    found: int,
    new: int,
    not_modified: bool,
    notes: Sequence[str] = (),
    next_poll_at: datetime | None = None,
) -> None:
    """Record a poll that worked. Call it in the transaction that adds its links, or a crash between loses them.

    Unchanged (``not_modified``) keeps the counts of the last poll that brought something. Raises NotFound.
    """
    source = _source(session, name)
    source.last_poll_at = source.last_success_at = now
    source.failures_in_row = 0
    source.next_poll_at = next_poll_at
    source.last_notes = list(notes)
    if not_modified:
        source.etag = validators.etag or source.etag
        source.last_modified = validators.last_modified or source.last_modified
        source.body_hash = validators.body_hash or source.body_hash
        source.cursor = validators.cursor or source.cursor
        source.last_new = 0
    else:
        source.etag, source.last_modified = validators.etag, validators.last_modified
        source.body_hash, source.cursor = validators.body_hash, validators.cursor
        source.last_found, source.last_new = found, new
    session.flush()


def record_poll_failure(
    session: Session, name: str, *, now: datetime, error: str, next_poll_at: datetime | None = None
) -> int:
    """Record a poll that failed; how many have failed in a row. Raises NotFound."""
    source = _source(session, name)
    source.last_poll_at = source.last_error_at = now
    source.last_error = error
    source.failures_in_row += 1
    source.next_poll_at = next_poll_at
    session.flush()
    return source.failures_in_row


def postpone(session: Session, name: str, *, until: datetime) -> None:
    """Say when a source is due again. Raises NotFound."""
    _source(session, name).next_poll_at = until
    session.flush()


def health(session: Session) -> list[SourceHealth]:
    """Every source, by name, with its counts."""
    pages: dict[int, dict[PageState, int]] = {}
    counted = select(Page.source_id, Page.state, func.count()).group_by(Page.source_id, Page.state)
    counted = counted.where(Page.outcome.is_distinct_from(LEFT_OUT))
    for source_id, state, count in session.execute(counted):
        pages.setdefault(source_id, {})[state] = count
    in_deals = select(DealFacet.value, func.count()).where(DealFacet.kind == "source").group_by(DealFacet.value)
    deals = dict(session.execute(in_deals).all())
    return [
        _health(source, pages.get(source.id, {}), deals.get(source.name, 0))
        for source in session.scalars(select(Source).order_by(Source.name))
    ]


def _health(source: Source, pages: dict[PageState, int], deals: int) -> SourceHealth:
    notes = source.last_notes if isinstance(source.last_notes, list) else []
    return SourceHealth(
        name=source.name,
        kind=source.kind,
        url=source.url,
        active=source.active,
        last_poll_at=source.last_poll_at,
        last_success_at=source.last_success_at,
        last_error_at=source.last_error_at,
        last_error=source.last_error,
        failures_in_row=source.failures_in_row,
        next_poll_at=source.next_poll_at,
        last_found=source.last_found,
        last_new=source.last_new,
        notes=tuple(str(note) for note in notes),
        pages_found=sum(pages.values()),
        pages_waiting=pages.get(PageState.FOUND, 0) + pages.get(PageState.FETCHED, 0),
        pages_read=pages.get(PageState.READ, 0),
        pages_failed=pages.get(PageState.SET_ASIDE, 0),
        deals=deals,
    )


def _forget(source: Source) -> None:
    """What the source said last is no use any more: look again, now."""
    source.etag = source.last_modified = source.body_hash = None
    source.next_poll_at = None


def _source(session: Session, name: str) -> Source:
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        raise NotFound(f"there is no source called {name!r}; `dealwire sources` lists those there are")
    return source
