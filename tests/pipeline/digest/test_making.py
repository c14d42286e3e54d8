"""Digests are whole or not there; those of what is new tell every change once."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config_digests import DigestFormat
from pipeline.digest import making
from pipeline.digest.making import Made, Wanted, file_in, make
from pipeline.digest.outbox import Outbox
from pipeline.digest.periods import span_between
from pipeline.digest.writing import Writer
from pipeline.spreadsheet import read_csv
from storage import articles, deals
from storage.database import Database, open_database
from storage.deals import DealQuery
from storage.deliveries import deliveries_of
from storage.digests import list_digests
from storage.errors import DatabaseLocked, DigestOvertaken
from storage.vocabulary import DeliveryState, Status
from tests.databases import read_only
from tests.storage.builders import NOW, add_deal, facts_from, make_report


def wanted(folder: Path, form: DigestFormat = DigestFormat.CSV, **changes: object) -> Wanted:
    """A digest of what is new to the readers of ``news``."""
    asked = Wanted(
        name="news",
        query=DealQuery(technology=None),
        span=None,
        form=form,
        file=file_in(folder, "news", form),
        zone=UTC,
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


EVER = span_between(None, None)


def a_deal(database: Database, number: int, now: datetime = NOW) -> int:
    with database.session() as session:
        return add_deal(session, f"https://wire.example/{number}", make_report(headline=f"Deal {number}"))


def change(database: Database, deal_id: int, now: datetime, **facts: object) -> None:
    with database.session() as session:
        (stored, *_) = articles.reports_of_deal(session, deal_id)
        deals.save_deal(session, facts_from(stored, **facts), [stored.id], now=now, deal_id=deal_id, because=stored.id)


def told(made: Made) -> set[int]:
    """The numbers of the deals in a digest's CSV."""
    if made.path is None:
        return set()
    rows = [int(row["deal_id"]) for row in read_csv(made.path)]
    assert len(set(rows)) == len(rows) == made.deals
    return set(rows)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_deal_is_told_once_and_again_when_it_changed(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "digests"
    first, second = a_deal(database, 1), a_deal(database, 2)
    assert told(make(database, wanted(folder), now=NOW)) == {first, second}
    change(database, second, NOW, status=Status.COMPLETED)  # of the same moment as the digest
    third = a_deal(database, 3)  # committed after the digest, and dated long before it
    change(database, third, NOW - timedelta(days=30), status=Status.RUMORED)
    assert told(make(database, wanted(folder), now=NOW)) == {second, third}
    nothing = make(database, wanted(folder), now=NOW)
    assert (nothing.label, nothing.path, nothing.deals) == ("2026-11-05-no3", None, 0)
    assert told(make(database, wanted(folder, name="others"), now=NOW)) == {first, second, third}
    assert files(folder) == ["news-2026-11-05-no1.csv", "news-2026-11-05-no2.csv"]


def test_a_deal_that_comes_while_a_digest_is_written_is_in_the_next(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[int] = []
    first = a_deal(database, 1)
    write = Writer.write

    def slow(writer: Writer, *arguments: object) -> int:
        count = write(writer, *arguments)  # type: ignore[arg-type]
        if not late:
            late.append(a_deal(database, 2))
            change(database, first, NOW, status=Status.COMPLETED)
        return count

    monkeypatch.setattr(Writer, "write", slow)
    assert told(make(database, wanted(tmp_path), now=NOW)) == {first}
    made = make(database, wanted(tmp_path), now=NOW)
    assert told(made) == {first, *late}


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["new", "change", "digest"]), st.integers(0, 5), st.integers(-100, 100)), max_size=25
)


@settings(max_examples=15)
@given(OPERATIONS)
def test_nothing_is_lost_and_nothing_told_twice_whatever_the_clock_says(operations: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name, open_database(f"sqlite:///{name}/deals.db") as database:
        known: list[int] = []
        due: set[int] = set()
        for count, (what, which, seconds) in enumerate([*operations, ("digest", 0, 0)]):
            now = NOW + timedelta(seconds=seconds)
            if what == "digest":
                assert told(make(database, wanted(Path(name)), now=now)) == due
                due = set()
            elif what == "new" or not known:
                known.append(a_deal(database, count, now))
                due.add(known[-1])
            else:
                deal_id = known[which % len(known)]
                change(database, deal_id, now, headline=f"Changed {count}")
                due.add(deal_id)


def test_two_at_once_tell_it_once(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = a_deal(database, 1), a_deal(database, 2)
    parts = making._parts
    ours: list[int] = []

    def overtaken(*arguments: object) -> dict[str, bytes]:
        if not ours:  # another process makes the same digest between our reading and our writing
            ours.append(1)
            other = make(database, wanted(tmp_path), now=NOW)
            assert told(other) == {first, second}
            change(database, second, NOW, status=Status.COMPLETED)
        return parts(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "_parts", overtaken)
    made = make(database, wanted(tmp_path), now=NOW)
    assert told(made) == {second}
    assert files(tmp_path)[-2:] == ["news-2026-11-05-no1.csv", "news-2026-11-05-no2.csv"]


def test_what_is_overtaken_again_and_again_is_told(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_deal(database, 1)
    make(database, wanted(tmp_path), now=NOW)
    monkeypatch.setattr(making, "next_number", lambda session, name: 1)
    with pytest.raises(DigestOvertaken, match="news number 1 meanwhile"):
        make(database, wanted(tmp_path), now=NOW)
    assert [name for name in files(tmp_path) if "part" in name] == []


def test_marks_tell_what_is_new_and_what_changed(database: Database, tmp_path: Path) -> None:
    first = a_deal(database, 1)
    make(database, wanted(tmp_path), now=NOW)
    change(database, first, NOW, status=Status.COMPLETED)
    change(database, first, NOW, status=Status.COMPLETED, headline="Deal 1 is closed")
    a_deal(database, 2)
    made = make(database, wanted(tmp_path, DigestFormat.MARKDOWN), now=NOW)
    assert made.path is not None
    text = made.path.read_text("utf-8")
    assert "**updated: status announced → completed; headline**" in text
    assert text.count("**new**") == 1
    week = span_between(date(2026, 11, 5), date(2026, 11, 8))
    made = make(database, wanted(tmp_path, DigestFormat.MARKDOWN, span=week), now=NOW)
    assert made.path is not None
    assert made.path.read_text("utf-8").count("**new**") == 2


def test_json_lines_are_those_of_the_deals_command(database: Database, tmp_path: Path) -> None:
    first, second = a_deal(database, 1), a_deal(database, 2)
    made = make(database, wanted(tmp_path, DigestFormat.JSONL), now=NOW)
    assert made.path is not None
    lines = [json.loads(line) for line in made.path.read_text("utf-8").splitlines()]
    assert {line["id"] for line in lines} == {first, second}
    assert lines[0]["evidence"]


def test_a_file_is_recorded_with_its_hash(database: Database, tmp_path: Path) -> None:
    a_deal(database, 1)
    asked = wanted(tmp_path / "new", span=EVER, byte_order_mark=True)
    made = make(database, asked, now=NOW)
    assert made.path == tmp_path / "new" / "news-all.csv"
    assert made.path.read_bytes().startswith(b"\xef\xbb\xbfdeal_id")
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    with database.reading() as session:
        (record,) = list_digests(session)
        (delivery,) = deliveries_of(session, [record.id])
    assert (record.path, record.deals, record.sha256, record.label) == (str(made.path), 1, made.sha256, "all")
    assert (delivery.target, delivery.state) == (record.path, DeliveryState.DELIVERED)


def test_what_could_not_be_finished_leaves_the_old_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news-all.csv"
    path.write_text("old")

    def breaking(*_: object) -> int:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Writer, "write", breaking)
    with pytest.raises(RuntimeError):
        make(database, wanted(tmp_path, span=EVER), now=NOW)
    assert path.read_text() == "old"
    assert files(tmp_path)[-1] == "news-all.csv"
    assert not list(tmp_path.glob(".*.part"))


def test_no_device_is_replaced(database: Database, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="no plain file"):
        make(database, wanted(tmp_path, span=EVER, file=lambda _: tmp_path / "taken"), now=NOW)


def test_a_database_that_can_only_be_read_gives_files_of_periods(ready_url: str, tmp_path: Path) -> None:
    with open_database(ready_url) as database:
        a_deal(database, 1)
    with open_database(read_only(ready_url)) as database:
        assert make(database, wanted(tmp_path, span=EVER), now=NOW).deals == 1
    assert len(read_csv(tmp_path / "news-all.csv")) == 1
    assert not list(tmp_path.glob(".*.part"))


Break = Callable[[pytest.MonkeyPatch], None]


class Killed(BaseException):
    """The process is gone: nothing of ours runs any more."""


def _killed(*_: object, **__: object) -> object:
    raise Killed


@pytest.mark.parametrize("where", ["put_in_place", "_mark_file"])
def test_what_was_written_down_is_finished_by_whoever_comes_next(
    where: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_deal(database, 1)
    with monkeypatch.context() as patch:
        patch.setattr(making, where, _killed)
        with pytest.raises(Killed):
            make(database, wanted(tmp_path), now=NOW)
    outbox = Outbox(database, {}, lambda: NOW, lambda _: None)
    assert outbox.send_due().delivered == 1
    assert outbox.send_due().delivered == 0
    (row,) = read_csv(tmp_path / "news-2026-11-05-no1.csv")
    assert row["deal_id"] == str(first)
    assert make(database, wanted(tmp_path), now=NOW).deals == 0


def test_an_older_file_does_not_take_the_place_of_a_newer(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(making, "put_in_place", _killed)
        with pytest.raises(Killed):
            make(database, wanted(tmp_path, span=EVER), now=NOW)
    a_deal(database, 1)
    make(database, wanted(tmp_path, span=EVER), now=NOW)
    assert Outbox(database, {}, lambda: NOW, lambda _: None).send_due().delivered == 1
    assert len(read_csv(tmp_path / "news-all.csv")) == 1
    assert not list(tmp_path.glob(".*.part"))


def test_killed_before_it_was_written_down_it_was_never_there(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_deal(database, 1)
    with monkeypatch.context() as patch:
        patch.setattr(making, "_record", _killed)
        with pytest.raises(Killed):
            make(database, wanted(tmp_path), now=NOW)
    assert told(make(database, wanted(tmp_path), now=NOW)) == {first}


def test_a_locked_database_costs_a_digest_of_what_is_new_but_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_deal(database, 1)

    def locked(*_: object) -> tuple[int, int]:
        raise DatabaseLocked("someone else writes")

    monkeypatch.setattr(making, "_record", locked)
    with pytest.raises(DatabaseLocked):
        make(database, wanted(tmp_path), now=NOW)
    assert not list(tmp_path.glob(".*.part"))
    assert make(database, wanted(tmp_path, span=EVER), now=NOW).deals == 1
