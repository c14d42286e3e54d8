"""Digests reach mailboxes and webhooks: really sent, over loopback; once, or recognisable when it is twice."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from pipeline.config_digests import Channel, DigestFormat, EmailChannel, Period, WebhookChannel
from pipeline.digest import outbox as outbox_module
from pipeline.digest import webhook
from pipeline.digest.making import Wanted, file_in, make
from pipeline.digest.outbox import CLAIM, WAITS, Outbox, Sent
from pipeline.digest.periods import span_of
from pipeline.digest.webhook import signature
from pipeline.spreadsheet import read_rows
from storage.database import Database
from storage.deals import DealQuery
from storage.deliveries import Delivery, claim, deliveries_of, due, load_bodies, retry
from storage.digests import list_digests
from storage.vocabulary import DeliveryState
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.digest.mail_server import CERTIFICATE, MailServer, mail_server
from tests.storage.builders import add_deal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DAY = span_of(Period.DAILY, date(2026, 11, 5))


@dataclass(slots=True)
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Desk:
    """A database with one deal, the channels of a digest of it, and a clock that is moved by hand."""

    database: Database
    folder: Path
    channels: list[Channel]
    clock: Clock
    said: list[str]

    def make(self, **changes: object) -> int:
        """Make the digest; how many deliveries are queued."""
        form = DigestFormat.HTML
        asked = Wanted(
            name="morning", query=DealQuery(), span=None, form=form, file=file_in(self.folder, "morning", form),
            zone=UTC, channels=self.channels,
        )  # fmt: skip
        return make(self.database, replace(asked, **changes), now=self.clock.now).queued  # type: ignore[arg-type]

    def send(self) -> Sent:
        return Outbox(self.database, {one.name: one for one in self.channels}, self.clock, self.said.append).send_due()

    def deliveries(self) -> list[Delivery]:
        """Those of channels, the first first."""
        with self.database.reading() as session:
            found = deliveries_of(session, [digest.id for digest in list_digests(session)])
        return [delivery for delivery in found if delivery.channel]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    with database.session() as session:
        add_deal(session, "https://wire.example/1")
    return Desk(database, tmp_path / "digests", [], Clock(datetime.now(UTC)), [])


def email(server: MailServer, **changes: object) -> EmailChannel:
    values = {
        "name": "desk", "kind": "email", "server": "127.0.0.1", "port": server.port, "security": "none",
        "sender": "Deal Wire <wire@example.com>", "to": ["Ann <ann@example.com>", "bob@example.com"],
    }  # fmt: skip
    return EmailChannel.model_validate(values | changes)


def hook(url: str, **changes: object) -> WebhookChannel:
    return WebhookChannel.model_validate({"name": "hook", "kind": "webhook", "url": url, "secret": SECRET} | changes)


# -- mail --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("security", "login"), [("none", False), ("starttls", True), ("tls", True)], ids=["none", "starttls", "tls"]
)
def test_a_mail_arrives_whole_at_every_address(desk: Desk, security: str, login: bool) -> None:
    with mail_server(security, login=login) as server:
        account = {"user": "wire", "password": "right"} if login else {}
        desk.channels.append(email(server, security=security, ca_file=CERTIFICATE, **account))
        assert desk.make(span=DAY) == 2
        assert desk.send() == Sent(delivered=2)
    assert server.logins == [(b"wire", b"right")] * 2 * login
    assert server.envelopes == [("wire@example.com", ["ann@example.com"]), ("wire@example.com", ["bob@example.com"])]
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["To"] == "Ann <ann@example.com>, bob@example.com"
    assert first["Subject"] == "morning 2026-11-05: 1 deal"
    text, page = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "## Aquila buys Borealis" in text.get_content()
    assert "Aquila buys Borealis</h2>" in page.get_content()
    (attached,) = first.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("morning-2026-11-05.csv", "text/csv")
    (row,) = read_rows(iter(attached.get_content().splitlines(keepends=True)))
    assert row["parties"] == "Aquila; Borealis"


def test_who_is_not_wanted_does_not_cost_the_others_their_mail(desk: Desk) -> None:
    with mail_server() as server:
        desk.channels.append(email(server, to=["gone@example.com", "slow@example.com", "ann@example.com"]))
        server.refuse = {"gone@example.com": "550 no such user", "slow@example.com": "451 come back later"}
        desk.make()
        assert desk.send() == Sent(delivered=1, failed=1, given_up=1)
        gone, slow, ann = desk.deliveries()
        assert (gone.state, gone.last_error) == (
            DeliveryState.GIVEN_UP, "mail server 127.0.0.1 refuses gone@example.com: 550 no such user",
        )  # fmt: skip
        assert (slow.state, slow.next_try_at) == (DeliveryState.PENDING, desk.clock.now + WAITS[0])
        assert ann.state is DeliveryState.DELIVERED
        server.refuse.clear()
        desk.clock.now += WAITS[0]
        assert desk.send() == Sent(delivered=1)
        assert [to for _, to in server.envelopes] == [["ann@example.com"], ["slow@example.com"]]
        assert len({mail["Message-ID"] for mail in server.mails}) == 1


@pytest.mark.parametrize(
    ("answer", "change", "said", "given_up"),
    [
        ("554 looks like junk", {}, "refuses the mail: 554 looks like junk", True),
        ("452 disk full", {}, "refuses the mail: 452 disk full", False),
        ("", {"security": "starttls"}, "STARTTLS extension not supported", False),
        ("", {"port": 9}, "Connection refused", False),
    ],
)
def test_what_goes_wrong_with_a_mail_is_told(
    desk: Desk, answer: str, change: dict[str, object], said: str, given_up: bool
) -> None:
    with mail_server() as server:
        server.refuse = {"data": answer} if answer else {}
        desk.channels.append(email(server, to=["ann@example.com"], **change))
        desk.make()
        assert desk.send() == Sent(given_up=given_up, failed=not given_up)
    (delivery,) = desk.deliveries()
    assert said in (delivery.last_error or "")
    assert any(said in line for line in desk.said)


def test_a_wrong_password_and_a_foreign_certificate_are_told(desk: Desk) -> None:
    with mail_server("starttls", login=True) as server:
        account = {"user": "wire", "password": "wrong", "security": "starttls", "to": ["ann@example.com"]}
        desk.channels += [
            email(server, ca_file=CERTIFICATE, **account), email(server, name="unknown", **account),
        ]  # fmt: skip
        desk.make()
        assert desk.send() == Sent(failed=2)
    wrong, foreign = desk.deliveries()
    assert "does not accept user and password" in (wrong.last_error or "")
    assert "CERTIFICATE_VERIFY_FAILED" in (foreign.last_error or "")
    assert server.mails == []


# -- webhooks ----------------------------------------------------------------------------------------------------------


def test_a_webhook_is_signed_and_carries_the_deals(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook?token=1", status=204)))
    desk.make()
    assert desk.send() == Sent(delivered=1)
    (request,) = server.requests
    message = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert message == json.loads(request.body)
    (deal,) = message["data"].pop("deals")
    assert (deal["headline"], len(deal["reports"])) == ("Aquila buys Borealis", 1)
    assert deal["mark"] == {"new": True, "changes": {}}
    made_at = desk.clock.now.isoformat(timespec="seconds")
    assert message == {
        "type": "digest.made", "timestamp": made_at,
        "data": {"name": "morning", "label": f"{desk.clock.now.date()}-no1", "number": 1, "since": None, "until": None,
                 "made_at": made_at, "count": 1},
    }  # fmt: skip
    (delivery,) = desk.deliveries()
    assert delivery.target == server.url("/hook")  # without what may be a secret


def test_a_webhook_may_carry_a_link_instead(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook"), link="https://intranet.example/digests/"))
    desk.make()
    desk.send()
    told = json.loads(server.requests[0].body)["data"]
    assert "deals" not in told
    assert told["url"] == f"https://intranet.example/digests/morning-{desk.clock.now.date()}-no1.html"


def test_the_signature_is_that_of_the_specification() -> None:
    body = b'{"test": 2432232314}'
    assert signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_an_outage_is_waited_for_and_the_second_attempt_is_the_same_message(desk: Desk, server: LoopbackServer) -> None:
    answers = [Answer(status=503, headers={"Retry-After": "600"}), Answer(status=200)]
    desk.channels.append(hook(server.add_sequence("/hook", answers)))
    desk.make()
    assert desk.send() == Sent(failed=1)
    (delivery,) = desk.deliveries()
    assert delivery.next_try_at == desk.clock.now + timedelta(minutes=10)
    assert desk.send() == Sent()
    desk.clock.now += timedelta(minutes=10)
    assert desk.send() == Sent(delivered=1)
    first, second = server.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) in (600, 601)


@pytest.mark.parametrize("status", [410, 422])
def test_a_refusal_for_good_is_given_up_at_once_and_can_be_retried(
    desk: Desk, server: LoopbackServer, status: int
) -> None:
    desk.channels.append(hook(server.add_sequence("/hook", [Answer(status=status), Answer(status=200)])))
    desk.make()
    assert desk.send() == Sent(given_up=1)
    assert desk.send() == Sent()
    with desk.database.session() as session:
        assert retry(session, desk.clock.now, name="others") == 0
        assert retry(session, desk.clock.now, name="morning") == 1
    assert desk.send() == Sent(delivered=1)


def test_what_never_works_is_given_up_after_days(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook", status=500)))
    desk.make()
    begun = desk.clock.now
    sent = desk.send()
    while not sent.given_up:
        assert sent == Sent(failed=1)
        desk.clock.now = desk.deliveries()[0].next_try_at
        sent = desk.send()
    assert len(server.requests) == len(WAITS) + 1
    assert timedelta(days=3) < desk.clock.now - begun < timedelta(days=4)
    (delivery,) = desk.deliveries()
    assert (delivery.state, delivery.attempts) == (DeliveryState.GIVEN_UP, 10)
    assert delivery.last_error == f"{server.url('/hook')} answered 500"


def test_redirects_are_not_followed(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook", status=307, headers={"Location": server.add("/inside")})))
    desk.make()
    assert desk.send() == Sent(failed=1)
    assert server.count("/inside") == 0
    assert "redirects are not followed" in (desk.deliveries()[0].last_error or "")


def test_a_receiver_that_does_not_answer_is_not_waited_for(
    desk: Desk, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_TIMEOUT_SECONDS", 0.2)
    desk.channels += [hook(server.add("/hook", delay=20.0)), hook("http://127.0.0.1:9/hook", name="nobody")]
    desk.make()
    assert desk.send() == Sent(failed=2)
    slow, nobody = desk.deliveries()
    assert "did not answer" in (slow.last_error or "")
    assert "refused" in (nobody.last_error or "")


# -- once --------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone: nothing of ours runs any more."""


def _killed(*_: object, **__: object) -> None:
    raise Killed


def test_what_was_sent_but_not_marked_is_sent_again_under_the_same_id(
    desk: Desk, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.channels.append(hook(server.add("/hook")))
    desk.make()
    with monkeypatch.context() as patch:
        patch.setattr(outbox_module, "mark_delivered", _killed)
        with pytest.raises(Killed):
            desk.send()
    assert desk.send() == Sent()  # whoever claimed it may still be at it
    desk.clock.now += CLAIM
    assert desk.send() == Sent(delivered=1)
    first, second = server.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_one_sender_at_a_time_has_a_delivery(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook")))
    desk.make()
    now = desk.clock.now
    with desk.database.session() as session:
        ((number, channel),) = due(session, now)
        assert channel == "hook"
        assert claim(session, number, now, now + CLAIM) is not None
        assert claim(session, number, now, now + CLAIM) is None
    assert desk.send() == Sent()


def test_a_period_goes_out_once_however_often_its_file_is_written(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook")))
    assert [desk.make(span=DAY), desk.send().delivered, desk.make(span=DAY), desk.send().delivered] == [1, 1, 0, 0]
    assert [path.name for path in desk.folder.iterdir()] == ["morning-2026-11-05.html"]


def test_nothing_goes_out_when_there_is_nothing_to_tell(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook")))
    nobody = DealQuery(party="Nobody")
    assert desk.make(query=nobody) == 0
    assert desk.make(query=nobody, span=DAY) == 0
    assert desk.make(query=nobody, span=DAY, send_empty=True) == 1


def test_a_digest_without_a_file_keeps_nothing_once_it_is_delivered(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook")))
    desk.make(file=None)
    with desk.database.reading() as session:
        (digest,) = list_digests(session)
        assert set(load_bodies(session, digest.id)) == {"json"}
        assert digest.path == ""
    desk.send()
    with desk.database.reading() as session:
        assert load_bodies(session, digest.id) == {}


def test_what_is_too_large_to_be_sent_says_so(
    desk: Desk, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.digest.making.MOST_SENT_BYTES", 50)
    with mail_server() as mails:
        desk.channels += [hook(server.add("/hook")), email(mails, to=["ann@example.com"])]
        desk.make()
        assert desk.send() == Sent(given_up=2)
    assert [delivery.last_error for delivery in desk.deliveries()] == [
        "the digest is too large for a webhook; narrow it down, or give the channel a link",
        "the digest is too large for a mail; narrow it down, or use its folder or a webhook with a link",
    ]


def test_what_goes_to_a_channel_that_is_not_configured_here_waits(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook")))
    desk.make()
    channels, desk.channels = desk.channels, []
    assert desk.send() == Sent(unknown=frozenset({"hook"}))
    assert desk.deliveries()[0].attempts == 0
    desk.channels = channels
    assert desk.send() == Sent(delivered=1)


def test_sending_ends_when_the_service_does(desk: Desk, server: LoopbackServer) -> None:
    desk.channels.append(hook(server.add("/hook")))
    desk.make()
    outbox = Outbox(desk.database, {"hook": desk.channels[0]}, desk.clock, desk.said.append)
    assert outbox.send_due(stopping=lambda: True) == Sent()
    assert server.requests == []
