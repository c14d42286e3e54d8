"""Feeds of every kind, as they should be and as they come."""

from __future__ import annotations

import gzip
import json
import re
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import NotAFeed, ScrapeError, UnsafeDocument
from scrapers.feed import MAX_LINKS, parse_feed
from scrapers.links import Link
from scrapers.markup import plain_text
from tests.scrapers.samples import ATOM, BOMB, DOCTYPE_091, JSON_FEED, RDF, RSS, rss

URL = "https://news.example/feeds/all.xml"
#: A year, month or day from 1980 to 2100, or a moment in UTC.
DATE = re.compile(r"(19[89]\d|20\d\d|2100)(-[01]\d(-[0-3]\d(T\d\d:\d\d:\d\d\+00:00)?)?)?")


def links(body: bytes, *, language: str | None = None, content_type: str | None = None) -> tuple[Link, ...]:
    return parse_feed(body, url=URL, language=language, content_type=content_type)[0]


def test_rss() -> None:
    found, notes = parse_feed(RSS, url=URL)
    assert notes == ()
    assert found == (
        Link(
            url="https://news.example/2026/alder-birch",
            title="Alder & Birch sign a licence",
            published="2026-11-05T03:00:00+00:00",
            guid="urn:item:1",
            summary="The two makers share patents.",
        ),
        Link(url="https://news.example/2026/cedar", title="Cedar buys Dogwood", published="2026-11-04", guid=None),
    )


def test_atom_takes_the_page_not_the_other_links() -> None:
    found, _ = parse_feed(ATOM, url=URL)
    assert [link.url for link in found] == ["https://news.example/a/page", "https://news.example/feeds/b"]
    assert found[0].published == "2026-11-05T10:00:00+00:00"  # when it was published, not when it was edited
    assert found[1].published == "2026-11-06T08:00:00+00:00"
    assert found[0].title == "Elm and Fir join forces"


def test_rdf_and_old_rss_with_a_harmless_doctype() -> None:
    assert [link.published for link in links(RDF)] == ["2026-11-05T10:00:00+00:00"]
    assert [link.url for link in links(DOCTYPE_091)] == ["https://news.example/old"]


def test_json_feed() -> None:
    found, notes = parse_feed(JSON_FEED, url=URL, content_type="application/feed+json")
    assert notes == ("1 items have no link to a page that could be read",)
    assert found == (
        Link("https://news.example/j/1", "Ginkgo buys Hazel", "2026-11-05T03:00:00+00:00", "1", "For cash."),
        Link("https://other.example/2", None, "2026-11-06", "https://news.example/j/2", modified="2026-11-06"),
    )


@pytest.mark.parametrize("encoding", ["gb2312", "euc-kr", "shift_jis", "utf-16"])
def test_encodings_the_document_names(encoding: str) -> None:
    title = {"gb2312": "白杨收购红松", "euc-kr": "은행나무 인수", "shift_jis": "杉が楓を買収"}.get(
        encoding, "Bạch Dương mua Thông"
    )
    body = rss(f"<item><title>{title}</title><link>/x</link></item>", encoding=encoding)
    assert links(body, content_type="text/xml")[0].title == title


def test_dates_in_the_language_of_the_source_or_else_of_the_feed() -> None:
    body = rss("<item><link>/x</link><pubDate>Thứ Năm, 05/11/2026</pubDate></item>")
    assert links(body)[0].published is None
    assert links(body, language="vi")[0].published == "2026-11-05"
    said = rss("<language>vi-VN</language><item><link>/x</link><pubDate>05/11/2026</pubDate></item>")
    assert links(said)[0].published == "2026-11-05"
    chinese = rss("<item><link>/x</link><pubDate>2026年11月5日</pubDate></item>")
    assert links(chinese)[0].published == "2026-11-05"


def test_the_same_document_twice_is_one_link() -> None:
    body = rss("<item><link>/x?utm_source=a</link><title>One</title></item><item><link>/x</link></item>")
    found, notes = parse_feed(body, url=URL)
    assert [link.title for link in found] == ["One"]
    assert notes == ("1 items repeat the link of another",)


def test_one_guid_for_several_documents_loses_none() -> None:
    body = rss("".join(f"<item><link>/{n}</link><guid isPermaLink='false'>same</guid></item>" for n in range(5)))
    assert len(links(body)) == 5


def test_the_publishers_own_address_is_preferred() -> None:
    body = rss(
        "<item><link>https://feeds.example/~r/1</link>"
        "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>https://news.example/real"
        "</feedburner:origLink></item>"
        "<item><link>https://www.google.com/url?rct=j&amp;url=https://news.example/alert%3Fid%3D1&amp;ct=ga</link></item>"
        "<item><guid>https://news.example/by-guid</guid></item>"
    )
    assert [link.url for link in links(body)] == [
        "https://news.example/real",
        "https://news.example/alert?id=1",
        "https://news.example/by-guid",
    ]


def test_an_item_without_a_link_leads_where_it_can_only_mean_to() -> None:
    body = rss(
        "<item><title>Larch</title><enclosure url='/larch.html' type='text/html; charset=utf-8'/></item>"
        "<item><title>Maple</title><description>&lt;a href='/maple?a=1&amp;amp;b=2'&gt;Maple&lt;/a&gt;</description>"
        "</item>"
        "<item><title>Two links</title><description>&lt;a href='/a'&gt;&lt;/a&gt;&lt;a href='/b'&gt;&lt;/a&gt;"
        "</description></item><item><title>Sound</title><enclosure url='/sound.mp3' type='audio/mpeg'/></item>"
    )
    found, notes = parse_feed(body, url=URL)
    assert [link.url for link in found] == ["https://news.example/larch.html", "https://news.example/maple?a=1&b=2"]
    assert notes == ("2 items have no link to a page that could be read",)


def test_relative_links_start_at_xml_base() -> None:
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://base.example/x/'>"
        b"<entry xml:base='y/'><title>A</title><link href='z.html'/></entry></feed>"
    )
    assert [link.url for link in links(body)] == ["https://base.example/x/y/z.html"]


def test_the_full_content_is_the_summary_where_the_feed_has_it() -> None:
    body = rss(
        "<item xmlns:content='http://purl.org/rss/1.0/modules/content/'><link>/x</link><description>Short.</description>"
        "<content:encoded><![CDATA[<p>Oak and Pine share <b>patents</b> for ten years.</p>]]></content:encoded></item>"
    )
    assert links(body)[0].summary == "Oak and Pine share patents for ten years."
    told = {"items": [{"url": "/x", "summary": "Short.", "content_html": "<p>Oak and Pine share patents.</p>"}]}
    assert links(json.dumps(told).encode())[0].summary == "Oak and Pine share patents."


def test_items_that_google_news_hides_are_told() -> None:
    hidden = "https://news.google.com/rss/articles/CBMiWkFVX3lxTE5"
    found, notes = parse_feed(rss(f"<item><title>A</title><link>{hidden}</link></item>"), url=URL)
    assert len(found) == 1
    assert notes == ("1 items lead through Google News, which hides the page; take the publisher's own feed",)


def test_titles_are_plain_text() -> None:
    body = rss(
        "<item><link>/x</link><title>&lt;b&gt;白杨&lt;/b&gt;收购 &amp;amp; more\n  &lt;br/&gt;news</title></item>"
    )
    assert links(body)[0].title == "白杨收购 & more news"


def test_a_broken_feed_is_read_as_far_as_it_goes_and_said_to_be_broken() -> None:
    body = rss("<item><link>/x</link><title>Ash & Beech</title></item>")
    found, notes = parse_feed(body[:-20], url=URL)
    assert [link.title for link in found] == ["Ash & Beech"]
    assert "not well-formed" in notes[0]


def test_an_empty_feed_is_a_feed_with_a_note() -> None:
    assert parse_feed(rss(""), url=URL) == ((), ("the feed has no items that lead anywhere",))


def test_a_flood_is_cut_with_a_note() -> None:
    body = rss("".join(f"<item><link>/{number}</link></item>" for number in range(MAX_LINKS + 10)))
    found, notes = parse_feed(body, url=URL)
    assert len(found) == MAX_LINKS
    assert notes == ("only the first 2,000 items were taken",)


def test_white_space_before_and_gzip_around_do_no_harm() -> None:
    assert links(b"\n\n " + RSS) == links(RSS) == links(gzip.compress(RSS))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "this is an HTML page"),
        (b"\n<!-- hello --><html>", "this is an HTML page"),
        (b"just words", "this is no XML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "this is no XML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "root <svg>"),
        (b"{broken", "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"items": 3}', "no list of items"),
        (b"[1, 2]", "no list of items"),
        (b"\x1f\x8bnonsense", "broken gzip"),
    ],
)
def test_what_is_no_feed(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed, match=f"all.xml: .*{reason}"):
        parse_feed(body, url=URL)


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        BOMB.decode().encode("utf-16"),
        BOMB.decode().encode("utf-32"),
        b"<?xml version='1.0'?><!-- <rss> --><!doctype rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss/>",
        b"<!ENTITY a 'b'><rss/>",
        b"<rss>" + b"<a>" * 600_000,
        b"<rss " + b" ".join(b"a%d='1'" % number for number in range(10_000)) + b"/>",
    ],
)
def test_dangerous_xml_is_refused_loudly(body: bytes) -> None:
    with pytest.raises(UnsafeDocument, match="may be an attack"):
        parse_feed(body, url=URL)


def test_declarations_inside_an_article_are_no_danger() -> None:
    body = rss("<item><link>/x</link><description><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]></description></item>")
    assert len(links(body)) == 1


def test_a_body_that_names_a_file_does_not_open_it() -> None:
    with pytest.raises(NotAFeed):
        parse_feed(b"/etc/hostname", url=URL)


@given(st.binary(max_size=200), st.integers(0, 1500), st.sampled_from([RSS, ATOM, RDF, JSON_FEED]))
def test_garbage_in_a_feed_gives_links_or_a_scrape_error(garbage: bytes, position: int, feed: bytes) -> None:
    try:
        found, _ = parse_feed(feed[:position] + garbage + feed[position:], url=URL)
    except ScrapeError:
        return
    for link in found:
        assert link.url.startswith(("http://", "https://"))
        assert link.published is None or DATE.fullmatch(link.published)


@given(st.lists(st.text(max_size=30) | st.dates().map(str), max_size=8), st.sampled_from(["vi", "en", "ko", "de"]))
def test_whatever_stands_for_a_date_is_none_or_a_day_of_our_time(dates: list[str], language: str) -> None:
    items = "".join(
        f"<item><link>/{number}</link><pubDate>{escape(plain_text(text, 30) or '')}</pubDate></item>"
        for number, text in enumerate(dates)
    )
    for link in links(rss(items), language=language):
        assert link.published is None or DATE.fullmatch(link.published)


def test_json_cannot_smuggle_in_what_no_database_takes() -> None:
    item = rb'{"id": "a\u0000\ud800", "url": "/x\ud800\u0000", "title": "Sen\u0000 \ud83d\ude00", "summary": "\u0007"}'
    assert links(b'{"items": [' + item + b"]}") == (
        Link("https://news.example/x%EF%BF%BD", "Sen \N{GRINNING FACE}", None, "a\N{REPLACEMENT CHARACTER}", None),
    )


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "url", "title", "date_published"]), st.none() | st.integers() | st.text()
        )
    )
)
def test_json_items_of_any_shape(items: list[dict[str, object]]) -> None:
    parse_feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(), url=URL)
