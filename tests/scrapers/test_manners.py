"""Politeness under a clock that tests turn."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from itertools import pairwise

import pytest

from scrapers.errors import BadStatus, ForbiddenAddress, NotAllowed, RobotsUnavailable, TooManyRedirects, Unreachable
from scrapers.manners import MAX_CRAWL_DELAY_SECONDS, Manners, Robots, host_key


class Clock:
    """Time that passes only while somebody sleeps. Sleepers wake in the order of their hours."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        event = asyncio.Event()
        self._sleepers.append((self.now + seconds, len(self._sleepers), event))
        await event.wait()

    async def run(self, *tasks: asyncio.Task[None]) -> None:
        while not all(task.done() for task in tasks):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort(key=lambda sleeper: sleeper[0])
                self.now, _, event = self._sleepers.pop(0)
                event.set()
        await asyncio.gather(*tasks)


@pytest.mark.parametrize("seed", range(3))
def test_no_host_is_asked_faster_than_promised_or_twice_at_once(seed: int) -> None:
    clock = Clock()
    manners = Manners(1.0, clock=clock, sleep=clock.sleep)
    manners.set_crawl_delay("b.example", 3.0)
    chance = random.Random(seed)
    log: dict[str, list[tuple[float, float]]] = defaultdict(list)

    async def request(host: str, takes: float) -> None:
        async with manners.turn(host):
            started = clock.now
            await clock.sleep(takes)
            log[host].append((started, clock.now))

    async def go() -> None:
        hosts = ("a.example", "b.example", "c.example")
        await clock.run(*(asyncio.create_task(request(chance.choice(hosts), chance.random())) for _ in range(200)))

    asyncio.run(go())
    assert sum(len(requests) for requests in log.values()) == 200
    for host, requests in log.items():
        gap = 3.0 if host == "b.example" else 1.0
        for (_, ended), (started, _) in pairwise(requests):
            assert started >= ended + gap - 1e-9


def test_hosts_do_not_wait_for_each_other() -> None:
    clock = Clock()
    manners = Manners(10.0, clock=clock, sleep=clock.sleep)

    async def request(host: str) -> None:
        async with manners.turn(host):
            pass

    async def go() -> None:
        await clock.run(*(asyncio.create_task(request(f"{number}.example")) for number in range(50)))

    asyncio.run(go())
    assert clock.now == 0.0


def test_a_failed_request_counts_and_frees_its_turn() -> None:
    clock = Clock()
    manners = Manners(2.0, clock=clock, sleep=clock.sleep)

    async def request(*, fails: bool) -> None:
        async with manners.turn("a.example"):
            if fails:
                raise ValueError

    async def go() -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - it is ours
            await request(fails=True)
        await clock.run(asyncio.create_task(request(fails=False)))

    asyncio.run(go())
    assert clock.now == 2.0


def test_host_keys() -> None:
    assert host_key("https://News.Example./a") == host_key("http://news.example/b") == "news.example"
    assert host_key("http://news.example:8080/") == "news.example:8080"


class Site:
    """Answers robots.txt from a script and counts how often it is asked."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.clock = Clock()
        self.manners = Manners(0.0, clock=self.clock, sleep=self.clock.sleep)
        self.robots = Robots("dealwire/1.0 (test)", self.fetch, self.manners, clock=self.clock)

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def check(self, url: str) -> None:
        asyncio.run(self.robots.check(url))


def test_rules_are_obeyed_and_asked_for_once() -> None:
    site = Site(b"User-agent: dealwire\nDisallow: /private*/\n\nUser-agent: *\nDisallow: /\n")
    site.check("https://news.example/open")
    with pytest.raises(NotAllowed, match=r"/private-a/x: the site's robots.txt forbids it to dealwire"):
        site.check("https://news.example/private-a/x")
    assert site.asked == ["https://news.example/robots.txt"]
    site.clock.now = 25 * 3600.0
    site.check("https://news.example/open")
    assert len(site.asked) == 2


def test_each_origin_has_rules_of_its_own() -> None:
    site = Site(b"")
    site.check("https://news.example/x")
    site.check("https://user:secret@news.example:8443/x")
    assert site.asked == ["https://news.example/robots.txt", "https://news.example:8443/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_rules_allow_everything(status: int) -> None:
    Site(BadStatus("https://news.example/robots.txt", status)).check("https://news.example/x")


def test_rules_that_cannot_be_read_for_good_are_none() -> None:
    Site(TooManyRedirects("https://news.example/robots.txt", "round and round")).check("https://news.example/x")
    Site(b"\xff\xfe\x00 not rules at all <html>").check("https://news.example/x")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_rules_that_cannot_be_had_now_forbid_for_a_while(status: int) -> None:
    site = Site(BadStatus("https://news.example/robots.txt", status))
    for _ in range(2):
        with pytest.raises(RobotsUnavailable, match=f"answered {status}") as caught:
            site.check("https://news.example/x")
        assert caught.value.temporary
    assert len(site.asked) == 1
    site.answer = b""
    site.clock.now = 301.0
    site.check("https://news.example/x")


def test_an_unreachable_host_is_reported_as_that() -> None:
    with pytest.raises(Unreachable, match=r"news\.example/x: asking for its robots\.txt: nobody listens"):
        Site(Unreachable("https://news.example/robots.txt", "nobody listens")).check("https://news.example/x")
    with pytest.raises(ForbiddenAddress):
        Site(ForbiddenAddress("https://news.example/robots.txt", "private")).check("https://news.example/x")


def test_crawl_delay_widens_the_gap_within_reason() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 86400\n")

    async def go() -> None:
        await site.robots.check("https://news.example/x")

        async def request() -> None:
            async with site.manners.turn("news.example"):
                pass

        await site.clock.run(asyncio.create_task(request()), asyncio.create_task(request()))

    asyncio.run(go())
    assert site.clock.now == MAX_CRAWL_DELAY_SECONDS
