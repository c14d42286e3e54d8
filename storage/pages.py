"""The queue of pages: found -> fetched -> read, or set aside. It is the table itself, so it survives any crash."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import NotFound
from storage.models import Page, PageBody, Source
from storage.page_identity import known_pages, name_pages, trusted_guids, url_key
from storage.refetches import Told, heed
from storage.upsert import insert_or_ignore
from storage.vocabulary import PageState

#: Temporary failures of one page before it is set aside.
MAX_ATTEMPTS = 5
#: Where no answer could be had at all, the fault is as likely ours (no network) as the page's: then it is not set aside
#: before it has failed for this long, however often.
PATIENCE = timedelta(days=7)

#: The outcome of pages that are known and never fetched.
LEFT_OUT = "left_out"

_WAITING = (PageState.FOUND, PageState.FETCHED)
_BATCH = 400  # keys in one SELECT: well under the limits of both databases


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An address found at a source. ``published`` is an ISO 8601 string whose length carries its precision.

    ``fingerprint``, of what can be seen without fetching, is another one when the document itself is. ``identity`` is
    equal for addresses of one document (without it: the canonical one). ``updated`` is when the source says that the
    document was changed, in whatever words.
    """

    url: str
    canonical_url: str
    title: str | None = None
    published: str | None = None
    guid: str | None = None
    summary: str | None = None
    fingerprint: str | None = None
    identity: str | None = None
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What fetching a page gave. ``fetched_at`` is aware UTC."""

    final_url: str
    status: int
    content_type: str | None
    body: bytes
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page and what is known of it, without its body."""

    id: int
    url: str
    canonical_url: str
    source: str
    state: PageState
    attempts: int
    title: str | None
    published: str | None
    guid: str | None
    summary: str | None
    final_url: str | None
    content_type: str | None
    etag: str | None
    last_modified: str | None
    fetched_at: datetime | None  # aware UTC


@dataclass(frozen=True, slots=True)
class Backlog:
    """Pages that are not read. ``next_try_at`` (aware UTC) is when the first of those that wait is due; None: none."""

    waiting: int = 0
    next_try_at: datetime | None = None
    set_aside: int = 0


def add_links(
    session: Session, source_name: str, links: Sequence[FoundLink], now: datetime, *, left_out: bool = False
) -> int:
    """Add the links not known yet as pages to fetch; how many were new. Raises NotFound for an unknown source.
    With ``left_out`` they are not to be fetched: they only become known (until ``readmit``).

    A known address is left as it is, whatever source names it; but one that waits, or was set aside, with a source that
    is no longer active would wait for ever: this source takes it over, to be tried at once. One with another
    fingerprint, or of which its source tells that it was edited, is to be fetched anew.
    """
    source_id = session.scalar(select(Source.id).where(Source.name == source_name))
    if source_id is None:
        raise NotFound(f"there is no source called {source_name!r}; `dealwire sources` lists those there are")
    by_key: dict[str, FoundLink] = {}
    for link in links:
        by_key.setdefault(_identity_key(link), link)
    known = known_pages(session, {key: url_key(link.canonical_url) for key, link in by_key.items()})
    if not left_out:
        _take_over(session, source_id, list(known.values()), now)
    _renew(session, {page: print_ for key, page in known.items() if (print_ := by_key[key].fingerprint)}, now)
    heed(session, source_id, {page: _told(by_key[key]) for key, page in known.items()}, now)
    trusted = trusted_guids((link.guid, _identity_key(link)) for link in links)
    fresh = {url_key(link.canonical_url): (key, link) for key, link in by_key.items() if key not in known}
    rows = [
        {
            "source_id": source_id,
            "url": link.url,
            "canonical_url": link.canonical_url,
            "url_key": spelling,
            "guid": link.guid,
            "fingerprint": link.fingerprint,
            "link_title": link.title,
            "link_published": link.published,
            "link_summary": link.summary,
            "link_updated": link.updated or link.published,
            "found_at": now,
            "state": PageState.READ if left_out else PageState.FOUND,
            "outcome": LEFT_OUT if left_out else None,
            "attempts": 0,
            "out_of_reach": 0,
            "next_try_at": now,
        }
        for spelling, (_, link) in fresh.items()
    ]
    new = insert_or_ignore(session, Page, rows)  # another process may be adding the same links
    known |= {fresh[spelling][0]: page for spelling, page in _ids(session, list(fresh)).items()}
    guids = {key: link.guid if link.guid in trusted else None for key, link in by_key.items()}
    name_pages(session, source_id, {page: (key, guids[key]) for key, page in known.items()})
    return new


def readmit(session: Session, source_name: str, now: datetime) -> int:
    """Queue the pages of a source that were left out after all; how many."""
    query = select(Page.id).join(Source).where(Source.name == source_name, Page.outcome == LEFT_OUT)
    ids = list(session.scalars(query))
    for batch in _batches(ids):
        session.execute(
            update(Page)
            .where(Page.id.in_(batch))
            .values(state=PageState.FOUND, outcome=None, next_try_at=now)
            .execution_options(synchronize_session="fetch")
        )
    return len(ids)


def add_documents(
    session: Session, source_name: str, documents: Sequence[tuple[FoundLink, FetchedPage]], now: datetime
) -> int:
    """Add pages that came along with what is on them, to be read; how many were new. A known address is left as it is.

    Raises NotFound for an unknown source.
    """
    by_key: dict[str, tuple[FoundLink, FetchedPage]] = {}
    for link, fetched in documents:
        by_key.setdefault(_identity_key(link), (link, fetched))
    for key in known_pages(session, {key: url_key(link.canonical_url) for key, (link, _) in by_key.items()}):
        del by_key[key]
    new = add_links(session, source_name, [link for link, _ in by_key.values()], now)
    by_spelling = {url_key(link.canonical_url): fetched for link, fetched in by_key.values()}
    for spelling, page_id in _ids(session, list(by_spelling)).items():
        save_fetched(session, page_id, by_spelling[spelling], now)
    return new


def due_pages(
    session: Session, *, now: datetime, limit: int, source_names: Sequence[str] | None = None
) -> list[PageRef]:
    """Pages to fetch (state found) or to read (state fetched: a run ended between the two), the longest due first."""
    query = (
        select(Page, Source.name)
        .join(Source, Source.id == Page.source_id)
        .where(Page.state.in_(_WAITING), Page.next_try_at <= now)
        .order_by(Page.next_try_at, Page.id)
        .limit(limit)
    )
    if source_names is not None:
        query = query.where(Source.name.in_(source_names))
    return [_ref(page, name) for page, name in session.execute(query)]


def get_page(session: Session, page_id: int) -> PageRef:
    """One page. Raises NotFound."""
    page = _page(session, page_id)
    return _ref(page, session.get_one(Source, page.source_id).name)


def find_page(session: Session, canonical_url: str) -> PageRef | None:
    """The page of this canonical address, if it was ever found."""
    page = session.scalar(select(Page).where(Page.url_key == url_key(canonical_url)))
    return None if page is None else get_page(session, page.id)


def save_fetched(session: Session, page_id: int, fetched: FetchedPage, now: datetime) -> bool:
    """Keep what was fetched; the page is then to be read. False (and it stays as it was) when it was read before
    and its bytes are the same. Raises NotFound.
    """
    page = _page(session, page_id)
    body_hash = hashlib.sha256(fetched.body).hexdigest()
    page.fetched_at = fetched.fetched_at
    page.etag, page.last_modified = fetched.etag, fetched.last_modified
    if page.body_hash == body_hash and page.state is PageState.READ:
        session.flush()
        return False
    page.final_url = fetched.final_url
    page.http_status = fetched.status
    page.content_type = fetched.content_type
    page.body_hash = body_hash
    page.state = PageState.FETCHED
    page.outcome = page.last_error = None
    _clean_slate(page)
    page.next_try_at = now
    packed = zlib.compress(fetched.body, 6)
    body = session.get(PageBody, page_id)
    if body is None:
        session.add(PageBody(page_id=page_id, size=len(fetched.body), zlib=packed))
    else:
        body.size, body.zlib = len(fetched.body), packed
    session.flush()
    return True


def record_failure(
    session: Session,
    page_id: int,
    error: str,
    *,
    now: datetime,
    temporary: bool,
    next_try_at: datetime | None,
    out_of_reach: bool = False,
    max_attempts: int = MAX_ATTEMPTS,
) -> PageState:
    """Record that fetching or reading failed; the page's state then.

    Set aside when the failure is not temporary, when there is no next try, or when the attempts are spent; else
    the page waits in its state until ``next_try_at``. Failures ``out_of_reach`` (no answer could be had) are counted by
    themselves, and spend the attempts only once the page has failed for as long as ``PATIENCE``. Raises NotFound.
    """
    page = _page(session, page_id)
    page.attempts += 1
    page.out_of_reach += out_of_reach
    page.failing_since = page.failing_since or now
    page.last_error = error
    lost = page.out_of_reach >= max_attempts and now - page.failing_since >= PATIENCE
    spent = page.attempts - page.out_of_reach >= max_attempts
    if not temporary or next_try_at is None or lost or spent:
        page.state = PageState.SET_ASIDE
    else:
        page.next_try_at = next_try_at
    session.flush()
    return page.state


def postpone(session: Session, page_ids: Sequence[int], *, until: datetime) -> None:
    """Try these pages again at ``until``: nothing was tried, so no attempt is counted."""
    for batch in _batches(list(page_ids)):
        session.execute(update(Page).where(Page.id.in_(batch)).values(next_try_at=until))


def mark_read(
    session: Session, page_id: int, outcome: str, *, now: datetime, keep_body: bool = True, again: bool = False
) -> None:
    """The page was read: ``outcome`` says with what result (at most 32 characters, such as ``deal``, ``no_deal``).

    Read ``again`` from the bytes that were kept, it goes on waiting to be fetched if it does, and the same result
    writes nothing. Raises NotFound.
    """
    page = _page(session, page_id)
    if again and page.state in (PageState.FOUND, PageState.READ):
        if page.outcome != outcome:
            page.outcome = outcome
        return
    page.state = PageState.READ
    page.outcome = outcome[:32]
    page.read_at = now
    _clean_slate(page)
    page.last_error = None
    if not keep_body:
        session.execute(delete(PageBody).where(PageBody.page_id == page_id))
    session.flush()


def load_body(session: Session, page_id: int) -> bytes:
    """The page's bytes as they were fetched. Raises NotFound when it was never fetched or bodies are not kept."""
    body = find_body(session, page_id)
    if body is None:
        raise NotFound(f"page {page_id} has no stored body; fetch it again with `dealwire ingest`")
    return body


def find_body(session: Session, page_id: int) -> bytes | None:
    """The page's bytes, if they are kept."""
    packed = session.scalar(select(PageBody.zlib).where(PageBody.page_id == page_id))
    return None if packed is None else zlib.decompress(packed)


def stored_pages(
    session: Session,
    *,
    after: int = 0,
    limit: int = 500,
    sources: Sequence[str] | None = None,
    since: datetime | None = None,
) -> list[PageRef]:
    """Pages that have a stored body, by id, beginning after one: what a rebuild walks through.

    ``sources`` are the names of those whose pages are wanted, ``since`` is when they were fetched at the earliest.
    """
    query = (
        select(Page, Source.name)
        .join(Source, Source.id == Page.source_id)
        .join(PageBody, PageBody.page_id == Page.id)
        .where(*_stored(after, sources, since))
        .order_by(Page.id)
        .limit(limit)
    )
    return [_ref(page, name) for page, name in session.execute(query)]


def count_stored(
    session: Session, *, after: int = 0, sources: Sequence[str] | None = None, since: datetime | None = None
) -> int:
    """How many pages ``stored_pages`` walks through."""
    query = (
        select(func.count(Page.id))
        .join(Source, Source.id == Page.source_id)
        .join(PageBody, PageBody.page_id == Page.id)
        .where(*_stored(after, sources, since))
    )
    return session.scalar(query) or 0


def _stored(after: int, sources: Sequence[str] | None, since: datetime | None) -> list[ColumnElement[bool]]:
    conditions = [Page.id > after]
    if sources is not None:
        conditions.append(Source.name.in_(sources))
    if since is not None:
        conditions.append(Page.fetched_at >= since)
    return conditions


def retry_failed(session: Session, *, now: datetime, source_names: Sequence[str] | None = None) -> int:
    """Put every page that failed back into the queue, to be tried now as if for the first time; how many.

    Those set aside are fetched anew, even when they were fetched before: what could not be read may have been an
    error page. Those that only wait keep their state.
    """
    failed = or_(Page.state == PageState.SET_ASIDE, and_(Page.state.in_(_WAITING), Page.attempts > 0))
    chosen = select(Page.id).join(Source).where(failed)
    if source_names is not None:
        chosen = chosen.where(Source.name.in_(source_names))
    ids = list(session.scalars(chosen))
    for batch in _batches(ids):
        session.execute(
            update(Page)
            .where(Page.id.in_(batch))
            .values(
                state=case((Page.state == PageState.FETCHED, Page.state), else_=PageState.FOUND),
                attempts=0,
                out_of_reach=0,
                failing_since=None,
                next_try_at=now,
            )
            .execution_options(synchronize_session="fetch")
        )
    return len(ids)


def backlog(session: Session, *, source_names: Sequence[str]) -> Backlog:
    """What of these sources is still to be fetched or read, and what was given up."""
    query = (
        select(Page.state, func.count(), func.min(Page.next_try_at))
        .join(Source)
        .where(Page.state != PageState.READ, Source.name.in_(source_names))
        .group_by(Page.state)
    )
    waiting = aside = 0
    next_try_at: datetime | None = None
    for state, count, first in session.execute(query):
        if state is PageState.SET_ASIDE:
            aside = count
        else:
            waiting += count
            next_try_at = first if next_try_at is None else min(first, next_try_at)
    return Backlog(waiting, next_try_at, aside)


def _ids(session: Session, spellings: list[str]) -> dict[str, int]:
    """The pages of these ``url_key``s."""
    ids: dict[str, int] = {}
    for start in range(0, len(spellings), _BATCH):
        query = select(Page.url_key, Page.id).where(Page.url_key.in_(spellings[start : start + _BATCH]))
        ids.update(session.execute(query).all())
    return ids


def _identity_key(link: FoundLink) -> str:
    return url_key(link.identity or link.canonical_url)


def _told(link: FoundLink) -> Told:
    return Told(link.title, link.summary, link.guid, link.updated or link.published)


def _take_over(session: Session, source_id: int, page_ids: list[int], now: datetime) -> None:
    """Make pages that no active source looks after those of this one."""
    retired = select(Source.id).where(Source.active.is_(False), Source.id != source_id)
    for batch in _batches(sorted(page_ids)):
        left = select(Page).where(Page.id.in_(batch), Page.state != PageState.READ, Page.source_id.in_(retired))
        for page in session.scalars(left):
            page.source_id = source_id
            if page.state is PageState.SET_ASIDE:
                page.state = PageState.FOUND
            _clean_slate(page)
            page.next_try_at = now
    session.flush()


def _renew(session: Session, fingerprints: Mapping[int, str], now: datetime) -> None:
    """Put pages whose document is another one now back to be fetched."""
    for batch in _batches(sorted(fingerprints)):
        for page in session.scalars(select(Page).where(Page.id.in_(batch))):
            if page.fingerprint != fingerprints[page.id]:
                page.fingerprint = fingerprints[page.id]
                page.state = PageState.FOUND
                _clean_slate(page)
                page.next_try_at = now
    session.flush()


def _clean_slate(page: Page) -> None:
    """Forget the failures so far."""
    page.attempts = page.out_of_reach = 0
    page.failing_since = None


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _page(session: Session, page_id: int) -> Page:
    page = session.get(Page, page_id)
    if page is None:
        raise NotFound(f"there is no page {page_id}")
    return page


def _ref(page: Page, source: str) -> PageRef:
    return PageRef(
        id=page.id,
        url=page.url,
        canonical_url=page.canonical_url,
        source=source,
        state=page.state,
        attempts=page.attempts,
        title=page.link_title,
        published=page.link_published,
        guid=page.guid,
        summary=page.link_summary,
        final_url=page.final_url,
        content_type=page.content_type,
        etag=page.etag,
        last_modified=page.last_modified,
        fetched_at=page.fetched_at,
    )
