"""Feeds, sitemaps and pages of invented newsrooms."""

from __future__ import annotations


def rss(items: str, *, encoding: str = "utf-8") -> bytes:
    """An RSS feed with these items (XML text)."""
    return f"<?xml version='1.0' encoding='{encoding}'?><rss version='2.0'><channel>{items}</channel></rss>".encode(
        encoding
    )


def urlset(entries: str) -> bytes:
    """A sitemap with these entries (XML text); ``news:`` is declared."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        " xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
        f" xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>{entries}</urlset>"
    ).encode()


RSS = rss(
    "<title>News</title>"
    "<item><title>Alder &amp; Birch sign a licence</title><link>https://news.example/2026/alder-birch</link>"
    "<pubDate>Thu, 05 Nov 2026 10:00:00 +0700</pubDate><guid isPermaLink='false'>urn:item:1</guid>"
    "<description>&lt;p&gt;The two makers &lt;b&gt;share&lt;/b&gt; patents.&lt;/p&gt;</description></item>"
    "<item><title>Cedar buys Dogwood</title><link>../2026/cedar</link><pubDate>2026-11-04</pubDate></item>"
)

ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>urn:feed</id>
<entry><id>urn:a</id><title type="html">Elm &lt;i&gt;and&lt;/i&gt; Fir join forces</title>
<link rel="self" href="https://news.example/a.atom"/><link rel="enclosure" href="https://news.example/a.mp3"/>
<link rel="alternate" type="text/html" href="https://news.example/a/page"/>
<published>2026-11-05T10:00:00Z</published><updated>2026-11-09T10:00:00Z</updated></entry>
<entry><id>urn:b</id><title>Second</title><link href="b"/><updated>2026-11-06T10:00:00+02:00</updated></entry>
</feed>"""

RDF = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>News</title></channel>
<item rdf:about="https://news.example/r"><title>Rowan</title><link>https://news.example/r</link>
<dc:date>2026-11-05T17:00:00+07:00</dc:date></item></rdf:RDF>"""

DOCTYPE_091 = b"""<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Old</title><item><title>Old news</title><link>https://news.example/old</link></item>
</channel></rss>"""

JSON_FEED = b"""\xef\xbb\xbf{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [
{"id": "1", "url": "/j/1", "title": "Ginkgo buys Hazel", "date_published": "2026-11-05T10:00:00+07:00",
 "content_html": "<p>For <b>cash</b>.</p>"},
{"id": "https://news.example/j/2", "external_url": "https://other.example/2", "date_modified": "2026-11-06"},
{"id": "3", "title": "No link"}]}"""

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9))
    + "]><rss version='2.0'><channel><item><title>&a8;</title><link>http://news.example/</link></item></channel></rss>"
).encode()

LISTING = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><base href="/tin/"></head><body>
<nav><a href="/">Trang chủ</a></nav>
<ul class="news">
<li class="item"><a class="more" href="sen-vang-mua-truc-xanh"><h3>Sen Vàng mua lại Trúc Xanh</h3></a>
<span class="date">Thứ Năm, 05/11/2026</span></li>
<li class="item"><a class="more" href="/tin/cau-noi?utm_source=home"><h3>Hai hãng bắt tay</h3></a>
<time class="date" datetime="2026-11-04T08:00:00+07:00">hôm qua</time></li>
<li class="item"><a class="more" href="/tin/cau-noi" title="Lặp"><img src="x.png" alt=""></a></li>
<li class="item"><span>Quảng cáo</span></li>
</ul><a class="next" href="?trang=2">Trang sau</a></body></html>"""
