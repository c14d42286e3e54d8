"""What response headers say about time: when to come back, and how long an answer stays current."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: A request to come back later than this is taken as this.
MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
#: An answer said to be current for longer than this is taken as this.
MAX_FRESH_SECONDS = 7 * 24 * 3600.0

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)
_DIRECTIVE = re.compile(r"""([a-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?""", re.IGNORECASE | re.ASCII)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """A Retry-After header (seconds or an HTTP date) as seconds from ``now``, from 0 to a day; None if unreadable."""
    seconds = _number(value)
    if seconds is None and (moment := _moment(value)) is not None:
        seconds = (moment - now).total_seconds()
    return None if seconds is None else min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """For how many seconds from ``now`` the answer says that it stays current (RFC 9111 §4.2), from 0 to a week.

    From Cache-Control (``max-age``; ``no-store`` and ``no-cache`` are 0) or else Expires, less the Age it had already.
    None when the server does not say. ``headers`` have lower-case names.
    """
    lifetime: float | None = None
    said = {
        name.lower(): quoted or plain for name, quoted, plain in _DIRECTIVE.findall(headers.get("cache-control", ""))
    }
    if "no-store" in said or "no-cache" in said:
        return 0.0
    if "max-age" in said:
        lifetime = _number(said["max-age"])
    if lifetime is None and "expires" in headers:
        expires = _moment(headers["expires"])
        # What is no date, such as "0", means already expired.
        lifetime = (expires - (_moment(headers.get("date")) or now)).total_seconds() if expires else 0.0
    if lifetime is None:
        return None
    return min(max(lifetime - max(_number(headers.get("age")) or 0.0, 0.0), 0.0), MAX_FRESH_SECONDS)


def _number(value: str | None) -> float | None:
    text = (value or "").strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def _moment(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime((value or "").strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
