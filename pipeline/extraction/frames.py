"""Who does what to whom: a trigger of the lexicon with the organisations that fill its roles."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extraction.entities import Entity
from pipeline.extraction.lexicon import Hit
from pipeline.extraction.mentions import Mention
from pipeline.extraction.segmentation import Sentence
from storage.vocabulary import DealType, Role


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
