"""The record of digests written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta, timezone

from storage.database import Database
from storage.digests import DigestRecord, digest_of, digested_until, list_digests, record_digest
from tests.storage.builders import NOW

WEEK = DigestRecord(
    name="weekly",
    format="csv",
    since=date(2026, 10, 30),
    until=date(2026, 11, 5),
    path="digests/weekly-2026-11-05.csv",
    deals=12,
    sha256="0" * 64,
    written_at=NOW,
)


def test_the_last_digest_of_a_period_is_found(database: Database) -> None:
    newer = replace(WEEK, written_at=NOW + timedelta(days=7), deals=3)
    with database.session() as session:
        assert digest_of(session, "weekly", WEEK.since, WEEK.until) is None
        for digest in (newer, WEEK, replace(WEEK, name="all", since=None, until=None)):
            record_digest(session, digest)
    with database.reading() as session:
        assert digest_of(session, "weekly", WEEK.since, WEEK.until) == newer
        assert digest_of(session, "weekly", None, WEEK.until) is None
        assert digest_of(session, "all", None, None) is not None
        assert [digest.name for digest in list_digests(session, limit=2)] == ["weekly", "all"]


def test_digests_cover_the_days_up_to_the_end_of_the_last_period_that_was_over(database: Database) -> None:
    with database.session() as session:
        assert digested_until(session, "weekly", UTC) is None
        # Written on the evening of its last day, so it lacks what came after.
        record_digest(session, WEEK)
        assert digested_until(session, "weekly", UTC) is None
        assert digested_until(session, "weekly", timezone(timedelta(hours=14))) == WEEK.until
        record_digest(session, replace(WEEK, until=date(2026, 10, 29)))
        record_digest(session, replace(WEEK, until=date(2026, 10, 1), written_at=NOW + timedelta(days=1)))
        record_digest(session, replace(WEEK, until=None, written_at=NOW + timedelta(days=1)))
        assert digested_until(session, "weekly", UTC) == date(2026, 10, 29)
