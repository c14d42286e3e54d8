"""Addresses that lead through someone else's service."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.aggregators import hides_its_publisher, publishers_address

LONG = "https://news.example/" + "deal-" * 30


def google_news(address: str) -> str:
    length = len(address)
    size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    token = base64.urlsafe_b64encode(b"\x08\x13\x22" + size + address.encode() + b"\xd2\x01\x00").decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{token}?oc=5"


@pytest.mark.parametrize(
    ("given_address", "expected"),
    [
        ("https://www.google.com/url?rct=j&url=https://news.example/a%3Fid%3D1&ct=ga", "https://news.example/a?id=1"),
        ("https://www.google.com/url?q=https://news.example/b", "https://news.example/b"),
        (
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2fc&c=1",
            "https://news.example/c",
        ),
        (google_news("https://news.example/d"), "https://news.example/d"),
        (google_news(LONG), LONG),
        ("https://news.example/url?url=https://other.example", "https://news.example/url?url=https://other.example"),
        ("https://www.google.com/url?url=javascript:x", "https://www.google.com/url?url=javascript:x"),
    ],
)
def test_the_publishers_own_address(given_address: str, expected: str) -> None:
    assert publishers_address(given_address) == expected
    assert not hides_its_publisher(expected)


def test_what_google_news_hides_is_known_to_be_hidden() -> None:
    hidden = "https://news.google.com/rss/articles/CBMiWkFVX3lxTE5"
    assert publishers_address(hidden) == hidden
    assert hides_its_publisher(hidden)


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_token_gives_an_address(text: str, packed: bytes) -> None:
    token = base64.urlsafe_b64encode(b"\x08\x13\x22" + packed).decode()
    for address in (f"https://news.google.com/articles/{token}", f"https://www.google.com/url?url={text}"):
        assert publishers_address(address).startswith(("http://", "https://"))
