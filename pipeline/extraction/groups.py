"""Names that stand together in a sentence, and the case that their surroundings give them.

Prepositions mark a case before the names, particles after them; plain position gives none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.grammar import CLAUSE_BREAK, COMMA, WORDS, Grammar
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.lexicon.schema import Shape, Slot
from pipeline.extraction.mentions import Mention
from pipeline.extraction.segmentation import Sentence

#: "from its stores Walmart takes": what a pronoun owns ends the phrase before a bare name.


@dataclass(slots=True)
class Group:
    """Names joined by "and" or commas, with the case their surroundings give them."""

    mentions: list[Mention]
    case: str | None = None
    relative: bool = False

    @property
    def start(self) -> int:
        return self.mentions[0].start

    @property
    def end(self) -> int:
        return self.mentions[-1].outer_end


class GroupReader:
    """Reads the groups of names of one article."""

    def __init__(self, grammar: Grammar, folded: str, sentences: Sequence[Sentence]) -> None:
        self._grammar = grammar
        self._folded = folded
        self._sentences = sentences

    def read(self, sentence: Sentence, mentions: Sequence[Mention], hits: Sequence[Hit]) -> list[Group]:
        """The names of one sentence in groups, each with its case."""
        verbs = [hit for hit in hits if hit.cue.kind == CueKind.FRAME]
        result: list[Group] = []
        previous_end = sentence.start
        for mention in mentions:
            gap = self._folded[previous_end : mention.start]
            if result and self._joined(result[-1], mention, gap, previous_end, verbs):
                result[-1].mentions.append(mention)
            else:
                group = Group([mention])
                start = previous_end
                for hit in verbs:
                    if start < hit.end <= mention.start:
                        start = hit.end
                group.case, group.relative = self._case_before(
                    self._folded[start : mention.start], bool(result) or start > sentence.start
                )
                result.append(group)
            previous_end = mention.outer_end
            after = self._case_after(mention)
            if after:
                result[-1].case = after
        return result

    def _joined(self, group: Group, mention: Mention, gap: str, gap_start: int, verbs: Sequence[Hit]) -> bool:
        if self._grammar.joint is None or group.mentions[-1].possessive:
            return False
        if gap.strip() == "," and self._begins_clause(mention, gap_start, verbs):
            return False  # "A sells patents to B, C buys D"
        match = self._grammar.joint.match(gap)
        if match is None:
            return not gap and not self._grammar.spaced  # 通威隆基: two names in a row
        words = match.group("words").strip()
        if not words:
            return not self._pairs(group, gap, verbs) and not self._is_topic(group, mention, gap.strip())
        if COMMA.search(words) or CLAUSE_BREAK.search(words + " "):
            return False
        limit = 6 if self._grammar.spaced else 10
        size = self._grammar.size(words) if self._grammar.spaced else len(words)
        if size > limit:
            return False
        if any(gap_start <= hit.start < mention.start for hit in verbs):
            return False
        if self._last_marker(words) is not None:
            return False
        if self._grammar.lexicon.relative is not None and self._grammar.lexicon.relative.search(words):
            return False
        # "A and Chinese phone maker B" is one group; "A, whose shares fell, B" is not
        opener = gap.strip()[:1]
        if self._is_topic(group, mention, opener):
            return False
        return not (opener in (",，、" if self._grammar.spaced else ",，") and size > 3)

    def _pairs(self, group: Group, gap: str, verbs: Sequence[Hit]) -> bool:
        """Whether "and" means "with" here: A与B签署, where A is what the clause begins with."""
        if gap.strip() not in self._grammar.data.cases.pairing or group.case is not None or len(group.mentions) > 1:
            return False
        return not any(
            hit.end <= group.start and not COMMA.search(self._folded[hit.end : group.start]) for hit in verbs
        )

    def _is_topic(self, group: Group, mention: Mention, mark: str) -> bool:
        """Whether the first name of a sentence is its subject for the comma after it: A、Bを買収, not A、Bが合併."""
        if mark not in self._grammar.data.cases.topic or group.case is not None or len(group.mentions) > 1:
            return False
        if self._folded[max(0, group.start - 12) : group.start].strip(" 　\n").endswith(("。", "は、")):
            return False
        first = next((item.start for item in self._sentences if item.start <= group.start < item.end), 0)
        if group.start - first > 16:
            return False
        case = self._case_at(mention.outer_end)
        follows = self._folded[mention.outer_end : mention.outer_end + 2].lstrip()
        if case is None:
            return follows[:1] not in ("、", ",", "・", "·", "。", ".", "")
        return case != "subject"

    def _begins_clause(self, mention: Mention, gap_start: int, verbs: Sequence[Hit]) -> bool:
        """Whether a verb follows the name at once, while another stood before the list it seems to end."""
        follows = any(
            0 <= hit.start - mention.outer_end <= 12 and hit.cue.frame is not None and hit.cue.frame.shape is Shape.VERB
            for hit in verbs
        )
        return follows and any(hit.end < gap_start for hit in verbs)

    def _case_before(self, gap: str, has_context: bool) -> tuple[str | None, bool]:
        """The last case marker between the previous name or trigger and this one."""
        cut = 0
        for match in CLAUSE_BREAK.finditer(gap):
            cut = match.end()
        gap = gap[cut:]
        relative = False
        if self._grammar.lexicon.relative is not None and self._grammar.lexicon.relative.search(gap):
            relative = True
        last = self._last_marker(gap)
        if last is None:
            return None, relative
        between = gap[last.end() :]
        if "," in between and (last.lastgroup == "other" or not has_context):
            return None, relative  # a phrase at the front ends at its comma: "Under the deal, Intel"
        if self._grammar.spaced:
            if (
                self._grammar.size(between) > 6
                or between.count(",") > 1
                or self._grammar.possessed.search(between)
                or self._grammar.subordinate.search(between)
            ):
                return None, relative
        elif len(between) > 14 or COMMA.search(between):
            return None, relative
        return last.lastgroup, relative

    def _last_marker(self, gap: str) -> re.Match[str] | None:
        """The last case marker of ``gap``.

        A bare one counts only where it speaks of the name: "de X", "de la empresa X", not "software de pagos X".
        """
        last = None
        if self._grammar.lexicon.case_markers is not None:
            for match in self._grammar.lexicon.case_markers.finditer(gap):
                following = WORDS.search(gap, match.end())
                if match.lastgroup == "none":
                    continue  # a word that a marker is only a part of: "thiết bị"
                if (
                    match.group() not in self._grammar.bare
                    or following is None
                    or following.group() in self._grammar.introducing
                ):
                    last = match
        return last

    def _case_after(self, mention: Mention) -> str | None:
        if mention.possessive:
            return Slot.POSS.value
        return self._case_at(mention.outer_end)

    def _case_at(self, at: int) -> str | None:
        """The case that the particle at ``at`` gives the name before it."""
        for _ in range(2 if self._grammar.between is not None else 0):
            skipped = self._grammar.between.match(self._folded, at) if self._grammar.between is not None else None
            at = skipped.end() if skipped else at
        following = self._folded[at : at + 16]
        for word, case in self._grammar.after:
            if following.startswith(word):
                return case
        return None
