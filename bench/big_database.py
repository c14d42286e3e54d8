"""Fills a database with made-up deals, many at a time, as the service itself would have written them.

Rows are made by storage's own functions wherever a column is derived (keys, summaries, words), and written without the
ORM; ``differing`` saves deals again the ordinary way and tells where that would have written anything. All names and
texts are put together from syllables.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from storage import deals, models
from storage.database import Database
from storage.deal_summary import summary_of
from storage.deal_text import deal_words, text_key
from storage.deal_views import facts_of, load_children
from storage.models import Base
from storage.names import normalise_name
from storage.page_identity import KeyKind, url_key
from storage.records import DealFacts, Evidence, Party, Report, ResolvedParty, Value
from storage.report_rows import report_hash
from storage.sounds import sound_keys
from storage.told import Told
from storage.vocabulary import (
    SYMMETRIC_TYPES,
    DatePrecision,
    DealType,
    FocusArea,
    PageState,
    Role,
    Status,
    ValueKind,
)

FIRST_DAY = date(2016, 1, 1)
DAYS = 3960
_BATCH = 2_000
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tu",
    "va",
    "so",
    "pi",
    "dra",
    "nel",
    "qui",
    "bor",
    "fen",
    "gal",
    "hy",
    "jun",
    "kes",
    "lar",
    "mon",
    "nor",
    "ost",
    "pel",
    "ru",
    "sil",
    "tan",
    "ul",
    "ver",
    "wex",
    "yo",
    "zen",
]
_HAN = "云科华信通达创新海天光智联中北南东方长城电子芯微星河金龙宏远博瑞德安泰力拓盛世恒源启明"
_VIETNAMESE = [
    "thỏa",
    "thuận",
    "hợp",
    "tác",
    "cấp",
    "phép",
    "sáng",
    "chế",
    "công",
    "nghệ",
    "mua",
    "lại",
    "đầu",
    "tư",
    "điện",
    "tử",
    "viễn",
    "thông",
    "đám",
    "mây",
    "bán",
    "dẫn",
    "nhà",
    "máy",
]
_ENGLISH = [
    "buys",
    "licence",
    "deal",
    "with",
    "for",
    "patents",
    "chips",
    "cloud",
    "network",
    "maker",
    "signs",
    "agreement",
    "supply",
    "stake",
    "unit",
    "partnership",
    "to",
    "and",
    "its",
    "data",
    "center",
    "mobile",
    "software",
    "platform",
    "battery",
    "satellite",
    "security",
    "robot",
    "quantum",
    "invests",
    "acquire",
    "joint",
    "venture",
]
_LANGUAGES = ("en",) * 10 + ("vi",) * 3 + ("zh",) * 4 + ("de",) * 2 + ("ko",)
_ROLES = {
    DealType.ACQUISITION: (Role.ACQUIRER, Role.TARGET),
    DealType.ASSET_PURCHASE: (Role.ACQUIRER, Role.SELLER),
    DealType.INVESTMENT: (Role.INVESTOR, Role.INVESTEE),
    DealType.LICENSING: (Role.LICENSOR, Role.LICENSEE),
    DealType.SUPPLY: (Role.SUPPLIER, Role.CUSTOMER),
    DealType.SETTLEMENT: (Role.PARTY, Role.PARTY),
}
_TYPES = tuple(DealType)
_AREAS = tuple(area.value for area in FocusArea)
_CURRENCIES = ("USD",) * 6 + ("EUR",) * 2 + ("CNY", "VND", "KRW", "GBP")


def skewed(chance: Random, number: int, *, shift: int = 1) -> int:
    """A number below ``number``; the n-th as often as 1/(n + shift) (Zipf, for a greater shift Zipf-Mandelbrot)."""
    return min(int(shift * ((number + shift) / shift) ** chance.random()) - shift, number - 1)


#: The busiest companies are in one of some 400 deals each, not one of 16.
BUSIEST = 50


@dataclass(frozen=True, slots=True)
class Names:
    """The made-up companies; the first are in the most deals."""

    chance: Random

    def company(self) -> str:
        if self.chance.random() < 0.12:
            return "".join(self.chance.choices(_HAN, k=self.chance.randint(2, 4))) + "科技"
        parts = ["".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(2, 4))).capitalize()]
        if self.chance.random() < 0.4:
            parts.append(self.chance.choice(["Systems", "Mobile", "Semiconductor", "Networks", "Labs", "Energy"]))
        return " ".join(parts)

    def title(self, language: str, names: Sequence[str]) -> str:
        chance = self.chance
        rare = "".join(chance.choices(_SYLLABLES, k=3))
        if language == "zh":
            middle = "".join(chance.choices(_HAN, k=chance.randint(8, 16)))
            return f"{names[0]}与{names[-1]}{middle}"
        words = _VIETNAMESE if language == "vi" else _ENGLISH
        middle = " ".join(words[skewed(chance, len(words))] for _ in range(chance.randint(4, 9)))
        return f"{names[0]} {middle} {names[-1]} {rare}"


class _Table:
    """Rows on their way into one table, as its columns would write them."""

    def __init__(self, connection: sa.Connection, model: type[Base]) -> None:
        self._connection = connection
        table = model.__table__
        assert isinstance(table, sa.Table)
        self._name = table.name
        columns = list(table.columns)
        self._names = [column.name for column in columns]
        self._processors = [
            column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns
        ]
        self._defaults = [_default(column) for column in columns]
        self._rows: list[tuple[object, ...]] = []

    def add(self, **values: object) -> None:
        row = []
        for name, process, default in zip(self._names, self._processors, self._defaults, strict=True):
            value = values.get(name, default)
            row.append(process(value) if process is not None else value)
        self._rows.append(tuple(row))

    def write(self) -> None:
        raw = self._connection.connection.driver_connection
        assert raw is not None
        names = ", ".join(self._names)
        if self._connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(self._names))
            raw.executemany(f"INSERT INTO {self._name} ({names}) VALUES ({marks})", self._rows)
        elif self._rows:
            with raw.cursor() as cursor, cursor.copy(f"COPY {self._name} ({names}) FROM STDIN") as copy:
                for row in self._rows:
                    copy.write_row(row)
        self._rows.clear()


def _default(column: sa.Column[Any]) -> object:
    """What SQLAlchemy would put where nothing is given."""
    default = column.default
    if not isinstance(default, sa.ColumnDefault):
        return None
    return default.arg(None) if default.is_callable else default.arg


def fill(database: Database, number: int, *, seed: int = 1, progress: Callable[[int], None] | None = None) -> None:
    """Make ``number`` deals with three reports each on average, in an empty database."""
    gc.disable()
    try:
        with database.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # Its indices do not fit into the usual 2 MB, and nobody needs half a database made up for measuring.
                _pragmas(connection, "cache_size = -6000000", "synchronous = OFF", "journal_mode = OFF")
            with connection.begin():
                _Filler(connection, number, Random(seed)).run(progress)
            if connection.dialect.name == "sqlite":
                _pragmas(connection, "journal_mode = WAL", "synchronous = NORMAL")
        _tidy_up(database)
    finally:
        gc.enable()


def _pragmas(connection: sa.Connection, *pragmas: str) -> None:
    """Set them outside of a transaction, where alone they count."""
    driver = connection.connection.driver_connection
    assert driver is not None
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}")


def _tidy_up(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            tables = [name for name, table in Base.metadata.tables.items() if "id" in table.columns]
            for name in tables:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                )
            connection.exec_driver_sql("VACUUM ANALYZE")


class _Filler:
    def __init__(self, connection: sa.Connection, number: int, chance: Random) -> None:
        self._connection = connection
        self._number = number
        self._chance = chance
        self._names = Names(chance)
        self._tables = {model: _Table(connection, model) for model in _ORDER}
        self._companies: list[str] = []
        self._page = self._report = self._revision = 0
        self._start = datetime(2026, 1, 1, tzinfo=UTC)

    def run(self, progress: Callable[[int], None] | None) -> None:
        self._add_sources(max(20, self._number // 2000))
        self._add_companies(max(50, self._number // 8))
        for number in range(1, self._number + 1):
            self._add_deal(number)
            if number % _BATCH == 0 or number == self._number:
                self._write()
                if progress is not None:
                    progress(number)

    def _write(self) -> None:
        for table in self._tables.values():
            table.write()

    def _add_sources(self, number: int) -> None:
        self._sources = [f"source-{at}" for at in range(1, number + 1)]
        for at, name in enumerate(self._sources, 1):
            self._tables[models.Source].add(
                id=at, name=name, kind="feed", url=f"https://{name}.example/feed", added_at=self._start
            )
        self._write()

    def _add_companies(self, number: int) -> None:
        known: set[str] = set()
        while len(self._companies) < number:
            name = self._names.company()
            key = normalise_name(name)
            if key in known:
                continue
            known.add(key)
            self._companies.append(name)
            at = len(self._companies)
            self._tables[models.Company].add(id=at, key=key, name=name)
            self._tables[models.CompanyAlias].add(id=at, company_id=at, key=key, name=name)
            for sound in sound_keys(name):
                self._tables[models.CompanySound].add(key=sound, company_id=at)
            if at % 20_000 == 0:
                self._write()
        self._write()

    def _facts(self, number: int) -> DealFacts:
        chance = self._chance
        kind = _TYPES[skewed(chance, len(_TYPES))]
        company_ids: dict[int, None] = {}
        wanted = chance.choices((1, 2, 3, 4), (3, 80, 12, 5))[0]
        while len(company_ids) < wanted:
            company_ids[skewed(chance, len(self._companies), shift=BUSIEST) + 1] = None
        first, other = (Role.PARTNER, Role.PARTNER) if kind in SYMMETRIC_TYPES else _ROLES[kind]
        parties = tuple(
            ResolvedParty(company_id, self._companies[company_id - 1], other if at else first)
            for at, company_id in enumerate(company_ids)
        )
        day = FIRST_DAY + timedelta(days=int(DAYS * chance.random() ** 0.6))
        names = [party.name for party in parties]
        value = None
        if chance.random() < 0.4:
            amount = Decimal(chance.randint(1, 999)) * 10 ** chance.randint(5, 9)
            value = Value(
                amount, chance.choice(_CURRENCIES), chance.choice((ValueKind.TOTAL,) * 4 + tuple(ValueKind)[1:3])
            )
        return DealFacts(
            type=kind,
            parties=parties,
            status=chance.choices(tuple(Status), (8, 70, 18, 4))[0],
            also=(other_kind,) if chance.random() < 0.15 and (other_kind := chance.choice(_TYPES)) is not kind else (),
            focus=tuple(dict.fromkeys(_AREAS[skewed(chance, len(_AREAS))] for _ in range(chance.choice((0, 1, 1, 2))))),
            value=value,
            technology=chance.random() < 0.8,
            announced_on=day,
            announced_precision=DatePrecision.DAY,
            headline=self._names.title(chance.choice(_LANGUAGES), names),
            confidence=round(0.3 + 0.7 * chance.random(), 3),
        )

    def _add_deal(self, number: int) -> None:
        facts = self._facts(number)
        day = facts.announced_on
        assert day is not None
        added = self._start + timedelta(seconds=number * 25)
        reports = [
            self._read(number, at, facts, added) for at in range(self._chance.choice((1, 1, 2, 2, 3, 3, 4, 4, 5, 5)))
        ]
        reports.sort(key=lambda report: (report.at, report.url, report.id))
        told = Told(
            first_day=reports[0].at.date(),
            first_url=reports[0].url,
            reports=len(reports),
            languages=tuple(sorted({report.language for report in reports})),
            sources=tuple(dict.fromkeys(report.source for report in reports)),
            titles=tuple(dict.fromkeys(report.title for report in reports)),
            quotes=tuple(dict.fromkeys(quote for report in reports for quote in report.quotes)),
            names=tuple(sorted({party.name for party in facts.parties})),
        )
        self._tables[models.Deal].add(
            id=number, type=facts.type, status=facts.status, technology=facts.technology, day=day, announced_on=day,
            announced_precision=facts.announced_precision, confidence=facts.confidence, headline=facts.headline,
            value_amount=facts.value and facts.value.amount, value_currency=facts.value and facts.value.currency,
            value_kind=facts.value and facts.value.kind, first_seen=added,
            updated_at=added + timedelta(hours=self._chance.choice((0, 0, 0, 30, 900))),
            summary=summary_of(facts.parties, facts.also, facts.focus, told),
        )  # fmt: skip
        for at, party in enumerate(facts.parties):
            self._tables[models.DealParty].add(
                deal_id=number, company_id=party.company_id, day=day, ordinal=at, role=party.role, name=party.name
            )
        for kind, values in _facets(facts, told):
            for at, value in enumerate(values):
                self._tables[models.DealFacet].add(deal_id=number, kind=kind, value=value, day=day, ordinal=at)
        words = deal_words(facts.headline, [party.name for party in facts.parties], told)
        fingerprint = hashlib.blake2b(" ".join(words).encode(), digest_size=16).hexdigest()
        self._tables[models.DealText].add(
            key=text_key(day, number), deal_id=number, fingerprint=fingerprint, words=words
        )
        if self._chance.random() < 0.25:
            self._revision += 1
            changes = {"status": ["announced", facts.status.value]}
            self._tables[models.DealRevision].add(
                id=self._revision, deal_id=number, report_id=reports[-1].id, at=added, changes=changes
            )

    def _read(self, number: int, at: int, facts: DealFacts, added: datetime) -> _Read:
        chance = self._chance
        self._page += 1
        self._report += 1
        source_id = skewed(chance, len(self._sources)) + 1
        source = self._sources[source_id - 1]
        language = chance.choice(_LANGUAGES)
        title = self._names.title(language, [party.name for party in facts.parties])
        url = f"https://{source}.example/news/{number}-{at}-{_slug(title)}"
        sentence = self._names.title(language, [party.name for party in facts.parties])
        text = f"{title}\n\n{sentence}. {self._names.title(language, [party.name for party in facts.parties])}."
        assert facts.announced_on is not None
        published = datetime.combine(facts.announced_on, datetime.min.time(), UTC) + timedelta(
            minutes=chance.randint(0, 3000)
        )
        start = len(title) + 2
        report = Report(
            type=facts.type, parties=tuple(Party(party.name, party.role) for party in facts.parties),
            status=facts.status, also=facts.also, focus=facts.focus, value=facts.value, technology=facts.technology,
            announced_on=facts.announced_on, announced_precision=facts.announced_precision, headline=title,
            confidence=facts.confidence, evidence=(Evidence("type", sentence, start, start + len(sentence)),),
        )  # fmt: skip
        self._tables[models.Page].add(
            id=self._page, source_id=source_id, url=url, canonical_url=url, url_key=url_key(url), link_title=title,
            found_at=added, state=PageState.READ, outcome="deal", next_try_at=added, final_url=url, http_status=200,
            content_type="text/html", fetched_at=added, read_at=added,
        )  # fmt: skip
        self._tables[models.PageKey].add(key=url_key(url), page_id=self._page, kind=KeyKind.ADDRESS.value)
        self._tables[models.Article].add(
            id=self._page, page_id=self._page, language=language, published_at=published,
            published_precision=DatePrecision.TIME, publisher=source, first_seen=added, updated_at=added,
            content_hash=hashlib.sha256(text.encode()).hexdigest(), title=title, text=text,
        )  # fmt: skip
        self._tables[models.Report].add(
            id=self._report, article_id=self._page, ordinal=0, deal_id=number, type=report.type, status=report.status,
            also=[kind.value for kind in report.also], focus=list(report.focus),
            value_amount=report.value and report.value.amount, value_currency=report.value and report.value.currency,
            value_kind=report.value and report.value.kind, technology=report.technology,
            announced_on=report.announced_on, announced_precision=report.announced_precision,
            confidence=report.confidence, content_hash=report_hash(report), headline=title,
            evidence=[{"field": "type", "quote": sentence, "start": start, "end": start + len(sentence)}],
        )  # fmt: skip
        for ordinal, party in enumerate(facts.parties):
            self._tables[models.ReportParty].add(
                report_id=self._report, ordinal=ordinal, company_id=party.company_id, role=party.role, name=party.name
            )
        return _Read(self._report, published, url, title, language, source, (sentence,))


@dataclass(frozen=True, slots=True)
class _Read:
    id: int
    at: datetime
    url: str
    title: str
    language: str
    source: str
    quotes: tuple[str, ...]


#: Referred to before referring.
_ORDER: tuple[type[Base], ...] = (
    models.Source, models.Company, models.CompanyAlias, models.CompanySound, models.Page, models.PageKey,
    models.Article, models.Deal, models.Report, models.ReportParty, models.DealParty, models.DealFacet,
    models.DealText, models.DealRevision,
)  # fmt: skip


def _facets(facts: DealFacts, told: Told) -> Iterator[tuple[str, Sequence[str]]]:
    yield "type", [facts.type.value, *(kind.value for kind in facts.also)]
    yield "focus", facts.focus
    yield "status", [facts.status.value]
    yield "role", list(dict.fromkeys(party.role.value for party in facts.parties))
    yield "language", told.languages
    yield "source", told.sources


def _slug(title: str) -> str:
    return "-".join(title.lower().split())[:60]


def differing(database: Database, deal_ids: Iterable[int]) -> list[int]:
    """Those of these deals that saving them again, as the service does, would write anything of."""
    found = []
    for deal_id in deal_ids:
        writes: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
                writes.append(statement)  # noqa: B023 - used before the next round

        with database.session() as session:
            event.listen(database.engine, "before_cursor_execute", note)
            _save_again(session, deal_id)
            event.remove(database.engine, "before_cursor_execute", note)
            session.rollback()
        if writes:
            found.append(deal_id)
    return found


def _save_again(session: Session, deal_id: int) -> None:
    deal = session.get(models.Deal, deal_id)
    assert deal is not None
    facts = facts_of(deal, load_children(session, [deal_id])[deal_id])
    deals.save_deal(session, facts, [], now=datetime(2026, 12, 31, tzinfo=UTC), deal_id=deal_id)
