"""Arguments of a trigger that stands after all of them, each marked by a particle: Japanese, Korean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.extraction.grammar import COMMA, REACH
from pipeline.extraction.groups import Group
from pipeline.extraction.lexicon import Hit
from pipeline.extraction.lexicon.schema import Slot
from pipeline.extraction.segmentation import Sentence
from storage.vocabulary import Role

_BREAK = re.compile(r"[。！？；]|[.!?]\s|…")
#: Triggers this close together are one predicate: "買収契約を締結".
_CHAIN = 9
_ATTACHED = 2
#: "Bの発行済み株式の51%を取得": what B owns may take this many characters.
_OWNED = 36
_MARKED = ("object", "with", "to", "from", "by", "in", "for", "between")


def last_slots(
    folded: str,
    sentence: Sentence,
    hit: Hit,
    triggers: Sequence[Hit],
    groups: Sequence[Group],
    roles: Mapping[Slot, Role],
    *,
    symmetric: bool,
    attributive: re.Pattern[str] | None,
) -> list[tuple[Slot, Group, float]]:
    """Slot, names and how surely they fill it, for the trigger ``hit`` of ``sentence``."""
    slots: list[tuple[Slot, Group, float]] = []
    filled: set[Slot] = set()

    def fill(slot: Slot, group: Group, sureness: float) -> None:
        slots.append((slot, group, sureness))
        filled.add(slot)

    left = [group for group in groups if group.end <= hit.start]
    slots.extend((Slot.OBJECT, group, 0.9) for group in groups if group.start < hit.end and group.end > hit.start)
    for distance, group in enumerate(reversed(left)):
        gap = folded[group.end : hit.start]
        if len(gap) > REACH or (_BREAK.search(gap) and filled):
            break
        crossed = any(
            group.end <= other.start < hit.start and hit.start - other.end > _CHAIN
            for other in triggers
            if other is not hit
        )
        if group.case in _MARKED:
            slot = Slot(group.case)
            if crossed or (slot in filled and not symmetric):
                continue
            fill(slot, group, 0.95 if len(gap) < 60 else 0.75)
        elif group.case == Slot.POSS.value:
            if crossed or COMMA.search(gap):
                if Slot.SUBJECT not in filled and COMMA.search(gap):
                    slots.append((Slot.SUBJECT, group, 0.3))
                continue
            if distance == 0 and len(gap) <= _ATTACHED:
                fill(Slot.POSS if Slot.POSS in roles else Slot.OBJECT, group, 0.9)
            elif len(gap) <= _OWNED and Slot.OBJECT not in filled and Slot.POSS not in filled:
                fill(Slot.POSS if Slot.POSS in roles else Slot.OBJECT, group, 0.75)
        elif group.case == "subject":
            if Slot.SUBJECT not in filled:
                fill(Slot.SUBJECT, group, 0.85 if crossed else 1.0)
        elif group.case is None:
            if distance == 0 and len(gap.strip()) <= 1 and not COMMA.search(gap):
                fill(Slot.COMPOUND, group, 0.85)
                if len(group.mentions) > 1:
                    filled.add(Slot.SUBJECT)
            elif COMMA.match(gap.lstrip()) or group.start - sentence.start < 3:
                if Slot.SUBJECT not in filled:
                    fill(Slot.SUBJECT, group, 0.7 if crossed else 0.95)
                elif symmetric and not crossed:
                    slots.append((Slot.SUBJECT, group, 0.6))
            elif not crossed and len(gap) < 30 and not filled & {Slot.OBJECT, Slot.COMPOUND, Slot.POSS}:
                fill(Slot.OBJECT, group, 0.6)
    right = [group for group in groups if group.start >= hit.end]
    if right:
        _after(folded, hit, right[0], roles, filled, attributive, fill)
    return slots


def _after(
    folded: str,
    hit: Hit,
    group: Group,
    roles: Mapping[Slot, Role],
    filled: set[Slot],
    attributive: re.Pattern[str] | None,
    fill: Callable[[Slot, Group, float], None],
) -> None:
    """A name after the trigger: what a clause describes ("買収したA"), or a list that it announces ("引受先はA、B")."""
    gap = folded[hit.end : group.start]
    if _BREAK.search(gap):
        return
    if Slot.SUBJECT not in roles and Slot.POSS not in roles:
        if len(gap) <= 30:
            fill(Slot.OBJECT, group, 0.85)
    elif attributive is not None and attributive.fullmatch(gap):
        if Slot.SUBJECT not in filled:
            fill(Slot.SUBJECT, group, 0.7)
        elif not filled & {Slot.OBJECT, Slot.TO, Slot.WITH, Slot.POSS, Slot.COMPOUND}:
            fill(Slot.OBJECT, group, 0.7)
