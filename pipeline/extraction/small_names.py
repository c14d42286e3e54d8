"""Names that are written without a capital: quietmind, zeroth.dev, a16z.

Only what cannot be an ordinary word counts: a word the language does not know that begins a sentence in lower case, or
an address on the web that the text uses as a name, and that stands in the text more than once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.extraction.name_words import NameWords
from pipeline.extraction.segmentation import SentenceIndex
from pipeline.extraction.tokens import Token

_WEB = re.compile(r"^[a-z][a-z0-9-]{2,}\.(?:ai|io|dev|app|co|tech|xyz|so|gg|fm|me|net)$")
#: A full stop after a longer word ends a sentence, whatever follows.
_AFTER_STOP = re.compile(r"[^\W\d_]{4,}[.!?] $")
_PLAIN = re.compile(r"^[a-zà-ÿ][a-zà-ÿ0-9]{3,}$")


def with_small_names(words: NameWords, text: str, tokens: Sequence[Token], index: SentenceIndex) -> list[Token]:
    """``tokens`` with those of such names made capital, wherever they stand."""
    counts = Counter([token.text for token in tokens if not token.capital])
    repeated = {word for word, count in counts.items() if count > 1}
    found = {word for word in repeated if _WEB.match(word)}
    strange = {word for word in repeated - found if _is_strange(words, word)}
    if strange:
        found.update(
            token.text
            for token in tokens
            if token.text in strange
            and (
                token.start == index.at(token.start).start
                or _AFTER_STOP.search(text[max(0, token.start - 8) : token.start])
            )
            and text[max(0, token.start - 2) : token.start].strip() not in ("-", "•", "*")
        )
    if not found:
        return list(tokens)
    return [token._replace(capital=True) if token.text in found else token for token in tokens]


def _is_strange(words: NameWords, word: str) -> bool:
    """Whether a word in lower case is none that the language knows."""
    ordinary = words.vocabulary.is_ordinary
    return not ordinary(word) and not ordinary(word.rstrip("s")) and _PLAIN.match(word) is not None
