"""Companies and the names they go by."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from storage import records


def normalise_name(name: str) -> str:
    raise NotImplementedError


def resolve_company(session: Session, party: records.Party, *, aliases: Sequence[str] = ()) -> int:
    """The company this party is: by its dictionary name, else by a known alias, else a new one.

    The name as written and ``aliases`` (further names of the dictionary's) become aliases of it.
    Raises InvalidRecord for a name without a letter or digit.
    """
    raise NotImplementedError


def find_companies(session: Session, text: str) -> list[int]:
    """Ids of the companies a person may mean by ``text``, in any script.

    Exact names (legal forms and case aside) if there are any, else names beginning with it, else containing it.
    """
    raise NotImplementedError
