"""``dealwire sources list`` and ``show``: health in tables, JSON and metrics."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

from pipeline.cli.app import app
from tests.loopback import LoopbackServer


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: LoopbackServer) -> LoopbackServer:
    """A folder where four sources were polled once: a good one, one that is gone, one without links, a paused one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEALWIRE_CONFIG", raising=False)
    newest = datetime.now(UTC)
    items = "".join(
        f"<item><link>http://127.0.0.1:9/{n}</link>"
        f"<pubDate>{format_datetime(newest - n * timedelta(hours=8))}</pubDate></item>"
        for n in range(10)
    )
    head = "<rss version='2.0'><channel><title>T</title>"
    feed = {"Content-Type": "application/rss+xml"}
    sources = {
        "Good": server.add("/good.xml", f"{head}{items}</channel></rss>".encode(), headers=feed),
        "Gone": server.add("/gone.xml", status=410),
        "Empty": server.add("/empty.xml", f"{head}</channel></rss>".encode(), headers=feed),
        'Down "east"': server.add("/down.xml", status=500),
    }
    lines = "".join(f"  - {{name: {json.dumps(name)}, url: '{url}'}}\n" for name, url in sources.items())
    Path("config.yaml").write_text(
        "fetch: {allow_private: [127.0.0.1], host_gap_seconds: 0, respect_robots: false}\nsources:\n" + lines
    )
    return server


def test_the_list_tells_state_and_what_is_wrong(asked: LoopbackServer) -> None:
    before = dealwire("sources")
    assert [line.split("\t")[2] for line in before.stdout.splitlines()] == ["state", *["new"] * 4]
    ingested = dealwire("ingest")
    assert ingested.exit_code == 1
    assert "ALARM Gone: retired: the server said on" in ingested.stderr
    result = dealwire("sources")
    assert result.exit_code == 0, result.output
    rows = {line.split("\t")[0]: line.split("\t") for line in result.stdout.splitlines()}
    states = {name: row[2] for name, row in rows.items()}
    assert states == {"source": "state", "Good": "ok", "Gone": "retired", "Empty": "changed", 'Down "east"': "paused"}
    assert rows["Good"][5:7] == ["every 8 h", "10"]
    assert rows["Gone"][4] == ""
    assert "there never was one" in rows["Empty"][-1]
    assert "answered 500" in rows['Down "east"'][-1]


def test_alarms_alone_decide_the_exit_code(asked: LoopbackServer) -> None:
    assert dealwire("sources", "list", "--alarms").exit_code == 0
    dealwire("ingest")
    result = dealwire("sources", "list", "--alarms", "--json")
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(source["name"], source["alarms"][0]["kind"]) for source in found] == [
        ("Gone", "retired"),
        ("Empty", "layout_changed"),
    ]
    assert all(source["alarms"][0]["since"] and source["alarms"][0]["advice"] for source in found)


def test_one_source_is_told_in_full(asked: LoopbackServer) -> None:
    assert "state:          new\n" in dealwire("sources", "show", "Good").stdout
    dealwire("ingest")
    told = dealwire("sources", "show", "Good").stdout
    assert "(something new every 8 h)" in told
    assert "silent is an alarm after 4 d" in told
    assert "streak:         1 good in a row" in told
    assert told.splitlines()[-2].startswith("poll\toutcome\tfound")
    assert told.splitlines()[-1].split("\t")[1:4] == ["changed", "10", "10"]
    gone = dealwire("sources", "show", "Gone")
    assert gone.exit_code == 0
    assert "what to do:     give its new address" in gone.stdout
    assert "next poll" not in gone.stdout
    shape = json.loads(dealwire("sources", "show", 'Down "east"', "--json").stdout)
    assert (shape["state"], shape["failures_in_row"], shape["history"][0]["outcome"]) == ("paused", 1, "failed")
    wrong = dealwire("sources", "show", "Goood")
    assert wrong.exit_code == 2
    assert "did you mean 'Good'?" in wrong.stderr


def test_a_retired_source_is_asked_again_by_name_alone(asked: LoopbackServer) -> None:
    dealwire("ingest")
    dealwire("ingest")
    assert asked.count("/gone.xml") == 1
    assert dealwire("ingest", "Gone").exit_code == 1
    assert asked.count("/gone.xml") == 2


def test_metrics_are_what_prometheus_reads(asked: LoopbackServer) -> None:
    dealwire("ingest")
    result = dealwire("sources", "list", "--metrics")
    assert result.exit_code == 0
    values = {
        (sample.name, sample.labels["source"], sample.labels.get("alarm")): sample.value
        for family in text_string_to_metric_families(result.stdout)
        for sample in family.samples
    }
    assert values["dealwire_source_alarm", "Gone", "retired"] == 1
    assert values["dealwire_source_alarm", "Good", "retired"] == 0
    assert values["dealwire_source_failures_in_row", 'Down "east"', None] == 1
    assert values["dealwire_source_polls_total", "Good", None] == 1
    assert values["dealwire_source_links_found", "Good", None] == 10
    assert 28_700 < values["dealwire_source_rhythm_seconds", "Good", None] < 28_900
    assert ("dealwire_source_rhythm_seconds", "Empty", None) not in values
