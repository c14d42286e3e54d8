"""What attacks on the fetcher come to: how each ends, after how long, and what memory it took.

    python -m bench.hostile_fetching

Runs every attack of tests/hostile.py against the client with its default limits (only the waits are shorter), each in a
process of its own, over real sockets on this machine, and prints a table in Markdown. "Held" is the most that Python
had allocated at once (tracemalloc), "grew" by how much the process grew beside (peak resident memory), both in MB.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import sys
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

from scrapers.errors import ScrapeError
from scrapers.http import HttpClient, HttpSettings
from tests.hostile import ALLOWED, ATTACKS, FINE, hostile_server, meet, resolver

SETTINGS = HttpSettings(
    allow_private=ALLOWED, respect_robots=False, host_gap_seconds=0, read_timeout_seconds=2, total_deadline_seconds=4
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one attack came to."""

    outcome: str
    seconds: float
    held: float  # MB
    grew: float  # MB


async def _suffer(number: int, port: int) -> str:
    attack = ATTACKS[number]
    async with HttpClient(SETTINGS, resolver=resolver) as client:
        try:
            await meet(client, attack, port)
        except ScrapeError as error:
            return f"{type(error).__name__}: {re.sub(r'https?://[0-9.]*attack.example:[0-9]+', '', error.cause)}"
        return "nothing was noticed"


def _measured(number: int, port: int) -> Cost:
    """In a fresh process, so that no attack profits from the memory that another left."""
    asyncio.run(_decent(port))
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _peak_resident()
    tracemalloc.start()
    started = time.perf_counter()
    outcome = asyncio.run(_suffer(number, port))
    seconds = time.perf_counter() - started
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Cost(outcome, seconds, held / 1e6, _peak_resident() - before)


def _peak_resident() -> float:
    """In MB, of this process alone (what getrusage says begins with that of the parent). Linux only."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1e3


async def _decent(port: int) -> None:
    async with HttpClient(SETTINGS, resolver=resolver) as client:
        await client.get(f"http://0.attack.example:{port}{FINE}")


async def _all() -> None:
    print("| attack | what happened | seconds | held, MB | grew, MB |\n|---|---|---|---|---|")
    loop = asyncio.get_running_loop()
    context = multiprocessing.get_context("spawn")
    async with hostile_server() as port:
        for number, attack in enumerate(ATTACKS):
            with context.Pool(1) as process:
                cost = await loop.run_in_executor(None, process.apply, _measured, (number, port))
            print(
                f"| {attack.name} | {cost.outcome} | {cost.seconds:.1f} | {cost.held:.1f} | {cost.grew:.1f} |",
                flush=True,
            )
            print(f"{number + 1} of {len(ATTACKS)}", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    asyncio.run(_all())
