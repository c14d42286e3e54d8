"""The one place for politeness: how fast a host is asked, and what its robots.txt lets us read."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from scrapers.errors import BadStatus, FetchError, ForbiddenAddress, NotAllowed, RobotsUnavailable
from scrapers.links import ascii_host

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]  # seconds, never going back

#: A Crawl-delay beyond this is taken as this, or one line of text could stop a source for days.
MAX_CRAWL_DELAY_SECONDS = 60.0
ROBOTS_MAX_BYTES = 500 * 1024
_ROBOTS_KEPT_SECONDS = 24 * 3600.0
_ROBOTS_FAILURE_KEPT_SECONDS = 300.0
_MAX_HOSTS = 4096


def host_key(url: str) -> str:
    """Whom a request goes to: the host, with its port unless that is http's or https's own."""
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    crawl_delay: float = 0.0
    last_end: float | None = None


class Manners:
    """One request at a time per host, and a gap between the end of one and the start of the next."""

    def __init__(self, gap_seconds: float, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._gap = gap_seconds
        self._clock = clock
        self._sleep = sleep
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait until the host of this key (see host_key) may be asked; the request belongs inside."""
        host = self._host(key)
        host.waiting += 1
        try:
            async with host.lock:
                if host.last_end is not None:
                    wait = host.last_end + max(self._gap, host.crawl_delay) - self._clock()
                    if wait > 0:
                        await self._sleep(wait)
                try:
                    yield
                finally:
                    host.last_end = self._clock()
        finally:
            host.waiting -= 1

    def set_crawl_delay(self, key: str, seconds: float) -> None:
        """Keep at least this gap to the host (capped at MAX_CRAWL_DELAY_SECONDS), as its robots.txt asks."""
        self._host(key).crawl_delay = min(max(seconds, 0.0), MAX_CRAWL_DELAY_SECONDS)

    def _host(self, key: str) -> _Host:
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = _Host()
            self._forget_idle()
        self._hosts.move_to_end(key)
        return host

    def _forget_idle(self) -> None:
        """Drop the longest unused hosts above the limit, but none that is waited for or was asked just now."""
        if len(self._hosts) <= _MAX_HOSTS:
            return
        now = self._clock()
        for key, host in list(self._hosts.items())[:-1]:
            gap = max(self._gap, host.crawl_delay)
            if not host.waiting and (host.last_end is None or host.last_end + gap <= now):
                del self._hosts[key]
            if len(self._hosts) <= _MAX_HOSTS:
                break


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None  # None: everything is allowed
    failure: FetchError | None
    kept_until: float


class Robots:
    """What each site's robots.txt allows, by RFC 9309: 4xx allows all; 5xx, 429 and silence forbid all for now.

    ``fetch`` gets a robots.txt address and gives its body (as much of it as was asked for), or raises FetchError.
    """

    def __init__(
        self,
        user_agent: str,
        fetch: Callable[[str], Awaitable[bytes]],
        manners: Manners,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self._agent = user_agent.split("/")[0].strip() or "*"
        self._fetch = fetch
        self._manners = manners
        self._clock = clock
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def check(self, url: str) -> None:
        """Raises NotAllowed, RobotsUnavailable, or what the host's failure was when it cannot be reached at all."""
        parts = urlsplit(url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
        if rules.failure is not None:
            raise _about(url, rules.failure)
        if rules.parsed is not None and not rules.parsed.can_fetch(url, self._agent):
            raise NotAllowed(url, f"the site's robots.txt forbids it to {self._agent}")

    async def _rules_of(self, origin: str) -> _Rules:
        known = self._rules.get(origin)
        if known is not None and known.kept_until > self._clock():
            return known
        lock = self._locks.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                known = self._rules.get(origin)
                if known is None or known.kept_until <= self._clock():
                    known = self._rules[origin] = await self._ask(origin)
                    self._rules.move_to_end(origin)
                    while len(self._rules) > _MAX_HOSTS:
                        self._rules.popitem(last=False)
                return known
        finally:
            if not lock.locked():
                self._locks.pop(origin, None)

    async def _ask(self, origin: str) -> _Rules:
        try:
            body = await self._fetch(f"{origin}/robots.txt")
        except FetchError as error:
            # Only what may pass forbids: a 404, a loop or garbage in the place of rules means that there are none.
            if error.temporary or isinstance(error, ForbiddenAddress):
                return _Rules(None, error, self._clock() + _ROBOTS_FAILURE_KEPT_SECONDS)
            return _Rules(None, None, self._clock() + _ROBOTS_KEPT_SECONDS)
        parsed = Protego.parse(body[:ROBOTS_MAX_BYTES].decode("utf-8", "replace"))
        delay = parsed.crawl_delay(self._agent)
        if delay:
            self._manners.set_crawl_delay(host_key(origin), float(delay))
        return _Rules(parsed, None, self._clock() + _ROBOTS_KEPT_SECONDS)


def _about(url: str, failure: FetchError) -> FetchError:
    """The failure of a robots.txt, told of the address that was wanted."""
    if isinstance(failure, BadStatus):
        return RobotsUnavailable(url, f"the site's robots.txt answered {failure.status}")
    return type(failure)(url, f"asking for its robots.txt: {failure.cause}")
