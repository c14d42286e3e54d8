"""How much is worked on at once; who waits for the turn of a host lends its slot to others meanwhile.

Without the lending, a few hosts that want a minute between two requests would hold every slot there is.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class _Work:
    slots: Slots
    has_slot: bool = True


_current: ContextVar[_Work | None] = ContextVar("work", default=None)


class Slots:
    """At most ``count`` works at once.

    A request inside a work raises HostBusy instead of waiting longer than ``patience_seconds`` for its turn.
    """

    def __init__(self, count: int, *, patience_seconds: float = math.inf) -> None:
        self.patience_seconds = patience_seconds
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        """Wait for a slot; the work, and what it holds in memory, belongs inside."""
        await self._free.acquire()
        work = _Work(self)
        before = _current.set(work)
        try:
            yield
        finally:
            _current.reset(before)
            if work.has_slot:
                self._free.release()

    @asynccontextmanager
    async def _lent(self, work: _Work) -> AsyncIterator[None]:
        work.has_slot = False
        self._free.release()
        try:
            yield
        finally:
            await self._free.acquire()
            work.has_slot = True


@asynccontextmanager
async def slot_lent() -> AsyncIterator[None]:
    """Wait for something inside this: the slot of the current work, if it has one, is somebody else's meanwhile."""
    work = _current.get()
    if work is None or not work.has_slot:
        yield
    else:
        async with work.slots._lent(work):
            yield


def patience_seconds() -> float:
    """How long the current work may wait for the turn of a host; without end outside of any."""
    work = _current.get()
    return math.inf if work is None else work.slots.patience_seconds
