"""The one place for politeness: when a host may be asked."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapers.errors import HostBusy
from scrapers.links import ascii_host
from scrapers.slots import patience_seconds, slot_lent

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]  # seconds, never going back

#: A Crawl-delay beyond this is taken as this, or one line of text could stop a source for days.
MAX_CRAWL_DELAY_SECONDS = 60.0
#: What a host is left alone for after "too many requests": doubled each time, or longer where it asks for it.
FIRST_PAUSE_SECONDS = 60.0
LAST_PAUSE_SECONDS = 3600.0
#: The end of a pause as short as this is waited for; of a longer one, whoever wants to ask is told.
_SHORT_PAUSE_SECONDS = 10.0
_MAX_HOSTS = 4096


def host_key(url: str) -> str:
    """Whom a request goes to: the host, whatever the scheme and the port, as one machine and one operator answers."""
    return ascii_host(urlsplit(url).hostname or "")


@dataclass(slots=True)
class _Host:
    gap: float  # our own
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0  # the one whose turn it is included
    crawl_delays: dict[str, float] = field(default_factory=dict)  # by origin
    last_end: float | None = None
    paused_until: float = float("-inf")
    refusals: int = 0  # in a row


class Manners:
    """One request at a time per host, and a gap between the end of one and the start of the next.

    The gap is the largest of our own and those that the robots.txt of the host (of any of its origins) ask for.
    ``gaps`` has, by host key, what is our own gap to hosts that say elsewhere how fast they may be asked.
    """

    def __init__(
        self,
        gap_seconds: float,
        *,
        gaps: Mapping[str, float] | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self._gap = gap_seconds
        self._gaps = gaps or {}
        self._sleep = sleep
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait until the host of ``url`` may be asked; the request belongs inside. The wait holds no slot.

        Raises HostBusy at once when the host is paused, or its turn is farther away than the patience of the current
        work (see slots.Slots).
        """
        host = self._host(host_key(url))
        queue = host.waiting * self._gap_to(host)
        if queue > patience_seconds():
            raise HostBusy(url, f"{host_key(url)} has its next turn in about {queue:.0f} seconds", queue)
        self._refuse_pause(url, host)
        host.waiting += 1
        try:
            async with AsyncExitStack() as held:
                async with slot_lent():
                    await held.enter_async_context(host.lock)
                    self._refuse_pause(url, host)  # it may have come while waiting
                    await self._wait(host)
                try:
                    yield
                finally:
                    host.last_end = self.clock()
        finally:
            host.waiting -= 1

    def answered(self, url: str, status: int, retry_after: float | None) -> float | None:
        """Take note of an answer; for how many seconds the whole host is left alone because of it.

        That is after 429, longer each time, and after 503 where it says when to come back. Other errors are those of
        one page or source: a faulty page must not silence its neighbours.
        """
        host = self._host(host_key(url))
        if status == 429:
            own = min(FIRST_PAUSE_SECONDS * (1 << min(host.refusals, 20)), LAST_PAUSE_SECONDS)
            host.refusals += 1
            pause = max(own, retry_after or 0.0)
        elif status == 503 and retry_after:
            pause = retry_after
        else:
            host.refusals = 0 if status < 400 else host.refusals
            return None
        host.paused_until = max(host.paused_until, self.clock() + pause)
        return pause

    def set_crawl_delay(self, origin: str, seconds: float) -> None:
        """Keep at least this gap to the origin's host (capped at MAX_CRAWL_DELAY_SECONDS), as its robots.txt asks."""
        self._host(host_key(origin)).crawl_delays[origin] = min(max(seconds, 0.0), MAX_CRAWL_DELAY_SECONDS)

    def _gap_to(self, host: _Host) -> float:
        return max(host.gap, *host.crawl_delays.values(), 0.0)

    def _refuse_pause(self, url: str, host: _Host) -> None:
        left = host.paused_until - self.clock()
        if left > min(_SHORT_PAUSE_SECONDS, patience_seconds()):
            raise HostBusy(url, f"{host_key(url)} asked to be left alone for {left:.0f} more seconds", left)

    async def _wait(self, host: _Host) -> None:
        until = host.paused_until
        if host.last_end is not None:
            until = max(until, host.last_end + self._gap_to(host))
        while (wait := until - self.clock()) > 0:
            await self._sleep(wait)

    def _host(self, key: str) -> _Host:
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = _Host(self._gaps.get(key, self._gap))
            self._forget_idle()
        self._hosts.move_to_end(key)
        return host

    def _forget_idle(self) -> None:
        """Drop the longest unused hosts above the limit, but none that must still be waited for."""
        if len(self._hosts) <= _MAX_HOSTS:
            return
        now = self.clock()
        for key, host in list(self._hosts.items())[:-1]:
            free_at = max(host.paused_until, host.last_end + self._gap_to(host) if host.last_end is not None else now)
            if not host.waiting and free_at <= now:
                del self._hosts[key]
            if len(self._hosts) <= _MAX_HOSTS:
                break
