"""The bundled newsroom itself: complete, its links whole, and served over real HTTP."""

from __future__ import annotations

import re
import urllib.request
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit

import pytest

from pipeline.demo.server import NEWSROOM, NewsroomServer

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _get(url: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)
    with OPENER.open(request, timeout=5) as response:
        return response.read(), dict(response.headers)


def test_every_page_answers_and_no_link_is_dead() -> None:
    with NewsroomServer() as newsroom:
        assert len([path for path in newsroom.paths if path.endswith(".html")]) >= 20
        for path in newsroom.paths:
            body, _ = _get(newsroom.base + path)
            text = body.decode("utf-8")
            assert "newsroom.example" not in text
            linked = re.findall(r'href="([^"#]+)"|<link>([^<]+)</link>|<loc>([^<]+)</loc>', text)
            for link in ("".join(found) for found in linked):
                target = urlsplit(urljoin(newsroom.base + path, link))
                if target.netloc == urlsplit(newsroom.base).netloc:
                    assert target.path in newsroom.paths, f"{path} links to {link}"


def test_every_article_is_announced_by_a_feed_a_sitemap_or_a_listing() -> None:
    announced = {"/" + file.relative_to(NEWSROOM).as_posix() for file in NEWSROOM.rglob("*.html")}
    announced -= {"/nhip-mang/index.html", "/nhip-mang/trang-2.html"}
    indexes = ["pennant-wire/feed.xml", "quillmere/atom.xml", "yunqiao/sitemap.xml"]
    indexes += ["nhip-mang/index.html", "nhip-mang/trang-2.html"]
    text = "".join((NEWSROOM / index).read_text(encoding="utf-8") for index in indexes)
    assert [path for path in sorted(announced) if path not in text] == []


def test_an_unchanged_page_is_answered_with_304() -> None:
    with NewsroomServer() as newsroom:
        url = f"{newsroom.base}/pennant-wire/feed.xml"
        body, headers = _get(url)
        assert b"<rss" in body
        assert headers["Content-Type"] == "application/xml"
        with pytest.raises(HTTPError) as unchanged:
            _get(url, **{"If-None-Match": headers["ETag"]})
        unchanged.value.close()
        assert unchanged.value.code == 304


def test_what_is_not_there_is_404_and_files_outside_are_not_served() -> None:
    with NewsroomServer() as newsroom:
        for path in ("/nothing.html", "/../server.py", "/%2e%2e/server.py"):
            with pytest.raises(HTTPError) as missing:
                _get(newsroom.base + path)
            missing.value.close()
            assert missing.value.code == 404
