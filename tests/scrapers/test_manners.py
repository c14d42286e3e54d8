"""Politeness under a clock that tests turn."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from itertools import pairwise

import pytest

from scrapers.errors import HostBusy
from scrapers.http import HOST_GAPS
from scrapers.manners import FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS, Manners, host_key
from scrapers.slots import Slots
from tests.scrapers.clock import Clock


@pytest.mark.parametrize("seed", range(3))
def test_no_host_is_asked_faster_than_promised_or_twice_at_once(seed: int) -> None:
    clock = Clock()
    manners = Manners(1.0, clock=clock, sleep=clock.sleep)
    manners.set_crawl_delay("https://b.example", 3.0)
    chance = random.Random(seed)
    log: dict[str, list[tuple[float, float]]] = defaultdict(list)

    async def request(host: str, takes: float) -> None:
        async with manners.turn(f"https://{host}/x"):
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
        async with manners.turn(f"https://{host}/x"):
            pass

    async def go() -> None:
        await clock.run(*(asyncio.create_task(request(f"{number}.example")) for number in range(50)))

    asyncio.run(go())
    assert clock.now == 0.0


def test_a_failed_request_counts_and_frees_its_turn() -> None:
    clock = Clock()
    manners = Manners(2.0, clock=clock, sleep=clock.sleep)

    async def request(*, fails: bool) -> None:
        async with manners.turn("https://a.example/x"):
            if fails:
                raise ValueError

    async def go() -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - it is ours
            await request(fails=True)
        await clock.run(asyncio.create_task(request(fails=False)))

    asyncio.run(go())
    assert clock.now == 2.0


def test_host_keys() -> None:
    assert host_key("https://News.Example./a") == host_key("http://u:p@news.example:8080/b") == "news.example"
    assert host_key("https://[2606:4700::1]:8443/") == "2606:4700::1"
    assert host_key("https://bücher.example/") == "xn--bcher-kva.example"


def ask(manners: Manners, url: str) -> None:
    async def go() -> None:
        async with manners.turn(url):
            pass

    asyncio.run(go())


def test_too_many_requests_pauses_the_whole_host_and_longer_each_time() -> None:
    clock = Clock()
    manners = Manners(0.0, clock=clock, sleep=clock.sleep)
    assert manners.answered("https://a.example/1", 429, None) == FIRST_PAUSE_SECONDS
    with pytest.raises(HostBusy, match=r"a\.example asked to be left alone for 60 more seconds") as caught:
        ask(manners, "http://a.example:8080/other")
    assert caught.value.retry_after_seconds == FIRST_PAUSE_SECONDS
    assert caught.value.temporary
    ask(manners, "https://b.example/")
    clock.now = FIRST_PAUSE_SECONDS
    ask(manners, "https://a.example/1")
    assert manners.answered("https://a.example/1", 429, 5.0) == 2 * FIRST_PAUSE_SECONDS
    assert manners.answered("https://a.example/1", 429, 3600.0) == 3600.0
    assert [manners.answered("https://a.example/1", 429, 0.0) for _ in range(40)][-1] == LAST_PAUSE_SECONDS
    manners.answered("https://a.example/1", 200, None)
    assert manners.answered("https://a.example/1", 429, None) == FIRST_PAUSE_SECONDS


def test_a_server_error_pauses_the_host_only_where_it_names_a_time() -> None:
    clock = Clock()
    manners = Manners(0.0, clock=clock, sleep=clock.sleep)
    for status, retry_after in ((500, None), (502, 30.0), (503, None), (503, 0.0), (404, 30.0), (301, 30.0)):
        assert manners.answered("https://a.example/1", status, retry_after) is None
    ask(manners, "https://a.example/2")
    assert manners.answered("https://a.example/1", 503, 30.0) == 30.0
    with pytest.raises(HostBusy):
        ask(manners, "https://a.example/2")


def test_a_short_pause_is_waited_for_and_those_in_the_queue_are_told_of_a_long_one() -> None:
    clock = Clock()
    manners = Manners(0.0, clock=clock, sleep=clock.sleep)
    started: list[tuple[int, float]] = []
    told: list[int] = []

    async def request(number: int, status: int, retry_after: float) -> None:
        try:
            async with manners.turn("https://a.example/x"):
                started.append((number, clock.now))
                await clock.sleep(1.0)
                manners.answered("https://a.example/x", status, retry_after)
        except HostBusy:
            told.append(number)

    async def go() -> None:
        answers = [(503, 5.0), (200, 0.0), (429, 0.0), (200, 0.0), (200, 0.0)]
        await clock.run(*(asyncio.create_task(request(n, *answer)) for n, answer in enumerate(answers)))

    asyncio.run(go())
    assert started == [(0, 0.0), (1, 6.0), (2, 7.0)]
    assert told == [3, 4]


def test_who_waits_for_a_host_holds_no_slot() -> None:
    clock = Clock()
    manners = Manners(100.0, clock=clock, sleep=clock.sleep)
    ended: dict[str, float] = {}

    async def work(slots: Slots, host: str, number: int) -> None:
        async with slots.work(), manners.turn(f"https://{host}/"):
            await clock.sleep(1.0)
            ended[f"{host} {number}"] = clock.now

    async def go() -> None:
        slots = Slots(2)
        slow = [asyncio.create_task(work(slots, "slow.example", number)) for number in range(20)]
        await asyncio.sleep(0)
        quick = [asyncio.create_task(work(slots, f"{number}.example", 0)) for number in range(10)]
        await clock.run(*slow, *quick)
        assert slots._free._value == 2

    asyncio.run(go())
    assert max(ended[f"{number}.example 0"] for number in range(10)) <= 12.0
    assert ended["slow.example 19"] == 19 * 101.0 + 1.0


def test_no_more_work_at_once_than_there_are_slots() -> None:
    clock = Clock()
    manners = Manners(3.0, clock=clock, sleep=clock.sleep)
    at_work = 0
    most = 0

    async def work(slots: Slots, number: int) -> None:
        nonlocal at_work, most
        async with slots.work():
            for _ in range(3):
                async with manners.turn(f"https://{number % 7}.example/"):
                    at_work += 1
                    most = max(most, at_work)
                    await clock.sleep(1.0)
                    at_work -= 1

    async def go() -> None:
        slots = Slots(4)
        tasks = [asyncio.create_task(work(slots, number)) for number in range(30)]
        for task in tasks[10:13]:
            task.cancel()
        await clock.run(*tasks[:10], *tasks[13:])
        assert slots._free._value == 4

    asyncio.run(go())
    assert most == 4


def test_patience_has_an_end_where_it_is_asked_for() -> None:
    clock = Clock()
    manners = Manners(10.0, clock=clock, sleep=clock.sleep)
    told: list[float | None] = []

    async def work(slots: Slots) -> None:
        async with slots.work():
            try:
                async with manners.turn("https://a.example/"):
                    pass
            except HostBusy as busy:
                told.append(busy.retry_after_seconds)

    async def go() -> None:
        slots = Slots(50, patience_seconds=30.0)
        await clock.run(*(asyncio.create_task(work(slots)) for _ in range(10)))

    asyncio.run(go())
    assert told == [40.0] * 5
    assert clock.now == 40.0


def test_hosts_are_forgotten_only_when_nothing_must_be_kept_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.manners._MAX_HOSTS", 3)
    clock = Clock()
    manners = Manners(1.0, clock=clock, sleep=clock.sleep)
    manners.answered("https://paused.example/", 429, None)
    for number in range(20):
        clock.now += 2.0
        ask(manners, f"https://{number}.example/")
    assert len(manners._hosts) == 3
    with pytest.raises(HostBusy):
        ask(manners, "https://paused.example/")


def test_hosts_that_say_how_fast_they_may_be_asked_are_asked_so() -> None:
    clock = Clock()
    manners = Manners(1.0, gaps={"quick.example": 0.2, "slow.example": 0.2}, clock=clock, sleep=clock.sleep)
    manners.set_crawl_delay("https://slow.example", 3.0)
    log: dict[str, list[float]] = defaultdict(list)

    async def request(host: str) -> None:
        async with manners.turn(f"https://{host}/x"):
            log[host].append(clock.now)

    async def go() -> None:
        hosts = ("quick.example", "slow.example", "other.example")
        await clock.run(*(asyncio.create_task(request(host)) for host in hosts for _ in range(3)))

    asyncio.run(go())
    gaps = {host: [round(after - before, 6) for before, after in pairwise(times)] for host, times in log.items()}
    assert gaps == {"quick.example": [0.2, 0.2], "slow.example": [3.0, 3.0], "other.example": [1.0, 1.0]}


def test_the_sec_is_asked_no_more_than_ten_times_a_second() -> None:
    assert sum(1 / gap for gap in HOST_GAPS.values()) <= 10
