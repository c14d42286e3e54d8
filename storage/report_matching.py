"""Which report of an article's new reading is which of the old one: pure.

Judgements of people and the deals themselves hang on a report's id, so a report keeps it through edits of the article
and through improvements of the extractor that move it to another place or change what is understood of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.vocabulary import DealType


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a report tells it from its neighbours. ``parties`` are names made comparable."""

    content_hash: str
    type: DealType
    parties: frozenset[str]


def match_reports(old: Sequence[Outline], new: Sequence[Outline]) -> list[int | None]:
    """For each new report the place of the old one that it is; None for one that was not there before.

    First those that say exactly the same, then those that share the most parties (of the same type before others,
    nearer before farther), at last those of the same type in the same place. No old report is taken twice.
    """
    matched: list[int | None] = [None] * len(new)
    free = dict.fromkeys(range(len(old)))

    def take(place: int, of: int) -> None:
        if matched[place] is None and of in free:
            matched[place] = of
            del free[of]

    for place, report in enumerate(new):
        same = (of for of in free if old[of].content_hash == report.content_hash)
        of = min(same, key=lambda of: (abs(of - place), of), default=None)
        if of is not None:
            take(place, of)
    pairs = [
        (-len(shared), old[of].type is not report.type, abs(of - place), place, of)
        for place, report in enumerate(new)
        for of in free
        if (shared := old[of].parties & report.parties)
    ]
    for *_, place, of in sorted(pairs):
        take(place, of)
    for place, report in enumerate(new):
        if place < len(old) and old[place].type is report.type:
            take(place, place)
    return matched
