"""Compares the deals of a digest with what its readers knew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from pipeline.digest.wording import Entry, Mark
from storage.deals import DealView
from storage.digests import changes_after, told

#: The mark of each of these deals, as far as there is one.
Marking = Callable[[Session, Sequence[DealView]], dict[int, Mark]]

_AT_A_TIME = 200


def since_told(name: str) -> Marking:
    """Compared with how digests of this name told a deal last; one that they never told is new."""

    def marking(session: Session, views: Sequence[DealView]) -> dict[int, Mark]:
        known = told(session, name, [view.id for view in views])
        changes = changes_after(session, known)
        return {view.id: Mark(view.id not in known, changes.get(view.id, {})) for view in views}

    return marking


def since_moment(moment: datetime) -> Marking:
    """Compared with how a deal was at an aware moment; one first seen since then is new."""

    def marking(session: Session, views: Sequence[DealView]) -> dict[int, Mark]:
        older = {view.id: moment for view in views if view.first_seen < moment}
        changes = changes_after(session, older)
        marks = {view.id: Mark(True, {}) for view in views if view.id not in older}
        return marks | {deal_id: Mark(False, changed) for deal_id, changed in changes.items() if changed}

    return marking


def entries(session: Session, views: Iterable[DealView], marking: Marking | None) -> Iterator[Entry]:
    """The deals with their marks, in bounded memory."""
    if marking is None:
        yield from map(Entry, views)
        return
    rest = iter(views)
    while batch := list(islice(rest, _AT_A_TIME)):
        marks = marking(session, batch)
        yield from (Entry(view, marks.get(view.id)) for view in batch)
