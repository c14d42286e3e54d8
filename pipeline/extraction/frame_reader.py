"""Finds deal triggers and reads their frames.

A trigger of the lexicon (a verb, a noun) opens a frame. The names around it get a case (groups.py), the case and their
place give them a slot (slots.py, particles.py), and the frame says which slot plays which role. The same engine serves
every language; what differs stands in the lexicon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.extraction.entities import Entity
from pipeline.extraction.frames import Argument, FrameInstance
from pipeline.extraction.grammar import CLAUSE_BREAK, COMMA, grammar_of
from pipeline.extraction.groups import Group, GroupReader
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit
from pipeline.extraction.lexicon.schema import Frame, Shape
from pipeline.extraction.mentions import Mention
from pipeline.extraction.particles import last_slots
from pipeline.extraction.segmentation import Sentence, Zone
from pipeline.extraction.slots import Filled, SlotReader
from pipeline.extraction.stand_ins import fill_counterpart, fill_loosely, fill_pronoun
from pipeline.extraction.voice import is_final_passive, is_passive, turned
from storage.vocabulary import SYMMETRIC_TYPES, Role

_ZONE_WEIGHT: Mapping[Zone, float] = {Zone.TITLE: 1.0, Zone.LEAD: 0.9, Zone.BODY: 0.6, Zone.FURNITURE: 0.0}


class FrameReader:
    """Reads the frames of one article."""

    def __init__(self, lexicon: CompiledLexicon, folded: str, sentences: Sequence[Sentence]) -> None:
        self._grammar = grammar_of(lexicon)
        self._folded = folded
        self._groups = GroupReader(self._grammar, folded, sentences)
        self._arguments = SlotReader(self._grammar, folded)

    def groups(self, sentence: Sentence, mentions: Sequence[Mention], hits: Sequence[Hit]) -> list[Group]:
        """The names of one sentence in groups, each with its case."""
        return self._groups.read(sentence, mentions, hits)

    def read(
        self,
        sentence: Sentence,
        mentions: Sequence[Mention],
        hits: Sequence[Hit],
        entity_of: Mapping[int, Entity],
        topic: Sequence[Entity],
    ) -> list[FrameInstance]:
        """Frames of one sentence. ``topic`` are the organisations that a pronoun would mean, best first."""
        frames = []
        groups = self.groups(sentence, mentions, hits)
        triggers = [hit for hit in hits if hit.cue.kind == CueKind.FRAME]
        triggers = _longest(triggers)
        for hit in triggers:
            frame = self._instance(sentence, hit, triggers, groups, hits, entity_of, topic)
            if frame is not None:
                frames.append(frame)
        return frames

    def _instance(
        self,
        sentence: Sentence,
        hit: Hit,
        triggers: Sequence[Hit],
        groups: Sequence[Group],
        hits: Sequence[Hit],
        entity_of: Mapping[int, Entity],
        topic: Sequence[Entity],
    ) -> FrameInstance | None:
        spec = hit.cue.frame
        if spec is None:
            return None
        symmetric = spec.type in SYMMETRIC_TYPES or Role.PARTY in spec.roles.values()
        slots, passive = self._slots(sentence, hit, spec, triggers, groups, symmetric=symmetric)
        roles = dict(spec.roles)
        if passive and spec.shape is not Shape.PASSIVE:
            roles = turned(roles)
        instance = FrameInstance(spec.name, spec.type, hit, sentence, spec.weight * _ZONE_WEIGHT[sentence.zone])
        instance.passive = passive
        instance.tense = self._tense(instance)
        seen: set[int] = set()
        for slot, group, sureness in slots:
            role = roles.get(slot)
            if role is None:
                continue
            for mention in group.mentions:
                entity = entity_of.get(mention.start)
                if entity is None or entity.id in seen:
                    continue
                seen.add(entity.id)
                surest = max(other.score for other in group.mentions)
                score = max(mention.score, min(0.6, surest - 0.1))  # a name listed with organisations is one
                score *= entity.trust
                entity.score = max(entity.score, score)
                instance.arguments.append(Argument(entity, role, sureness * min(1.0, score + 0.2), mention))
        fill_pronoun(self._grammar, self._folded, roles, instance, topic, slots)
        fill_counterpart(self._grammar, self._folded, roles, instance, topic)
        if sentence.zone is not Zone.BODY:
            fill_loosely(roles, instance, groups, entity_of, symmetric=symmetric)
        instance.cues = frozenset(
            other.cue.name
            for other in hits
            if other.cue.kind == CueKind.MODALITY and self._touches(sentence, hit, other)
        )
        return instance

    def _slots(
        self,
        sentence: Sentence,
        hit: Hit,
        spec: Frame,
        triggers: Sequence[Hit],
        groups: Sequence[Group],
        *,
        symmetric: bool,
    ) -> tuple[list[Filled], bool]:
        """The arguments of a trigger, and whether it is passive."""
        grammar, folded = self._grammar, self._folded
        if spec.shape is Shape.LAST:
            slots = last_slots(
                folded,
                sentence,
                hit,
                triggers,
                groups,
                spec.roles,
                symmetric=symmetric,
                attributive=grammar.attributive,
            )
            return slots, False
        if spec.shape is Shape.FINAL:
            passive = is_final_passive(grammar, folded, sentence, hit)
            return self._arguments.final(sentence, hit, groups, passive=passive), passive
        noun = spec.shape is Shape.NOUN
        slots = self._arguments.around(sentence, hit, triggers, groups, noun=noun, symmetric=symmetric)
        if grammar.data.cases.verb_second and not noun:
            slots = self._arguments.inverted(hit, slots, groups)
        passive = spec.shape is Shape.PASSIVE or (
            spec.shape is Shape.VERB and is_passive(grammar, folded, sentence, hit, spec.passive)
        )
        return slots, passive

    def _tense(self, instance: FrameInstance) -> str:
        """ "done" or "to_come" by the words before the trigger (after it where it stands last), or nothing."""
        sentence, hit = instance.sentence, instance.hit
        if hit.cue.frame is not None and hit.cue.frame.shape is Shape.LAST:
            window = self._folded[hit.end : min(sentence.end, hit.end + 40)]
            return next((name for name, pattern in self._grammar.tenses if pattern.match(window)), "")
        window = self._folded[max(sentence.start, hit.start - 44) : hit.end].rstrip()
        return next((name for name, pattern in self._grammar.tenses if pattern.search(window)), "")

    def _touches(self, sentence: Sentence, trigger: Hit, cue: Hit) -> bool:
        """Whether a modal cue speaks of the trigger: anywhere in the sentence; "last year" only in its own clause."""
        if cue.cue.name not in ("background", "dated", "hypothetical", "denied"):
            return True
        first, last = (cue.end, trigger.start) if cue.start < trigger.start else (trigger.end, cue.start)
        between = self._folded[first:last]
        commas = len(COMMA.findall(between))
        if cue.start - sentence.start < 12 and cue.start < trigger.start:
            return commas <= 1
        return commas == 0 and len(between) < 120 and not CLAUSE_BREAK.search(between)


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Of overlapping triggers the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda item: (item.start - item.end, item.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    kept.sort(key=lambda item: item.start)
    return kept
