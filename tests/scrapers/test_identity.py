"""When two addresses are one document, and when a page is believed about its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.identity import declared_address, identity, is_front_page

STORY = "https://news.example/2026/story"


@pytest.mark.parametrize(
    "written",
    [
        "http://news.example/2026/story",
        "https://www.news.example/2026/story/",
        "HTTPS://NEWS.example:443/2026//story?",
        "https://news.example/2026/story/index.html#comments",
        "https://news.example/2026/story/Default.aspx",
        "https://news.example/2026/story?utm_source=x&fbclid=y&gclid=z&mc_cid=1&ref=home",
        "https://news.example/2026/story;jsessionid=0A1B",
        "https://news.example/2026/%73tory",
        "https://news.example/2026/story/amp",
        "https://news.example/2026/story/amp/",
        "https://news.example/amp/2026/story",
        "https://news.example/2026/story.amp",
        "https://news.example/2026/story?amp=1",
        "https://news.example/2026/story?amp",
        "https://news.example/2026/story?outputType=amp",
        "https://amp.news.example/2026/story",
        "https://www.google.com/amp/s/www.news.example/2026/story/amp/",
        "https://news-example.cdn.ampproject.org/v/s/news.example/2026/story?amp_js_v=0.1&usqp=mq331",
        "https://m.news.example/2026/story",
        "http://www.m.news.example/2026/story",
        "https://mobile.news.example/2026/story",
        "https://news.example/2026/story/print",
        "https://news.example/2026/story?print=1",
        "https://news.example/2026/story?view=print",
    ],
)
def test_one_document_under_many_addresses(written: str) -> None:
    assert identity(written) == identity(STORY) == STORY


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/2026/story-2",
        "https://news.example/2026/story?id=7",
        "https://news.example/2026/story?page=2",
        "https://news.example/2026/Story",
        "https://news.example/2025/story",
        "https://news.example:8443/2026/story",
        "https://blog.news.example/2026/story",
        "https://news.example/2026/story/amplifier",
        "https://news.example/2026/story?print_run=3",
        "https://news.example/amp",
        "https://en.news.example/2026/story",
        "file:///2026/story",
    ],
)
def test_other_documents_stay_others(other: str) -> None:
    assert identity(other) != STORY


@pytest.mark.parametrize("host", ["m.co.uk", "m.com.vn", "amp.example", "mobile.com"])
def test_a_name_is_not_taken_for_an_edition(host: str) -> None:
    assert identity(f"https://{host}/x") == f"https://{host}/x"


@pytest.mark.parametrize(
    ("host", "plain"),
    [("www.abc.vn", "abc.vn"), ("m.abc.co.uk", "abc.co.uk"), ("en.m.wiki.example", "en.wiki.example")],
)
def test_hosts_of_editions(host: str, plain: str) -> None:
    assert identity(f"https://{host}/x") == f"https://{plain}/x"


_SEGMENT = st.sampled_from(
    ["amp", "print", "index.html", "www", "a.amp", "a.amp.html", "", ".", "..", "%61mp", "s", "c"]
)
_HOST = st.sampled_from(["www.m.amp.news.example", "google.com", "x.cdn.ampproject.org", "m.co.uk", "www.example"])
_QUERY = st.sampled_from(["", "amp", "amp=1&print=1", "utm_source=x&id=2", "PHPSESSID=1", "b=2&a=1"])


@given(_HOST, st.lists(_SEGMENT | st.text(max_size=5) | _HOST, max_size=6), _QUERY)
def test_identity_is_idempotent(host: str, path: list[str], query: str) -> None:
    once = identity(f"http://{host}/{'/'.join(path)}?{query}")
    assert identity(once) == once
    assert once.isascii()


def test_an_edition_inside_a_cache_is_uncovered_whole() -> None:
    assert identity("https://x.cdn.ampproject.org/amp/c/www.m.amp.news.example") == "https://news.example/"


@given(st.text(max_size=60))
def test_identity_takes_anything(text: str) -> None:
    assert identity(identity(text)) == identity(text)


@pytest.mark.parametrize(
    ("markup", "declared"),
    [
        ('<link rel="canonical" href="https://www.news.example/2026/story?utm_source=x">',
         "https://www.news.example/2026/story"),
        ("<LINK HREF='/2026/story' REL='canonical'>", "https://m.news.example/2026/story"),
        ("<link href=/2026/story rel=canonical>", "https://m.news.example/2026/story"),
        ('<base href="https://news.example/2026/"><link rel="canonical" href="story">', STORY),
        ('<link rel="canonical" href="/a?x=1&amp;y=2">', "https://m.news.example/a?x=1&y=2"),
        (f'<link rel="canonical" href="{STORY}"><link rel="canonical" href="{STORY}">', STORY),
        # Not to be believed:
        ('<link rel="canonical" href="https://other.example/2026/story">', None),
        ('<link rel="canonical" href="https://news.example/">', None),
        ('<link rel="canonical" href="https://news.example/2026">', None),
        ('<link rel="canonical" href="/a"><link rel="canonical" href="/b">', None),
        ('<link rel="canonical">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="http://[broken/">', None),
        ('<link rel="stylesheet" href="/canonical">', None),
        ("no markup at all", None),
    ],
)  # fmt: skip
def test_what_a_page_declares(markup: str, declared: str | None) -> None:
    assert declared_address(markup.encode(), "https://m.news.example/2026/story") == declared


def test_front_pages() -> None:
    assert is_front_page("https://www.news.example")
    assert is_front_page("http://news.example/index.html?utm_source=x")
    assert not is_front_page("https://news.example/?p=7")
