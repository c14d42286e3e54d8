"""Which organisations and hypotheses of an article a label speaks of, and which documents belong together."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from pipeline.extraction.reports import Reading
from pipeline.labels import Labelled, LabelledDeal
from pipeline.names import Likeness, likeness

#: Into so many parts the documents fall for cross-validation.
FOLDS = 5


def fold_of(label: Labelled) -> int:
    """All documents of one deal are in one fold."""
    return zlib.crc32((label.cluster or label.id).encode()) % FOLDS


def same(name: str, other: str, company: str | None = None) -> bool:
    """Whether two names are like each other, or ``company``, the first one's in the dictionary, is like the other."""
    return likeness(name, other) is not Likeness.NONE or (
        company is not None and likeness(company, other) is not Likeness.NONE
    )


def overlap(reading: Reading, members: Iterable[int], deal: LabelledDeal) -> int:
    """How many parties of a labelled deal are among these organisations of an article."""
    entities = {entity.id: entity for entity in reading.entities}
    return sum(
        any(
            any(same(mention.name, party.name) for mention in entities[number].mentions)
            or (entities[number].organisation is not None and same(entities[number].organisation.name, party.name))  # type: ignore[union-attr]
            for number in members
        )
        for party in deal.parties
    )


def aligned(reading: Reading, label: Labelled) -> LabelledDeal | None:
    """The labelled deal that the strongest hypothesis is about."""
    if not label.deals:
        return None
    hypothesis = reading.hypotheses[0]
    return max(label.deals, key=lambda deal: (overlap(reading, hypothesis.members, deal), -label.deals.index(deal)))
