"""The JSON shapes that others build on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.output import document_json, json_line, shown_deal_json, stored_deal_json
from storage.deals import DealChange
from storage.records import Article, Evidence, Party, Report, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind
from tests.pipeline.views import SEEN, a_view

ARTICLE = Article(
    "Ostrel buys Tarvik", "Ostrel buys Tarvik", "en", datetime(2026, 11, 5, 10, tzinfo=UTC), DatePrecision.TIME
)
REPORT = Report(
    type=DealType.ACQUISITION,
    parties=(Party("Ostrel", Role.ACQUIRER), Party("Tarvik", Role.TARGET, "Tarvik")),
    status=Status.ANNOUNCED,
    also=(DealType.LICENSING,),
    focus=("ai",),
    value=Value(Decimal("1.5E+9"), "USD", ValueKind.TOTAL),
    technology=True,
    announced_on=date(2026, 11, 5),
    announced_precision=DatePrecision.DAY,
    confidence=0.91239,
    evidence=(Evidence("type", "buys", 7, 11),),
)


def test_a_document_and_its_deals() -> None:
    assert document_json("a.html", ARTICLE, [REPORT]) == {
        "source": "a.html",
        "title": "Ostrel buys Tarvik",
        "language": "en",
        "published": "2026-11-05T10:00:00+00:00",
        "is_deal": True,
        "deals": [
            {
                "type": "acquisition",
                "also": ["licensing"],
                "parties": [{"name": "Ostrel", "role": "acquirer"}, {"name": "Tarvik", "role": "target"}],
                "focus": ["ai"],
                "value": {"amount": 1500000000, "currency": "USD", "kind": "total"},
                "status": "announced",
                "technology": True,
                "announced_on": "2026-11-05",
                "confidence": 0.912,
                "evidence": [{"field": "type", "quote": "buys", "start": 7, "end": 11}],
            }
        ],
    }


def test_a_document_without_deals() -> None:
    shape = document_json("-", replace(ARTICLE, published_at=None, published_precision=None), [])
    assert (shape["is_deal"], shape["deals"], shape["published"]) == (False, [], None)


def test_dates_say_as_much_as_is_known() -> None:
    forms = [(DatePrecision.YEAR, "2026"), (DatePrecision.MONTH, "2026-11"), (DatePrecision.DAY, "2026-11-05")]
    for precision, text in forms:
        assert document_json("-", replace(ARTICLE, published_precision=precision), [])["published"] == text
        shape = document_json("-", ARTICLE, [replace(REPORT, announced_precision=precision)])
        assert shape["deals"][0]["announced_on"] == text


def test_a_stored_deal_has_the_same_shape_and_more() -> None:
    stored, told = stored_deal_json(a_view()), document_json("-", ARTICLE, [REPORT])["deals"][0]
    assert set(told) < set(stored)
    assert {"id", "headline", "timeline", "reports"} <= set(stored)
    assert stored["timeline"] == [{"status": "announced", "on": "2026-11-05", "url": "https://news.example/1"}]
    assert stored["reports"][1] == {
        "id": 2, "url": "https://news.example/2", "title": "Ostrel buys Tarvik", "language": "vi",
        "published": "2026-11-05", "source": "news",
    }  # fmt: skip
    shown = shown_deal_json(a_view(), [DealChange(SEEN, {"status": ("rumored", "announced")}, None, None)])
    changes = {"status": ["rumored", "announced"]}
    assert shown["revisions"] == [{"at": "2026-11-05T10:30:15+00:00", "changes": changes, "url": None}]
    assert json.loads(json_line(shown)) == shown


@given(st.text())
def test_a_line_is_one_line_of_utf8_and_reads_back(text: str) -> None:
    line = json_line(document_json(text, ARTICLE, []))
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode("utf-8"))["source"] == text
