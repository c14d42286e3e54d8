"""Cron fields as cron means them: APScheduler counts the days of the week from Monday, cron from Sunday."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(?P<first>\*|\d+|[a-z]{3})(?:-(?P<last>\d+|[a-z]{3}))?(?:/(?P<step>\d+))?", re.IGNORECASE)


def with_named_weekdays(crontab: str) -> str:
    """Five cron fields with the days of the week as names: ``0 6 * * 1`` is ``0 6 * * mon``, both 0 and 7 are ``sun``.

    Ranges, lists and steps are written out; a range may go over the end of the week (``sat-mon``). What has no fifth
    field is given back as it is. Raises ValueError for a fifth field that names no days.
    """
    fields = crontab.split()
    if len(fields) != 5 or fields[4] == "*":
        return crontab
    days = {day for part in fields[4].split(",") for day in _days(part)}
    # Monday first: a week of APScheduler's begins there.
    names = [name for place, name in enumerate((*_DAYS[1:], _DAYS[0]), 1) if place % 7 in days]
    return " ".join((*fields[:4], ",".join(names)))


def _days(part: str) -> set[int]:
    match = _PART.fullmatch(part)
    if match is None or (match["first"] == "*" and match["last"]):
        raise ValueError(f"{part!r} is no day of the week; write 0 to 7 (0 and 7 are Sunday) or sun, mon, tue ...")
    step = int(match["step"] or 1)
    if not step:
        raise ValueError(f"{part!r}: a step of 0 leads nowhere")
    if match["first"] == "*":
        first, last = 0, 6
    else:
        first = _day(match["first"])
        last = _day(match["last"]) if match["last"] else 6 if match["step"] else first
    if last < first:
        last += 7
    return {day % 7 for day in range(first, last + 1, step)}


def _day(word: str) -> int:
    if word.isdecimal():
        number = int(word)
        if number <= 7:
            return number
    elif word.lower() in _DAYS:
        return _DAYS.index(word.lower())
    raise ValueError(f"{word!r} is no day of the week; write 0 to 7 (0 and 7 are Sunday) or sun, mon, tue ...")


def next_time(crontab: str, after: datetime, zone: tzinfo) -> datetime | None:
    """When five cron fields come true next, in ``zone``; None: never. Raises ValueError for fields that are none."""
    from apscheduler.triggers.cron import CronTrigger

    trigger = CronTrigger.from_crontab(with_named_weekdays(crontab), timezone=zone)
    found: datetime | None = trigger.get_next_fire_time(None, after)
    return found
