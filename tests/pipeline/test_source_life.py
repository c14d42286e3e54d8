"""The life of a source, poll by poll, against a real server under a clock that is set by hand."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pipeline.alarms import AlarmKind, Condition
from pipeline.ingestion import IngestResult, ingest
from pipeline.rhythm import Pace
from pipeline.source_report import SourceReport, reports_of
from scrapers.http import HttpClient, HttpSettings
from scrapers.manners import Manners
from scrapers.sources import FeedSource, ListingSource, Source
from storage.database import Database, open_database
from storage.source_health import health, history
from storage.sources import PollOutcome, SourceState
from tests.loopback import Answer, LoopbackServer, Request
from tests.pipeline.newsroom import page, toy_extract

#: Nobody listens there, so pages of such links only wait.
NOWHERE = "http://127.0.0.1:9"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0.0, respect_robots=False, http2=False)


@dataclass
class Life:
    """One source under a clock of our own."""

    source: Source
    database: Database
    now: datetime = START
    pace: Pace = field(default_factory=Pace)
    results: list[IngestResult] = field(default_factory=list)
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    client: HttpClient | None = None

    def poll(self, *, after: timedelta = timedelta(), due_only: bool = False, ask_retired: bool = False) -> SourceState:
        """Let time pass and make one pass; what is remembered then."""
        self.now += after

        async def once() -> IngestResult:
            if self.client is None:
                manners = Manners(0.0, clock=lambda: self.now.timestamp())
                self.client = HttpClient(SETTINGS, clock=lambda: self.now, manners=manners)
            return await ingest(
                [self.source],
                self.database,
                self.client,
                now=lambda: self.now,
                extract=toy_extract,
                pace={self.source.name: self.pace},
                due_only=due_only,
                ask_retired=ask_retired,
                chance=lambda: 0.5,
            )

        self.results.append(self.runner.run(once()))
        return self.state

    def close(self) -> None:
        """Hang up."""
        if self.client is not None:
            self.runner.run(self.client.__aexit__(None, None, None))
        self.runner.close()

    def next_poll(self) -> SourceState:
        """Let time pass until the source is due, and poll it as the service does."""
        due = self.state.next_poll_at
        assert due is not None
        return self.poll(after=due - self.now, due_only=True)

    @property
    def state(self) -> SourceState:
        with self.database.reading() as session:
            return health(session)[0].state

    @property
    def report(self) -> SourceReport:
        with self.database.reading() as session:
            return reports_of([self.source], health(session), self.now)[0]

    @property
    def condition(self) -> str:
        return self.report.condition.value

    @property
    def alarms(self) -> list[AlarmKind]:
        return [alarm.kind for alarm in self.report.alarms]

    @property
    def interval(self) -> timedelta:
        state = self.state
        assert state.next_poll_at is not None
        return state.next_poll_at - self.now


def rss(numbers: Sequence[int], dates: Sequence[datetime] = (), *, head: str = "", base: str = NOWHERE) -> bytes:
    """A feed of these items."""
    when = [f"<pubDate>{format_datetime(day)}</pubDate>" for day in dates] or [""] * len(numbers)
    items = "".join(
        f"<item><title>item {n}</title><link>{base}/{n}</link>{day}</item>"
        for n, day in zip(numbers, when, strict=True)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{head}{items}</channel></rss>'.encode()


def hourly(newest: datetime, *, every: timedelta = HOUR, count: int = 20) -> bytes:
    """A feed that has brought an item in each such time, the newest at its last full time."""
    last = int(newest.timestamp() // every.total_seconds())
    numbers = range(last, last - count, -1)
    return rss(numbers, [datetime.fromtimestamp(n * every.total_seconds(), UTC) for n in numbers])


@pytest.fixture
def database(tmp_path: Path, sqlite_tables: Path) -> Iterator[Database]:
    """On SQLite alone: storage's own tests show that the same is kept on PostgreSQL."""
    shutil.copyfile(sqlite_tables, tmp_path / "dealwire.db")
    with open_database(f"sqlite:///{tmp_path / 'dealwire.db'}") as opened:
        yield opened


@pytest.fixture
def live(database: Database) -> Iterator[Callable[[Source], Life]]:
    """Begins the life of a source."""
    lives: list[Life] = []

    def begin(source: Source) -> Life:
        lives.append(Life(source, database))
        return lives[-1]

    yield begin
    for life in lives:
        life.close()


@pytest.fixture
def life(server: LoopbackServer, live: Callable[[Source], Life]) -> Life:
    return live(FeedSource("wire", server.url("/feed.xml")))


# -- rhythm ----------------------------------------------------------------------------------------------------------


def test_a_busy_source_is_polled_sooner_and_a_quiet_one_later(
    server: LoopbackServer, live: Callable[[Source], Life]
) -> None:
    intervals = {}
    for minutes in (5, 60, 8 * 60, 7 * 24 * 60):
        every = timedelta(minutes=minutes)
        path = f"/{minutes}.xml"
        server.add(path, hourly(START, every=every))
        one = live(FeedSource(f"every {minutes} minutes", server.url(path)))
        one.poll()
        with one.database.reading() as session:
            (state,) = (entry.state for entry in health(session) if entry.state.name == one.source.name)
        assert state.next_poll_at is not None
        intervals[minutes] = state.next_poll_at - START
    assert intervals == {
        5: timedelta(minutes=10),  # the shortest
        60: timedelta(minutes=10),
        8 * 60: HOUR,
        7 * 24 * 60: timedelta(hours=6),  # the longest
    }


def test_a_list_that_is_replaced_soon_is_polled_sooner_and_warned_of(server: LoopbackServer, life: Life) -> None:
    """Ten items, all of them new after an hour: some may have come and gone."""
    every = timedelta(minutes=2)
    server.add_handler("/feed.xml", lambda _: Answer(hourly(life.now, every=every, count=10)))
    life.pace = Pace(shortest=timedelta(minutes=1))
    life.poll()
    assert AlarmKind.MISSED_ITEMS not in life.alarms
    state = life.poll(after=HOUR)
    assert state.overlap == 0.0
    assert life.condition == Condition.MISSING.value
    assert "items may have been missed" in life.report.alarms[0].message
    state = life.next_poll()
    while (state.overlap or 0) < 0.6:
        state = life.next_poll()
        assert life.now - START < timedelta(hours=3)
    # It stays where two of three links are known, and the alarm ends a day after the last loss.
    assert timedelta(minutes=1) <= life.interval <= timedelta(minutes=7)
    assert life.alarms == [AlarmKind.MISSED_ITEMS]
    state = life.poll(after=timedelta(minutes=6))
    life.now += timedelta(hours=25)
    assert life.alarms == []


def test_a_fixed_interval_is_kept_unless_the_server_asks_for_more(server: LoopbackServer, life: Life) -> None:
    life.pace = Pace(every=timedelta(minutes=15), fixed=True)
    server.add("/feed.xml", hourly(START, every=timedelta(days=7)))
    life.poll()
    assert life.interval == timedelta(minutes=15)
    server.add("/feed.xml", hourly(START), headers={"Cache-Control": "max-age=3600"})
    life.next_poll()
    assert life.interval == HOUR
    assert life.state.next_poll_why == "it says that it stays the same for 1 h"


@pytest.mark.parametrize(
    ("headers", "head", "expected"),
    [
        ({"Cache-Control": "max-age=7200"}, "", timedelta(hours=2)),
        ({}, "<ttl>90</ttl>", timedelta(minutes=90)),
        ({"Cache-Control": "max-age=60"}, "<ttl>180</ttl>", timedelta(hours=3)),
        ({"Cache-Control": "max-age=31536000"}, "", timedelta(hours=6)),  # the longest
        ({"Cache-Control": "no-cache"}, "<ttl>0</ttl>", timedelta(minutes=10)),
    ],
)
def test_what_the_server_says_of_time_is_heard(
    server: LoopbackServer, life: Life, headers: dict[str, str], head: str, expected: timedelta
) -> None:
    numbers = range(20)
    dates = [START - timedelta(minutes=30 * n) for n in numbers]
    server.add("/feed.xml", rss(numbers, dates, head=head), headers=headers | {"ETag": '"1"'})
    life.poll()
    assert life.interval == expected
    life.next_poll()  # a ttl holds as long as the document is the same
    assert life.state.last_poll_at == START + expected
    assert life.interval == expected


# -- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_to(server: LoopbackServer, life: Life, status: int) -> None:
    server.add("/feed.xml", status=status, headers={"Retry-After": "7200"})
    life.poll()
    assert life.interval >= timedelta(hours=2)
    assert "asks to be left alone for 2 h" in (life.state.next_poll_why or "")
    assert life.condition == Condition.PAUSED.value
    early = life.poll(after=timedelta(minutes=119), due_only=True)
    assert early.polls == 1
    server.add("/feed.xml", hourly(START))
    back = life.poll(after=timedelta(minutes=2), due_only=True)
    assert (back.polls, back.failures_in_row, back.successes_in_row) == (2, 0, 1)
    assert life.condition == Condition.OK.value


def test_a_source_that_is_not_found_alarms_but_is_never_given_up(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", hourly(START))
    life.poll()
    server.add("/feed.xml", status=404)
    for _ in range(20):
        life.next_poll()
        assert life.interval <= timedelta(days=1)
    assert life.condition == Condition.FAILING.value
    assert "20 polls in a row failed" in life.report.alarms[0].message
    assert "404" in life.report.alarms[0].message
    server.add("/feed.xml", hourly(life.now))
    life.next_poll()
    assert life.alarms == [AlarmKind.MISSED_ITEMS]  # in all that time, they may
    with life.database.reading() as session:
        outcomes = [poll.outcome for poll in history(session, "wire")]
    assert outcomes == [PollOutcome.CHANGED, *[PollOutcome.FAILED] * 20, PollOutcome.CHANGED]


def test_a_source_that_never_worked_says_so(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", b"<html><body>Welcome</body></html>", headers={"Content-Type": "text/html"})
    for _ in range(3):
        life.poll(after=timedelta(days=1))
    assert life.alarms == [AlarmKind.NEVER_WORKED]


def test_alarms_are_told_when_they_begin_and_when_they_end(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", hourly(START))
    life.poll()
    server.add("/feed.xml", status=500)
    for _ in range(5):
        life.poll(after=timedelta(hours=2))
    server.add("/feed.xml", hourly(START))
    life.poll(after=timedelta(hours=2))
    told = [str(news) for result in life.results for news in result.alarms]
    assert len(told) == 2
    assert told[0].startswith("ALARM wire: failing: 3 polls in a row failed since 2026-03-02 10:00 UTC")
    assert told[1] == "alarm over wire: failing, since 2026-03-02 14:00 UTC"


def test_a_source_that_is_gone_is_retired_with_a_word(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", status=410)
    life.poll()
    assert life.condition == Condition.RETIRED.value
    assert "gone for good (410)" in life.report.remarks
    life.poll(after=timedelta(days=30), due_only=True)
    life.poll()
    assert server.count("/feed.xml") == 1
    life.poll(ask_retired=True)  # as by name at the shell
    assert server.count("/feed.xml") == 2
    assert life.condition == Condition.RETIRED.value
    server.add("/feed.xml", hourly(life.now))
    life.poll(ask_retired=True)
    assert life.condition == Condition.OK.value
    assert life.poll(after=timedelta(days=1), due_only=True).polls == 4


def test_a_retired_source_comes_back_when_it_is_configured_anew(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", status=410)
    life.poll()
    life.source = FeedSource("wire", server.add("/new.xml", hourly(START)))
    life.poll(due_only=True)
    assert server.count("/new.xml") == 1
    assert life.condition == Condition.OK.value


# -- conditional requests --------------------------------------------------------------------------------------------


def test_a_server_that_always_says_unchanged_is_found_out(server: LoopbackServer, life: Life) -> None:
    """Within a day; from then on it is asked without its validators."""

    def lie(request: Request) -> Answer:
        if "if-none-match" in request.headers:
            return Answer(b"", 304, {"ETag": '"same"'})
        return Answer(hourly(life.now), 200, {"ETag": '"same"'})

    server.add_handler("/feed.xml", lie)
    life.poll()
    polls = 0
    while life.next_poll().distrusted_since is None:
        polls += 1
        assert life.state.last_new == 0
        assert life.now - START <= timedelta(hours=25)
    assert polls > 10
    assert life.state.last_new > 0
    found = life.now
    state = life.poll(after=HOUR)
    assert state.last_new == 1
    assert all("if-none-match" not in request.headers for request in server.requests[-1:])
    life.poll(after=found + timedelta(days=30) - life.now)  # it may have been mended
    assert ["if-none-match" in request.headers for request in server.requests[-2:]] == [True, False]
    assert life.state.distrusted_since == life.now


def test_an_honest_server_is_checked_once_a_day_and_believed(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", hourly(START), headers={"ETag": '"1"'})
    life.poll()
    for _ in range(48):
        life.poll(after=HOUR)
    full = [request for request in server.requests if "if-none-match" not in request.headers]
    assert len(full) == 3  # the first, and one for each day
    assert life.state.distrusted_since is None
    assert life.state.etag == '"1"'


# -- moves -----------------------------------------------------------------------------------------------------------


def test_a_move_is_followed_for_good_once_it_has_lasted(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", status=301, headers={"Location": "/new.xml"})
    server.add("/new.xml", hourly(START))
    for _ in range(24):
        life.poll(after=HOUR)
    assert life.report.polled_url == server.url("/feed.xml")
    life.poll(after=2 * HOUR)
    assert life.report.polled_url == server.url("/new.xml")
    assert f"moved to {server.url('/new.xml')}" in life.report.remarks
    asked = server.count("/feed.xml")
    life.poll(after=HOUR)
    assert server.count("/feed.xml") == asked
    # The configuration keeps its address; a new one there forgets the move.
    life.source = FeedSource("wire", server.add("/third.xml", hourly(START)))
    life.poll(after=HOUR)
    assert life.report.polled_url == server.url("/third.xml")


def test_a_move_that_does_not_last_is_forgotten(server: LoopbackServer, life: Life) -> None:
    server.add("/new.xml", hourly(START))
    server.add("/feed.xml", status=308, headers={"Location": "/new.xml"})
    for _ in range(10):
        life.poll(after=HOUR)
    server.add("/feed.xml", hourly(START))
    life.poll(after=HOUR)
    server.add("/feed.xml", status=308, headers={"Location": "/new.xml"})
    for _ in range(20):
        life.poll(after=HOUR)
    assert life.report.polled_url == server.url("/feed.xml")


def test_where_the_new_address_dies_the_configured_one_is_asked_again(server: LoopbackServer, life: Life) -> None:
    server.add("/new.xml", hourly(START))
    server.add("/feed.xml", status=301, headers={"Location": "/new.xml"})
    for _ in range(14):
        life.poll(after=2 * HOUR)
    assert life.report.polled_url == server.url("/new.xml")
    server.add("/new.xml", status=410)
    server.add("/feed.xml", hourly(START))
    life.poll(after=HOUR)
    assert life.state.retired_at is None
    life.next_poll()
    assert life.condition == Condition.OK.value
    assert life.report.polled_url == server.url("/feed.xml")


# -- silence and layouts ---------------------------------------------------------------------------------------------


def test_silence_is_an_alarm_when_it_is_longer_than_usual(server: LoopbackServer, life: Life) -> None:
    """Ten days of an item every six hours, but for weekends; then nothing."""
    days = [START - timedelta(hours=6 * n) for n in range(56)]
    days = [day for day in days if day.weekday() < 5][:40]
    server.add("/feed.xml", rss(range(len(days)), days))
    assert life.poll().arrivals[-1] == int(START.timestamp())
    while not life.state.alarms:
        life.poll(after=timedelta(hours=6))
        assert life.now - START < timedelta(days=10)
    assert life.alarms == [AlarmKind.SILENT]
    assert timedelta(days=4) < life.now - START < timedelta(days=6)  # two of its weekends
    assert life.condition == Condition.QUIET.value
    assert life.report.alarms[0].message.startswith("nothing new for 4.8 d; there used to be something every 8.5 h")
    server.add("/feed.xml", rss(range(99, 79, -1), [life.now] * 20))
    life.poll(after=HOUR)
    assert AlarmKind.SILENT not in life.alarms


def test_a_feed_that_has_long_been_dead_is_told_at_the_first_look(server: LoopbackServer, life: Life) -> None:
    server.add("/feed.xml", hourly(START - timedelta(days=800), every=timedelta(days=2)))
    life.poll()
    assert life.alarms == [AlarmKind.SILENT]


def test_a_newsroom_that_changed_its_layout_is_told_of(server: LoopbackServer, live: Callable[[Source], Life]) -> None:
    links = "".join(f'<li class="item"><a href="{NOWHERE}/{n}">A headline, number {n}</a></li>' for n in range(10))
    server.add("/news", f"<html><body><ul>{links}</ul></body></html>".encode(), headers={"Content-Type": "text/html"})
    life = live(ListingSource("room", server.url("/news"), "li.item"))
    life.poll()
    changed = links.replace('"item"', '"card"')
    server.add("/news", f"<html><body><ul>{changed}</ul></body></html>".encode(), headers={"Content-Type": "text/html"})
    life.poll(after=HOUR)
    assert life.alarms == [AlarmKind.LAYOUT_CHANGED]
    [alarm] = life.report.alarms
    assert "without a single link since 2026-03-02 09:00 UTC; there were 10 before" in alarm.message
    assert "correct its selectors" in alarm.advice
    assert [str(news)[:27] for news in life.results[-1].alarms] == ["ALARM room: layout changed:"]


def test_pages_that_became_short_or_unreadable_are_told_of(server: LoopbackServer, life: Life) -> None:
    long = "The two companies will share what they know of optical links, and build a common plant for them. " * 20
    for number in range(12):
        server.add(f"/{number}", page(long, title=f"News {number}"), headers={"Content-Type": "text/html"})
    for number in range(12, 17):
        body = page(title=f"News {number}")
        server.add(f"/{number}", body, headers={"Content-Type": "text/html"})
    for number in range(17, 22):
        server.add(f"/{number}", status=403)
    server.add("/feed.xml", rss(range(12), base=server.url("")))
    life.poll()
    assert life.alarms == []
    server.add("/feed.xml", rss(range(17), base=server.url("")))
    state = life.poll(after=HOUR)
    assert len(state.texts) == 17
    assert life.alarms == [AlarmKind.LAYOUT_CHANGED]
    assert "the texts of its last 5 pages" in life.report.alarms[0].message
    server.add("/feed.xml", rss(range(22), base=server.url("")))
    life.poll(after=HOUR)
    assert "none of its last 5 pages could be read" in life.report.alarms[0].message
    entry = life.report.health
    assert entry is not None
    assert (entry.lately.pages_read, entry.lately.pages_failed, entry.lately.new) == (17, 5, 22)
