"""Tells a round-up of several stories from an article about one, and where each story begins and ends.

In a weekly brief every paragraph, or every heading with its paragraphs, speaks of companies of its own. Read as one
article its deals would run into each other; read story by story each is told plainly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.extraction.entities import Entity
from pipeline.extraction.segmentation import Sentence, Zone

#: A name surer than this ties the paragraphs that mention it together.
_SURE_NAME = 0.3
#: An organisation in more than this share of the paragraphs makes them one story.
_THREAD = 0.5
#: A line shorter than this, without an end of a sentence, is the heading of what follows.
_HEADING = 60
_ENDS = ".!?。！？…:：;；,，、"


def story_spans(text: str, sentences: Sequence[Sentence], entities: Sequence[Entity]) -> list[tuple[int, int]]:
    """Spans of the stories of a round-up, in order; empty where the article tells one story."""
    spans: dict[int, tuple[int, int]] = {}
    for sentence in sentences:
        if sentence.zone in (Zone.TITLE, Zone.FURNITURE):
            continue
        start, end = spans.get(sentence.paragraph, (sentence.start, sentence.end))
        spans[sentence.paragraph] = (min(start, sentence.start), max(end, sentence.end))
    paragraphs = sorted(spans)
    if len(paragraphs) < 2:
        return []
    place = {sentence.index: sentence.paragraph for sentence in sentences}
    joined: list[tuple[int, int]] = []  # from one paragraph to another all is one story
    for before, after in pairwise(paragraphs):
        start, end = spans[before]
        if end - start < _HEADING and text[end - 1] not in _ENDS:
            joined.append((before, after))
    named: dict[int, set[int]] = {}
    for entity in entities:
        if entity.score < _SURE_NAME:
            continue
        mentioned = sorted({place[mention.sentence] for mention in entity.mentions} & spans.keys())
        for paragraph in mentioned:
            named.setdefault(paragraph, set()).add(entity.id)
        if len(mentioned) > max(2.0, _THREAD * len(paragraphs)):
            return []
        if len(mentioned) > 1:
            joined.append((mentioned[0], mentioned[-1]))
    told = [
        (spans[members[0]][0], spans[members[-1]][1])
        for members in together(paragraphs, joined)
        if len(set().union(*(named.get(paragraph, set()) for paragraph in members))) > 1
    ]
    return told if len(told) > 1 else []


def together(paragraphs: Sequence[int], joined: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The paragraphs (in order) in groups: those of each ``(first, last)`` are in one, whatever the order of these."""
    reach = dict.fromkeys(paragraphs, -1)
    for first, last in joined:
        reach[first] = max(reach[first], last)
    groups: list[list[int]] = []
    end = -1
    for paragraph in paragraphs:
        if groups and paragraph <= end:
            groups[-1].append(paragraph)
        else:
            groups.append([paragraph])
        end = max(end, reach[paragraph])
    return groups
