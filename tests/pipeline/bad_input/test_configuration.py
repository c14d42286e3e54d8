"""A broken configuration or wrong use of a command: told by name with the way out, before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.bad_input.commands import assert_told, dealwire


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"storage: {url: 'sqlite:///x.db'\n", "line 2: no valid YAML"),
        (b"storage:\n\turl: sqlite:///x.db\n", "with spaces, not with tabs"),
        (b"fetch: {concurency: 3}\n", "line 1: fetch.concurency: unknown key; did you mean concurrency?"),
        (b"fetch:\n  concurrency: many\n", "line 2: fetch.concurrency: expected a whole number, got 'many'"),
        (b"sources: everything\n", "line 1: sources: expected a list, got 'everything'"),
        (b"storage: {url: 'oracle://db/x'}\n", "storage.url: expected a database URL such as sqlite:///"),
        (b"- a\n- b\n", "line 1: expected keys with values"),
        (b"sources: [{name: Caf\xe9, url: 'https://a.example/'}]\n", "not UTF-8 text (byte 20); save it as UTF-8"),
        (b"sources: []\x00\n", "no valid YAML"),
        (b"storage: {url: '${DEALWIRE_NO_SUCH_NAME}'}\n", "DEALWIRE_NO_SUCH_NAME is not set; set it"),
        (b"a: &a [*a, *a]\n", "the file unfolds to too much"),
    ],
)
@pytest.mark.parametrize("command", ["ingest", "sources", "run"])
def test_a_broken_configuration_names_file_line_and_remedy(folder: Path, command: str, text: bytes, said: str) -> None:
    (folder / "mine.yaml").write_bytes(text)
    assert_told(dealwire(command, "--config", "mine.yaml"), 2, "mine.yaml", said)
    assert [path.name for path in folder.iterdir()] == ["mine.yaml"]


def test_a_configuration_that_is_not_there_or_no_file(folder: Path) -> None:
    (folder / "folder.yaml").mkdir()
    assert_told(dealwire("ingest", "--config", "gone.yaml"), 2, "gone.yaml", "give another with --config")
    assert_told(dealwire("ingest", "--config", "folder.yaml"), 2, "folder.yaml", "name the file in it")


def test_a_password_in_the_wrong_place_is_not_repeated(folder: Path) -> None:
    (folder / "config.yaml").write_text("storage: {url: 'postgres//me:secret@host/x'}\n")
    for result in (dealwire("deals"), dealwire("deals", "--database", "postgresql://me:secret@host:port/x")):
        assert_told(result, 2, "may hold a password")
        assert "secret" not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deals", "--since", "31.12.2026"), "'31.12.2026' is no date; write it like 2026-11-05"),
        (("deals", "--until", "2026-02-30"), "'2026-02-30' is no date"),
        (("digest", "--of", "2026-13", "--period", "monthly"), "'2026-13' is no date"),
        (("digest", "--since", "2026", "--until", "2025"), "ends before it begins"),
        (("deals", "--min-value", "1e999999999bn"), "is no amount; write it like 2500000"),
        (("deals", "--min-value", "1e30"), "is no amount; write it like 2500000"),
        (("deals", "--database", "nonsense"), "'nonsense' is not a database URL; write one, for example sqlite:///"),
        (("deals", "--database", "mysql://db/x"), "works with sqlite and postgresql, not mysql"),
        (("deals", "--database", "sqlite://folder/deals.db"), "names no file; write three slashes and the path"),
        (("ingest", "--folder", ".", "--database", "sqlite:///"), "names no file"),
        (("show", "first"), "Invalid value for 'DEAL'"),
        (("ingest", "--folder", "gone"), "'gone' does not exist"),
        (("extract",), "Missing argument"),
    ],
)
def test_wrong_use_is_told_before_anything_is_done(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    assert_told(dealwire(*arguments), 2, said)
    assert list(folder.iterdir()) == []
