"""What a hostile world and a hurried user hand to the commands: told by name with the way out, counted, never fatal.

Every case goes through the real commands, with real files, a real database and a real server on loopback. Only the
extractor is the tests' own, which reads deals written as plain lines: what is tried here is everything around it.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unicodedata
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.cli.common import Settings
from pipeline.ingestion import Extractor
from storage import schema
from storage.database import open_database
from tests.loopback import LoopbackServer
from tests.pipeline.newsroom import feed, page, serve, toy_extract

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


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and the tests' extractor."""

    def toy(settings: Settings) -> Extractor:
        return toy_extract

    monkeypatch.chdir(tmp_path)
    for module in ("common", "ingest", "sources", "reextract"):
        monkeypatch.setattr(f"pipeline.cli.{module}.extractor", toy)
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Path:
    """A database that has read one page."""
    (folder / "pages").mkdir()
    (folder / "pages" / "good.html").write_bytes(GOOD)
    assert_told(dealwire("ingest", "--folder", "pages", "--database", URL), 0, "1 page read")
    return folder / "deals.db"


def _config(folder: Path, sources: dict[str, str], fetch: str = "") -> None:
    lines = [f"storage: {{url: '{URL}'}}", f"fetch: {{allow_private: [127.0.0.1], host_gap_seconds: 0{fetch}}}"]
    lines += ["sources:", *(f"  - {{name: {name}, url: '{url}'}}" for name, url in sources.items())]
    (folder / "config.yaml").write_text("\n".join(lines) + "\n")


def _rows(result: Result) -> dict[str, list[str]]:
    """The closing table: source -> found, new, read, failed."""
    return {line.split("\t")[0]: line.split("\t")[2:6] for line in result.stdout.splitlines()}


def _closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- the configuration -----------------------------------------------------------------------------------------------


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


# -- sources ---------------------------------------------------------------------------------------------------------


def _ingest_beside_a_good_source(folder: Path, server: LoopbackServer, url: str) -> Result:
    serve(server, "/good.html", GOOD)
    limits = ", read_timeout_seconds: 0.5, connect_timeout_seconds: 5, max_wire_bytes: 200 kB"
    _config(folder, {"Bad": url, "Good": feed(server, ["/good.html"], path="/good.xml")}, limits)
    result = dealwire("ingest")
    assert _rows(result)["Good"] == ["1", "1", "1", "0"]
    assert "1 page read, 1 failed, 1 report, 1 new deal" in result.stderr
    health = dealwire("sources").stdout
    assert "failing (1 in a row)" in health
    return result


def test_a_source_where_nobody_listens(folder: Path, server: LoopbackServer) -> None:
    url = f"http://127.0.0.1:{_closed_port()}/feed"
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
    _config(folder, {"Cut": url})
    result = dealwire("ingest")
    assert_told(result, 0, "1 page read")
    assert "the feed is not well-formed" in result.stdout


def test_a_folder_that_went_away(folder: Path) -> None:
    (folder / "config.yaml").write_text("sources: [{name: Saved, kind: folder, path: saved}]\n")
    result = dealwire("ingest", "--database", URL)
    assert_told(result, 1, "poll failed (Saved)", "there is no such folder", "check the folder's path")


# -- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", "text/html", "is empty"),
        (b"<html><body>" + b"<p>one word more</p>" * 150_000, "text/html", "3.0 MB is more than the 2 MB"),
        (b"<html>" + b" " * 5_000_000, "text/html", "raise the byte caps under fetch in the configuration"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "image/png", "is a PNG image"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 8, "text/html", "is a PDF document"),
        (bytes(range(256)) * 40, "text/html", "is binary"),
        (b'{"title": "Brightwell buys Oakline"}', "application/json", "is JSON data (application/json)"),
        (b'{"title": "Brightwell buys Oakline"}', "text/html", "is JSON data (text/html)"),
        (
            b"<html><head><script>fill()</script></head><body></body></html>",
            "text/html",
            "but no text; it may need a browser",
        ),
        (b"a page", "video/mp4", "is video/mp4"),
        (page("BOOM"), "text/html", "the extractor failed on it (RuntimeError: boom); please report this"),
    ],
)
def test_a_page_that_is_no_article(
    folder: Path, server: LoopbackServer, body: bytes, content_type: str, said: str
) -> None:
    serve(server, "/good.html", GOOD)
    serve(server, "/bad", body, content_type)
    _config(folder, {"News": feed(server, ["/bad", "/good.html"])}, ", max_wire_bytes: 4 MB")
    result = dealwire("ingest")
    assert_told(result, 1, "failed (News): " + server.url("/bad"), said, "1 page read, 1 failed, 1 report, 1 new deal")
    assert _rows(result)["News"] == ["2", "2", "1", "1"]
    again = dealwire("ingest")
    assert_told(again, 0, "0 pages read, 0 reports")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 404}, "the server answered 404"),
        ({"status": 503, "headers": {"Retry-After": "120"}}, "the server answered 503 (try again later)"),
        ({"delay": 30.0}, "no byte came for 0.5 seconds"),
        ({"status": 301, "headers": {"Location": "/bad"}}, "more than 5 redirects"),
        ({"status": 302}, "redirects to nowhere"),
        ({"body": b"abc", "length": 100}, "without sending complete message body"),
        ({"body": b"no gzip", "headers": {"Content-Encoding": "gzip"}}, "its compressed body is broken"),
        ({"body": b"x", "headers": {"Content-Encoding": "br"}}, "its body is packed as 'br'"),
    ],
)
def test_a_page_that_cannot_be_fetched(
    folder: Path, server: LoopbackServer, answer: dict[str, object], said: str
) -> None:
    serve(server, "/good.html", GOOD)
    server.add("/bad", **answer)  # type: ignore[arg-type]
    _config(folder, {"News": feed(server, ["/bad", "/good.html"])}, ", read_timeout_seconds: 0.5")
    result = dealwire("ingest")
    assert_told(result, 1, "fetch failed (News): " + server.url("/bad"), said, "1 page read, 1 failed")
    assert _rows(result)["News"] == ["2", "2", "1", "1"]


@pytest.mark.parametrize("declared", ["utf-8", None])
@pytest.mark.parametrize(
    ("encoding", "acquirer", "target", "prose"),
    [
        ("gb2312", "云帆科技", "北屿电池", "双方今天没有透露这项协议的更多细节，市场对此已经期待了几个星期。" * 3),
        ("shift_jis", "青葉電機", "星野光学", "両社は本日、この合意の詳細については明らかにしていない。" * 3),
        ("cp1258", "Đông Hải", "Sao Mai", "Hai bên chưa công bố thêm chi tiết về thỏa thuận này trong hôm nay. " * 3),
    ],
)
def test_a_page_in_another_encoding_than_it_says(
    folder: Path, server: LoopbackServer, encoding: str, acquirer: str, target: str, prose: str, declared: str | None
) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    line = f"DEAL acquisition announced: acquirer {acquirer}, target {target}"
    html = f"<html><head>{meta}<title>{acquirer}</title></head><body><article><p>{line}</p><p>{prose}</p></article>"
    body = _cp1258(html) if encoding == "cp1258" else html.encode(encoding)
    serve(server, "/page", body, f"text/html; charset={declared}" if declared else "text/html")
    _config(folder, {"News": feed(server, ["/page"])})
    assert_told(dealwire("ingest"), 0, "1 page read, 1 report, 1 new deal")
    assert f"{acquirer}, {target}" in dealwire("deals").stdout


def _cp1258(text: str) -> bytes:
    """As Windows wrote Vietnamese: the tone follows its letter as a sign of its own."""
    out = ""
    for char in text:
        spread = unicodedata.normalize("NFD", char)
        tones = [part for part in spread if part in "\u0300\u0301\u0303\u0309\u0323"]
        letter = "".join(part for part in spread if part not in tones)
        out += unicodedata.normalize("NFC", letter) + "".join(tones)
    return out.encode("cp1258")


def test_a_text_with_characters_that_no_database_takes(folder: Path) -> None:
    (folder / "pages").mkdir()
    (folder / "pages" / "odd.txt").write_bytes(
        b"Odd \x00 title\n\nDEAL acquisition announced: acquirer Bright\x00well, target Oak\x1bline\n"
        + b"more text " * 20
    )
    assert_told(dealwire("ingest", "--folder", "pages", "--database", URL), 0, "1 page read, 1 report, 1 new deal")
    shown = dealwire("show", "1", "--database", URL)
    assert_told(shown, 0)
    assert "\x1b" not in shown.stdout


# -- extract ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("empty.txt", b"", "is empty; there is nothing to read in it"),
        ("blank.html", b" \n\n ", "is empty"),
        ("data.json", b'{"title": "Brightwell buys Oakline"}', "is JSON data"),
        ("scan.pdf", b"%PDF-1.4 x", "is a PDF document"),
    ],
)
def test_extract_names_a_document_as_the_user_did(folder: Path, name: str, body: bytes, said: str) -> None:
    (folder / name).write_bytes(body)
    (folder / "good.html").write_bytes(GOOD)
    result = dealwire("extract", name, "good.html")
    assert_told(result, 1, f"Error: {name}: {said}")
    assert result.stdout.count("\n") == 1


def test_extract_of_what_is_not_there(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "circle").symlink_to("circle")
    port = _closed_port()
    result = dealwire("extract", "gone.html", "empty", "circle", f"http://127.0.0.1:{port}/x", "http://[::1", "http://")
    assert_told(
        result, 1,
        "gone.html: there is no such file; give a path, an http(s) address, or - for standard input",
        "empty: there is no file in this folder",
        "circle: cannot be read",
        f"http://127.0.0.1:{port}/x: ",
        "http://[::1: this is no http or https address",
        "http://: this is no http or https address",
    )  # fmt: skip
    assert result.stdout == ""


def test_extract_of_standard_input(folder: Path) -> None:
    good = dealwire("extract", "-", stdin=GOOD)
    assert_told(good, 0)
    assert '"is_deal": true' in good.stdout
    assert_told(dealwire("extract", "-"), 1, "standard input: is empty")
    closed = subprocess.run(
        f"'{sys.executable}' -c 'from pipeline.cli import main; main()' extract - <&-",
        shell=True, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert closed.returncode == 1
    assert "standard input: " in closed.stderr
    assert "Traceback" not in closed.stderr


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (b"", "there is no label in it"),
        (b'{"id": 1\n', "line 1: not a label"),
        (b"[]\n", "line 1: not a label: TypeError: expected a JSON object"),
        (b"\xff\xfe", "not UTF-8 text (byte 0); save it as UTF-8"),
        (b'{"id": "a", "lang": "en", "is_deal": false, "deals": []}\n', "Is --texts right?"),
    ],
)
def test_labels_that_are_none(folder: Path, labels: bytes, said: str) -> None:
    (folder / "gold.jsonl").write_bytes(labels)
    assert_told(dealwire("evaluate", "gold.jsonl", "--texts", "."), 1, said)


# -- the database ----------------------------------------------------------------------------------------------------

WRITING = (("ingest", "--folder", "pages"), ("reextract",))
READING = (("deals",), ("show", "1"), ("digest", "-o", "-"), ("digest", "-o", "out.csv"), ("sources",))


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_a_database_held_by_another_process(
    database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    before = _counts(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert_told(dealwire(*command, "--database", URL), 1, "deals.db is locked by another process; wait until")
    assert_told(dealwire(*command, "--database", URL), 0)
    assert _counts(database) == before


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_readers_do_not_wait_for_a_writer(
    database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert_told(dealwire(*command, "--database", URL), 0)


def test_a_database_that_is_locked_even_for_readers(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.open_database", partial(open_database, lock_timeout_seconds=0.2))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert_told(dealwire("deals", "--database", URL), 1, "deals.db is locked by another process")


@pytest.mark.parametrize("how", ["mode=ro", "immutable=1"])
def test_a_read_only_database_is_read_but_not_written(database: Path, how: str) -> None:
    url = f"sqlite:///file:{database}?{how}&uri=true"
    for command in READING:
        assert_told(dealwire(*command, "--database", url), 0)
    for command in WRITING:
        assert_told(dealwire(*command, "--database", url), 1, f"file:{database}", "is read-only; allow writing")


@pytest.mark.parametrize("command", [*WRITING, *READING, ("db", "upgrade")], ids=" ".join)
def test_a_database_of_a_newer_version(database: Path, command: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE dealwire_schema SET version_num = '9999'")
    assert_told(dealwire(*command, "--database", URL), 1, "deals.db has tables of version 9999", "upgrade the program")


@pytest.mark.parametrize("command", [*WRITING, *READING], ids=" ".join)
def test_a_database_of_an_older_version(
    database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    current = schema.expected()
    monkeypatch.setattr(schema, "CURRENT", "next")
    monkeypatch.setattr(schema, "revisions", lambda: ("next", current))
    assert_told(dealwire(*command, "--database", URL), 1, f"tables of version {current}", "run: dealwire db upgrade")


@pytest.mark.parametrize("command", [*WRITING, *READING, ("db", "upgrade")], ids=" ".join)
@pytest.mark.parametrize(("body", "said"), [(b"not a database " * 99, "is not an SQLite database; name another file")])
def test_a_file_that_is_no_database(folder: Path, command: tuple[str, ...], body: bytes, said: str) -> None:
    (folder / "pages").mkdir()
    (folder / "deals.db").write_bytes(body)
    assert_told(dealwire(*command, "--database", URL), 1, "deals.db", said)
    assert (folder / "deals.db").read_bytes() == body


def test_a_database_cut_in_half(database: Path) -> None:
    for command in (("deals", "--all"), ("ingest", "--folder", "pages")):
        whole = database.read_bytes()
        database.write_bytes(whole[: len(whole) // 2])
        assert_told(dealwire(*command, "--database", URL), 1, "deals.db is damaged", "restore it from a backup")


def test_tables_of_another_program(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "deals.db")) as connection, connection:
        connection.execute("CREATE TABLE deal (id INTEGER)")
    assert_told(dealwire("deals", "--database", URL), 1, "dealwire's; use another database")


@pytest.mark.parametrize("command", [("ingest", "--folder", "."), ("db", "upgrade")], ids=" ".join)
def test_a_database_in_a_folder_that_is_not_there(folder: Path, command: tuple[str, ...]) -> None:
    told = dealwire(*command, "--database", "sqlite:///gone/deals.db")
    assert_told(told, 1, "gone/deals.db cannot be opened", "check that its folder exists")
    assert list(folder.iterdir()) == []


def test_a_server_that_is_not_there() -> None:
    told = dealwire("deals", "--database", f"postgresql://me:secret@127.0.0.1:{_closed_port()}/deals")
    assert_told(told, 1, "postgresql://me:***@127.0.0.1")
    assert "secret" not in told.output


@pytest.mark.parametrize("number", ["77", "99999999999999999999"])
def test_a_deal_that_is_not_there(database: Path, number: str) -> None:
    assert_told(dealwire("show", number, "--database", URL), 1, f"there is no deal {number}; `dealwire deals` lists")


def test_questions_that_nothing_answers(database: Path) -> None:
    for question in (("--limit", "9" * 20), ("--text", "\"((*% ' OR --"), ("--party", "%_\x01"), ("--source", "?")):
        assert_told(dealwire("deals", *question, "--database", URL), 0)


def test_a_rebuild_is_not_ended_by_one_page(database: Path, folder: Path) -> None:
    (folder / "pages" / "boom.html").write_bytes(page("BOOM"))
    (folder / "pages" / "empty.html").write_bytes(b"")
    assert_told(dealwire("ingest", "--folder", "pages", "--database", URL), 1, "boom.html", "empty.html")
    rebuilt = dealwire("reextract", "--database", URL)
    assert_told(rebuilt, 1, "boom.html: the extractor failed on it (RuntimeError: boom)")
    assert "3 pages read again, 1 reports" in rebuilt.stdout
    assert "1 failed, 1 without an article as before" in rebuilt.stdout


def _counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}


# -- the service -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM is no signal there")
def test_sigterm_ends_the_service_although_a_page_hangs(folder: Path, server: LoopbackServer) -> None:
    server.add("/hangs", delay=60)
    _config(folder, {"News": feed(server, ["/hangs"])}, ", read_timeout_seconds: 2")
    service = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "run"],
        cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 40
        while not server.count("/hangs"):
            assert time.monotonic() < end
            assert service.poll() is None
            time.sleep(0.05)
        told_at = time.monotonic()
        service.send_signal(signal.SIGTERM)
        _, said = service.communicate(timeout=30)
        seconds = time.monotonic() - told_at
    finally:
        service.kill()
        service.wait()
    assert service.returncode == 0, said
    assert seconds < 15
    assert "fetch failed (News): " + server.url("/hangs") in said
    assert said.rstrip().endswith("stopped")
