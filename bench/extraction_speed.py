"""Times the extractor beside trafilatura, on the same pages, in one run on one core.

    python bench/extraction_speed.py [FOLDER]

FOLDER holds HTML pages (the bundled newsroom by default). Each page is read by trafilatura (text and metadata, fast)
and its text by the extractor, in turn, five times; the median of the ratio extractor / trafilatura is printed, and
milliseconds per 4,000 characters.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import trafilatura

from pipeline.article import read_article
from pipeline.errors import ArticleError
from pipeline.extraction import extract

ROUNDS = 5


def main() -> None:
    default = Path(__file__).parents[1] / "pipeline/demo/newsroom"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    pages = [(path, path.read_bytes()) for path in sorted(folder.rglob("*.html"))]
    articles = []
    for path, body in pages:
        try:
            articles.append((body, read_article(body, url=path.as_uri(), content_type="text/html")))
        except ArticleError as error:
            print(f"left out: {error}", file=sys.stderr)
    for body, article in articles:  # once unmeasured: both load their data at first use
        trafilatura.bare_extraction(body, fast=True, with_metadata=True)
        extract(article)
    ratios, reading, extracting = [], [], []
    for _ in range(ROUNDS):
        started = time.process_time()
        for body, _ in articles:
            trafilatura.bare_extraction(body, fast=True, with_metadata=True)
        between = time.process_time()
        for _, article in articles:
            extract(article)
        ended = time.process_time()
        reading.append(between - started)
        extracting.append(ended - between)
        ratios.append((ended - between) / (between - started))
    characters = sum(len(article.text) for _, article in articles)
    per_page = 1000 / max(1, len(articles))
    print(f"{len(articles)} pages, {characters / max(1, len(articles)):.0f} characters each")
    read_in, extracted_in = statistics.median(reading) * per_page, statistics.median(extracting) * per_page
    print(f"trafilatura {read_in:.1f} ms a page, extractor {extracted_in:.1f} ms")
    print(f"extractor: {statistics.median(extracting) / characters * 4_000_000:.1f} ms per 4,000 characters")
    print(
        f"ratio extractor / trafilatura: {statistics.median(ratios):.2f} (min {min(ratios):.2f}, max {max(ratios):.2f})"
    )


if __name__ == "__main__":
    main()
