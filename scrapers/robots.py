"""What a site's robots.txt lets us read, by RFC 9309."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from scrapers.errors import BadStatus, FetchError, ForbiddenAddress, HostBusy, NotAllowed, RobotsUnavailable
from scrapers.manners import Manners
from scrapers.slots import slot_lent

#: As much as the standard says must be read; what stands behind it is not.
ROBOTS_MAX_BYTES = 500 * 1024
#: As many as the standard says should be followed.
ROBOTS_MAX_REDIRECTS = 5
ROBOTS_KEPT_SECONDS = 24 * 3600.0
ROBOTS_FAILURE_KEPT_SECONDS = 300.0
_MAX_SITES = 4096
#: Longer rules than this are read in a thread.
_LONG_BYTES = 20_000
_AGENT_LINE = re.compile(r"\s*user[- ]?agent\s*(?::|\s)(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_VERSIONED = re.compile(r"([A-Za-z_-]+)/\d")
_BROWSERS = frozenset({"mozilla", "applewebkit", "gecko", "chrome", "safari", "firefox"})


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None  # None: everything is allowed
    delay: float
    failure: FetchError | None
    kept_until: float


class Robots:
    """What each site's robots.txt allows: 4xx allows all; 5xx, 429 and silence forbid all for now.

    ``fetch`` gets a robots.txt address and gives its body (as much of it as was asked for), or raises FetchError.
    """

    def __init__(self, user_agent: str, fetch: Callable[[str], Awaitable[bytes]], manners: Manners) -> None:
        self._agent = product_token(user_agent)
        self._fetch = fetch
        self._manners = manners
        self._clock = manners.clock
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def check(self, url: str) -> None:
        """Raises NotAllowed, RobotsUnavailable, HostBusy, or what the host's failure was when it cannot be reached."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        rules = await self._rules_of(origin)
        if rules.failure is not None:
            raise _about(url, rules.failure, rules.kept_until - self._clock())
        if rules.parsed is None:
            return
        self._manners.set_crawl_delay(origin, rules.delay)
        if not rules.parsed.can_fetch(url, self._agent):
            raise NotAllowed(url, f"the site's robots.txt forbids it to {self._agent}")

    async def _rules_of(self, origin: str) -> _Rules:
        known = self._rules.get(origin)
        if known is not None and known.kept_until > self._clock():
            return known
        lock = self._locks.setdefault(origin, asyncio.Lock())
        async with slot_lent():
            await lock.acquire()
        try:
            known = self._rules.get(origin)
            if known is None or known.kept_until <= self._clock():
                known = self._rules[origin] = await self._ask(origin)
                self._rules.move_to_end(origin)
                while len(self._rules) > _MAX_SITES:
                    self._rules.popitem(last=False)
            return known
        finally:
            lock.release()
            if not lock.locked():
                self._locks.pop(origin, None)

    async def _ask(self, origin: str) -> _Rules:
        try:
            body = await self._fetch(f"{origin}/robots.txt")
        except HostBusy:
            raise
        except FetchError as error:
            # Only what may pass forbids: a 404, a loop or garbage in the place of rules means that there are none.
            if error.temporary or isinstance(error, ForbiddenAddress):
                kept = max(ROBOTS_FAILURE_KEPT_SECONDS, error.retry_after_seconds or 0.0)
                return _Rules(None, 0.0, error, self._clock() + kept)
            return _Rules(None, 0.0, None, self._clock() + ROBOTS_KEPT_SECONDS)
        parsed = parse_rules(body, self._agent) if len(body) < _LONG_BYTES else await self._parse_in_thread(body)
        return _Rules(parsed, parsed.crawl_delay(self._agent) or 0.0, None, self._clock() + ROBOTS_KEPT_SECONDS)

    async def _parse_in_thread(self, body: bytes) -> Protego:
        return await asyncio.to_thread(parse_rules, body, self._agent)


def product_token(user_agent: str) -> str:
    """What a robots.txt calls the sender of this User-Agent header: its first word, or what a browser's hides."""
    first = _TOKEN.search(user_agent)
    if first is not None and first[0].lower() not in _BROWSERS:
        return first[0].lower()
    hidden = (word.lower() for word in _VERSIONED.findall(user_agent))
    return next((word for word in hidden if word not in _BROWSERS), "*")


def parse_rules(body: bytes, agent: str) -> Protego:
    """The rules of a robots.txt of at most ROBOTS_MAX_BYTES for ``agent`` (a product token).

    Of the groups only whether they are for this agent, for all, or for another is kept: protego takes a name that ours
    begins with for ours, and would keep each rule once for every name that a group has (500 kB of names and rules then
    take gigabytes).
    """
    cut = len(body) > ROBOTS_MAX_BYTES
    lines = body[:ROBOTS_MAX_BYTES].decode("utf-8-sig", "replace").splitlines()
    if cut and lines:
        lines.pop()  # what is left of the last line may say more than the whole: "/private" cut to "/"
    return Protego.parse("\n".join(_group_named(line, agent) for line in lines))


def _group_named(line: str, agent: str) -> str:
    found = _AGENT_LINE.match(line)
    if found is None:
        return line
    name = found[1].partition("#")[0].strip()
    token = _TOKEN.match(name)
    if name.startswith("*"):
        return "User-agent: *"
    return f"User-agent: {agent if token and token[0].lower() == agent else '-'}"


def _about(url: str, failure: FetchError, seconds: float) -> FetchError:
    """The failure of a robots.txt, told of the address that was wanted."""
    if isinstance(failure, BadStatus):
        told: FetchError = RobotsUnavailable(url, f"the site's robots.txt answered {failure.status}")
    else:
        told = type(failure)(url, f"asking for its robots.txt: {failure.cause}")
    if told.temporary:
        told.retry_after_seconds = max(seconds, 0.0)
    return told
