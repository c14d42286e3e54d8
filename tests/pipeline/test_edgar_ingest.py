"""From EDGAR's feed to deals: a source of kind edgar through the commands, on loopback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.config import parse_config
from pipeline.errors import ConfigError
from scrapers.edgar import current_filings_url
from scrapers.sources import EdgarSource
from tests.edgar_samples import (
    AGREED,
    COMPLETED,
    RELEASE,
    accession,
    company_json,
    current_feed,
    index_path,
    submission,
)
from tests.loopback import LoopbackServer

FEED = current_filings_url("http://x", 0).removeprefix("http://x")


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def deals() -> list[dict[str, object]]:
    return [json.loads(line) for line in dealwire("deals", "--json").stdout.splitlines()]


def filing(server: LoopbackServer, number: int, sections: Mapping[str, str], *exhibits: tuple[str, str]) -> None:
    path = index_path(number).replace("-index.htm", ".txt")
    server.add(path, submission(number, sections, exhibits), headers={"Content-Type": "text/plain"})


@pytest.fixture
def edgar(server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoopbackServer:
    """A server like EDGAR, and a configuration that has it as a source."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEALWIRE_CONFIG", raising=False)
    monkeypatch.delenv("DEALWIRE_DATABASE_URL", raising=False)
    base = server.url("")
    (tmp_path / "config.yaml").write_text(
        "fetch: {contact: desk@quillmere.example, allow_private: [127.0.0.1], host_gap_seconds: 0}\n"
        f"sources:\n  - {{name: SEC, kind: edgar, base_url: '{base}', data_url: '{base}'}}\n"
        f"  - {{name: One, kind: edgar, companies: 1234567, base_url: '{base}', data_url: '{base}'}}\n"
    )
    server.add("/robots.txt", b"User-agent: *\nAllow: /Archives/edgar/data\nDisallow: /cgi-bin\n")
    return server


def test_an_agreement_and_its_completion_become_one_deal_with_its_history(edgar: LoopbackServer) -> None:
    filing(edgar, 1, {"1.01": AGREED, "9.01": "Exhibits."}, RELEASE)
    edgar.add(FEED, current_feed(edgar.url(""), [(2, "8-K", ["5.02"]), (1, "8-K", ["1.01", "9.01"])]))
    first = dealwire("ingest", "SEC")
    assert first.exit_code == 0, first.output
    (deal,) = deals()
    assert (deal["type"], deal["status"]) == ("acquisition", "announced")
    assert [report["url"] for report in deal["reports"]] == [edgar.url(index_path(1))]  # type: ignore[attr-defined]

    filing(edgar, 3, {"2.01": COMPLETED})
    edgar.add(FEED, current_feed(edgar.url(""), [(3, "8-K", ["2.01"]), (1, "8-K", ["1.01", "9.01"])]))
    second = dealwire("ingest", "SEC")
    assert second.exit_code == 0, second.output
    (deal,) = deals()
    assert deal["status"] == "completed"
    assert {quote["quote"] for quote in deal["evidence"] if quote["field"] == "status"}  # type: ignore[attr-defined]
    asked = [request.path for request in edgar.requests if request.path.startswith("/Archives")]
    assert len(asked) == 2, "one request a filing, none for what is of no interest"
    agents = {request.headers["user-agent"] for request in edgar.requests}
    assert len(agents) == 1
    assert agents.pop().endswith(" desk@quillmere.example")


def test_a_company_is_checked_and_read(edgar: LoopbackServer) -> None:
    filing(edgar, 1, {"2.01": COMPLETED})
    edgar.add("/submissions/CIK0001234567.json", company_json([(1, "8-K", ["2.01"], "2026-11-04")]))
    checked = dealwire("sources", "check", "One")
    assert checked.exit_code == 0, checked.output
    assert "acquisition: Quillmere Systems (acquirer), Fennholt Photonics" in checked.stdout
    assert not Path("dealwire.db").exists()
    read = dealwire("ingest", "One")
    assert read.exit_code == 0, read.output
    (deal,) = deals()
    assert deal["status"] == "completed"
    rebuilt = dealwire("reextract")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert deals() == [deal]


def test_a_filing_that_is_gone_costs_only_itself(edgar: LoopbackServer) -> None:
    filing(edgar, 1, {"2.01": COMPLETED})
    edgar.add(FEED, current_feed(edgar.url(""), [(1, "8-K", ["2.01"]), (2, "8-K", ["1.01"])]))
    result = dealwire("ingest", "SEC")
    assert result.exit_code == 1
    assert accession(2) in result.stderr
    assert len(deals()) == 1


def test_nobody_asks_the_sec_without_saying_whom_to_write_to() -> None:
    source = "sources: [{name: SEC, kind: edgar}]\n"
    with pytest.raises(ConfigError, match=r"line 1: .*\(SEC\): the SEC answers only .* `contact: you@your.site`"):
        parse_config(source, environment={})
    for fetch in ("contact: a@b.example", 'user_agent: "ours a@b.example"'):
        config = parse_config(f"fetch: {{{fetch}}}\n{source}", environment={})
        assert config.fetch.http_settings().user_agent.endswith(" a@b.example")
    off = parse_config("sources: [{name: SEC, kind: edgar, enabled: false}]", environment={})
    assert off.to_sources() == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("companies: apple", "expected a CIK number such as 320193"),
        ("companies: [0]", "expected a CIK number"),
        ("items: [2.02]", "expected items of Form 8-K that tell of deals: 1.01, 1.02, 2.01, 7.01, 8.01, got 2.02"),
        ("items: []", "expected at least one entry"),
        ("max_filings: 5", "is of use with companies only"),
        ("base_url: sec.gov", "expected a web address"),
        ("company: 7", "did you mean companies"),
    ],
)
def test_wrong_settings_are_told(wrong: str, told: str) -> None:
    text = f"fetch: {{contact: a@b.example}}\nsources: [{{name: SEC, kind: edgar, {wrong}}}]"
    with pytest.raises(ConfigError) as caught:
        parse_config(text, environment={})
    assert told in str(caught.value)


def test_settings_reach_the_source() -> None:
    text = (
        "fetch: {contact: a@b.example, user_agent: ours}\n"
        "sources: [{name: SEC, kind: edgar, companies: [320193, '0000000007'], items: 1.01, max_filings: 7}]"
    )
    config = parse_config(text, environment={})
    (source,) = config.to_sources()
    assert isinstance(source, EdgarSource)
    assert (source.companies, source.items, source.max_filings, source.language) == (
        ("0000320193", "0000000007"), ("1.01",), 7, "en",
    )  # fmt: skip
    assert config.fetch.http_settings().user_agent == "ours a@b.example"
