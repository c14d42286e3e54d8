"""The one place that decides which network addresses may be dialled, and the dialler that obeys it.

The name is resolved here, every address it gives is checked, and exactly a checked address is dialled, so a name that
changes its answer between check and connection gains nothing. Decimal, octal and short spellings of an address are
resolved by the system like any name and meet the same check.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

from scrapers.links import ascii_host

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

# What is_global of older Pythons calls public although no public server can be there.
_NOT_PUBLIC: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "2001::/23",
        "3fff::/20",
        "ff00::/8",
    )
)
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


class PrivateAddress(Exception):
    """Raised by the dialler instead of connecting. Its text names the host and the address."""


class AddressPolicy:
    """Which hosts may be dialled.

    ``allow_private`` is True (any), False (public ones only), or the private hosts that are allowed: names, addresses
    or networks, as in ("127.0.0.1", "intranet.example", "10.0.0.0/8").
    """

    def __init__(self, allow_private: bool | Sequence[str] = False) -> None:
        self._allow_all = allow_private is True
        self._hosts: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for entry in () if isinstance(allow_private, bool) else allow_private:
            try:
                self._networks.append(ip_network(entry, strict=False))
            except ValueError:
                self._hosts.add(ascii_host(entry))

    def permits(self, host: str, address: Address) -> bool:
        """True when ``address``, which ``host`` resolved to, may be dialled."""
        if self._allow_all or is_public(address) or ascii_host(host) in self._hosts:
            return True
        return any(address.version == network.version and address in network for network in self._networks)


def is_public(address: Address) -> bool:
    """True for an address a public server can have; an IPv4 address inside an IPv6 one is judged itself."""
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
    if any(address.version == network.version and address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to (mapped, compatible, 6to4, Teredo, NAT64)."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64) or 1 < int(address) < 2**32:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address the system knows for ``host``. Raises OSError when there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


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
            if not self._policy.permits(host, ip_address(address)):
                raise PrivateAddress(f"{host} is at {address}, which is not a public address")
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
