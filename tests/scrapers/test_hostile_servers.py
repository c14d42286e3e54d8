"""Every attack of tests/hostile.py ends with the error that says what it was, in bounded time and memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from scrapers.errors import ScrapeError, UnsafeDocument
from scrapers.http import HttpClient, HttpSettings
from scrapers.slots import Slots
from tests.hostile import ALLOWED, ATTACKS, FINE, Attack, host_of, hostile_server, meet, resolver

SETTINGS = HttpSettings(
    host_gap_seconds=0.0,
    allow_private=ALLOWED,
    respect_robots=False,
    read_timeout_seconds=0.3,
    total_deadline_seconds=0.8,
    max_wire_bytes=1_000_000,
    max_body_bytes=2_000_000,
)
PATIENT = replace(
    SETTINGS,
    read_timeout_seconds=10.0,
    total_deadline_seconds=20.0,
    max_wire_bytes=10_000_000,
    max_body_bytes=10_000_000,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.path[1:])
def test_an_attack_ends_with_its_name(attack: Attack) -> None:
    settings = PATIENT if attack.error is UnsafeDocument else SETTINGS

    async def go() -> None:
        async with hostile_server() as port, HttpClient(settings, resolver=resolver) as client:
            with pytest.raises(attack.error, match=attack.says) as caught:
                await meet(client, attack, port)
            assert type(caught.value) is attack.error
            # The client, and this very host, are as good as before.
            assert (await client.get(f"http://{host_of(attack)}:{port}{FINE}")).body == b"decent"

    asyncio.run(go())


def test_all_at_once_hold_no_slot() -> None:
    """Twice as many attacks as slots, and decent pages in between: those are read, nothing is left held."""
    attacks = [attack for attack in ATTACKS if attack.error is not UnsafeDocument]
    fine: list[bytes] = []

    async def attacked(client: HttpClient, attack: Attack, slots: Slots, port: int) -> None:
        async with slots.work():
            with pytest.raises(ScrapeError):
                await meet(client, attack, port)

    async def decent(client: HttpClient, slots: Slots, number: int, port: int) -> None:
        async with slots.work():
            fine.append((await client.get(f"http://{number}.decent.attack.example:{port}{FINE}")).body)

    async def go() -> None:
        slots = Slots(len(attacks) // 2)
        settings = replace(SETTINGS, read_timeout_seconds=3.0, total_deadline_seconds=4.0)
        async with hostile_server() as port, HttpClient(settings, resolver=resolver) as client:
            async with asyncio.TaskGroup() as tasks:
                for number, attack in enumerate(attacks):
                    tasks.create_task(attacked(client, attack, slots, port))
                    tasks.create_task(decent(client, slots, number, port))
            assert slots._free._value == len(attacks) // 2
            assert all(not pool.users for pool in client._pools.values())

    asyncio.run(go())
    assert fine == [b"decent"] * len(attacks)


def test_what_is_sent_behind_the_end_of_an_answer_is_no_answer() -> None:
    """Response splitting: a second answer that nobody asked for must not become that of the next request."""

    real = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal"
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    server = Attack("two answers", ScrapeError, "", lambda path: [real + forged])

    async def go() -> list[bytes]:
        async with hostile_server((server,)) as port, HttpClient(SETTINGS) as client:
            return [(await client.get(f"http://127.0.0.1:{port}{server.path}")).body for _ in range(3)]

    assert asyncio.run(go()) == [b"real"] * 3
