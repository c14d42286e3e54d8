"""Lists of feeds: what is written is read back, and what others write is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import OpmlError
from pipeline.opml import OpmlFeed, read_opml, write_opml

_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
_FEEDS = st.builds(
    OpmlFeed,
    name=_TEXT.map(lambda text: read_opml(write_opml([OpmlFeed(text, "u")]).encode())[0].name),
    url=_TEXT.map(lambda text: "https://example.com/" + "".join(c for c in text if c.isprintable() and c != " ")),
    language=st.sampled_from([None, "en", "vi", "zh"]),
)


@given(st.lists(_FEEDS, max_size=8))
def test_what_is_written_is_read_back(feeds: list[OpmlFeed]) -> None:
    assert read_opml(write_opml(feeds).encode()) == tuple(feeds)


@given(_TEXT)
def test_any_name_can_be_written(name: str) -> None:
    (feed,) = read_opml(write_opml([OpmlFeed(name, "https://example.com/feed")], title=name).encode())
    assert feed.name == " ".join(feed.name.split())


@given(st.binary(max_size=200))
def test_junk_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(OpmlError, match=r"list\.opml"):
        read_opml(body, name="list.opml")


def test_folders_are_walked_and_other_spellings_understood() -> None:
    body = b"""\xef\xbb\xbf<opml version="1.1"><head><title>Mine</title></head><body>
      <outline text="Telecoms"><outline text="Deeper">
        <outline text="Short" title="Ridgefen Telecom"
          type="rss" xmlUrl="https://ridgefen.example/feed" language="en-us"/>
      </outline></outline>
      <outline text="Atom" type="atom" xmlurl=" https://b.example/atom?a=1&amp;b=2 " language="unknown"/>
      <outline type="link" text="A page" url="https://c.example/"/>
      <outline xmlUrl="https://d.example/rss"/>
      <outline type="rss" text="By url" url="https://e.example/rss" category="/news,tech"/>
      <outline type="include" text="Another list" url="https://f.example/list.opml"/>
    </body></opml>"""
    assert read_opml(body) == (
        OpmlFeed("Ridgefen Telecom", "https://ridgefen.example/feed", "en"),
        OpmlFeed("Atom", "https://b.example/atom?a=1&b=2"),
        OpmlFeed("", "https://d.example/rss"),
        OpmlFeed("By url", "https://e.example/rss"),
    )


def test_an_encoding_of_its_own_is_read() -> None:
    text = '<?xml version="1.0" encoding="{}"?><opml><body><outline text="Nhà máy" xmlUrl="https://a.example/f"/></body></opml>'
    assert read_opml(text.format("utf-16").encode("utf-16"))[0].name == "Nhà máy"
    assert read_opml(text.format("windows-1252").replace("Nhà máy", "Café").encode("cp1252"))[0].name == "Café"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<!DOCTYPE opml SYSTEM "http://x.example/a.dtd"><opml/>', "document type"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body></opml>', "document type"),
        (b'<opml><body><outline xmlUrl="&a;"/></body></opml>', "cannot be read"),
        (b"<opml><body>", "cannot be read"),
        (b"", "cannot be read"),
        (b"<rss version='2.0'/>", "the root <rss>"),
        (b'<?xml version="1.0" encoding="no-such"?><opml/>', "cannot be read"),
        (b"<opml>" + b" " * 10_000_000 + b"</opml>", "more than"),
    ],
)
def test_what_is_no_list_or_unsafe_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(OpmlError, match=said):
        read_opml(body)
