"""Adding sources to a configuration: its text stays as it was, and what comes out is what was meant."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import parse_config
from pipeline.config_edit import NewSource, add_to_file, free_name, with_sources
from pipeline.errors import ConfigError

FEED = NewSource("Ridgefen", "https://ridgefen.example/feed")
MAP = NewSource("Tolmere: news", "https://tolmere.example/sitemap-news.xml?a=1&b=2", "sitemap", "vi")


def _added(text: str, *sources: NewSource) -> str:
    return with_sources(text, sources or (FEED,), environment={})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "sources:\n  - name: Ridgefen\n    url: https://ridgefen.example/feed\n"),
        ("# mine\n", "# mine\nsources:\n  - name: Ridgefen\n    url: https://ridgefen.example/feed\n"),
        (
            "storage: {keep_pages: false}",
            "storage: {keep_pages: false}\n\nsources:\n  - name: Ridgefen\n    url: https://ridgefen.example/feed\n",
        ),
        (
            "sources:\n  # - name: an example\nstorage:\n",
            "sources:\n  - name: Ridgefen\n    url: https://ridgefen.example/feed\n  # - name: an example\nstorage:\n",
        ),
        (
            "sources: []  # none yet\n",
            "sources:  # none yet\n  - name: Ridgefen\n    url: https://ridgefen.example/feed\n",
        ),
        (
            "sources:\n- name: A\n  url: https://a.example/  # why\n\n# the end\ndigests:\n",
            (
                "sources:\n- name: A\n  url: https://a.example/  # why\n- name: Ridgefen\n"
                "  url: https://ridgefen.example/feed\n\n# the end\ndigests:\n"
            ),
        ),
        (
            "sources:\n    - {name: A, url: 'https://a.example/'} # why\n    # - name: B\n",
            (
                "sources:\n    - {name: A, url: 'https://a.example/'} # why\n    - name: Ridgefen\n"
                "      url: https://ridgefen.example/feed\n    # - name: B\n"
            ),
        ),
        (
            "sources: [{name: A, url: 'https://a.example/'}]\n",
            (
                "sources: [{name: A, url: 'https://a.example/'}, "
                '{name: "Ridgefen", url: "https://ridgefen.example/feed"}]\n'
            ),
        ),
        (
            "sources:\r\n  - name: A\r\n    url: https://a.example/\r\n# end",
            (
                "sources:\r\n  - name: A\r\n    url: https://a.example/\r\n"
                "  - name: Ridgefen\r\n    url: https://ridgefen.example/feed\r\n# end"
            ),
        ),
    ],
)
def test_it_goes_behind_the_others_and_nothing_else_changes(before: str, after: str) -> None:
    assert _added(before) == after


def test_the_configuration_that_we_ship_takes_more() -> None:
    text = (Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8")
    after = _added(text, FEED, MAP)
    added = [line for line in after.splitlines() if line not in text.splitlines()]
    assert added == [
        "  - name: Ridgefen",
        "    url: https://ridgefen.example/feed",
        '  - name: "Tolmere: news"',
        "    kind: sitemap",
        "    url: https://tolmere.example/sitemap-news.xml?a=1&b=2",
    ]
    assert len(after.splitlines()) == len(text.splitlines()) + 6
    assert [source.name for source in parse_config(after, environment={}).sources][-2:] == ["Ridgefen", "Tolmere: news"]


@given(
    st.text(min_size=1, max_size=20).filter(lambda name: not any(0xD800 <= ord(c) < 0xE000 for c in name)),
    st.sampled_from(
        [
            "",
            "sources:\n",
            "sources: []",
            "sources:\n  - name: '!'\n    url: https://a.example/",
            "sources: [{name: '!', url: https://a.example/}]",
        ]
    ),
)
def test_any_name_is_read_back_as_it_is(name: str, before: str) -> None:
    if name == "!":
        return
    config = parse_config(_added(before, NewSource(name, "https://b.example/x?a='1'#{")), environment={})
    assert (config.sources[-1].name, config.sources[-1].kind) == (name, "feed")


@pytest.mark.parametrize("name", ["no", "true", "5", "${HOME}", "a: b", "- x", "#1", "'", "新聞", "A & B", "~", "x:"])
def test_names_that_yaml_would_misread(name: str) -> None:
    assert parse_config(_added("sources:\n", NewSource(name, FEED.url)), environment={}).sources[0].name == name


@pytest.mark.parametrize(
    "text",
    ["{sources: []}", "a: &x []\nsources: *x\n", "sources:\n  - &a {name: A, url: https://a.example/}\n  - *a\n"],
)
def test_what_cannot_be_added_to_is_told(text: str) -> None:
    with pytest.raises(ConfigError):
        _added(text)


def test_a_layout_that_cannot_be_added_to_shows_what_to_write() -> None:
    with pytest.raises(ConfigError, match="add this yourself:\n    - name: Ridgefen\n      url: https://ridgefen"):
        _added("{sources: []}")


def test_the_file_is_replaced_as_a_whole_and_keeps_its_mode_mark_and_link(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_bytes(b"\xef\xbb\xbfsources:\n")
    real.chmod(0o640)
    link = tmp_path / "config.yaml"
    link.symlink_to(real)
    add_to_file(link, [FEED], environment={})
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbfsources:\n  - name: Ridgefen\n")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yaml", "real.yaml"]


@pytest.mark.parametrize("sources", [[FEED, FEED], [NewSource("x", "ftp://a.example/")], [NewSource("", FEED.url)]])
def test_what_would_make_it_wrong_leaves_it_as_it_was(tmp_path: Path, sources: list[NewSource]) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("# mine\nsources:\n")
    with pytest.raises(ConfigError, match="line"):
        add_to_file(config, sources, environment={})
    assert config.read_text() == "# mine\nsources:\n"
    assert list(tmp_path.iterdir()) == [config]


def test_a_file_that_cannot_be_replaced_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(self: Path, target: Path) -> Path:
        raise OSError(errno.EBUSY, "Device or resource busy")  # as for a file that is mounted by itself

    config = tmp_path / "config.yaml"
    config.write_text("sources:\n")
    node = config.stat().st_ino
    monkeypatch.setattr(Path, "replace", busy)
    add_to_file(config, [FEED], environment={})
    assert "name: Ridgefen" in config.read_text()
    assert config.stat().st_ino == node
    assert list(tmp_path.iterdir()) == [config]


def test_a_file_that_may_not_be_written_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("sources:\n")
    monkeypatch.setattr("os.access", lambda path, mode: False)  # the tests may be run by root, who may all
    with pytest.raises(ConfigError, match="Permission denied; allow it, or add this"):
        add_to_file(config, [FEED], environment={})
    assert config.read_text() == "sources:\n"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written: No such file"):
        add_to_file(tmp_path / "nowhere" / "config.yaml", [FEED], environment={})


def test_a_taken_name_gets_a_number() -> None:
    assert free_name("A", []) == "A"
    assert free_name("A", ["A", "A (2)"]) == "A (3)"
