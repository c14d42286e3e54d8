from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import Likeness, likeness, words_of


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Halden Corp.", "HALDEN"),
        ("Halden Co., Ltd.", "Halden"),
        ("Ｈａｌｄｅｎ", "Halden"),
        ("Halden S.A.", "Halden SA"),
        ("Soft Bank", "SoftBank"),
        ("Công ty Cổ phần Minh Khang", "Minh Khang"),
        ("北辰科技有限公司", "北辰科技"),
        ("株式会社ミナト", "ミナト"),
        ("(주)한결", "한결"),
        ("Halden's", "Halden"),
        ("The Group", "the group"),
    ],
)
def test_same(a: str, b: str) -> None:
    assert likeness(a, b) is Likeness.SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Halden Networks", "Halden"),
        ("Robert Halden Tools", "Halden Tools"),
        ("北辰科技", "北辰"),
        ("Minato", "Minato Labs"),
    ],
)
def test_part(a: str, b: str) -> None:
    assert likeness(a, b) is likeness(b, a) is Likeness.PART


@pytest.mark.parametrize(
    ("a", "b"),
    [("Intellect", "Intel"), ("Halden", "Holden"), ("Halden Tools", "Halden Networks"), ("", "Halden"), ("北", "北辰"),
     ("--", "--")],
)  # fmt: skip
def test_other(a: str, b: str) -> None:
    assert likeness(a, b) is Likeness.NONE


def test_the_dictionary_knows_other_scripts() -> None:
    known = {"北辰": "Polaris", "Polaris": "Polaris", "Halden": "Halden"}
    assert likeness("北辰", "Polaris", known.get) is Likeness.COMPANY
    assert likeness("北辰", "Halden", known.get) is Likeness.NONE
    assert likeness("北辰", "Nobody", known.get) is Likeness.NONE


@given(st.text(), st.text())
def test_likeness_does_not_depend_on_the_order(a: str, b: str) -> None:
    assert likeness(a, b) is likeness(b, a)


@given(st.text())
def test_every_name_with_words_is_like_itself(name: str) -> None:
    assert likeness(name, name) is (Likeness.SAME if words_of(name) else Likeness.NONE)
