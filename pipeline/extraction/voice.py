"""Whether a trigger is passive, and what its roles are then."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.extraction.grammar import COMMA, REACH, Grammar
from pipeline.extraction.lexicon import Hit
from pipeline.extraction.lexicon.schema import Slot
from pipeline.extraction.segmentation import Sentence
from storage.vocabulary import Role


def is_passive(grammar: Grammar, folded: str, sentence: Sentence, hit: Hit, pattern: str) -> bool:
    """Whether a verb is passive, by its form (``pattern``) and the words around it."""
    form = folded[hit.start : hit.end]
    if pattern and not re.search(pattern, form):
        return False
    before = folded[max(sentence.start, hit.start - 48) : hit.start]
    marker = grammar.lexicon.passive_before
    if marker is not None and marker.search(before):
        return True
    if grammar.agent is not None and grammar.agent.search(before):
        return True
    if not pattern:
        return False
    after = folded[hit.end : hit.end + 16]
    return bool(re.match(r"\s+(?:by|von|durch|par|por|pel[oa]s?|da|dal|dallo|dalla|dall|dai|dagli|dalle)\b", after))


def is_final_passive(grammar: Grammar, folded: str, sentence: Sentence, hit: Hit) -> bool:
    """Whether the other half of the bracket, before the verb form or right after it, makes it passive."""
    if grammar.agent is None:
        return False
    before = folded[max(sentence.start, hit.start - REACH) : hit.start]
    cut = max((match.end() for match in COMMA.finditer(before)), default=0)
    after = folded[hit.end : min(sentence.end, hit.end + 14)]
    return grammar.agent.search(before[cut:]) is not None or grammar.agent.search(after) is not None


def turned(roles: Mapping[Slot, Role]) -> dict[Slot, Role]:
    """Roles of a passive: the subject suffers, the one after "by" acts."""
    result = dict(roles)
    subject, target = roles.get(Slot.SUBJECT), roles.get(Slot.OBJECT)
    if target is not None:
        result[Slot.SUBJECT] = target
        result[Slot.OBJECT] = target
    if subject is not None:
        result[Slot.BY] = subject
    return result
