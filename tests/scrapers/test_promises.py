"""The promise of politeness, checked on the log of all requests of 200 sources on three hosts, by a clock of ours."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.errors import FetchError, HostBusy
from scrapers.headers import retry_after_seconds
from scrapers.http import HttpClient, HttpSettings
from scrapers.manners import FIRST_PAUSE_SECONDS, MAX_CRAWL_DELAY_SECONDS, Manners
from scrapers.slots import Slots
from tests.scrapers.clock import Clock

HOSTS = ("one.example", "two.example", "three.example")
ORIGINS = ("https://{}", "http://{}", "http://{}:8080")
START = datetime(2026, 11, 5, 10, tzinfo=UTC)
RETRY_AFTER = (None, "0", "-7", "3", "45", "7200", "99999999999", "soon", "Thu, 05 Nov 2026 10:05:00 GMT")
ERROR = 1e-6


@dataclass(frozen=True, slots=True)
class Robots:
    status: int
    delay: float | None


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    started: float
    ended: float
    status: int
    pause: float  # that the answer asks for, by the promise


class _Nothing(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


class Network(httpx.AsyncBaseTransport):
    """Three hosts that answer at random, and the log of what they were asked."""

    def __init__(self, clock: Clock, seed: int, robots: dict[str, Robots]) -> None:
        self._clock = clock
        self._chance = random.Random(seed)
        self._robots = robots
        self.log: dict[str, list[Asked]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, path = request.url.host, request.url.path
        started = self._clock.now
        await self._clock.sleep(self._chance.choice((0.0, 0.1, 2.0)))
        status, headers, body = self._answer(host, path)
        now = START + timedelta(seconds=self._clock.now)
        wait = retry_after_seconds(headers.get("Retry-After"), now) or 0.0
        pause = max(wait, FIRST_PAUSE_SECONDS) if status == 429 else wait if status == 503 else 0.0
        self.log[host].append(Asked(path, started, self._clock.now, status, pause))
        return httpx.Response(status, headers=headers, stream=_Nothing(body))

    def _answer(self, host: str, path: str) -> tuple[int, dict[str, str], bytes]:
        if path == "/robots.txt":
            robots = self._robots[host]
            delay = "" if robots.delay is None else f"User-agent: *\nCrawl-delay: {robots.delay}\n"
            return robots.status, {}, delay.encode()
        kind = self._chance.random()
        if kind < 0.25:
            target = self._chance.choice(ORIGINS).format(self._chance.choice(HOSTS))
            return self._chance.choice((301, 302, 307, 308)), {"Location": f"{target}/{self._chance.random()}"}, b""
        wait = self._chance.choice(RETRY_AFTER)
        headers = {} if wait is None else {"Retry-After": wait}
        if kind < 0.32:
            return 429, headers, b""
        if kind < 0.40:
            return self._chance.choice((500, 503)), headers, b""
        return 200, {}, b"fine"


ROBOTS = st.builds(
    Robots, st.sampled_from([200, 200, 200, 404, 500]), st.sampled_from([None, 0.0, 0.5, 3.0, 7.5, 90.0, 86400.0])
)


@settings(max_examples=20)
@given(
    st.integers(0, 2**32),
    st.tuples(ROBOTS, ROBOTS, ROBOTS),
    st.sampled_from([0.0, 1.0, 5.0]),
    st.sampled_from([1, 4, 300]),
)
def test_no_host_is_asked_faster_than_promised_and_never_twice_at_once(
    seed: int, robots: tuple[Robots, Robots, Robots], gap: float, slots: int
) -> None:
    clock = Clock()
    by_host = dict(zip(HOSTS, robots, strict=True))
    network = Network(clock, seed, by_host)
    chance = random.Random(seed)

    async def source(client: HttpClient, work: Slots, number: int) -> None:
        url = f"{chance.choice(ORIGINS).format(chance.choice(HOSTS))}/{number}"
        for _ in range(2):
            try:
                async with work.work():
                    await client.get(url)
            except HostBusy as busy:
                await clock.sleep(min(busy.retry_after_seconds or 0.0, 500.0))
            except FetchError:
                return

    async def go() -> None:
        work = Slots(slots)
        manners = Manners(gap, clock=clock, sleep=clock.sleep)
        client = HttpClient(
            HttpSettings(host_gap_seconds=gap),
            clock=lambda: START + timedelta(seconds=clock.now),
            manners=manners,
            transport=lambda: network,
        )
        async with client:
            await clock.run(*(asyncio.create_task(source(client, work, number)) for number in range(200)))
        assert work._free._value == slots

    asyncio.run(go())
    assert network.log
    for host, asked in network.log.items():
        rules = by_host[host]
        delay = rules.delay if rules.status == 200 and rules.delay is not None else 0.0
        told = paused_until = float("-inf")
        known_delay = 0.0
        for before, after in pairwise(asked):
            paused_until = max(paused_until, before.ended + before.pause)
            if before.path == "/robots.txt" and before.status == 200:
                known_delay = min(delay, MAX_CRAWL_DELAY_SECONDS)
                told = before.ended
            # What robots.txt asks for is known from the end of its answer on.
            promised = max(gap, known_delay if before.ended >= told else 0.0)
            assert after.started >= before.ended + promised - ERROR
            assert after.started >= paused_until - ERROR
