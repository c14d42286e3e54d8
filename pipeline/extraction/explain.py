"""Tells how an article was read: what was seen, sentence by sentence, then which deals were weighed, and why.

For whoever mends a lexicon: a trigger that is missing, a name that was not seen, a phrase taken for a deal show here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.extraction import reports
from pipeline.extraction.confidence import calibrated
from pipeline.extraction.hypotheses import Scored
from pipeline.extraction.kinds import type_features
from pipeline.extraction.lexicon import CueKind
from pipeline.extraction.model import contributions, probability, score
from pipeline.extraction.parties import THRESHOLD as PARTY_THRESHOLD
from pipeline.extraction.parties import party_features
from pipeline.extraction.reports import Draft, Reading
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone
from pipeline.extraction.stories import story_spans
from storage.vocabulary import DealType

_MOST_HYPOTHESES = 8
_MOST_REASONS = 6
_MOST_LETTERS = 100


def explain(reading: Reading | None) -> str:
    """The account of one reading, as lines of text; ``None`` is an article in which no cue of a deal stands."""
    if reading is None:
        return "No word of the lexicon that speaks of a deal stands in this text, so it was not read further.\n"
    lines = [*_sentences(reading), "", *_hypotheses(reading)]
    return "\n".join(lines) + "\n"


def _sentences(reading: Reading) -> Iterator[str]:
    text = reading.article.text
    index = SentenceIndex(reading.sentences)
    names: dict[int, list[str]] = {}
    for entity in reading.entities:
        for mention in entity.mentions:
            known = f" = {entity.organisation.name}" if entity.organisation is not None else ""
            names.setdefault(mention.sentence, []).append(f"{mention.name}{known} ({entity.score:.2f})")
    cues: dict[int, list[str]] = {}
    for hit in reading.hits:
        kind = hit.cue.name if hit.cue.kind == CueKind.FRAME else f"{hit.cue.kind}:{hit.cue.name}"
        cues.setdefault(index.at(hit.start).index, []).append(f"{text[hit.start : hit.end]!r} {kind}")
    frames: dict[int, list[Scored]] = {}
    for hypothesis in reading.hypotheses:
        for scored in hypothesis.frames:
            frames.setdefault(scored.frame.sentence.index, []).append(scored)
    for sentence in reading.sentences:
        yield f"[{sentence.index} {sentence.zone}] {' '.join(text[sentence.start : sentence.end].split())}"
        if sentence.zone is Zone.FURNITURE:
            continue
        if sentence.index in names:
            yield f"    names   {', '.join(names[sentence.index])}"
        if sentence.index in cues:
            yield f"    cues    {', '.join(dict.fromkeys(cues[sentence.index]))}"
        for scored in frames.get(sentence.index, ()):
            yield f"    frame   {_frame(scored, sentence)}"


def _frame(scored: Scored, sentence: Sentence) -> str:
    frame = scored.frame
    who = ", ".join(f"{item.role}={item.entity.name} ({item.weight:.2f})" for item in frame.arguments) or "nobody"
    marks = [*sorted(frame.cues), *(["passive"] if frame.passive else []), *([frame.tense] if frame.tense else [])]
    if scored.background:
        marks.append("counts as background")
    return f"{frame.name} -> {frame.type}: {who}; worth {scored.score:.2f}" + (
        f" [{', '.join(marks)}]" if marks else ""
    )


def _hypotheses(reading: Reading) -> Iterator[str]:
    shares = sorted(reading.wording.types.items(), key=lambda item: -item[1])[:3]
    words = ", ".join(f"{deal_type} {share:.0%}" for deal_type, share in shares)
    yield f"The words alone: log-odds of a deal {reading.wording.deal:+.1f}; {words}"
    for reason in _reasons("wording_deal", reading.wording.features):
        yield f"    {reason}"
    if not reading.hypotheses:
        yield "No two organisations stand in a frame together: no deal."
        return
    drafts = [reports.draft(reading, hypothesis) for hypothesis in reading.hypotheses[:_MOST_HYPOTHESES]]
    parts = story_spans(reading.article.text, reading.sentences, reading.entities)
    if parts:
        yield f"The text falls into {len(parts)} stories; where two or more are surely deals they are read one by one:"
        for start, end in parts:
            yield f"    {' '.join(reading.article.text[start:end].split())[:_MOST_LETTERS]}"
    made = {(report.type, tuple(party.name for party in report.parties)) for report in reports.reports_of(reading)}
    first = next((drawn for drawn in drafts if len(drawn.parties) > 1), None)
    for number, drawn in enumerate(drafts, 1):
        yield ""
        yield from _draft(reading, drawn, first, number, made)


def _draft(
    reading: Reading,
    drawn: Draft,
    first: Draft | None,
    number: int,
    made: set[tuple[DealType, tuple[str, ...]]],
) -> Iterator[str]:
    who = ", ".join(f"{item.entity.name} ({item.role})" for item in drawn.parties) or "nobody"
    names = tuple(item.entity.named(reading.sentences) for item in drawn.parties)
    found = reports.deal_features(reading, drawn)
    chance = probability("deal", found)
    if (drawn.type, names) in made:
        verdict = "REPORTED"
    elif len(drawn.parties) < 2:
        verdict = "no deal: fewer than two parties"
    elif drawn is first:
        verdict = f"no deal: {chance:.2f} is below {reports.THRESHOLD}"
    elif first is not None and len(drawn.members & first.members) > 1:
        verdict = "another view of the first: two of its parties are the same"
    elif first is not None:
        own = probability("further", reports.further_features(reading, first, drawn))
        verdict = f"no deal of its own beside the first: {own:.2f}"
    else:
        verdict = "no deal"
    shown = f"{chance:.2f} (confidence {calibrated(chance):.2f})"
    yield f"Hypothesis {number}: {drawn.type} between {who}: {shown}; {verdict}"
    for reason in _reasons("deal", found):
        yield f"    {reason}"
    objects = reports.objects_of(reading, drawn.hypothesis)
    by_type = type_features(
        drawn.hypothesis, drawn.wording.types, objects, main=reports.is_main(reading, drawn.hypothesis)
    )
    ranked = sorted(((score("type", row), kind) for kind, row in by_type.items()), reverse=True)
    yield "    types   " + ", ".join(f"{kind} {value:+.2f}" for value, kind in ranked[:4])
    entities = {entity.id: entity for entity in reading.entities}
    rows = party_features(
        drawn.hypothesis,
        drawn.type,
        reports.entities_in(reading, drawn.scope),
        reading.lists,
        reports.elsewhere(reading, drawn.hypothesis),
    )
    likely = sorted(
        ((probability("party", row), member, role) for member, (role, _, row) in rows.items()), reverse=True
    )
    yield f"    parties (from {PARTY_THRESHOLD}) " + ", ".join(
        f"{entities[member].name} {chance:.2f} {role}" for chance, member, role in likely[:8]
    )


def _reasons(decision: str, found: Mapping[str, float]) -> Iterator[str]:
    parts = sorted(contributions(decision, found).items(), key=lambda item: -abs(item[1]))[:_MOST_REASONS]
    if parts:
        yield f"because {', '.join(f'{name} {value:+.2f}' for name, value in parts)}"
