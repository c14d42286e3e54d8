"""No private address is ever dialled, however it is written or resolved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

import httpcore
import pytest

from scrapers.addresses import WEB_PORTS, AddressPolicy, GuardedBackend, PrivateAddress, is_public, resolve
from tests.loopback import LoopbackServer

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "192.0.0.8", "192.88.99.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
    "ff02::1", "2001:db8::1", "3fff::1", "::ffff:127.0.0.1", "::7f00:1", "2002:7f00:1::", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2002:808:808::1", "64:ff9b:1::808:808",
    "::8.8.8.8", "::ffff:0:8.8.8.8", "fec0::1", "fd00:ec2::254", "100::1", "5f00::1", "fe80::1%eth0", "fe80::1%1",
    "::ffff:169.254.169.254", "2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1", "2001:20::1", "2001:10::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "151.101.1.1", "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_policy_allows_what_it_names_and_nothing_else() -> None:
    policy = AddressPolicy(("127.0.0.1", "wiki.intranet.example", "10.0.0.0/8"))
    assert policy.refusal("127.0.0.1", ip_address("127.0.0.1"), 80) is None
    assert policy.refusal("Wiki.Intranet.Example.", ip_address("192.168.7.7"), 3000) is None
    assert policy.refusal("anything.example", ip_address("10.9.9.9"), 5000) is None
    for address in ("192.168.7.7", "::1", "::ffff:192.168.7.7"):
        said = policy.refusal("other.example", ip_address(address), 80)
        assert said == f"other.example is at {ip_address(address)}, which is not a public address"
    assert AddressPolicy(True).refusal("x", ip_address("::1"), 22) is None


def test_public_hosts_are_asked_at_the_ports_of_web_servers() -> None:
    public = ip_address("8.8.8.8")
    for port in WEB_PORTS:
        assert AddressPolicy().refusal("news.example", public, port) is None
    for port in (21, 22, 25, 53, 3306, 6379, 11211):
        said = AddressPolicy().refusal("news.example", public, port)
        assert said == f"port {port} of news.example is not among the allowed_ports"
    assert AddressPolicy(allowed_ports=(8000,)).refusal("news.example", public, 8000) is None
    assert AddressPolicy(allowed_ports=(8000,)).refusal("news.example", public, 80) is not None
    assert AddressPolicy(("other.example",)).refusal("news.example", public, 22) is not None


def dial(host: str, addresses: Sequence[str], policy: AddressPolicy, port: int) -> None:
    async def resolver(name: str, number: int) -> Sequence[str]:
        return addresses

    async def go() -> None:
        stream = await GuardedBackend(policy, resolver).connect_tcp(host, port, timeout=2)
        await stream.aclose()

    asyncio.run(go())


def test_one_private_answer_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(PrivateAddress, match=r"rebind\.example is at 127\.0\.0\.1"):
        dial("rebind.example", ["8.8.8.8", "127.0.0.1"], AddressPolicy(), 80)


def test_the_checked_address_is_the_one_dialled() -> None:
    with LoopbackServer() as server:
        dial("no-such-name.invalid", ["127.0.0.1"], AddressPolicy(("no-such-name.invalid",)), server.port)


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with LoopbackServer() as server:
        dial("two.example", ["127.0.0.2", "127.0.0.1"], AddressPolicy(True), server.port)


def test_nothing_to_dial() -> None:
    with pytest.raises(httpcore.ConnectError, match="has no address"):
        dial("empty.example", [], AddressPolicy(), 80)


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_other_spellings_of_loopback_resolve_to_it(spelling: str) -> None:
    try:
        found = asyncio.run(resolve(spelling, 80))
    except OSError:
        return  # a system that does not know the spelling cannot be led astray by it
    assert all(not is_public(ip_address(address)) for address in found)
