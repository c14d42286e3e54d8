"""Whether two spellings name one organisation, as far as the spellings themselves tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache


class Likeness(IntEnum):
    """How alike two names are."""

    NONE = 0
    PART = 1  # one is contained in the other, as whole words
    COMPANY = 2  # the dictionary knows both as one company
    SAME = 3  # equal but for case, legal form, spaces, punctuation


_LEGAL_WORDS_TEXT = (
    "inc incorporated corp corporation co company ltd limited llc llp lp plc pllc pte pty pvt private sdn bhd tbk pt "
    "gmbh ag kg kgaa se mbh ug ohg sa sas sarl sàrl srl spa sl slu sau sab cv ltda eireli nv bv cvba ab as asa a/s oy "
    "oyj aps kk gk jsc ojsc pjsc cjsc ooo pao oao kft zrt rt doo ad bhd group holdings holding the"
)
_LEGAL_WORDS = frozenset(_LEGAL_WORDS_TEXT.split())
_LEGAL_PARTS = (
    "công ty trách nhiệm hữu hạn", "công ty tnhh mtv", "công ty tnhh", "công ty cổ phần", "công ty cp", "công ty",
    "tập đoàn", "tổng công ty", "ngân hàng tmcp", "ctcp",
    "股份有限公司", "有限责任公司", "有限責任公司", "控股有限公司", "有限公司", "集团", "集團", "公司",
    "株式会社", "合同会社", "有限会社", "㈱", "(株)", "주식회사", "유한회사", "(주)", "㈜", "그룹",
)  # fmt: skip
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=16384)
def words_of(name: str) -> tuple[str, ...]:
    """The words that make a name: NFKC, case folded, legal forms and punctuation off.

    Where nothing but a legal form is written ("The Company") its words are kept.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = folded
    for part in sorted((unicodedata.normalize("NFKC", p) for p in _LEGAL_PARTS), key=len, reverse=True):
        bare = bare.replace(part, " ")
    bare = re.sub(r"['’`´]s\b", "", bare)
    dotted = re.sub(r"\b(?:\w\.){2,}", lambda m: m.group().replace(".", "") + " ", bare)
    words = tuple(re.findall(r"[^\W_]+", dotted))
    kept = tuple(w for w in words if w not in _LEGAL_WORDS)
    return kept or words or tuple(re.findall(r"[^\W_]+", folded))


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
