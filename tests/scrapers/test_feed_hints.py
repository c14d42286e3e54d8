"""The ttl of a feed."""

from __future__ import annotations

import pytest

from scrapers.feed_hints import MAX_SECONDS, ttl_seconds


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<rss><channel><ttl>60</ttl><item/></channel></rss>", 3600.0),
        (b"<rss><channel><ttl>\n 5 </ttl></channel></rss>", 300.0),
        (b"<rss><channel><ttl>0</ttl></channel></rss>", 0.0),
        (b"<rss><channel><ttl>999999999</ttl></channel></rss>", MAX_SECONDS),
        (b"<rss><channel><ttl>99999999999999999999</ttl></channel></rss>", None),
        (b"<rss><channel><ttl>soon</ttl></channel></rss>", None),
        (b"<rss><channel><ttl>-5</ttl></channel></rss>", None),
        (b"<rss><channel><item><description>&lt;ttl></description><ttl>5</ttl></item></channel></rss>", None),
        (b"<rss><channel><sy:updatePeriod>daily</sy:updatePeriod></channel></rss>", None),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', None),
        (b"", None),
    ],
)
def test_ttl(body: bytes, expected: float | None) -> None:
    assert ttl_seconds(body) == expected
