"""Newsroom pages by CSS selectors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import BadSelector, NotHtml
from scrapers.links import Link
from scrapers.listing import parse_listing
from scrapers.sources import ListingSource
from tests.scrapers.samples import LISTING

URL = "https://news.example/start?x=1"
SOURCE = ListingSource(
    "tin", URL, "li.item", link="a.more", title="h3", date=".date", next_page="a.next", language="vi"
)


def test_links_titles_dates_and_the_next_page() -> None:
    page = parse_listing(LISTING.encode(), url=URL, source=SOURCE)
    assert page.links == (
        Link("https://news.example/tin/sen-vang-mua-truc-xanh", "Sen Vàng mua lại Trúc Xanh", "2026-11-05"),
        Link("https://news.example/tin/cau-noi?utm_source=home", "Hai hãng bắt tay", "2026-11-04T01:00:00+00:00"),
    )
    assert page.next_url == "https://news.example/tin/?trang=2"
    assert page.notes == ("1 of 4 items have no link at 'a.more'",)


def test_defaults_take_the_text_of_the_link() -> None:
    page = parse_listing(LISTING.encode(), url=URL, source=ListingSource("tin", URL, "li"))
    assert page.links[0].title == "Sen Vàng mua lại Trúc Xanh"
    assert page.links[0].published is None
    assert page.next_url is None


def test_an_item_may_be_the_link_itself() -> None:
    body = b"<a class='card' href='/x' aria-label='Oak buys Pine'><img></a>"
    page = parse_listing(body, url=URL, source=ListingSource("cards", URL, "a.card"))
    assert page.links == (Link("https://news.example/x", "Oak buys Pine"),)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "big5"])
def test_encodings_named_by_the_server(encoding: str) -> None:
    body = "<html><body><li><a href='/x'>白楊收購紅松</a></li></body></html>".encode(encoding)
    source = ListingSource("zh", URL, "li")
    page = parse_listing(body, url=URL, source=source, content_type=f"text/html; charset={encoding}")
    assert page.links[0].title == "白楊收購紅松"


def test_encodings_named_by_the_page_and_xhtml() -> None:
    body = (
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><meta charset='euc-kr'/></head>"
        "<body><li><a href='/x'>은행나무</a></li></body></html>"
    )
    page = parse_listing(body.encode("euc-kr"), url=URL, source=ListingSource("ko", URL, "li"))
    assert page.links[0].title == "은행나무"


@pytest.mark.parametrize("charset", ["\x01utf-8", "no-such-charset", "utf-7", "base64", ""])
def test_encodings_that_do_not_exist(charset: str) -> None:
    body = f"<html><head><meta charset='{charset}'></head><li><a href='/x'>Sen Vàng</a></li>".encode()
    page = parse_listing(
        body, url=URL, source=ListingSource("x", URL, "li"), content_type=f"text/html; charset={charset}"
    )
    assert page.links[0].title == "Sen Vàng"


def test_a_changed_layout_is_said() -> None:
    page = parse_listing(LISTING.encode(), url=URL, source=replace(SOURCE, item="article"))
    assert page.links == ()
    assert page.notes == ("the selector 'article' matches nothing: the layout may have changed",)
    undated = parse_listing(LISTING.encode(), url=URL, source=replace(SOURCE, date="h3"))
    assert "no date could be read at 'h3'" in undated.notes


@pytest.mark.parametrize("field", ["item", "link", "title", "date", "next_page"])
def test_a_wrong_selector_is_named(field: str) -> None:
    values = {name: getattr(SOURCE, name) for name in ("item", "link", "title", "date", "next_page")}
    with pytest.raises(BadSelector, match=r"the CSS selector 'li\[' is wrong"):
        parse_listing(LISTING.encode(), url=URL, source=ListingSource("x", URL, **{**values, field: "li["}))


@pytest.mark.parametrize("body", [b"", b"just words", b'{"a": 1}', b"%PDF-1.7\x00\x01", b"\x89PNG\r\n\x1a\n\x00<a>"])
def test_what_is_no_page(body: bytes) -> None:
    with pytest.raises(NotHtml, match="check that the address is the newsroom page's"):
        parse_listing(body, url=URL, source=SOURCE, content_type="application/octet-stream")


@given(st.binary(max_size=100), st.integers(0, 900))
def test_garbage_in_a_page_gives_links(garbage: bytes, position: int) -> None:
    body = LISTING.encode()
    try:
        page = parse_listing(body[:position] + garbage + body[position:], url=URL, source=SOURCE)
    except NotHtml:
        return
    assert all(link.url.startswith(("http://", "https://")) for link in page.links)
