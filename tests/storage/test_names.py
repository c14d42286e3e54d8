"""The key of a company's name."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.names import KEY_LENGTH, fold, normalise_name

SAME = [
    ["Nokia", "NOKIA", "Nokia Oyj", "Nokia Corporation", "Oy Nokia Ab", "Ｎｏｋｉａ", " nokia  "],
    ["AT&T", "AT & T Inc.", "at&t"],
    ["Telefónica", "Telefonica, S.A.", "TELEFÓNICA SA"],
    ["Grupo Estrella", "Grupo Estrella S.A.B. de C.V."],
    ["FPT", "Công ty Cổ phần FPT", "Tập đoàn FPT", "CTCP FPT", "FPT JSC"],
    ["Viễn Đông", "Cong ty TNHH MTV Vien Dong", "VIỄN ĐÔNG"],
    ["晨星科技", "晨星科技有限公司", "晨星科技股份有限公司", "晨星 科技"],
    ["青空電機", "株式会社青空電機", "青空電機株式会社", "㈱青空電機", "(株)青空電機"],
    ["한빛전자", "한빛전자(주)", "㈜한빛전자", "한빛전자 주식회사", "한빛 전자"],
    ["Bosch", "Bosch GmbH & Co. KG", "bosch gmbh"],
    ["Ørsted", "Orsted A/S", "ORSTED AS"],
    ["Яндекс", "ООО «Яндекс»", "яндекс, ООО"],
    ["L'Oréal", "L’Oreal", "Loreal SA"],
    ["Walt Disney", "The Walt Disney Company"],
    ["Nusantara Data", "PT Nusantara Data Tbk", "PT. Nusantara Data (Persero), Tbk."],
    ["Straße", "STRASSE"],
]

DIFFERENT = [
    ("Bank of America", "Bank of Armenia"),
    ("SoftBank", "SoftBank Group"),
    ("Disney", "Disney+"),
    ("й", "и"),
    ("か", "が"),
    ("Delta", "Delta Electronics"),
    ("华为", "小米"),
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_one_company_one_key(names: list[str]) -> None:
    assert len({normalise_name(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_companies_keep_different_keys(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


@pytest.mark.parametrize("name", ["AG", "Inc.", "公司", "The", "Co., Ltd.", "株式会社", "(주)", "GmbH & Co. KG"])
def test_a_name_that_is_a_legal_form_stays_a_name(name: str) -> None:
    assert normalise_name(name)


PARTS = "Nokia co ltd AG & 公司 株式会社 (주) the S.A. İ ß ＡＧ đ x ооо"
names = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PARTS.split()), max_size=8).map(" ".join))


@example("0\U0001d15e")  # a note's head is a sign, its stem a mark
@example("a’\u0301")
@given(names)
def test_a_key_is_its_own_key(name: str) -> None:
    key = normalise_name(name)
    assert normalise_name(key) == key
    assert len(key) <= KEY_LENGTH
    assert key == key.strip()


@given(names)
def test_a_name_with_a_letter_or_digit_has_a_key(name: str) -> None:
    if any(char.isalnum() for char in name):
        assert normalise_name(name)


@given(names)
def test_case_width_and_surrounding_spaces_do_not_count(name: str) -> None:
    assert normalise_name(f"  {name}\t") == normalise_name(name)
    assert normalise_name(fold(name)) == normalise_name(name)


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_for_search() -> None:
    assert fold("Tập đoàn Công nghệ") == "tap doan cong nghe"
    assert fold("ガス Ｑ２") == "ガス q2"
