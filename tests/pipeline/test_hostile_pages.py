"""Pages made to keep their reader busy are set aside with a word; long and odd ones are read."""

from __future__ import annotations

import pytest

from pipeline.article import read_article
from pipeline.errors import ArticleError
from scrapers.errors import UnsafeDocument
from scrapers.listing import parse_listing
from scrapers.sources import ListingSource

URL = "https://news.example/a.html"
STORY = b"<p>Nordwind Systems and Kestrel Networks signed a licence agreement about radio patents, both said today.</p>"
TAGS = r"is not read: the page has more than 40,000 tags, far more than an article has"
ATTRIBUTES = r"the page has a tag with more than 1,000 attributes"


def page(content: bytes) -> bytes:
    return b"<!doctype html><html><head><title>Nordwind</title></head><body>" + STORY + content + b"</body></html>"


def read(body: bytes) -> str:
    return read_article(body, url=URL, content_type="text/html").text


HOSTILE = {
    "a million tags": (b"<i>" * 500_000, TAGS),
    "line breaks": (b"a<br>" * 300_000, TAGS),
    "headings": (b"<h2>a</h2><p>b</p>" * 90_000, TAGS),
    "nested tables": (b"<table><tr><td>" * 120_000, TAGS),
    "deep nesting": (b"<div>" * 100_000 + STORY + b"</div>" * 100_000, TAGS),
    "misnested": (b"<a><b><i><p>x</a></b></i></p>" * 60_000, TAGS),
    "attributes": (b"<div " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">", ATTRIBUTES),
    "attributes behind quotes": (b"<x y='>' " + b" ".join(b"a%d" % n for n in range(100_000)), ATTRIBUTES),
    "attributes behind a tag in quotes": (b'<x y="<" ' + b"a=1 b='c>' " * 50_000, ATTRIBUTES),
    "unfinished tags": (b"<a href=" * 15_000, ATTRIBUTES),
    "unfinished quotes": (b"<a b=\"c '" * 15_000, ATTRIBUTES),
    "nested tables of 5 MB": (b"<table><tr><td>" * 330_000, "5.0 MB is more than the 2 MB an article may have"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_what_would_take_seconds_is_set_aside(name: str, encoding: str) -> None:
    content, reason = HOSTILE[name]
    body = page(content).decode().encode(encoding)
    with pytest.raises(ArticleError, match=rf"^{URL}: .*({reason}|MB is more than)"):
        read(body)


@pytest.mark.parametrize("name", HOSTILE)
def test_so_are_listings(name: str) -> None:
    content, _ = HOSTILE[name]
    with pytest.raises(UnsafeDocument, match=r"the page has (more than 100,000 tags|a tag with more than 1,000 attr)"):
        parse_listing(page(content), url=URL, source=ListingSource("n", URL, item="article"))


HARMLESS = {
    "scripts": b"<script>" + b"if(a<b){c='<p></p>'}" * 30_000 + b"</script>",
    "many scripts": b"<script>a<b</script>" * 10_000,
    "drawings": b"<svg>" + b"<path d='M0'/>" * 15_000 + b"</svg>",
    "comments": b"<!-- <p> -->" * 15_000,
    "a giant attribute": b'<div data-state="' + b"word " * 100_000 + b'">',
    "a giant class": b"<div class='" + b"a " * 100_000 + b"'>",
    "deep nesting within reason": b"<div>" * 300 + b"</div>" * 300,
    "unfinished comments": b"<!-- " * 15_000,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_large_is_read(name: str) -> None:
    assert "Kestrel Networks" in read(page(HARMLESS[name]))


@pytest.mark.parametrize("filler", [b"{},", b'{"a":[]},', b"[[]],"])
def test_json_is_no_article_whatever_it_would_take_to_read_it(filler: bytes) -> None:
    with pytest.raises(ArticleError, match="is JSON data"):
        read_article(b"[" + filler * 1_000_000 + b"{}]", url=URL)
