"""WARC files: what is taken of them, from where they are gone on with, what broken ones cost."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers import warc
from scrapers.errors import NotAnArchive
from scrapers.warc import Batch, Wanted, read_batch
from tests.warc_samples import news, packed, record, warcinfo

ALL = Wanted()
HTML = b"<!doctype html><title>A page</title><p>of some length</p>"


def read(data: bytes, wanted: Wanted = ALL, start: int = 0) -> Batch:
    return read_batch(io.BytesIO(data), start, wanted, url="x.warc.gz")


def bodies(data: bytes, wanted: Wanted = ALL) -> list[bytes]:
    return [page.body for page in read(data, wanted).pages]


@pytest.mark.parametrize("pack", [packed, b"".join], ids=["packed", "plain"])
def test_pages_come_with_address_type_date_and_body(pack: object) -> None:
    assert callable(pack)
    (page,) = read(pack([warcinfo(), record("https://news.example/1", HTML)])).pages
    assert (page.url, page.final_url, page.status, page.content_type, page.body) == (
        "https://news.example/1", "https://news.example/1", 200, "text/html; charset=utf-8", HTML,
    )  # fmt: skip
    assert page.fetched_at == datetime(2026, 11, 5, 10, tzinfo=UTC)


def test_what_is_no_page_is_passed_over() -> None:
    others = [
        record("https://news.example/1", HTML, kind="request"),
        record("https://news.example/1", HTML, kind="revisit"),
        record("https://news.example/2", HTML, status=404),
        record("https://news.example/3", b"\x89PNG", content_type="image/png"),
        record("https://news.example/4", b"", content_type="text/html"),
        record("dns:news.example", b"1.2.3.4"),
        record("https://news.example/5", HTML, date="some day"),
        record("https://news.example/6", HTML, headers="Content-Encoding: br\r\n").replace(HTML, b"\x0b" * len(HTML)),
    ]
    found = read(packed(others))
    assert (found.pages, found.records, found.broken) == ((), 8, 0)


def test_bodies_are_unpacked_as_their_headers_say_or_as_they_are() -> None:
    chunked = b"5\r\n" + HTML[:5] + b"\r\n" + f"{len(HTML) - 5:x};x=y\r\n".encode() + HTML[5:] + b"\r\n0\r\n\r\n"
    cases = [
        (gzip.compress(HTML), "Content-Encoding: gzip\r\n"),
        (zlib.compress(HTML), "Content-Encoding: deflate\r\n"),
        (HTML, "Content-Encoding: gzip\r\n"),
        (HTML, "Content-Encoding: br\r\n"),
        (chunked, "Transfer-Encoding: chunked\r\n"),
        (HTML, "Transfer-Encoding: chunked\r\n"),
    ]
    data = packed(record(f"https://a.example/{n}", body, headers=said) for n, (body, said) in enumerate(cases))
    assert bodies(data) == [HTML] * len(cases)


def test_absurd_sizes_cost_only_themselves() -> None:
    bomb = gzip.compress(b"<p>" + bytes(50_000_000), 9)
    data = packed(
        [
            record("https://a.example/bomb", bomb, headers="Content-Encoding: gzip\r\n"),
            record("https://a.example/large", b"<p>" + bytes(warc.MAX_RECORD_BYTES)),
            record("https://a.example/middling", b"<p>" + bytes(warc.MAX_BODY_BYTES)),
            record("https://a.example/good", HTML),
        ]
    )
    assert bodies(data) == [HTML]


def test_hosts_and_paths_are_chosen() -> None:
    hosts = ("a.example/press/1", "www.a.example/press/2", "a.example/sport", "b.example/press", "aa.example/press/3")
    data = packed(record(f"https://{place}", place.encode()) for place in hosts)
    wanted = Wanted(include=("a.example/press", "b.example"), exclude=("www.a.example",))
    assert bodies(data, wanted) == [b"a.example/press/1", b"b.example/press"]


def test_the_bytes_are_judged_last() -> None:
    looked: list[bytes] = []

    def told(body: bytes) -> bool:
        looked.append(body)
        return b"yes" in body

    data = packed([
        record("https://a.example/1", b"<p>yes"), record("https://b.example/2", b"<p>yes"),
        record("https://a.example/3", b"<p>no"), record("https://a.example/4", b"<p>yes", status=500),
    ])  # fmt: skip
    assert bodies(data, Wanted(include=("a.example",), told=told)) == [b"<p>yes"]
    assert looked == [b"<p>yes", b"<p>no"]


@pytest.mark.parametrize("pack", [packed, b"".join], ids=["packed", "plain"])
def test_batches_together_are_the_file(pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(pack)
    data = pack([news(number) for number in range(25)])
    whole = [page.url for page in read(data).pages]
    assert len(whole) == 25
    for limit, value in (
        ("BATCH_PAGES", 4),
        ("BATCH_RECORDS", 7),
        ("BATCH_BODY_BYTES", 900),
        ("BATCH_FILE_BYTES", 500),
    ):
        monkeypatch.setattr(warc, limit, value)
        urls: list[str] = []
        offset: int | None = 0
        batches = 0
        while offset is not None:
            batch = read(data, start=offset)
            urls += [page.url for page in batch.pages]
            offset, batches = batch.offset, batches + 1
        assert urls == whole
        assert batches > 2
        monkeypatch.undo()


def test_a_broken_record_costs_itself() -> None:
    records = [gzip.compress(news(number), 1) for number in range(6)]
    records[2] = records[2][:40] + bytes(30) + records[2][70:]
    found = read(b"".join(records))
    assert [page.url[-1] for page in found.pages] == ["0", "1", "3", "4", "5"]
    assert found.broken == 1
    plain = [news(number) for number in range(6)]
    plain[3] = plain[3].replace(b"WARC/1.0", b"GARBAGE!")
    found = read(b"".join(plain))
    assert [page.url[-1] for page in found.pages] == ["0", "1", "2", "4", "5"]
    assert found.broken == 1


def test_a_file_that_is_cut_short_gives_what_it_has() -> None:
    data = packed(news(number) for number in range(4))
    for cut in (60, 100, len(data) // 4):
        found = read(data[:-cut])
        assert [page.url[-1] for page in found.pages] == ["0", "1", "2"]
        assert found.offset is None
    assert len(bodies(b"".join(news(number) for number in range(4))[:-100])) == 3


def test_a_file_in_one_piece_is_read_while_it_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.compress(b"".join(news(number) for number in range(30)))
    assert len(bodies(data)) == 30
    monkeypatch.setattr(warc, "BATCH_PAGES", 5)
    with pytest.raises(NotAnArchive, match=r"in one piece.*fastwarc recompress"):
        read(data)


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"PK\x03\x04", b"\x1f\x8b\x08\x00", gzip.compress(b"no records"), b"WARC"]
)
def test_what_is_no_archive_is_told(data: bytes) -> None:
    with pytest.raises(NotAnArchive):
        read(data)


def test_faults_of_the_disk_go_through() -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 100:
                raise OSError(5, "Input/output error")
            return super().read(50)

    with pytest.raises(OSError, match="Input/output"):
        read_batch(Gone(packed(news(number) for number in range(5))), 0, ALL, url="x")


GOOD = [gzip.compress(news(number), 1) for number in range(3)]
PLAIN = [news(number) for number in range(3)]


@given(
    st.lists(st.sampled_from([*GOOD, *PLAIN, b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"\r\n\r\n"]) | st.binary(max_size=40)),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=5),
    st.integers(0, 3000),
)
def test_whatever_comes_is_read_or_refused(parts: list[bytes], changes: list[tuple[int, int]], start: int) -> None:
    data = bytearray(b"".join(parts))
    for place, value in changes:
        if place < len(data):
            data[place] = value
    for beginning in (0, start):
        try:
            found = read(bytes(data), start=beginning)
        except NotAnArchive:
            continue
        assert found.offset is None
        assert all(page.url.startswith("https://news.example/") or page.body for page in found.pages)
