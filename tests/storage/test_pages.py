"""The queue of pages."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import pages, sources
from storage.database import Database
from storage.errors import NotFound
from storage.pages import FetchedPage, FoundLink
from storage.vocabulary import PageState
from tests.storage.builders import LATER, NOW, add_page, contents

BODY = "<html>Aquila mua lại Borealis — 收购</html>".encode()


def link(number: int, **fields: str) -> FoundLink:
    url = f"https://wire.example/{number}"
    return FoundLink(url=f"{url}?utm_source=x", canonical_url=url, **fields)


def fetched(body: bytes = BODY) -> FetchedPage:
    return FetchedPage("https://wire.example/final", 200, "text/html; charset=utf-8", body, NOW, '"e1"', None)


def add_wire(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [("wire", "feed", "https://wire.example"), ("other", "feed", "https://o")], NOW)


def test_links_are_added_once_whatever_source_names_them(database: Database) -> None:
    add_wire(database)
    with database.session() as session:
        assert pages.add_links(session, "wire", [link(1), link(2), link(1)], NOW) == 2
    with database.session() as session:
        before = contents(session)
        assert pages.add_links(session, "wire", [link(2)], LATER) == 0
        assert pages.add_links(session, "other", [link(1)], LATER) == 0
        assert contents(session) == before
        assert pages.add_links(session, "other", [link(1), link(3)], LATER) == 1


def test_a_thousand_links_at_once_and_very_long_ones(database: Database) -> None:
    add_wire(database)
    many = [link(number) for number in range(1000)]
    long = FoundLink(url="https://wire.example/" + "a" * 9000, canonical_url="https://wire.example/" + "a" * 9000)
    with database.session() as session:
        assert pages.add_links(session, "wire", [*many, long], NOW) == 1001
        assert pages.add_links(session, "wire", [*many, long], NOW) == 0


@given(st.lists(st.text(min_size=1, max_size=12), max_size=12))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_addresses_can_be_queued(database: Database, urls: list[str]) -> None:
    add_wire(database)
    links = [FoundLink(url=url, canonical_url=url, title=url, guid=url) for url in urls]
    with database.session() as session:
        pages.add_links(session, "wire", links, NOW)
        assert all(pages.find_page(session, url) is not None for url in urls)


def test_two_workers_that_find_the_same_links_make_each_page_once(database: Database) -> None:
    add_wire(database)
    added: list[int] = []

    def add() -> None:
        with database.session() as session:
            added.append(pages.add_links(session, "wire", [link(number) for number in range(200)], NOW))

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(added) == 200
    with database.reading() as session:
        assert len(pages.due_pages(session, now=NOW, limit=1000)) == 200


def test_a_page_goes_from_found_to_fetched_to_read(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
    with database.session() as session:
        (page,) = pages.due_pages(session, now=NOW, limit=5)
        assert (page.id, page.state, page.source, page.attempts) == (page_id, PageState.FOUND, "wire", 0)
        assert pages.save_fetched(session, page_id, fetched(), NOW)
    with database.session() as session:  # as after a crash between fetching and reading
        (page,) = pages.due_pages(session, now=NOW, limit=5)
        assert (page.state, page.final_url, page.etag) == (PageState.FETCHED, "https://wire.example/final", '"e1"')
        assert pages.load_body(session, page_id) == BODY
        pages.mark_read(session, page_id, "deal", now=NOW)
    with database.session() as session:
        assert pages.due_pages(session, now=LATER, limit=5) == []
        assert not pages.save_fetched(session, page_id, fetched(), LATER)  # the same bytes: nothing to read
        assert pages.get_page(session, page_id).state is PageState.READ
        assert pages.save_fetched(session, page_id, fetched(b"edited"), LATER)
        assert pages.load_body(session, page_id) == b"edited"
        assert pages.get_page(session, page_id).state is PageState.FETCHED


@given(st.binary(max_size=3000))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_bodies_come_back_byte_for_byte(database: Database, body: bytes) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        pages.save_fetched(session, page_id, fetched(body), NOW)
    with database.reading() as session:
        assert pages.load_body(session, page_id) == body


def test_bodies_need_not_be_kept(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        pages.save_fetched(session, page_id, fetched(), NOW)
        pages.mark_read(session, page_id, "no_deal", now=NOW, keep_body=False)
        with pytest.raises(NotFound, match="no stored body"):
            pages.load_body(session, page_id)
        assert pages.stored_pages(session) == []


def test_temporary_failures_wait_and_are_set_aside_in_the_end(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        states = [
            pages.record_failure(session, page_id, f"timeout {number}", now=NOW, temporary=True, next_try_at=LATER)
            for number in range(pages.MAX_ATTEMPTS)
        ]
        assert states == [PageState.FOUND] * (pages.MAX_ATTEMPTS - 1) + [PageState.SET_ASIDE]
        assert pages.due_pages(session, now=LATER, limit=5) == []


def test_an_outage_spends_the_attempts_only_after_a_week(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")

        def fail(after: timedelta, *, out_of_reach: bool = True) -> PageState:
            at = NOW + after
            return pages.record_failure(
                session, page_id, "no", now=at, temporary=True, next_try_at=at, out_of_reach=out_of_reach
            )

        states = {fail(timedelta(hours=6 * number)) for number in range(28)}
        states |= {fail(timedelta(days=6), out_of_reach=False) for _ in range(pages.MAX_ATTEMPTS - 1)}
        assert states == {PageState.FOUND}
        assert fail(timedelta(days=7)) is PageState.SET_ASIDE


def test_a_page_tried_once_a_week_is_not_lost_at_its_second_try(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        states = [
            pages.record_failure(
                session,
                page_id,
                "no",
                now=NOW + timedelta(days=7 * number),
                temporary=True,
                next_try_at=NOW,
                out_of_reach=True,
            )
            for number in range(pages.MAX_ATTEMPTS)
        ]
        assert states == [PageState.FOUND] * (pages.MAX_ATTEMPTS - 1) + [PageState.SET_ASIDE]


def test_a_page_waits_until_its_next_try(database: Database) -> None:
    with database.session() as session:
        page_id = add_page(session, "https://wire.example/1")
        pages.record_failure(session, page_id, "503", now=NOW, temporary=True, next_try_at=LATER)
        assert pages.due_pages(session, now=LATER - timedelta(seconds=1), limit=5) == []
        assert [page.attempts for page in pages.due_pages(session, now=LATER, limit=5)] == [1]


def test_lasting_failures_are_set_aside_at_once_and_can_be_tried_again(database: Database) -> None:
    with database.session() as session:
        gone, unreadable = add_page(session, "https://wire.example/1"), add_page(session, "https://wire.example/2")
        pages.save_fetched(session, unreadable, fetched(b"\x00\x01"), NOW)
        for page_id in (gone, unreadable):
            state = pages.record_failure(session, page_id, "no good", now=NOW, temporary=False, next_try_at=LATER)
            assert state is PageState.SET_ASIDE
        assert pages.backlog(session, source_names=["wire"]) == pages.Backlog(0, None, 2)
        assert pages.retry_failed(session, now=LATER, source_names=["other"]) == 0
        assert pages.retry_failed(session, now=LATER) == 2
        states = {page.id: page.state for page in pages.due_pages(session, now=LATER, limit=5)}
        assert states == {gone: PageState.FOUND, unreadable: PageState.FOUND}  # its bytes may be those of an error


def test_what_waits_for_its_next_try_can_be_tried_now(database: Database) -> None:
    with database.session() as session:
        down, untried = add_page(session, "https://wire.example/1"), add_page(session, "https://wire.example/2")
        fresh = add_page(session, "https://wire.example/3")
        pages.save_fetched(session, untried, fetched(), NOW)
        for page_id in (down, untried):
            pages.record_failure(session, page_id, "503", now=NOW, temporary=True, next_try_at=LATER)
        assert pages.backlog(session, source_names=["wire"]) == pages.Backlog(3, NOW, 0)
        assert pages.backlog(session, source_names=["other"]) == pages.Backlog()
        assert pages.retry_failed(session, now=NOW) == 2
        due = {page.id: (page.state, page.attempts) for page in pages.due_pages(session, now=NOW, limit=5)}
        assert due == {down: (PageState.FOUND, 0), untried: (PageState.FETCHED, 0), fresh: (PageState.FOUND, 0)}


def test_pages_of_chosen_sources_and_no_more_than_asked_for(database: Database) -> None:
    with database.session() as session:
        for number in range(4):
            add_page(session, f"https://wire.example/{number}")
        other = add_page(session, "https://other.example/1", source="other")
        assert [page.id for page in pages.due_pages(session, now=NOW, limit=9, source_names=["other"])] == [other]
        assert pages.due_pages(session, now=NOW, limit=9, source_names=[]) == []
        assert len(pages.due_pages(session, now=NOW, limit=3)) == 3


def test_stored_pages_can_be_walked_in_steps(database: Database) -> None:
    with database.session() as session:
        ids = [add_page(session, f"https://wire.example/{number}") for number in range(5)]
        for page_id in ids[1:]:
            pages.save_fetched(session, page_id, fetched(), NOW)
        first = pages.stored_pages(session, limit=3)
        rest = pages.stored_pages(session, after=first[-1].id, limit=3)
        assert [page.id for page in [*first, *rest]] == ids[1:]


def test_what_is_not_there_is_named(database: Database) -> None:
    with database.session() as session:
        for missing in (pages.get_page, pages.load_body):
            with pytest.raises(NotFound, match="page 77"):
                missing(session, 77)
        with pytest.raises(NotFound, match="page 77"):
            pages.mark_read(session, 77, "deal", now=NOW)
        assert pages.find_page(session, "https://wire.example/none") is None


def test_documents_that_come_along_are_waiting_to_be_read(database: Database) -> None:
    add_wire(database)
    with database.session() as session:
        pages.add_links(session, "other", [link(1)], NOW)
    documents = [(link(1), fetched(b"older")), (link(2), fetched()), (link(2), fetched(b"again"))]
    for expected in (1, 0):
        with database.session() as session:
            assert pages.add_documents(session, "wire", documents, LATER) == expected
        with database.session() as session:
            first, second = (pages.find_page(session, f"https://wire.example/{number}") for number in (1, 2))
            assert first is not None
            assert second is not None
            assert (first.state, first.source) == (PageState.FOUND, "other")
            assert (second.state, second.fetched_at) == (PageState.FETCHED, NOW)
            assert pages.load_body(session, second.id) == BODY
            assert second in pages.due_pages(session, now=LATER, limit=10, source_names=["wire"])
            if expected == 0:
                pages.mark_read(session, second.id, "no_deal", now=LATER)


def test_a_thousand_documents_at_once(database: Database) -> None:
    add_wire(database)
    with database.session() as session:
        assert pages.add_documents(session, "wire", [(link(n), fetched()) for n in range(1000)], NOW) == 1000
    with database.session() as session:
        assert len(pages.due_pages(session, now=NOW, limit=2000)) == 1000


def test_documents_of_an_unknown_source_are_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(NotFound, match="dealwire sources"):
        pages.add_documents(session, "nobody", [(link(1), fetched())], NOW)
