"""Finds the names of organisations in scripts that have no capitals: Chinese, Japanese, Korean.

The text is split into words (words_cjk.py); what stands between words that are never part of a name is a candidate, and
all candidates of an article are weighed together (candidates_cjk.py); wherever an accepted one is written is a mention.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.extraction.candidates_cjk import Candidate, CandidateReader, token_at
from pipeline.extraction.lexicon import CompiledLexicon, CueKind, Hit, fold
from pipeline.extraction.mentions import Mention
from pipeline.extraction.organisations import Directory, Known, Organisation
from pipeline.extraction.segmentation import Sentence, SentenceIndex
from pipeline.extraction.tails_cjk import TailReader
from pipeline.extraction.words_cjk import CJK, PARTS, Kind, Terms, Token


class CjkMentionFinder:
    """Reads the names of one article in a script without capitals."""

    def __init__(self, lexicon: CompiledLexicon, known: Directory) -> None:
        self._known = known
        self._terms = Terms(lexicon)
        self._words = self._terms.words
        self._tails = TailReader(self._terms, known)
        self._reader = CandidateReader(self._terms, self._tails)

    def find(self, text: str, folded: str, sentences: Sequence[Sentence], hits: Sequence[Hit] = ()) -> list[Mention]:
        """Mentions in reading order, none overlapping. No name runs over a trigger among ``hits``."""
        plain = self._words.plain(text)
        index = SentenceIndex(sentences)
        found = [hit for hit in self._known.find(text, fold(text)) if self._usable(hit)]
        tokens = self._tokens(plain, found, hits)
        known = self._known_places(tokens, found)
        persons = self._persons(tokens, plain)
        candidates = self._reader.gather(text, plain, tokens)
        self._prefer_longer(candidates, known)
        self._reader.weigh(candidates, plain, index)
        accepted = self._reader.accept(candidates, plain, persons)
        return self._mentions(text, plain, tokens, known, accepted, index)

    def _usable(self, hit: Known) -> bool:
        alias = self._words.plain(hit.alias)
        if alias.isdigit():
            return False
        return (
            alias not in self._terms.not_names and alias not in self._terms.outlets and alias not in self._terms.places
        )

    def _tokens(self, plain: str, known: Sequence[Known], cues: Sequence[Hit]) -> list[Token]:
        ends: dict[int, list[int]] = {}
        for hit in known:
            ends.setdefault(hit.start, []).append(hit.end)
        fixed: dict[int, tuple[int, Kind]] = {}
        for cue in cues:
            if cue.cue.kind == CueKind.FRAME:
                kind = Kind.TRIGGER
            elif cue.cue.kind == CueKind.MODALITY and cue.cue.name in (
                "terminated",
                "denied",
                "completed",
                "ended_talks",
            ):
                kind = Kind.SPEECH
            else:
                continue
            if cue.end - cue.start <= 8 and (cue.start not in fixed or fixed[cue.start][0] < cue.end):
                fixed[cue.start] = (cue.end, kind)
        return self._longer(plain, self._words.split(plain, fixed, ends))

    def _longer(self, plain: str, tokens: list[Token]) -> list[Token]:
        """Known names that are only part of another name here lose their kind: 中芯 in 中芯宁波."""
        result = list(tokens)
        for number, token in enumerate(tokens):
            if token.kind in (Kind.STOP, Kind.SPEECH) and len(token.word) == 1 and 0 < number < len(tokens) - 1:
                around = (tokens[number - 1], tokens[number + 1])
                single = all(part.kind in PARTS and len(part.word) == 1 for part in around)
                if single and plain.count(plain[around[0].start : around[1].end]) >= 2:
                    result[number] = token._replace(kind=Kind.UNKNOWN)  # 聚付通: one name, not 聚 pays 通
            if token.kind is Kind.CASE and len(token.word) == 1 and 0 < number < len(tokens) - 1:
                first, last = tokens[number - 1], tokens[number + 1]
                opens = number < 2 or tokens[number - 2].kind not in PARTS
                if opens and len(first.word) == 1 and CJK.match(first.word):
                    ends = last.kind is Kind.SUFFIX and len(last.word) > 1 and first.kind in PARTS
                    whole = plain[first.start : last.end]
                    again = len(last.word) == 1 and last.kind in PARTS and plain.count(whole) >= 2
                    if ends or (again and whole in plain[: max(0, plain.find("\n"))]):
                        result[number] = token._replace(kind=Kind.UNKNOWN)  # 鼎和置地, 人和宝
                        result[number - 1] = first._replace(kind=Kind.UNKNOWN)
            if (
                token.word in self._terms.deeds
                and 0 < number < len(tokens) - 1
                and tokens[number - 1].kind in (Kind.SUFFIX, Kind.KNOWN)
                and tokens[number + 1].kind in PARTS
            ):
                result[number] = token._replace(kind=Kind.TRIGGER)  # 博元资本投资澜舟科技: here it is a verb
            if token.kind is not Kind.KNOWN or not CJK.match(token.word):
                continue
            after = tokens[number + 1] if number + 1 < len(tokens) else None
            before = tokens[number - 1] if number else None
            if after is not None and after.kind in (Kind.PLACE, Kind.UNKNOWN):
                following = tokens[number + 2] if number + 2 < len(tokens) else None
                repeated = plain.count(plain[token.start : after.end]) >= 2
                if (repeated or (following is not None and following.kind in (Kind.LEGAL, Kind.SUFFIX))) or (
                    after.kind is Kind.UNKNOWN and len(token.word) == 2
                ):
                    result[number] = token._replace(kind=Kind.UNKNOWN)
                    result[number + 1] = after._replace(kind=Kind.UNKNOWN)
            listed = before is not None and before.word == "、"
            if (
                listed
                and after is not None
                and after.kind is Kind.WORD
                and number + 2 < len(tokens)
                and tokens[number + 2].kind in (Kind.MARK, Kind.CASE)
            ):
                result[number] = token._replace(kind=Kind.UNKNOWN)  # in a list whole names stand
            if before is not None and before.kind is Kind.UNKNOWN and len(token.word) == 2:
                result[number] = token._replace(kind=Kind.UNKNOWN)
        return result

    def _known_places(self, tokens: Sequence[Token], hits: Sequence[Known]) -> dict[int, Known]:
        """Names of the dictionary that the words around them leave whole, by start."""
        taken = {(token.start, token.end) for token in tokens if token.kind is Kind.KNOWN}
        return {hit.start: hit for hit in hits if (hit.start, hit.end) in taken or not CJK.search(hit.alias)}

    def _persons(self, tokens: Sequence[Token], plain: str) -> set[str]:
        """Names of people: after "chairman", before "さん"."""
        persons: set[str] = set()
        for number, token in enumerate(tokens):
            if token.kind is Kind.TITLE and not self._terms.titles_follow:
                following = self._stretch(tokens, number + 1)
                name = "".join(part.word for part in following)
                if (
                    2 <= len(name) <= 7
                    and following[-1].kind is not Kind.SUFFIX
                    and all(part.kind is not Kind.KNOWN for part in following)
                ):
                    if self._terms.surname(name):
                        name = name[:4] if name[:2] in self._terms.surnames else name[:3]
                        persons.add(name[:2] if len(name) == 3 and self._is_short_name(plain, name) else name)
                    else:
                        persons.add(name)
            elif token.kind is Kind.HONORIFIC or (token.kind is Kind.TITLE and self._terms.titles_follow):
                before = number - 1
                while before >= 0 and tokens[before].kind is Kind.SPACE:
                    before -= 1
                start = before
                while start >= 0 and tokens[start].kind in (Kind.UNKNOWN, Kind.WORD, Kind.NOUN) and before - start < 4:
                    start -= 1
                name = "".join(part.word for part in tokens[start + 1 : before + 1])
                company = before >= 0 and tokens[before].kind is Kind.SUFFIX  # 大森精機社長
                named = not self._terms.surnames or (len(name) <= 4 and self._terms.surname(name))
                if 2 <= len(name) <= 8 and not company and named:
                    persons.add(name)
        return persons

    @staticmethod
    def _is_short_name(plain: str, name: str) -> bool:
        """A two-character name with a word run into it: 雷军说 is met as 雷军 elsewhere."""
        return plain.count(name[:2]) > plain.count(name)

    @staticmethod
    def _stretch(tokens: Sequence[Token], number: int) -> list[Token]:
        result = []
        while number < len(tokens) and tokens[number].kind in PARTS:
            result.append(tokens[number])
            number += 1
        return result

    @staticmethod
    def _prefer_longer(candidates: Mapping[str, Candidate], known: dict[int, Known]) -> None:
        """A known Latin name with more names after it is another organisation's: Umbra in Umbra Optics."""
        for candidate in candidates.values():
            if not candidate.latin or len(candidate.tokens) < 2 or any(char.isdigit() for char in candidate.word):
                continue
            for place in candidate.places:
                hit = known.get(place.start)
                if hit is not None and hit.end < place.end:
                    del known[place.start]

    def _mentions(
        self,
        text: str,
        plain: str,
        tokens: Sequence[Token],
        known: Mapping[int, Known],
        accepted: Mapping[str, Candidate],
        index: SentenceIndex,
    ) -> list[Mention]:
        short = self._short_forms(accepted, known, text)
        starts = {token.start for token in tokens}
        ends = {token.end for token in tokens}
        outer = {(place.start, place.end): place for candidate in accepted.values() for place in candidate.places}
        defined = {
            self._words.plain(alias)
            for candidate in accepted.values()
            for place in candidate.places
            for alias in place.aliases
        }
        names = {word: candidate for word, candidate in accepted.items() if not candidate.latin}
        latin = {word: candidate for word, candidate in accepted.items() if candidate.latin}
        extra = [
            alias
            for alias in defined
            if alias not in accepted and self._words.kind(alias) in (None, Kind.WORD, Kind.UNKNOWN) and len(alias) >= 2
        ]
        found: list[Mention] = []
        spans: list[tuple[int, int, str]] = []
        for word in [*names, *(alias for alias in extra if CJK.search(alias))]:
            unknown = word in names and any(token.kind is Kind.UNKNOWN for token in names[word].tokens)
            at = plain.find(word)
            while at >= 0:
                end = at + len(word)
                if (at, end) in outer or unknown or (at in starts and end in ends):
                    spans.append((at, end, word))
                at = plain.find(word, at + 1)
        for word, candidate in latin.items():
            spans.extend((place.start, place.end, word) for place in candidate.places)
        for alias in extra:
            if not CJK.search(alias):
                for match in re.finditer(rf"(?<![^\W_]){re.escape(alias)}(?![A-Za-z0-9])", plain):
                    spans.append((match.start(), match.end(), alias))
        taken: list[tuple[int, int]] = [(hit.start, hit.end) for hit in known.values()]
        covered = bytearray(len(text) + 1)
        for start, end in taken:
            covered[start:end] = b"\1" * (end - start)
        for hit in known.values():
            found.append(self._known_mention(text, tokens, hit, index, short))
        spans.sort(key=lambda span: (span[0] - span[1], span[0]))
        for start, end, word in spans:
            if any(covered[start:end]):
                continue
            covered[start:end] = b"\1" * (end - start)
            score = accepted[word].score if word in accepted else 0.6
            place = outer.get((start, end))
            outer_end, aliases = (
                (place.outer_end, place.aliases) if place is not None else self._plain_tail(text, plain, end)
            )
            aliases = tuple(dict.fromkeys((*aliases, *short.get(word, ()))))
            found.append(
                Mention(start, end, text[start:end], score, outer_end, index.at(start).index, None, False, aliases)
            )
        found.sort(key=lambda mention: (mention.start, -mention.end))
        result: list[Mention] = []
        for mention in found:
            if result and mention.start < result[-1].outer_end:
                continue
            if result and plain[result[-1].outer_end : mention.start] in self._terms.owned:
                result.pop()  # 博世旗下的博元资本: the daughter takes part
            result.append(mention)
        return result

    def _plain_tail(self, text: str, plain: str, end: int) -> tuple[int, tuple[str, ...]]:
        for form in self._terms.legal:
            if len(form) > 1 and plain.startswith(form, end):
                end += len(form)
                break
        outer, _, aliases = self._tails.read(text, end)
        return outer, aliases

    def _known_mention(
        self, text: str, tokens: Sequence[Token], hit: Known, index: SentenceIndex, short: Mapping[str, tuple[str, ...]]
    ) -> Mention:
        plain = self._words.plain(text[hit.end : hit.end + 14])
        end, organisation = hit.end, hit.organisation
        name_end = end
        daughter = next(
            (word for word in sorted(self._terms.daughters, key=len, reverse=True) if plain.startswith(word)), ""
        )
        if daughter:
            end = name_end = end + len(daughter)
            found: Organisation | None = self._known.get(text[hit.start : end])
            return Mention(
                hit.start,
                end,
                text[hit.start : end],
                0.85,
                self._tails.read(text, end).end,
                index.at(hit.start).index,
                found,
            )
        legal = self._legal_after(tokens, token_at(tokens, hit.end))
        if legal:
            end = legal
        outer, _, aliases = self._tails.read(text, end)
        score = 1.0
        if CJK.search(hit.alias):
            alias = self._words.plain(hit.alias)
            doubtful = len(alias) <= 2 and self._words.is_ordinary(alias) and self._words.kind(alias) is not None
        else:
            doubtful = organisation.common_word
        if doubtful:
            score = 0.6
        surface = text[hit.start : name_end]
        return Mention(
            hit.start,
            name_end,
            surface,
            score,
            outer,
            index.at(hit.start).index,
            organisation,
            False,
            (*aliases, *short.get(surface, ())),
        )

    @staticmethod
    def _legal_after(tokens: Sequence[Token], number: int) -> int:
        """Where the legal form ends that closes a name: 中芯|集成电路(宁波)有限公司; 0 where none does."""
        for token in tokens[number : number + 7]:
            if token.kind is Kind.LEGAL:
                return token.end
            if token.kind not in PARTS and token.kind is not Kind.PLACE and token.word not in "()":
                break
        return 0

    def _short_forms(
        self, accepted: Mapping[str, Candidate], known: Mapping[int, Known], text: str
    ) -> dict[str, tuple[str, ...]]:
        """Short names by the long one they stand for: 武汉敏声新技术 and 敏声."""
        longs = {word: word for word, candidate in accepted.items() if not candidate.latin}
        written = {
            word: text[candidate.places[0].start : candidate.places[0].end] for word, candidate in accepted.items()
        }
        longs.update(
            {self._words.plain(text[hit.start : hit.end]): text[hit.start : hit.end] for hit in known.values()}
        )
        result: dict[str, list[str]] = {}
        for word, candidate in accepted.items():
            if candidate.latin:
                continue
            owners = [long for long in longs if long != word and len(long) > len(word) and self._shortens(word, long)]
            if len(owners) > 1:
                owners = [long for long in owners if long not in accepted] or [
                    long for long in owners if accepted[long].tokens[-1].kind is Kind.SUFFIX
                ]
            if owners and len({id(self._known.get(longs[long]) or long) for long in owners}) == 1:
                for long in owners:
                    result.setdefault(longs[long], []).append(written[word])
        return {long: tuple(words) for long, words in result.items()}

    def _shortens(self, word: str, long: str) -> bool:
        at = long.find(word)
        if at < 0:
            return False
        return at == 0 or long[:at] in self._terms.places
