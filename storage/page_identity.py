"""When two pages are one article: what each is known by, and what becomes of the second.

A page is known by its addresses (where it was found, where redirects ended), by the address it declares, and by the
guid its source gives it. Pages that share an address are one. A declaration or a guid is a claim, which their texts
have to bear out: templates declare the address of a list, feeds give every item the same guid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased, undefer

from storage.models import Article, Page, PageBody, PageKey
from storage.resemblance import Content, same_article
from storage.upsert import insert_or_ignore
from storage.vocabulary import PageState

_BATCH = 400  # keys in one SELECT: well under the limits of both databases
#: A declaration or guid that more pages share than this tells none of them apart.
_MOST_CLAIMANTS = 5
#: Guids that say nothing, whatever the feed.
_NO_GUIDS = frozenset({"", "-", "0", "1", "-1", "00000000-0000-0000-0000-000000000000"})
_NO_GUIDS |= {"n/a", "none", "null", "undefined", "nan", "false", "true", "guid", "id", "#"}


class KeyKind(StrEnum):
    """What a key of a page was made of."""

    ADDRESS = "address"
    DECLARED = "declared"
    GUID = "guid"


@dataclass(frozen=True, slots=True)
class Identities:
    """What a fetched page is known by, each as it is compared; ``shown`` is the address to show people."""

    shown: str
    addresses: tuple[str, ...]
    declared: str | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """The page that already has the article. ``outdated``: its source now gives the article at the new page."""

    page_id: int
    outdated: bool


def url_key(address: str) -> str:
    """The key of an address: 32 hex digits, however long it is."""
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).hexdigest()


def trusted_guids(named: Iterable[tuple[str | None, str]]) -> set[str]:
    """Of the (guid, identity of the address) pairs of one look at a source: the guids that each name one document."""
    addresses: dict[str, set[str]] = {}
    for guid, address in named:
        if guid is not None and guid.strip().casefold() not in _NO_GUIDS:
            addresses.setdefault(guid, set()).add(address)
    return {guid for guid, named_by in addresses.items() if len(named_by) == 1}


def known_pages(session: Session, addresses: Mapping[str, str]) -> dict[str, int]:
    """The pages there are of these addresses: by the key of its identity, the key of its canonical spelling."""
    found: dict[str, int] = {}
    wanted = list(addresses)
    for start in range(0, len(wanted), _BATCH):
        query = (
            select(PageKey.key, PageKey.page_id)
            .join(Page, Page.id == PageKey.page_id)
            .where(PageKey.key.in_(wanted[start : start + _BATCH]), PageKey.kind == KeyKind.ADDRESS)
            .order_by(Page.same_as_id.is_not(None), PageKey.page_id)
        )
        for key, page_id in session.execute(query):
            found.setdefault(key, page_id)
    # Pages of an older version have no keys until they are met again.
    spelled = {spelling: key for key, spelling in addresses.items() if key not in found}
    rest = list(spelled)
    for start in range(0, len(rest), _BATCH):
        older = select(Page.url_key, Page.id).where(Page.url_key.in_(rest[start : start + _BATCH]))
        for spelling, page_id in session.execute(older):
            found[spelled[spelling]] = page_id
            _add_keys(session, page_id, [(spelled[spelling], KeyKind.ADDRESS)])
    return found


def name_pages(session: Session, source_id: int, named: Mapping[int, tuple[str, str | None]]) -> None:
    """Note what pages are known by at a source: for each the key of its identity and its guid, if it can be trusted."""
    rows: list[dict[str, object]] = []
    for page_id, (key, guid) in named.items():
        rows.append({"key": key, "page_id": page_id, "kind": KeyKind.ADDRESS.value})
        if guid is not None:
            rows.append({"key": _guid_key(source_id, guid), "page_id": page_id, "kind": KeyKind.GUID.value})
    insert_or_ignore(session, PageKey, rows)


def learn(session: Session, page_id: int, known_by: Identities) -> None:
    """Note what a page turned out to be known by once it was fetched."""
    page = session.get_one(Page, page_id)
    if page.canonical_url != known_by.shown:
        page.canonical_url = known_by.shown
    keys = [(url_key(address), KeyKind.ADDRESS) for address in known_by.addresses]
    if known_by.declared is not None:
        keys.append((url_key(known_by.declared), KeyKind.DECLARED))
    _add_keys(session, page_id, keys)


def twin_of(session: Session, page_id: int, content: Content) -> Twin | None:
    """The page that already has the article of this one; None when it is an article of its own, or was read as one."""
    if session.scalar(select(Article.id).where(Article.page_id == page_id)) is not None:
        return None
    own, other = aliased(PageKey), aliased(PageKey)
    query = (
        select(other.page_id, own.kind, other.kind, Article.id)
        .join(other, other.key == own.key)
        .join(Article, Article.page_id == other.page_id)
        .where(own.page_id == page_id, other.page_id != page_id)
        .order_by(Article.id)
    )
    claims: dict[int, tuple[int, int]] = {}  # page -> (how much the claim is worth, article)
    for other_id, *kinds, article_id in session.execute(query):
        worth = 0 if set(kinds) == {KeyKind.ADDRESS} else 2 if KeyKind.GUID in kinds else 1
        claims[other_id] = min(claims.get(other_id, (3, 0)), (worth, article_id))
    for other_id, (worth, article_id) in sorted(claims.items(), key=lambda item: item[1]):
        if worth == 0:
            return Twin(other_id, outdated=False)
        claimants = sum(1 for other_worth, _ in claims.values() if other_worth == worth)
        if claimants <= _MOST_CLAIMANTS and same_article(content, _content(session, article_id)):
            return Twin(other_id, outdated=worth == 2)
    return None


def mark_duplicate(session: Session, page_id: int, of: int, *, now: datetime) -> None:
    """The page is only another way to the article of page ``of``: it is not read, and ``of`` is known by its keys."""
    page = session.get_one(Page, page_id)
    page.same_as_id = of
    page.state = PageState.READ
    page.outcome = "duplicate"
    page.read_at = now
    page.attempts = page.out_of_reach = 0
    page.failing_since = page.last_error = None
    session.execute(delete(PageBody).where(PageBody.page_id == page_id))
    keys = session.execute(select(PageKey.key, PageKey.kind).where(PageKey.page_id == page_id)).all()
    _add_keys(session, of, [(key, KeyKind(kind)) for key, kind in keys])
    session.flush()


def take_place(session: Session, old_id: int, new_id: int) -> None:
    """The article of page ``old_id`` is found where ``new_id`` was: the old page takes what the new one fetched."""
    old, new = session.get_one(Page, old_id), session.get_one(Page, new_id)
    for name in _MOVED:
        setattr(old, name, getattr(new, name))
    body, arrived = session.get(PageBody, old_id), session.get(PageBody, new_id)
    if arrived is not None:
        if body is None:
            session.add(PageBody(page_id=old_id, size=arrived.size, zlib=arrived.zlib))
        else:
            body.size, body.zlib = arrived.size, arrived.zlib
    session.flush()


_MOVED = ("url", "canonical_url", "guid", "link_title", "link_published", "link_summary", "link_updated", "final_url",
          "http_status", "content_type", "etag", "last_modified", "fetched_at", "body_hash")  # fmt: skip


def _content(session: Session, article_id: int) -> Content:
    row = session.get_one(Article, article_id, options=[undefer(Article.text)])
    return Content(row.title, row.text)


def _guid_key(source_id: int, guid: str) -> str:
    return url_key(f"guid {source_id} {guid.strip()}")


def _add_keys(session: Session, page_id: int, keys: Collection[tuple[str, KeyKind]]) -> None:
    named = dict(sorted(keys, key=lambda item: item[1], reverse=True))  # an address before a declaration of the same
    held = dict(session.execute(select(PageKey.key, PageKey.kind).where(PageKey.page_id == page_id)).all())
    rows: Sequence[dict[str, object]] = [
        {"key": key, "page_id": page_id, "kind": kind.value} for key, kind in named.items() if key not in held
    ]
    insert_or_ignore(session, PageKey, rows)
    for key, kind in named.items():
        if kind is KeyKind.ADDRESS and held.get(key) == KeyKind.DECLARED:
            session.get_one(PageKey, (key, page_id)).kind = KeyKind.ADDRESS
