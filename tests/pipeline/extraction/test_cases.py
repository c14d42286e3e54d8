"""Short news in each language, worded by us with invented companies: what must come out, and what is no deal.

The cases are data: cases/<language>.yaml. Only what a case states is compared; confidence never is.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from pipeline.extraction import extract
from storage.records import Article, Report


class Deal(BaseModel):
    """An article and its one deal; ``parties`` are "name role", ``value`` is "amount currency".

    ``body`` is empty where the whole article is one paragraph.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    body: str = ""
    type: str
    parties: tuple[str, ...]
    value: str | None = "unstated"
    status: str = ""
    focus: tuple[str, ...] = ()


class NoDeal(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    body: str


class Cases(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    deals: tuple[Deal, ...]
    no_deals: tuple[NoDeal, ...]


CASES = {
    path.stem: Cases.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
}


DEALS = [(language, case) for language, cases in CASES.items() for case in cases.deals]
NO_DEALS = [(language, case) for language, cases in CASES.items() for case in cases.no_deals]


def _title(value: object) -> str:
    return value if isinstance(value, str) else str(getattr(value, "title", ""))


def _read(language: str, title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}" if body else title, language))


@pytest.mark.parametrize(("language", "case"), DEALS, ids=_title)
def test_one_deal(language: str, case: Deal) -> None:
    reports = _read(language, case.title, case.body)
    assert [report.type.value for report in reports] == [case.type]
    report = reports[0]
    assert {f"{party.name} {party.role}" for party in report.parties} == set(case.parties)
    if case.status:
        assert report.status == case.status
    if case.value is None:
        assert report.value is None
    elif case.value != "unstated":
        amount, currency = case.value.split()
        assert report.value is not None
        assert (report.value.amount, report.value.currency) == (Decimal(amount), currency)
    assert set(case.focus) <= set(report.focus)


@pytest.mark.parametrize(("language", "case"), NO_DEALS, ids=_title)
def test_no_deal(language: str, case: NoDeal) -> None:
    assert _read(language, case.title, case.body) == ()
