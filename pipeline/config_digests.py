"""What the user sets of digests: which deals, when, in which form, and the channels by which they go out."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from pipeline.config_types import (
    ClockTime,
    Cron,
    Day,
    FilePath,
    Language,
    Mailbox,
    Mailboxes,
    OptionalTerms,
    Part,
    Text,
    WebAddress,
    WebhookSecret,
    one_or_more,
)
from storage.vocabulary import DealType, Role, Status, ValueKind

if TYPE_CHECKING:
    from storage.deals import DealQuery


class Period(StrEnum):
    """How much one digest covers: days, or what is new since the last one."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    SINCE_LAST = "since_last"


class DigestFormat(StrEnum):
    """How a digest is written."""

    CSV = "csv"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    HTML = "html"


class DigestFilter(Part):
    """Which deals go in, in the words of ``dealwire deals``' options; what is left out does not narrow.

    ``technology: null`` takes deals of all trades. ``since`` and ``until`` (both included) are for digests of what is
    new: those of a period have its days.
    """

    party: Text | None = None
    role: Role | None = None
    and_party: Text | None = None
    with_subsidiaries: bool = False
    type: Annotated[tuple[DealType, ...], BeforeValidator(one_or_more)] = ()
    focus: OptionalTerms = ()
    status: Annotated[tuple[Status, ...], BeforeValidator(one_or_more)] = ()
    language: Language | None = None
    source: Text | None = None
    text: Text | None = None
    since: Day | None = None
    until: Day | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    min_value: Annotated[Decimal, Field(ge=0)] | None = None
    max_value: Annotated[Decimal, Field(ge=0)] | None = None
    value_kind: ValueKind | None = None
    technology: bool | None = True
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0

    def query(self) -> DealQuery:
        """What to ask storage for."""
        from storage.deals import DealQuery

        given = self.model_dump(exclude={"and_party"})
        for name in ("type", "focus", "status"):
            given[name] = given[name] or None
        return DealQuery(**given, other_party=self.and_party)


class MailSecurity(StrEnum):
    """How the connection to a mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class EmailChannel(Part):
    """Mail by SMTP: text and HTML, with the digest as a CSV attached. Each address of ``to`` gets a copy of its own."""

    name: Text
    kind: Literal["email"]
    server: Text
    port: Annotated[int, Field(ge=1, le=65535)] | None = None  # None: 587 for starttls, 465 for tls, 25 for none
    security: MailSecurity = MailSecurity.STARTTLS
    ca_file: FilePath | None = None  # certificates to trust instead of the system's
    user: Text | None = None
    password: Annotated[Text | None, Field(repr=False)] = None
    sender: Mailbox
    to: Mailboxes

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("expected user and password, or neither")
        if self.password is not None and self.security is MailSecurity.NONE:
            raise ValueError("expected security: starttls or tls, as a password must not travel unencrypted")
        return self


class WebhookChannel(Part):
    """A signed POST of JSON with the deals, or with a ``link`` to the digest's file (https://standardwebhooks.com).

    ``link`` is the web address under which the digest's folder is served.
    """

    name: Text
    kind: Literal["webhook"]
    url: Annotated[WebAddress, Field(repr=False)]  # may hold a token
    secret: Annotated[WebhookSecret, Field(repr=False)]
    link: WebAddress | None = None

    @property
    def shown_url(self) -> str:
        """The address without what may be a secret."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _kind(value: object) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


Channel = Annotated[
    Annotated[EmailChannel, Tag("email")] | Annotated[WebhookChannel, Tag("webhook")], Discriminator(_kind)
]


class DigestConfig(Part):
    """A digest that ``dealwire run`` makes when its period is over, or at its time when it tells what is new.

    ``deliver`` names channels; ``folder`` is where its file goes (null: nowhere).
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=100)]  # begins the file's name
    period: Period = Period.DAILY
    at: ClockTime = "06:00"
    schedule: Cron | None = None  # five cron fields, instead of `at`
    folder: FilePath | None = Path("digests")
    format: DigestFormat = DigestFormat.CSV
    excel: bool = False  # a CSV begins with a byte order mark, which Excel needs to see UTF-8
    deliver: OptionalTerms = ()
    send_empty: bool = False  # through the channels; a period's file is written in any case
    filter: DigestFilter = DigestFilter()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.folder is None and not self.deliver:
            raise ValueError("expected a folder, or channels to deliver to: this digest goes nowhere")
        days = self.filter.since is not None or self.filter.until is not None
        if days and self.period is not Period.SINCE_LAST:
            raise ValueError(f"a {self.period} digest has the days of its period; leave out filter.since and .until")
        if self.excel and self.format is not DigestFormat.CSV and not self.deliver:
            raise ValueError("excel is for CSV")
        return self

    @property
    def crontab(self) -> str:
        """When it is made, as five cron fields: ``schedule``, or at ``at`` on the first day after the period."""
        if self.schedule:
            return self.schedule
        hour, minute = map(int, self.at.split(":"))
        days = {Period.WEEKLY: "* * mon", Period.MONTHLY: "1 * *"}
        return f"{minute} {hour} {days.get(self.period, '* * *')}"
