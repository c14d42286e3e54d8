"""Decides what an article reports: which deals, of what type, between whom, for how much, and how far they have come."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.extraction.confidence import confidence, features
from pipeline.extraction.entities import Entity
from pipeline.extraction.focus import focus_areas
from pipeline.extraction.frames import FrameInstance
from pipeline.extraction.hypotheses import ROLES_OF, SIDES, Hypothesis, Scored, is_complete, votes
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from pipeline.extraction.status import status_of
from pipeline.extraction.values import ValueFinder
from storage.records import Article, Evidence, Party, Report
from storage.vocabulary import SYMMETRIC_TYPES, DatePrecision, DealType, Role

#: A report is made from this confidence on.
THRESHOLD = 0.5
#: A second deal of an article must be as strong as this share of the first, and stand on its own.
_SECOND_SHARE = 0.5
_SECOND_CONFIDENCE = 0.6
_PARTY_SHARE = 0.22
_ALSO_SHARE = 0.42
_LEAST_ENTITY = 0.3
#: What a type's score is multiplied with when the primary type is chosen: specific words beat general ones.
_SPECIFICITY: Mapping[DealType, float] = {
    DealType.PARTNERSHIP: 0.8,
    DealType.SUPPLY: 0.95,
    DealType.INVESTMENT: 0.95,
    DealType.CROSS_LICENSING: 1.25,
    DealType.JOINT_VENTURE: 1.15,
    DealType.MERGER: 1.05,
    DealType.LICENSING: 1.05,
}


_Part = tuple[Entity, Role, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was found in an article, ready to be judged."""

    article: Article
    sentences: Sequence[Sentence]
    entities: Sequence[Entity]
    hits: Sequence[Hit]
    hypotheses: Sequence[Hypothesis]
    values: ValueFinder
    lists: Sequence[frozenset[int]] = ()  # organisations named in one breath, by id


def salience(entity: Entity) -> float:
    """How prominent an organisation is in its article."""
    return entity.score * ((2.0 if entity.in_title else 0.0) + (1.2 if entity.in_lead else 0.0) + math.log1p(entity.count))


def reports_of(reading: Reading) -> tuple[Report, ...]:
    """The deals the article reports, the main one first; none where it reports none."""
    reports: list[Report] = []
    strongest = 0.0
    used: set[int] = set()
    for hypothesis in reading.hypotheses[:6]:
        report, parties = judge(reading, hypothesis)
        if report is None:
            continue
        if not reports:
            if report.confidence < THRESHOLD:
                break
            strongest = hypothesis.strength
        else:
            foreground = [scored for scored in hypothesis.frames if not scored.background and is_complete(scored.frame)]
            if (
                hypothesis.strength < _SECOND_SHARE * strongest
                or report.confidence < _SECOND_CONFIDENCE
                or len(parties) < 2
                or len(parties & used) >= 1
                or not foreground
            ):
                continue
        reports.append(report)
        used |= parties
        if len(reports) == 5:
            break
    return tuple(reports)


def judge(reading: Reading, hypothesis: Hypothesis) -> tuple[Report | None, set[int]]:
    deal_type, parties, also = parties_of(reading, hypothesis)
    if not parties:
        return None, set()
    sureness = confidence(features(hypothesis, parties, deal_type, reading.entities, reading.hits, reading.sentences))
    chosen = {entity.id for entity, _, _ in parties}
    deal_sentences = {
        scored.frame.sentence.index for scored in hypothesis.frames if not scored.background and scored.frame.entities & chosen
    }
    status, status_hit = status_of(reading.hits, reading.sentences, hypothesis, deal_type)
    value = reading.values.best(hypothesis, deal_type)
    areas = _areas(parties)
    focus = focus_areas(reading.hits, reading.sentences, deal_sentences, areas)
    evidence = _evidence(reading, hypothesis, parties, deal_type, focus, status_hit)
    if value is not None:
        sentence = SentenceIndex(reading.sentences).at(value[1])
        evidence.append(_quote("value", reading.article.text, sentence))
    published = reading.article.published_at
    technology = bool(focus) or any(entity.organisation is not None and entity.organisation.areas for entity, _, _ in parties)
    announced = published.date() if published is not None else None
    return (
        Report(
            type=deal_type,
            also=also,
            parties=tuple(
                Party(entity.named(reading.sentences), role, entity.organisation.name if entity.organisation else None) for entity, role, _ in parties
            ),
            focus=tuple(area for area, _ in focus),
            value=value[0] if value is not None else None,
            status=status,
            technology=technology,
            announced_on=announced if isinstance(announced, date) else None,
            announced_precision=DatePrecision.DAY if announced is not None else None,
            headline=reading.article.title,
            confidence=round(sureness, 3),
            evidence=tuple(dict.fromkeys(evidence)),
        ),
        chosen,
    )


def parties_of(reading: Reading, hypothesis: Hypothesis) -> tuple[DealType, list[_Part], tuple[DealType, ...]]:
    """The deal's type, its parties with role and weight, and its further types."""
    deal_type, also = _types(hypothesis)
    by_id = {entity.id: entity for entity in reading.entities}
    parties = _listed(_parties(hypothesis, deal_type, by_id, reading.entities), deal_type, by_id, reading.lists)
    return deal_type, _complete(parties, hypothesis, deal_type, reading), also


def _types(hypothesis: Hypothesis) -> tuple[DealType, tuple[DealType, ...]]:
    scores = {deal_type: score * _SPECIFICITY.get(deal_type, 1.0) for deal_type, score in hypothesis.type_scores().items()}
    for scored in hypothesis.frames:
        if scored.frame.sentence.zone is Zone.TITLE:
            scores[scored.frame.type] += 0.25 * scored.score
    ranked = sorted(scores, key=lambda deal_type: -scores[deal_type])
    primary = ranked[0]
    also = [deal_type for deal_type in ranked[1:] if scores[deal_type] >= _ALSO_SHARE * scores[primary] and scores[deal_type] > 0.35]
    redundant = {
        DealType.CROSS_LICENSING: {DealType.LICENSING},
        DealType.JOINT_VENTURE: {DealType.PARTNERSHIP},
        DealType.MERGER: set(),
    }
    return primary, tuple(deal_type for deal_type in also if deal_type not in redundant.get(primary, set()))[:3]


def _parties(hypothesis: Hypothesis, deal_type: DealType, by_id: Mapping[int, Entity], entities: Sequence[Entity]) -> list[_Part]:
    tallies = votes(hypothesis, deal_type)
    totals = {entity_id: sum(tally.values()) for entity_id, tally in tallies.items()}
    top = max(totals.values(), default=0.0)
    parts: list[_Part] = []
    for entity_id, tally in tallies.items():
        entity = by_id[entity_id]
        total = totals[entity_id]
        if total < _PARTY_SHARE * top or entity.score < _LEAST_ENTITY:
            continue
        typed = {role: weight for role, weight in tally.items() if role is not Role.PARTY} if deal_type in ROLES_OF and deal_type is not DealType.SETTLEMENT else tally
        role = max(typed, key=lambda key: typed[key]) if typed else Role.PARTY
        parts.append((entity, role, total))
    parts = _without_doubles(parts)
    if deal_type is DealType.LICENSING:
        parts = _licence_sides(parts)
    if deal_type is DealType.SUPPLY:
        parts = _other_side(parts, Role.SUPPLIER, Role.CUSTOMER)
    if deal_type in (DealType.ACQUISITION, DealType.ASSET_PURCHASE, DealType.INVESTMENT):
        first, second = SIDES[deal_type]
        parts = _other_side(parts, first, second)
    parts.sort(key=lambda part: part[0].first.start)
    return parts


def _listed(
    parts: list[_Part], deal_type: DealType, by_id: Mapping[int, Entity], lists: Sequence[frozenset[int]]
) -> list[_Part]:
    """Who is named in one breath with two partners is a partner too."""
    if deal_type not in SYMMETRIC_TYPES:
        return parts
    chosen = {entity.id for entity, _, _ in parts}
    for members in lists:
        if len(members & chosen) >= 2 and members - chosen:
            parts = [*parts, *((by_id[number], Role.PARTNER, 0.25) for number in sorted(members - chosen) if by_id[number].score >= 0.5)]
            chosen |= members
    return parts


def _without_doubles(parts: list[_Part]) -> list[_Part]:
    """One of two names where one is the other's short form or parent in the same role."""
    kept: list[_Part] = []
    for part in sorted(parts, key=lambda item: -item[2]):
        entity, role, weight = part
        double = False
        for other, other_role, other_weight in kept:
            words, other_words = entity.key.split(), other.key.split()
            contained = words == other_words[: len(words)] or other_words == words[: len(other_words)]
            parent = entity.organisation is not None and other.organisation is not None and (
                entity.organisation.parent == other.organisation.name or other.organisation.parent == entity.organisation.name
            )
            if role == other_role and (contained or (parent and weight < 0.6 * other_weight)):
                double = True
        if not double:
            kept.append(part)
    return kept


def _licence_sides(parts: list[_Part]) -> list[_Part]:
    """Whoever has no side in a licence stands on the other one."""
    sided = _other_side(parts, Role.LICENSOR, Role.LICENSEE)
    if len(parts) > 1 and len({role for _, role, _ in sided}) < 2:
        ordered = sorted(parts, key=lambda part: (not part[0].in_title, part[0].first.start))
        sided = [(entity, Role.LICENSOR if place == 0 else Role.LICENSEE, weight) for place, (entity, _, weight) in enumerate(ordered)]
    return sided


def _other_side(parts: list[_Part], first: Role, second: Role) -> list[_Part]:
    roles = {role for _, role, _ in parts}
    result = []
    for entity, role, weight in parts:
        if role is Role.PARTY:
            if first in roles and second not in roles:
                role = second
            elif second in roles and first not in roles:
                role = first
            else:
                continue
        result.append((entity, role, weight))
    return result


def _complete(parts: list[_Part], hypothesis: Hypothesis, deal_type: DealType, reading: Reading) -> list[_Part]:
    """Adds the most prominent organisation as a side that no frame named."""
    chosen = {entity.id for entity, _, _ in parts}
    roles = {role for _, role, _ in parts}
    missing: Role | None = None
    if deal_type in SIDES:
        first, second = SIDES[deal_type]
        if first in roles and second not in roles and Role.SELLER not in roles:
            missing = second
        elif second in roles and first not in roles and not (deal_type is DealType.INVESTMENT):
            missing = first
        elif second not in roles and first not in roles and Role.SELLER not in roles:
            return parts
    elif len(parts) < 2:
        missing = Role.PARTY if deal_type is DealType.SETTLEMENT else Role.PARTNER
    if missing is None:
        return parts
    candidates = [
        entity
        for entity in reading.entities
        if entity.id not in chosen
        and entity.score >= 0.55
        and (entity.in_title or entity.in_lead)
        and not any(entity.key.startswith(other.key) or other.key.startswith(entity.key) for other, _, _ in parts)
    ]
    if not candidates:
        return parts
    candidates.sort(key=salience, reverse=True)
    added = candidates[:1] if parts or deal_type not in SYMMETRIC_TYPES | {DealType.SETTLEMENT} else candidates[:2]
    return sorted([*parts, *((entity, missing, 0.2) for entity in added)], key=lambda part: part[0].first.start)


def _areas(parts: Sequence[_Part]) -> list[str]:
    passive = {Role.TARGET, Role.INVESTEE, Role.LICENSOR, Role.SELLER}
    return [
        area for entity, role, _ in parts if role in passive and entity.organisation is not None for area in entity.organisation.areas[:1]
    ]


def _quote(field: str, text: str, sentence: Sentence) -> Evidence:
    return Evidence(field, text[sentence.start : sentence.end], sentence.start, sentence.end)


def _evidence(
    reading: Reading,
    hypothesis: Hypothesis,
    parts: Sequence[_Part],
    deal_type: DealType,
    focus: Sequence[tuple[str, Hit | None]],
    status_hit: Hit | None,
) -> list[Evidence]:
    text = reading.article.text
    index = SentenceIndex(reading.sentences)
    evidence: list[Evidence] = []
    best: Scored | None = next((scored for scored in hypothesis.frames if scored.frame.type is deal_type), None)
    if best is not None:
        evidence.append(_quote("type", text, best.frame.sentence))
    for entity, _, _ in parts:
        mention = _proof(entity, hypothesis.frames)
        evidence.append(Evidence("parties", text[mention[0] : mention[1]], mention[0], mention[1]))
    for _, hit in focus:
        if hit is not None:
            evidence.append(Evidence("focus", text[hit.start : hit.end], hit.start, hit.end))
    if status_hit is not None:
        evidence.append(_quote("status", text, index.at(status_hit.start)))
    elif best is not None:
        evidence.append(_quote("status", text, best.frame.sentence))
    return evidence


def _proof(entity: Entity, frames: Collection[Scored]) -> tuple[int, int]:
    for scored in frames:
        for argument in scored.frame.arguments:
            if argument.entity.id == entity.id and argument.mention is not None:
                return argument.mention.start, argument.mention.end
    return entity.first.start, entity.first.end
