"""From an article to its reports of deals. Pure: no clock, no network, no database.

``extract(article)`` is the whole of it: sentences, names, cues, frames, hypotheses, reports, in that order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import lru_cache

from pipeline.extraction.announced import Announced, announced_on
from pipeline.extraction.confidence import calibrated
from pipeline.extraction.entities import Entity, gather, stands_in
from pipeline.extraction.focus import OwnAreas
from pipeline.extraction.frame_reader import FrameReader
from pipeline.extraction.frames import FrameInstance
from pipeline.extraction.grammar import grammar_of
from pipeline.extraction.han import local_currency, simplify
from pipeline.extraction.hypotheses import hypothesise
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, available, fold, load
from pipeline.extraction.mentions import Mention, MentionFinder
from pipeline.extraction.money import local_dollar, reader_for
from pipeline.extraction.names_cjk import CjkMentionFinder
from pipeline.extraction.objects import retype
from pipeline.extraction.organisations import Directory, directory
from pipeline.extraction.parties import salience
from pipeline.extraction.phrases import phrases_of
from pipeline.extraction.reports import Reading, reports_of
from pipeline.extraction.segmentation import Sentence, SentenceIndex, Zone, split_sentences
from pipeline.extraction.stories import story_spans
from pipeline.extraction.values import ValueFinder
from pipeline.extraction.wording import judge_wording, with_frames, wording_features
from storage.records import Article, Evidence, Report
from storage.vocabulary import DatePrecision

__all__ = ["OwnAreas", "extract", "judged", "read"]

_FALLBACK = "en"
#: A round-up is read story by story where at least two of them are as surely deals as this.
_STORY_THRESHOLD = 0.6
#: A page of tables is no round-up: no more stories than these are taken from one article.
_MOST_STORIES = 30
#: A first word of so many letters may stand for the whole name in a title.
_TELLING_WORD = 4
#: Cues without which a text is read no further.
_TELLING = frozenset({CueKind.FRAME, CueKind.OBJECT, CueKind.MODALITY, CueKind.MONEY})


def extract(article: Article, *, known: Directory | None = None, areas: OwnAreas | None = None) -> tuple[Report, ...]:
    """The deals that ``article`` reports, the main one first; empty where it reports none.

    ``known`` is the dictionary of organisations (the built-in one by default), ``areas`` a user's own focus areas.
    Raises ExtractionError only for a broken lexicon, never for a text.
    """
    reading = read(article, known=known, areas=areas)
    return judged(reading, known=known, areas=areas) if reading is not None else ()


def judged(reading: Reading, *, known: Directory | None = None, areas: OwnAreas | None = None) -> tuple[Report, ...]:
    """The deals of an article that has been read; those of a round-up story by story, each once."""
    article = reading.article
    reports = reports_of(reading)
    parts = story_spans(article.text, reading.sentences, reading.entities) if reports else []
    if not parts:
        return reports
    sure: list[tuple[Report, ...]] = []
    written = announced_on(article, reading.lexicon, reading.sentences, ())
    for left, part in zip(range(len(parts), 0, -1), parts, strict=True):
        if len(sure) + left < 2 or len(sure) == _MOST_STORIES:
            break  # one sure story makes no round-up, so the last need not be read
        story = _read_story(article, *part, written, known, areas)
        if story and story[0].confidence >= calibrated(_STORY_THRESHOLD):
            sure.append(story)
    if len(sure) < 2 or _about_one(article.title, sure):
        return reports
    told: dict[object, Report] = {}
    for report in (report for story in sure for report in story):
        told.setdefault((report.type, frozenset(fold(party.name) for party in report.parties)), report)
    return tuple(told.values())


def _read_story(
    article: Article,
    start: int,
    end: int,
    written: Announced | None,
    known: Directory | None,
    areas: OwnAreas | None,
) -> tuple[Report, ...]:
    """The deals of one story of a round-up, their evidence as slices of the whole text.

    ``written`` is the day of the whole, which the days of the story count back from.
    """
    story = replace(article, text=article.text[start:end])
    span = written.span if written is not None else None
    if written is not None and written.precision is DatePrecision.DAY:
        day = datetime.combine(written.day, time(), UTC)
        story = replace(story, published_at=day, published_precision=DatePrecision.DAY)
    reading = read(story, known=known, areas=areas)
    reports = _shifted(reports_of(reading), start) if reading is not None else ()
    if span is None:
        return reports
    proof = Evidence("announced_on", article.text[slice(*span)], *span)
    return tuple(
        report
        if any(item.field == proof.field for item in report.evidence)
        else replace(report, evidence=(*report.evidence, proof))
        for report in reports
    )


def _about_one(title: str, told: Sequence[Sequence[Report]]) -> bool:
    """Whether the title names the parties of one story and of no other: the rest are background."""
    folded = fold(title)
    named = [sum(_named(fold(party.name), folded) for party in story[0].parties) for story in told]
    return sum(count > 0 for count in named) == 1 and max(named) > 1


def _named(name: str, title: str) -> bool:
    """Whether a title has the name, or its first word where that is long enough to mean it."""
    if not name.isascii() and name in title and not name[0].isascii():
        return True
    first = name.split()[0] if name.split() else ""
    return stands_in(title, name) or (len(first) >= _TELLING_WORD and stands_in(title, first))


def _shifted(reports: Sequence[Report], offset: int) -> tuple[Report, ...]:
    """Reports of a part of a text, their evidence as slices of the whole."""
    return tuple(
        replace(
            report,
            evidence=tuple(replace(item, start=item.start + offset, end=item.end + offset) for item in report.evidence),
        )
        for report in reports
    )


def read(article: Article, *, known: Directory | None = None, areas: OwnAreas | None = None) -> Reading | None:
    """All that is found in an article, before it is judged; None where no cue of a deal stands in it."""
    text = article.text
    if not text.strip():
        return None
    language = article.language if article.language in available() else _FALLBACK
    lexicon = load(language)
    names = known or directory()
    han = lexicon.data.script == "han"
    folded = simplify(fold(text)) if han else fold(text)
    hits = list(lexicon.cues(folded))
    if areas is not None:
        hits = sorted([*hits, *areas.cues(folded)], key=lambda hit: (hit.start, -hit.end))
    if not any(hit.cue.kind in _TELLING for hit in hits):
        return None
    sentences = split_sentences(
        text,
        lexicon.furniture,
        lexicon.closing,
        opening=lexicon.opening,
        nouns_capitalised=lexicon.data.names.nouns_capitalised,
    )
    mentions = _finder(lexicon, names).find(text, folded, sentences, hits)
    hits = _outside_names(hits, mentions)
    entities, entity_of = gather(mentions, sentences, names, text)
    frames, lists = _frames(lexicon, folded, sentences, mentions, hits, entities, entity_of)
    salient = sorted(entities, key=salience, reverse=True)
    hypotheses = hypothesise(frames, salient)
    values = ValueFinder(
        reader_for(lexicon),
        lexicon,
        text,
        sentences,
        hits,
        local_currency(text) if han else local_dollar(text, lexicon),
    )
    said = phrases_of(language, folded, sentences, mentions)
    words = with_frames(wording_features(hits, sentences, entities), hypotheses[0] if hypotheses else None)
    return Reading(article, lexicon, sentences, entities, hits, hypotheses, values, judge_wording(words, said), lists)


def _outside_names(hits: Sequence[Hit], mentions: Sequence[Mention]) -> list[Hit]:
    """Without the triggers that are words of a name: the licensing of "Microsoft Technology Licensing"."""
    spans = [(mention.start, mention.end) for mention in mentions if mention.score >= 0.6]
    starts = [start for start, _ in spans]

    def inside(hit: Hit) -> bool:
        place = bisect_right(starts, hit.start) - 1
        return place >= 0 and hit.end <= spans[place][1] and hit.end - hit.start < spans[place][1] - spans[place][0]

    return [hit for hit in hits if hit.cue.kind != CueKind.FRAME or not inside(hit)]


@lru_cache(maxsize=64)
def _finder(lexicon: CompiledLexicon, names: Directory) -> MentionFinder | CjkMentionFinder:
    return MentionFinder(lexicon, names) if lexicon.data.script == "latin" else CjkMentionFinder(lexicon, names)


def _frames(
    lexicon: CompiledLexicon,
    folded: str,
    sentences: Sequence[Sentence],
    mentions: Sequence[Mention],
    hits: Sequence[Hit],
    entities: Sequence[Entity],
    entity_of: Mapping[int, Entity],
) -> tuple[list[FrameInstance], list[frozenset[int]]]:
    """The frames of all sentences, and the lists of organisations named in one breath in title and lead."""
    reader, grammar = FrameReader(lexicon, folded, sentences), grammar_of(lexicon)
    index = SentenceIndex(sentences)
    mentions_in: dict[int, list[Mention]] = {}
    for mention in mentions:
        mentions_in.setdefault(mention.sentence, []).append(mention)
    hits_in: dict[int, list[Hit]] = {}
    for hit in hits:
        hits_in.setdefault(index.at(hit.start).index, []).append(hit)
    topic = sorted((entity for entity in entities if entity.in_title or entity.in_lead), key=salience, reverse=True)
    frames: list[FrameInstance] = []
    lists: list[frozenset[int]] = []
    for sentence in sentences:
        here, names = hits_in.get(sentence.index, []), mentions_in.get(sentence.index, [])
        if sentence.zone is Zone.FURNITURE:
            continue
        if sentence.zone is not Zone.BODY and len(names) > 2:
            groups = reader.groups(sentence, names, here)
            lists.extend(
                frozenset(entity_of[m.start].id for m in group.mentions if m.start in entity_of)
                for group in groups
                if len(group.mentions) > 2
            )
        if any(hit.cue.kind == CueKind.FRAME for hit in here):
            frames.extend(
                retype(frame, here, folded, grammar) for frame in reader.read(sentence, names, here, entity_of, topic)
            )
    return frames, lists
