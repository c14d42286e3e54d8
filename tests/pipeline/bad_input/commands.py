"""The commands as a user calls them, and what a message about bad input must be."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from pipeline.cli.app import app
from tests.pipeline.newsroom import page

GOOD = page("DEAL acquisition announced: acquirer Brightwell, target Oakline", title="Brightwell buys Oakline")
URL = "sqlite:///deals.db"


def dealwire(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def assert_told(result: Result, code: int, *words: str) -> None:
    """The command ended with this code and a message that has these words, and not by an accident."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.stderr


def configure(folder: Path, sources: dict[str, str], fetch: str = "") -> None:
    """Writes a configuration with these sources (name to address); ``fetch`` goes on in its section of that name."""
    lines = [f"storage: {{url: '{URL}'}}", "schedule: {backfill_since: all}"]
    lines += [f"fetch: {{allow_private: [127.0.0.1], host_gap_seconds: 0{fetch}}}"]
    lines += ["sources:", *(f"  - {{name: {name}, url: '{url}'}}" for name, url in sources.items())]
    (folder / "config.yaml").write_text("\n".join(lines) + "\n")


def closing_rows(result: Result) -> dict[str, list[str]]:
    """The closing table: source -> found, new, read, failed."""
    return {line.split("\t")[0]: line.split("\t")[2:6] for line in result.stdout.splitlines()}


def closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
