"""Resolution through a database: whatever order articles are read in, the same deals come out."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolver import resolve_reports
from storage import articles, deals
from storage.database import open_database
from storage.records import Party, Report, StoredReport
from storage.vocabulary import Role
from tests.pipeline.test_resolution import reports
from tests.storage.builders import NOW, add_page, make_article, make_report

Outcome = set[tuple[object, ...]]


def read(told_by: Iterable[tuple[StoredReport, ...]]) -> Outcome:
    """Each article with its reports, read in this order; the deals, without what depends on when they were made."""
    with open_database("sqlite://") as database:
        for said in told_by:
            with database.session() as session:
                page = add_page(session, said[0].url)
                article = make_article(
                    f"{said[0].title}\n\nText.",
                    published_at=said[0].published_at,
                    published_precision=said[0].published_precision,
                )
                ids = articles.save_article(session, page, article, [one.report for one in said], NOW)
                resolve_reports(session, ids, now=NOW)
        with database.reading() as session:
            return {
                (
                    tuple(sorted((report.url, report.title) for report in view.reports)),
                    tuple(sorted((party.name, party.role) for party in view.parties)),
                    view.type, frozenset(view.also), view.status, view.value, view.announced_on, view.headline,
                    view.confidence, frozenset(view.focus), repr(view.timeline),
                )
                for view in deals.iter_deals(session, deals.DealQuery(technology=None))
            }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(reports(), min_size=2, max_size=7), st.randoms(use_true_random=False))
def test_any_order_of_articles_gives_the_same_deals(told_by: list[StoredReport], shuffle: random.Random) -> None:
    by_article: dict[int, list[StoredReport]] = {}
    for report in told_by:
        by_article.setdefault(report.article_id, []).append(report)
    in_order = [tuple(said) for said in by_article.values()]
    shuffled = list(in_order)
    shuffle.shuffle(shuffled)
    assert read(in_order) == read(shuffled)


def test_a_report_without_a_date_finds_its_deal_of_long_ago_and_is_found_by_it() -> None:
    parties = (Party("Aquila", Role.ACQUIRER), Party("Borealis", Role.TARGET))
    dated = _told("https://a.example/1", make_report(parties=parties, evidence=(), announced_on=date(2017, 9, 13)))
    undated = _told("https://b.example/2", make_report(parties=parties, evidence=(), announced_on=None))
    assert len(read([(dated,), (undated,)])) == len(read([(undated,), (dated,)])) == 1


def _told(url: str, report: Report) -> StoredReport:
    return StoredReport(id=1, report=report, parties=(), article_id=1, url=url, title=url, language="en", source="wire")
