"""Who does what to whom: finds deal triggers and reads their arguments.

A trigger of the lexicon (a verb, a noun) opens a frame. The names around it get a case from the words that mark them
(prepositions before, particles after, plain position otherwise), and the frame says which case plays which role. The
same engine serves every language; what differs stands in the lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.extraction.entities import Entity
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit
from pipeline.extraction.lexicon.schema import Shape, Slot
from pipeline.extraction.mentions import Mention
from pipeline.extraction.particles import last_slots
from pipeline.extraction.segmentation import Sentence, Zone
from storage.vocabulary import SYMMETRIC_TYPES, DealType, Role


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


@dataclass(slots=True)
class Argument:
    """An organisation in a role, with how surely it stands in it."""

    entity: Entity
    role: Role
    weight: float
    mention: Mention | None = None


@dataclass(slots=True)
class FrameInstance:
    """One trigger of one sentence with its arguments."""

    name: str
    type: DealType
    hit: Hit
    sentence: Sentence
    weight: float
    arguments: list[Argument] = field(default_factory=list)
    cues: frozenset[str] = frozenset()
    note: str = ""
    passive: bool = False
    tense: str = ""  # "done", "to_come" or unknown

    @property
    def entities(self) -> set[int]:
        return {argument.entity.id for argument in self.arguments}


#: Characters between a trigger and an argument beyond which they hardly belong together.
REACH = 220
_CLAUSE_BREAK = re.compile(r"[;:—–]\s| - |[。！？；：]")
_COMMA = re.compile(r"[,，、]")
_WORDS = re.compile(r"[^\W_]+")
#: "from its stores Walmart takes": what a pronoun owns ends the phrase before a bare name.
_SUBORDINATE = re.compile(r"\b(?:that|dass|que|che|rằng)\b")
_OWNED = re.compile(r"^\s*(?:its|their|his|her)\s+[a-z]+\s*$")

ZONE_WEIGHT: Mapping[Zone, float] = {Zone.TITLE: 1.0, Zone.LEAD: 0.9, Zone.BODY: 0.6, Zone.FURNITURE: 0.0}


class FrameReader:
    """Reads the frames of one article."""

    def __init__(self, lexicon: CompiledLexicon, text: str, folded: str, sentences: Sequence[Sentence]) -> None:
        self._lexicon = lexicon
        self._text = text
        self._folded = folded
        self._sentences = sentences
        coordinators = lexicon.coordinators
        edge = r"(?:(?<=\W)|(?!\w))" if lexicon.data.script == "latin" else ""  # the "e" of "en" joins nothing
        self._joint = (
            re.compile(rf"^\s*(?:(?:{coordinators}){edge}\s*)+(?P<words>.*)$", re.DOTALL) if coordinators else None
        )
        self._bare = frozenset(lexicon.data.cases.bare)
        self._introducing = frozenset(lexicon.data.cases.determiners) | frozenset(lexicon.data.names.descriptors)
        self._after = sorted(
            ((word, case) for case, words in lexicon.data.cases.after.items() for word in words),
            key=lambda item: -len(item[0]),
        )
        self._joiners = frozenset(word for word in lexicon.data.cases.coordinators if word.isalpha())
        self._spaced = lexicon.data.script == "latin"
        self._syllables = bool(lexicon.data.names.compounds)
        tense = lexicon.data.tense
        self._tenses = [
            (name, re.compile(pattern if lexicon.data.script in ("kana", "hangul") else rf"(?:{pattern})$"))
            for name, pattern in (("to_come", tense.to_come), ("done", tense.done))
            if pattern
        ]
        self._attributive = re.compile(lexicon.data.cases.attributive) if lexicon.data.cases.attributive else None
        self._between = re.compile(rf"\s?[((\uff08][^()()\uff08\uff09\n]{{1,40}}[))\uff09]|(?:{lexicon.data.cases.between})") if lexicon.data.cases.between else None
        self._agent = re.compile(lexicon.data.cases.agent_between) if lexicon.data.cases.agent_between else None

    def _size(self, gap: str) -> int:
        """About how many words ``gap`` has, where they are written in syllables or without spaces too."""
        if not self._spaced:
            return len(gap) // 2
        size = len(_WORDS.findall(gap))
        return size * 3 // 5 if self._syllables else size

    # ---- groups and their cases

    def groups(self, sentence: Sentence, mentions: Sequence[Mention], hits: Sequence[Hit]) -> list[Group]:
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
        if self._joint is None or group.mentions[-1].possessive:
            return False
        if gap.strip() == "," and self._begins_clause(mention, gap_start, verbs):
            return False  # "A sells patents to B, C buys D"
        match = self._joint.match(gap)
        if match is None:
            return not gap and not self._spaced  # 通威隆基: two names in a row
        words = match.group("words").strip()
        if not words:
            return not self._pairs(group, gap, verbs) and not self._is_topic(group, mention, gap, gap_start, verbs)
        if _COMMA.search(words) or _CLAUSE_BREAK.search(words + " "):
            return False
        limit = 6 if self._spaced else 10
        size = self._size(words) if self._spaced else len(words)
        if size > limit:
            return False
        if any(gap_start <= hit.start < mention.start for hit in verbs):
            return False
        if self._last_marker(words) is not None:
            return False
        if self._lexicon.relative is not None and self._lexicon.relative.search(words):
            return False
        # "A and Chinese phone maker B" is one group; "A, whose shares fell, B" is not
        opener = gap.strip()[:1]
        return not (opener in (",，、" if self._spaced else ",，") and size > 3)

    def _pairs(self, group: Group, gap: str, verbs: Sequence[Hit]) -> bool:
        """Whether "and" means "with" here: A与B签署, where A is what the clause begins with."""
        if gap.strip() not in self._lexicon.data.cases.pairing or group.case is not None or len(group.mentions) > 1:
            return False
        return not any(hit.end <= group.start and not _COMMA.search(self._folded[hit.end : group.start]) for hit in verbs)

    def _is_topic(self, group: Group, mention: Mention, gap: str, gap_start: int, verbs: Sequence[Hit]) -> bool:
        """Whether the first name of a sentence is its subject for the comma after it: A、Bを買収, but not A、Bが合併."""
        if gap.strip() not in self._lexicon.data.cases.topic or group.case is not None or len(group.mentions) > 1:
            return False
        if self._folded[max(0, group.start - 12) : group.start].strip(" 　\n").endswith(("。", "は、")):
            return False
        first = next((item.start for item in self._sentences if item.start <= group.start < item.end), 0)
        if group.start - first > 16:
            return False
        case = self._case_at(mention.outer_end)
        follows = self._folded[mention.outer_end : mention.outer_end + 2].lstrip()
        marked = case is not None and case not in ("subject", "with")
        return marked or (case is None and follows[:1] not in ("、", ",", "・", "·", "", "\n")) or (case == "with" and follows[:1] == "と" )

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
        for match in _CLAUSE_BREAK.finditer(gap):
            cut = match.end()
        gap = gap[cut:]
        relative = False
        if self._lexicon.relative is not None and self._lexicon.relative.search(gap):
            relative = True
        last = self._last_marker(gap)
        if last is None:
            return None, relative
        between = gap[last.end() :]
        if "," in between and (last.lastgroup == "other" or not has_context):
            return None, relative  # a phrase at the front ends at its comma: "Under the deal, Intel"
        if self._spaced:
            if self._size(between) > 6 or between.count(",") > 1 or _OWNED.search(between) or _SUBORDINATE.search(between):
                return None, relative
        elif len(between) > 14 or _COMMA.search(between):
            return None, relative
        return last.lastgroup, relative

    def _last_marker(self, gap: str) -> re.Match[str] | None:
        """The last case marker of ``gap``. A bare one counts only where it speaks of the name: "de X", "de la empresa X",
        but not "software de pagos X"."""
        last = None
        if self._lexicon.case_markers is not None:
            for match in self._lexicon.case_markers.finditer(gap):
                following = _WORDS.search(gap, match.end())
                if match.group() not in self._bare or following is None or following.group() in self._introducing:
                    last = match
        return last

    def _case_after(self, mention: Mention) -> str | None:
        if mention.possessive:
            return Slot.POSS.value
        return self._case_at(mention.outer_end)

    def _case_at(self, at: int) -> str | None:
        """The case that the particle at ``at`` gives the name before it."""
        for _ in range(2 if self._between is not None else 0):
            skipped = self._between.match(self._folded, at) if self._between is not None else None
            at = skipped.end() if skipped else at
        following = self._folded[at : at + 16]
        for word, case in self._after:
            if following.startswith(word):
                return case
        return None

    # ---- frames

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
        if spec.shape is Shape.LAST:
            passive = False
            slots = last_slots(
                self._folded, sentence, hit, triggers, groups, spec.roles, symmetric=symmetric, attributive=self._attributive
            )
        elif spec.shape is Shape.FINAL:
            passive = self._is_final_passive(sentence, hit)
            slots = self._final_slots(sentence, hit, groups, passive=passive)
        else:
            slots = self._slots(sentence, hit, triggers, groups, noun=spec.shape is Shape.NOUN, symmetric=symmetric)
            if self._lexicon.data.cases.verb_second and spec.shape is not Shape.NOUN:
                slots = self._inverted(hit, slots, groups)
            passive = spec.shape is Shape.PASSIVE or (
                spec.shape is Shape.VERB and self._is_passive(sentence, hit, spec.passive, slots)
            )
        roles = dict(spec.roles)
        if passive and spec.shape is not Shape.PASSIVE:
            roles = _turned(roles)
        instance = FrameInstance(spec.name, spec.type, hit, sentence, spec.weight * ZONE_WEIGHT[sentence.zone])
        instance.passive = passive
        window = self._folded[max(sentence.start, hit.start - 44) : hit.end].rstrip()
        if spec.shape is Shape.LAST:
            window = self._folded[hit.end : min(sentence.end, hit.end + 40)]
            instance.tense = next((name for name, pattern in self._tenses if pattern.match(window)), "")
        else:
            instance.tense = next((name for name, pattern in self._tenses if pattern.search(window)), "")
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
        self._pronouns(sentence, hit, roles, instance, topic, slots, passive=passive)
        self._counterpart(sentence, hit, roles, instance, topic)
        if sentence.zone is not Zone.BODY:
            self._loose(hit, roles, instance, groups, entity_of, symmetric=symmetric)
        instance.cues = frozenset(
            other.cue.name
            for other in hits
            if other.cue.kind == CueKind.MODALITY and self._touches(sentence, hit, other)
        )
        return instance

    def _touches(self, sentence: Sentence, trigger: Hit, cue: Hit) -> bool:
        """Whether a modal cue speaks of the trigger: anywhere in the sentence, but "last year" only in its own clause."""
        if cue.cue.name not in ("background", "dated", "hypothetical", "denied"):
            return True
        first, last = (cue.end, trigger.start) if cue.start < trigger.start else (trigger.end, cue.start)
        between = self._folded[first:last]
        commas = len(_COMMA.findall(between))
        if cue.start - sentence.start < 12 and cue.start < trigger.start:
            return commas <= 1
        return commas == 0 and len(between) < 120 and not _CLAUSE_BREAK.search(between)

    def _slots(
        self,
        sentence: Sentence,
        hit: Hit,
        triggers: Sequence[Hit],
        groups: Sequence[Group],
        *,
        noun: bool,
        symmetric: bool,
    ) -> list[tuple[Slot, Group, float]]:
        slots: list[tuple[Slot, Group, float]] = []
        left = [group for group in groups if group.end <= hit.start]
        right = [group for group in groups if group.start >= hit.end]
        inside = [group for group in groups if group.start < hit.end and group.end > hit.start]
        slots.extend((Slot.OBJECT, group, 0.9) for group in inside)
        verb_last = self._lexicon.data.verb_last
        agent = (
            self._agent is not None
            and self._agent.search(self._folded[max(sentence.start, hit.start - 48) : hit.start]) is not None
        )
        subject_found = False
        for distance, group in enumerate(reversed(left)):
            gap = self._folded[group.end : hit.start]
            if len(gap) > REACH or (_CLAUSE_BREAK.search(gap) and subject_found):
                break
            words = self._size(gap)
            if group.case == Slot.POSS.value:
                if distance == 0 and words <= (4 if noun else 3) and not _COMMA.search(gap):
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
                if not noun and not verb_last and gap.strip() in self._joiners and any(other.end <= group.start for other in triggers):
                    continue  # "A buys B and invests in C"
                if group.relative and left.index(group) > 0 and not verb_last:
                    continue
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
                if verb_last and _COMMA.search(gap) and any(group.end <= other.start < hit.start for other in triggers):
                    continue  # 与B签署协议,收购C: B belongs to the first verb
                usable = verb_last or group.case in ("with", "between") or (agent and group.case in ("by", "of"))
                if usable:
                    slots.append((Slot(group.case), group, 0.8 if verb_last else 0.6))
        object_found = bool(inside)
        for distance, group in enumerate(right):
            gap = self._folded[hit.end : group.start]
            if len(gap) > REACH:
                break
            crossing = [
                other for other in triggers if hit.end <= other.start < group.start and other.cue.frame is not None
            ]
            if _CLAUSE_BREAK.search(gap):
                break
            sureness = 1.0 if not crossing else 0.5
            words = self._size(gap)
            if group.case is None or group.case in ("object", "subject", "poss"):
                if object_found and not (symmetric and noun):
                    continue
                if group.relative and words > 6:
                    continue
                commas = len(_COMMA.findall(gap))
                if words > 9 or commas > 1:
                    sureness *= 0.6
                if group.case == "poss":
                    slots.append((Slot.FROM, group, sureness * 0.9))
                    object_found = object_found or not noun
                elif noun:
                    if words <= 6:
                        # German "Übernahme der A": its genitive article is a nominative one elsewhere
                        genitive = self._lexicon.data.cases.verb_second and words <= 3 and not commas
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

    def _inverted(self, hit: Hit, slots: list[tuple[Slot, Group, float]], groups: Sequence[Group]) -> list[tuple[Slot, Group, float]]:
        """ "Damit übernimmt A die Firma B": with nothing before the verb, the subject follows it, and then the object."""
        if any(slot in (Slot.SUBJECT, Slot.POSS) for slot, _, _ in slots):
            return slots
        first = next((item for item in slots if item[0] is Slot.OBJECT and item[1].start >= hit.end), None)
        if first is None:
            return slots
        gap = self._folded[hit.end : first[1].start]
        if len(_WORDS.findall(gap)) > 6 or _COMMA.search(gap):
            return slots
        names = self._lexicon.data.names
        if any(_has_word(gap, word, spaced=True) for word in (*names.pronouns, *names.plural_pronouns)):
            return slots
        second = next((group for group in groups if group.start > first[1].end and group.case is None), None)
        others = [item for item in slots if item is not first]
        if second is not None and not _CLAUSE_BREAK.search(self._folded[first[1].end : second.start]) and second.start - hit.end < REACH:
            return [(Slot.SUBJECT, first[1], first[2]), (Slot.OBJECT, second, 0.9), *others]
        if any(slot in (Slot.TO, Slot.FROM, Slot.IN, Slot.OF, Slot.WITH) for slot, _, _ in others):
            return [(Slot.SUBJECT, first[1], first[2]), *others]
        return slots

    def _is_final_passive(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether the other half of the bracket, before the verb form or right after it, makes it passive."""
        if self._agent is None:
            return False
        before = self._folded[max(sentence.start, hit.start - REACH) : hit.start]
        cut = max((match.end() for match in _COMMA.finditer(before)), default=0)
        after = self._folded[hit.end : min(sentence.end, hit.end + 14)]
        return self._agent.search(before[cut:]) is not None or self._agent.search(after) is not None

    def _final_slots(self, sentence: Sentence, hit: Hit, groups: Sequence[Group], *, passive: bool) -> list[tuple[Slot, Group, float]]:
        """Arguments of a verb form that stands last: the nearest bare name is its object, the one before that its subject."""
        slots: list[tuple[Slot, Group, float]] = []
        bare: list[Group] = []
        auxiliary = self._lexicon.data.cases.auxiliary
        for group in reversed([group for group in groups if group.end <= hit.start]):
            gap = self._folded[group.end : hit.start]
            if len(gap) > REACH or (_CLAUSE_BREAK.search(gap) and bare):
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
            if group.start >= hit.end and group.case in ("to", "from", "of", "by") and len(_WORDS.findall(self._folded[hit.end : group.start])) <= 3:
                slots.append((Slot.TO if group.case == "to" else Slot.BY if passive else Slot.FROM, group, 0.6))
        following = next((group for group in groups if group.start >= hit.end and group.case is None), None)
        if bare and following is not None and not passive:
            before, after = self._folded[bare[0].end : hit.start], self._folded[hit.end : following.start]
            finite = not _COMMA.search(after) and not _CLAUSE_BREAK.search(after) and len(_WORDS.findall(after)) <= 6
            if finite and not _COMMA.search(before) and not (auxiliary and re.search(auxiliary, before)):
                return [(Slot.SUBJECT, bare[0], 0.95), (Slot.OBJECT, following, 0.9), *slots]  # "A und B kaufen C"
        if len(bare) == 2 and not passive:
            slots.extend(((Slot.OBJECT, bare[0], 0.95), (Slot.SUBJECT, bare[1], 0.95)))
        elif bare:
            gap = self._folded[bare[0].end : hit.start]
            acts = not passive and (_COMMA.search(gap) or (auxiliary and re.search(auxiliary, gap)))
            # passive roles are turned: what suffers stands in the subject's slot either way
            slots.append((Slot.SUBJECT if acts or passive else Slot.OBJECT, bare[0], 0.85))
        return slots

    def _loose(
        self,
        hit: Hit,
        roles: Mapping[Slot, Role],
        instance: FrameInstance,
        groups: Sequence[Group],
        entity_of: Mapping[int, Entity],
        *,
        symmetric: bool,
    ) -> None:
        """In title and lead, a name of the same sentence that no slot took stands in for a side that is missing."""
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

    def _is_passive(
        self, sentence: Sentence, hit: Hit, pattern: str, slots: Sequence[tuple[Slot, Group, float]]
    ) -> bool:
        form = self._folded[hit.start : hit.end]
        if pattern and not re.search(pattern, form):
            return False
        before = self._folded[max(sentence.start, hit.start - 48) : hit.start]
        marker = self._lexicon.passive_before
        if marker is not None and marker.search(before):
            return True
        if self._agent is not None and self._agent.search(before):
            return True
        if not pattern:
            return False
        after = self._folded[hit.end : hit.end + 16]
        return bool(re.match(r"\s+(?:by|von|durch|par|por|pel[oa]s?|da|dal|dallo|dalla|dall|dai|dagli|dalle)\b", after))

    def _pronouns(
        self,
        sentence: Sentence,
        hit: Hit,
        roles: Mapping[Slot, Role],
        instance: FrameInstance,
        topic: Sequence[Entity],
        slots: Sequence[tuple[Slot, Group, float]],
        *,
        passive: bool,
    ) -> None:
        """A subject that is only "the company" or "both sides" is looked up among those named before."""
        if any(slot in (Slot.SUBJECT, Slot.POSS, Slot.BY) for slot, _, sureness in slots if sureness > 0.4):
            return
        names = self._lexicon.data.names
        before = self._folded[max(sentence.start, hit.start - 160) : hit.start]
        present = instance.entities
        if self._lexicon.data.cases.verb_second:
            before += " " + self._folded[hit.end : min(sentence.end, hit.end + 40)]  # "tauschen die beiden Firmen Patente"
        for word in names.plural_pronouns:
            if _has_word(before, word, spaced=self._spaced):
                role = roles.get(Slot.SUBJECT)
                if role is not None:
                    for entity in topic[:2]:
                        if entity.id not in present:
                            instance.arguments.append(Argument(entity, role, 0.4))
                instance.note = "plural pronoun"
                return
        for word in names.pronouns:
            if _has_word(before, word, spaced=self._spaced):
                role = roles.get(Slot.SUBJECT)
                candidates = [entity for entity in topic if entity.id not in present]
                if role is not None and candidates:
                    instance.arguments.append(Argument(candidates[0], role, 0.5))
                instance.note = "pronoun"
                return

    def _counterpart(
        self, sentence: Sentence, hit: Hit, roles: Mapping[Slot, Role], instance: FrameInstance, topic: Sequence[Entity]
    ) -> None:
        """ "supplies it to the partner": where one side is named, the other is the one that the article speaks of besides."""
        after = self._folded[hit.end : min(sentence.end, hit.end + 90)]
        role = next((roles[slot] for slot in (Slot.TO, Slot.OBJECT, Slot.WITH) if slot in roles), None)
        if role is None or len(instance.entities) != 1 or role in {argument.role for argument in instance.arguments}:
            return
        if any(_has_word(after, word, spaced=self._spaced) for word in self._lexicon.data.names.counterparts):
            others = [entity for entity in topic if entity.id not in instance.entities]
            if others:
                instance.arguments.append(Argument(others[0], role, 0.5))


def _has_word(text: str, word: str, *, spaced: bool) -> bool:
    if not spaced:
        return word in text
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _turned(roles: dict[Slot, Role]) -> dict[Slot, Role]:
    """Roles of a passive: the subject suffers, the one after "by" acts."""
    turned = dict(roles)
    subject, target = roles.get(Slot.SUBJECT), roles.get(Slot.OBJECT)
    if target is not None:
        turned[Slot.SUBJECT] = target
        turned[Slot.OBJECT] = target
    if subject is not None:
        turned[Slot.BY] = subject
    return turned


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Of overlapping triggers the longest."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda item: (item.start - item.end, item.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    kept.sort(key=lambda item: item.start)
    return kept
