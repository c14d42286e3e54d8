"""Pages that cannot be fetched or read: told by name, counted, and without cost to the others."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.loopback import LoopbackServer
from tests.pipeline.bad_input.commands import GOOD, URL, assert_told, closing_rows, configure, dealwire
from tests.pipeline.newsroom import feed, page, serve


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
    configure(folder, {"News": feed(server, ["/bad", "/good.html"])}, ", max_wire_bytes: 4 MB")
    result = dealwire("ingest")
    assert_told(result, 1, "failed (News): " + server.url("/bad"), said, "1 page read, 1 failed, 1 report, 1 new deal")
    assert closing_rows(result)["News"] == ["2", "2", "1", "1"]
    again = dealwire("ingest")
    assert_told(again, 0, "0 pages read, 0 reports")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 404}, "the server answered 404"),
        ({"status": 503}, "the server answered 503 (try again later)"),
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
    configure(folder, {"News": feed(server, ["/bad", "/good.html"])}, ", read_timeout_seconds: 0.5")
    result = dealwire("ingest")
    assert_told(result, 1, "fetch failed (News): " + server.url("/bad"), said, "1 page read, 1 failed")
    assert closing_rows(result)["News"] == ["2", "2", "1", "1"]


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
    configure(folder, {"News": feed(server, ["/page"])})
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
