"""Every command explains itself, and wrong use says what is right."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.app import COMMANDS, app


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and subcommand with the words that call it."""
    context = click.Context(app)

    def walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
        yield words, command
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                yield from walk(found, (*words, name))

    return walk(app, ())


ALL = list(_commands())


@pytest.mark.parametrize(("words", "command"), ALL, ids=["-".join(words) or "dealwire" for words, _ in ALL])
def test_every_command_has_help_with_an_example_and_the_shared_options(
    words: tuple[str, ...], command: click.Command
) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    _, _, examples = shown.output.partition("Example")
    assert f"dealwire {' '.join(words)}".strip() in examples
    assert "--config" in shown.output
    assert "--database" in shown.output
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), parameter.name


def test_the_list_of_commands_says_what_each_is_for() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in shown
        assert line.split()[0] in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deels"], "Did you mean deals?"),
        (["deals", "--since", "next week"], "write it like 2026-11-05"),
        (["deals", "--min-value", "lots"], "write it like 2500000"),
        (["deals", "--focus", "iott"], "did you mean iot?"),
        (["deals", "--count-by", "month", "--after", "newest~2026-01-01~1"], "leave out --after"),
        (["deals", "--since", "2026", "--until", "2025"], "ends before it begins"),
        (["digest", "--of", "2026-11-05"], "--of needs --period"),
        (["digest", "--period", "weekly", "--since", "2026"], "either --period or"),
        (["digest", "--format", "markdown", "--excel"], "--excel is for CSV"),
        (["digest", "mornin"], "has no digest called"),
        (["ingest", "--language", "vi"], "--folder"),
        (["ingest"], "no sources are configured"),
        (["ingest", "--folder", "nowhere"], "does not exist"),
        (["extract"], "Missing argument"),
        (["show", "first"], "not a valid integer"),
        (["sources", "check", "nobody"], "there is no source called"),
        (["deals", "--config", "nowhere.yaml"], "there is no such file"),
    ],
)
def test_wrong_use_is_told_with_the_way_out_and_exits_with_2(
    arguments: list[str], said: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from pipeline.cli.app import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        "heavy = {'sqlalchemy', 'trafilatura', 'httpx', 'pydantic', 'rich', 'feedparser'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
