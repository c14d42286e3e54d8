"""Companies and the names they go by, in every language and script.

Which company a name means depends on the name, the dictionary and the judgements of people alone, never on what was
read before it: a person's word for this very name first, then the dictionary's, then the name itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import records
from storage.errors import InvalidRecord
from storage.models import Company, CompanyAlias, CompanySound
from storage.names import KEY_LENGTH, fold, normalise_name
from storage.sounds import keys_like, sound_keys
from storage.upsert import insert_or_ignore

__all__ = [
    "find_companies",
    "name_key",
    "names_of",
    "normalise_name",
    "resolve_company",
    "sounding_like",
    "subsidiaries_of",
]

_AFTER_ANY_CHARACTER = "\U0010ffff"
_COMPARED = 5_000  # names that a mistyped one is compared with
_GENERATIONS = 5  # of subsidiaries of subsidiaries; also the way out of a circle


def resolve_company(session: Session, party: records.Party, *, aliases: Sequence[str] = ()) -> int:
    """The company this party is: whose a person said this name is, else the dictionary's, else that of the name.

    The name as written and ``aliases`` (further names of the dictionary's) become aliases of it, to be found by; its
    parent is the dictionary's. Raises InvalidRecord for a name that says nothing.
    """
    written = party.company or party.name
    own, key = name_key(party.name), name_key(written)
    said = _judged(session, {own, key})
    if own in said or key in said:
        # Of a name that a person took from the dictionary's company, the dictionary's other names are no aliases.
        company_id = said.get(own) or said[key]
        _add_aliases(session, company_id, [party.name])
        return company_id
    company = _company(session, key, written)
    _improve(company, written, vouched=party.company is not None)
    if party.parent is not None and company.parent_id is None:
        company.parent_id = _parent(session, party.parent, company.id)
    _add_sounds(session, company.id, written)
    _add_aliases(session, company.id, [written, party.name, *aliases])
    return company.id


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


def near_names(session: Session, text: str, *, limit: int = 3) -> list[str]:
    """Names of companies that a person who typed ``text`` may have meant, the nearest first."""
    key = normalise_name(text)
    known: dict[str, str] = {}
    for beginning in (key[:2], key[:1]):  # few mistype how a name begins
        keys = CompanyAlias.key.between(beginning, beginning + _AFTER_ANY_CHARACTER)
        some = select(CompanyAlias.key, CompanyAlias.name).where(keys).order_by(CompanyAlias.key).limit(_COMPARED)
        known |= dict(session.execute(some).all())
    return [known[close] for close in difflib.get_close_matches(key, known, limit)]


def sounding_like(session: Session, names: Collection[str], *, limit: int = 60) -> list[int]:
    """Companies whose names may be other spellings of these: alike in sound in another script, or in their beginning.

    At most ``limit``, the latest first.
    """
    keys = {key for name in names for key in keys_like(name)}
    found = select(CompanySound.company_id).where(CompanySound.key.in_(keys)).group_by(CompanySound.company_id)
    return list(session.scalars(found.order_by(CompanySound.company_id.desc()).limit(limit))) if keys else []


def subsidiaries_of(session: Session, company_ids: Iterable[int]) -> list[int]:
    """The companies that belong to these, directly or through others; these themselves are left out."""
    known = set(company_ids)
    found: list[int] = []
    youngest = list(known)
    for _ in range(_GENERATIONS):
        children = session.scalars(select(Company.id).where(Company.parent_id.in_(youngest)).order_by(Company.id))
        youngest = [child for child in children if child not in known]
        if not youngest:
            break
        known.update(youngest)
        found.extend(youngest)
    return found


def names_of(session: Session, company_ids: Iterable[int]) -> dict[int, str]:
    """The name to show for each of these companies."""
    wanted = select(Company.id, Company.name).where(Company.id.in_(set(company_ids)))
    return dict(session.execute(wanted).all())


def name_key(name: str) -> str:
    """The key a name is compared by. Raises InvalidRecord for a name that says nothing."""
    key = normalise_name(name) or fold(name).strip()[:KEY_LENGTH]  # a name of signs only is kept as it is
    if not key:
        raise InvalidRecord(f"a party's name {name!r} says nothing; leave the party out")
    return key


def _judged(session: Session, keys: Collection[str]) -> dict[str, int]:
    """Whose people said these names are, where they said anything."""
    query = select(CompanyAlias.key, CompanyAlias.company_id).where(CompanyAlias.key.in_(keys), CompanyAlias.judged)
    return dict(session.execute(query).all())


def _company(session: Session, key: str, name: str) -> Company:
    """The company of this key, made when there is none."""
    wanted = select(Company).where(Company.key == key)
    found = session.scalar(wanted)
    if found is None:
        insert_or_ignore(session, Company, [{"key": key, "name": name.strip(), "vouched": False}])
        found = session.scalars(wanted).one()
    return found


def _parent(session: Session, name: str, child: int) -> int | None:
    key = name_key(name)
    parent = _judged(session, {key}).get(key)
    if parent is None:
        company = _company(session, key, name)
        _improve(company, name, vouched=True)
        parent = company.id
        _add_aliases(session, parent, [name])
    return None if parent == child else parent


def _improve(company: Company, name: str, *, vouched: bool) -> None:
    """Show the dictionary's name, else the best of the spellings met: the same in whatever order they are met."""
    name = name.strip()
    if vouched and not company.vouched:
        company.name, company.vouched = name, True
    elif vouched is company.vouched and _looks(name) < _looks(company.name):
        company.name = name


def _looks(name: str) -> tuple[bool, int, str]:
    """The least is shown: neither all capitals nor all small, then the shortest."""
    return (name.isupper() or name.islower(), len(name), name)


def _add_sounds(session: Session, company_id: int, name: str) -> None:
    keys = sound_keys(name)
    known = select(CompanySound.key).where(CompanySound.company_id == company_id, CompanySound.key.in_(keys))
    rows = [{"key": key, "company_id": company_id} for key in sorted(keys - set(session.scalars(known)))]
    insert_or_ignore(session, CompanySound, rows)


def _add_aliases(session: Session, company_id: int, names: Iterable[str]) -> None:
    named: dict[str, str] = {}
    for name in names:
        if name.strip():
            named.setdefault(name_key(name), name.strip())
    known = session.scalars(
        select(CompanyAlias.key).where(CompanyAlias.company_id == company_id, CompanyAlias.key.in_(named))
    )
    for key in known:
        del named[key]
    insert_or_ignore(
        session,
        CompanyAlias,
        [{"company_id": company_id, "key": key, "name": name, "judged": False} for key, name in named.items()],
    )
