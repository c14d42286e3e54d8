"""When two addresses are one, and what an address in a document means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.links import absolute_url, canonical_url


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://News.Example:80/a/../b?b=2&a=1#part", "http://news.example/b?a=1&b=2"),
        ("https://news.example:443", "https://news.example/"),
        ("https://news.example./x", "https://news.example/x"),
        ("https://user:secret@news.example/x", "https://news.example/x"),
        ("https://tin-tức.example/bài", "https://xn--tin-tc-fr8b.example/b%C3%A0i"),
        ("https://news.example/%e4%bd%a0?x=%41", "https://news.example/%E4%BD%A0?x=A"),
        ("https://news.example/x?utm_source=a&utm_medium=b&fbclid=c&id=7", "https://news.example/x?id=7"),
        ("https://news.example/a/./b/", "https://news.example/a/b/"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        (" https://news.example/x\n", "https://news.example/x"),
        ("https://news.example/x;jsessionid=4F?PHPSESSID=1&id=7", "https://news.example/x?id=7"),
        (f"https://news.example/x?sid={'0f' * 16}", "https://news.example/x"),
        ("https://www.google.com/amp/s/news.example/x/amp", "https://news.example/x/amp"),
        ("https://www.google.co.uk/amp/news.example/x", "http://news.example/x"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/x?gclid=1", "https://news.example/x"),
        ("https://www.google.com/amp/s/news-example.cdn.ampproject.org/v/s/news.example/x", "https://news.example/x"),
    ],
)
def test_canonical_spelling(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    "query",
    ["uid=7", "sid=19/1234", "s=7", "trk=2", "gallery=3", "source=9", "12345", "lang=vi", "page=2", "cid=4", "p=1&p=2"],
)
def test_parameters_that_identify_a_document_are_kept(query: str) -> None:
    assert canonical_url(f"https://news.example/story?{query}").endswith(f"?{query}")


@given(st.text(max_size=60), st.text(max_size=30))
def test_canonical_is_idempotent_and_total(path: str, query: str) -> None:
    once = canonical_url(f"https://www.news.example/{path}?{query}")
    assert canonical_url(once) == once
    assert once.isascii()
    anything = canonical_url(path)
    assert canonical_url(anything) == anything


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("../b", "https://news.example/b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("?page=2", "https://news.example/a/list?page=2"),
        ("/a\n  b", "https://news.example/a%20%20b"),
        (" /spaced#top ", "https://news.example/spaced"),
        ("#top", None),
        ("", None),
        ("mailto:press@news.example", None),
        ("javascript:void(0)", None),
        ("file:///etc/passwd", None),
        ("http://", None),
        ("http://[broken/x", None),
        ("http://news.example:99999/", None),
    ],
)
def test_absolute_url(href: str, expected: str | None) -> None:
    assert absolute_url("https://news.example/a/list", href) == expected


def test_templates_that_nobody_filled_in_are_no_addresses() -> None:
    for href in ("{{ site.url }}/a", "https://news.example/{{post.url}}", "<%= link %>", "/${id}"):
        assert absolute_url("https://news.example", href) is None


@given(st.text(max_size=80))
def test_absolute_url_never_raises(href: str) -> None:
    found = absolute_url("https://news.example/a/", href)
    assert found is None or found.startswith(("http://", "https://"))
