from __future__ import annotations

import pytest
from apscheduler.triggers.cron import CronTrigger

from pipeline.crontab import with_named_weekdays


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("1", "mon"),
        ("0", "sun"),
        ("7", "sun"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("5-7", "fri,sat,sun"),
        ("0-2", "mon,tue,sun"),
        ("sat-mon", "mon,sat,sun"),
        ("0,3,FRI", "wed,fri,sun"),
        ("1-5/2", "mon,wed,fri"),
        ("mon-sat/3", "mon,thu"),
        ("*/2", "tue,thu,sat,sun"),
        ("3/2", "wed,fri"),
        ("7-1", "mon,sun"),
    ],
)
def test_days_of_the_week_are_counted_as_cron_does(field: str, days: str) -> None:
    named = with_named_weekdays(f"0 6 * * {field}")
    assert named == f"0 6 * * {days}"
    CronTrigger.from_crontab(named, timezone="UTC")


@pytest.mark.parametrize("crontab", ["0 6 * * *", "0 6 1 * *", "hourly", "", "1 2 3"])
def test_what_names_no_days_is_left_alone(crontab: str) -> None:
    assert with_named_weekdays(crontab) == crontab


@pytest.mark.parametrize("field", ["8", "funday", "1-", "1-9", "*/0", "*-3", "mon#2", "L"])
def test_what_is_no_day_is_told(field: str) -> None:
    with pytest.raises(ValueError, match=r"no day of the week|leads nowhere"):
        with_named_weekdays(f"0 6 * * {field}")
