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


def test_what_is_said_on_a_day_may_be_to_come() -> None:
    text = "Quillmark buys Torvane Labs\n\nQuillmark AS will acquire Torvane Labs, a lidar maker, it said on Tuesday."
    assert _report(text).announced_on == date(2024, 3, 19)


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


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Quillmark buys Torvane", "Quillmark AS will complete the acquisition of Torvane Labs on Friday."),
        ("fr", "Quillmark rachète Torvane", "Quillmark rachète Torvane SAS ; la vente sera conclue mardi prochain."),
        ("es", "Quillmark compra Torvane", "Quillmark S.A. compra Torvane S.L. y cerrará el martes próximo."),
        ("it", "Quillmark acquista Torvane", "Quillmark acquista Torvane S.r.l. e sarà chiusa martedì prossimo."),
        ("zh", "奎尔马克收购托凡科技", "奎尔马克公司收购托凡科技有限公司,将于下周二交割。"),
        (
            "ja",
            "クイルマーク、トーベイン工業を買収",
            "クイルマークはトーベイン工業を買収する。来週火曜日に手続きを終える。",
        ),
        ("ko", "퀼마크, 토르베인 인수", "퀼마크는 토르베인을 인수하며 다음 주 화요일에 마무리한다."),
    ],
)
def test_a_day_to_come_is_no_day_of_announcement(language: str, title: str, text: str) -> None:
    assert _report(f"{title}\n\n{text}", language).announced_on == PUBLISHED.date()


def test_a_date_in_a_line_about_something_else_is_not_believed() -> None:
    about = "Closing expected: 31 December 2029"
    text = f"Quillmark buys Torvane Labs\n\n{about}\n\nQuillmark AS has agreed to acquire Torvane Labs."
    assert _report(text, published=None).announced_on is None
    dated = "Quillmark buys Torvane Labs\n\nOSLO, March 19, 2019 -- Quillmark AS has agreed to acquire Torvane Labs."
    assert _report(dated, precision=DatePrecision.MONTH).announced_on == PUBLISHED.date()


def test_the_first_day_of_the_calendar_has_no_yesterday() -> None:
    text = "Quillmark buys Torvane Labs\n\nQuillmark AS said yesterday it has agreed to acquire Torvane Labs."
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert _report(text, published=first).announced_on == first.date()
