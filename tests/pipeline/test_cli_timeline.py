"""The timeline that ``show`` tells is a way that a deal can go."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from pipeline.cli.app import app
from storage.database import Database
from tests.pipeline.stories import tell

PARTIES = "acquirer Brightwell, target Oakline"


@pytest.mark.parametrize(
    ("reports", "steps"),
    [
        (
            [("announced", date(2026, 3, 1)), ("rumored", date(2026, 3, 5)), ("completed", date(2026, 3, 9))],
            [("announced", "2026-03-01"), ("completed", "2026-03-09")],
        ),
        (
            [("announced", date(2026, 3, 1)), ("completed", date(2026, 3, 6)), ("terminated", date(2026, 3, 9))],
            [("announced", "2026-03-01"), ("terminated", "2026-03-09")],
        ),
        (
            [("completed", date(2026, 3, 2)), ("announced", date(2026, 3, 4)), ("rumored", date(2026, 2, 1))],
            [("rumored", "2026-02-01"), ("completed", "2026-03-02")],
        ),
    ],
    ids=["a late rumour", "two ends", "an announcement told after the end"],
)
def test_it_never_goes_back_and_has_one_end(
    database: Database, ready_url: str, reports: list[tuple[str, date]], steps: list[tuple[str, str]]
) -> None:
    (deal,) = {tell(database, f"DEAL acquisition {status}: {PARTIES}", day) for status, day in reports}
    shown = CliRunner().invoke(app, ["show", str(deal), "--json", "--database", ready_url])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert [(step["status"], step["on"]) for step in told["timeline"]] == steps
    assert told["status"] == steps[-1][0]
