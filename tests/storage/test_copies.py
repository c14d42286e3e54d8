"""Syndicated texts are copies of their original; texts that share their boilerplate are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import articles, deals
from storage.database import Database
from storage.resemblance import Content, bands, is_copy
from tests.storage.builders import LATER, NOW, add_deal, add_page, add_reports, facts_from, make_article, make_report

NEWS = (
    "Aquila buys Borealis\n\nAquila, a maker of instruments for weather stations in Lyon, said on Thursday that "
    "it will buy the chip designer Borealis of Graz for 2.5 billion dollars in cash and shares. The two have "
    "worked together on sensors since 2019, and the boards of both have agreed to the terms. Owners of Borealis "
    "get 41 dollars for each of their shares, a third more than the price of the day before. The purchase is to "
    "be completed by the end of June, once authorities in Vienna and Paris have looked at it. Aquila expects to "
    "save 80 million a year from 2028 on."
)
OTHER_NEWS = (
    "Aquila opens a plant in Porto\n\nThe new halls by the river are to make forty thousand barometers each "
    "month, and three hundred people have found work there, the mayor said when the ribbon was cut in front of a "
    "small crowd."
)
ABOUT = (
    " About Aquila: founded in 1951 by two brothers, the company makes instruments that measure wind, rain, "
    "pressure and light. It has offices in nine countries and sells to airports, farmers, power stations and "
    "research institutes. Its shares are listed in Paris. Statements about the future are no promises: results "
    "may differ from what is expected here because of exchange rates, the weather, suppliers, laws and other "
    "things that the annual report lists in full. For more, please visit the press pages of the company, or "
    "write to the press office at its seat in Lyon, France."
)
HEADER = "Harbour Wire, Tuesday 10:35. By our own correspondent. Share this story with friends.\n"
CHINESE = "".join(chr(0x4E00 + (number * 7919) % 5000) for number in range(400))

COPIES = [
    pytest.param(HEADER + NEWS, id="a header"),
    pytest.param(NEWS + " Sign up for our letter. Printed from an agency's feed without changes.", id="a footer"),
    pytest.param("Weather firm swallows chip house\n\n" + NEWS.partition("\n\n")[2], id="another title"),
    pytest.param(NEWS[: len(NEWS) * 9 // 10], id="cut at the end"),
]


def content(text: str) -> Content:
    return Content(text.partition("\n")[0], text)


@pytest.mark.parametrize("copy", COPIES)
def test_what_outlets_make_of_a_text_is_a_copy(copy: str) -> None:
    assert is_copy(content(NEWS), content(copy))
    assert is_copy(content(copy), content(NEWS))
    assert set(bands(content(NEWS))) & set(bands(content(copy)))


def test_a_copy_in_chinese() -> None:
    copy = "本报记者七日电" + CHINESE[:360] + "转载请注明出处"
    assert is_copy(content(CHINESE), content(copy))
    assert set(bands(content(CHINESE))) & set(bands(content(copy)))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(OTHER_NEWS + ABOUT, id="boilerplate"),
        pytest.param(
            (NEWS + ABOUT).replace("2.5", "7.1").replace("2019", "2021").replace("41", "63").replace("80", "12"),
            id="a form filled in twice",
        ),
        pytest.param("Aquila buys Borealis", id="too little to tell"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_copy(other: str) -> None:
    assert not is_copy(content(NEWS + ABOUT), content(other))
    assert not is_copy(content(other), content(NEWS + ABOUT))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_are_compared_alike_either_way(one: str, other: str) -> None:
    assert is_copy(content(one), content(other)) == is_copy(content(other), content(one))
    assert len(bands(content(one))) == len(bands(content(other)))


def test_a_syndicated_report_weighs_as_a_copy(database: Database) -> None:
    with database.session() as session:
        deal = add_deal(session, "https://wire.example/1", make_report(NEWS), text=NEWS)
        text = f"{HEADER}{NEWS}"
        (copied,) = add_reports(session, "https://mirror.example/1", make_report(text), source="mirror", text=text)
        add_reports(session, "https://other.example/1", make_report(OTHER_NEWS + ABOUT), text=OTHER_NEWS + ABOUT)
        original, copy = articles.reports_of_deal(session, deal)
        assert (original.copy_of, copy.id, copy.copy_of) == (None, copied, original.article_id)


@pytest.mark.parametrize("copy_first", [True, False])
def test_the_one_published_first_is_the_original_whatever_was_read_first(database: Database, copy_first: bool) -> None:
    told = [
        ("https://wire.example/1", NEWS, NOW),
        ("https://mirror.example/1", HEADER + NEWS, NOW + timedelta(hours=3)),
        ("https://mirror.example/2", NEWS, NOW + timedelta(hours=5)),
    ]
    with database.session() as session:
        ids = {}
        for url, text, at in reversed(told) if copy_first else told:
            (ids[url],) = add_reports(session, url, make_report(text), text=text, published_at=at)
        first, *later = articles.stored_reports(session, [ids[url] for url, *_ in told])
        assert first.copy_of is None
        assert {report.copy_of for report in later} == {first.article_id}


def test_deals_are_derived_anew_when_another_turns_out_to_be_the_original(database: Database) -> None:
    with database.session() as session:
        deal = add_deal(session, "https://mirror.example/1", make_report(HEADER + NEWS), text=HEADER + NEWS)
        add_reports(
            session, "https://wire.example/1", make_report(NEWS), text=NEWS, published_at=NOW - timedelta(days=1)
        )
        assert deals.stale_deals(session) == [deal]


def test_an_edit_makes_a_copy_an_article_of_its_own(database: Database) -> None:
    with database.session() as session:
        add_deal(session, "https://wire.example/1", make_report(NEWS), text=NEWS)
        (copied,) = add_reports(session, "https://mirror.example/1", make_report(HEADER + NEWS), text=HEADER + NEWS)
        page = add_page(session, "https://mirror.example/1")
        own = OTHER_NEWS + ABOUT
        articles.save_article(session, page, make_article(own), [make_report(own)], LATER)
        (report,) = articles.stored_reports(session, [copied])
        assert report.copy_of is None
        assert facts_from(report)
