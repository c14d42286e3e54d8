"""Cutting text into words, and finding them again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.tokens import BREAK, MAX_WORD, matches, parse, words_of, words_of_all

#: Text of the scripts we meet, with the signs that mean something to one database or the other.
LETTERS = "ab zđạ5諾诺基亚ノキア한국전자가 ー々\"'-*:&|!()<>\\^{}~%_¶\u0301\x00\ud800"
texts = st.one_of(st.text(max_size=40), st.text(LETTERS, max_size=30))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nokia buys 5G-chip maker", ["nokia", "buys", "5g", "chip", "maker"]),
        ("Thỏa thuận của Đà Nẵng", ["thoa", "thuan", "cua", "da", "nang"]),
        ("诺基亚", ["诺基", "基亚", "亚"]),
        ("诺", ["诺"]),
        ("5G芯片大 厂", ["5g", "芯片", "片大", "大", "厂"]),
        ("삼성전자가", ["삼성", "성전", "전자", "자가", "가"]),
        ("ﾉｷｱ", ["ノキ", "キア", "ア"]),
        ("L'Oréal S.A.", ["l", "oreal", "s", "a"]),
        ("x_y __", ["x", "y"]),
        ("a" * 99, ["a" * MAX_WORD]),
        ("\x00 \ud800 ¶ —", []),
    ],
)
def test_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("Nokia signs", "nok SIG", True),
        ("Nokia signs", "okia", False),
        ("thỏa thuận cấp phép", "thoa thuan", True),
        ("诺基亚与小米", "小米", True),
        ("诺基亚与小米", "诺基亚", True),
        ("诺基亚与小米", "米", True),
        ("诺基亚与小米", "基", True),
        ("诺基亚与小米", "诺亚", False),
        ("삼성전자가 인수", "삼성전자", True),
        ("5G芯片", "5g芯", True),
        ("big chip maker", '"chip mak"', False),
        ("big chip maker", '"chip maker"', True),
        ("big chip maker", '"big maker"', False),
        ("big chip maker", "chip-maker", True),
        ("big chip maker", "maker-chip", False),
        ("big chip maker", "chip -maker", False),
        ("big chip maker", 'chip -"maker chip"', True),
        ("big chip maker", "-small", True),
        ("big chip maker", "“chip maker”", True),
        ("big chip maker", '"chip maker', True),
        ("100% owned", "100%", True),
        ("anything", " \" - '' *", True),
    ],
)
def test_a_query_finds_text(text: str, query: str, found: bool) -> None:
    assert matches(words_of(text), parse(query)) is found


@given(texts)
def test_cutting_again_changes_nothing_and_leaves_letters_and_digits_alone(text: str) -> None:
    for word in words_of(text):
        assert word.isalnum()
        assert len(word) <= MAX_WORD
        assert words_of(word)[0] == word


@given(texts, st.integers(0, 40), st.integers(1, 12))
@example("诺基亚5g", 1, 3)
def test_what_stands_in_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    words = words_of(text)
    runs = text.split()
    for run in runs:  # a word as it stands, and its beginning
        if len(run) <= MAX_WORD and "-" not in run and '"' not in run:
            assert matches(words, parse(run))
    part = "".join(char for char in text if "一" <= char <= "龥")
    slice_ = part[start : start + length]
    assert matches(words_of(part), parse(slice_))


@given(texts)
def test_any_query_is_read(text: str) -> None:
    query = parse(text)
    for phrase in (*query.wanted, *query.unwanted):
        assert phrase.words
        assert all(word.isalnum() for word in phrase.words)


def test_a_phrase_does_not_run_from_one_text_into_the_next() -> None:
    words = words_of_all(["Aquila buys", "Borealis grows", "AQUILA BUYS!"], limit=100)
    assert words == ["aquila", "buys", BREAK, "borealis", "grows", BREAK]
    assert not matches(words, parse('"buys borealis"'))
    assert words_of_all(["one two three"] * 3, limit=2) == ["one", "two"]
