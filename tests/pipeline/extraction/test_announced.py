"""The day a deal was announced: from words in the text, a dateline, the page's own date."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report
from storage.vocabulary import DatePrecision

#: A Thursday.
PUBLISHED = datetime(2024, 3, 21, 9, tzinfo=UTC)


def _report(
    text: str,
    language: str = "en",
    published: datetime | None = PUBLISHED,
    precision: DatePrecision | None = DatePrecision.DAY,
) -> Report:
    title = text.split("\n")[0]
    reports = extract(Article(title, text, language, published, precision if published else None))
    assert len(reports) == 1, text
    return reports[0]


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Quillmark AS said {} it has agreed to acquire Torvane Labs, a maker of lidar software.", "on Tuesday"),
        ("de", "Die Quillmark AG hat {} den Kauf der Torvane GmbH angekündigt.", "am Dienstag"),
        ("fr", "Le groupe Quillmark a annoncé {} le rachat de Torvane SAS.", "mardi"),
        ("es", "Quillmark S.A. anunció {} la compra de Torvane S.L.", "el martes"),
        ("zh", "奎尔马克公司{}宣布收购托凡科技有限公司。", "周二"),
        ("ko", "퀼마크는 {} 토르베인을 인수한다고 밝혔다.", "화요일"),
    ],
)
def test_a_day_of_the_week_counts_back_from_the_publication(language: str, text: str, day: str) -> None:
    titles = {
        "zh": "奎尔马克收购托凡科技",
        "ko": "퀼마크, 토르베인 인수",
        "de": "Quillmark AG übernimmt Torvane GmbH",
        "fr": "Quillmark rachète Torvane",
        "es": "Quillmark compra Torvane",
    }
    report = _report(f"{titles.get(language, 'Quillmark buys Torvane Labs')}\n\n{text.format(day)}", language)
    assert (report.announced_on, report.announced_precision) == (date(2024, 3, 19), DatePrecision.DAY)
    (proof,) = [item for item in report.evidence if item.field == "announced_on"]
    assert proof.quote in day


def test_yesterday_is_the_day_before_and_a_day_to_come_is_none() -> None:
    title = "Quillmark buys Torvane Labs\n\n"
    yesterday = _report(f"{title}Quillmark AS said yesterday it has agreed to acquire Torvane Labs.")
    assert yesterday.announced_on == date(2024, 3, 20)
    to_come = _report(f"{title}Quillmark AS will acquire Torvane Labs by next Tuesday, it said.")
    assert to_come.announced_on == PUBLISHED.date()


def test_a_dateline_tells_where_the_page_does_not() -> None:
    text = "Quillmark buys Torvane Labs\n\nOSLO, March 19, 2024 -- Quillmark AS has agreed to acquire Torvane Labs."
    report = _report(text, published=None)
    assert (report.announced_on, report.announced_precision) == (date(2024, 3, 19), DatePrecision.DAY)
    assert [item.quote for item in report.evidence if item.field == "announced_on"] == ["OSLO, March 19, 2024 -- "]
    assert _report(text).announced_on == date(2024, 3, 19)


def test_a_dateline_of_another_year_is_not_believed() -> None:
    text = "Quillmark buys Torvane Labs\n\nOSLO, March 19, 2019 -- Quillmark AS has agreed to acquire Torvane Labs."
    assert _report(text).announced_on == PUBLISHED.date()


def test_a_coarse_date_stays_coarse() -> None:
    text = "Quillmark buys Torvane Labs\n\nQuillmark AS said on Tuesday it has agreed to acquire Torvane Labs."
    report = _report(text, precision=DatePrecision.MONTH)
    assert (report.announced_on, report.announced_precision) == (PUBLISHED.date(), DatePrecision.MONTH)
    assert _report(text, published=None).announced_on is None
