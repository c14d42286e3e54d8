"""Which language a text is in: its script first, then a statistical model over the languages written in that script."""

from __future__ import annotations

import math
import re
import threading
from functools import cache

UNKNOWN = "und"

#: Told apart by the model. More than we extract from: a Danish text forced into our ten would be called German.
_LANGUAGES_TEXT = (
    "ar bg ca cs da de el en es et fa fi fr gl he hi hr hu id is it lb lt lv ms nl no pl pt ro ru sk sl sv sw tr uk ur "
    "vi xh zu"
)
_MODEL_LANGUAGES = tuple(_LANGUAGES_TEXT.split())
#: Close relatives with little business news: believed of a long text, or of a short one that claims to be in them.
_RARE = frozenset(("bg", "ca", "et", "gl", "hr", "is", "lb", "lt", "lv", "sk", "sl", "sw", "ur", "xh", "zu"))
_SAMPLE_CHARS = 4000
_SHORT_CHARS = 200
_TINY_CHARS = 12
_MIN_LETTERS = 3
_LANGUAGE_TAG = re.compile(r"^\s*([a-z]{2,3})(?:[-_].*)?\s*$", re.IGNORECASE)
_SYNONYMS = {"nb": "no", "nn": "no", "in": "id", "iw": "he", "jp": "ja", "cn": "zh", "kr": "ko", "vn": "vi"}
_LETTERS = re.compile(r"[^\W\d_]")
_SCRIPTS = (
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("kana", re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff]")),
    ("han", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
# Letters of Vietnamese that no other language here has: a headline of five words needs no model.
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_lock = threading.Lock()


def detect(text: str, *, hints: tuple[str | None, ...] = ()) -> str:
    """ISO 639-1 code of the language of ``text``, ``"und"`` when it has too few letters and no hint helps.

    ``hints`` are what the page or its source claims ("en-GB", "zh_CN"), best first. They decide only what the text
    leaves open, because templates often claim the wrong language.
    """
    claimed = [code for code in map(normalise_tag, hints) if code]
    sample = text[:_SAMPLE_CHARS]
    letters = len(_LETTERS.findall(sample))
    if letters < _MIN_LETTERS:
        return claimed[0] if claimed else UNKNOWN
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS}
    # A character of these scripts says about as much as two or three Latin letters.
    wide = counts["han"] + counts["kana"] + counts["ko"]
    if wide * 3 > letters - wide:
        if counts["ko"] * 2 > counts["han"] + counts["kana"]:
            return "ko"
        if counts["kana"] * 12 > counts["han"]:
            return "ja"
        return "ja" if counts["kana"] and "ja" in claimed and "zh" not in claimed else "zh"
    if counts["th"] * 2 > letters:
        return "th"
    if len(_VIETNAMESE.findall(sample)) > letters * 0.06:
        return "vi"
    if letters < _TINY_CHARS and claimed:
        return claimed[0]
    ranked = _rank(sample)
    if letters < _SHORT_CHARS:
        ranked = [(code, share) for code, share in ranked if code not in _RARE or code in claimed]
    best, probability = ranked[0]
    if letters < _SHORT_CHARS or probability < 0.9:
        plausible = dict(ranked[:3])
        for code in claimed:
            if plausible.get(code, 0.0) > 0.02 or (code in plausible and letters < 60):
                return code
    return best


def normalise_tag(tag: str | None) -> str | None:
    """``"zh-Hant_TW"`` -> ``"zh"``; None for what is no language tag."""
    match = _LANGUAGE_TAG.match(tag or "")
    if not match:
        return None
    code = match[1].lower()
    code = _SYNONYMS.get(code, code)
    return code if len(code) == 2 else None


@cache
def _model() -> object:
    from py3langid import langid  # loads numpy and a model: 0.9 s on the first call

    langid.set_languages(_MODEL_LANGUAGES)
    return langid


def _rank(sample: str) -> list[tuple[str, float]]:
    with _lock:  # the first call of two threads must not load the model twice
        model = _model()
    # All-capital headlines look like nothing the model was trained on.
    scores: list[tuple[str, float]] = model.rank(sample.lower() if sample.isupper() else sample)  # type: ignore[attr-defined]
    top = scores[0][1]
    weights = [(code, math.exp(max(-60.0, float(score) - float(top)))) for code, score in scores]
    total = sum(weight for _, weight in weights)
    return [(str(code), weight / total) for code, weight in weights]
