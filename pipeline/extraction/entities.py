"""Gathers the mentions of one article into the organisations it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extraction.lexicon import fold
from pipeline.extraction.mentions import Mention
from pipeline.extraction.organisations import Directory, Organisation
from pipeline.extraction.places import is_town
from pipeline.extraction.segmentation import Sentence, Zone
from pipeline.extraction.vocabulary import names_investor, names_vehicle
from pipeline.names import words_of


@dataclass(slots=True)
class Entity:
    """One organisation of the article: every mention of it, and how surely it is one."""

    id: int
    key: str
    mentions: list[Mention] = field(default_factory=list)
    organisation: Organisation | None = None
    score: float = 0.0
    in_title: bool = False
    in_lead: bool = False
    town: bool = False  # a town goes by that name
    invests: bool = False  # named as a fund is
    vehicle: bool = False  # founded only to carry out a purchase
    trust: float = 1.0  # below 1 where the name may be ordinary words that a headline capitalises

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    @property
    def count(self) -> int:
        return len(self.mentions)

    def named(self, sentences: Sequence[Sentence]) -> str:
        """The name it goes by: as the title writes it, else as it is written first."""
        for mention in self.mentions:
            if sentences[mention.sentence].zone is Zone.TITLE:
                return mention.name
        return self.mentions[0].name

    @property
    def name(self) -> str:
        """The name it is mostly written with; of equals, the longer."""
        tally: dict[str, int] = {}
        for mention in self.mentions:
            tally[mention.name] = tally.get(mention.name, 0) + 1
        return max(tally, key=lambda name: (tally[name] + (0.5 if len(name.split()) > 1 else 0), len(name)))


def _key(mention: Mention) -> str:
    if mention.organisation is not None:
        return fold(mention.organisation.name)
    return " ".join(words_of(mention.name)) or fold(mention.name)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.replace("-", " ").split() if word[:1].isupper())


def stands_in(text: str, words: str) -> bool:
    """Whether ``words`` stand in ``text`` as they are, as whole words."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False


def _trust(entity: Entity, sentences: Sequence[Sentence], text: str) -> float:
    """Less where the same words stand in lower case in the text, or where only a headline in capitals names them."""
    trust = 1.0
    lowered = entity.first.name.lower()
    if lowered != entity.first.name and stands_in(text, lowered):
        trust *= 0.5
    if all(sentences[mention.sentence].headline_case for mention in entity.mentions):
        trust *= 0.6
    return trust


def gather(
    mentions: Sequence[Mention], sentences: Sequence[Sentence], known: Directory, text: str
) -> tuple[list[Entity], dict[int, Entity]]:
    """Entities in order of appearance, and the entity of each mention (by its start)."""
    by_key: dict[str, Entity] = {}
    alias_of: dict[str, str] = {}
    body = [mention for mention in mentions if sentences[mention.sentence].zone is not Zone.FURNITURE]
    for mention in mentions:
        for alias in mention.aliases:
            alias_of.setdefault(fold(alias), _key(mention))
    full_names = {_key(mention): mention for mention in body}
    parents: dict[str, str] = {}
    spelled = {key: f" {fold(mention.name)} " for key, mention in full_names.items()}
    long_names = [(key, name) for key, name in spelled.items() if " " in name.strip()]
    initials = {_initials(full_names[key].name): key for key, _ in reversed(long_names)}
    for key, mention in full_names.items():
        if mention.organisation is not None:
            continue
        if key in alias_of and alias_of[key] != key:
            parents[key] = alias_of[key]
            continue
        name = spelled[key]
        longer = [other for other, full in long_names if name in full and len(full) > len(name) and other != key]
        if mention.name.isupper() and len(mention.name) >= 2 and initials.get(mention.name, key) != key:
            longer.append(initials[mention.name])
        beginning = [other for other in longer if other.startswith(f"{key} ")]
        if len(longer) == 1:
            parents[key] = longer[0]
        elif beginning:
            parents[key] = min(beginning, key=lambda other: full_names[other].start)
    entity_of: dict[int, Entity] = {}
    for mention in body:
        key = _key(mention)
        for _ in range(3):
            key = parents.get(key, key)
        entity = by_key.get(key)
        if entity is None:
            entity = by_key[key] = Entity(len(by_key), key)
        entity.mentions.append(mention)
        if entity.organisation is None:
            entity.organisation = mention.organisation or known.get(mention.name)
        zone = sentences[mention.sentence].zone
        entity.in_title |= zone is Zone.TITLE
        entity.in_lead |= zone is Zone.LEAD
        entity_of[mention.start] = entity
    for entity in by_key.values():
        best = max(mention.score for mention in entity.mentions)
        entity.invests = any(names_investor(name) for name in {mention.name for mention in entity.mentions})
        entity.vehicle = names_vehicle(entity.first.name)
        entity.town = entity.organisation is None and is_town(entity.first.name)
        if entity.organisation is None and best < 0.9:
            entity.trust = _trust(entity, sentences, text)
            best *= entity.trust
        entity.score = min(1.0, best + 0.05 * min(3, entity.count - 1))
    return list(by_key.values()), entity_of
