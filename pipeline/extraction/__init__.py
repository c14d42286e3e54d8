"""From an article to its reports of deals. Pure: no clock, no network, no database.

``extract(article)`` is the whole of it: sentences, names, cues, frames, hypotheses, reports, in that order.
"""

from __future__ import annotations

from pipeline.extraction.entities import Entity, gather
from pipeline.extraction.frames import FrameInstance, FrameReader
from pipeline.extraction.hypotheses import hypothesise
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, available, fold, load
from pipeline.extraction.mentions import MentionFinder
from pipeline.extraction.money import reader_for
from pipeline.extraction.objects import retype
from pipeline.extraction.organisations import Directory, directory
from pipeline.extraction.reports import Reading, reports_of, salience
from pipeline.extraction.segmentation import SentenceIndex, Zone, split_sentences
from pipeline.extraction.values import ValueFinder
from storage.records import Article, Report

__all__ = ["extract", "read"]

_FALLBACK = "en"


def extract(article: Article, *, known: Directory | None = None) -> tuple[Report, ...]:
    """The deals that ``article`` reports, the main one first; empty where it reports none.

    ``known`` is the dictionary of organisations (the built-in one by default). Raises ExtractionError only for a broken
    lexicon, never for a text.
    """
    reading = read(article, known=known)
    return reports_of(reading) if reading is not None else ()


def read(article: Article, *, known: Directory | None = None) -> Reading | None:
    """All that is found in an article, before it is judged; None where no cue of a deal stands in it."""
    text = article.text
    if not text.strip():
        return None
    language = article.language if article.language in available() else _FALLBACK
    lexicon = load(language)
    names = known or directory()
    folded = fold(text)
    hits = list(lexicon.cues(folded))
    if not any(hit.cue.kind == CueKind.FRAME for hit in hits):
        return None
    sentences = split_sentences(text, lexicon.furniture, lexicon.closing)
    mentions = _finder(lexicon, names).find(text, folded, sentences)
    entities, entity_of = gather(mentions, sentences, names)
    frames = _frames(lexicon, text, folded, sentences, mentions, hits, entities, entity_of)
    salient = sorted(entities, key=salience, reverse=True)
    hypotheses = hypothesise(frames, salient)
    values = ValueFinder(reader_for(lexicon), lexicon, text, sentences, hits)
    return Reading(article, sentences, entities, hits, hypotheses, values)


def _finder(lexicon: CompiledLexicon, names: Directory) -> MentionFinder:
    key = (id(lexicon), id(names))
    finder = _FINDERS.get(key)
    if finder is None:
        finder = _FINDERS[key] = MentionFinder(lexicon, names)
    return finder


_FINDERS: dict[tuple[int, int], MentionFinder] = {}


def _frames(lexicon, text, folded, sentences, mentions, hits, entities, entity_of) -> list[FrameInstance]:  # type: ignore[no-untyped-def]
    reader = FrameReader(lexicon, text, folded, sentences)
    index = SentenceIndex(sentences)
    mentions_in: dict[int, list] = {}  # type: ignore[type-arg]
    for mention in mentions:
        mentions_in.setdefault(mention.sentence, []).append(mention)
    hits_in: dict[int, list[Hit]] = {}
    for hit in hits:
        hits_in.setdefault(index.at(hit.start).index, []).append(hit)
    topic: list[Entity] = sorted((e for e in entities if e.in_title or e.in_lead), key=salience, reverse=True)
    result: list[FrameInstance] = []
    for sentence in sentences:
        here = hits_in.get(sentence.index, [])
        if sentence.zone is Zone.FURNITURE or not any(hit.cue.kind == CueKind.FRAME for hit in here):
            continue
        for frame in reader.read(sentence, mentions_in.get(sentence.index, []), here, entity_of, topic):
            result.append(retype(frame, here, folded))
    return result
