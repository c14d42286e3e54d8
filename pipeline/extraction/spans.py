"""Whether a position of a text lies in one of some stretches of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.extraction.lexicon import Hit
from pipeline.extraction.organisations import Known


class Spans:
    """Stretches in reading order: known names, or cues."""

    def __init__(self, hits: Sequence[Known] | Sequence[Hit]) -> None:
        self._starts = [hit.start for hit in hits]
        self._ends = [hit.end for hit in hits]

    def covers(self, position: int) -> bool:
        place = bisect_right(self._starts, position) - 1
        return place >= 0 and position < self._ends[place]
