"""The bundled newsroom's four outlets as sources: one of each kind of index."""

from __future__ import annotations

from scrapers.sources import FeedSource, ListingSource, SitemapSource, Source


def newsroom_sources(base: str) -> tuple[Source, ...]:
    """The sources of a newsroom served at ``base`` (no slash at the end)."""
    return (
        FeedSource("Pennant Wire", f"{base}/pennant-wire/feed.xml", language="en"),
        FeedSource(
            "Quillmere newsroom", f"{base}/quillmere/atom.xml", language="en", publisher="Quillmere Semiconductor"
        ),
        ListingSource(
            "Nhịp Mạng",
            f"{base}/nhip-mang/",
            item="div.news-item",
            link="h3.news-title a",
            date="span.news-date",
            next_page="div.paging a.next",
            max_pages=5,
            language="vi",
        ),
        SitemapSource("云桥科技报", f"{base}/yunqiao/sitemap.xml", language="zh"),
    )
