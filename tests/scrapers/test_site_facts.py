"""What feeds, sitemaps and pages say of their sites."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from scrapers.links import Link
from scrapers.site_facts import SiteFacts, feed_facts, newsroom_section, page_facts, sitemap_facts

ATOM = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='pt-BR'>{}<entry><title>No</title></entry></feed>"


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        (ATOM.format("<title>A &amp; B</title>"), SiteFacts("A & B", language="pt")),
        ("<rss><channel><title>T</title><language>de_AT</language><item/></channel></rss>", SiteFacts("T", None, "de")),
        ("<rss><channel><item><title>No</title></item><title>Late</title></channel></rss>", SiteFacts()),
        (json.dumps({"title": "Jay", "language": "ko", "items": []}), SiteFacts("Jay", language="ko")),
        ("<rss><channel><language>english</language></channel></rss>", SiteFacts()),
        ("junk", SiteFacts()),
    ],
)
def test_feeds_say_what_they_are_called_and_in_which_language(body: str, facts: SiteFacts) -> None:
    assert feed_facts(body.encode()) == facts


@given(st.binary(max_size=60))
def test_no_feed_is_too_broken(junk: bytes) -> None:
    feed_facts(b"<rss><channel>" + junk + b"<title>x</title>")


def test_most_entries_of_a_news_sitemap_decide() -> None:
    links = [Link(f"https://a.example/{n}", language=code, publisher="A") for n, code in enumerate(("vi", "en", "vi"))]
    assert sitemap_facts([*links, Link("https://a.example/none")]) == SiteFacts(publisher="A", language="vi")


def test_pages_say_their_site_and_language() -> None:
    page = (
        "<html lang=zh-Hant><meta property=og:site_name content=' 雲橋  科技 '><meta name=application-name content=x>"
    )
    assert page_facts(BeautifulSoup(page, "lxml")) == SiteFacts(publisher="雲橋 科技", language="zh")
    assert page_facts(BeautifulSoup("<p>", "lxml")) == SiteFacts()


def test_where_the_news_of_a_site_stands() -> None:
    def links(*paths: str) -> list[Link]:
        return [Link(f"https://a.example{path}") for path in paths]

    site = links(
        "/en/press-releases/1", "/en/press-releases/2", "/en/press-releases/3", "/shop/1", "/shop/2", "/shop/3"
    )
    assert newsroom_section(site, "https://a.example/") == "/press-releases/"
    assert newsroom_section(site, "https://a.example/shop") == "/shop/"
    assert newsroom_section(site[:2], "https://a.example/") is None
