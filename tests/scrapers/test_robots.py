"""What robots.txt lets us read, by RFC 9309, and what it cannot do to us."""

from __future__ import annotations

import asyncio

import pytest

from scrapers.errors import (
    BadStatus,
    ForbiddenAddress,
    HostBusy,
    NotAllowed,
    RobotsUnavailable,
    TooManyRedirects,
    Unreachable,
)
from scrapers.manners import MAX_CRAWL_DELAY_SECONDS, Manners
from scrapers.robots import ROBOTS_MAX_BYTES, Robots, parse_rules, product_token
from tests.scrapers.clock import Clock


class Site:
    """Answers robots.txt from a script and counts how often it is asked."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.clock = Clock()
        self.manners = Manners(0.0, clock=self.clock, sleep=self.clock.sleep)
        self.robots = Robots("dealwire/1.0 (test)", self.fetch, self.manners)

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def check(self, url: str) -> None:
        asyncio.run(self.robots.check(url))


def test_rules_are_obeyed_and_asked_for_once() -> None:
    site = Site(b"User-agent: dealwire\nDisallow: /private*/\n\nUser-agent: *\nDisallow: /\n")
    site.check("https://news.example/open")
    with pytest.raises(NotAllowed, match=r"/private-a/x: the site's robots.txt forbids it to dealwire"):
        site.check("https://news.example/private-a/x")
    assert site.asked == ["https://news.example/robots.txt"]
    site.clock.now = 25 * 3600.0
    site.check("https://news.example/open")
    assert len(site.asked) == 2


def test_each_origin_has_rules_of_its_own() -> None:
    site = Site(b"")
    site.check("https://news.example/x")
    site.check("https://user:secret@news.example:8443/x")
    assert site.asked == ["https://news.example/robots.txt", "https://news.example:8443/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_rules_allow_everything(status: int) -> None:
    Site(BadStatus("https://news.example/robots.txt", status)).check("https://news.example/x")


def test_rules_that_cannot_be_read_for_good_are_none() -> None:
    Site(TooManyRedirects("https://news.example/robots.txt", "round and round")).check("https://news.example/x")
    Site(b"\xff\xfe\x00 not rules at all <html>").check("https://news.example/x")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_rules_that_cannot_be_had_now_forbid_for_a_while(status: int) -> None:
    site = Site(BadStatus("https://news.example/robots.txt", status))
    for _ in range(2):
        with pytest.raises(RobotsUnavailable, match=f"answered {status}") as caught:
            site.check("https://news.example/x")
        assert caught.value.temporary
    assert len(site.asked) == 1
    site.answer = b""
    site.clock.now = 301.0
    site.check("https://news.example/x")


def test_an_unreachable_host_is_reported_as_that() -> None:
    with pytest.raises(Unreachable, match=r"news\.example/x: asking for its robots\.txt: nobody listens"):
        Site(Unreachable("https://news.example/robots.txt", "nobody listens")).check("https://news.example/x")
    with pytest.raises(ForbiddenAddress):
        Site(ForbiddenAddress("https://news.example/robots.txt", "private")).check("https://news.example/x")


def test_crawl_delay_widens_the_gap_within_reason() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 86400\n")

    async def go() -> None:
        await site.robots.check("https://news.example/x")

        async def request() -> None:
            async with site.manners.turn("https://news.example/x"):
                pass

        await site.clock.run(asyncio.create_task(request()), asyncio.create_task(request()))

    asyncio.run(go())
    assert site.clock.now == MAX_CRAWL_DELAY_SECONDS


def test_the_longest_delay_of_a_hosts_origins_counts_and_goes_when_they_drop_it() -> None:
    site = Site(b"User-agent: *\nCrawl-delay: 7.5\n")
    gap = 0.0

    async def go() -> None:
        nonlocal gap
        await site.robots.check("https://news.example/x")
        site.answer = b"User-agent: *\nCrawl-delay: 2\n"
        await site.robots.check("http://news.example/x")
        gap = site.manners._gap_to(site.manners._host("news.example"))
        site.clock.now = 25 * 3600.0
        site.answer = b""
        for scheme in ("http", "https"):
            await site.robots.check(f"{scheme}://news.example/x")

    asyncio.run(go())
    assert gap == 7.5
    assert site.manners._gap_to(site.manners._host("news.example")) == 0.0


@pytest.mark.parametrize("delay", ["nan", "inf", "-5", "soon", "", "1e400", "0"])
def test_absurd_delays_are_none(delay: str) -> None:
    site = Site(f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    site.check("https://news.example/x")
    assert site.manners._gap_to(site.manners._host("news.example")) == 0.0


def test_a_failure_says_when_to_come_back_and_a_pause_is_not_kept_as_one() -> None:
    site = Site(BadStatus("https://news.example/robots.txt", 503, 1000.0))
    with pytest.raises(RobotsUnavailable) as caught:
        site.check("https://news.example/x")
    assert caught.value.retry_after_seconds == 1000.0
    busy = Site(HostBusy("https://news.example/robots.txt", "news.example asked to be left alone", 60.0))
    for _ in range(2):
        with pytest.raises(HostBusy):
            busy.check("https://news.example/x")
    assert len(busy.asked) == 2


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("dealwire/0.1.0 (reads news)", "dealwire"),
        ("dealwire (+https://site.example/bot; me@site.example)", "dealwire"),
        ("Mozilla/5.0 (compatible; NewsBot/2.1; +https://site.example/bot)", "newsbot"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; News_Reader/1) Chrome/99", "news_reader"),
        ("Mozilla/5.0", "*"),
        ("", "*"),
    ],
)
def test_product_tokens(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


def allows(rules: str | bytes, path: str = "/x") -> bool:
    body = rules if isinstance(rules, bytes) else rules.encode()
    return bool(parse_rules(body, "dealwire").can_fetch(f"https://news.example{path}", "dealwire"))


def test_groups_are_those_of_our_name_and_of_no_other() -> None:
    for name in ("dealwire", "DealWire", "dealwire/2.0", "Dealwire bot # comment"):
        assert not allows(f"User-agent: {name}\nDisallow: /\n")
        assert allows(f"User-agent: *\nDisallow: /\n\nUser-agent: {name}\nAllow: /\n")
    for name in ("deal", "d", "wire", "dealwires", "dealwire-news", "otherbot dealwire"):
        assert allows(f"User-agent: {name}\nDisallow: /\n")
        assert not allows(f"User-agent: *\nDisallow: /\n\nUser-agent: {name}\nAllow: /\n")


def test_several_names_share_a_group_and_several_groups_are_one() -> None:
    rules = "User-agent: a\nUser-agent: dealwire\nUser-agent: b\nDisallow: /a\n\nUser-agent: dealwire\nDisallow: /b\n"
    assert (allows(rules, "/a"), allows(rules, "/b"), allows(rules, "/c")) == (False, False, True)


def test_the_longest_rule_wins_with_wildcards_and_ends() -> None:
    rules = "User-agent: *\nDisallow: /news/\nAllow: /news/open/\nDisallow: /*.pdf$\nDisallow: /caf%C3%A9\n"
    for path, allowed in {
        "/news/x": False,
        "/news/open/x": True,
        "/a.pdf": False,
        "/a.pdf?x": True,
        "/café": False,
        "/robots.txt": True,
    }.items():
        assert allows(rules, path) == allowed


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"", b"\r\n\r\n", b"# a comment\r"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_marks_and_line_ends_of_any_kind(mark: bytes, end: bytes) -> None:
    assert not allows(mark + end.join((b"User-agent: *", b"Disallow: /x", b"")))


def test_what_is_cut_off_says_nothing() -> None:
    head = b"User-agent: *\n"
    line = b"Disallow: /private\n"
    rest = ROBOTS_MAX_BYTES - len(head) - len("Disallow: /")
    body = head + b"#" * (rest - 1) + b"\n" + line * 2
    assert body[:ROBOTS_MAX_BYTES].endswith(b"\nDisallow: /")
    assert allows(body)
    assert not allows(head + line + b"#" * ROBOTS_MAX_BYTES, "/private")


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: a%d\n" % n for n in range(12_000)) + b"Disallow: /%d\n" * 12_000,
        b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*b$\n" * 15_000,
        b"User-agent: *\n" + b"Disallow: /" + b"*a" * 200_000,
        b"User-agent: *\n" + b"Allow: /$$$$$$$$\n" * 10_000,
        b"\xff\xfe" * 100_000,
        b"User-agent: *\nDisallow: " + b"%" * 400_000,
    ],
    ids=range(6),
)
def test_rules_made_to_exhaust_are_read_in_little_time(body: bytes) -> None:
    for path in ("/x", "/" + "a" * 2000):
        allows(body, path)
