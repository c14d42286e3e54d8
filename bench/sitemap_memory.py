"""What reading a large sitemap costs: seconds, and memory beyond the body itself, each size in a process of its own.

python bench/sitemap_memory.py
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scrapers.sitemap import parse_sitemap

_MEGABYTE = 1_000_000


def sitemap(megabytes: int) -> bytes:
    """A news sitemap of about so many megabytes, with addresses as long as newsrooms have them."""
    entry = (
        "<url><loc>https://news.example/press/2026/{n:07}/{words}</loc><lastmod>2026-01-{day:02}T10:00:00Z</lastmod>"
        "<news:news><news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>"
        "<news:publication_date>2026-01-{day:02}T10:00:00Z</news:publication_date><news:title>Title {n} {words}"
        "</news:title></news:news></url>"
    )
    words = "a-long-address-with-the-words-of-the-headline-" * 8
    count = megabytes * _MEGABYTE // len(entry.format(n=0, words=words, day=1))
    entries = "".join(entry.format(n=number, words=words, day=number % 28 + 1) for number in range(count))
    return (
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        f" xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{entries}</urlset>"
    ).encode()


def _peak() -> int:
    """The most memory this process had so far, in kB. getrusage also counts what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def measure(path: str) -> None:
    """Read the sitemap in ``path`` and print what it cost."""
    body = Path(path).read_bytes()
    before = _peak()
    started = time.perf_counter()
    found = parse_sitemap(body, url="https://news.example/sitemap.xml", limit=1000)
    seconds = time.perf_counter() - started
    grown = (_peak() - before) / 1000
    print(f"{len(body) / _MEGABYTE:10.1f}{found.total:12,}{len(found.links):8,}{seconds:10.1f}{grown:14.1f}")


def main() -> None:
    """Print the table."""
    print(f"{'':14}{'body MB':>10}{'entries':>12}{'kept':>8}{'seconds':>10}{'MB beyond it':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in (5, 25, 50):
            plain = sitemap(megabytes)
            for name, body in ((f"{megabytes} MB plain", plain), (f"{megabytes} MB gzip", gzip.compress(plain))):
                path = Path(folder, "sitemap")
                path.write_bytes(body)
                print(f"{name:14}", end="", flush=True)
                subprocess.run([sys.executable, __file__, str(path)], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
