"""Sources: when they are due and how they do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import pages, sources
from storage.database import Database
from storage.errors import NotFound
from storage.sources import SourceValidators
from tests.storage.builders import LATER, NOW, add_deal, add_page, contents

FEED = ("wire", "feed", "https://wire.example/feed")
ROOM = ("newsroom", "listing", "https://maker.example/news")


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
        wire = {source.name: source for source in sources.health(session)}["wire"]
        assert (wire.active, wire.pages_found) == (False, 1)
        sources.sync_sources(session, [FEED], NOW)
        assert sources.due_sources(session, NOW) == ["wire", "newsroom"]


def test_a_good_poll_sets_the_next_and_keeps_the_validators(database: Database) -> None:
    validators = SourceValidators('"v1"', "Thu, 05 Nov 2026 10:00:00 GMT", "abc", "page 7")
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        assert sources.validators_of(session, "wire") == SourceValidators()
        sources.record_poll(
            session,
            "wire",
            now=NOW,
            validators=validators,
            found=20,
            new=3,
            not_modified=False,
            notes=["two entries without a link"],
            next_poll_at=LATER,
        )
    with database.session() as session:
        assert sources.validators_of(session, "wire") == validators
        assert sources.due_sources(session, LATER - timedelta(seconds=1)) == []
        assert sources.due_sources(session, LATER) == ["wire"]
        unchanged = SourceValidators()
        sources.record_poll(session, "wire", now=LATER, validators=unchanged, found=0, new=0, not_modified=True)
        (health,) = sources.health(session)
    assert (health.last_found, health.last_new, health.last_success_at) == (20, 0, LATER)
    with database.reading() as session:
        assert sources.validators_of(session, "wire") == validators


def test_failures_are_counted_until_a_poll_works(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        for times in (1, 2, 3):
            failures = sources.record_poll_failure(session, "wire", now=NOW, error="no route", next_poll_at=LATER)
            assert failures == times
        (health,) = sources.health(session)
        assert (health.failures_in_row, health.last_error, health.last_error_at) == (3, "no route", NOW)
        assert health.last_success_at is None
        none = SourceValidators()
        sources.record_poll(session, "wire", now=LATER, validators=none, found=0, new=0, not_modified=False)
        (health,) = sources.health(session)
        assert (health.failures_in_row, health.last_error) == (0, "no route")


def test_a_new_address_forgets_what_the_old_one_said(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW)
        said = SourceValidators('"v1"')
        sources.record_poll(
            session, "wire", now=NOW, validators=said, found=1, new=1, not_modified=False, next_poll_at=LATER
        )
        sources.sync_sources(session, [("wire", "feed", "https://wire.example/new-feed")], NOW)
        assert sources.validators_of(session, "wire") == SourceValidators()
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
        (health,) = sources.health(session)
    assert (health.pages_found, health.pages_read, health.pages_failed, health.pages_waiting) == (4, 1, 1, 2)
    assert health.deals == 1


def test_an_unknown_source_is_named(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(NotFound, match="'nowhere'"):
            sources.validators_of(session, "nowhere")
        with pytest.raises(NotFound, match="'nowhere'"):
            pages.add_links(session, "nowhere", [], NOW)


def test_changed_settings_forget_the_validators(database: Database) -> None:
    def synced(settings: str | None) -> str | None:
        with database.session() as session:
            sources.sync_sources(session, [FEED], NOW, settings=None if settings is None else {"wire": settings})
            etag = sources.validators_of(session, "wire").etag
            told = SourceValidators(etag="e1")
            sources.record_poll(session, "wire", now=NOW, validators=told, found=1, new=1, not_modified=False)
            return etag

    assert [synced(key) for key in ("a", "a", None, "b", "b")] == [None, "e1", "e1", None, "e1"]


def test_how_far_a_source_was_read_is_forgotten_with_its_settings_alone(database: Database) -> None:
    with database.session() as session:
        sources.sync_sources(session, [FEED, ROOM], NOW, settings={"wire": "a"})
        far = SourceValidators(cursor="record 800")
        sources.record_poll(session, "wire", now=NOW, validators=far, found=1, new=1, not_modified=False)
        add_page(session, "https://maker.example/1", source="newsroom")
    with database.session() as session:
        sources.sync_sources(session, [FEED], NOW, settings={"wire": "a"}, retire_others=True)
        assert sources.validators_of(session, "wire") == far
        sources.sync_sources(session, [FEED], NOW, settings={"wire": "b"})
        assert sources.validators_of(session, "wire") == SourceValidators()
