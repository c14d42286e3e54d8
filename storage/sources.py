"""The configured sources, when each is due, and all that is remembered of one between two polls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, or_, select, update
from sqlalchemy.orm import Session, load_only

from storage.columns import storable
from storage.errors import NotFound
from storage.models import Page, Source, SourcePoll
from storage.upsert import insert_or_replace
from storage.vocabulary import PageState

#: So many polls of each source are kept, the newest.
POLLS_KEPT = 50
#: So many hex digits of a link's key are remembered of the last answer.
KEY_DIGITS = 16
_KEY_BYTES = KEY_DIGITS // 2
_BATCH = 400  # names in one SELECT: well under the limits of both databases


@dataclass(frozen=True, slots=True)
class SourceState:
    """All that is remembered of a source between two polls. Times are aware UTC; what it means decides the caller.

    ``arrivals`` are the times (seconds since 1970, ascending) at which its newest items came out, ``texts`` the lengths
    (characters, oldest first) of the last texts read from its pages, 0 for a page that gave none. ``alarms`` maps the
    alarms that are on to when they began.
    """

    id: int
    name: str
    kind: str
    url: str  # as configured
    added_at: datetime
    polls: int = 0  # all there were
    # What it said its last answer was, to ask it for changes only; how far it has been read.
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None
    verified_at: datetime | None = None  # when it was last asked without, or in spite of, its validators
    distrusted_since: datetime | None = None  # it said "unchanged" when it had changed
    # How looking there has gone.
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
    failures_in_row: int = 0
    successes_in_row: int = 0
    failing_since: datetime | None = None
    last_found: int = 0  # links of the last good poll that was not "unchanged"
    last_new: int = 0
    last_notes: tuple[str, ...] = ()
    # When to look again, and why then.
    next_poll_at: datetime | None = None
    next_poll_why: str | None = None
    # Its rhythm.
    arrivals: tuple[int, ...] = ()
    overlap: float | None = None  # 0 to 1: of the links of the last two different answers
    turnover_seconds: float | None = None  # the shortest time lately in which all its links were replaced by others
    turnover_at: datetime | None = None
    ttl_seconds: float | None = None  # for how long its document says to be kept
    missed_at: datetime | None = None  # when items may last have come and gone between two polls
    empty_since: datetime | None = None  # it answers, without a single link
    texts: tuple[int, ...] = ()
    # Where it moved: an address it redirects to for good, since when, and how many polls in a row saw that.
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_times: int = 0
    retired_at: datetime | None = None  # it said that it is gone for good
    alarms: Mapping[str, datetime] = field(default_factory=dict)


class PollOutcome(StrEnum):
    """How one poll went."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One poll, for the history. ``overlap`` is None where there was nothing to compare."""

    at: datetime
    outcome: PollOutcome
    found: int = 0
    new: int = 0
    overlap: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PagesRead:
    """What became of pages of one source since its last poll: ``texts`` as in SourceState, of these pages only."""

    texts: tuple[int, ...] = ()
    read: int = 0
    failed: int = 0
    deals: int = 0  # new ones


def sync_sources(
    session: Session,
    sources: Iterable[tuple[str, str, str]],
    now: datetime,
    *,
    retire_others: bool = False,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Make the table know these (name, kind, url); with ``retire_others`` the rest are no longer polled.

    Nothing is deleted: a source that is not configured keeps its pages, and comes back when it is again. A changed
    address forgets all that was learnt of the old one and is due at once. All are due, without their validators, when a
    source goes that leaves pages waiting: who names those too takes them over, and "unchanged" would not name them.
    ``settings`` has, by name, a hash (at most 64 characters) of what else decides which links a look gives; changed
    settings are as good as a changed address.
    """
    compared = load_only(Source.name, Source.kind, Source.url, Source.settings, Source.active)  # asked at every tick
    known = {source.name: source for source in session.scalars(select(Source).options(compared))}
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
            _begin_anew(source)
        source.active = True
    if retire_others:
        gone = [source for name, source in known.items() if source.active and name not in wanted]
        for source in gone:
            source.active = False
        waiting = select(Page.id).where(
            Page.source_id.in_([source.id for source in gone]), Page.state != PageState.READ
        )
        if gone and session.scalar(waiting.limit(1)) is not None:
            for name in wanted:
                _forget_answer(known[name])
    session.flush()


def due_sources(session: Session, now: datetime) -> list[str]:
    """The names of the active sources whose time has come, the longest waiting first; never those retired."""
    due = or_(Source.next_poll_at.is_(None), Source.next_poll_at <= now)
    never_first = Source.next_poll_at.is_(None).desc()
    query = (
        select(Source.name)
        .where(Source.active, Source.retired_at.is_(None), due)
        .order_by(never_first, Source.next_poll_at, Source.id)
    )
    return list(session.scalars(query))


def retired_sources(session: Session) -> set[str]:
    """The names of the sources that said they are gone for good."""
    return set(session.scalars(select(Source.name).where(Source.retired_at.is_not(None))))


def load_states(session: Session, names: Collection[str]) -> dict[str, SourceState]:
    """What is remembered of these sources, by name. Raises NotFound."""
    wanted = list(dict.fromkeys(names))
    states: dict[str, SourceState] = {}
    for start in range(0, len(wanted), _BATCH):
        query = select(*STATE_COLUMNS).where(Source.name.in_(wanted[start : start + _BATCH]))
        states |= {row["name"]: state_of(row) for row in session.execute(query).mappings()}
    for name in wanted:
        if storable(name) not in states:
            raise NotFound(f"there is no source called {name!r}; `dealwire sources` lists those there are")
    return {name: states[storable(name)] for name in wanted}


def save_state(session: Session, before: SourceState, after: SourceState) -> None:
    """Write what is different."""
    changed = {
        name: _stored(getattr(after, name)) for name in _STATE_FIELDS if getattr(after, name) != getattr(before, name)
    }
    if changed:
        session.execute(
            update(Source).where(Source.id == before.id).values(changed).execution_options(synchronize_session=False)
        )


def record_poll(session: Session, before: SourceState, after: SourceState, poll: PollRecord) -> None:
    """Write a source's new state and add a poll to its history, from which the oldest then drops out.

    Call it in the transaction that adds the poll's links, or a crash between loses them. A poll that goes on with the
    one before (``after.polls`` is the same) takes its place.
    """
    save_state(session, before, after)
    row = {
        "source_id": after.id, "slot": after.polls % POLLS_KEPT, "at": poll.at, "outcome": poll.outcome.value,
        "found": poll.found, "new": poll.new, "overlap": poll.overlap, "error": poll.error,
        "pages_read": 0, "pages_failed": 0, "deals": 0,
    }  # fmt: skip
    insert_or_replace(session, SourcePoll, row)


def record_pages(session: Session, before: SourceState, after: SourceState, pages: PagesRead) -> None:
    """Write a source's new state and count these pages to its last poll."""
    save_state(session, before, after)
    session.execute(
        update(SourcePoll)
        .where(SourcePoll.source_id == after.id, SourcePoll.slot == after.polls % POLLS_KEPT)
        .values(
            pages_read=SourcePoll.pages_read + pages.read,
            pages_failed=SourcePoll.pages_failed + pages.failed,
            deals=SourcePoll.deals + pages.deals,
        )
        .execution_options(synchronize_session=False)
    )


def last_links(session: Session, source_id: int) -> frozenset[str]:
    """The keys (KEY_DIGITS hex digits each) of the links in the last answer that had any; none before the first."""
    packed = session.scalar(select(Source.last_links).where(Source.id == source_id)) or b""
    return frozenset(packed[at : at + _KEY_BYTES].hex() for at in range(0, len(packed), _KEY_BYTES))


def keep_links(session: Session, source_id: int, keys: Collection[str]) -> None:
    """Remember the links of an answer, by keys of hex digits, of which the first KEY_DIGITS count."""
    packed = b"".join(sorted({bytes.fromhex(key[:KEY_DIGITS]) for key in keys}))
    session.execute(
        update(Source)
        .where(Source.id == source_id)
        .values(last_links=packed)
        .execution_options(synchronize_session=False)
    )


def state_of(row: RowMapping) -> SourceState:
    """The state in a row that has the columns of the table."""
    values = {name: row[name] for name in _STATE_FIELDS}
    for name in ("last_notes", "arrivals", "texts"):
        values[name] = tuple(values[name] or ())
    values["alarms"] = {kind: datetime.fromisoformat(since) for kind, since in (values["alarms"] or {}).items()}
    return SourceState(**values)


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {kind: since.isoformat() for kind, since in value.items()}
    return value


def _begin_anew(source: Source) -> None:
    """Another address, other settings: nothing that was learnt counts any more but the counts themselves."""
    _forget_answer(source)
    source.cursor = source.verified_at = source.distrusted_since = None
    source.arrivals, source.last_links = [], None
    source.overlap = source.turnover_seconds = source.turnover_at = source.ttl_seconds = None
    source.missed_at = source.empty_since = None
    source.moved_to = source.moved_since = source.retired_at = None
    source.moved_times = source.failures_in_row = source.successes_in_row = 0
    source.failing_since = source.last_error = source.last_error_at = None
    source.texts = []


def _forget_answer(source: Source) -> None:
    """What the source said last is no use any more: look again, now."""
    source.etag = source.last_modified = source.body_hash = None
    source.next_poll_at = source.next_poll_why = None


_STATE_FIELDS = tuple(field.name for field in fields(SourceState))
STATE_COLUMNS = tuple(getattr(Source, name) for name in _STATE_FIELDS)
