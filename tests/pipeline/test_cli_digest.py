"""``dealwire digest`` and the channels of a configuration, as a user at a shell or a crontab has them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import run
from pipeline.cli.app import app
from pipeline.cli.common import Settings, now
from pipeline.config import parse_config
from pipeline.config_digests import DigestFilter
from pipeline.digest.webhook import signature
from pipeline.errors import ConfigError
from storage.database import open_database
from storage.deals import DealQuery
from storage.deliveries import deliveries_of
from storage.digests import list_digests
from storage.vocabulary import DealType, DeliveryState
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.digest.mail_server import mail_server
from tests.pipeline.stories import tell

URL = "sqlite:///deals.db"
DEAL = "DEAL licensing announced: licensor Nokia, licensee Brightwell"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of one deal, announced yesterday."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEALWIRE_DATABASE_URL", URL)
    with open_database(URL) as database:
        tell(database, DEAL, now().date() - timedelta(days=1))
    return tmp_path


def dealwire(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def configure(text: str) -> None:
    Path("config.yaml").write_text(dedent(text), encoding="utf-8")


def test_what_is_new_is_told_once(here: Path) -> None:
    first = dealwire("digest", "--since-last", "--as", "mine", "--format", "html")
    assert first.exit_code == 0, first.output
    assert first.stdout == f"digests/mine-{now().date()}-no1.html\n"
    assert "1 deal new or changed" in first.stderr
    again = dealwire("digest", "--since-last", "--as", "mine")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "nothing is new" in again.stderr
    shown = [dealwire("digest", "--period", "since_last", "--as", "others", "-o", "-") for _ in range(2)]
    assert [result.stdout_bytes.count(b"\r\n") for result in shown] == [2, 2]


def test_a_digest_is_made_and_sent_and_listed(here: Path, server: LoopbackServer) -> None:
    with mail_server() as mails:
        server.add_sequence("/hook", [Answer(status=500), Answer(status=200)])
        configure(f"""
            channels:
              - {{name: desk, kind: email, server: 127.0.0.1, port: {mails.port}, security: none,
                  sender: wire@example.com, to: ann@example.com}}
              - {{name: hook, kind: webhook, url: "{server.url("/hook")}", secret: {SECRET}}}
            digests: [{{name: morning, period: since_last, format: markdown, deliver: [desk, hook], excel: true}}]
        """)
        refused = dealwire("digest", "morning")
        assert refused.exit_code == 2
        assert "goes to desk, hook: add --deliver to make and send it, or -o - to look at it" in refused.stderr
        assert "# morning no. 1" in dealwire("digest", "morning", "-o", "-").stdout
        made = dealwire("digest", "morning", "--deliver")
        assert made.exit_code == 1
        assert made.stdout == f"{here}/digests/morning-{now().date()}-no1.md\n"
        assert "1 delivered, 1 to be tried again" in made.stderr
        (attached,) = mails.mails[0].iter_attachments()
        assert attached.get_content().startswith("\ufeffdeal_id")
        listed = dealwire("digest", "--list", "morning").stdout.splitlines()[1:]
        places = [line.split("\t")[4] for line in listed]
        assert places == ["desk: ann@example.com", f"hook: {server.url('/hook')}", made.stdout.strip()]
        assert "waiting until" in listed[1]
        assert "answered 500" in listed[1]
        assert "nothing is due" in dealwire("digest", "--deliver").stderr
        retried = dealwire("digest", "--deliver", "--retry-failed")
        assert (retried.exit_code, "1 delivered" in retried.stderr) == (0, True)
    assert "\tdelivered" in dealwire("digest", "--list").stdout


def test_a_period_is_written_by_hand_and_sent_when_asked(here: Path, server: LoopbackServer) -> None:
    configure(f"""
        channels: [{{name: hook, kind: webhook, url: "{server.add("/hook")}", secret: {SECRET}}}]
        digests: [{{name: daily, deliver: hook}}]
    """)
    assert dealwire("digest", "daily").exit_code == 0
    assert server.requests == []
    assert dealwire("digest", "daily", "--deliver").exit_code == 0
    assert dealwire("digest", "daily", "--deliver").exit_code == 0
    (request,) = server.requests
    assert json.loads(request.body)["data"]["count"] == 1


def test_what_is_not_configured_here_waits(here: Path, server: LoopbackServer) -> None:
    configure(f"""
        channels: [{{name: hook, kind: webhook, url: "{server.add("/hook", status=503)}", secret: {SECRET}}}]
        digests: [{{name: daily, deliver: hook}}]
    """)
    dealwire("digest", "daily", "--deliver")
    configure("digests: []")
    waiting = dealwire("digest", "--deliver", "--retry-failed")
    assert waiting.exit_code == 0
    assert "waiting: what goes to 'hook', which this configuration does not name" in waiting.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--retry-failed"], "--retry-failed goes with --deliver"),
        (["--deliver", "--type", "merger"], "--deliver without a NAME goes without --type"),
        (["--list", "--excel"], "--list goes without --excel"),
        (["--since-last", "--of", "2026-11-05"], "what is new has none"),
        (["--since-last", "--period", "weekly"], "either --since-last or --period"),
        (["--as", "../x"], "--as takes letters, digits"),
        (["file", "--as", "x"], "leave out --as"),
        (["file", "--deliver"], "the digest 'file' names no channels"),
        (["nowhere"], "goes to hook: add --deliver"),
    ],
)
def test_wrong_use_says_the_way_out(here: Path, arguments: list[str], said: str) -> None:
    configure(f"""
        channels: [{{name: hook, kind: webhook, url: "http://127.0.0.1:9/", secret: {SECRET}}}]
        digests: [{{name: file}}, {{name: nowhere, folder: null, deliver: hook}}]
    """)
    result = dealwire("digest", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


# -- the service -------------------------------------------------------------------------------------------------------


def test_the_service_tells_what_is_new_at_its_time_and_after_a_time_when_it_was_down(here: Path) -> None:
    configure("digests: [{name: news, period: since_last, at: 6:00, format: jsonl}]")
    morning = datetime(2026, 3, 9, 6, 0, 1, tzinfo=UTC)
    with open_database(URL) as database:
        _, digests = run._parts(Settings(Path("config.yaml"), URL), (), database)
        digests.catch_up(morning)
        assert not Path("digests").exists()  # one never made waits for its time
        digests.write(digests.digests[0], morning)
        tell(database, "DEAL merger announced: partner Pinecrest, partner Lakeside", morning.date())
        digests.catch_up(morning + timedelta(hours=23))
        assert len(list(Path("digests").iterdir())) == 1
        digests.catch_up(morning + timedelta(hours=24))
    assert sorted(path.name for path in Path("digests").iterdir()) == [
        "news-2026-03-09-no1.jsonl", "news-2026-03-10-no2.jsonl",
    ]  # fmt: skip


def test_the_service_sends_what_is_in_the_outbox(here: Path, server: LoopbackServer) -> None:
    configure(f"""
        channels: [{{name: hook, kind: webhook, url: "{server.add("/hook")}", secret: {SECRET}}}]
        digests: [{{name: news, period: since_last, folder: null, deliver: hook}}]
    """)
    with open_database(URL) as database:
        service, digests = run._parts(Settings(Path("config.yaml"), URL), (), database)
        digests.write(digests.digests[0], now())
        (job,) = [job for job in service(None).jobs if job.name == "sending digests"]  # type: ignore[arg-type]
        assert job.crontab == "* * * * *"
        job.run(now())
        with database.reading() as session:
            (delivery,) = deliveries_of(session, [digest.id for digest in list_digests(session)])
    assert delivery.state is DeliveryState.DELIVERED
    assert server.count("/hook") == 1


# -- the configuration -------------------------------------------------------------------------------------------------

MAIL = "name: desk, kind: email, server: mail.example, sender: wire@example.com, to: ann@example.com"
HOOK = f"name: hook, kind: webhook, url: 'https://a.example/h', secret: {SECRET}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channels: [{name: x, kind: pigeon}]", "channels[0].kind (x): expected one of email, webhook, got 'pigeon'"),
        ("channels: [{name: x}]", "channels[0].kind (x): expected one of email, webhook"),
        (f"channels: [{{{MAIL}}}, {{{MAIL}}}]", "channels[1].name: 'desk' is taken"),
        (f"channels: [{{{MAIL.replace('ann@', 'ann ')}}}]", "channels[0].to (desk): expected a mail address such"),
        (f"channels: [{{{MAIL.replace('wire@example.com', 'wire@')}}}]", "channels[0].sender (desk): expected a mail"),
        (f"channels: [{{{MAIL}, user: wire}}]", "channels[0] (desk): expected user and password, or neither"),
        (f"channels: [{{{MAIL}, user: w, password: pass, security: none}}]", "must not travel unencrypted"),
        (f"channels: [{{{MAIL}, pasword: x}}]", "channels[0].pasword (desk): unknown key; did you mean password?"),
        (f"channels: [{{{MAIL}, user: w, password: '${{NO_SUCH_VARIABLE}}'}}]", "variable NO_SUCH_VARIABLE is not set"),
        (f"channels: [{{{HOOK.replace(SECRET, 'whsec_c2hvcnQ=')}}}]", "channels[0].secret (hook): expected whsec_"),
        (f"channels: [{{{HOOK.replace('https://a', 'a')}}}]", "channels[0].url (hook): expected a web address"),
        (f"channels: [{{{HOOK}}}]\ndigests: [{{name: a, deliver: hok}}]",
         "line 2: digests[0].deliver (a): there is no channel 'hok'; did you mean hook?"),
        ("digests: [{name: a, deliver: desk}]", "there is no channel 'desk'; known: none"),
        ("digests: [{name: a, folder: null}]", "digests[0] (a): expected a folder, or channels to deliver to"),
        ("digests: [{name: a, filter: {since: 2026-11-05}}]", "a daily digest has the days of its period"),
        ("digests: [{name: a, period: since_last, filter: {since: someday}}]", "expected a day such as 2026-11-05"),
        (f"channels: [{{{HOOK}, link: 'https://a.example/'}}]\ndigests: [{{name: a, deliver: hook, folder: null}}]",
         "channel 'hook' sends a link to the digest's file; name the folder"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_channel_is_told_and_no_secret(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text, environment={})
    assert said in str(error.value)
    assert "c2hvcnQ" not in str(error.value)


def test_secrets_are_not_in_what_is_shown_of_a_configuration() -> None:
    text = f"channels: [{{{MAIL}, user: w, password: '${{PASSWORD}}'}}, {{{HOOK}}}]"
    config = parse_config(text, environment={"PASSWORD": "hush"})
    assert "hush" not in repr(config)
    assert SECRET not in repr(config)


def test_a_filter_may_say_all_that_the_deals_command_may() -> None:
    elsewhere = {"updated_since", "untold_by", "sort", "limit", "after"}
    named = {"other_party": "and_party"}
    asked = {named.get(field.name, field.name) for field in fields(DealQuery)} - elsewhere
    assert set(DigestFilter.model_fields) == asked
    text = "digests: [{name: a, period: since_last, filter: {party: Nokia, since: 2026-01-05, type: [merger, supply]}}]"
    query = parse_config(text, environment={}).digests[0].filter.query()
    assert (query.party, str(query.since), query.focus) == ("Nokia", "2026-01-05", None)
    assert query.type == (DealType.MERGER, DealType.SUPPLY)


def test_the_examples_of_the_documentation_work() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "digests.md").read_text("utf-8")
    yaml, python = (re.findall(f"```{language}\n(.*?)```", docs, re.DOTALL)[0] for language in ("yaml", "python"))
    secrets = dict.fromkeys(("SMTP_PASSWORD", "CRM_SECRET", "CHAT_SECRET"), SECRET)
    assert [digest.name for digest in parse_config(yaml, environment=secrets).digests] == ["weekly", "morning", "crm"]
    names: dict[str, Callable[[str, dict[str, str], bytes], bool]] = {}
    exec(python, names)
    sent = int(now().timestamp())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(sent), "webhook-signature": "v1,eA== "}
    headers["webhook-signature"] += signature(SECRET, "msg_1", sent, b"{}")
    assert names["verified"](SECRET, headers, b"{}")
    assert not names["verified"](SECRET, headers, b"{ }")
    assert not names["verified"](SECRET, headers | {"webhook-timestamp": str(sent - 600)}, b"{}")
