"""Companies and the names they go by, in every language and script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import records
from storage.errors import InvalidRecord
from storage.models import Company, CompanyAlias
from storage.names import KEY_LENGTH, fold, normalise_name
from storage.upsert import insert_or_ignore

__all__ = ["find_companies", "names_of", "normalise_name", "resolve_company"]

_AFTER_ANY_CHARACTER = "\U0010ffff"


def resolve_company(session: Session, party: records.Party, *, aliases: Sequence[str] = ()) -> int:
    """The company this party is: by its dictionary name, else by a known alias, else a new one.

    The name as written and ``aliases`` (further names of the dictionary's) become aliases of it.
    Raises InvalidRecord for a name that says nothing.
    """
    written = party.company or party.name
    key = _key(written)
    company_id = session.scalar(select(Company.id).where(Company.key == key))
    if company_id is None:
        # Two companies may share an alias; the one known longer is meant more often.
        company_id = session.scalar(select(func.min(CompanyAlias.company_id)).where(CompanyAlias.key == key))
    if company_id is None:
        company_id = _add(session, key, written)
    _add_aliases(session, company_id, [written, party.name, *aliases])
    return company_id


def find_companies(session: Session, text: str, *, limit: int = 100) -> list[int]:
    """Ids of the companies a person may mean by ``text``, in any script.

    Exact names (legal forms and case aside) if there are any, else names beginning with it, else containing it.
    """
    key = normalise_name(text)
    if not key:
        return []
    ids = CompanyAlias.company_id
    ways = (
        CompanyAlias.key == key,
        CompanyAlias.key.between(key, key + _AFTER_ANY_CHARACTER),
        CompanyAlias.key.contains(key, autoescape=True),
    )
    for way in ways:
        found = list(session.scalars(select(ids).where(way).group_by(ids).order_by(ids).limit(limit)))
        if found:
            return found
    return []


def names_of(session: Session, company_ids: Iterable[int]) -> dict[int, str]:
    """The name to show for each of these companies."""
    wanted = select(Company.id, Company.name).where(Company.id.in_(set(company_ids)))
    return dict(session.execute(wanted).all())


def _add(session: Session, key: str, name: str) -> int:
    insert_or_ignore(session, Company, [{"key": key, "name": name.strip()}])
    return session.scalars(select(Company.id).where(Company.key == key)).one()


def _add_aliases(session: Session, company_id: int, names: Iterable[str]) -> None:
    named: dict[str, str] = {}
    for name in names:
        if name.strip():
            named.setdefault(_key(name), name.strip())
    known = session.scalars(
        select(CompanyAlias.key).where(CompanyAlias.company_id == company_id, CompanyAlias.key.in_(named))
    )
    for key in known:
        del named[key]
    insert_or_ignore(
        session, CompanyAlias, [{"company_id": company_id, "key": key, "name": name} for key, name in named.items()]
    )


def _key(name: str) -> str:
    key = normalise_name(name) or fold(name).strip()[:KEY_LENGTH]  # a name of signs only is kept as it is
    if not key:
        raise InvalidRecord(f"a party's name {name!r} says nothing; leave the party out")
    return key
