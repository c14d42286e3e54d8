"""Sitemaps: news ones, plain ones, indexes, and what is served in their place."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import NotASitemap, ScrapeError, UnsafeDocument
from scrapers.links import Link
from scrapers.sitemap import Sitemap, newest, parse_sitemap, same_site
from tests.scrapers.samples import BOMB, RSS, urlset

URL = "https://www.news.example/news-sitemap.xml"
NEWS = urlset(
    "<url><loc>https://news.example/a?x=1&amp;y=2</loc><lastmod>2026-11-09</lastmod><news:news>"
    "<news:publication><news:name>News</news:name><news:language>vi</news:language></news:publication>"
    "<news:publication_date>2026-11-05T10:00:00+07:00</news:publication_date><news:title>Sen &amp; Trúc</news:title>"
    "</news:news><image:image><image:loc>https://img.example/1.png</image:loc><image:title>Ảnh</image:title></image:image></url>"
    "<url><loc><![CDATA[ https://news.example/b ]]></loc><lastmod>2026-11-08</lastmod></url>"
)


def urls(sitemap: Sitemap) -> list[str]:
    return [link.url for link in sitemap.links]


def test_news_sitemap() -> None:
    sitemap = parse_sitemap(NEWS, url=URL)
    assert not sitemap.is_index
    assert (sitemap.total, sitemap.notes) == (2, ())
    second, first = sitemap.links
    assert first == Link(
        "https://news.example/a?x=1&y=2", "Sen & Trúc", "2026-11-05T03:00:00+00:00", modified="2026-11-09",
        language="vi", publisher="News",
    )  # fmt: skip
    # lastmod says when a page was touched, which is no date of publication.
    assert second == Link("https://news.example/b", modified="2026-11-08")
    assert parse_sitemap(gzip.compress(NEWS), url=URL) == sitemap


def test_index_with_and_without_loc() -> None:
    body = (
        b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        b"<sitemap><loc>https://news.example/1.xml</loc><lastmod>2026-11</lastmod></sitemap>"
        b"<sitemap>\nhttps://news.example/2.xml?a=1&amp;b=2\n</sitemap></sitemapindex>"
    )
    sitemap = parse_sitemap(body, url=URL, include=("/press/",))  # which is about documents, not sitemaps
    assert sitemap.is_index
    assert sitemap.links == (
        Link("https://news.example/1.xml", modified="2026-11"), Link("https://news.example/2.xml?a=1&b=2")
    )  # fmt: skip


def test_entries_of_other_sites_without_address_or_twice() -> None:
    body = urlset(
        "<url><loc>https://evil.example/x</loc></url><url><loc>https://notnews.example/x</loc></url><url/>"
        "<url><loc>mailto:a@b</loc></url><url><loc>https://m.news.example/x</loc></url>"
        "<url><loc>https://m.news.example/x#again</loc></url><url><loc>https://evil.example/y</loc></url>"
    )
    sitemap = parse_sitemap(body, url=URL)
    assert urls(sitemap) == ["https://m.news.example/x"]
    unusable, foreign = sitemap.notes
    assert unusable == "2 entries have no usable address"
    assert foreign.startswith("3 entries on other sites were left out (evil.example, notnews.example); name")
    assert len(parse_sitemap(body, url=URL, hosts=("evil.example",)).links) == 3


def test_only_what_is_included_counts() -> None:
    body = urlset("".join(f"<url><loc>/{kind}/{n}</loc></url>" for n in range(9) for kind in ("press", "shop")))
    sitemap = parse_sitemap(body, url=URL, include=("/press/",), limit=3)
    assert (len(sitemap.links), sitemap.total) == (3, 9)
    assert parse_sitemap(body, url=URL, include=("/jobs/",)).notes == ("none of 18 addresses contains any of /jobs/",)


def test_same_site() -> None:
    assert same_site("https://www.news.example/a", "http://news.example:8080/b")
    assert same_site("https://news.example", "https://m.news.example")
    assert not same_site("https://news.example", "https://evilnews.example")


def test_newest_first_and_undated_last() -> None:
    body = urlset(
        "<url><loc>/none</loc></url><url><loc>/old</loc><lastmod>2020-01-01</lastmod></url>"
        "<url><loc>/new</loc><lastmod>2026-11-05T10:00:00Z</lastmod></url><url><loc>/2023/04/05/path</loc></url>"
    )
    links = parse_sitemap(body, url="https://news.example/s.xml").links
    assert [link.url[-4:] for link in links] == ["/new", "path", "/old", "none"]
    assert newest(links, 1) == [links[0]]


@given(st.lists(st.none() | st.sampled_from(["2025-01-01", "2026-01-01"]), max_size=30), st.integers(1, 10))
def test_the_newest_are_the_newest_and_undated_ones_come_from_both_ends(days: list[str | None], limit: int) -> None:
    links = [Link(f"https://news.example/{number}", published=day) for number, day in enumerate(days)]
    chosen = newest(links, limit)
    assert len(chosen) == min(limit, len(links)) == len(set(chosen))
    dated = sorted((link for link in links if link.published), key=lambda link: link.published or "", reverse=True)
    assert [link for link in chosen if link.published] == dated[:limit]
    undated = [link for link in links if not link.published]
    taken = [link for link in chosen if not link.published]
    if len(taken) < len(undated) and len(taken) > 1:
        assert undated[0] in taken
        assert undated[-1] in taken


def test_feeds_and_plain_lists_serve_as_sitemaps() -> None:
    assert len(parse_sitemap(RSS, url="https://news.example/feed").links) == 2
    listed = parse_sitemap(b"\xef\xbb\xbfhttps://news.example/a\r\n\r\nhttps://news.example/b\nnot one\n", url=URL)
    assert urls(listed) == ["https://news.example/a", "https://news.example/b"]


def test_what_a_program_prints_before_the_sitemap_is_passed_over() -> None:
    body = b"Warning: something in line 3\n" + NEWS
    sitemap = parse_sitemap(body, url=URL)
    assert len(sitemap.links) == 2
    assert sitemap.notes == ("what stands before the XML was passed over",)


def test_a_large_sitemap_is_not_held() -> None:
    entries = "".join(f"<url><loc>/{n}</loc><lastmod>2026-01-{n % 28 + 1:02}</lastmod></url>" for n in range(30_000))
    body = gzip.compress(urlset(entries))
    tracemalloc.start()
    try:
        sitemap = parse_sitemap(body, url=URL, limit=100)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(sitemap.links), sitemap.total) == (100, 30_000)
    assert {link.modified for link in sitemap.links} == {"2026-01-28"}
    assert peak < 2_000_000  # the sitemap itself is larger, unpacked


def test_a_broken_sitemap_is_read_as_far_as_it_goes() -> None:
    body = urlset("<url><loc>https://news.example/a?x=1&y=2</loc></url>")[:-5]
    sitemap = parse_sitemap(body, url=URL)
    assert len(sitemap.links) == 1
    assert "not well-formed" in sitemap.notes[0]


def test_an_empty_one_has_a_note() -> None:
    assert parse_sitemap(urlset(""), url=URL).notes == ("the sitemap has no entries",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "neither XML nor a list"),
        (b"plain words", "neither XML nor a list"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"<svg/>", "root <svg>"),
        (b"\x1f\x8bnonsense", "broken gzip"),
    ],
)
def test_what_is_no_sitemap(body: bytes, reason: str) -> None:
    with pytest.raises(NotASitemap, match=reason):
        parse_sitemap(body, url=URL)


@pytest.mark.parametrize(
    "body",
    [
        BOMB.replace(b"rss", b"urlset"),
        b"<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&x;</loc></url></urlset>",
        urlset("<url>" * 100_000),
    ],
)
def test_dangerous_xml_is_refused_loudly(body: bytes) -> None:
    with pytest.raises(UnsafeDocument):
        parse_sitemap(body, url=URL)


@given(st.binary(max_size=100), st.integers(0, 700))
def test_garbage_gives_entries_or_a_scrape_error(garbage: bytes, position: int) -> None:
    try:
        sitemap = parse_sitemap(NEWS[:position] + garbage + NEWS[position:], url=URL)
    except ScrapeError:
        return
    assert all(entry.url.startswith(("http://", "https://")) for entry in sitemap.links)
