"""Words to search by, the same on every database: pure.

Text is folded (see ``names.fold``) and cut into words of letters and digits. Scripts that write without spaces between
words (Han, kana, Hangul) are cut into overlapping pairs and a last single letter: 诺基亚 is 诺基 基亚 亚. So a word
of two letters is one token, one letter is the beginning of a token, and a longer word is a phrase of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.names import fold

#: Stands between the texts of one deal, so that no phrase runs from one into the next. No word is ever this.
BREAK = "¶"
#: Longer words are cut; nobody types more of one.
MAX_WORD = 60

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"(?:(?=\w)[{_CJK}])+|[^\W_{_CJK}]+")
_FIRST_CJK = re.compile(f"[{_CJK}]")
_CHUNK = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s"]+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other; with ``prefix`` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What a text must have, and what it must not have."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()


def words_of(text: str) -> list[str]:
    """The words of a text, in order."""
    words: list[str] = []
    for run in _runs(text):
        if _is_cjk(run):
            words += (run[at : at + 2] for at in range(len(run)))
        else:
            words.append(run[:MAX_WORD])
    return words


def words_of_all(texts: Iterable[str], *, limit: int) -> list[str]:
    """The words of several texts with breaks between, at most ``limit``; a text that was there already is left out."""
    found: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for text in texts:
        words = words_of(text)
        if words and tuple(words) not in seen:
            seen.add(tuple(words))
            found += [*words, BREAK]
        if len(found) >= limit:
            break
    return found[:limit]


def parse(text: str) -> TextQuery:
    """What a person means by ``text``: every word, or its beginning, occurs; ``"two words"`` occur just so; ``-word``
    does not. Never raises: signs that mean nothing are left out.
    """
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    for match in _CHUNK.finditer(text.translate(_QUOTES)):
        quoted = match[2] is not None
        phrase = _phrase(match[2] if quoted else match[4], exact=quoted)
        if phrase is not None:
            (unwanted if match[1] or match[3] else wanted).append(phrase)
    return TextQuery(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def matches(words: Sequence[str], query: TextQuery) -> bool:
    """Whether a text with these words is what the query asks for. This is what the databases are held to."""
    return all(_occurs(phrase, words) for phrase in query.wanted) and not any(
        _occurs(phrase, words) for phrase in query.unwanted
    )


def _phrase(text: str, *, exact: bool) -> Phrase | None:
    runs = list(_runs(text))
    if not runs:
        return None
    words: list[str] = []
    for run in runs[:-1]:
        words += words_of(run)
    last = runs[-1]
    if not _is_cjk(last):
        return Phrase((*words, last[:MAX_WORD]), prefix=not exact)
    if len(last) == 1:  # a pair that begins with it, or it at the end
        return Phrase((*words, last), prefix=True)
    return Phrase((*words, *words_of(last)[:-1]), prefix=False)


def _occurs(phrase: Phrase, words: Sequence[str]) -> bool:
    size = len(phrase.words)
    *first, last = phrase.words
    return any(
        list(words[at : at + size - 1]) == first
        and (words[at + size - 1].startswith(last) if phrase.prefix else words[at + size - 1] == last)
        for at in range(len(words) - size + 1)
    )


def _runs(text: str) -> Iterator[str]:
    for match in _WORD.finditer(fold(text)):
        yield match[0]


def _is_cjk(run: str) -> bool:
    return _FIRST_CJK.match(run) is not None
