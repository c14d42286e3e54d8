"""When two pages are one article, and what its source's word for an edit does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage import articles, page_identity, pages, sources
from storage.database import Database
from storage.models import Article, ArticleRevision, Page, PageKey
from storage.page_identity import Identities, Twin, trusted_guids
from storage.pages import FetchedPage, FoundLink
from storage.resemblance import Content
from storage.vocabulary import PageState
from tests.storage.builders import LATER, NOW, TEXT, contents, make_article, make_report

SITE = "https://wire.example"
DAY = timedelta(days=1)
LONG = TEXT + " The companies expect to close in the second quarter, once the regulators of both countries agree."


def found(database: Database, *links: FoundLink, source: str = "wire", now: datetime = NOW) -> int:
    with database.session() as session:
        sources.sync_sources(session, [(source, "feed", f"{SITE}/{source}")], NOW)
        return pages.add_links(session, source, links, now)


def link(path: str, **fields: str) -> FoundLink:
    return FoundLink(url=f"{SITE}{path}", canonical_url=f"{SITE}{path}", **fields)


def page_id(database: Database, path: str) -> int:
    with database.reading() as session:
        page = pages.find_page(session, f"{SITE}{path}")
    assert page is not None
    return page.id


def fetch(database: Database, page: int, text: str, now: datetime = NOW) -> None:
    with database.session() as session:
        pages.save_fetched(session, page, FetchedPage(SITE, 200, "text/plain", text.encode(), now), now)


def read(database: Database, path: str, text: str = LONG, *, now: datetime = NOW, report: bool = True) -> int:
    """Fetch and read the page of this path; its id."""
    page = page_id(database, path)
    fetch(database, page, text, now)
    with database.session() as session:
        articles.save_article(session, page, make_article(text), [make_report(text)] if report else [], now)
        pages.mark_read(session, page, "deal", now=now)
    return page


def twin(database: Database, page: int, text: str, title: str = "") -> Twin | None:
    with database.reading() as session:
        return page_identity.twin_of(session, page, Content(title, text))


def learn(database: Database, page: int, *addresses: str, declared: str | None = None) -> None:
    with database.session() as session:
        page_identity.learn(session, page, Identities(addresses[-1], addresses, declared))


def state(database: Database, page: int) -> tuple[PageState, datetime]:
    with database.reading() as session:
        row = session.get_one(Page, page)
        return row.state, row.next_try_at


def test_another_spelling_of_a_known_address_is_no_new_page(database: Database) -> None:
    assert found(database, link("/1", identity="i1"), link("/1/", identity="i1")) == 1
    assert found(database, FoundLink(url=f"{SITE}/1?amp", canonical_url=f"{SITE}/1?amp", identity="i1")) == 0
    assert found(database, link("/2", identity="i2"), source="other") == 1


def test_pages_of_an_older_version_are_known_by_their_spelling(database: Database) -> None:
    found(database, link("/1"))
    with database.session() as session:
        for key in session.scalars(select(PageKey)):
            session.delete(key)
    assert found(database, link("/1", identity="i1")) == 0
    assert found(database, FoundLink(url=f"{SITE}/1/", canonical_url=f"{SITE}/1/", identity="i1")) == 0


def test_where_redirects_end_is_an_address_too(database: Database) -> None:
    found(database, link("/go/1"), link("/go/2"))
    first = read(database, "/go/1")
    learn(database, first, "go1", "story")
    second = page_id(database, "/go/2")
    learn(database, second, "go2", "story")
    assert twin(database, second, "An entirely different text.") == Twin(first, outdated=False)
    with database.session() as session:
        page_identity.mark_duplicate(session, second, first, now=LATER)
        assert pages.due_pages(session, now=LATER, limit=5) == []
        row = session.get_one(Page, second)
        assert (row.state, row.outcome, row.same_as_id) == (PageState.READ, "duplicate", first)
    assert found(database, link("/story", identity="story"), link("/go/2", identity="go2")) == 0


def test_a_declared_address_has_to_be_borne_out_by_the_text(database: Database) -> None:
    found(database, link("/1"), link("/2"), link("/3"))
    first = read(database, "/1")
    learn(database, first, "a1", declared="list")
    same, other = page_id(database, "/2"), page_id(database, "/3")
    learn(database, same, "a2", declared="list")
    learn(database, other, "a3", declared="list")
    assert twin(database, same, f"Wire report. {LONG}") == Twin(first, outdated=False)
    assert twin(database, other, "Corvus supplies batteries to Dorado, the two companies said in Lyon.") is None


def test_a_page_that_was_read_as_an_article_stays_one(database: Database) -> None:
    found(database, link("/1"), link("/2"))
    for path in ("/1", "/2"):
        learn(database, read(database, path), "story")
    assert twin(database, page_id(database, "/2"), LONG) is None


def test_an_item_whose_address_was_changed_is_known_by_its_guid(database: Database) -> None:
    found(database, link("/old-slug", guid="g-1"))
    first = read(database, "/old-slug")
    found(database, link("/new-slug", guid="g-1"))
    second = page_id(database, "/new-slug")
    assert twin(database, second, LONG.replace("$2.5", "$2.7")) == Twin(first, outdated=True)
    fetch(database, second, "new bytes")
    with database.session() as session:
        page_identity.take_place(session, first, second)
        page_identity.mark_duplicate(session, second, first, now=LATER)
        assert pages.load_body(session, first) == b"new bytes"
        assert pages.get_page(session, first).url == f"{SITE}/new-slug"
    assert found(database, link("/new-slug", guid="g-1"), link("/old-slug", guid="g-1")) == 0


def test_a_constant_guid_loses_nothing_even_one_item_at_a_time(database: Database) -> None:
    boilerplate = " About Aquila: the company has made instruments for forty years, in nine countries, for all trades."
    for number, news in enumerate(
        ["Aquila opened a plant in Lyon.", "Corvus licensed its patents to Aquila for ever."]
    ):
        found(database, link(f"/{number}", guid="https://wire.example/"))
        assert twin(database, page_id(database, f"/{number}"), news + boilerplate) is None
        read(database, f"/{number}", news + boilerplate, report=False)


@pytest.mark.parametrize("guid", ["0", "", " ", "None", "#"])
def test_guids_that_say_nothing(guid: str) -> None:
    assert trusted_guids([(guid, "a")]) == set()


@given(st.lists(st.tuples(st.none() | st.sampled_from("abcd"), st.sampled_from("123"))))
def test_a_guid_that_names_several_addresses_at_once_is_not_trusted(named: list[tuple[str | None, str]]) -> None:
    trusted = trusted_guids(named)
    for guid in {guid for guid, _ in named if guid is not None}:
        assert (guid in trusted) == (len({address for other, address in named if other == guid}) == 1)


def test_the_guids_of_another_source_are_its_own(database: Database) -> None:
    found(database, link("/1", guid="g-1"))
    read(database, "/1")
    found(database, link("/2", guid="g-1"), source="other")
    assert twin(database, page_id(database, "/2"), LONG) is None


def test_a_changed_guid_at_the_same_address_is_no_new_page(database: Database) -> None:
    found(database, link("/1", guid="g-1"))
    read(database, "/1")
    assert found(database, link("/1", guid="g-2")) == 0


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"title": "Aquila buys Borealis"}, {"title": "Aquila to buy Borealis"}),
        ({"updated": "2026-11-05T10:00:00Z"}, {"updated": "2026-11-05T12:00:00Z"}),
        ({"published": "2026-11-05"}, {"published": "2026-11-06"}),
    ],
)
def test_an_edit_that_the_source_tells_of_is_fetched(
    database: Database, before: dict[str, str], now: dict[str, str]
) -> None:
    found(database, link("/1", **before))
    page = read(database, "/1")
    found(database, link("/1", **before), now=LATER)
    assert state(database, page)[0] is PageState.READ
    found(database, link("/1", **now), source="other", now=LATER)  # two sources may differ for ever
    assert state(database, page)[0] is PageState.READ
    found(database, link("/1", **now), now=LATER)
    assert state(database, page) == (PageState.FOUND, LATER)


def test_a_title_in_other_case_and_spaces_is_no_edit(database: Database) -> None:
    found(database, link("/1", title="Aquila buys Borealis"))
    page = read(database, "/1")
    found(database, link("/1", title="AQUILA  buys Borealis "), now=LATER)
    assert state(database, page)[0] is PageState.READ


def test_a_page_that_is_edited_for_ever_is_fetched_ever_more_rarely(database: Database) -> None:
    found(database, link("/1", title="0"))
    page = read(database, "/1")
    at, waits = NOW, []
    for number in range(1, 12):
        found(database, link("/1", title=str(number)), now=at)
        now_state, due = state(database, page)
        assert now_state is PageState.FOUND
        waits.append(due - at)
        at = due
        read(database, "/1", LONG, now=at)  # nothing new in it
    assert waits[0] == timedelta()
    assert waits == sorted(waits)
    assert waits[1] >= timedelta(hours=6)
    assert waits[-1] > 30 * DAY


def test_a_fetch_that_brought_something_ends_the_waiting(database: Database) -> None:
    found(database, link("/1", title="0"))
    page = read(database, "/1")
    at = NOW
    for number in range(1, 5):
        found(database, link("/1", title=str(number)), now=at)
        at = max(at, state(database, page)[1])
        read(database, "/1", f"{LONG} Edited for the {number}th time.", now=at)
        edited = make_report(f"{LONG} Edited", headline=str(number))
        with database.session() as session:
            articles.save_article(session, page, make_article(f"{LONG} Edited"), [edited], at)
    assert at - NOW <= timedelta(hours=18)


def test_what_an_article_said_before_an_edit_is_kept(database: Database) -> None:
    found(database, link("/1"))
    page = read(database, "/1")
    edited = LONG.replace("$2.5", "$2.7")
    read(database, "/1", edited, now=LATER)
    with database.reading() as session:
        revisions = session.scalars(select(ArticleRevision)).all()
        assert [(row.text, row.title, row.replaced_at) for row in revisions] == [(LONG, LONG.split("\n")[0], LATER)]
        assert session.scalars(select(Article)).one().page_id == page


def test_another_reading_of_the_same_bytes_is_no_edit(database: Database) -> None:
    found(database, link("/1"))
    page = read(database, "/1")
    with database.session() as session:
        better = f"{LONG} And a line that was missed."
        articles.save_article(session, page, make_article(better), [make_report(better)], LATER)
        assert session.scalars(select(ArticleRevision)).all() == []


def test_looking_again_writes_nothing(database: Database) -> None:
    links = [link("/1", guid="g-1", title="One", updated="x"), link("/2", guid="g-2", title="Two")]
    found(database, *links)
    read(database, "/1")
    with database.reading() as session:
        before = contents(session)
    assert found(database, *links, now=LATER) == 0
    with database.reading() as session:
        assert contents(session) == before
