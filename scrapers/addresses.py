"""The one place that decides which network addresses may be dialled, and the dialler that obeys it.

The name is resolved here, every address it gives is checked, and exactly a checked address is dialled, so a name that
changes its answer between check and connection gains nothing. Decimal, octal and short spellings of an address are
resolved by the system like any name and meet the same check.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

from scrapers.links import ascii_host

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

#: Where web servers are; a public host is asked at no other port unless the settings say so.
WEB_PORTS = (80, 443, 8080, 8443)
_LOOKUPS_AT_ONCE = 16

# Public servers have IPv6 addresses of this range only; so nothing outside of it (unique local, site-local, mapped and
# compatible spellings of IPv4 addresses and whatever is thought of next) needs to be known here.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# What is_global of older Pythons calls public although no public server can be there; and the tunnels 6to4 and Teredo,
# which lead to an IPv4 address that somebody else chose.
_NOT_PUBLIC: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
    )
)


class PrivateAddress(Exception):
    """Raised by the dialler instead of connecting. Its text names the host and what is wrong with it."""


class AddressPolicy:
    """Which hosts may be dialled.

    ``allow_private`` is True (any), False (public ones only), or the private hosts that are allowed: names, addresses
    or networks, as in ("127.0.0.1", "intranet.example", "10.0.0.0/8"). Who is named there may be asked at any port,
    all others only at ``allowed_ports``.
    """

    def __init__(self, allow_private: bool | Sequence[str] = False, allowed_ports: Sequence[int] = WEB_PORTS) -> None:
        self._allow_all = allow_private is True
        self._ports = frozenset(allowed_ports)
        self._hosts: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for entry in () if isinstance(allow_private, bool) else allow_private:
            try:
                self._networks.append(ip_network(entry, strict=False))
            except ValueError:
                self._hosts.add(ascii_host(entry))

    def refusal(self, host: str, address: Address, port: int) -> str | None:
        """Why ``address``, which ``host`` resolved to, must not be dialled at ``port``; None when it may."""
        if self._allow_all or ascii_host(host) in self._hosts:
            return None
        if any(address.version == network.version and address in network for network in self._networks):
            return None
        if not is_public(address):
            return f"{host} is at {address}, which is not a public address"
        if port not in self._ports:
            return f"port {port} of {host} is not among the allowed_ports"
        return None


def is_public(address: Address) -> bool:
    """True for an address a public server can have; an IPv4 address inside an IPv6 one is judged itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_UNICAST or _is_isatap(address):
            return False
    if any(address.version == network.version and address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def _is_isatap(address: IPv6Address) -> bool:
    """RFC 5214: the last 32 bits are an IPv4 address inside the site."""
    return (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address the system knows for ``host``. Raises OSError when there is none.

    In threads of its own: a name server that does not answer must not keep those busy that read pages and databases.
    """
    look = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_lookups(), look)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@functools.cache
def _lookups() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Dials for httpcore: resolve, check every address, connect to a checked one."""

    def __init__(self, policy: AddressPolicy, resolver: Resolver = resolve) -> None:
        self._policy = policy
        self._resolver = resolver
        self._dialler = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises PrivateAddress, httpcore.ConnectError or httpcore.ConnectTimeout. ``timeout`` covers all of it."""
        until = None if timeout is None else time.monotonic() + timeout
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolver(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"looking up {host} took too long") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} does not resolve") from error
        for address in addresses:
            refusal = self._policy.refusal(host, ip_address(address), port)
            if refusal is not None:
                raise PrivateAddress(refusal)
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise httpcore.ConnectTimeout(f"connecting to {host} took too long")
            try:
                return await self._dialler.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[SocketOption] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never: a socket file is no public address."""
        raise PrivateAddress(f"{path} is a local socket")

    async def sleep(self, seconds: float) -> None:
        await self._dialler.sleep(seconds)
