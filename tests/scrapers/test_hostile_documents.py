"""Documents made to exhaust their reader are refused as unsafe, in little time; old and broken ones are read."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Callable

import pytest

from scrapers.errors import NotAFeed, NotASitemap, ScrapeError, UnsafeDocument
from scrapers.feed import parse_feed
from scrapers.sitemap import parse_sitemap

URL = "https://news.example/feed"
ITEM = b"<item><title>Nordwind buys Kestrel</title><link>https://news.example/1</link></item>"
LOC = b"<url><loc>https://news.example/1</loc></url>"
LAUGHS = (
    '<?xml version="1.0" encoding="ENCODING"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    "<rss><channel><title>&d;</title><item><title>x</title><link>https://news.example/1</link></item></channel></rss>"
)


def rss(content: bytes, head: bytes = b"") -> bytes:
    return b'<?xml version="1.0"?>' + head + b'<rss version="2.0"><channel>' + content + ITEM + b"</channel></rss>"


def urlset(content: bytes, head: bytes = b"") -> bytes:
    return b'<?xml version="1.0"?>' + head + b"<urlset>" + content + LOC + b"</urlset>"


def feed(body: bytes) -> int:
    return len(parse_feed(body, url=URL)[0])


def sitemap(body: bytes) -> int:
    return len(parse_sitemap(body, url=URL).links)


ENTITY = b'<!DOCTYPE x [<!ENTITY e "x">]>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = b'<!DOCTYPE x SYSTEM "x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>'
UNSAFE: dict[str, bytes] = {
    "an entity": ENTITY,
    "an external entity": EXTERNAL,
    "a parameter entity": PARAMETER,
    "an element declaration": b"<!DOCTYPE x [<!ELEMENT x ANY>]>",
    "entities after a comment": b"<!-- <rss> --><?x <rss> ?>" + ENTITY,
    "entities outside a document type": b'<!ENTITY e "x">',
}


@pytest.mark.parametrize("read", [feed, sitemap])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", UNSAFE)
def test_declarations_are_refused(read: Callable[[bytes], int], name: str, packed: bool) -> None:
    body = (rss if read is feed else urlset)(b"<title>&e;</title>", UNSAFE[name])
    with pytest.raises(UnsafeDocument, match=r"may be an attack"):
        read(gzip.compress(body) if packed else body)


@pytest.mark.parametrize("read", [feed, sitemap])
def test_declarations_in_the_middle_are_refused(read: Callable[[bytes], int]) -> None:
    body = (rss if read is feed else urlset)(b'<title>x</title><!ENTITY e "x">')
    with pytest.raises(UnsafeDocument):
        read(body)


@pytest.mark.parametrize(
    "encoding", ["utf-7", "unicode_escape", "cp037", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
@pytest.mark.parametrize("lead", ["", "\n", " \n", "\n \t "])
def test_no_encoding_hides_a_bomb(encoding: str, lead: str) -> None:
    text = lead + LAUGHS.replace("ENCODING", encoding)
    if encoding == "utf-7":
        body = text.replace("<!", "+ADwAIQ-").encode("ascii")
    elif encoding == "unicode_escape":
        body = text.replace("<!", "\\x3c!").encode("ascii")
    else:
        body = text.encode(encoding)
    for read in (feed, sitemap):
        # Where the bytes are no markup in any reading of ours, it is not what was promised: never a quiet source.
        with pytest.raises((UnsafeDocument, NotAFeed, NotASitemap)):
            read(body)


def test_no_charset_of_the_transport_hides_a_bomb() -> None:
    body = LAUGHS.replace(' encoding="ENCODING"', "").replace("<!", "+ADwAIQ-").encode("ascii")
    with pytest.raises(UnsafeDocument, match="its encoding 'UTF-7' can hide markup"):
        parse_feed(body, url=URL, content_type="application/xml; charset=UTF-7")


EXCESS: dict[str, tuple[bytes, str]] = {
    "depth": (b"<a>" * 100_000 + b"</a>" * 100_000, "nested beyond reason"),
    "depth never closed": (b"<item><b>" * 50_000, "nested beyond reason"),
    "a million entries": (b"<item/>" * 1_000_000 + b"<url/>" * 1_000_001, "more than [23],?00,?0,000 tags|more than"),
    "namespaces": (b"".join(b'<a%d:x xmlns:a%d="u%d"/>' % (n, n, n) for n in range(20_000)), "namespaces"),
    "attributes": (b"<x " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>", "attributes"),
}


@pytest.mark.parametrize("name", EXCESS)
@pytest.mark.parametrize("packed", [False, True])
def test_excess_is_refused(name: str, packed: bool) -> None:
    content, reason = EXCESS[name]
    for read, body in ((feed, rss(content)), (sitemap, urlset(content))):
        with pytest.raises(UnsafeDocument, match=reason):
            read(gzip.compress(body, 1) if packed else body)


def test_packed_bombs_are_unsafe_not_empty() -> None:
    bomb = gzip.compress(rss(b" " * 60_000_000))
    for read in (feed, sitemap):
        with pytest.raises(UnsafeDocument, match="unpacks to more than"):
            read(bomb)


@pytest.mark.parametrize("filler", [b"{},", b'["a"],', b'"ab",'])
def test_json_that_takes_more_memory_than_bytes(filler: bytes) -> None:
    with pytest.raises(UnsafeDocument, match="the JSON has more than"):
        feed(b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + filler * 1_100_000 + b"{}]}")


def test_json_without_end() -> None:
    with pytest.raises(NotAFeed, match="broken JSON"):
        feed(b'{"items": ' + b"[" * 200_000)


@pytest.mark.parametrize(
    "body",
    [
        b"<" * 250_000,
        rss(b"<" * 250_000),
        rss(b"<a " * 90_000),
        rss(b"<!-- " * 90_000),
        rss(b"<?x " * 90_000),
        rss(b"<![CDATA[ " * 90_000),
        rss(b"<!DOCTYPE " * 90_000),
        b"<!DOCTYPE " * 200_000,
        b"<!DOCTYPE rss " + b'"' * 500_001,
        b"<!DOCTYPE rss " + b'"x" ' * 500_000 + b">",
    ],
    ids=range(10),
)
def test_unfinished_markup_is_read_or_refused_but_ends(body: bytes) -> None:
    for read in (feed, sitemap):
        with contextlib.suppress(ScrapeError):
            assert read(body) <= 1


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE rss>",
        b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">',
        b'<!DOCTYPE rss SYSTEM "file:///etc/passwd">',
        b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/never-asked.dtd'>",
    ],
)
def test_a_document_type_without_declarations_is_harmless(doctype: bytes) -> None:
    assert feed(rss(b"", doctype)) == 1
    assert sitemap(urlset(b"", doctype)) == 1


def test_what_only_looks_like_an_attack_is_read() -> None:
    about = b"<description><![CDATA[How <!ENTITY e SYSTEM 'x'> and <!DOCTYPE x [ made news <br><br>]]></description>"
    assert feed(rss(b"<item><link>https://news.example/2</link>" + about + b"</item>")) == 2
    unclosed = (
        b"<item><link>https://news.example/%d</link><description>one<br>two<p>three<img src='x'></description></item>"
    )
    assert feed(rss(b"".join(unclosed % number for number in range(2, 500)))) == 499


@pytest.mark.parametrize(
    "encoding", ["utf-8", "windows-1252", "gb2312", "shift_jis", "johab", "iso-2022-jp", "utf-16", "x"]
)
def test_the_encodings_of_real_feeds_are_no_attack(encoding: str) -> None:
    body = rss(b"").replace(b'"1.0"', b'"1.0" encoding="%s"' % encoding.encode())
    assert feed(body) == 1


def test_a_tag_that_does_not_end_is_refused_though_it_comes_in_pieces() -> None:
    attributes = b" ".join(b"a%d='1'" % number for number in range(20_000))
    for body in (b"<urlset " + attributes + b"/>", b"<urlset><url a='" + b"x" * 3_000_000):
        with pytest.raises(UnsafeDocument):
            sitemap(body)
