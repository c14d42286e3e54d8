"""Finding a site's feed: what its pages name, where feeds usually are, and that only what has links counts."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.discovery import (
    MAX_NAMED,
    MAX_TRIED,
    Discovery,
    discover,
    page_names,
    sitemap_places,
    usual_places,
)
from scrapers.errors import BadAddress, NotAllowed, Unreachable
from scrapers.http import HttpClient, HttpSettings
from tests.loopback import LoopbackServer
from tests.scrapers.newsrooms import CARDS

SITE = "https://ridgefen.example/newsroom/"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def _rss(server: LoopbackServer, *days: int, title: str = "Ridgefen news") -> bytes:
    items = "".join(
        f"<item><title>Item {day}</title><link>{server.url(f'/news/{day}')}</link>"
        f"<pubDate>{day:02} Mar 2026 08:00:00 GMT</pubDate></item>"
        for day in days
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>".encode()


def _sitemap(server: LoopbackServer, *days: int) -> bytes:
    urls = "".join(
        f"<url><loc>{server.url(f'/news/{day}')}</loc><lastmod>2026-03-{day:02}</lastmod></url>" for day in days
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()


def _discover(url: str, told: list[str] | None = None) -> Discovery:
    async def search() -> Discovery:
        settings = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0, read_timeout_seconds=2)
        async with HttpClient(settings) as client:
            return await discover(url, client, tell=(told if told is not None else []).append)

    return asyncio.run(search())


def _named(html: str) -> tuple[list[str], list[str]]:
    names = page_names(html.encode(), url=SITE, content_type="text/html; charset=utf-8")
    return [candidate.url for candidate in names.alternates], [candidate.url for candidate in names.anchors]


def test_the_head_names_feeds_and_those_of_comments_come_last() -> None:
    alternates, _ = _named(
        """<head><base href="/base/">
        <link rel="alternate" type="application/rss+xml" title="Comments feed" href="/comments/feed/">
        <link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="atom.xml">
        <link rel="alternate" type="application/feed+json" href="https://cdn.example/feed.json">
        <link rel="alternate" type="application/rss+xml" href="feed:https://ridgefen.example/old">
        <link rel="alternate" type="application/rss+xml" href="atom.xml#again">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
        <link rel="alternate" type="text/xml+oembed" href="/oembed?format=xml">
        <link rel="alternate" hreflang="vi" href="/vi/"><link rel="stylesheet" href="/feed.css">
        <link rel="alternate" type="application/rss+xml" href="javascript:void(0)">"""
    )
    assert alternates == [
        "https://ridgefen.example/base/atom.xml",
        "https://cdn.example/feed.json",
        "https://ridgefen.example/old",
        "https://ridgefen.example/comments/feed/",
    ]


def test_links_that_speak_of_a_feed() -> None:
    _, anchors = _named(
        """<a href="https://reader.example/add?u=1">RSS</a><a href="/press/rss">All news</a>
        <a href="/subscribe">RSS订阅</a><a href="/list"><img alt="News feed" src="x.png"></a>
        <a href="/output?format=rss">x</a><a href="/feedback">Feedback</a><a href="/brss">Progress</a>
        <a href="/story">Why the company that would feed a city for a year has been sold</a>
        <a href="#rss">RSS</a><a href="mailto:rss@ridgefen.example">RSS</a><a href="/newsroom/">RSS</a>"""
    )
    assert anchors == [
        "https://ridgefen.example/press/rss",
        "https://ridgefen.example/subscribe",
        "https://ridgefen.example/list",
        "https://ridgefen.example/output?format=rss",
        "https://reader.example/add?u=1",
    ]


def test_a_page_cannot_name_without_end() -> None:
    html = "".join(
        f"<link rel=alternate type=application/rss+xml href=/{n}/x><a href=/{n}/rss>x</a>" for n in range(99)
    )
    assert [len(urls) for urls in _named(html)] == [MAX_NAMED, MAX_NAMED]


@given(st.binary(max_size=300) | st.text(alphabet="<>/=\"' abelinkhrfs:;%", max_size=200).map(str.encode))
def test_no_page_is_too_broken(body: bytes) -> None:
    for candidate in page_names(b"<a href='" + body + b"'>rss</a>" + body, url=SITE).anchors:
        assert candidate.url.startswith(("http://", "https://"))


def test_usual_places_are_below_the_page_first() -> None:
    assert [candidate.url for candidate in usual_places(SITE)][:4] == [
        "https://ridgefen.example/newsroom/feed",
        "https://ridgefen.example/newsroom/rss",
        "https://ridgefen.example/newsroom/rss.xml",
        "https://ridgefen.example/feed",
    ]
    assert usual_places("https://ridgefen.example/news.html?x=1")[0].url == "https://ridgefen.example/feed"


def test_news_sitemaps_come_before_those_of_all_pages() -> None:
    robots = "Disallow: /x\nSitemap: /all.xml\n sitemap:https://ridgefen.example/news/map.xml # x\r\nSitemap:\n"
    assert [candidate.url for candidate in sitemap_places(robots, SITE)] == [
        "https://ridgefen.example/news/map.xml",
        "https://ridgefen.example/sitemap-news.xml",
        "https://ridgefen.example/news-sitemap.xml",
        "https://ridgefen.example/all.xml",
        "https://ridgefen.example/sitemap.xml",
        "https://ridgefen.example/sitemap_index.xml",
    ]


def test_the_address_itself_may_be_a_feed(server: LoopbackServer) -> None:
    url = server.add("/any", _rss(server, 3, 7))
    told: list[str] = []
    (found,) = _discover(url, told).found
    assert (found.kind, found.url, found.links, found.facts.title) == ("feed", url, 2, "Ridgefen news")
    assert found.newest == "2026-03-07T08:00:00+00:00"
    assert told == [url]


def test_or_a_sitemap_or_an_index_of_them(server: LoopbackServer) -> None:
    url = server.add("/map.xml", _sitemap(server, 3, 7, 5))
    (found,) = _discover(url).found
    assert (found.kind, found.links, found.newest) == ("sitemap", 3, "2026-03-07")
    index = server.add("/index", f"<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>".encode())
    (found,) = _discover(index).found
    assert (found.kind, found.url, found.links) == ("sitemap", index, 3)


def test_what_the_head_names_is_tried_and_the_empty_and_dead_are_left_out(server: LoopbackServer) -> None:
    links = "".join(
        f"<link rel=alternate type=application/rss+xml href=/{name}>" for name in ("dead", "none", "a", "b")
    )
    page = f"<meta property=og:site_name content='Ridgefen Telecom'>{links}<a href=/rss>RSS</a>"
    url = server.add("/", page.encode(), headers=HTML)
    server.add("/none", _rss(server))
    server.add("/a", status=301, headers={"Location": "/a/"})
    server.add("/a/", _rss(server, 1))
    server.add("/b", _rss(server, 2, 3))
    result = _discover(url)
    assert [(found.url, found.links) for found in result.found] == [(server.url("/a/"), 1), (server.url("/b"), 2)]
    assert result.facts.publisher == "Ridgefen Telecom"
    said = "\n".join(result.failures)
    assert "/dead: the server answered 404" in said
    assert "/none: this is a feed, but it has no links" in said
    assert server.count("/rss") == 0


def test_a_page_that_lists_feeds_is_followed_once(server: LoopbackServer) -> None:
    url = server.add("/news", b"<a href=/rss-feeds>RSS</a>", headers=HTML)
    server.add("/rss-feeds", b"<html><a href=/x/feed.xml>Press</a><a href=/more-rss>RSS</a>", headers=HTML)
    server.add("/x/feed.xml", _rss(server, 1))
    server.add("/more-rss", b"<html><a href=/deep/rss>RSS</a>", headers=HTML)
    assert [found.url for found in _discover(url).found] == [server.url("/x/feed.xml")]
    assert server.count("/deep/rss") == 0


def test_else_usual_places_then_sitemaps(server: LoopbackServer) -> None:
    url = server.add("/news", b"<html><body>Nothing here</body></html>", headers=HTML)
    server.add("/feed", b"<html>Not found, says this page</html>", headers=HTML)
    server.add("/robots.txt", f"Sitemap: {server.url('/all.xml')}\n".encode())
    server.add("/all.xml", _sitemap(server, 1))
    (found,) = _discover(url).found
    assert (found.url, found.how) == (server.url("/all.xml"), "named in robots.txt")
    server.add("/news-sitemap.xml", _sitemap(server, 1, 2))
    assert [found.url for found in _discover(url).found] == [server.url("/news-sitemap.xml")]
    server.add("/news/rss.xml", _rss(server, 1))
    assert [found.url for found in _discover(url).found] == [server.url("/news/rss.xml")]


def test_headlines_with_dates_come_before_the_sitemap_of_a_whole_site(server: LoopbackServer) -> None:
    url = server.add("/newsroom", CARDS, headers=HTML)
    addresses = "".join(f"<url><loc>/en/news/2026/{n}</loc></url>" for n in range(5))
    server.add("/sitemap.xml", f"<urlset>{addresses}</urlset>".encode())
    result = _discover(url)
    listing, sitemap = result.found[0], result.found[-1]
    assert (listing.kind, listing.url, listing.links, listing.newest) == ("listing", url, 6, "2026-11-25")
    assert (sitemap.kind, sitemap.include) == ("sitemap", ("/news/",))
    assert (result.facts.publisher, result.facts.language) == ("Larkmoor", "en")


def test_a_sitemap_kept_elsewhere_speaks_for_the_site_that_names_it(server: LoopbackServer) -> None:
    elsewhere = server.url("/cdn/news.xml").replace("127.0.0.1", "localhost")
    server.add("/robots.txt", f"Sitemap: {elsewhere}\n".encode())
    server.add("/cdn/news.xml", _sitemap(server, 1, 2, 3))
    (found,) = _discover(server.add("/", b"<html>Nothing", headers=HTML)).found
    assert (found.url, found.links, found.hosts) == (elsewhere, 3, ("127.0.0.1",))


def test_a_page_that_refuses_us_may_still_have_a_feed(server: LoopbackServer) -> None:
    url = server.add("/", b"", status=403)
    server.add("/rss", _rss(server, 1))
    assert [found.url for found in _discover(url).found] == [server.url("/rss")]


def test_robots_are_heeded(server: LoopbackServer) -> None:
    server.add("/robots.txt", b"User-agent: *\nDisallow: /feed\n")
    server.add("/feed", _rss(server, 1))
    url = server.add("/", b"<link rel=alternate type=application/rss+xml href=/feed>", headers=HTML)
    result = _discover(url)
    assert not result.found
    assert server.count("/feed") == 0
    assert any("robots.txt forbids" in failure for failure in result.failures)
    server.add("/robots.txt", b"User-agent: *\nDisallow: /\n")
    with pytest.raises(NotAllowed):
        _discover(url)


def test_a_host_that_asks_to_be_left_alone_is(server: LoopbackServer) -> None:
    result = _discover(server.add("/", b"", status=429))
    assert not result.found
    assert [request.path for request in server.requests] == ["/robots.txt", "/"]


def test_a_maze_ends(server: LoopbackServer) -> None:
    for n in range(9):
        links = "".join(f"<a href=/rss/{n}{m}>RSS</a>" for m in range(9))
        server.add(f"/rss/{n}", f"<html>{links}".encode(), headers=HTML)
    url = server.add("/", "".join(f"<a href=/rss/{n}>RSS</a>" for n in range(9)).encode(), headers=HTML)
    assert not _discover(url).found
    assert len(server.requests) <= MAX_TRIED + 2


def test_unsafe_xml_is_no_feed(server: LoopbackServer) -> None:
    url = server.add(
        "/feed", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><link>/x</link></item></channel></rss>'
    )
    result = _discover(url)
    assert not result.found
    assert "declares entities" in result.failures[0]


def test_a_site_that_cannot_be_reached_is_an_error(server: LoopbackServer) -> None:
    with pytest.raises(BadAddress):
        _discover("ftp://127.0.0.1/")
    with pytest.raises(Unreachable):
        _discover("http://127.0.0.1:1/")
