"""What belongs to a name after it, in scripts without capitals: a legal form, a ticker, other names in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.extraction.organisations import Directory
from pipeline.extraction.words_cjk import PARTS, Kind, Terms

_BRACKET = re.compile(r"\s?[(\uff08]([^()\uff08\uff09]{1,60})[)\uff09]")
_QUOTED = re.compile(r"[“\"「『‘'”]([^“”\"「」『』‘’']{2,24})[”\"」』’'“]")
_TICKER = re.compile(
    r"\d{4,6}(?:\.[A-Z]{1,3})?|(?:NASDAQ|Nasdaq|NYSE|HKEX|KRX|KOSPI|KOSDAQ|TSE|TWSE|SZSE|SSE|LSE|纳斯达克|那斯達克|纽交所|紐交所|港交所|联交所|聯交所|"
    r"股票代|股份代|证券代|證券代|股票簡|代[码碼號号]|東証|コスダック|코스닥|코스피)"
)
_LATIN_NAME = re.compile(r"^[A-Z][\w&.'’+-]*(?:[ ,&]+[\w&.'’+-]+){0,5}$")
_MIXED_NAME = re.compile(r"^[\w・·&]{2,16}$")


class Tail(NamedTuple):
    """Where what belongs to the name ends, whether it proves an organisation, and the other names given."""

    end: int
    strong: bool
    aliases: tuple[str, ...]


class TailReader:
    """Reads what stands right after a name."""

    def __init__(self, terms: Terms, known: Directory) -> None:
        self._terms = terms
        self._words = terms.words
        self._known = known
        self._legal = sorted(terms.legal, key=len, reverse=True)
        called = "|".join(re.escape(word) for word in terms.called) or "(?!)"
        self._called = re.compile(rf"(?:{called})[为為作:\uff1a、]*\s*$|^(?:{called})")
        self._called_so = re.compile(rf"^.*?(?:(?:{called})[为為作:\uff1a、]*\s*)+")
        forms = "|".join(re.escape(word) for word in sorted(terms.latin_legal, key=len, reverse=True))
        self._latin_legal = re.compile(rf"(?:,?\s+(?:{forms})(?!\w))+") if forms else None

    def read(self, text: str, outer: int) -> Tail:
        """What belongs to a name after it: a legal form, "(2409)", "(Sharp)", "(下称“X”)"."""
        strong = False
        aliases: list[str] = []
        if self._latin_legal is not None:
            legal = self._latin_legal.match(text, outer)
            if legal:
                outer, strong = legal.end(), True
        for _ in range(3):
            match = _BRACKET.match(text, outer)
            if match is None:
                break
            inside = match.group(1).strip()
            legal_after = next((form for form in self._legal_forms_at(text, match.end())), 0)
            if legal_after and len(inside) <= 8 and not self._called.search(inside):
                outer, strong = legal_after, True
                continue
            quoted = _QUOTED.findall(inside)
            if quoted:
                aliases.extend(quoted)
                strong = strong or bool(self._called.search(inside[: max(0, inside.find(quoted[0]) - 1)]))
            elif _TICKER.search(inside):
                strong = True
            elif self._called.search(inside):
                aliases.append(self._called_so.sub("", inside))
            elif self._plain_alias(inside, text):
                aliases.append(inside)
            else:
                break
            outer = match.end()
        return Tail(outer, strong, tuple(alias.strip() for alias in aliases if 2 <= len(alias.strip()) <= 40))

    def _legal_forms_at(self, text: str, at: int) -> Iterable[int]:
        plain = self._words.plain(text[at : at + 24])
        for form in self._legal:
            place = plain.find(form)
            if 0 <= place <= 8 and not re.search(r"[\s,\uff0c。;\uff1b:\uff1a、]", plain[:place]):
                yield at + place + len(form)

    def _plain_alias(self, inside: str, text: str) -> bool:
        plain = self._words.plain(inside)
        if plain in self._terms.not_names or plain in self._terms.places:
            return False
        if _LATIN_NAME.match(inside):
            short = inside.isupper() and len(inside) <= 3 and text.count(inside) < 3
            return not short or self._known.get(inside) is not None
        if not _MIXED_NAME.match(inside) or self._words.is_ordinary(plain):
            return False
        return all(token.kind in PARTS or token.kind is Kind.LATIN for token in self._words.split(plain, {}, {}))
