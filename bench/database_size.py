"""Times queries, ingest and export on a big made-up database, SQLite or PostgreSQL, and prints tables.

    python bench/database_size.py sqlite:////tmp/big.db                       # 1,000,000 deals, 3,000,000 reports
    python bench/database_size.py sqlite:////tmp/big.db --deals 100000
    python bench/database_size.py postgresql://user@host/empty

An empty database is filled first (hours for a million deals on a small machine) and then kept: given again, it is only
measured. A sample of deals is saved again the ordinary way, to see that what was made is what the service makes.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from big_database import BUSIEST, DAYS, FIRST_DAY, differing, fill, skewed
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.config_digests import DigestFormat
from pipeline.digest.wording import Heading
from pipeline.digest.writing import Writer
from pipeline.resolver import resolve_reports
from storage import articles, deals, pages, sources
from storage.database import Database, open_database
from storage.deals import CountBy, DealQuery, DealSort
from storage.models import Company, Deal, Source
from storage.records import Article, Evidence, Party, Report
from storage.vocabulary import DatePrecision, DealType, FocusArea, Role, Status

_NOW = datetime(2026, 12, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", help="its URL")
    parser.add_argument("--deals", type=int, default=1_000_000, help="how many an empty one is filled with")
    parser.add_argument("--draws", type=int, default=300, help="how many queries of each kind are timed")
    arguments = parser.parse_args()
    with open_database(arguments.database) as database:
        with database.reading() as session:
            number = session.scalar(select(func.count()).select_from(Deal)) or 0
        if not number:
            began = time.perf_counter()
            fill(database, arguments.deals, progress=lambda done: print(f"{done} deals made", file=sys.stderr))
            number = arguments.deals
            print(f"made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        wrong = differing(database, random.Random(5).sample(range(1, number + 1), min(number, 50)))
        print(f"{database.engine.dialect.name}, {number} deals; saved again, {len(wrong)} of 50 differ\n")
        measure(database, random.Random(5), arguments.draws)


def measure(database: Database, chance: random.Random, draws: int) -> None:
    """Print all tables."""
    asked = Asked(database, chance)
    print("| milliseconds | p50 | p95 | max | found nothing |\n| --- | --- | --- | --- | --- |")
    for name, make in asked.kinds().items():
        table_row(name, *timed(database, [make() for _ in range(draws)]))
    numbers = [chance.randint(1, asked.number) for _ in range(draws)]
    table_row("a deal with its reports", *timed_calls(database, [one_deal(number) for number in numbers]))
    for by in CountBy:
        queries = [DealQuery(), DealQuery(focus="ai", since=FIRST_DAY + timedelta(days=DAYS - 365))]
        for label, query in zip(("all", "one area, a year"), queries, strict=True):
            table_row(f"counts by {by.value}, {label}", *timed_calls(database, [counted(query, by)]))
    print()
    ingest(database, chance)
    export(database)


class Asked:
    """Makes up questions, out of what the database holds."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self._chance = chance
        with database.reading() as session:
            self.number = session.scalar(select(func.max(Deal.id))) or 1
            self._companies = session.scalar(select(func.max(Company.id))) or 1
            self._sources = session.scalar(select(func.max(Source.id))) or 1
            self._session_names = dict(session.execute(select(Company.id, Company.name)).all())
            sample = [chance.randint(1, self.number) for _ in range(400)]
            titles = session.scalars(select(Deal.headline).where(Deal.id.in_(sample))).all()
        self._words = [word for title in titles for word in title.split()]
        self._han = [title for title in titles if "\u4e00" <= title[len(title) // 2] <= "\u9fff"]

    def kinds(self) -> dict[str, Callable[[], DealQuery]]:
        """Ways of asking, each a new question at every call."""
        return {
            "first page, one filter": lambda: self.filtered(1),
            "first page, two filters": lambda: self.filtered(2),
            "first page, three or four filters": lambda: self.filtered(self._chance.randint(3, 4)),
            "first page, other sorts": lambda: replace(self.filtered(2), sort=self._chance.choice(list(DealSort))),
            "deep page": self.deep,
            "text, a word of a headline": lambda: self.text(1),
            "text, two or three words": lambda: self.text(self._chance.randint(2, 3)),
            "text, a rare word": lambda: DealQuery(text=max(self.some(5), key=len)),
            "text, a beginning": lambda: DealQuery(text=self.word()[: self._chance.randint(1, 4)] or "a"),
            "text, Chinese, two characters": self.chinese,
            "text, Vietnamese without accents": lambda: DealQuery(text="thoa thuan cap phep"),
            "text and a filter": lambda: replace(self.filtered(1), text=self.word()),
        }

    def word(self) -> str:
        return self._chance.choice(self._words)

    def some(self, number: int) -> list[str]:
        return [self.word() for _ in range(number)]

    def text(self, number: int) -> DealQuery:
        return DealQuery(text=" ".join(self.some(number)))

    def chinese(self) -> DealQuery:
        title = self._chance.choice(self._han) if self._han else "科技"
        at = self._chance.randrange(max(1, len(title) - 2))
        return DealQuery(text=title[at : at + 2])

    def deep(self) -> DealQuery:
        day = FIRST_DAY + timedelta(days=self._chance.randrange(DAYS))
        return replace(self.filtered(1), sort=DealSort.NEWEST, after=f"newest~{day.isoformat()}~0")

    def filtered(self, number: int) -> DealQuery:
        """A query with so many of all filters, of frequent and of rare values alike."""
        chance = self._chance
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        rank = int(self._companies ** chance.random())
        ways: list[dict[str, object]] = [
            {"party": self._session_names[max(1, rank)]},
            {"other_party": self._session_names[max(1, int(self._companies ** chance.random()))]},
            {"role": chance.choice(list(Role))},
            {"type": chance.choice(list(DealType))},
            {"type": tuple(chance.sample(list(DealType), 2))},
            {"focus": chance.choice(list(FocusArea)).value},
            {"focus": tuple(area.value for area in chance.sample(list(FocusArea), 2))},
            {"status": chance.choice(list(Status))},
            {"language": chance.choice(["en", "vi", "zh", "de", "ko", "fr"])},
            {"source": f"source-{max(1, int(self._sources ** chance.random()))}"},
            {"since": day, "until": day + timedelta(days=chance.choice([0, 6, 30, 365]))},
            {"since": day},
            {"updated_since": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(300))},
            {"min_value": Decimal(10) ** chance.randint(6, 12), "currency": chance.choice(["USD", "VND", "CHF"])},
            {"max_value": Decimal(10) ** chance.randint(4, 8)},
            {"min_confidence": chance.choice([0.5, 0.9, 0.99])},
            {"technology": chance.choice([None, False])},
        ]  # fmt: skip
        changes: dict[str, object] = {}
        for way in chance.sample(ways, number):
            changes.update(way)
        return DealQuery(**changes)  # type: ignore[arg-type]


def timed(database: Database, queries: Sequence[DealQuery]) -> tuple[list[float], int]:
    """Milliseconds that the first page of each took, and how many were empty."""
    took, empty = [], 0
    with database.reading() as session:
        for query in queries:
            began = time.perf_counter()
            found = deals.search_rows(session, query)
            took.append((time.perf_counter() - began) * 1000)
            empty += not found
    return took, empty


def timed_calls(database: Database, calls: Sequence[Callable[[Session], object]]) -> tuple[list[float], int]:
    took = []
    for call in calls:
        with database.reading() as session:
            began = time.perf_counter()
            call(session)
            took.append((time.perf_counter() - began) * 1000)
    return took, 0


def one_deal(number: int) -> Callable[[Session], object]:
    return lambda session: deals.get(session, number)


def counted(query: DealQuery, by: CountBy) -> Callable[[Session], object]:
    return lambda session: deals.facets(session, query, by=by, limit=100)


def table_row(name: str, took: list[float], empty: int) -> None:
    ordered = sorted(took)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    shown = f"| {statistics.median(took):.1f} | {p95:.1f} | {ordered[-1]:.1f} | {empty} of {len(took)} |"
    print(f"| {name} {shown}", flush=True)


def ingest(database: Database, chance: random.Random, number: int = 60) -> None:
    """Print what it costs to save and resolve one more report, each in its own transaction."""
    with database.reading() as session:
        last = session.scalar(select(func.max(Company.id))) or 1
        drawn = [skewed(chance, last, shift=BUSIEST) + 1 for _ in range(2 * number)]
        names = [session.get_one(Company, company_id).name for company_id in drawn]
    took = []
    for at in range(number):
        buyer, target = names[2 * at], names[2 * at + 1]
        headline = f"{buyer} buys {target}"
        text = f"{headline}\n\n{buyer} said that it buys {target}."
        url = f"https://source-1.example/later/{time.time_ns()}"
        report = Report(
            type=DealType.ACQUISITION, status=Status.ANNOUNCED, headline=headline, technology=True, confidence=0.9,
            parties=(Party(buyer, Role.ACQUIRER), Party(target, Role.TARGET)), focus=("ai",),
            announced_on=FIRST_DAY + timedelta(days=chance.randrange(DAYS)), announced_precision=DatePrecision.DAY,
            evidence=(Evidence("type", "buys", text.index("buys"), text.index("buys") + 4),),
        )  # fmt: skip
        article = Article(headline, text, "en", _NOW, DatePrecision.TIME, "source-1")
        began = time.perf_counter()
        with database.session() as session:
            sources.sync_sources(session, [("bench", "feed", "https://bench.example")], _NOW)
            pages.add_links(session, "bench", [pages.FoundLink(url=url, canonical_url=url)], _NOW)
            page = pages.find_page(session, url)
            assert page is not None
            ids = articles.save_article(session, page.id, article, [report], _NOW)
            resolve_reports(session, ids, now=_NOW)
        took.append((time.perf_counter() - began) * 1000)
    print("| milliseconds | p50 | p95 | max | |\n| --- | --- | --- | --- | --- |")
    table_row("ingest of one report", took, 0)
    print()


def export(database: Database) -> None:
    """Print how fast all deals are written as CSV, and what memory that takes more."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/dev/null", "w", encoding="utf-8", newline="") as nowhere, database.reading() as session:  # noqa: PTH123
        began, cpu = time.perf_counter(), time.process_time()
        rows = Writer(session, DealQuery(technology=None), Heading("Deals")).write(nowhere, DigestFormat.CSV)
        took, worked = time.perf_counter() - began, time.process_time() - cpu
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"export: {rows / took:,.0f} rows/s ({rows / worked:,.0f} a second of processor time), {grown:.0f} MB more")


if __name__ == "__main__":
    main()
