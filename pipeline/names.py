"""Whether two spellings name one organisation, as far as the spellings themselves tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache

from storage.names import fold, legal_forms


class Likeness(IntEnum):
    """How alike two names are."""

    NONE = 0
    PART = 1  # one is contained in the other, as whole words
    COMPANY = 2  # the dictionary knows both as one company
    SAME = 3  # equal but for case, legal form, spaces, punctuation


_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """The words that make a name: NFKC, case folded, punctuation, legal forms and words for groups off.

    At least one word is kept where nothing but such forms is written ("The Company").
    """
    forms = legal_forms(groups=True)
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = re.sub(r"['’`´]s\b", "", forms.off_the_ends(folded))
    dotted = re.sub(r"\b(?:\w\.){2,}", lambda m: m.group().replace(".", "") + " ", bare)
    words = tuple(re.findall(r"[^\W_]+", dotted))
    return words[forms.name_in([fold(word) for word in words])] or tuple(re.findall(r"[^\W_]+", folded))


def likeness(a: str, b: str, canonical: Callable[[str], str | None] = lambda name: None) -> Likeness:
    """How alike two names are; ``canonical`` is the dictionary's name of a company, None when it knows nothing."""
    ours, theirs = words_of(a), words_of(b)
    if not ours or not theirs:
        return Likeness.NONE
    if "".join(ours) == "".join(theirs):
        return Likeness.SAME
    known = canonical(a)
    if known is not None and known == canonical(b):
        return Likeness.COMPANY
    return Likeness.PART if _contains(ours, theirs) or _contains(theirs, ours) else Likeness.NONE


def _contains(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    joined = "".join(part)
    if _EAST_ASIAN.search(joined):  # written without spaces: no word edges to ask for
        return len(joined) >= 2 and joined in "".join(whole)
    if len(joined) < 2:
        return False
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))
