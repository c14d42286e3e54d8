"""Deals a second out of a database, and the memory it takes: CSV and JSON Lines.

    python bench/digest_export.py                  # makes 1,000,000 deals for the CSV, a tenth for JSON Lines
    python bench/digest_export.py --deals 100000
    python bench/digest_export.py --database sqlite:///deals.db

The deals that it makes are generated (invented names in three scripts). Those for the CSV stand alone, as a row is all
that it reads; those for JSON Lines have an article with a report each.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert

from pipeline.config_digests import DigestFormat
from pipeline.digest.wording import Heading
from pipeline.digest.writing import Noted, Writer
from storage.database import Database, open_database
from storage.deals import DealQuery
from storage.models import Article, Company, Deal, DealFacet, DealParty, Page, Report, Source
from storage.vocabulary import DatePrecision, DealType, FocusArea, PageState, Role, Status, ValueKind

_SYLLABLES = (
    "nor",
    "vel",
    "tar",
    "quil",
    "bright",
    "holm",
    "ost",
    "ren",
    "kest",
    "lum",
    "Sao ",
    "Bắc ",
    "北方",
    "星辰",
    "电子",
)
_AT_A_TIME = 5000


def fill(database: Database, deals: int, *, reports: bool) -> None:
    """Put generated deals into an empty database, with their reports or alone."""
    random.seed(7)
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    names = ["".join(random.choices(_SYLLABLES, k=3)).strip().title() for _ in range(5000)]
    with database.session() as session:
        session.execute(
            insert(Source).values(id=1, name="wire", kind="feed", url="https://wire.example", added_at=seen)
        )
        companies = [{"id": number + 1, "key": f"{name} {number}", "name": name} for number, name in enumerate(names)]
        session.execute(insert(Company), companies)
    for begin in range(1, deals + 1, _AT_A_TIME):
        rows: dict[type, list[dict[str, object]]] = {}
        for number in range(begin, min(begin + _AT_A_TIME, deals + 1)):
            for table, row in _deal(number, names, seen + timedelta(seconds=number * 30)):
                if reports or table is Deal:
                    rows.setdefault(table, []).append(row)
        with database.session() as session:
            for table, some in rows.items():
                session.execute(insert(table), some)
        print(f"\r{begin + _AT_A_TIME - 1:,} deals made", end="", file=sys.stderr)
    print(file=sys.stderr)


def _deal(number: int, names: list[str], seen: datetime) -> Iterator[tuple[type, dict[str, object]]]:
    day = date(2016, 1, 1) + timedelta(days=int(3900 * random.random()))
    chosen = random.sample(range(5000), random.choice((2, 2, 2, 3)))
    kind, focus = random.choice(list(DealType)), random.choice(list(FocusArea)).value
    parties = [names[place] for place in chosen]
    headline = f"{parties[0]} and {parties[1]} agree on {kind.value} in {focus}, {number}"
    valued = random.random() < 0.4
    amount = Decimal(int(10 ** random.uniform(6, 10))) if valued else None
    url = f"https://wire.example/{day}/{number}"
    summary = {
        "parties": [[name, Role.PARTNER.value] for name in parties], "also": [], "focus": [focus],
        "languages": ["en"], "reports": 1, "first_url": url,
    }  # fmt: skip
    value = (amount, "USD" if valued else None, ValueKind.TOTAL if valued else None)
    facts = {
        "type": kind, "status": random.choice(list(Status)), "technology": True, "announced_on": day,
        "announced_precision": DatePrecision.DAY, "value_amount": value[0], "value_currency": value[1],
        "value_kind": value[2], "confidence": round(random.random(), 4), "headline": headline,
    }  # fmt: skip
    yield (
        Deal,
        {"id": number, "day": day, "first_seen": seen, "updated_at": seen, "stale": False, "summary": summary, **facts},
    )
    for place, company in enumerate(chosen):
        yield DealParty, {
            "deal_id": number, "company_id": company + 1, "day": day, "ordinal": place, "role": Role.PARTNER,
            "name": names[company], "named_only": False,
        }  # fmt: skip
    for facet, word in (("type", kind.value), ("focus", focus), ("language", "en"), ("source", "wire")):
        yield DealFacet, {"deal_id": number, "kind": facet, "value": word, "day": day, "ordinal": 0}
    yield Page, {
        "id": number, "source_id": 1, "url": url, "canonical_url": url, "url_key": f"{number:032}", "found_at": seen,
        "state": PageState.READ, "next_try_at": seen,
    }  # fmt: skip
    yield Article, {
        "id": number, "page_id": number, "language": "en", "published_at": seen, "first_seen": seen, "updated_at": seen,
        "published_precision": DatePrecision.DAY, "content_hash": f"{number:064}", "title": headline, "text": headline,
    }  # fmt: skip
    evidence = [{"field": "type", "quote": headline, "start": 0, "end": len(headline)}]
    yield Report, {
        "id": number, "article_id": number, "ordinal": 0, "deal_id": number, "also": [], "focus": [focus],
        "content_hash": f"{number:064}", "evidence": evidence, **facts,
    }  # fmt: skip


def measure(database: Database, form: DigestFormat, folder: Path, *, noted: bool = False) -> None:
    """Export all deals and print how fast, and how much more memory the process then has had."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = folder / "digest"
    started, busy = time.perf_counter(), time.process_time()
    with database.reading() as session, path.open("w", encoding="utf-8", newline="") as stream:
        writer = Writer(session, DealQuery(technology=None), Heading("all"))
        count = writer.write(stream, form, Noted() if noted else None)
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    said = f"{form.value}{', noted' if noted else ''}"
    print(
        f"{said:<12} {count:>9,} deals {seconds:7.1f} s {count / seconds:>9,.0f} deals/s "
        f"({count / cpu:,.0f} per second of CPU) {path.stat().st_size / 1e6:7.0f} MB  +{grown:.0f} MB of memory",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--database", help="one that is there, instead of one that is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for form in (DigestFormat.CSV, DigestFormat.JSONL):
            lines = form is DigestFormat.JSONL
            with open_database(options.database or f"sqlite:///{folder / f'{form}.db'}") as database:
                if options.database is None:
                    fill(database, options.deals // 10 if lines else options.deals, reports=lines)
                measure(database, form, folder)
                if not lines:
                    measure(database, form, folder, noted=True)


if __name__ == "__main__":
    main()
