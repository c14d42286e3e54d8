"""Who takes part in a deal, and in which role."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.extraction.entities import Entity
from pipeline.extraction.hypotheses import ROLES_OF, SIDES, Hypothesis, votes
from pipeline.extraction.model import probability
from storage.vocabulary import SYMMETRIC_TYPES, DealType, Role

#: An organisation with this probability is a party; the two likeliest sides need less.
THRESHOLD = 0.55
_SIDE_THRESHOLD = 0.22
#: So many of the most prominent organisations are looked at even where no frame names them,
_PROMINENT = 5
#: and any beside a trigger whose name is as sure as this.
_BESIDE_SCORE = 0.4
#: How surely a name in a list of investors must be an organisation's.
_LISTED_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that may be a party. ``weight`` is what the frames say for it (0 where none names it)."""

    entity: Entity
    role: Role
    weight: float
    probability: float = 0.0


def salience(entity: Entity) -> float:
    """How prominent an organisation is in its article."""
    return entity.score * (
        (2.0 if entity.in_title else 0.0) + (1.2 if entity.in_lead else 0.0) + math.log1p(entity.count)
    )


def party_features(
    hypothesis: Hypothesis,
    deal_type: DealType,
    entities: Sequence[Entity],
    lists: Sequence[frozenset[int]],
    elsewhere: Collection[int] = (),
) -> dict[int, tuple[Role, float, dict[str, float]]]:
    """For each organisation worth a look: its role (PARTY where no frame says), its votes, its features.

    ``elsewhere`` are parties of other deals of the article; they need a frame of their own here.
    """
    tallies = votes(hypothesis, deal_type)
    sharpened = votes(hypothesis, deal_type, power=2.0)
    totals = {number: sum(tally.values()) for number, tally in tallies.items()}
    top = max(totals.values(), default=0.0) or 1.0
    ranked = sorted(entities, key=salience, reverse=True)
    most = max((salience(entity) for entity in entities), default=1.0) or 1.0
    counted = max((entity.count for entity in entities), default=1)
    told: dict[int, float] = {}
    for scored in hypothesis.frames:
        if not scored.background:
            number = scored.frame.sentence.index
            told[number] = max(told.get(number, 0.0), scored.score)
    frames_of: dict[int, int] = {}
    best_of: dict[int, float] = {}
    firm_of: dict[int, float] = {}
    for scored in hypothesis.frames:
        for argument in scored.frame.arguments:
            number = argument.entity.id
            if not scored.background:
                frames_of[number] = frames_of.get(number, 0) + 1
                best_of[number] = max(best_of.get(number, 0.0), scored.score * argument.weight)
            firm_of[number] = max(firm_of.get(number, 0.0), argument.weight)
    result = {}
    for rank, entity in enumerate(ranked):
        number = entity.id
        if entity.vehicle:
            continue
        if number not in tallies and number in elsewhere:
            continue
        beside = {mention.sentence for mention in entity.mentions if mention.sentence in told}
        prominent = rank < _PROMINENT and (entity.in_title or entity.in_lead)
        financial = entity.invests and entity.score >= _BESIDE_SCORE
        if number not in tallies and not prominent and not financial and not (beside and entity.score >= _BESIDE_SCORE):
            continue
        tally = sharpened.get(number, {})
        typed = {
            role: weight for role, weight in tally.items() if role is not Role.PARTY or deal_type is DealType.SETTLEMENT
        }
        role = max(typed, key=lambda key: (typed[key], key)) if typed else Role.PARTY
        together = max((len(members & totals.keys()) for members in lists if number in members), default=0)
        features = {
            "bias": 1.0,
            "share": totals.get(number, 0.0) / top,
            "votes": min(1.5, totals.get(number, 0.0)),
            "best": best_of.get(number, 0.0),
            "firm": firm_of.get(number, 0.0),
            "frames": math.log1p(frames_of.get(number, 0)),
            "unvoted": float(number not in tallies),
            "in_title": float(entity.in_title),
            "in_lead": float(entity.in_lead),
            "body_only": float(not entity.in_title and not entity.in_lead),
            "salience": salience(entity) / most,
            "count": math.log1p(entity.count) / math.log1p(counted),
            "first": float(rank == 0),
            "second": float(rank == 1),
            "score": entity.score,
            "weak_name": float(entity.score < 0.45),
            "long_name": float(len(entity.name) > 34),
            "listed": float(together >= 2),
            "roleless": float(role is Role.PARTY and deal_type is not DealType.SETTLEMENT),
            "symmetric": float(deal_type in SYMMETRIC_TYPES) * totals.get(number, 0.0) / top,
            "investor": float(role is Role.INVESTOR),
            "seller": float(role is Role.SELLER),
            "crowd": math.log1p(len(totals)) / 2,
            "town": float(entity.town),
            f"invests_{_group(deal_type)}": float(entity.invests),
            f"unvoted_invests_{_group(deal_type)}": float(entity.invests and number not in tallies),
            "beside": math.log1p(len(beside)),
            "beside_best": max((told[sentence] for sentence in beside), default=0.0),
            "unvoted_beside": float(number not in tallies and bool(beside)),
            f"unvoted_{_group(deal_type)}": float(number not in tallies),
            f"unvoted_beside_{_group(deal_type)}": float(number not in tallies and bool(beside)),
            f"listed_{_group(deal_type)}": float(together >= 2),
        }
        result[number] = (role, totals.get(number, 0.0), features)
    return result


def _group(deal_type: DealType) -> str:
    """Types whose parties are named in like ways."""
    if deal_type is DealType.INVESTMENT:
        return "investment"
    if deal_type in SYMMETRIC_TYPES:
        return "symmetric"
    return "purchase" if deal_type in (DealType.ACQUISITION, DealType.ASSET_PURCHASE) else "other"


def choose_parties(
    hypothesis: Hypothesis,
    deal_type: DealType,
    entities: Sequence[Entity],
    lists: Sequence[frozenset[int]],
    elsewhere: Collection[int] = (),
) -> list[Candidate]:
    """The parties in order of appearance; empty where nobody is likely enough."""
    by_id = {entity.id: entity for entity in entities}
    candidates = [
        Candidate(by_id[number], role, weight, probability("party", features))
        for number, (role, weight, features) in party_features(
            hypothesis, deal_type, entities, lists, elsewhere
        ).items()
    ]
    candidates.sort(key=lambda item: (-item.probability, item.entity.id))
    candidates = _without_doubles(candidates)
    chosen = [item for item in candidates if item.probability >= THRESHOLD]
    if deal_type is DealType.INVESTMENT:
        chosen = _with_listed_investors(chosen, by_id, lists, elsewhere)
    chosen = _both_sides(chosen, candidates, deal_type)
    chosen = _with_roles(chosen, deal_type)
    return sorted(chosen, key=lambda item: item.entity.first.start)


def _with_listed_investors(
    chosen: list[Candidate], by_id: Mapping[int, Entity], lists: Sequence[frozenset[int]], elsewhere: Collection[int]
) -> list[Candidate]:
    """Whoever is named in one breath with an investor is one; without any, the first long list is the round's."""
    known = {item.entity.id for item in chosen}
    investors = {item.entity.id for item in chosen if item.role is Role.INVESTOR}
    investees = {item.entity.id for item in chosen if item.role is Role.INVESTEE}
    if not investees:
        return chosen
    for members in lists:
        if members & investees or not (members & investors or not investors):
            continue
        for number in sorted((members & by_id.keys()) - known):
            entity = by_id[number]
            if entity.score >= _LISTED_SCORE and number not in elsewhere:
                chosen = [*chosen, Candidate(entity, Role.INVESTOR, 0.25, THRESHOLD)]
                known.add(number)
                investors.add(number)
    return chosen


def _without_doubles(candidates: list[Candidate]) -> list[Candidate]:
    """One of two names where one is the other's short form, or its parent in the same role."""
    kept: list[Candidate] = []
    for item in candidates:
        double = False
        for other in kept:
            words, others = item.entity.key.split(), other.entity.key.split()
            contained = words == others[: len(words)] or others == words[: len(others)]
            ours, theirs = item.entity.organisation, other.entity.organisation
            related = (
                ours is not None and theirs is not None and (ours.parent == theirs.name or theirs.parent == ours.name)
            )
            if (item.role == other.role or item.role is Role.PARTY) and (
                contained or (related and item.weight < 0.6 * other.weight)
            ):
                double = True
        if not double:
            kept.append(item)
    return kept


def _both_sides(chosen: list[Candidate], candidates: Sequence[Candidate], deal_type: DealType) -> list[Candidate]:
    """Adds the likeliest organisation for a side that nobody likely enough fills."""
    rest = [item for item in candidates if item not in chosen and item.probability >= _SIDE_THRESHOLD]
    if deal_type in SIDES:
        first, second = SIDES[deal_type]
        roles = {item.role for item in chosen}
        for side in (first, second):
            if side in roles or (len(chosen) >= 2 and Role.PARTY in roles):
                continue
            if side is second and Role.SELLER in roles:
                continue
            fitting = [item for item in rest if item.role in (side, Role.PARTY)]
            if fitting:
                chosen = [*chosen, fitting[0]]
                rest.remove(fitting[0])
    elif len(chosen) < 2 and rest:
        chosen = [*chosen, *rest[: 2 - len(chosen)]]
    return chosen


def _with_roles(chosen: list[Candidate], deal_type: DealType) -> list[Candidate]:
    """Gives everyone a role of the type; whoever has none takes the side that is missing."""
    if deal_type in SYMMETRIC_TYPES:
        return [Candidate(item.entity, Role.PARTNER, item.weight, item.probability) for item in chosen]
    if deal_type is DealType.SETTLEMENT:
        return [Candidate(item.entity, Role.PARTY, item.weight, item.probability) for item in chosen]
    first, second = SIDES[deal_type]
    if (
        deal_type is DealType.LICENSING
        and len(chosen) > 1
        and len({item.role for item in chosen} & {first, second}) < 2
    ):
        ordered = sorted(chosen, key=lambda item: (not item.entity.in_title, item.entity.first.start))
        licensor = next((item for item in ordered if item.role is first), None)
        if licensor is None:
            licensor = next((item for item in ordered if item.role is not second), ordered[0])
        return [
            Candidate(item.entity, first if item is licensor else second, item.weight, item.probability)
            for item in chosen
        ]
    result = []
    roles = {item.role for item in chosen}
    for item in chosen:
        role = item.role
        if role not in ROLES_OF[deal_type]:
            role = _free_side(roles, first, second, deal_type)
            roles.add(role)
        result.append(Candidate(item.entity, role, item.weight, item.probability))
    held = {item.role for item in result} & {first, second}
    if len(result) > 1 and len(held) == 1 and Role.SELLER not in {item.role for item in result}:
        result = _split_sides(result, first, second)
    return result


def _split_sides(parties: list[Candidate], first: Role, second: Role) -> list[Candidate]:
    """A deal has two sides: where all are on one, the least voted takes the other (of investors, the foremost)."""
    if first is Role.INVESTOR and parties[0].role is first and len(parties) > 2:
        moved = max(parties, key=lambda item: (salience(item.entity), -item.entity.id))
    else:
        moved = min(parties, key=lambda item: (item.weight, -item.entity.id))
    other = second if moved.role is first else first
    return [Candidate(item.entity, other, item.weight, item.probability) if item is moved else item for item in parties]


def _free_side(roles: set[Role], first: Role, second: Role, deal_type: DealType) -> Role:
    if first not in roles:
        return first
    if second not in roles:
        return second
    if deal_type is DealType.INVESTMENT:
        return Role.INVESTOR
    return Role.SELLER if deal_type in (DealType.ACQUISITION, DealType.ASSET_PURCHASE) else second


def sides_filled(parties: Sequence[Candidate]) -> int:
    """How many parties the frames themselves put there."""
    return sum(item.weight > 0.2 for item in parties)


def areas_of(parties: Sequence[Candidate]) -> list[str]:
    """The first focus area of each known party that is bought, licensed from or funded."""
    passive = {Role.TARGET, Role.INVESTEE, Role.LICENSOR, Role.SELLER}
    return [
        area
        for item in parties
        if item.role in passive and item.entity.organisation is not None
        for area in item.entity.organisation.areas[:1]
    ]
