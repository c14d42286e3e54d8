"""Sitemaps: news ones, plain ones, indexes, and what is served in their place."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import NotASitemap, ScrapeError, UnsafeDocument
from scrapers.links import Link
from scrapers.sitemap import newest, parse_sitemap, same_site
from tests.scrapers.samples import BOMB, RSS, urlset

URL = "https://www.news.example/news-sitemap.xml"
NEWS = urlset(
    "<url><loc>https://news.example/a?x=1&amp;y=2</loc><lastmod>2026-11-09</lastmod><news:news>"
    "<news:publication><news:name>News</news:name><news:language>vi</news:language></news:publication>"
    "<news:publication_date>2026-11-05T10:00:00+07:00</news:publication_date><news:title>Sen &amp; Trúc</news:title>"
    "</news:news><image:image><image:loc>https://img.example/1.png</image:loc><image:title>Ảnh</image:title></image:image></url>"
    "<url><loc><![CDATA[ https://news.example/b ]]></loc><lastmod>2026-11-08</lastmod></url>"
)


def test_news_sitemap() -> None:
    sitemap = parse_sitemap(NEWS, url=URL)
    assert not sitemap.is_index
    assert sitemap.notes == ()
    first, second = sitemap.entries
    assert first.link == Link("https://news.example/a?x=1&y=2", "Sen & Trúc", "2026-11-05T03:00:00+00:00")
    # lastmod says when a page was touched, which is no date of publication.
    assert (second.link, second.modified) == (Link("https://news.example/b"), "2026-11-08")
    assert parse_sitemap(gzip.compress(NEWS), url=URL) == sitemap


def test_index_with_and_without_loc() -> None:
    body = (
        b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        b"<sitemap><loc>https://news.example/1.xml</loc><lastmod>2026-11</lastmod></sitemap>"
        b"<sitemap>\nhttps://news.example/2.xml?a=1&amp;b=2\n</sitemap></sitemapindex>"
    )
    sitemap = parse_sitemap(body, url=URL)
    assert sitemap.is_index
    assert [(entry.link.url, entry.modified) for entry in sitemap.entries] == [
        ("https://news.example/1.xml", "2026-11"),
        ("https://news.example/2.xml?a=1&b=2", None),
    ]


def test_entries_of_other_sites_without_address_or_twice() -> None:
    body = urlset(
        "<url><loc>https://evil.example/x</loc></url><url><loc>https://notnews.example/x</loc></url><url/>"
        "<url><loc>mailto:a@b</loc></url><url><loc>https://m.news.example/x</loc></url>"
        "<url><loc>https://m.news.example/x#again</loc></url>"
    )
    sitemap = parse_sitemap(body, url=URL)
    assert [entry.link.url for entry in sitemap.entries] == ["https://m.news.example/x"]
    assert sitemap.notes == ("2 entries have no usable address", "2 entries on other sites were left out")


def test_same_site() -> None:
    assert same_site("https://www.news.example/a", "http://news.example:8080/b")
    assert same_site("https://news.example", "https://m.news.example")
    assert not same_site("https://news.example", "https://evilnews.example")


def test_newest_first_and_undated_last() -> None:
    body = urlset(
        "<url><loc>/none</loc></url><url><loc>/old</loc><lastmod>2020-01-01</lastmod></url>"
        "<url><loc>/new</loc><lastmod>2026-11-05T10:00:00Z</lastmod></url>"
    )
    entries = newest(parse_sitemap(body, url="https://news.example/s.xml").entries, 3)
    assert [entry.link.url[-4:] for entry in entries] == ["/new", "/old", "none"]
    assert len(newest(entries, 1)) == 1


def test_feeds_and_plain_lists_serve_as_sitemaps() -> None:
    assert len(parse_sitemap(RSS, url="https://news.example/feed").entries) == 2
    listed = parse_sitemap(b"\xef\xbb\xbfhttps://news.example/a\r\n\r\nhttps://news.example/b\nnot one\n", url=URL)
    assert [entry.link.url for entry in listed.entries] == ["https://news.example/a", "https://news.example/b"]


def test_a_broken_sitemap_is_read_as_far_as_it_goes() -> None:
    body = urlset("<url><loc>https://news.example/a?x=1&y=2</loc></url>")[:-5]
    sitemap = parse_sitemap(body, url=URL)
    assert len(sitemap.entries) == 1
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
        (b"---\nlayout:\n---\n<urlset><url></url></urlset>", "cannot be read"),
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
    assert all(entry.link.url.startswith(("http://", "https://")) for entry in sitemap.entries)
