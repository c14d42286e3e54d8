"""What belongs to a name after it: legal form, ticker, other names in brackets, its home, a possessive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.extraction.lexicon import CompiledLexicon, fold
from pipeline.extraction.name_words import NameWords

TICKER = re.compile(
    r"\s*\((?:[^()]{0,40}?(?:NASDAQ|Nasdaq|NYSE|TSX|LSE|AIM|HKEX|SEHK|TYO|TSE|KRX|TWSE|OTC\w*|ASX|FWB|Euronext|EPA|ETR|"
    r"BIT|BME|SIX|B3|HOSE|HNX|HSX|UPCoM|mã CK|mã|SZSE|SSE|NSE|BSE|KOSDAQ|KOSPI|STO|HEL|Xetra|XETRA|MTA|Ticker|AMEX)"
    r"[^()]{0,60}|[A-Z]{2,5}(?:\.[A-Z]{1,2})?|"
    r"[A-Z][A-Za-z]{1,6}(?: [A-Z]{2})?: ?[A-Z0-9.]{1,6}(?:[;,] ?[A-Z][A-Za-z]{1,6}: ?[A-Z0-9.]{1,6})*|"
    r"\d{3,6}\.[A-Z]{1,2})\)"
)
_ALIAS = re.compile(
    r"\s*\((?:[^()“\"]{0,40}?[“\"']([^”\"'()]{2,40})[”\"'][^()]{0,60}|"
    r"(?:the |der |la |il |a )?([A-Z][\w&.-]{1,20}(?: [A-Z][\w&.-]{1,20})?))\)"
)
_BRACKET = re.compile(r"\s*\(")
#: What a bracket notes about the name before it: "(54%)", "(lead investor)", "(Lyon, France)".
_NOTE = re.compile(r"\s?\([^()\n]{1,40}\)")


class Ending(NamedTuple):
    """``outer`` is where what belongs to the name ends, ``least`` how surely it names an organisation at the least."""

    outer: int
    least: float
    aliases: tuple[str, ...]
    possessive: bool
    adjective: bool  # "Nokia-owned"


class EndingReader:
    """Reads on after the names of one language's articles."""

    def __init__(self, lexicon: CompiledLexicon, words: NameWords) -> None:
        self._words = words
        self._genitives = lexicon.data.names.nouns_capitalised
        of = "|".join(re.escape(word) for word in lexicon.data.cases.before.get("of", ()))
        self._of = re.compile(rf"\s+(?:{of})\s+([^\W\d_]+(?: [^\W\d_]+){{0,2}})") if words.compounded and of else None

    def read(self, text: str, start: int, end: int) -> Ending:
        """What follows the name ``text[start:end]``."""
        name = text[start:end]
        least = 0.0
        outer = end
        legal = self._words.legal.match(text, outer)
        if legal:
            outer = legal.end()
            least = 0.9
        aliases: list[str] = []
        for _ in range(2):
            if _BRACKET.match(text, outer) is None:
                break
            ticker = TICKER.match(text, outer)
            alias = _ALIAS.match(text, outer)
            if alias and (alias.group(1) or alias.group(2)):
                given = alias.group(1) or alias.group(2)
                if len(given) <= 30 and fold(given) not in self._words.vocabulary.places:
                    aliases.append(given)
            if ticker:
                outer = ticker.end()
                least = 0.9
            elif alias:
                outer = alias.end()
        note = _NOTE.match(text, outer)
        if note is not None:
            outer = note.end()
        home = self._of.match(text, outer) if self._of is not None else None
        if home is not None:
            places = self._words.vocabulary.places
            outer = next(
                (home.start(1) + len(word) for word in _beginnings(home.group(1)) if fold(word) in places), outer
            )
        tail = text[outer : outer + 2]
        genitive = self._genitives and tail[:1] == "s" and not tail[1:].isalnum()
        possessive = genitive or tail in ("'s", "’s") or (tail[:1] in "'’" and name[-1:] in "sS" and tail[1:] == " ")
        adjective = text[end : end + 1] == "-" and text[end + 1 : end + 2].islower()
        return Ending(outer, least, tuple(aliases), possessive, adjective)


def _beginnings(phrase: str) -> Iterator[str]:
    """The phrase, and what is left of it word by word from its end."""
    words = phrase.split(" ")
    return (" ".join(words[:size]) for size in range(len(words), 0, -1))
