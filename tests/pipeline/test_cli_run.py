"""The service's digests: the same as those of ``dealwire digest``, none missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import run
from pipeline.cli.app import app
from pipeline.cli.common import Settings, now
from storage.database import open_database
from tests.pipeline.stories import tell

URL = "sqlite:///deals.db"
DEAL = "DEAL licensing announced: licensor Nokia, licensee Brightwell"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(digests: str) -> Settings:
    Path("config.yaml").write_text(f"digests:\n  - {digests}\n", encoding="utf-8")
    return Settings(Path("config.yaml"), URL)


def test_a_party_is_found_by_its_name_of_the_dictionary(here: Path) -> None:
    asked = settings("{name: nokia, filter: {party: 诺基亚}}")
    with open_database(URL) as database:
        tell(database, DEAL, now().date() - timedelta(days=1))
        (job,) = run._jobs(asked, database)
        job.run(now())
    (path,) = Path("digests").iterdir()
    by_service = path.read_bytes()
    assert by_service.count(b"\r\n") == 2
    by_hand = CliRunner().invoke(app, ["digest", "nokia", "--config", "config.yaml", "--database", URL])
    assert by_hand.exit_code == 0, by_hand.output
    assert path.read_bytes() == by_service
