"""``dealwire demo``: the first thing a newcomer runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.app import app
from pipeline.spreadsheet import read_csv, split


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The demo run as a newcomer would, in a folder whose configuration and environment it must not touch."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "config.yaml").write_text("this: is broken")
    environment = {"DEALWIRE_DATABASE_URL": f"sqlite:///{folder}/mine.db", "PATH": "", "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "demo"],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=100, check=False,
    )  # fmt: skip
    return done, folder


def test_it_reads_everything_and_fails_nowhere(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, folder = demo
    assert done.returncode == 0, done.stderr
    assert re.search(r"22 pages read, \d+ reports, \d+ new deals", done.stderr)
    assert not (folder / "mine.db").exists()


def test_it_names_the_digest_it_wrote(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, folder = demo
    named = re.search(r"CSV digest of (\d+) deals: (.+)", done.stdout)
    assert named is not None
    path = Path(named[2])
    assert path == (folder / "dealwire-demo" / "deals.csv").resolve()
    assert len(read_csv(path)) == int(named[1])


def test_several_outlets_and_languages_tell_one_deal(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, folder = demo
    rows = read_csv(folder / "dealwire-demo" / "deals.csv")
    (nokia,) = [row for row in rows if "Nokia" in split(row["parties"])]
    assert nokia["type"] == "cross_licensing"
    assert set(split(nokia["parties"])) == {"Nokia", "Xiaomi"}
    assert split(nokia["roles"]) == ["partner", "partner"]
    assert split(nokia["languages"]) == ["en", "vi", "zh"]
    assert nokia["reports"] == "3"


def test_what_is_no_deal_makes_none(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, folder = demo
    parties = " ".join(row["parties"] for row in read_csv(folder / "dealwire-demo" / "deals.csv"))
    for name in ("Tessaline", "Saoirse", "Bến Sương", "陆知行", "Larkspur", "Brackley"):
        assert name not in parties


def test_twelve_deals_of_most_kinds(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, folder = demo
    rows = read_csv(folder / "dealwire-demo" / "deals.csv")
    assert len(rows) == 12
    assert {row["type"] for row in rows} >= {
        "acquisition", "merger", "asset_purchase", "investment", "joint_venture", "partnership", "licensing",
        "cross_licensing", "supply", "settlement",
    }  # fmt: skip
    assert {row["status"] for row in rows} == {"announced", "completed", "terminated", "rumored"}


def test_a_second_run_starts_anew(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, folder = demo
    before = [row["headline"] for row in read_csv(folder / "dealwire-demo" / "deals.csv")]
    again = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "demo"],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=100, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert [row["headline"] for row in read_csv(folder / "dealwire-demo" / "deals.csv")] == before


def test_a_broken_configuration_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("this: is broken", encoding="utf-8")
    refused = CliRunner().invoke(app, ["demo", "--config", "mine.yaml"])
    assert refused.exit_code == 2
    assert "this: unknown key" in refused.stderr
    assert "serving" not in refused.stderr
    assert not Path("dealwire-demo").exists()
