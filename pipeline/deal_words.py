"""A look at a page's bytes, before anything is parsed: is there a word in its headline that reports of deals have?

A news page holds every word somewhere: in its menus, in what else it offers to read, in its scripts. So only what it
says of itself is looked at: its title, its description and its first heading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

import yaml
from ahocorasick_rs import BytesAhoCorasick

#: How pages of a language are written where they are not UTF-8.
_ENCODINGS: Mapping[str, Sequence[str]] = {
    "zh": ("gb18030", "big5"),
    "ja": ("shift_jis", "euc_jp"),
    "ko": ("cp949",),
    "vi": ("cp1258",),
    "de": ("cp1252",),
    "fr": ("cp1252",),
    "es": ("cp1252",),
    "pt": ("cp1252",),
    "it": ("cp1252",),
}
_LANGUAGE = re.compile(rb"<html[^>]{0,500}?\blang\s*=\s*[\"']?\s*([a-z]{2})\b")
#: What begins a place where a page says what it is about, and how many bytes of it are looked at.
_PLACES = ((b"<title", 400), (b"og:title", 400), (b"<h1", 800), (b"og:description", 800), (b'"description"', 800))
#: The content of a description may stand before its name.
_BEFORE = 500
_HEADLINE = 200_000


@lru_cache(maxsize=1)
def deal_words() -> Mapping[str, tuple[str, ...]]:
    """The words, by language."""
    text = (files("pipeline") / "deal_words.yaml").read_text(encoding="utf-8")
    return {language: tuple(map(str, words)) for language, words in yaml.safe_load(text).items()}


@lru_cache(maxsize=1)
def tells_of_deals() -> Callable[[bytes], bool]:
    """A test of a page's bytes, in whatever encoding: False means that its headline tells of no deal.

    A page that says nothing of itself may be one.
    """
    by_language = {language: _automaton([language]) for language in deal_words()}
    all_languages = _automaton(list(deal_words()))

    def told(body: bytes) -> bool:
        # Letters of other scripts, and with marks, are not lowered: words in capitals all through are rare there.
        lowered = body[:_HEADLINE].lower()
        headline = b"\n".join(_headline(lowered))
        language = _LANGUAGE.search(lowered, 0, 5000)
        automaton = by_language.get(language[1].decode(), all_languages) if language else all_languages
        return not headline or bool(automaton.find_matches_as_indexes(headline))

    return told


def _headline(lowered: bytes) -> Iterator[bytes]:
    for mark, length in _PLACES:
        start = lowered.find(mark)
        if start >= 0:
            end = start + length
            if mark == b"<title":
                close = lowered.find(b"</title", start, end)
                end = close if close >= 0 else end
            yield lowered[max(0, start - _BEFORE) if mark == b'"description"' else start : end]


def _automaton(languages: Sequence[str]) -> BytesAhoCorasick:
    patterns = {
        encoded
        for language in languages
        for word in deal_words()[language]
        for encoding in ("utf-8", *_ENCODINGS.get(language, ()))
        if (encoded := _encoded(word, encoding)) is not None
    }
    return BytesAhoCorasick(sorted(patterns))


def _encoded(word: str, encoding: str) -> bytes | None:
    try:
        return word.encode(encoding)
    except UnicodeEncodeError:
        return None
