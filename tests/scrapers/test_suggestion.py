"""Selectors proposed for newsroom pages."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.errors import NotHtml
from scrapers.listing import parse_listing
from scrapers.selectors import names_of
from scrapers.suggestion import suggest
from tests.scrapers.newsrooms import ALL, ARTICLES, CARDS, DEFINITIONS, HEADLINES, TABLE, UNORDERED, shell

URL = "https://www.larkmoor.example/newsroom/"


@pytest.mark.parametrize("build", ALL)
def test_the_releases_of_a_page_with_titles_and_dates(build: str) -> None:
    best = suggest(ALL[build], url=URL)[0]
    assert tuple(link.title for link in best.links) == HEADLINES
    assert best.links[0].published is not None
    assert best.links[0].published[:10] == "2026-11-25"
    assert best.dated == len(HEADLINES)


@pytest.mark.parametrize("build", ALL)
def test_what_is_shown_is_what_the_listing_reads(build: str) -> None:
    for suggestion in suggest(ALL[build], url=URL):
        assert parse_listing(ALL[build], url=URL, source=suggestion.source).links == suggestion.links


@pytest.mark.parametrize("build", ALL)
def test_selectors_name_nothing_that_changes_from_day_to_day(build: str) -> None:
    source = suggest(ALL[build], url=URL)[0].source
    for selector in (source.item, source.link, source.title or "", source.date or ""):
        assert not re.search(r"x7Yq|Zt9aB|aB12c|css-1q|post-\d|mt-4|grid", selector), selector


def test_the_selectors_of_some_builds() -> None:
    def told(body: bytes) -> tuple[str | None, ...]:
        source = suggest(body, url=URL)[0].source
        return source.item, source.link, source.title, source.date, source.next_page

    assert told(UNORDERED) == ("ul.press-list > li", "a", None, "span.when", "a.next")
    assert told(CARDS) == (
        'a[class*="NewsCard_root__"]', "a", "h3", 'div[class*="NewsCard_date__"]', None,
    )  # fmt: skip
    assert told(DEFINITIONS) == ("dd", "a", None, "< dt", None)
    assert told(ARTICLES)[1:] == ("h2 a", None, "time", 'a[rel~="next"]')


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ("post media press", [".post", ".media", ".press"]),
        ("mt-4 p-2 md:flex col-6 w-100 text-sm d-flex pb5", []),
        ("css-1q2w3e sc-bdVaJa jsx-314159 _3xYz1 post-8812 is-open", []),
        ("News_title__aB12c NewsCard_root_Zz9x", ['[class*="News_title__"]', '[class*="NewsCard_root_"]']),
        ("news-item__date release--featured", [".news-item__date", ".release--featured"]),
    ],
)
def test_classes_that_people_gave(classes: str, expected: list[str]) -> None:
    element = BeautifulSoup(f"<p class='{classes}'>", "lxml").p
    assert element is not None
    assert names_of(element) == expected


def test_numbers_that_only_fit_one_way_settle_the_order_of_days() -> None:
    source = suggest(TABLE, url=URL)[0].source
    assert source.day_first is False
    swapped = re.sub(rb"(\d\d)/(\d\d)/2026", rb"\2/\1/2026", TABLE)
    assert suggest(swapped, url=URL)[0].source.day_first is True


def test_a_page_on_which_nothing_repeats_gives_nothing() -> None:
    assert (
        suggest(b"<html><body><p>Nothing here. <a href='/x'>A single link to somewhere</a></p></body></html>", url=URL)
        == ()
    )
    with pytest.raises(NotHtml):
        suggest(b"", url=URL)


def test_menus_and_footers_come_last() -> None:
    page = shell("<p>There are no releases yet.</p>")
    for suggestion in suggest(page, url=URL):
        assert suggestion.score < suggest(UNORDERED, url=URL)[0].score / 2


@settings(max_examples=60)
@given(st.data())
def test_any_markup_gives_suggestions_or_none(data: st.DataObject) -> None:
    pieces = st.sampled_from([
        "<ul>", "</ul>", "<li>", "</li>", "<a href='/a'>", "<a href='/b/c-d'>", "<a href='http://[x'>", "</a>", "<h2>",
        "text 2026-11-05", "<div class='x y'>", "</div>", "<time datetime='2026'>", "<table><tr><td>",
        "<p id='a1' class=''>", "<base href='/z/'>",
    ])  # fmt: skip
    body = "".join(data.draw(st.lists(pieces, max_size=60))).encode()
    try:
        found = suggest(body, url=URL)
    except NotHtml:
        return
    for suggestion in found:
        assert all(link.url.startswith(("http://", "https://")) for link in suggestion.links)
