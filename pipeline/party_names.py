"""A party that is asked for, under a name that the history knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from storage.companies import find_companies

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.extraction.organisations import Directory
    from storage.deals import DealQuery


def known_party(session: Session, query: DealQuery, names: Callable[[], Directory]) -> DealQuery:
    """The query with its party under a name the history knows: 诺基亚 is Nokia even if only English pages were read.

    ``names`` gives the dictionary of organisations; it is only asked for when the history does not know the name.
    """
    if query.party is None or find_companies(session, query.party):
        return query
    organisation = names().get(query.party)
    return query if organisation is None else replace(query, party=organisation.name)
