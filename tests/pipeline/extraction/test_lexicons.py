"""The data the extractor reads with: every lexicon and the dictionary of organisations keep to their schemas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ExtractionError
from pipeline.extraction import lexicon
from pipeline.extraction.lexicon import CueKind, available, fold, literal_prefix, load
from pipeline.extraction.organisations import Directory, Organisation, directory, with_aliases
from storage.vocabulary import DealType, FocusArea


@pytest.mark.parametrize("language", available())
def test_a_lexicon_knows_all_types_and_areas(language: str) -> None:
    data = load(language).data
    assert data.language == language
    types = {frame.type for frame in data.frames}
    assert types | {DealType.ASSET_PURCHASE} == set(DealType)  # what is bought makes an acquisition an asset purchase
    assert any(frame.retype for frame in data.frames)
    assert "asset" in data.objects
    assert set(data.focus) == {area.value for area in FocusArea}
    assert {"rumored", "terminated", "completed", "denied", "background"} <= set(data.modality)
    assert {"deal", "not_deal"} <= set(data.money.cues)


@pytest.mark.parametrize("language", available())
def test_every_cue_can_be_found_where_it_stands(language: str) -> None:
    compiled = load(language)
    text = fold(
        "\n".join(keyword for keywords in compiled.data.focus.values() for keyword in keywords if keyword.isalnum())
    )
    hits = list(compiled.cues(text))
    assert hits
    for hit in hits:
        assert hit.cue.pattern.match(text, hit.start)
        assert 0 <= hit.start < hit.end <= len(text)
    assert {hit.cue.kind for hit in hits} >= {CueKind.FOCUS}


def test_a_broken_lexicon_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "load_yaml", lambda name: {"language": "xx", "name": "X"})
    load.cache_clear()
    try:
        with pytest.raises(ExtractionError, match=r"lexicon xx\.yaml"):
            load("xx")
    finally:
        load.cache_clear()


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("pattern", "prefix"), [("acquir(?:e|es)", "acquir"), ("buys?", "buy"), ("mou", "mou"), ("tie-up", "tie-up")]
)
def test_literal_prefix(pattern: str, prefix: str) -> None:
    assert literal_prefix(pattern) == prefix


def test_the_dictionary_is_large_and_knows_names_in_their_scripts() -> None:
    names = directory()
    assert len(names) > 5000
    for written in ("诺基亚", "諾基亞", "ノキア", "노키아", "Nokia"):
        found = names.get(written)
        assert found is not None
        assert found.name == "Nokia"
    assert names.get("小米") == names.get("Xiaomi")


def found_in(text: str, names: Directory | None = None) -> list[str]:
    return [text[hit.start : hit.end] for hit in (names or directory()).find(text, fold(text))]


def test_names_are_whole_words_with_a_capital_unless_they_have_none() -> None:
    assert found_in("Intelligent people at Intel met onsemi") == ["Intel", "onsemi"]
    assert found_in("an apple a day") == []


def test_names_in_scripts_without_spaces_are_found_inside() -> None:
    assert found_in("小米与诺基亚签署协议") == ["小米", "诺基亚"]


def test_a_users_own_companies_join_the_dictionary() -> None:
    names = with_aliases({"Vorlan": ["Vorlan Optik", "沃兰"], "Nokia": ["Nokia Lab Nord"]})
    assert [hit.organisation.name for hit in names.find("沃兰收购", "沃兰收购")] == ["Vorlan"]
    lab = names.get("nokia lab nord")
    assert lab is not None
    assert lab.name == "Nokia"


def test_the_longest_name_wins() -> None:
    small = Directory(
        [
            (Organisation("Vor", "", "company", (), None, False), []),
            (Organisation("Vor Lan", "", "company", (), None, False), []),
        ]
    )
    assert found_in("Vor Lan grows", small) == ["Vor Lan"]
