"""Which report of a new reading is which of the old one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.report_matching import Outline, match_reports
from storage.vocabulary import DealType

BUYS, LICENSES, SUPPLIES = DealType.ACQUISITION, DealType.LICENSING, DealType.SUPPLY


def outline(said: str, kind: DealType = BUYS, *parties: str) -> Outline:
    return Outline(said, kind, frozenset(parties))


def test_the_same_reports_stay_in_place() -> None:
    reports = [outline("a", BUYS, "aquila", "borealis"), outline("a", BUYS, "aquila", "borealis"), outline("b")]
    assert match_reports(reports, reports) == [0, 1, 2]


def test_a_report_that_comes_first_now_takes_no_others_place() -> None:
    old = [outline("a", BUYS, "aquila", "borealis"), outline("b", SUPPLIES, "corvus", "dorado")]
    new = [outline("c", LICENSES, "electra", "fornax"), *old]
    assert match_reports(old, new) == [None, 0, 1]


def test_reports_that_changed_places() -> None:
    old = [outline("a", BUYS, "aquila", "borealis"), outline("b", SUPPLIES, "corvus", "dorado")]
    assert match_reports(old, [old[1], old[0]]) == [1, 0]


def test_the_most_parties_decide_before_type_and_place() -> None:
    old = [outline("a", BUYS, "aquila", "borealis"), outline("b", SUPPLIES, "aquila", "corvus", "dorado")]
    new = [outline("c", BUYS, "aquila", "corvus", "dorado"), outline("d", SUPPLIES, "aquila", "borealis")]
    assert match_reports(old, new) == [1, 0]


def test_the_type_decides_between_equals() -> None:
    old = [outline("a", BUYS, "aquila", "borealis"), outline("b", LICENSES, "aquila", "borealis")]
    new = [outline("c", LICENSES, "aquila", "borealis"), outline("d", BUYS, "aquila", "borealis")]
    assert match_reports(old, new) == [1, 0]


def test_names_that_are_all_others_leave_the_place_where_the_type_is_the_same() -> None:
    old = [outline("a", BUYS, "aquila"), outline("b", SUPPLIES, "corvus")]
    assert match_reports(old, [outline("c", BUYS, "aquila technologies")]) == [0]
    assert match_reports(old, [outline("c", LICENSES, "electra")]) == [None]


OUTLINES = st.lists(
    st.builds(
        Outline,
        st.sampled_from("abc"),
        st.sampled_from([BUYS, LICENSES]),
        st.frozensets(st.sampled_from(["aquila", "borealis", "corvus"])),
    ),
    max_size=5,
)


@given(OUTLINES, OUTLINES)
def test_nothing_is_matched_twice_and_what_is_unchanged_is_found_again(old: list[Outline], new: list[Outline]) -> None:
    matched = match_reports(old, new)
    taken = [of for of in matched if of is not None]
    assert len(matched) == len(new)
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(range(len(old)))
    for said in "abc":
        common = min(sum(r.content_hash == said for r in old), sum(r.content_hash == said for r in new))
        same = [of for of, r in zip(matched, new, strict=True) if of is not None and r.content_hash == said]
        assert sum(old[of].content_hash == said for of in same) == common


@given(OUTLINES)
def test_an_unchanged_reading_changes_nothing(reports: list[Outline]) -> None:
    assert match_reports(reports, reports) == list(range(len(reports)))
