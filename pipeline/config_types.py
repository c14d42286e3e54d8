"""The kinds of value a configuration holds, each with what is expected of it in words."""

from __future__ import annotations

import base64
import difflib
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from scrapers.edgar import DEAL_ITEMS

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)?", re.IGNORECASE)
_BYTES = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3}


class Part(BaseModel):
    """A section of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The end of a message: the choice nearest to ``word``, or nothing."""
    near = difflib.get_close_matches(word, list(choices), 1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def known_ones(choices: Iterable[str]) -> str:
    """The end of a message: all choices."""
    return f"; known: {', '.join(choices) or 'none'}"


def _duration(value: object) -> object:
    if isinstance(value, str):
        parts = _DURATION.findall(value)
        if not parts or _DURATION.sub("", value).strip():
            raise ValueError("expected a duration such as 15m, 1h, 2h 30m or 1d")
        return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"expected a duration with its unit, such as {value}m or {value}h")
    return value


def _at_least_a_minute(value: timedelta) -> timedelta:
    if value < timedelta(minutes=1):
        raise ValueError("expected at least 1m: no newsroom wants to be asked more often")
    return value


def _backfill(value: object) -> object:
    if isinstance(value, str):
        if value.strip().lower() == "all":
            return date.min
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
        try:
            return _duration(value)
        except ValueError:
            raise ValueError("expected a day such as 2026-01-31, a period such as 30d, or all") from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"expected a period with its unit, such as {value}d, or a day such as 2026-01-31, or all")
    return value


def _size(value: object) -> object:
    if isinstance(value, str):
        match = _SIZE.fullmatch(value.strip())
        if match is None:
            raise ValueError("expected a size such as 500 kB, 10 MB or a number of bytes")
        return round(float(match[1]) * _BYTES[(match[2] or "b").lower()])
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
        good = good and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("expected a web address that begins with https:// or http://")
    return value


def _host(value: str) -> str:
    try:
        good = bool(value) and not re.search(r"[\s/@:?#]", value) and bool(urlsplit(f"https://{value}/").hostname)
    except ValueError:
        good = False
    if not good:
        raise ValueError("expected the name of a host, such as news.example.com")
    return value


def _mailbox(value: str) -> str:
    from email.errors import HeaderParseError
    from email.message import EmailMessage

    message = EmailMessage()
    try:
        message["To"] = value
        (address,) = message["To"].addresses
        whole = bool(address.username) and re.fullmatch(r"[^\s@.]+(\.[^\s@.]+)*", address.domain)
        good = whole and not message["To"].defects and address.addr_spec.isascii()
    except (ValueError, IndexError, AttributeError, HeaderParseError):  # what the parser of headers trips over
        good = False
    if not good:
        raise ValueError("expected a mail address such as desk@example.com or Deal Desk <desk@example.com>")
    return value


def _webhook_secret(value: str) -> str:
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not value.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError(
            "expected whsec_ and 24 to 64 random bytes in base64; make one with: echo whsec_$(openssl rand -base64 32)"
        )
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", value):
        raise ValueError("expected a language code of two small letters, such as en, vi or zh")
    return value


def _selector(value: str) -> str:
    from soupsieve import SelectorSyntaxError, compile  # comes with beautifulsoup4

    try:
        compile(value)
    except SelectorSyntaxError as error:
        raise ValueError(f"expected a CSS selector: {str(error).splitlines()[0]}") from error
    return value


def _selector_before(value: str) -> str:
    from scrapers.listing import BEFORE

    _selector(value.removeprefix(BEFORE))
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("expected a time zone such as UTC, Europe/Berlin or Asia/Ho_Chi_Minh")
    return value


def _cron(value: str) -> str:
    from apscheduler.triggers.cron import CronTrigger

    from pipeline.crontab import with_named_weekdays

    try:
        CronTrigger.from_crontab(with_named_weekdays(value), timezone="UTC")
    except ValueError as error:
        raise ValueError(f"expected five cron fields such as '0 6 * * mon-fri': {error}") from error
    return value


def _clock_time(value: str) -> str:
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        raise ValueError("expected a time of day such as 06:30")
    return value


def _beside_the_file(value: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    value = value.expanduser()
    return folder / value if isinstance(folder, Path) else value


def _database(value: str, info: ValidationInfo) -> str:
    scheme, separator, _ = value.partition("://")
    if not separator or scheme.partition("+")[0] not in ("sqlite", "postgresql", "postgres"):
        raise ValueError("expected a database URL such as sqlite:///dealwire.db or postgresql://user@host/name")
    folder = (info.context or {}).get("folder")
    file = value.removeprefix("sqlite:///")
    if value.startswith("sqlite:///") and file not in ("", ":memory:") and not file.startswith("file:"):
        return "sqlite:///" + (folder / file if isinstance(folder, Path) else Path(file)).as_posix()
    return value


def _names_a_focus(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise ValueError("expected a name of small letters, digits and _, such as edge_computing")
    return value


def one_or_more(value: object) -> object:
    """One word stands for a list of it."""
    return [value] if isinstance(value, str | int | float) and not isinstance(value, bool) else value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().]+", value):
        raise ValueError("expected an e-mail address such as you@your.site")
    return value


def _cik(value: object) -> object:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    digits = text.upper().removeprefix("CIK").strip()
    if not re.fullmatch(r"\d{1,10}", digits) or not int(digits):
        raise ValueError("expected a CIK number such as 320193 or 0000320193 (the SEC's company search tells it)")
    return digits.zfill(10)


def _filing_item(value: object) -> object:
    text = f"{value:.2f}" if isinstance(value, float) else value
    if text not in DEAL_ITEMS:
        raise ValueError(f"expected items of Form 8-K that tell of deals: {', '.join(DEAL_ITEMS)}")
    return text


def _day(value: object) -> object:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError("expected a day such as 2026-11-05") from error


Text = Annotated[str, Field(min_length=1)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Interval = Annotated[Duration, AfterValidator(_at_least_a_minute)]
Backfill = Annotated[date | timedelta, BeforeValidator(_backfill)]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebAddresses = Annotated[tuple[WebAddress, ...], BeforeValidator(one_or_more)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Mailboxes = Annotated[tuple[Mailbox, ...], BeforeValidator(one_or_more), Field(min_length=1)]
WebhookSecret = Annotated[str, AfterValidator(_webhook_secret)]
Language = Annotated[str, AfterValidator(_language)]
Selector = Annotated[str, AfterValidator(_selector)]
SelectorBefore = Annotated[str, AfterValidator(_selector_before)]
FilePath = Annotated[Path, AfterValidator(_beside_the_file)]
FilePaths = Annotated[tuple[FilePath, ...], BeforeValidator(one_or_more)]
Terms = Annotated[tuple[Text, ...], BeforeValidator(one_or_more), Field(min_length=1)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
ClockTime = Annotated[str, AfterValidator(_clock_time)]
FocusName = Annotated[str, AfterValidator(_names_a_focus)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Day = Annotated[date, BeforeValidator(_day)]
CikNumbers = Annotated[tuple[Annotated[str, BeforeValidator(_cik)], ...], BeforeValidator(one_or_more)]
FilingItems = Annotated[
    tuple[Annotated[str, BeforeValidator(_filing_item)], ...], BeforeValidator(one_or_more), Field(min_length=1)
]
OptionalTerms = Annotated[tuple[Text, ...], BeforeValidator(one_or_more)]
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], BeforeValidator(one_or_more)]
