"""Searching finds what looking at every deal finds, whatever is asked and whichever way the statement takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from storage import articles, deal_search, deals
from storage.companies import find_companies, subsidiaries_of
from storage.database import Database, open_database
from storage.deals import CountBy, DealQuery, DealSort, DealView
from storage.models import Company
from storage.records import Party, Value
from storage.tokens import matches, parse, words_of_all
from storage.vocabulary import DealType, Role, Status, ValueKind
from tests.databases import FAMILIES, ready_databases
from tests.storage.builders import NOW, add_reports, facts_from, make_report

COMPANIES = ("Aquila", "Borealis", "Kestrel Mobile", "Kestrel", "诺基亚", "小米科技", "Đại Nam", "한빛전자")
WORDS = ("chip", "chips", "licence", "thỏa thuận", "小米", "5G-芯片", "한빛전자가", "cấp phép", "nam", "100%")
FOCUS = ("ai", "iot", "cloud")
LANGUAGES = ("en", "vi", "zh")
SOURCES = ("wire", "news", "blog")
START = date(2026, 11, 1)
TYPES = (DealType.ACQUISITION, DealType.LICENSING, DealType.SUPPLY, DealType.PARTNERSHIP)
ROLES = (Role.ACQUIRER, Role.TARGET, Role.PARTNER)
AMOUNTS = tuple(Decimal(text) for text in ("0", "1.5", "40", "40.01", "2500000000"))


@dataclass(frozen=True, slots=True)
class Stored:
    """A deal as it was written, with what full text is to find in it."""

    view: DealView
    company_ids: frozenset[int]
    roles: dict[int, Role]
    words: list[str]


@dataclass(frozen=True, slots=True)
class Filled:
    database: Database
    deals: tuple[Stored, ...]


def fill(database: Database, number: int = 45) -> Filled:
    chance = Random(11)
    with database.session() as session:
        for count in range(number):
            types = chance.sample(TYPES, chance.randint(1, 3))
            names = chance.sample(COMPANIES, chance.randint(1, 3))
            title = f"{chance.choice(WORDS)} {chance.choice(WORDS)}"
            report = make_report(
                type=types[0],
                also=tuple(types[1:]),
                parties=tuple(Party(name, chance.choice(ROLES)) for name in names),
                status=chance.choice(tuple(Status)),
                focus=tuple(chance.sample(FOCUS, chance.randint(0, 2))),
                value=chance.choice(
                    [
                        None,
                        Value(chance.choice(AMOUNTS), chance.choice(["EUR", "USD"]), chance.choice(tuple(ValueKind))),
                    ]
                ),
                technology=chance.random() < 0.7,
                announced_on=START + timedelta(days=chance.randint(0, 70)),
                headline=" ".join(chance.sample(WORDS, 2)),
                confidence=chance.choice([0.3, 0.6, 0.9]),
                evidence=(),
            )
            ids: list[int] = []
            for copy in range(chance.randint(1, 2)):
                language, source = chance.choice(LANGUAGES), chance.choice(SOURCES)
                url = f"https://{source}.example/{count}/{copy}"
                ids += add_reports(session, url, report, source=source, language=language, title=title)
            now = NOW + timedelta(hours=chance.randint(0, 9))
            facts = facts_from(articles.stored_reports(session, ids)[0])
            deal_id = deals.save_deal(session, facts, ids, now=now)
            if chance.random() < 0.3:
                deals.save_deal(session, facts, ids, now=now + timedelta(days=1), deal_id=deal_id)
        (parent,) = find_companies(session, "Kestrel")
        (child,) = find_companies(session, "Kestrel Mobile")
        session.execute(update(Company).where(Company.id == child).values(parent_id=parent))
    with database.reading() as session:
        views = [deals.get(session, deal_id) for deal_id in range(1, number + 1)]
    return Filled(database, tuple(stored(view) for view in views))


def stored(view: DealView) -> Stored:
    names = [party.name for party in view.parties]
    texts = [view.headline, *names, *sorted(names), *(report.title for report in view.reports)]
    roles = {party.company_id: party.role for party in view.parties}
    return Stored(view, frozenset(roles), roles, words_of_all(texts, limit=1000))


@pytest.fixture(scope="module", params=FAMILIES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A database with deals of all kinds."""
    with (
        ready_databases(request.param, request, tmp_path_factory.mktemp("oracle")) as make,
        open_database(make()) as database,
    ):
        yield fill(database)


def several(values: tuple[object, ...]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), st.sampled_from(values), st.lists(st.sampled_from(values), max_size=3).map(tuple))


days = st.one_of(st.none(), st.integers(-5, 75).map(lambda days: START + timedelta(days=days)))
asked_words = st.lists(
    st.sampled_from([*WORDS, "c", "小", "-chip", '"thoa thuan"', '"chip lic"', "nothing"]), max_size=3
)
names = st.one_of(st.none(), st.sampled_from([*COMPANIES, "kestrel", "b", "nobody", "诺"]))
queries = st.builds(
    DealQuery,
    party=names,
    role=st.one_of(st.none(), st.sampled_from(ROLES)),
    other_party=st.one_of(st.none(), names),
    with_subsidiaries=st.booleans(),
    type=several(TYPES),
    focus=several(FOCUS),
    status=several(tuple(Status)),
    language=st.one_of(st.none(), st.sampled_from(LANGUAGES)),
    source=st.one_of(st.none(), st.sampled_from(SOURCES)),
    since=days,
    until=days,
    updated_since=st.one_of(st.none(), st.integers(-1, 34).map(lambda hours: NOW + timedelta(hours=hours))),
    min_value=st.one_of(st.none(), st.sampled_from(AMOUNTS)),
    max_value=st.one_of(st.none(), st.sampled_from(AMOUNTS)),
    currency=st.sampled_from([None, None, "eur", "USD"]),
    value_kind=st.one_of(st.none(), st.sampled_from(tuple(ValueKind))),
    text=st.one_of(st.none(), asked_words.map(" ".join)),
    technology=st.sampled_from([True, False, None]),
    min_confidence=st.sampled_from([0.0, 0.0, 0.6]),
    sort=st.sampled_from(tuple(DealSort)),
)


@st.composite
def sparing(draw: st.DrawFn) -> DealQuery:
    """A query with few filters, so that something is found."""
    full = draw(queries)
    kept = draw(st.sets(st.sampled_from(DealQuery.__slots__), max_size=4)) | {"sort"}
    return DealQuery(**{name: getattr(full, name) for name in kept})


def wanted(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def fits(deal: Stored, query: DealQuery, companies: dict[str, set[int]]) -> bool:
    view, value = deal.view, deal.view.value
    party, other = companies.get("party"), companies.get("other_party")
    checks = [
        party is None or any(query.role in {None, deal.roles[one]} for one in party & deal.company_ids),
        other is None or bool(other & deal.company_ids),
        query.role is None or party is not None or query.role in deal.roles.values(),
        query.type is None or bool({view.type, *view.also} & set(wanted(query.type))),
        query.focus is None or bool(set(view.focus) & set(wanted(query.focus))),
        query.status is None or view.status in wanted(query.status),
        query.language is None or query.language in view.languages,
        query.source is None or query.source in {report.source for report in view.reports},
        query.since is None or view.day >= query.since,
        query.until is None or view.day <= query.until,
        query.updated_since is None or view.updated_at >= query.updated_since,
        query.min_value is None or (value is not None and value.amount >= query.min_value),
        query.max_value is None or (value is not None and value.amount <= query.max_value),
        query.currency is None or (value is not None and value.currency == query.currency.upper()),
        query.value_kind is None or (value is not None and value.kind is query.value_kind),
        query.text is None or matches(deal.words, parse(query.text)),
        query.technology is None or view.technology is query.technology,
        view.confidence >= query.min_confidence,
        query.sort is not DealSort.VALUE or value is not None,
    ]
    return all(checks)


def sort_key(view: DealView, sort: DealSort) -> tuple[date | datetime | Decimal, int]:
    if sort in {DealSort.NEWEST, DealSort.OLDEST}:
        return view.day, view.id
    if sort is DealSort.VALUE:
        assert view.value is not None
        return view.value.amount, view.id
    return (view.updated_at if sort is DealSort.UPDATED else view.first_seen), view.id


def looked_for(filled: Filled, query: DealQuery) -> list[Stored]:
    """The answer, by looking at every deal."""
    companies: dict[str, set[int]] = {}
    with filled.database.reading() as session:
        for field in ("party", "other_party"):
            name = getattr(query, field)
            if name is not None:
                found = find_companies(session, name)
                companies[field] = {*found, *(subsidiaries_of(session, found) if query.with_subsidiaries else ())}
    found_deals = [deal for deal in filled.deals if fits(deal, query, companies)]
    return sorted(
        found_deals, key=lambda deal: sort_key(deal.view, query.sort), reverse=query.sort is not DealSort.OLDEST
    )


generous = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@generous
@given(query=st.one_of(sparing(), queries), counted=st.sampled_from([1, 4, 10_000]), limit=st.integers(1, 9))
def test_a_search_finds_what_looking_at_every_deal_finds(
    filled: Filled, query: DealQuery, counted: int, limit: int
) -> None:
    expected = [deal.view.id for deal in looked_for(filled, query)]
    with pytest.MonkeyPatch.context() as patch, filled.database.reading() as session:
        patch.setattr(deal_search, "_COUNTED", counted)
        assert [row.id for row in deals.iter_rows(session, query)] == expected
        assert deals.count(session, query) == len(expected)
        paged: list[int] = []
        after: str | None = None
        while page := deals.search_rows(session, replace(query, limit=limit, after=after)):
            paged += [row.id for row in page]
            after = deals.cursor(page[-1], query.sort)
        assert paged == expected


def naive_counts(found: list[Stored], by: CountBy) -> dict[tuple[str, ...], int]:
    counts: Counter[tuple[str, ...]] = Counter()
    keys: Sequence[tuple[str, ...]]
    for deal in found:
        view = deal.view
        names = sorted({(party.company_id, party.name) for party in view.parties})
        match by:
            case CountBy.YEAR:
                keys = [(f"{view.day:%Y}",)]
            case CountBy.QUARTER:
                keys = [(f"{view.day:%Y}-Q{(view.day.month + 2) // 3}",)]
            case CountBy.MONTH:
                keys = [(f"{view.day:%Y-%m}",)]
            case CountBy.TYPE:
                keys = [(word.value,) for word in {view.type, *view.also}]
            case CountBy.FOCUS:
                keys = [(word,) for word in view.focus]
            case CountBy.STATUS:
                keys = [(view.status.value,)]
            case CountBy.LANGUAGE:
                keys = [(word,) for word in view.languages]
            case CountBy.SOURCE:
                keys = [(word,) for word in {report.source for report in view.reports}]
            case CountBy.ROLE:
                keys = [(word.value,) for word in set(deal.roles.values())]
            case CountBy.COMPANY:
                keys = [(name,) for _, name in names]
            case CountBy.COMPANY_PAIR:
                keys = [(min(a, b), max(a, b)) for (_, a), (_, b) in combinations(names, 2)]
        counts.update(keys)
    return dict(counts)


@settings(generous, max_examples=60)
@given(query=sparing(), by=st.sampled_from(tuple(CountBy)), counted=st.sampled_from([1, 10_000]))
def test_counts_are_those_of_the_deals_found(filled: Filled, query: DealQuery, by: CountBy, counted: int) -> None:
    expected = naive_counts(looked_for(filled, query), by)
    with pytest.MonkeyPatch.context() as patch, filled.database.reading() as session:
        patch.setattr(deal_search, "_COUNTED", counted)
        counts = deals.facets(session, query, by=by)
        assert {tuple(sorted(count.values)): count.deals for count in counts} == expected
        assert len(counts) == len(expected)
        assert deals.facets(session, query, by=by, limit=2) == counts[:2]


@generous
@given(
    text=st.one_of(st.text(max_size=30), st.text("ab\"'-*:&|!()<>\\^{}~%_ NOT OR AND NEAR 小\x00\ud800", max_size=30))
)
def test_no_text_is_an_error_and_all_mean_the_same(filled: Filled, text: str) -> None:
    query = DealQuery(technology=None, text=text)
    with filled.database.reading() as session:
        found = [row.id for row in deals.iter_rows(session, query)]
    assert found == [deal.view.id for deal in looked_for(filled, query)]
