"""Chinese characters: traditional ones read as simplified ones, so that one lexicon serves both scripts."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from functools import lru_cache

import msgpack  # type: ignore[import-untyped]
from wordfreq.util import data_path

from pipeline.errors import ExtractionError
from pipeline.extraction.lexicon import load

_HAN = range(0x3400, 0xA000)
#: From a character to its form of full width.
_FULL = 0xFEE0
_WIDTHS = {code + _FULL: chr(code) for code in range(0x21, 0x7F) if chr(code) not in ":;!?"}
_NARROW = re.compile("(?<=[\u3400-\u9fff])[:;!?]")
#: Texts are read up to here to tell their script.
_SAMPLE = 3000
_TRADITIONAL_SHARE = 0.08


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """Traditional to simplified, character by character: the table that wordfreq ships for its Chinese word list."""
    path = data_path("_chinese_mapping.msgpack.gz")
    try:
        with gzip.open(path) as file:
            table = msgpack.load(file, raw=False, strict_map_key=False)
    except OSError as error:
        raise ExtractionError(f"{path}: missing from the package wordfreq; reinstall wordfreq>=3.1,<4") from error
    return {code: char for code, char in table.items() if len(char) == 1 and code in _HAN}


@lru_cache(maxsize=1)
def _plain_table() -> dict[int, str]:
    return {**_WIDTHS, **_table()}


def simplify(text: str) -> str:
    """``text`` in simplified characters, one for one, so that every offset stays.

    Letters, digits, commas and brackets of full width get the usual one; a colon, semicolon or mark after a Chinese
    character gets the full one: as the lexicon's patterns expect them, however the text was typed.
    """
    return _NARROW.sub(lambda match: chr(ord(match.group()) + _FULL), text.translate(_plain_table()))


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is written in traditional characters."""
    table = _table()
    han = [char for char in text[:_SAMPLE] if ord(char) in _HAN]
    return bool(han) and sum(ord(char) in table for char in han) > _TRADITIONAL_SHARE * len(han)


def local_currency(text: str) -> str:
    """What a bare 元 means in a Chinese text: yuan, or in traditional characters the Taiwan dollar, unless it says."""
    if not is_traditional(text):
        return "CNY"
    plain = simplify(text)
    named = Counter(
        {code: sum(plain.count(word) for word in words) for code, words in load("zh").data.money.local.items()}
    )
    code, count = named.most_common(1)[0]
    return code if count else "TWD"
