"""How fast an archive is read, with the look at the bytes of each page and without it, side by side in one run.

    python bench/archive_reading.py --pages 1000 --repeat 20

A WARC file is made of ``--pages`` pages, of which one in fifty tells of a deal; most of a page is menu, script and
other stories. ``records/s`` counts records until their pages are in hand; for that the file is ``--repeat`` times as
long, and the process's size is measured from batch to batch. ``pages/s`` counts the pages of the short file until the
articles of those that pass have been read. Both are per second of one core.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.article import read_article
from pipeline.deal_words import tells_of_deals
from pipeline.errors import ArticleError
from scrapers.pages import Page
from scrapers.warc import Wanted, read_batch

_DEAL_EVERY = 50
_VOCABULARY = "the a of in and to for on with at from by about after city water school music river house match summer"
_WORDS = _VOCABULARY.split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=20)
    options = parser.parse_args()
    ways: tuple[tuple[str, Callable[[bytes], bool] | None], ...] = (
        ("with the filter", tells_of_deals()),
        ("without it", None),
    )
    with tempfile.TemporaryDirectory() as folder:
        file, long_file = Path(folder) / "a.warc.gz", Path(folder) / "long.warc.gz"
        packed = b"".join(gzip.compress(_record(number), 6) for number in range(options.pages))
        file.write_bytes(packed)
        with long_file.open("wb") as stream:
            for _ in range(options.repeat):
                stream.write(packed)
        size = long_file.stat().st_size / 1e6
        print(
            f"{options.pages} pages, one in {_DEAL_EVERY} tells of a deal; {options.repeat} times: {size:.0f} MB packed"
        )
        print(f"{'':<16}{'passed':>8}{'records/s':>12}{'pages/s':>10}{'memory, first and last batch':>32}")
        _read(next(_batches(file, None))[0])  # what is loaded for the first article is not counted
        for name, told in ways:
            records, seconds, first, last = _walk(long_file, told)
            started = time.process_time()
            passed = sum(_read(page) for pages in _batches(file, told) for page in pages)
            whole = time.process_time() - started
            memory = f"{first:.0f} MB, {last:.0f} MB"
            print(f"{name:<16}{passed:>8}{records / seconds:>12,.0f}{options.pages / whole:>10,.0f}{memory:>32}")


def _walk(file: Path, told: Callable[[bytes], bool] | None) -> tuple[int, float, float, float]:
    """Records, seconds, and the process's largest size in MB after the first tenth of the batches and at the end."""
    peaks: list[float] = []
    started = time.process_time()
    records = 0
    offset: int | None = 0
    with file.open("rb") as stream:
        while offset is not None:
            batch = read_batch(stream, offset, Wanted(told=told), url=str(file))
            records += batch.records
            offset = batch.offset
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
    return records, time.process_time() - started, peaks[len(peaks) // 10], peaks[-1]


def _batches(file: Path, told: Callable[[bytes], bool] | None) -> Iterator[tuple[Page, ...]]:
    offset: int | None = 0
    with file.open("rb") as stream:
        while offset is not None:
            batch = read_batch(stream, offset, Wanted(told=told), url=str(file))
            offset = batch.offset
            yield batch.pages


def _read(page: Page) -> int:
    try:
        read_article(page.body, url=page.url, content_type=page.content_type, fetched_at=page.fetched_at)
    except ArticleError:
        return 0
    return 1


def _record(number: int) -> bytes:
    chance = random.Random(number)

    def text(words: int) -> str:
        return " ".join(chance.choice(_WORDS) for _ in range(words)).capitalize() + "."

    deal = number % _DEAL_EVERY == 0
    title = "Aquila to acquire Borealis" if deal else text(7)
    menu = "".join(f"<li><a href='/s{n}'>{text(3)} merger agreement</a></li>" for n in range(150))
    story = "".join(f"<p>{text(60)}</p>" for _ in range(12))
    script = "".join(f"var v{n}='{chance.randbytes(30).hex()}';" for n in range(500))
    html = (
        f"<!doctype html><html lang='en'><head><title>{title}</title><script>{script}</script></head><body>"
        f"<nav><ul>{menu}</ul></nav><article><h1>{title}</h1>{story}</article></body></html>"
    ).encode()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/{number}\r\n"
        "WARC-Date: 2026-11-05T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


if __name__ == "__main__":
    main()
