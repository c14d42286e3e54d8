from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.companies import resolve_company, sounding_like
from storage.database import Database
from storage.records import Party
from storage.sounds import keys_like, sound_alike, sound_keys
from storage.vocabulary import Role

ALIKE = [
    ("Dalgren Motors", "달그렌 모터스"),
    ("Dalgren", "达尔格伦汽车"),
    ("Torvald Memory", "托瓦德"),
    ("Kiyose Flash", "キヨセフラッシュ"),
    ("Taigao", "泰高"),
    ("Hanhai Holdings", "瀚海控股"),
    ("Xuguang Energy", "蓄光能源科技(苏州)有限公司"),
    ("Glenfarg Medical", "글렌파그"),
    ("Anthornic", "アンソーニック"),
    ("Yandris", "Яндрис"),
]
OTHERS = [
    ("Dalgren", "서한에너지"),
    ("Torvald", "达尔格伦"),
    ("Sony", "サムスン"),
    ("Hanhai", "海航"),
    ("Dalgren Motors", "Dalgren"),  # in one script they are compared as they are written
    ("达尔格伦", "달그렌"),
    ("Ai", "アイ"),  # too short to tell
    ("", "达"),
]


@pytest.mark.parametrize(("latin", "other"), ALIKE)
def test_one_name_in_two_scripts(latin: str, other: str) -> None:
    assert sound_alike(latin, other)
    assert sound_alike(other, latin)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_that_are_not_taken_for_one(one: str, other: str) -> None:
    assert not sound_alike(one, other)
    assert not sound_alike(other, one)


names = st.one_of(st.text(max_size=12), st.sampled_from([name for pair in ALIKE for name in pair]))


@given(names, names)
def test_names_that_sound_alike_share_a_key(one: str, other: str) -> None:
    if sound_alike(one, other):
        assert sound_keys(one) & keys_like(other)
        assert sound_keys(other) & keys_like(one)


def test_a_company_is_found_by_its_sound_in_another_script_and_by_its_beginning(database: Database) -> None:
    with database.session() as session:
        korean = resolve_company(session, Party("달그렌 모터스", Role.PARTNER))
        latin = resolve_company(session, Party("Dalgren", Role.PARTNER))
        motors = resolve_company(session, Party("Dalgren Motors", Role.PARTNER))
        assert set(sounding_like(session, ["Dalgren Holdings"])) == {korean, latin, motors}
        assert set(sounding_like(session, ["达尔格伦"])) == {latin, motors}
        assert sounding_like(session, ["Sony"]) == sounding_like(session, []) == []
