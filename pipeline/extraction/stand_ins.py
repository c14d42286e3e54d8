"""Sides of a deal that no name fills: a pronoun, "the partner", or a name nearby stands in for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.extraction.entities import Entity
from pipeline.extraction.frames import Argument, FrameInstance
from pipeline.extraction.grammar import Grammar
from pipeline.extraction.groups import Group
from pipeline.extraction.lexicon.schema import Slot
from pipeline.extraction.slots import Filled
from storage.vocabulary import Role


def fill_pronoun(
    grammar: Grammar,
    folded: str,
    roles: Mapping[Slot, Role],
    instance: FrameInstance,
    topic: Sequence[Entity],
    slots: Sequence[Filled],
) -> None:
    """A subject that is only "the company" or "both sides" is looked up among those named before."""
    sentence, hit = instance.sentence, instance.hit
    doers: tuple[Slot, ...] = (Slot.SUBJECT, Slot.POSS, Slot.BY)
    if grammar.data.verb_last:
        doers = tuple(slot for slot in doers if roles.get(slot) is roles.get(Slot.SUBJECT))  # 当社はA社が営む事業を
    if any(slot in doers for slot, _, sureness in slots if sureness > 0.4):
        return
    names = grammar.data.names
    before = folded[max(sentence.start, hit.start - 160) : hit.start]
    present = instance.entities
    if grammar.data.cases.verb_second:
        before += " " + folded[hit.end : min(sentence.end, hit.end + 40)]  # "tauschen die beiden Firmen Patente"
    for word in names.plural_pronouns:
        if grammar.has_word(before, word):
            role = roles.get(Slot.SUBJECT)
            if role is not None:
                for entity in topic[:2]:
                    if entity.id not in present:
                        instance.arguments.append(Argument(entity, role, 0.4))
            instance.note = "plural pronoun"
            return
    described = grammar.described is not None and grammar.described.search(before) is not None
    for word in (*names.pronouns, ""):
        if (word and grammar.has_word(before, word)) or (not word and described):
            role = roles.get(Slot.SUBJECT)
            candidates = [entity for entity in topic if entity.id not in present]
            if role is not None and candidates:
                instance.arguments.append(Argument(candidates[0], role, 0.5))
            instance.note = "pronoun"
            return


def fill_counterpart(
    grammar: Grammar,
    folded: str,
    roles: Mapping[Slot, Role],
    instance: FrameInstance,
    topic: Sequence[Entity],
) -> None:
    """ "supplies it to the partner": where one side is named, the other is whom the article speaks of besides."""
    sentence, hit = instance.sentence, instance.hit
    after = folded[hit.end : min(sentence.end, hit.end + 90)]
    role = next((roles[slot] for slot in (Slot.TO, Slot.OBJECT, Slot.WITH) if slot in roles), None)
    if role is None or len(instance.entities) != 1 or role in {argument.role for argument in instance.arguments}:
        return
    if any(grammar.has_word(after, word) for word in grammar.data.names.counterparts):
        others = [entity for entity in topic if entity.id not in instance.entities]
        if others:
            instance.arguments.append(Argument(others[0], role, 0.5))


def fill_loosely(
    roles: Mapping[Slot, Role],
    instance: FrameInstance,
    groups: Sequence[Group],
    entity_of: Mapping[int, Entity],
    *,
    symmetric: bool,
) -> None:
    """In title and lead, a name of the same sentence that no slot took stands in for a side that is missing."""
    hit = instance.hit
    present = instance.entities
    filled = {argument.role for argument in instance.arguments}
    wanted = set(roles.values())
    if symmetric:
        if len(present) >= 2:
            return
    elif len(filled & wanted) >= 2 or not wanted - filled:
        return
    nearest = sorted(groups, key=lambda group: min(abs(group.start - hit.end), abs(hit.start - group.end)))
    for group in nearest:
        if group.case == "other":
            continue
        fresh = [
            mention
            for mention in group.mentions
            if mention.start in entity_of and entity_of[mention.start].id not in present
        ]
        fresh = [mention for mention in fresh if mention.score * entity_of[mention.start].trust >= 0.5]
        if not fresh:
            continue
        if symmetric:
            role = roles.get(Slot.SUBJECT, Role.PARTNER)
        else:
            free = [
                roles[slot]
                for slot in (Slot.SUBJECT, Slot.OBJECT, Slot.TO, Slot.FROM, Slot.IN)
                if slot in roles and roles[slot] not in filled
            ]
            free = [item for item in free if item is not Role.SELLER]
            if not free:
                return
            role = free[0] if group.end <= hit.start else free[-1]
        instance.arguments.extend(Argument(entity_of[mention.start], role, 0.3, mention) for mention in fresh)
        if not symmetric or len(instance.entities) >= 2:
            return
