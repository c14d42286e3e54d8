"""Which slot of a trigger the names around it fill, by their case and position.

particles.py does the same for triggers that stand after all their arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extraction.grammar import CLAUSE_BREAK, COMMA, REACH, WORDS, Grammar
from pipeline.extraction.groups import Group
from pipeline.extraction.lexicon import Hit
from pipeline.extraction.lexicon.schema import Shape, Slot
from pipeline.extraction.segmentation import Sentence

#: A slot, the names in it, and how surely (0..1) they fill it.
Filled = tuple[Slot, Group, float]


class SlotReader:
    """Reads the arguments of the triggers of one article."""

    def __init__(self, grammar: Grammar, folded: str) -> None:
        self._grammar = grammar
        self._folded = folded

    def around(
        self,
        sentence: Sentence,
        hit: Hit,
        triggers: Sequence[Hit],
        groups: Sequence[Group],
        *,
        noun: bool,
        symmetric: bool,
    ) -> list[Filled]:
        """Arguments of a verb or noun with names on both sides of it."""
        inside = [group for group in groups if group.start < hit.end and group.end > hit.start]
        slots: list[Filled] = [(Slot.OBJECT, group, 0.9) for group in inside]
        slots += self._left(sentence, hit, triggers, groups, noun=noun)
        slots += self._right(hit, triggers, groups, noun=noun, repeated=symmetric and noun, object_found=bool(inside))
        return slots

    def _left(
        self, sentence: Sentence, hit: Hit, triggers: Sequence[Hit], groups: Sequence[Group], *, noun: bool
    ) -> list[Filled]:
        slots: list[Filled] = []
        left = [group for group in groups if group.end <= hit.start]
        verb_last = self._grammar.data.verb_last
        agent = (
            self._grammar.agent is not None
            and self._grammar.agent.search(self._folded[max(sentence.start, hit.start - 48) : hit.start]) is not None
        )
        subject_found = False
        for distance, group in enumerate(reversed(left)):
            gap = self._folded[group.end : hit.start]
            if len(gap) > REACH or (CLAUSE_BREAK.search(gap) and subject_found):
                break
            words = self._grammar.size(gap)
            if group.case == Slot.POSS.value:
                if distance == 0 and words <= (4 if noun else 3) and not COMMA.search(gap):
                    slots.append((Slot.POSS, group, 0.9))
                    if noun:
                        continue
                elif not subject_found and words > 3:
                    slots.append((Slot.SUBJECT, group, 0.35))
                continue
            if (
                noun
                and distance == 0
                and words == 0
                and group.case in (None, "of")
                and not group.mentions[-1].possessive
            ):
                slots.append((Slot.COMPOUND, group, 0.8))
                if len(group.mentions) > 1 or group.case == "of":
                    subject_found = True
                continue
            if group.case in (None, "subject"):
                if (
                    not noun
                    and not verb_last
                    and gap.strip() in self._grammar.joiners
                    and any(other.end <= group.start for other in triggers)
                ):
                    continue  # "A buys B and invests in C"
                if group.relative and left.index(group) > 0 and not verb_last:
                    continue
                if verb_last and not subject_found and self._is_object(left, group, gap, triggers):
                    continue  # A洽购B,拟取得四成股权: A does both
                if not subject_found:
                    sureness = 1.0 if not noun else 0.8
                    if words > 14:
                        sureness *= 0.7
                    if distance and not verb_last:
                        sureness *= 0.85
                    slots.append((Slot.SUBJECT, group, sureness))
                    subject_found = True
            elif group.case == "by" and not verb_last and not agent and words <= 4 and not subject_found:
                slots.append((Slot.SUBJECT, group, 0.85))  # "a deed reached by A to acquire B"
                subject_found = True
            elif group.case in ("with", "between", "object", "to", "from", "in", "by", "for", "of"):
                if verb_last and COMMA.search(gap) and any(group.end <= other.start < hit.start for other in triggers):
                    continue  # 与B签署协议,收购C: B belongs to the first verb
                usable = verb_last or group.case in ("with", "between") or (agent and group.case in ("by", "of"))
                if usable:
                    slots.append((Slot(group.case), group, 0.8 if verb_last else 0.6))
        return slots

    def _right(
        self,
        hit: Hit,
        triggers: Sequence[Hit],
        groups: Sequence[Group],
        *,
        noun: bool,
        repeated: bool,
        object_found: bool,
    ) -> list[Filled]:
        """What follows the trigger; ``repeated`` lets several groups be its object."""
        slots: list[Filled] = []
        for group in groups:
            if group.start < hit.end:
                continue
            gap = self._folded[hit.end : group.start]
            if len(gap) > REACH:
                break
            crossing = [
                other for other in triggers if hit.end <= other.start < group.start and other.cue.frame is not None
            ]
            if CLAUSE_BREAK.search(gap):
                break
            if self._grammar.data.verb_last and COMMA.search(gap) and self._opens_clause(group, triggers):
                break  # A出售工厂,B接手
            sureness = 1.0 if not crossing else 0.5
            words = self._grammar.size(gap)
            if group.case is None or group.case in ("object", "subject", "poss"):
                if object_found and not repeated:
                    continue
                if group.relative and words > 6:
                    continue
                commas = len(COMMA.findall(gap))
                if words > 9 or commas > 1:
                    sureness *= 0.6
                if group.case == "poss":
                    slots.append((Slot.FROM, group, sureness * 0.9))
                    object_found = object_found or not noun
                elif noun:
                    if words <= 6:
                        # German "Übernahme der A": its genitive article is a nominative one elsewhere
                        genitive = self._grammar.data.cases.verb_second and words <= 3 and not commas
                        slots.append((Slot.OBJECT, group, sureness * (0.85 if genitive else 0.5)))
                else:
                    slots.append((Slot.OBJECT, group, sureness))
                    object_found = True
            else:
                try:
                    slot = Slot(group.case)
                except ValueError:
                    continue
                if slot is Slot.OF and not noun:
                    # "shares of X", "a majority of X": what is acquired, unless an object stands before
                    slots.append((Slot.OBJECT if not object_found else Slot.OF, group, sureness * 0.8))
                    continue
                slots.append((slot, group, sureness * (0.9 if words < 16 else 0.7)))
        return slots

    def _is_object(self, left: Sequence[Group], group: Group, gap: str, triggers: Sequence[Hit]) -> bool:
        """Whether the names before a comma are what a verb before them acts on, and its subject stands there too."""
        if not COMMA.search(gap):
            return False
        verb = next(
            (
                other
                for other in triggers
                if other.end <= group.start
                and other.cue.frame is not None
                and other.cue.frame.shape is Shape.VERB
                and not COMMA.search(self._folded[other.end : group.start])
            ),
            None,
        )
        return verb is not None and any(other.end <= verb.start and other.case in (None, "subject") for other in left)

    @staticmethod
    def _opens_clause(group: Group, triggers: Sequence[Hit]) -> bool:
        """Whether a verb follows the names at once: they begin a clause of their own."""
        return any(
            0 <= other.start - group.end <= 4 and other.cue.frame is not None and other.cue.frame.shape is Shape.VERB
            for other in triggers
        )

    def inverted(self, hit: Hit, slots: list[Filled], groups: Sequence[Group]) -> list[Filled]:
        """ "Damit übernimmt A die Firma B": with nothing before the verb, the subject follows it, then the object."""
        if any(slot in (Slot.SUBJECT, Slot.POSS) for slot, _, _ in slots):
            return slots
        first = next((item for item in slots if item[0] is Slot.OBJECT and item[1].start >= hit.end), None)
        if first is None:
            return slots
        gap = self._folded[hit.end : first[1].start]
        if len(WORDS.findall(gap)) > 6 or COMMA.search(gap):
            return slots
        names = self._grammar.data.names
        if any(self._grammar.has_word(gap, word) for word in (*names.pronouns, *names.plural_pronouns)):
            return slots
        second = next((group for group in groups if group.start > first[1].end and group.case is None), None)
        others = [item for item in slots if item is not first]
        if (
            second is not None
            and not CLAUSE_BREAK.search(self._folded[first[1].end : second.start])
            and second.start - hit.end < REACH
        ):
            return [(Slot.SUBJECT, first[1], first[2]), (Slot.OBJECT, second, 0.9), *others]
        if any(slot in (Slot.TO, Slot.FROM, Slot.IN, Slot.OF, Slot.WITH) for slot, _, _ in others):
            return [(Slot.SUBJECT, first[1], first[2]), *others]
        return slots

    def final(self, sentence: Sentence, hit: Hit, groups: Sequence[Group], *, passive: bool) -> list[Filled]:
        """Arguments of a verb form that stands last: the nearest bare name is its object, the next its subject."""
        slots: list[Filled] = []
        bare: list[Group] = []
        auxiliary = self._grammar.data.cases.auxiliary
        for group in reversed([group for group in groups if group.end <= hit.start]):
            gap = self._folded[group.end : hit.start]
            if len(gap) > REACH or (CLAUSE_BREAK.search(gap) and bare):
                break
            if group.case in (None, "subject", "poss"):
                bare.append(group)
                if len(bare) == 2:
                    break
            elif group.case in ("of", "by", "from"):
                slots.append((Slot.BY if passive else Slot.FROM, group, 0.85))
            elif group.case in ("to", "in", "with", "for", "between"):
                slots.append((Slot(group.case), group, 0.8))
        for group in groups:
            if (
                group.start >= hit.end
                and group.case in ("to", "from", "of", "by")
                and len(WORDS.findall(self._folded[hit.end : group.start])) <= 3
            ):
                slots.append((Slot.TO if group.case == "to" else Slot.BY if passive else Slot.FROM, group, 0.6))
        following = next((group for group in groups if group.start >= hit.end and group.case is None), None)
        if bare and following is not None and not passive:
            before, after = self._folded[bare[0].end : hit.start], self._folded[hit.end : following.start]
            finite = not COMMA.search(after) and not CLAUSE_BREAK.search(after) and len(WORDS.findall(after)) <= 6
            if finite and not COMMA.search(before) and not (auxiliary and re.search(auxiliary, before)):
                return [(Slot.SUBJECT, bare[0], 0.95), (Slot.OBJECT, following, 0.9), *slots]  # "A und B kaufen C"
        if len(bare) == 2 and not passive:
            slots.extend(((Slot.OBJECT, bare[0], 0.95), (Slot.SUBJECT, bare[1], 0.95)))
        elif bare:
            gap = self._folded[bare[0].end : hit.start]
            acts = not passive and (COMMA.search(gap) or (auxiliary and re.search(auxiliary, gap)))
            # passive roles are turned: what suffers stands in the subject's slot either way
            slots.append((Slot.SUBJECT if acts or passive else Slot.OBJECT, bare[0], 0.85))
        return slots
