"""A party that is asked for, under a name that the history knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from storage.companies import find_companies, near_names

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.extraction.organisations import Directory
    from storage.deals import DealQuery


def known_party(session: Session, query: DealQuery, names: Callable[[], Directory]) -> DealQuery:
    """The query with its parties under names the history knows: 诺基亚 is Nokia even if only English pages were read.

    ``names`` gives the dictionary of organisations; it is only asked for when the history does not know a name.
    """
    return replace(
        query,
        party=_known(session, query.party, names),
        other_party=_known(session, query.other_party, names),
    )


def unknown_parties(session: Session, query: DealQuery) -> dict[str, list[str]]:
    """The parties of the query that the history does not know, each with names that are near it."""
    asked = [name for name in (query.party, query.other_party) if name is not None]
    return {name: near_names(session, name) for name in asked if not find_companies(session, name)}


def _known(session: Session, name: str | None, names: Callable[[], Directory]) -> str | None:
    if name is None or find_companies(session, name):
        return name
    organisation = names().get(name)
    return name if organisation is None else organisation.name
