"""From frames to deals: frames of the same parties support one hypothesis, the strongest hypotheses become reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.extraction.entities import Entity
from pipeline.extraction.frames import FrameInstance
from pipeline.extraction.segmentation import Zone
from storage.vocabulary import SYMMETRIC_TYPES, DealType, Role

_BACKGROUND = 0.35
_HYPOTHETICAL = 0.6
_DENIED = 0.3
_TALKS = 0.85
#: How surely a name must be an organisation's to be put into a deal without a frame.
_SURE_NAME = 0.4

#: Types that speak of one family of events: a report may call the same deal by any of them.
FAMILIES: Mapping[DealType, int] = {
    DealType.ACQUISITION: 0,
    DealType.MERGER: 0,
    DealType.ASSET_PURCHASE: 0,
    DealType.INVESTMENT: 0,
    DealType.JOINT_VENTURE: 1,
    DealType.PARTNERSHIP: 1,
    DealType.SUPPLY: 1,
    DealType.LICENSING: 2,
    DealType.CROSS_LICENSING: 2,
    DealType.SETTLEMENT: 2,
}
#: How a role reads when the deal turns out to be of another type.
_TRANSLATED: Mapping[DealType, Mapping[Role, Role]] = {
    DealType.ACQUISITION: {Role.INVESTOR: Role.ACQUIRER, Role.INVESTEE: Role.TARGET},
    DealType.ASSET_PURCHASE: {Role.INVESTOR: Role.ACQUIRER, Role.INVESTEE: Role.SELLER, Role.TARGET: Role.SELLER},
    DealType.INVESTMENT: {Role.ACQUIRER: Role.INVESTOR, Role.TARGET: Role.INVESTEE},
    DealType.LICENSING: {},
    DealType.SUPPLY: {},
}
ROLES_OF: Mapping[DealType, frozenset[Role]] = {
    DealType.ACQUISITION: frozenset({Role.ACQUIRER, Role.TARGET, Role.SELLER}),
    DealType.ASSET_PURCHASE: frozenset({Role.ACQUIRER, Role.SELLER, Role.TARGET}),
    DealType.INVESTMENT: frozenset({Role.INVESTOR, Role.INVESTEE, Role.SELLER}),
    DealType.LICENSING: frozenset({Role.LICENSOR, Role.LICENSEE}),
    DealType.SUPPLY: frozenset({Role.SUPPLIER, Role.CUSTOMER}),
    DealType.SETTLEMENT: frozenset({Role.PARTY}),
}
#: The two sides that a complete report of the type names.
SIDES: Mapping[DealType, tuple[Role, Role]] = {
    DealType.ACQUISITION: (Role.ACQUIRER, Role.TARGET),
    DealType.ASSET_PURCHASE: (Role.ACQUIRER, Role.SELLER),
    DealType.INVESTMENT: (Role.INVESTOR, Role.INVESTEE),
    DealType.LICENSING: (Role.LICENSOR, Role.LICENSEE),
    DealType.SUPPLY: (Role.SUPPLIER, Role.CUSTOMER),
}


@dataclass(slots=True)
class Scored:
    """A frame with what it is worth, and why."""

    frame: FrameInstance
    score: float
    background: bool


@dataclass(slots=True)
class Hypothesis:
    """A deal that the article may report, with the frames that say so."""

    members: set[int]  # ids of entities
    frames: list[Scored] = field(default_factory=list)

    @property
    def strength(self) -> float:
        """Best frame plus a share of the rest, foreground only."""
        scores = sorted((scored.score for scored in self.frames), reverse=True)
        return (scores[0] + 0.3 * sum(scores[1:6])) if scores else 0.0

    def type_scores(self) -> dict[DealType, float]:
        by_type: dict[DealType, list[float]] = {}
        for scored in self.frames:
            by_type.setdefault(scored.frame.type, []).append(scored.score)
        result = {}
        for deal_type, scores in by_type.items():
            scores.sort(reverse=True)
            result[deal_type] = scores[0] + 0.3 * sum(scores[1:5])
        return result


def is_complete(frame: FrameInstance) -> bool:
    """Whether both sides are named."""
    if len(frame.entities) < 2:
        return False
    roles = {argument.role for argument in frame.arguments}
    return (
        len(roles) >= 2
        or frame.type in SYMMETRIC_TYPES
        or roles == {Role.PARTY}
        or len(roles & {Role.PARTNER, Role.PARTY}) > 0
    )


def weigh(frame: FrameInstance) -> Scored:
    """What one frame is worth: its trigger, its place, how completely and surely it is filled, how it is meant."""
    score = frame.weight
    weights = sorted((argument.weight for argument in frame.arguments), reverse=True)
    if is_complete(frame):
        score *= 0.5 + 0.5 * min(1.0, sum(weights[:2]) / 2)
    elif weights:
        score *= 0.5 * (0.5 + 0.5 * weights[0])
    else:
        score *= 0.2
    background = False
    if "background" in frame.cues and frame.sentence.zone is not Zone.TITLE:
        fresh = "future" in frame.cues
        score *= _BACKGROUND if not fresh else 0.7
        background = not fresh
    elif "dated" in frame.cues and frame.sentence.zone is Zone.BODY:
        score *= 0.7
    if "hypothetical" in frame.cues:
        score *= _HYPOTHETICAL
    if "denied" in frame.cues:
        score *= _DENIED
    elif "rumored" in frame.cues:
        score *= _TALKS
    return Scored(frame, score, background)


def hypothesise(frames: Iterable[FrameInstance], salient: Sequence[Entity]) -> list[Hypothesis]:
    """Hypotheses, strongest first. ``salient`` are the article's organisations, most prominent first."""
    scored = sorted((weigh(frame) for frame in frames), key=lambda item: -item.score)
    hypotheses: list[Hypothesis] = []
    partial: list[Scored] = []
    for item in scored:
        entities = item.frame.entities
        if not is_complete(item.frame):
            partial.append(item)
            continue
        home = None
        for hypothesis in hypotheses:
            shared = len(hypothesis.members & entities)
            if shared >= 2 or shared == len(hypothesis.members) or (shared == 1 and _compatible(hypothesis, item)):
                home = hypothesis
                break
        if home is None:
            hypotheses.append(Hypothesis(set(entities), [item]))
        else:
            home.frames.append(item)
            if not item.background:
                home.members |= entities
    for item in partial:
        entities = item.frame.entities
        owners = [hypothesis for hypothesis in hypotheses if hypothesis.members & entities]
        if not entities and hypotheses:
            owners = hypotheses[:1]
        roles = {argument.role for argument in item.frame.arguments}
        if not owners and roles:
            owners = [hypothesis for hypothesis in hypotheses if _completes(item, roles, hypothesis)][:1]
            for hypothesis in owners:
                hypothesis.members |= entities
        if owners:
            best = max(owners, key=lambda hypothesis: hypothesis.strength)
            best.frames.append(item)
        elif entities:
            hypotheses.append(Hypothesis(set(entities), [item]))
    hypotheses.sort(key=lambda hypothesis: -hypothesis.strength)
    if not any(len(hypothesis.members) > 1 for hypothesis in hypotheses):
        # no frame puts two organisations together: the most prominent two may still have a deal (the words decide)
        pair = [entity.id for entity in salient if entity.score >= _SURE_NAME and (entity.in_title or entity.in_lead)]
        if len(pair) > 1:
            loose = [scored for hypothesis in hypotheses for scored in hypothesis.frames]
            hypotheses.insert(0, Hypothesis(set(pair[:2]), loose))
    return hypotheses


def _completes(item: Scored, roles: set[Role], hypothesis: Hypothesis) -> bool:
    """Whether a frame with one side only names the other side of a deal: "A goes to a group. B and C bought it." """
    frames = [scored for scored in hypothesis.frames if not scored.background]
    if roles == {Role.INVESTOR}:
        return any(scored.frame.type is DealType.INVESTMENT for scored in frames)
    if item.background or item.frame.sentence.zone is Zone.BODY:
        return False
    same = [scored.frame for scored in frames if scored.frame.type is item.frame.type]
    return bool(same) and not any(roles & {argument.role for argument in frame.arguments} for frame in same)


def _compatible(hypothesis: Hypothesis, item: Scored) -> bool:
    """Whether a frame that shares one party tells of the same deal: same family, and not a second, equal deal."""
    family = FAMILIES[item.frame.type]
    families = {FAMILIES[scored.frame.type] for scored in hypothesis.frames[:3]}
    if family not in families:
        return False
    if item.frame.type is DealType.INVESTMENT and any(s.frame.type is DealType.INVESTMENT for s in hypothesis.frames):
        return True
    strong = item.score >= 0.7 * hypothesis.frames[0].score
    same_sentence = any(scored.frame.sentence.index == item.frame.sentence.index for scored in hypothesis.frames)
    return same_sentence or not strong or item.background


def votes(hypothesis: Hypothesis, deal_type: DealType, *, power: float = 1.0) -> dict[int, dict[Role, float]]:
    """What each organisation is said to be in the deal, by weight.

    A higher ``power`` lets few sure words outvote many.
    """
    result: dict[int, dict[Role, float]] = {}
    translated = _TRANSLATED.get(deal_type, {})
    sellers = {
        argument.entity.id
        for scored in hypothesis.frames
        for argument in scored.frame.arguments
        if argument.role is Role.SELLER
    }
    for scored in hypothesis.frames:
        share = 0.3 if scored.background else 1.0
        for argument in scored.frame.arguments:
            role = argument.role
            if deal_type in SYMMETRIC_TYPES:
                role = Role.PARTNER
            elif deal_type is DealType.SETTLEMENT:
                role = Role.PARTY
            else:
                unit = role is Role.TARGET and sellers and argument.entity.id not in sellers
                if not (unit and deal_type is DealType.ASSET_PURCHASE):  # a unit's own name, beside its seller's
                    role = translated.get(role, role)
                if role not in ROLES_OF[deal_type]:
                    role = Role.PARTY
            tally = result.setdefault(argument.entity.id, {})
            tally[role] = tally.get(role, 0.0) + (scored.score * argument.weight * share) ** power
    return result
