"""A person at a shell says which deals and which companies are one, and is obeyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app

STORIES = {
    "velm.txt": "Orbane buys chip maker Velm Silicon\n\n2026-03-02\n\nOrbane Inc. said on Monday that it will acquire "
    "chip maker Velm Silicon GmbH for $250 million in cash.",
    "tarn.txt": "Orbane to acquire Tarn Photonics\n\n2026-05-04\n\nOrbane Inc. has agreed to acquire laser chip "
    "start-up Tarn Photonics Ltd. for $90 million, the companies announced on Monday.",
    "velm-too.txt": "Velm Silicon to be acquired by Orbane\n\n2026-03-03\n\nVelm Silicon GmbH, a chip maker, will be "
    "acquired by Orbane Inc. for $250 million, the companies said.",
}


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--database", "sqlite:///deals.db"])


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    for name, story in STORIES.items():
        (tmp_path / "pages" / name).write_text(story, encoding="utf-8")
    made = dealwire("ingest", "--folder", "pages")
    assert made.exit_code == 0, made.output
    return tmp_path


def shown(deal: int) -> dict[str, list[dict[str, object]]]:
    result = dealwire("show", str(deal), "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return told


def deal_ids() -> list[int]:
    result = dealwire("deals", "--json", "--sort", "oldest")
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


def test_deals_are_merged_and_split_and_the_ledger_says_who_and_why(history: Path) -> None:
    velm, tarn = deal_ids()
    merged = dealwire("deals", "merge", str(velm), str(tarn), "--reason", "one project", "--by", "mai")
    assert merged.exit_code == 0, merged.output
    assert f"they are deal {velm} now" in merged.stderr
    assert deal_ids() == [velm]
    told = shown(tarn)
    assert {report["title"] for report in told["reports"]} == {story.split("\n")[0] for story in STORIES.values()}
    entries = [(entry["kind"], entry["by"], entry["reason"]) for entry in told["judgements"]]
    assert ("merge_deals", "mai", "one project") in entries
    plain = dealwire("show", str(tarn))
    assert f"deal {tarn} was found to be deal {velm}" in plain.stderr
    assert "mai: merge deals" in plain.stdout
    assert "said otherwise:" in plain.stdout  # two sums of one deal
    url = next(str(report["url"]) for report in told["reports"] if "tarn" in str(report["url"]))
    split = dealwire("deals", "split", str(velm), url, "--reason", "two projects after all")
    assert split.exit_code == 0, split.output
    assert len(deal_ids()) == 2
    again = dealwire("reextract")
    assert again.exit_code == 0, again.output
    assert len(deal_ids()) == 2


def test_companies_are_found_shown_merged_split_and_named(history: Path) -> None:
    orbane = int(dealwire("companies", "find", "orbane").stdout.splitlines()[1].split("\t")[0])
    assert dealwire("companies", "alias", "Orbane", "奥本", "--by", "mai").exit_code == 0
    assert int(dealwire("companies", "find", "奥本").stdout.splitlines()[1].split("\t")[0]) == orbane
    merged = dealwire("companies", "merge", "Velm Silicon", "Tarn Photonics", "--reason", "one house", "--by", "mai")
    assert merged.exit_code == 0, merged.output
    told = json.loads(dealwire("companies", "show", "Tarn Photonics", "--json").stdout)
    assert told["name"].startswith("Velm Silicon")
    assert told["reports"] == 3
    assert [(entry["kind"], entry["by"], entry["reason"]) for entry in told["judgements"]] == [
        ("merge_companies", "mai", "one house")
    ]
    split = dealwire("companies", "split", "Velm Silicon", "Tarn Photonics")
    assert split.exit_code == 0, split.output
    plain = dealwire("companies", "show", "Tarn Photonics").stdout
    assert "1 report;" in plain
    assert "split company: Tarn Photonics" in plain


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["deals", "merge", "1", "99"], "there is no deal 99"),
        (["deals", "merge", "1"], "name two"),
        (["deals", "split", "1", "nowhere"], "dealwire show 1"),
        (["companies", "merge", "Orbane", "Nobody"], "no company called 'Nobody'"),
        (["companies", "show", "9999"], "there is no company 9999"),
        (["companies", "split", "Orbane", "Orbane"], "is known by"),
    ],
)
def test_what_makes_no_sense_is_told(history: Path, arguments: list[str], told: str) -> None:
    result = dealwire(*arguments)
    assert result.exit_code in (1, 2)
    assert told in " ".join(result.output.split())
