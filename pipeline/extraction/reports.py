"""Decides what an article reports: which deals, of what type, between whom, for how much, and how far they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extraction.announced import announced_on
from pipeline.extraction.confidence import calibrated, confidence, features, log_odds
from pipeline.extraction.entities import Entity
from pipeline.extraction.focus import focus_areas
from pipeline.extraction.hypotheses import Hypothesis, is_complete
from pipeline.extraction.kinds import choose_types
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit
from pipeline.extraction.model import probability
from pipeline.extraction.parties import Candidate, areas_of, choose_parties
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from pipeline.extraction.status import status_of
from pipeline.extraction.values import ValueFinder
from pipeline.extraction.wording import Wording, judge_wording, with_frames, wording_features
from storage.records import Article, Evidence, Party, Report
from storage.vocabulary import DealType

#: A report is made from this probability on, before it is calibrated.
THRESHOLD = 0.48
#: A further deal of the same article needs this probability of being one of its own.
_FURTHER_THRESHOLD = 0.3
_MOST_REPORTS = 5
#: A text in a language without a lexicon is read with another's: its deals are never surer than this (uncalibrated).
_FOREIGN = 0.48


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was found in an article, ready to be judged."""

    article: Article
    lexicon: CompiledLexicon
    sentences: Sequence[Sentence]
    entities: Sequence[Entity]
    hits: Sequence[Hit]
    hypotheses: Sequence[Hypothesis]
    values: ValueFinder
    wording: Wording
    lists: Sequence[frozenset[int]] = ()  # organisations named in one breath, by id


@dataclass(frozen=True, slots=True)
class Draft:
    """A hypothesis read to its end: its types and parties, before it is judged.

    ``scope`` are the sentences of the paragraphs that tell of it (of all, for the main one), ``wording`` what they say.
    """

    hypothesis: Hypothesis
    type: DealType
    also: tuple[DealType, ...]
    parties: Sequence[Candidate]
    scope: frozenset[int]
    wording: Wording

    @property
    def members(self) -> set[int]:
        return {party.entity.id for party in self.parties}


def elsewhere(reading: Reading, hypothesis: Hypothesis) -> set[int]:
    """Organisations that other hypotheses, which share nobody with this one, put together."""
    taken: set[int] = set()
    for other in reading.hypotheses[:8]:
        complete = any(is_complete(scored.frame) and not scored.background for scored in other.frames)
        if other is not hypothesis and complete and not other.members & hypothesis.members:
            taken |= other.members
    return taken


def is_main(reading: Reading, hypothesis: Hypothesis) -> bool:
    """Whether the hypothesis is the article's strongest, the one its words as a whole speak of."""
    return bool(reading.hypotheses) and reading.hypotheses[0] is hypothesis


def draft(reading: Reading, hypothesis: Hypothesis) -> Draft:
    """Types and parties of one hypothesis."""
    scope, wording = scope_of(reading, hypothesis)
    objects = objects_of(reading, hypothesis)
    deal_type, also = choose_types(hypothesis, wording.types, objects, main=is_main(reading, hypothesis))
    parties = choose_parties(
        hypothesis, deal_type, entities_in(reading, scope), reading.lists, elsewhere(reading, hypothesis)
    )
    return Draft(hypothesis, deal_type, also, parties, scope, wording)


def objects_of(reading: Reading, hypothesis: Hypothesis) -> frozenset[str]:
    """The kinds of things named in the title and lead sentences that tell of the deal."""
    told = {
        scored.frame.sentence.index: scored.frame.sentence
        for scored in hypothesis.frames
        if not scored.background and scored.frame.sentence.zone is not Zone.BODY
    }
    return frozenset(
        hit.cue.name
        for hit in reading.hits
        if hit.cue.kind == CueKind.OBJECT
        and any(sentence.start <= hit.start < sentence.end for sentence in told.values())
    )


def scope_of(reading: Reading, hypothesis: Hypothesis) -> tuple[frozenset[int], Wording]:
    """The sentences that may speak of a hypothesis, and what their words say.

    The whole article for the main hypothesis; for another the paragraphs in which its frames stand.
    """
    if is_main(reading, hypothesis):
        return frozenset(range(len(reading.sentences))), reading.wording
    paragraphs = {scored.frame.sentence.paragraph for scored in hypothesis.frames if not scored.background}
    inside = [sentence for sentence in reading.sentences if sentence.paragraph in paragraphs]
    scope = frozenset(sentence.index for sentence in inside)
    index = SentenceIndex(reading.sentences)
    hits = [hit for hit in reading.hits if index.at(hit.start).index in scope]
    found = wording_features(hits, reading.sentences, reading.entities, within=scope)
    return scope, replace(judge_wording(with_frames(found, hypothesis), {}), words=reading.wording.words)


def entities_in(reading: Reading, scope: frozenset[int]) -> Sequence[Entity]:
    """The organisations named in these sentences."""
    if len(scope) == len(reading.sentences):
        return reading.entities
    return [entity for entity in reading.entities if any(mention.sentence in scope for mention in entity.mentions)]


def deal_features(reading: Reading, drawn: Draft) -> dict[str, float]:
    """The features by which a draft is judged to be a deal."""
    return {
        **features(drawn.hypothesis, drawn.parties, drawn.type, reading.entities, reading.hits, reading.sentences),
        "wording": drawn.wording.deal / 4,
        "words": drawn.wording.words / 4,
        "wording_type": drawn.wording.types.get(drawn.type, 0.0),
    }


def deal_sentences(drawn: Draft) -> set[int]:
    """The sentences that tell of the deal."""
    return {
        scored.frame.sentence.index
        for scored in drawn.hypothesis.frames
        if not scored.background and scored.frame.entities & drawn.members
    }


def further_features(reading: Reading, first: Draft, drawn: Draft, sureness: float | None = None) -> dict[str, float]:
    """The features by which a further hypothesis is told from another view of the first, or from background.

    ``sureness`` is the confidence of the first where it is known already.
    """
    if sureness is None:
        sureness = confidence(deal_features(reading, first))
    told_stories = count_stories(reading)
    foreground = [scored for scored in drawn.hypothesis.frames if not scored.background and is_complete(scored.frame)]
    best = max((scored.score for scored in foreground), default=0.0)
    zones = {scored.frame.sentence.zone for scored in foreground}
    shared = len(drawn.members & first.members)
    paragraphs = {scored.frame.sentence.paragraph for scored in first.hypothesis.frames if not scored.background}
    own = [scored for scored in foreground if scored.frame.sentence.paragraph not in paragraphs]
    entities = {entity.id: entity for entity in reading.entities}
    places = {number: {mention.sentence for mention in entities[number].mentions} for number in drawn.members}
    others_here = any(
        mention.sentence in drawn.scope and reading.sentences[mention.sentence].zone is not Zone.TITLE
        for number in first.members - drawn.members
        for mention in entities[number].mentions
    )
    told = sum(sentence.zone not in (Zone.TITLE, Zone.FURNITURE) for sentence in reading.sentences)
    scores = sorted((party.probability for party in drawn.parties), reverse=True)
    return {
        "bias": 1.0,
        "ratio": min(1.5, drawn.hypothesis.strength / max(0.05, first.hypothesis.strength)),
        "strength": min(1.5, drawn.hypothesis.strength),
        "best": best,
        "complete": float(bool(foreground)),
        "title": float(Zone.TITLE in zones),
        "lead": float(Zone.LEAD in zones),
        "shared_one": float(shared == 1),
        "shared_all": float(shared >= 2 or shared == len(drawn.members)),
        "new": min(2, len(drawn.members - first.members)) / 2,
        "second_party": scores[1] if len(scores) > 1 else 0.0,
        "weakest_name": min((party.entity.score for party in drawn.parties), default=0.0),
        "same_type": float(drawn.type == first.type),
        "partnership": float(drawn.type is DealType.PARTNERSHIP),
        "own_paragraph": float(bool(own)),
        "background": float(any(scored.background for scored in drawn.hypothesis.frames[:2])),
        "sure": log_odds(confidence(deal_features(reading, drawn))) / 4,
        "first_sure": log_odds(sureness) / 4,
        "wording_here": drawn.wording.deal / 4,
        "apart": float(not others_here),
        "own_names": float(all(place <= drawn.scope | {0} for place in places.values())),
        "apart_own_names": float(not others_here and all(place <= drawn.scope | {0} for place in places.values())),
        "name_in_title": float(any(0 in place for place in places.values())),
        "size": len(drawn.scope) / max(1, told),
        "stories": math.log1p(told_stories),
        "apart_in_stories": float(not others_here) * math.log1p(told_stories),
    }


def count_stories(reading: Reading) -> int:
    """How many hypotheses with two parties share no organisation with one before: many in a weekly round-up."""
    count = 0
    taken: set[int] = set()
    for hypothesis in reading.hypotheses[:8]:
        if len(hypothesis.members) > 1 and not hypothesis.members & taken:
            count += any(not scored.background for scored in hypothesis.frames)
            taken |= hypothesis.members
    return count


def reports_of(reading: Reading) -> tuple[Report, ...]:
    """The deals the article reports, the main one first; none where it reports none."""
    # a deal is between named organisations: one name alone makes none
    # (drafted one by one as they are needed: most articles are no deals, and of those that are most have one)
    drafts = (
        drawn
        for drawn in (draft(reading, hypothesis) for hypothesis in reading.hypotheses[:8])
        if len(drawn.parties) > 1
    )
    first = next(drafts, None)
    if first is None:
        return ()
    sureness = confidence(deal_features(reading, first))
    if sureness < THRESHOLD:
        return ()
    if reading.article.language != reading.lexicon.data.language:
        sureness = min(sureness, _FOREIGN)
    reports = [judge(reading, first, sureness)]
    taken = [first.members]
    for drawn in drafts:
        if any(len(drawn.members & members) >= 2 for members in taken):
            continue
        chance = probability("further", further_features(reading, first, drawn, sureness))
        if chance >= _FURTHER_THRESHOLD:
            reports.append(judge(reading, drawn, min(sureness, chance)))
            taken.append(drawn.members)
        if len(reports) == _MOST_REPORTS:
            break
    return tuple(reports)


def judge(reading: Reading, drawn: Draft, sureness: float) -> Report:
    """The report of a draft, every field with its evidence."""
    text = reading.article.text
    status, status_hit = status_of(reading.hits, reading.sentences, drawn.hypothesis, drawn.type)
    value = reading.values.best(drawn.hypothesis, drawn.type)
    focus = focus_areas(reading.hits, reading.sentences, deal_sentences(drawn), areas_of(drawn.parties))
    announced = announced_on(reading.article, reading.lexicon, reading.sentences, deal_sentences(drawn))
    evidence = _evidence(reading, drawn, focus, status_hit)
    if value is not None:
        evidence.append(_quote("value", text, SentenceIndex(reading.sentences).at(value[1])))
    if announced is not None and announced.span is not None:
        start, end = announced.span
        evidence.append(Evidence("announced_on", text[start:end], start, end))
    known = [party.entity.organisation for party in drawn.parties if party.entity.organisation is not None]
    return Report(
        type=drawn.type,
        also=drawn.also,
        parties=tuple(
            Party(
                party.entity.named(reading.sentences),
                party.role,
                party.entity.organisation.name if party.entity.organisation is not None else None,
                party.entity.organisation.parent if party.entity.organisation is not None else None,
            )
            for party in drawn.parties
        ),
        focus=tuple(area for area, _ in focus),
        value=value[0] if value is not None else None,
        status=status,
        technology=bool(focus) or any(organisation.areas for organisation in known),
        announced_on=announced.day if announced is not None else None,
        announced_precision=announced.precision if announced is not None else None,
        headline=reading.article.title,
        confidence=round(calibrated(sureness), 3),
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _quote(field: str, text: str, sentence: Sentence) -> Evidence:
    return Evidence(field, text[sentence.start : sentence.end], sentence.start, sentence.end)


def _evidence(
    reading: Reading, drawn: Draft, focus: Sequence[tuple[str, Hit | None]], status_hit: Hit | None
) -> list[Evidence]:
    text = reading.article.text
    frames = drawn.hypothesis.frames
    evidence: list[Evidence] = []
    best = next((scored for scored in frames if scored.frame.type is drawn.type), None)
    if best is not None:
        evidence.append(_quote("type", text, best.frame.sentence))
    for party in drawn.parties:
        start, end = _proof(party.entity, drawn.hypothesis)
        evidence.append(Evidence("parties", text[start:end], start, end))
    evidence.extend(
        Evidence("focus", text[hit.start : hit.end], hit.start, hit.end) for _, hit in focus if hit is not None
    )
    if status_hit is not None:
        evidence.append(_quote("status", text, SentenceIndex(reading.sentences).at(status_hit.start)))
    elif best is not None:
        evidence.append(_quote("status", text, best.frame.sentence))
    return evidence


def _proof(entity: Entity, hypothesis: Hypothesis) -> tuple[int, int]:
    for scored in hypothesis.frames:
        for argument in scored.frame.arguments:
            if argument.entity.id == entity.id and argument.mention is not None:
                return argument.mention.start, argument.mention.end
    return entity.first.start, entity.first.end
