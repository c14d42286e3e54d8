"""The client against a real server that is helpful, hostile or lazy."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

import pytest

from scrapers.errors import (
    BadAddress,
    BadEncoding,
    BadStatus,
    BrokenAnswer,
    FetchError,
    ForbiddenAddress,
    HostBusy,
    NotAllowed,
    RobotsUnavailable,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from scrapers.http import HttpClient, HttpSettings, Response
from scrapers.sources import Validators
from tests.loopback import Answer, LoopbackServer, Request

T = TypeVar("T")
NOW = datetime(2026, 11, 5, 10, tzinfo=UTC)
SETTINGS = HttpSettings(host_gap_seconds=0.0, allow_private=("127.0.0.1",), respect_robots=False)


def run(do: Callable[[HttpClient], Awaitable[T]], settings: HttpSettings = SETTINGS) -> T:
    async def go() -> T:
        async with HttpClient(settings, clock=lambda: NOW) as client:
            return await do(client)

    return asyncio.run(go())


def get(url: str, settings: HttpSettings = SETTINGS, validators: Validators | None = None) -> Response:
    return run(lambda client: client.get(url, validators=validators), settings)


def small(**changes: object) -> HttpSettings:
    values = {name: getattr(SETTINGS, name) for name in HttpSettings.__dataclass_fields__}
    return HttpSettings(**{**values, **changes})


def test_a_page_with_its_facts(server: LoopbackServer) -> None:
    url = server.add("/x", b"hello", headers={"ETag": '"1"', "Last-Modified": "then", "Content-Type": "text/plain"})
    response = get(f"{url}#part")
    assert (response.status, response.body, response.etag, response.last_modified) == (200, b"hello", '"1"', "then")
    assert (response.url, response.content_type, response.fetched_at) == (url, "text/plain", NOW)
    sent = server.requests[0].headers
    assert sent["user-agent"].startswith("dealwire/")
    assert sent["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in sent


def test_cookies_and_proxies_of_the_environment_play_no_part(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    url = server.add("/x", b"hello", headers={"Set-Cookie": "a=1"})

    async def twice(client: HttpClient) -> None:
        await client.get(url)
        await client.get(url)

    run(twice)
    assert all("cookie" not in request.headers for request in server.requests)


def test_conditional_requests(server: LoopbackServer) -> None:
    url = server.add("/x", b"hello", headers={"ETag": '"1"'})
    response = get(url, validators=Validators(etag='"1"'))
    assert response.not_modified
    assert (response.status, response.body) == (304, b"")
    assert get(url, validators=Validators(etag='"0"')).body == b"hello"
    dated = server.add("/y", b"hello", headers={"Last-Modified": "Thu, 05 Nov 2026 10:00:00 GMT"})
    assert get(dated, validators=Validators(last_modified="Thu, 05 Nov 2026 10:00:00 GMT")).not_modified


def test_a_304_that_nobody_asked_for_is_an_error(server: LoopbackServer) -> None:
    with pytest.raises(BadStatus, match="answered 304"):
        get(server.add("/x", status=304))


def test_redirects_are_followed_and_counted(server: LoopbackServer) -> None:
    server.add("/a", status=301, headers={"Location": "b?x=1"})
    server.add("/b?x=1", status=302, headers={"Location": server.url("/c#part")})
    server.add("/c", b"there")
    response = get(server.url("/a"))
    assert (response.requested_url, response.url, response.body) == (server.url("/a"), server.url("/c"), b"there")
    loop = server.add("/loop", status=307, headers={"Location": "/loop"})
    with pytest.raises(TooManyRedirects, match="more than 5 redirects"):
        get(loop)
    assert server.count("/loop") == 6


@pytest.mark.parametrize(
    ("statuses", "remembered"),
    [((301,), 1), ((308, 301), 2), ((302,), None), ((301, 302, 301), 1), ((307, 301), None), ((301, 303, 308), 1)],
)
def test_redirects_are_remembered_as_far_as_they_are_permanent(
    server: LoopbackServer, statuses: tuple[int, ...], remembered: int | None
) -> None:
    for number, status in enumerate(statuses):
        server.add(f"/{number}", status=status, headers={"Location": f"/{number + 1}"})
    server.add(f"/{len(statuses)}", b"there", headers={"Cache-Control": "max-age=600"})
    response = get(server.url("/0"))
    assert response.url == server.url(f"/{len(statuses)}")
    assert response.permanent_url == (None if remembered is None else server.url(f"/{remembered}"))
    assert response.fresh_seconds == 600.0


@pytest.mark.parametrize("location", ["ftp://news.example/x", "file:///etc/passwd", "http://", ""])
def test_redirects_to_what_is_no_web_address(server: LoopbackServer, location: str) -> None:
    with pytest.raises(BadAddress, match=r"/a: .* redirects to"):
        get(server.add("/a", status=302, headers={"Location": location}))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_statuses_that_will_not_pass(server: LoopbackServer, status: int) -> None:
    with pytest.raises(BadStatus, match=f"/x: the server answered {status}") as caught:
        get(server.add("/x", status=status))
    assert (caught.value.status, caught.value.temporary) == (status, False)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_statuses_that_may_pass(server: LoopbackServer, status: int) -> None:
    with pytest.raises(BadStatus, match="try again later") as caught:
        get(server.add("/x", status=status, headers={"Retry-After": "120"}))
    assert caught.value.temporary
    assert caught.value.retry_after_seconds == 120.0


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"text")),
        ("deflate", zlib.compress(b"text")),
        ("identity", b"text"),
        ("GZIP", gzip.compress(b"text")),
    ],
)
def test_packed_bodies(server: LoopbackServer, encoding: str, body: bytes) -> None:
    assert get(server.add("/x", body, headers={"Content-Encoding": encoding})).body == b"text"


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("br", b"\x0b\x02\x80text\x03", "packed as 'br'"),
        ("gzip, gzip", b"", "packed as 'gzip, gzip'"),
        ("gzip", b"no gzip at all", "is broken"),
        ("gzip", gzip.compress(b"text" * 100)[:-8], "cut short"),
    ],
)
def test_bodies_that_cannot_be_unpacked(server: LoopbackServer, encoding: str, body: bytes, reason: str) -> None:
    with pytest.raises(BadEncoding, match=reason):
        get(server.add("/x", body, headers={"Content-Encoding": encoding}))


def test_a_bomb_is_never_held(server: LoopbackServer) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    url = server.add("/bomb", bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match="unpacked it is more than 1,000,000 bytes"):
            get(url, small(max_body_bytes=1_000_000))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_bodies_beyond_the_caps(server: LoopbackServer) -> None:
    settings = small(max_wire_bytes=10_000)
    with pytest.raises(TooLarge, match="it is 10,001 bytes, more than 10,000"):
        get(server.add("/claims", b"x" * 10_001), settings)
    endless = server.add("/endless", chunks=[b"x" * 1000] * 1000)
    with pytest.raises(TooLarge, match="it sends more than 10,000 bytes"):
        get(endless, settings)
    with pytest.raises(TooLarge, match="it is more than 500 bytes"):
        get(server.add("/plain", b"x" * 501), small(max_body_bytes=500))


def test_slow_servers_meet_a_limit(server: LoopbackServer) -> None:
    silent = server.add("/silent", b"x", delay=30)
    with pytest.raises(TimedOut, match=r"no byte came for 0\.2 seconds"):
        get(silent, small(read_timeout_seconds=0.2))
    dripping = server.add("/drip", chunks=[b"x"] * 1000, chunk_delay=0.05)
    with pytest.raises(TimedOut, match=r"the whole answer took longer than 0\.4 seconds"):
        get(dripping, small(total_deadline_seconds=0.4))


def test_the_deadline_counts_all_redirects(server: LoopbackServer) -> None:
    url = server.add("/slow", status=302, headers={"Location": "/slow"}, delay=0.15)
    with pytest.raises(TimedOut, match="the whole answer"):
        get(url, small(total_deadline_seconds=0.4))
    assert server.count("/slow") < 5


def test_broken_and_absent_servers(server: LoopbackServer) -> None:
    with pytest.raises(BrokenAnswer, match="without sending complete message body") as caught:
        get(server.add("/short", b"only this", length=1000))
    assert caught.value.temporary
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}/x: .*check the address"):
        get(f"http://127.0.0.1:{port}/x")


def test_a_name_that_does_not_resolve() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def go() -> None:
        async with HttpClient(SETTINGS, resolver=nowhere) as client:
            await client.get("http://gone.example/x")

    with pytest.raises(Unreachable, match=r"the name gone\.example does not resolve"):
        asyncio.run(go())


@pytest.mark.parametrize(
    "url", ["ftp://news.example/x", "file:///etc/passwd", "news.example/x", "", "http://", "http://[x/"]
)
def test_addresses_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(BadAddress, match="give an address that begins with http"):
        get(url)


def test_private_hosts_are_not_asked_unless_named(server: LoopbackServer) -> None:
    url = server.add("/x", b"secret")
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1 is at 127\.0\.0\.1, which is not a public") as caught:
        get(url, small(allow_private=False))
    assert not caught.value.temporary
    assert server.requests == []


def test_a_public_name_must_not_lead_inside_by_redirect_or_by_changing_its_answer(server: LoopbackServer) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.1"]])

    async def resolver(host: str, port: int) -> list[str]:
        return next(answers)

    settings = small(allow_private=("outside.example",))
    server.add("/a", status=302, headers={"Location": f"http://inside.example:{server.port}/b"})
    server.add("/b", b"secret")

    async def go() -> None:
        async with HttpClient(settings, resolver=resolver) as client:
            await client.get(f"http://outside.example:{server.port}/a")

    with pytest.raises(ForbiddenAddress, match=r"inside\.example is at 127\.0\.0\.1"):
        asyncio.run(go())
    assert [request.path for request in server.requests] == ["/a"]


def test_robots_are_obeyed_also_behind_a_redirect(server: LoopbackServer) -> None:
    server.add("/robots.txt", b"User-agent: *\nDisallow: /private\n", headers={"Content-Type": "text/plain"})
    open_url = server.add("/open", b"fine")
    server.add("/jump", status=302, headers={"Location": "/private/x"})
    server.add("/private/x", b"secret")
    settings = small(respect_robots=True)

    async def go(client: HttpClient) -> None:
        assert (await client.get(open_url)).body == b"fine"
        for path in ("/private/x", "/jump"):
            with pytest.raises(NotAllowed, match=r"/private/x: the site's robots\.txt forbids it to dealwire"):
                await client.get(server.url(path))

    run(go, settings)
    assert [request.path for request in server.requests] == ["/robots.txt", "/open", "/jump"]


def test_endless_robots_are_cut_not_refused(server: LoopbackServer) -> None:
    server.add("/robots.txt", chunks=[b"User-agent: *\nDisallow: /private\n"] + [b"#" * 100_000] * 200)
    with pytest.raises(NotAllowed):
        get(server.add("/private", b"x"), small(respect_robots=True))


def test_one_request_at_a_time_and_a_gap_per_host(server: LoopbackServer) -> None:
    active = 0
    most = 0

    def handler(request: Request) -> Answer:
        nonlocal active, most
        active += 1
        most = max(most, active)
        server._sleep(0.02)
        active -= 1
        return Answer(b"x")

    urls = [server.add_handler(f"/{number}", handler) for number in range(5)]

    async def go(client: HttpClient) -> None:
        await asyncio.gather(*(client.get(url) for url in urls))

    run(go, small(host_gap_seconds=0.1))
    times = sorted(request.at for request in server.requests)
    assert most == 1
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(times))


def test_many_hosts_keep_few_connections(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.http._MAX_POOLS", 2)
    server.add("/x", b"fine")

    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def go() -> int:
        async with HttpClient(SETTINGS, resolver=resolver) as client:
            for number in (0, 1, 2, 3, 4) * 2:
                assert (await client.get(f"http://{number}.example:{server.port}/x")).body == b"fine"
            return len(client._pools)

    assert asyncio.run(go()) == 2


def test_every_fault_is_a_fetch_error_that_names_the_address(server: LoopbackServer) -> None:
    garbage = server.add("/garbage", b"x", headers={"Transfer-Encoding": "nonsense"})
    with pytest.raises(FetchError, match="/garbage"):
        get(garbage)


@pytest.mark.parametrize("etag", ['"caf\u00e9"', '"a\nX-Forged: 1"', '"' + "x" * 5000 + '"', '"a\x00"'])
def test_a_validator_that_cannot_be_said_back_is_left_out(server: LoopbackServer, etag: str) -> None:
    url = server.add("/x", b"hello")
    assert get(url, validators=Validators(etag=etag, last_modified=etag)).body == b"hello"
    assert not {"if-none-match", "if-modified-since", "x-forged"} & set(server.requests[0].headers)


def test_users_and_passwords_are_neither_sent_nor_told(server: LoopbackServer) -> None:
    server.add("/x", b"hello")
    server.add("/y", status=302, headers={"Location": f"http://eve:secret@127.0.0.1:{server.port}/gone"})
    response = get(f"http://bob:secret@127.0.0.1:{server.port}/x")
    assert (response.requested_url, response.url) == (server.url("/x"), server.url("/x"))
    with pytest.raises(BadStatus) as gone:
        get(f"http://bob:secret@127.0.0.1:{server.port}/y")
    with pytest.raises(BadAddress) as bad:
        get("ftp://bob:secret@files.example/x")
    for told in (str(gone.value), str(bad.value), repr(server.requests)):
        assert "secret" not in told
    assert all("authorization" not in request.headers for request in server.requests)


async def by_number(name: str, port: int) -> Sequence[str]:
    """What the system makes of a spelling, without asking anybody for names."""
    if name in ("outside.example", "localhost"):
        return ["127.0.0.1"]
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(entry[4][0]) for entry in found]


SPELLINGS = """
    0.0.0.0 [::] [::1] [::ffff:127.0.0.1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] 127.1 2130706433 0x7f000001
    0x7f.1 0177.0.0.1 017700000001 127.0.0.1. localhost 169.254.169.254 [fe80::1%25lo] [fe80::1%lo] ①②⑦.0.0.1 1２7.0.0.1
"""


@pytest.mark.parametrize("host", SPELLINGS.split())
def test_no_spelling_of_an_address_leads_inside(server: LoopbackServer, host: str) -> None:
    server.add("/x", b"secret")
    location = f"http://{host}:{server.port}/x"
    server.add("/jump", status=302, headers={"Location": location.encode().decode("latin-1")})

    async def ask(url: str) -> None:
        settings = small(allow_private=("outside.example",), connect_timeout_seconds=5.0)
        async with HttpClient(settings, resolver=by_number) as client:
            await client.get(url)

    for url in (location, f"http://outside.example:{server.port}/jump"):
        with pytest.raises((ForbiddenAddress, Unreachable, BadAddress)):
            asyncio.run(ask(url))
    assert [request.path for request in server.requests] == ["/jump"]


def test_a_public_host_is_not_asked_at_any_port() -> None:
    async def resolver(name: str, port: int) -> list[str]:
        return ["203.0.114.1"]  # public, and never dialled here

    async def go() -> None:
        async with HttpClient(SETTINGS, resolver=resolver) as client:
            await client.get("http://mail.example:25/")

    with pytest.raises(ForbiddenAddress, match=r"port 25 of mail\.example is not among the allowed_ports"):
        asyncio.run(go())


def test_429_and_503_with_a_time_pause_the_host_for_all_its_pages(server: LoopbackServer) -> None:
    server.add("/429", status=429)
    server.add("/503", status=503, headers={"Retry-After": "120"})
    server.add("/500", status=500)
    fine = server.add("/fine", b"fine")

    async def after(client: HttpClient, path: str) -> float | None:
        with pytest.raises(BadStatus) as caught:
            await client.get(server.url(path))
        return caught.value.retry_after_seconds

    for path, seconds in (("/429", 60.0), ("/503", 120.0)):

        async def go(client: HttpClient, path: str = path, seconds: float = seconds) -> None:
            assert await after(client, path) == seconds
            with pytest.raises(HostBusy, match="asked to be left alone") as caught:
                await client.get(fine)
            assert seconds - 10 < (caught.value.retry_after_seconds or 0.0) <= seconds

        run(go)

    async def goes_on(client: HttpClient) -> None:
        assert await after(client, "/500") is None
        assert (await client.get(fine)).body == b"fine"

    run(goes_on)


def test_robots_follow_five_redirects_and_not_six(server: LoopbackServer) -> None:
    settings = small(respect_robots=True, max_redirects=1)
    server.add("/private", b"x")
    for number in range(5):
        server.add(f"/{number}" if number else "/robots.txt", status=301, headers={"Location": f"/{number + 1}"})
    server.add("/5", b"User-agent: *\nDisallow: /private\n")
    with pytest.raises(NotAllowed):
        get(server.url("/private"), settings)
    server.add("/5", status=301, headers={"Location": "/6"})
    server.add("/6", b"User-agent: *\nDisallow: /private\n")
    assert get(server.url("/private"), settings).body == b"x"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_robots_that_are_not_there_allow_all(server: LoopbackServer, status: int) -> None:
    server.add("/robots.txt", status=status)
    assert get(server.add("/x", b"x"), small(respect_robots=True)).body == b"x"


@pytest.mark.parametrize("status", [500, 503, 599])
def test_robots_that_cannot_be_had_now_forbid_all(server: LoopbackServer, status: int) -> None:
    server.add("/robots.txt", status=status)
    with pytest.raises(RobotsUnavailable, match=f"answered {status}"):
        get(server.add("/x", b"x"), small(respect_robots=True))
    assert server.count("/x") == 0


def test_robots_that_never_end_or_never_come_forbid_all(server: LoopbackServer) -> None:
    server.add("/robots.txt", chunks=[b"#"] * 1000, chunk_delay=0.05)
    with pytest.raises(TimedOut, match=r"asking for its robots\.txt"):
        get(server.add("/x", b"x"), small(respect_robots=True, total_deadline_seconds=0.3))
    assert server.count("/x") == 0
