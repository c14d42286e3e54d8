"""The record of digests written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from storage.database import Database
from storage.digests import DigestRecord, last_digest, list_digests, record_digest
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


def test_the_last_digest_of_a_name_is_found(database: Database) -> None:
    newer = replace(WEEK, written_at=NOW + timedelta(days=7), deals=3)
    with database.session() as session:
        assert last_digest(session, "weekly") is None
        for digest in (newer, WEEK, replace(WEEK, name="daily", since=None)):
            record_digest(session, digest)
    with database.reading() as session:
        assert last_digest(session, "weekly") == newer
        assert [digest.name for digest in list_digests(session, limit=2)] == ["weekly", "daily"]
