"""The one HTTP client: polite, bounded in bytes and in time, and kept out of private networks.

httpx's transports are used without its client: redirects are followed here because each hop must pass the same checks,
cookies are not kept, no proxy is taken from the environment (it would bypass the address check), and bodies are
unpacked here because httpx inflates without a bound. Each host has a small connection pool of its own, as one big pool
costs several times more per request.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

import httpx

from scrapers.addresses import WEB_PORTS, AddressPolicy, GuardedBackend, PrivateAddress, Resolver, resolve
from scrapers.bodies import read_body
from scrapers.errors import (
    BadAddress,
    BadStatus,
    BrokenAnswer,
    ForbiddenAddress,
    NoPieces,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from scrapers.headers import fresh_seconds, retry_after_seconds
from scrapers.links import absolute_url, without_user
from scrapers.manners import Manners, host_key
from scrapers.robots import ROBOTS_MAX_BYTES, ROBOTS_MAX_REDIRECTS, Robots
from scrapers.sources import Validators

MEGABYTE = 1_000_000

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_MAX_POOLS = 64
_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-\d{1,18}|\*)/(?:(\d{1,18})|\*)")
_LONGEST_VALIDATOR = 1000


#: The SEC asks for no more than ten requests a second; its hosts are asked one after the other.
HOST_GAPS = {"www.sec.gov": 0.2, "data.sec.gov": 0.2}


def user_agent(contact: str | None = None) -> str:
    """How this client calls itself, with the address at which its operator is reached."""
    try:
        name = f"dealwire/{version('dealwire')}"
    except PackageNotFoundError:  # run from a source tree that was never installed
        name = "dealwire"
    # Some who ask for an address (the SEC) refuse names with brackets or links in them.
    return f"{name} {contact}" if contact else f"{name} (reads news of technology deals)"


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How documents are fetched. Name a way to reach you in ``user_agent`` when you run this as a service.

    ``allow_private`` is False, True, or the private hosts that may be read; ``allowed_ports`` are those of public hosts
    (see addresses.AddressPolicy).
    """

    user_agent: str = field(default_factory=user_agent)
    connect_timeout_seconds: float = 10.0
    read_timeout_seconds: float = 20.0  # between two pieces of a body
    total_deadline_seconds: float = 60.0  # for a whole answer with its redirects; waiting for one's turn is not counted
    max_wire_bytes: int = 10 * MEGABYTE
    max_body_bytes: int = 20 * MEGABYTE  # unpacked
    max_redirects: int = 5
    host_gap_seconds: float = 1.0
    http2: bool = True
    allow_private: bool | tuple[str, ...] = False
    allowed_ports: tuple[int, ...] = WEB_PORTS
    respect_robots: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer. ``url`` is where redirects ended; header names are lower case; ``body`` is unpacked.

    With ``not_modified`` the status is 304 and the body empty. ``permanent_url`` is the address to ask from now on,
    where redirects led as far as they were permanent (301, 308) from the first one on; None when there were none.
    ``fresh_seconds`` is how long the answer says it stays current from now on (0 to a week; None: it does not say).
    """

    requested_url: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool
    etag: str | None
    last_modified: str | None
    fetched_at: datetime  # aware UTC
    permanent_url: str | None = None
    fresh_seconds: float | None = None

    @property
    def content_type(self) -> str | None:
        """The Content-Type header as it came, charset included."""
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a large file. ``total`` is the file's size, None when the server does not say."""

    body: bytes
    total: int | None


@dataclass(slots=True)
class _Pool:
    transport: httpx.AsyncBaseTransport
    users: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    permanent_url: str | None = None
    retry_after: float | None = None  # seconds


class HttpClient:
    """``async with HttpClient(settings) as client``: everything that goes over HTTP goes through ``get``.

    The clock gives aware UTC. Tests can hand in ``manners``, the ``resolver`` of names, and ``transport``, which makes
    what answers in the place of the network.
    """

    def __init__(
        self,
        settings: HttpSettings | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        manners: Manners | None = None,
        resolver: Resolver = resolve,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self.settings = settings or HttpSettings()
        self._clock = clock
        self._manners = manners or Manners(self.settings.host_gap_seconds, gaps=HOST_GAPS)
        self._robots = Robots(self.settings.user_agent, self._get_robots, self._manners)
        self._backend = GuardedBackend(
            AddressPolicy(self.settings.allow_private, self.settings.allowed_ports), resolver
        )
        self._new_transport = transport or self._network
        self._pools: OrderedDict[str, _Pool] = OrderedDict()
        self._tls = httpx.create_ssl_context(trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.transport.aclose()

    async def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        accept: str | None = None,
        cut_at: int | None = None,
        robots: bool = True,
    ) -> Response:
        """Fetch ``url``, conditionally when ``validators`` are given. Raises FetchError (its subclasses) only.

        A user and password in the address are neither sent nor told. With ``cut_at`` a body that is longer is cut
        there, not refused. ``robots=False`` is for addresses that a site publishes for programs, whatever its
        robots.txt says to crawlers.
        """
        url = without_user(url)
        headers = {
            "User-Agent": self.settings.user_agent,
            "Accept": accept or "*/*",
            "Accept-Encoding": "gzip, deflate",
        }
        conditional = False
        if validators is not None and validators.etag and _sendable(validators.etag):
            headers["If-None-Match"] = validators.etag
            conditional = True
        if validators is not None and validators.last_modified and _sendable(validators.last_modified):
            headers["If-Modified-Since"] = validators.last_modified
            conditional = True
        robots = robots and self.settings.respect_robots
        answer = await self._follow(url, headers, robots=robots, cut_at=cut_at)
        now = self._clock()
        not_modified = conditional and answer.status == 304
        if not not_modified and not 200 <= answer.status < 300:
            raise BadStatus(url, answer.status, answer.retry_after)
        return Response(
            requested_url=url,
            url=answer.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            not_modified=not_modified,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            fetched_at=now,
            permanent_url=answer.permanent_url,
            fresh_seconds=fresh_seconds(answer.headers, now),
        )

    async def get_piece(self, url: str, start: int, length: int) -> Piece:
        """At most ``length`` bytes of a large file from ``start`` on, as they are stored: nothing is unpacked.

        Raises FetchError: NoPieces when the server gives the file only as a whole and it is too large for that.
        """
        headers = {
            "User-Agent": self.settings.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Range": f"bytes={start}-{start + length - 1}",
        }
        try:
            answer = await self._follow(url, headers, robots=self.settings.respect_robots, unpack=False)
        except TooLarge as error:
            raise NoPieces(url, error.cause) from error
        span = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", "").strip())
        total = int(span[2]) if span is not None and span[2] else None
        if answer.status == 416:
            return Piece(b"", start if total is None else total)
        if not 200 <= answer.status < 300:
            raise BadStatus(url, answer.status, answer.retry_after)
        if answer.status != 206:
            return Piece(answer.body[start : start + length], len(answer.body))
        if span is None or span[1] is None or int(span[1]) != start:
            raise NoPieces(url, "the server gave another piece than was asked for")
        return Piece(answer.body[:length], total)

    async def _get_robots(self, url: str) -> bytes:
        headers = {"User-Agent": self.settings.user_agent, "Accept": "text/plain, */*;q=0.5", "Accept-Encoding": "gzip"}
        # One byte more tells that there is more.
        answer = await self._follow(
            url, headers, robots=False, cut_at=ROBOTS_MAX_BYTES + 1, max_redirects=ROBOTS_MAX_REDIRECTS
        )
        if not 200 <= answer.status < 300:
            raise BadStatus(url, answer.status, answer.retry_after)
        return answer.body

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        robots: bool,
        cut_at: int | None = None,
        max_redirects: int | None = None,
        unpack: bool = True,
    ) -> _Answer:
        """The answer at the end of the redirects, each of which has to wait for its turn and to be allowed."""
        here = _checked(url, url)
        permanent: str | None = None
        still_permanent = True
        most = self.settings.max_redirects if max_redirects is None else max_redirects
        left = self.settings.total_deadline_seconds
        for _ in range(most + 1):
            if robots:
                await self._robots.check(here)
            async with self._manners.turn(here):
                answer, left = await self._ask(here, headers, cut_at, left, unpack)
            if answer.status not in _REDIRECTS:
                return replace(answer, permanent_url=permanent)
            location = answer.headers.get("location")
            target = absolute_url(here, location) if location else None
            if target is None:
                raise BadAddress(url, f"{here} redirects to {without_user(location) if location else 'nowhere'}")
            here = _checked(target, url)
            still_permanent = still_permanent and answer.status in _PERMANENT
            permanent = here if still_permanent else permanent
        raise TooManyRedirects(url, f"more than {most} redirects, the last to {here}")

    async def _ask(
        self, url: str, headers: Mapping[str, str], cut_at: int | None, left: float, unpack: bool
    ) -> tuple[_Answer, float]:
        """One answer within the seconds that are ``left``, and how many are then."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(left):
                answer = await self._exchange(url, headers, cut_at, unpack)
        except TimeoutError as error:
            seconds = self.settings.total_deadline_seconds
            raise TimedOut(url, f"the whole answer took longer than {seconds:g} seconds") from error
        asked = retry_after_seconds(answer.headers.get("retry-after"), self._clock())
        pause = self._manners.answered(url, answer.status, asked)
        return replace(answer, retry_after=asked if pause is None else pause), left - (loop.time() - started)

    async def _exchange(self, url: str, headers: Mapping[str, str], cut_at: int | None, unpack: bool) -> _Answer:
        settings = self.settings
        waits = {
            "connect": settings.connect_timeout_seconds,
            "read": settings.read_timeout_seconds,
            "write": settings.read_timeout_seconds,
            "pool": settings.total_deadline_seconds,
        }
        pool = await self._take_pool(host_key(url))
        try:
            request = httpx.Request("GET", url, headers=dict(headers), extensions={"timeout": waits})
            response = await pool.transport.handle_async_request(request)
            try:
                found = {name.lower(): value for name, value in response.headers.items()}
                # The body of an error or a redirect is of no use to anyone.
                good = 200 <= response.status_code < 300
                body = await read_body(url, response, settings, cut_at=cut_at, unpacked=unpack) if good else b""
                return _Answer(url, response.status_code, found, body)
            finally:
                await response.aclose()
                await _drop_unclean_connection(response)
        except PrivateAddress as error:
            raise ForbiddenAddress(url, str(error)) from error
        except httpx.ConnectTimeout as error:
            raise TimedOut(url, f"no connection within {settings.connect_timeout_seconds:g} seconds") from error
        except httpx.TimeoutException as error:
            raise TimedOut(url, f"no byte came for {settings.read_timeout_seconds:g} seconds") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise BadAddress(url, str(error)) from error
        except (httpx.ProtocolError, httpx.ReadError) as error:
            raise BrokenAnswer(url, str(error) or "the connection broke off") from error
        except httpx.TransportError as error:
            raise Unreachable(url, str(error) or type(error).__name__) from error
        finally:
            pool.users -= 1

    async def _take_pool(self, key: str) -> _Pool:
        """The connections to one host; the caller counts one user down when done. Idle pools beyond a limit go."""
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = _Pool(self._new_transport())
        pool.users += 1
        self._pools.move_to_end(key)
        surplus = len(self._pools) - _MAX_POOLS
        for name in [name for name, other in self._pools.items() if not other.users][: max(0, surplus)]:
            await self._pools.pop(name).transport.aclose()
        return pool

    def _network(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=15)
        transport = httpx.AsyncHTTPTransport(
            verify=self._tls, http2=self.settings.http2, limits=limits, trust_env=False
        )
        # httpx has no public way to hand in a network backend; tests prove that this one is used.
        transport._pool._network_backend = self._backend
        return transport


async def _drop_unclean_connection(response: httpx.Response) -> None:
    """Close the connection where more came than the answer: it would be taken for the answer to the next request.

    httpcore has no public way to ask for that; tests prove that this one works.
    """
    connection = getattr(
        getattr(getattr(response.stream, "_httpcore_stream", None), "_stream", None), "_connection", None
    )
    state = getattr(connection, "_h11_state", None)
    if connection is not None and state is not None and state.trailing_data[0]:
        await connection.aclose()


def _sendable(validator: str) -> bool:
    """Whether what a server once said can be said back to it."""
    return validator.isascii() and validator.isprintable() and len(validator) <= _LONGEST_VALIDATOR


def _checked(url: str, wanted: str) -> str:
    """The address as it can be asked for. Raises BadAddress (about ``wanted``) when it cannot."""
    cleaned = absolute_url(url, url)
    if cleaned is None:
        raise BadAddress(wanted, "this is no http or https address" if url == wanted else f"it leads to {url}")
    return cleaned
