"""Sources: when they are due, what is remembered of them, how they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from storage import page_identity, pages, sources
from storage.database import Database
from storage.errors import NotFound
from storage.source_health import SourceYield, health, history
from storage.sources import KEY_DIGITS, POLLS_KEPT, PagesRead, PollOutcome, PollRecord, SourceState
from tests.storage.builders import LATER, NOW, add_deal, add_page, contents

FEED = ("wire", "feed", "https://wire.example/feed")
ROOM = ("newsroom", "listing", "https://maker.example/news")


def state(session: Session, name: str = "wire") -> SourceState:
    return sources.load_states(session, [name])[name]


def save(session: Session, name: str = "wire", **changes: object) -> SourceState:
    """Remember something else of a source."""
    before = state(session, name)
    after = replace(before, **changes)  # type: ignore[arg-type]
    sources.save_state(session, before, after)
    return after


def test_sources_are_synced_once_and_known_again(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED, ROOM], NOW)
        before = contents(session)
        sources.sync_sources(session, [FEED, ROOM], LATER)
        assert contents(session) == before
        assert sources.due_sources(session, NOW) == ["wire", "newsroom"]


def test_a_source_no_longer_configured_rests_and_keeps_its_pages(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED, ROOM], NOW)
        add_page(session, "https://wire.example/1")
        sources.sync_sources(session, [ROOM], NOW, retire_others=True)
        assert sources.due_sources(session, NOW) == ["newsroom"]
        wire = {source.state.name: source for source in health(session)}["wire"]
        assert (wire.configured, wire.pages_found) == (False, 1)
        sources.sync_sources(session, [FEED], NOW)
        assert sources.due_sources(session, NOW) == ["wire", "newsroom"]


def test_all_that_is_remembered_comes_back(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        before = state(session)
        assert before == SourceState(before.id, "wire", "feed", FEED[2], NOW)
        after = replace(
            before,
            polls=3,
            etag='"v1"',
            last_modified="Thu, 05 Nov 2026 10:00:00 GMT",
            body_hash="abc",
            cursor="record 7",
            verified_at=NOW,
            distrusted_since=LATER,
            last_poll_at=NOW,
            last_success_at=NOW,
            last_error_at=LATER,
            last_error="no route",
            failures_in_row=1,
            successes_in_row=2,
            failing_since=LATER,
            last_found=20,
            last_new=3,
            last_notes=("two entries without a link",),
            next_poll_at=LATER,
            next_poll_why="something new every 2 h",
            arrivals=(1, 2, 3),
            overlap=0.25,
            turnover_seconds=600.5,
            turnover_at=NOW,
            ttl_seconds=3600.0,
            missed_at=NOW,
            empty_since=LATER,
            texts=(0, 2000),
            moved_to="https://new.example/feed",
            moved_since=NOW,
            moved_times=2,
            retired_at=LATER,
            alarms={"silent": NOW},
        )
        sources.save_state(session, before, after)
    with database.reading() as session:
        assert state(session) == after


def test_only_what_is_different_is_written(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        before = state(session)
        save(session, texts=(5,))
        sources.save_state(session, before, replace(before, polls=1))
        assert state(session) == replace(before, polls=1, texts=(5,))


def test_a_source_is_due_at_its_time_unless_it_is_retired(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED, ROOM], NOW)
        save(session, next_poll_at=LATER)
        assert sources.due_sources(session, LATER - timedelta(seconds=1)) == ["newsroom"]
        assert sources.due_sources(session, LATER) == ["newsroom", "wire"]
        save(session, retired_at=NOW)
        assert sources.due_sources(session, LATER) == ["newsroom"]
        assert sources.retired_sources(session) == {"wire"}


def test_the_last_polls_are_kept_and_no_more(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED, ROOM], NOW)
        for number in range(1, POLLS_KEPT + 4):
            before = state(session)
            at = NOW + number * timedelta(hours=1)
            failed = number % 10 == 0
            outcome = PollOutcome.FAILED if failed else PollOutcome.CHANGED
            poll = PollRecord(at, outcome, 20, 1, None if failed else 0.95, "no route" if failed else None)
            sources.record_poll(session, before, replace(before, polls=number), poll)
            sources.record_pages(session, state(session), state(session), PagesRead((), 1, 2, 3))
    with database.reading() as session:
        polls = history(session, "wire")
        assert len(polls) == POLLS_KEPT
        assert [poll.at for poll in polls] == sorted((poll.at for poll in polls), reverse=True)
        newest = polls[0]
        assert (newest.at, newest.overlap) == (NOW + timedelta(hours=POLLS_KEPT + 3), 0.95)
        assert (newest.pages_read, newest.pages_failed, newest.deals) == (1, 2, 3)
        assert (polls[3].outcome, polls[3].error, polls[3].overlap) == (PollOutcome.FAILED, "no route", None)
        lately = {entry.state.name: entry.lately for entry in health(session)}
        since = NOW + timedelta(hours=4)
        assert lately["wire"] == SourceYield(
            POLLS_KEPT, since, 5, POLLS_KEPT, POLLS_KEPT, 2 * POLLS_KEPT, 3 * POLLS_KEPT
        )
        assert lately["newsroom"] == SourceYield()
        assert history(session, "newsroom") == []


def test_a_poll_that_goes_on_takes_the_place_of_the_one_before(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        before = state(session)
        after = replace(before, polls=1)
        sources.record_poll(session, before, after, PollRecord(NOW, PollOutcome.CHANGED, 500, 500))
        sources.record_poll(session, after, after, PollRecord(LATER, PollOutcome.CHANGED, 900, 800))
        assert [(poll.at, poll.found, poll.new) for poll in history(session, "wire")] == [(LATER, 900, 800)]


def test_the_links_of_the_last_answer_are_remembered(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        wire = state(session).id
        assert sources.last_links(session, wire) == frozenset()
        keys = [page_identity.url_key(f"https://wire.example/{number}") for number in range(2000)]
        sources.keep_links(session, wire, keys)
        assert sources.last_links(session, wire) == {key[:KEY_DIGITS] for key in keys}
        sources.keep_links(session, wire, [])
        assert sources.last_links(session, wire) == frozenset()


def test_a_new_address_forgets_what_the_old_one_said(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        sources.keep_links(session, state(session).id, [page_identity.url_key("https://wire.example/1")])
        save(
            session, etag='"v1"', next_poll_at=LATER, retired_at=NOW, moved_to="https://else.example/", moved_times=4,
            arrivals=(1, 2), failures_in_row=3, failing_since=NOW, missed_at=NOW, polls=7, last_success_at=NOW,
        )  # fmt: skip
        sources.sync_sources(session, [("wire", "feed", "https://wire.example/new-feed")], NOW)
        anew = state(session)
        expected = SourceState(anew.id, "wire", "feed", "https://wire.example/new-feed", NOW)
        assert anew == replace(expected, polls=7, last_success_at=NOW)
        assert sources.last_links(session, anew.id) == frozenset()
        assert sources.due_sources(session, NOW) == ["wire"]


def test_health_counts_pages_and_deals(database: Database) -> None:
    with database.session() as session:
        add_deal(session, "https://wire.example/1")
        for number in (2, 3, 4):
            add_page(session, f"https://wire.example/{number}")
        first, second, third, _ = pages.due_pages(session, now=NOW, limit=10)
        pages.mark_read(session, first.id, "deal", now=NOW)
        pages.record_failure(session, second.id, "404", now=NOW, temporary=False, next_try_at=None)
        pages.record_failure(session, third.id, "timeout", now=NOW, temporary=True, next_try_at=LATER)
        (found,) = health(session)
    assert (found.pages_found, found.pages_read, found.pages_failed, found.pages_waiting) == (4, 1, 1, 2)
    assert found.deals == 1


def test_an_unknown_source_is_named(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(NotFound, match="'nowhere'"):
            sources.load_states(session, ["nowhere"])
        with pytest.raises(NotFound, match="'nowhere'"):
            history(session, "nowhere")
        with pytest.raises(NotFound, match="'nowhere'"):
            pages.add_links(session, "nowhere", [], NOW)


def test_changed_settings_forget_the_validators(database: Database) -> None:
    def synced(settings: str | None) -> str | None:
        with database.session() as session:
            sources.sync_sources(session, [FEED], NOW, settings=None if settings is None else {"wire": settings})
            etag = state(session).etag
            save(session, etag="e1")
            return etag

    assert [synced(key) for key in ("a", "a", None, "b", "b")] == [None, "e1", "e1", None, "e1"]


def test_how_far_a_source_was_read_is_forgotten_with_its_settings_alone(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED, ROOM], NOW, settings={"wire": "a"})
        save(session, cursor="record 800", etag="e1")
        add_page(session, "https://maker.example/1", source="newsroom")
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW, settings={"wire": "a"}, retire_others=True)
        assert (state(session).cursor, state(session).etag) == ("record 800", None)
        sources.sync_sources(session, [FEED], NOW, settings={"wire": "b"})
        assert state(session).cursor is None
