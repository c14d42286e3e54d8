"""The words that a page's headline is searched for before anything is parsed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deal_words import deal_words, tells_of_deals
from pipeline.extraction.lexicon import available

LABELLED = Path(__file__).parents[1] / "labelled"
#: Labelled deals whose title or first lines must have one of the words.
FLOOR = 0.9


def page(title: str, lead: str, language: str = "en") -> bytes:
    html = f'<html lang="{language}"><title>{title}</title><meta name="description" content="{lead}"><p>more'
    return html.encode()


def test_every_language_has_words_and_all_are_in_lower_case() -> None:
    assert set(deal_words()) == set(available())
    for words in deal_words().values():
        assert all(word == word.lower() and len(word.encode()) > 2 for word in words)
        assert len(set(words)) == len(words)


def test_nearly_all_labelled_deals_are_found() -> None:
    told = tells_of_deals()
    found = missed = 0
    for line in (LABELLED / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        if gold["is_deal"]:
            text = (LABELLED / "texts" / f"{gold['id']}.txt").read_text(encoding="utf-8").strip()
            title, _, rest = text.partition("\n")
            if told(page(title, rest.strip()[:250], gold["lang"])):
                found += 1
            else:
                missed += 1
    assert found / (found + missed) >= FLOOR


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Rain in the north, sun in the south", "en"), ("Ten recipes for the weekend", "en"),
        ("Chùa Một Cột trong mưa", "vi"), ("週末の天気", "ja"), ("今天下雨", "zh"), ("Regen im Norden", "de"),
    ],
)  # fmt: skip
def test_other_headlines_are_passed_over_whatever_the_page_says_elsewhere(title: str, language: str) -> None:
    rest = b"<p>" + b"Sunny. " * 200 + b"<nav>Deals, mergers, acquisitions, agreement</nav>"
    assert not tells_of_deals()(page(title, "", language) + rest)


@pytest.mark.parametrize(
    ("title", "encoding", "language"),
    [
        ("雲峰收購嵐川", "big5", "zh"), ("云峰收购岚川", "gb18030", "zh"), ("嵐川が雲峰を買収", "shift_jis", "ja"),
        ("嵐川が雲峰を買収", "euc_jp", "ja"), ("가람, 누리 인수", "cp949", "ko"),
        ("Aquila übernimmt Borealis", "cp1252", "de"),
        ("AQUILA ACQUIRES BOREALIS", "ascii", "en"), ("Aquila rachète Borealis", "utf-8", ""),
    ],
)  # fmt: skip
def test_pages_in_old_encodings_are_found(title: str, encoding: str, language: str) -> None:
    assert tells_of_deals()(f'<html lang="{language}"><title>{title}</title>'.encode(encoding))


def test_a_page_that_says_nothing_of_itself_may_be_one() -> None:
    assert tells_of_deals()(b"<html lang=en><p>Aquila said")


@given(st.binary(max_size=300))
def test_any_bytes_are_judged(body: bytes) -> None:
    assert tells_of_deals()(b'<title>x</title><h1 "description"' + body) in (True, False)
