"""Finds the names of organisations in running text: known ones by the dictionary, unknown ones by how they are written.

Scripts that mark names with capitals are read here; names_cjk.py reads the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.context import Context
from pipeline.extraction.endings import EndingReader
from pipeline.extraction.known_names import KnownReader, outside_places, with_genitives
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, fold
from pipeline.extraction.lexicon.schema import Shape
from pipeline.extraction.name_words import NameWords
from pipeline.extraction.nouns import NounReader
from pipeline.extraction.organisations import Directory, Known, Organisation
from pipeline.extraction.persons import PersonReader
from pipeline.extraction.runs import RunReader
from pipeline.extraction.segmentation import Sentence, SentenceIndex
from pipeline.extraction.small_names import with_small_names
from pipeline.extraction.spans import Spans
from pipeline.extraction.tokens import Compounds, Token, tokenize
from pipeline.extraction.unknown_names import UnknownReader
from pipeline.extraction.vocabulary import vocabulary

#: Newswires name themselves in what they carry.
_WIRE = re.compile(r"(?:Breaks|[Nn]ews[Ww]ire|NEWSWIRE|PressRelease|Presswire|MediaWire)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at ``text[start:end]`` (legal form, ticker and possessive left out of the span).

    ``score`` in 0..1 says how surely it names an organisation; ``outer_end`` is where what belongs to the name ends
    (", Inc. (NASDAQ: X)"). ``possessive`` is true for "X's". ``aliases`` are other names given right there.
    """

    start: int
    end: int
    name: str
    score: float
    outer_end: int
    sentence: int
    organisation: Organisation | None = None
    possessive: bool = False
    aliases: tuple[str, ...] = ()
    adjective: bool = False  # "Nokia-owned"


class MentionFinder:
    """Reads the names of articles in one language whose script has capitals.

    Nothing in it changes after it is made: threads share it.
    """

    def __init__(self, lexicon: CompiledLexicon, known: Directory) -> None:
        names = lexicon.data.names
        words = NameWords(lexicon)
        self._words = words
        self._known = known
        self._known_names = KnownReader(words, known)
        self._unknown_names = UnknownReader(words)
        self._runs = RunReader(words)
        self._persons = PersonReader(words, known)
        self._endings = EndingReader(lexicon, words)
        self._noun_reader = (
            NounReader(names, words.vocabulary, vocabulary("en"), words.legal, lambda name: known.get(name) is not None)
            if names.nouns_capitalised
            else None
        )
        several = (
            *names.compounds,
            *names.organisation_openings,
            *names.descriptors,
            *names.person_titles,
            *names.organisation_nouns,
            *words.vocabulary.places,
            *words.vocabulary.demonyms,
        )
        self._compounds = Compounds(several if names.compounds else ())

    def find(self, text: str, folded: str, sentences: Sequence[Sentence], hits: Sequence[Hit] = ()) -> list[Mention]:
        """Mentions in reading order, none overlapping.

        ``hits`` are the cues of the text: "Cross-Licensing" is no name. ``folded`` is the text in lower case.
        """
        index = SentenceIndex(sentences)
        tokens, known = self._words_and_known(text, folded)
        tokens = with_small_names(self._words, text, tokens, index)
        cues = Spans([hit for hit in hits if hit.cue.kind in (CueKind.FRAME, CueKind.FOCUS, CueKind.OBJECT)])
        verbs = {hit.start for hit in hits if hit.cue.frame is not None and hit.cue.frame.shape is Shape.VERB}
        spans = Spans(known)
        runs = self._runs.read(text, tokens, index, None, spans, verbs)
        support = self._runs.support(runs, tokens, index)
        if any(sentence.headline_case for sentence in sentences):  # only there the support makes a difference
            runs = self._runs.read(text, tokens, index, support, spans, verbs)
        persons = self._persons.read(text, tokens, runs)
        lower_words = {token.folded for token in tokens if not token.capital}
        context = Context(text, tokens, index, support, persons, lower_words)
        mentions: list[Mention] = []
        hit_at = 0
        for run in runs:
            first, last = tokens[run[0]], tokens[run[-1]]
            while hit_at < len(known) and known[hit_at].end <= first.start:
                self._add_known(context, known[hit_at], mentions)
                hit_at += 1
            inside = []
            while hit_at < len(known) and known[hit_at].start < last.end:
                inside.append(known[hit_at])
                hit_at += 1
            self._read_run(context, run, inside, mentions)
        for hit in known[hit_at:]:
            self._add_known(context, hit, mentions)
        mentions.sort(key=lambda mention: (mention.start, -mention.end))
        return _apart(mentions, sentences, cues)

    def _words_and_known(self, text: str, folded: str) -> tuple[list[Token], list[Known]]:
        """The words of the text, capital only where they may be names, and the dictionary's names in it."""
        tokens = self._compounds.join(text, tokenize(text, folded))
        known = [hit for hit in self._known.find(text, folded) if fold(hit.alias) not in self._words.not_names]
        if self._words.compounded:
            places = [token for token in tokens if token.folded in self._words.vocabulary.places]
            known = outside_places(known, places)
        if self._noun_reader is not None:
            tokens = self._noun_reader.read(text, tokens, Spans(known).covers)
            known = with_genitives(known, tokens, self._known)
        return tokens, [hit for hit in known if not self._known_names.in_place(text, hit)]

    def _read_run(self, context: Context, run: list[int], inside: Sequence[Known], mentions: list[Mention]) -> None:
        """Adds the names of one run of capitalised words; ``inside`` are the known names in it."""
        text, tokens = context.text, context.tokens
        begin = 0
        for hit in inside:
            before = [i for i in run[begin:] if tokens[i].end <= hit.start]
            if before:
                self._add_unknown(context, before, mentions)
            after = [i for i in run if tokens[i].start >= hit.end]
            extension = self._known_names.extension(
                context, hit, after, [other for other in inside if other.start > hit.start]
            )
            end = tokens[extension[-1]].end if extension else hit.end
            prefix = before[-1] if before and self._known_names.belongs_before(context, before, hit) else None
            start = tokens[prefix].start if prefix is not None else hit.start
            if prefix is not None and mentions and mentions[-1].start >= tokens[before[0]].start:
                mentions.pop()
            whole = text[start:end]
            organisation = hit.organisation if start == hit.start and end == hit.end else self._known.get(whole)
            if not self._known_names.is_person(context, run, hit):
                score = self._known_names.score(context, hit) if organisation is not None else 0.75
                self._add(context, start, end, score, organisation, mentions)
            begin = next((place for place, i in enumerate(run) if tokens[i].start >= end), len(run))
        rest = run[begin:]
        if rest and not inside:
            self._add_unknown(context, rest, mentions)

    def _add_known(self, context: Context, hit: Known, mentions: list[Mention]) -> None:
        self._add(context, hit.start, hit.end, self._known_names.score(context, hit), hit.organisation, mentions)

    def _add_unknown(self, context: Context, run: list[int], mentions: list[Mention]) -> None:
        candidate = self._unknown_names.read(context, run)
        if candidate is not None:
            self._add(context, candidate.start, candidate.end, candidate.score, None, mentions)

    def _add(
        self,
        context: Context,
        start: int,
        end: int,
        score: float,
        organisation: Organisation | None,
        mentions: list[Mention],
    ) -> None:
        name = context.text[start:end]
        if fold(name) in self._words.outlets or score < 0.15 or _WIRE.search(name):
            return
        ending = self._endings.read(context.text, start, end)
        mentions.append(
            Mention(
                start,
                end,
                name,
                max(score, ending.least),
                ending.outer,
                context.index.at(start).index,
                organisation,
                ending.possessive,
                ending.aliases,
                ending.adjective,
            )
        )


def _apart(mentions: Sequence[Mention], sentences: Sequence[Sentence], cues: Spans) -> list[Mention]:
    """Without what stands in a dateline, inside a cue, or inside another name."""
    result: list[Mention] = []
    for mention in mentions:
        if mention.start >= sentences[mention.sentence].end:
            continue  # in a dateline
        if (
            mention.organisation is None
            and mention.score < 0.8
            and cues.covers(mention.start)
            and cues.covers(mention.end - 1)
        ):
            continue
        if not result or mention.start >= result[-1].outer_end:
            result.append(mention)
    return result
