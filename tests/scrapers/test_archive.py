"""Archives as sources: their files, here and elsewhere, read on from wherever the last look ended."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scrapers import archive, warc
from scrapers.archive import Reached, RemoteFile, listed_files, local_files
from scrapers.errors import FolderError, NoPieces, NotAnArchive, ScrapeError
from scrapers.http import HttpClient, HttpSettings
from scrapers.poll import poll
from scrapers.sources import ArchiveSource, Poll, Validators
from tests.loopback import Answer, LoopbackServer, Request
from tests.warc_samples import news, packed

SETTINGS = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, http2=False, respect_robots=False)


def look(
    source: ArchiveSource, validators: Validators | None = None, *, settings: HttpSettings = SETTINGS,
    told: Callable[[bytes], bool] | None = None,
) -> Poll:  # fmt: skip
    async def once() -> Poll:
        async with HttpClient(settings) as client:
            return await poll(source, client, validators, told=told)

    return asyncio.run(once())


def all_of(source: ArchiveSource, *, settings: HttpSettings = SETTINGS) -> tuple[list[str], list[Poll]]:
    """The addresses of all pages in their order, and the looks that it took."""
    looks = [look(source, settings=settings)]
    while looks[-1].more:
        looks.append(look(source, looks[-1].validators, settings=settings))
        assert len(looks) < 100
    return [page.url for one in looks for page in one.pages], looks


def serve(server: LoopbackServer, path: str, data: bytes, *, ranges: bool = True) -> str:
    def answer(request: Request) -> Answer:
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        if span is None or not ranges:
            return Answer(data)
        start, end = int(span[1]), min(int(span[2]) + 1, len(data))
        if start >= len(data):
            return Answer(b"", 416, {"Content-Range": f"bytes */{len(data)}"})
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}", "Content-Encoding": "gzip"}
        return Answer(data[start:end], 206, headers)

    return server.add_handler(path, answer)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "BATCH_PAGES", 4)
    monkeypatch.setattr(archive, "PIECE_BYTES", 700)


@pytest.mark.usefixtures("small_batches")
def test_files_are_read_one_after_the_other_and_told(tmp_path: Path) -> None:
    (tmp_path / "b.warc").write_bytes(b"".join(news(number, host="b.example") for number in range(3)))
    (tmp_path / "a.warc.gz").write_bytes(packed(news(number, host="a.example") for number in range(9)))
    (tmp_path / "c.txt").write_text("no archive")
    source = ArchiveSource("old news", tmp_path)
    urls, looks = all_of(source)
    assert urls == [f"https://a.example/{n}" for n in range(9)] + [f"https://b.example/{n}" for n in range(3)]
    assert [len(one.pages) for one in looks] == [4, 4, 1, 3]
    assert re.fullmatch(r"a.warc.gz: \d\d% of 0 MB: 4 records, 4 pages taken", looks[0].reached)
    assert [note for one in looks for note in one.notes] == [
        "a.warc.gz: 9 records, 9 pages taken", "b.warc: 3 records, 3 pages taken",
    ]  # fmt: skip
    again = look(source, looks[-1].validators)
    assert (again.not_modified, again.pages, again.validators) == (True, (), looks[-1].validators)


@pytest.mark.usefixtures("small_batches")
def test_files_that_come_later_are_read_then_and_changed_ones_anew(tmp_path: Path) -> None:
    (tmp_path / "m.warc.gz").write_bytes(packed(news(number, host="m.example") for number in range(6)))
    source = ArchiveSource("old news", tmp_path)
    first = look(source)
    (tmp_path / "a.warc.gz").write_bytes(packed([news(1, host="a.example")]))
    second = look(source, first.validators)
    assert [page.url for page in second.pages] == ["https://m.example/4", "https://m.example/5"]
    third = look(source, second.validators)
    assert [page.url for page in third.pages] == ["https://a.example/1"]
    (tmp_path / "a.warc.gz").write_bytes(packed([news(1, host="a.example"), news(2, host="a.example")]))
    fourth = look(source, third.validators)
    assert [page.url for page in fourth.pages] == ["https://a.example/1", "https://a.example/2"]
    assert not fourth.more


def test_a_bad_file_is_left_out_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"<html>Not found</html>")
    (tmp_path / "b.warc.gz").write_bytes(packed([news(1)]))
    (tmp_path / "c.warc.gz").write_bytes(packed([news(2, "x" * 3000)]))
    source = ArchiveSource("old news", tmp_path, max_file_bytes=400)
    urls, looks = all_of(source)
    assert urls == ["https://news.example/1"]
    assert "a.warc.gz is left out" in looks[0].notes[0]
    assert "max_file_size" in all_of(ArchiveSource("o", tmp_path, max_file_bytes=100))[1][-1].notes[0]


def test_paths_name_a_file_a_folder_or_a_pattern(tmp_path: Path) -> None:
    for name in ("2025/a.warc.gz", "2026/b.warc.gz", "2026/c.warc", "2026/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    def names(path: str) -> list[str]:
        return [Path(file.name).name for file in local_files(tmp_path / path)]

    assert names("") == ["a.warc.gz", "b.warc.gz", "c.warc"]
    assert names("2026/*.warc*") == ["b.warc.gz", "c.warc"]
    assert names("**/*.gz") == ["a.warc.gz", "b.warc.gz"]
    assert names("2026/c.warc") == ["c.warc"]
    for nothing in ("2024", "2026/*.wacz", "no[such"):
        with pytest.raises(FolderError, match="no WARC file is there"):
            names(nothing)


@pytest.mark.usefixtures("small_batches")
def test_a_remote_file_is_read_piece_by_piece(server: LoopbackServer) -> None:
    data = packed(news(number) for number in range(11))
    url = serve(server, "/crawl/a.warc.gz", data)
    urls, looks = all_of(ArchiveSource("far", urls=(url,)))
    assert urls == [f"https://news.example/{number}" for number in range(11)]
    assert looks[-1].notes == ("a.warc.gz: 11 records, 11 pages taken",)
    ranges = [request.headers["range"] for request in server.requests]
    assert len(ranges) > len(looks)
    assert all(request.headers["accept-encoding"] == "identity" for request in server.requests)
    assert look(ArchiveSource("far", urls=(url,)), looks[-1].validators).not_modified


@pytest.mark.usefixtures("small_batches")
def test_a_connection_that_breaks_costs_one_batch(server: LoopbackServer) -> None:
    data = packed(news(number) for number in range(11))
    url = serve(server, "/a.warc.gz", data)
    source = ArchiveSource("far", urls=(url,))
    first = look(source)
    server.add("/a.warc.gz", b"", status=503)
    with pytest.raises(ScrapeError, match="503") as caught:
        look(source, first.validators)
    assert caught.value.temporary
    serve(server, "/a.warc.gz", data)
    rest, validators = [], first.validators
    more = True
    while more:
        found = look(source, validators)
        rest += [page.url for page in found.pages]
        validators, more = found.validators, found.more
    assert [page.url for page in first.pages] + rest == [f"https://news.example/{number}" for number in range(11)]


def test_a_server_without_pieces_gives_small_files_and_no_large_ones(server: LoopbackServer) -> None:
    url = serve(server, "/a.warc.gz", packed([news(1)]), ranges=False)
    assert len(look(ArchiveSource("far", urls=(url,))).pages) == 1
    small = HttpSettings(
        allow_private=("127.0.0.1",), host_gap_seconds=0.0, http2=False, respect_robots=False, max_wire_bytes=100
    )
    (note,) = look(ArchiveSource("far", urls=(url,)), settings=small).notes
    assert "download the file and name it by its path" in note

    async def piece() -> None:
        async with HttpClient(SETTINGS) as client:
            await client.get_piece(url, 5, 10)

    server.add("/a.warc.gz", b"12345", status=206, headers={"Content-Range": "bytes 0-4/9"})
    with pytest.raises(NoPieces, match="another piece"):
        asyncio.run(piece())


def test_a_list_of_files_is_followed(server: LoopbackServer) -> None:
    serve(server, "/crawl/a.warc.gz", packed([news(1)]))
    paths = server.add("/crawl/2026/warc.paths.gz", gzip.compress(b"crawl/a.warc.gz\ncrawl/missing.warc.gz\n\n"))
    urls, looks = all_of(ArchiveSource("crawl", urls=(paths,)))
    assert urls == ["https://news.example/1"]
    assert "missing.warc.gz is left out" in looks[-1].notes[0]
    for wrong in (b"", b"nothing of use", b"\x1f\x8b\x08\x00broken"):
        with pytest.raises(NotAnArchive):
            listed_files(wrong, "https://x.example/warc.paths.gz")


def test_the_bytes_are_looked_at_unless_that_is_turned_off(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(news(1, "a merger") + news(2, "the weather"))
    for prefilter, expected in ((True, 1), (False, 2)):
        source = ArchiveSource("o", tmp_path, prefilter=prefilter)
        assert len(look(source, told=lambda body: b"merger" in body).pages) == expected


@pytest.mark.parametrize("kept", [None, "", "{", "[]", "7", '{"done": 3}', '{"offset": "x"}', '{"what": 1}'])
def test_a_cursor_that_cannot_be_read_is_the_beginning(kept: str | None) -> None:
    assert Reached.of(kept) == Reached()


def test_a_remote_file_can_be_walked_like_any_other() -> None:
    data = bytes(range(100))
    asked: list[int] = []

    def fetch(start: int) -> tuple[bytes, int | None]:
        asked.append(start)
        return data[start : start + 10], len(data)

    file = RemoteFile(fetch)
    assert (file.read(4), file.read(100), file.tell()) == (data[:4], data[4:10], 10)
    assert file.seek(95) == 95
    assert file.read(10) == data[95:]
    assert file.read(10) == b""
    assert file.seek(-5, 2) == 95
    assert file.seek(-1, 1) == 94
    assert file.read(1) == data[94:95]
    assert asked == [0, 95, 94]
