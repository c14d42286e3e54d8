"""Sources that fail: told by name, counted, and without cost to the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from tests.loopback import LoopbackServer
from tests.pipeline.bad_input.commands import GOOD, URL, assert_told, closed_port, closing_rows, configure, dealwire
from tests.pipeline.newsroom import feed, serve


def _ingest_beside_a_good_source(folder: Path, server: LoopbackServer, url: str) -> Result:
    serve(server, "/good.html", GOOD)
    limits = ", read_timeout_seconds: 0.5, connect_timeout_seconds: 5, max_wire_bytes: 200 kB"
    configure(folder, {"Bad": url, "Good": feed(server, ["/good.html"], path="/good.xml")}, limits)
    result = dealwire("ingest")
    assert closing_rows(result)["Good"] == ["1", "1", "1", "0"]
    assert "1 page read, 1 failed, 1 report, 1 new deal" in result.stderr
    rows = {line.split("\t")[0]: line.split("\t") for line in dealwire("sources").stdout.splitlines()}
    assert rows["Bad"][2] == "paused"
    assert rows["Bad"][-1]  # why
    return result


def test_a_source_where_nobody_listens(folder: Path, server: LoopbackServer) -> None:
    url = f"http://127.0.0.1:{closed_port()}/feed"
    told = _ingest_beside_a_good_source(folder, server, url)
    assert_told(told, 1, f"poll failed (Bad): {url}", "check the address and the network", "will be tried again")


def test_a_source_whose_name_does_not_exist(folder: Path, server: LoopbackServer) -> None:
    told = _ingest_beside_a_good_source(folder, server, "http://newsroom.invalid/feed")
    assert_told(told, 1, "poll failed (Bad): http://newsroom.invalid/feed", "does not resolve", "check the address")


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "look for its new address"), (403, "does not let this client read it"), (500, "will be tried again")],
)
def test_a_source_that_answers_with_an_error(folder: Path, server: LoopbackServer, status: int, said: str) -> None:
    url = server.add("/bad", b"sorry", status=status)
    told = _ingest_beside_a_good_source(folder, server, url)
    assert_told(told, 1, f"poll failed (Bad): {url}: the server answered {status}", said)


def test_a_source_that_never_answers(folder: Path, server: LoopbackServer) -> None:
    told = _ingest_beside_a_good_source(folder, server, server.add("/bad", delay=30))
    assert_told(told, 1, "no byte came for 0.5 seconds", "under fetch in the configuration", "will be tried again")


def test_a_source_that_redirects_in_a_circle(folder: Path, server: LoopbackServer) -> None:
    url = server.add("/bad", status=302, headers={"Location": "/bad"})
    assert_told(_ingest_beside_a_good_source(folder, server, url), 1, f"{url}: more than 5 redirects")


def test_a_source_that_redirects_to_a_file(folder: Path, server: LoopbackServer) -> None:
    url = server.add("/bad", status=302, headers={"Location": "file:///etc/passwd"})
    assert_told(_ingest_beside_a_good_source(folder, server, url), 1, f"{url} redirects to file:///etc/passwd")


def test_a_source_in_a_private_network(folder: Path, server: LoopbackServer) -> None:
    told = _ingest_beside_a_good_source(folder, server, f"http://127.0.0.2:{server.port}/feed")
    assert_told(told, 1, "127.0.0.2, which is not a public address", "name the host in allow_private")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<rss version="2.0"><channel><title>&b;</title></channel></rss>'
)
SPY = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0">&x;</rss>'


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (GOOD, "text/html", "this is an HTML page (check that the address is the feed's, not the page's)"),
        (b"nothing like a feed", "application/rss+xml", "this is no XML"),
        (b"", "application/rss+xml", "the body is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png", "this is no XML"),
        (b'{"deals": []}', "application/json", "this is JSON, but no JSON Feed"),
        (b'{"items": [', "application/feed+json", "this is broken JSON"),
        (BOMB.encode(), "application/rss+xml", "the XML declares entities or elements of its own"),
        (SPY.encode(), "application/rss+xml", "the XML declares entities or elements of its own"),
        (b"<rss>" + b" " * 300_000, "application/rss+xml", "more than 200,000"),
    ],
)
def test_a_feed_that_is_none(folder: Path, server: LoopbackServer, body: bytes, content_type: str, said: str) -> None:
    url = server.add("/bad", body, headers={"Content-Type": content_type})
    assert_told(_ingest_beside_a_good_source(folder, server, url), 1, f"poll failed (Bad): {url}: ", said)


def test_a_feed_cut_off_gives_what_it_has_and_says_so(folder: Path, server: LoopbackServer) -> None:
    serve(server, "/good.html", GOOD)
    whole = f"<rss version='2.0'><channel><item><link>{server.url('/good.html')}</link></item><item><title>An"
    url = server.add("/cut.xml", whole.encode(), headers={"Content-Type": "application/rss+xml"})
    configure(folder, {"Cut": url})
    result = dealwire("ingest")
    assert_told(result, 0, "1 page read")
    assert "the feed is not well-formed" in result.stdout


def test_a_folder_that_went_away(folder: Path) -> None:
    (folder / "config.yaml").write_text("sources: [{name: Saved, kind: folder, path: saved}]\n")
    result = dealwire("ingest", "--database", URL)
    assert_told(result, 1, "poll failed (Saved)", "there is no such folder", "check the folder's path")
