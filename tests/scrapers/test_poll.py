"""Looking at sources, and fetching what they lead to, through real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from scrapers.errors import BadAddress, BadStatus, FolderError, NotAFeed, NotASitemap, NotHtml, UnsafeDocument
from scrapers.http import HttpClient, HttpSettings
from scrapers.links import Link
from scrapers.pages import Page, fetch_page
from scrapers.poll import poll
from scrapers.sources import FeedSource, FolderSource, ListingSource, Poll, SitemapSource, Source, Validators
from tests.loopback import Answer, LoopbackServer
from tests.scrapers.samples import BOMB, RSS, rss, urlset

T = TypeVar("T")
SETTINGS = HttpSettings(host_gap_seconds=0.0, allow_private=("127.0.0.1",))


def run(do: Callable[[HttpClient], Awaitable[T]]) -> T:
    async def go() -> T:
        async with HttpClient(SETTINGS) as client:
            return await do(client)

    return asyncio.run(go())


def look(source: Source, validators: Validators | None = None) -> Poll:
    return run(lambda client: poll(source, client, validators))


def fetch(url: str, source: Source) -> Page:
    return run(lambda client: fetch_page(Link(url), source, client))


def test_kinds(tmp_path: Path) -> None:
    sources: list[Source] = [
        FeedSource("a", "https://a.example"),
        ListingSource("b", "https://a.example", "li"),
        FolderSource("c", tmp_path),
        SitemapSource("d", "https://a.example"),
    ]
    assert [source.kind for source in sources] == ["feed", "listing", "folder", "sitemap"]
    assert sources[2].url.startswith("file:///")


def test_a_feed_and_then_nothing_new(server: LoopbackServer) -> None:
    server.add("/feed", RSS, headers={"ETag": '"1"', "Content-Type": "application/rss+xml"})
    source = FeedSource("news", server.url("/feed"))
    first = look(source)
    assert len(first.links) == 2
    assert not first.not_modified
    assert first.validators.etag == '"1"'
    again = look(source, first.validators)
    assert again == Poll((), first.validators, not_modified=True, verified=False)


def test_relative_links_start_where_redirects_end(server: LoopbackServer) -> None:
    server.add("/feed", status=302, headers={"Location": "/deep/feed"})
    server.add("/deep/feed", rss("<item><link>x</link></item>"))
    assert look(FeedSource("news", server.url("/feed"))).links == (Link(server.url("/deep/x")),)


def test_the_same_body_is_nothing_new_even_when_the_server_does_not_say_so(server: LoopbackServer) -> None:
    source = FeedSource("news", server.add("/feed", RSS))
    first = look(source)
    assert look(source, first.validators).not_modified
    server.add("/feed", rss("<item><link>/fresh</link></item>"))
    assert [link.url for link in look(source, first.validators).links] == [server.url("/fresh")]


def test_a_look_that_found_nothing_is_not_remembered(server: LoopbackServer) -> None:
    source = FeedSource("news", server.add("/feed", rss(""), headers={"ETag": '"1"'}))
    empty = look(source)
    assert empty.validators == Validators()
    assert empty.notes
    assert not look(source, empty.validators).not_modified


@pytest.mark.parametrize(
    ("source", "body", "error"),
    [
        (FeedSource("a", "/x"), b"<!DOCTYPE html><html></html>", NotAFeed),
        (FeedSource("a", "/x"), BOMB, UnsafeDocument),
        (SitemapSource("a", "/x"), b"<!DOCTYPE html><html></html>", NotASitemap),
        (ListingSource("a", "/x", "li"), b"\x00\x01\x02\x03", NotHtml),
    ],
)
def test_what_is_not_what_was_promised(
    server: LoopbackServer, source: FeedSource | SitemapSource | ListingSource, body: bytes, error: type[Exception]
) -> None:
    url = server.add("/x", body)
    with pytest.raises(error, match=url):
        look(replace(source, url=url))


def listing_page(number: int, following: int) -> bytes:
    return f"<li><a href='/a{number}'>Item {number}</a></li><a class=next href='/list?p={following}'>more</a>".encode()


def test_a_listing_is_paged_up_to_its_limit(server: LoopbackServer) -> None:
    for number in range(1, 6):
        server.add(f"/list?p={number}", listing_page(number, number + 1))
    source = ListingSource("list", server.url("/list?p=1"), "li", next_page="a.next", max_pages=3)
    assert [link.title for link in look(source).links] == ["Item 1", "Item 2", "Item 3"]
    assert server.count("/list?p=4") == 0


def test_pages_in_a_circle_or_that_repeat_come_to_an_end(server: LoopbackServer) -> None:
    server.add("/list?p=1", listing_page(1, 2))
    server.add("/list?p=2", listing_page(2, 1))
    circle = ListingSource("list", server.url("/list?p=1"), "li", next_page="a.next", max_pages=50)
    assert len(look(circle).links) == 2
    for number in range(1, 51):
        server.add(f"/same?p={number}", listing_page(7, 0).replace(b"list?p=0", b"same?p=%d" % (number + 1)))
    look(ListingSource("list", server.url("/same?p=1"), "li", next_page="a.next", max_pages=50))
    assert server.count("/same?p=3") == 0


def test_a_later_page_that_fails_costs_only_itself(server: LoopbackServer) -> None:
    server.add("/list?p=1", listing_page(1, 2))
    server.add("/list?p=2", status=500)
    found = look(ListingSource("list", server.url("/list?p=1"), "li", next_page="a.next", max_pages=3))
    assert len(found.links) == 1
    assert found.notes[0].startswith("page 2 was not read: ")
    assert found.validators == Validators()  # so that the next look does not stop at an unchanged first page


def test_a_sitemap_by_what_it_includes_and_by_number(server: LoopbackServer) -> None:
    days = "".join(
        f"<url><loc>/{kind}/{day}</loc><lastmod>2026-11-{day:02}</lastmod></url>"
        for day in range(1, 6)
        for kind in ("press", "shop")
    )
    url = server.add("/sitemap.xml", urlset(days), headers={"ETag": '"1"'})
    source = SitemapSource("map", url, include=("/press/",), max_links=2)
    found = look(source)
    assert [link.url for link in found.links] == [server.url("/press/5"), server.url("/press/4")]
    assert found.notes == ("of 5 addresses the newest 2 were taken",)
    assert look(source, found.validators).not_modified
    nothing = look(SitemapSource("map", url, include=("/jobs/",)))
    assert nothing.notes == ("none of 10 addresses contains any of /jobs/",)


def index(*entries: str, modified: str = "") -> bytes:
    said = f"<lastmod>{modified}</lastmod>" if modified else ""
    items = "".join(f"<sitemap><loc>{entry}</loc>{said}</sitemap>" for entry in entries)
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{items}</sitemapindex>".encode()


def test_an_index_is_followed_past_what_is_gone_circular_or_foreign(server: LoopbackServer) -> None:
    server.add("/index.xml", index("/1.xml", "/gone.xml", "/index.xml", "/inner.xml", "https://evil.example/2.xml"))
    server.add("/inner.xml", index("/index.xml", "/3.xml"))
    server.add("/1.xml", urlset("<url><loc>/a</loc></url>"))
    server.add("/3.xml", urlset("<url><loc>/c</loc></url>"))
    source = SitemapSource("map", server.url("/index.xml"))
    found = look(source)
    assert [link.url for link in found.links] == [server.url("/a"), server.url("/c")]
    assert [note for note in found.notes if "404" in note]
    assert [note for note in found.notes if "evil.example" in note]
    assert server.count("/index.xml") == 1
    # Without the times of its sitemaps, an index that stays as it is proves nothing.
    assert found.validators == Validators()


def test_an_index_too_deep_is_told(server: LoopbackServer) -> None:
    for level in range(1, 9):
        server.add(f"/{level}.xml", index(f"/{level + 1}.xml"))
    found = look(SitemapSource("map", server.url("/1.xml"), max_sitemaps=50))
    assert found.links == ()
    assert [note for note in found.notes if note.startswith(server.url("/4.xml")) and "4 levels deep" in note]
    assert server.count("/5.xml") == 0


def test_an_index_that_gives_the_times_of_its_sitemaps_can_be_unchanged(server: LoopbackServer) -> None:
    server.add("/1.xml", urlset("<url><loc>/a</loc></url>"))
    source = SitemapSource("map", server.add("/index.xml", index("/1.xml", modified="2026-11-05T10:00:00Z")))
    found = look(source)
    assert look(source, found.validators).not_modified
    assert server.count("/1.xml") == 1
    server.add("/index.xml", index("/1.xml", modified="2026-11-05"))  # a day: what came later that day is not told
    assert look(source).validators == Validators()


def test_an_index_of_which_nothing_can_be_read_fails(server: LoopbackServer) -> None:
    with pytest.raises(BadStatus, match=r"/1\.xml"):
        look(SitemapSource("map", server.add("/index.xml", index("/1.xml", "/2.xml"))))


def test_only_the_newest_sitemaps_of_an_index_are_read(server: LoopbackServer) -> None:
    for number in range(9):
        server.add(f"/{number}.xml", urlset(f"<url><loc>/a{number}</loc></url>"))
    url = server.add("/index.xml", index(*(f"/{number}.xml" for number in range(9))))
    found = look(SitemapSource("map", url, max_sitemaps=2))
    assert len(found.links) == 2
    assert found.notes == ("of 9 sitemaps the first and last 2 were read",)


def test_a_folder_and_its_files(tmp_path: Path, server: LoopbackServer) -> None:
    (tmp_path / "a.txt").write_text("Sen Vàng mua lại Trúc Xanh", encoding="utf-8")
    source = FolderSource("saved", tmp_path)
    found = look(source)
    page = fetch(found.links[0].url, source)
    assert (page.body.decode(), page.content_type, page.status) == ("Sen Vàng mua lại Trúc Xanh", "text/plain", 200)
    assert page.fetched_at.tzinfo is not None
    assert look(source, found.validators).not_modified
    with pytest.raises(FolderError, match="no file of this computer"):
        fetch(server.url("/x"), source)
    assert server.requests == []


def test_no_other_source_reaches_into_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(BadAddress):
        fetch((tmp_path / "a.txt").as_uri(), FeedSource("news", "https://news.example/feed"))


def test_a_page_with_its_facts(server: LoopbackServer) -> None:
    server.add("/a", status=301, headers={"Location": "/b"})
    server.add_sequence("/b", [Answer(b"<p>hello", 200, {"Content-Type": "text/html; charset=utf-8"})])
    page = fetch(server.url("/a"), FeedSource("news", server.url("/feed")))
    assert (page.url, page.final_url) == (server.url("/a"), server.url("/b"))
    assert (page.body, page.content_type) == (b"<p>hello", "text/html; charset=utf-8")
    assert page.headers["content-type"] == page.content_type
    assert server.requests[-1].headers["accept"].startswith("text/html")
