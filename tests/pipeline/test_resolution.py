from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.disagreements import disagreements
from pipeline.merging import merge_facts
from pipeline.names import words_of
from pipeline.resolution import facts_of, group, linked, place, same_deal
from storage import timelines
from storage.deal_shapes import TimelineStep
from storage.judgements import DealJudgement
from storage.records import Party, Report, ResolvedParty, StoredReport, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind

_ids = count(1)
_companies: dict[str, int] = {}

ACQUISITION = DealType.ACQUISITION
ANNOUNCED, RUMORED, COMPLETED, TERMINATED = Status.ANNOUNCED, Status.RUMORED, Status.COMPLETED, Status.TERMINATED


def usd(amount: int) -> Value:
    return Value(Decimal(amount), "USD")


def told(
    parties: str,
    *,
    kind: DealType = ACQUISITION,
    status: Status = ANNOUNCED,
    on: date | None = date(2026, 3, 1),
    value: Value | None = None,
    also: tuple[DealType, ...] = (),
    focus: tuple[str, ...] = (),
    article: int | None = None,
    confidence: float = 0.8,
    copy_of: int | None = None,
    publisher: str | None = None,
    announced_on: date | None = None,
    technology: bool = True,
    headline: str = "",
) -> StoredReport:
    """A stored report; parties as "acquirer Brightwell, target Oakline=oakline" (name=company of a dictionary)."""
    named: list[Party] = []
    for part in parties.split(", "):
        role, _, name = part.partition(" ")
        name, _, known = name.partition("=")
        named.append(Party(name, Role(role), known or None))
    number = article or next(_ids)
    report = Report(
        type=kind,
        parties=tuple(named),
        status=status,
        also=also,
        focus=focus,
        value=value,
        technology=technology,
        announced_on=announced_on,
        announced_precision=DatePrecision.DAY if announced_on else None,
        headline=headline or f"headline {number}",
        confidence=confidence,
    )
    return StoredReport(
        id=next(_ids),
        report=report,
        parties=tuple(
            ResolvedParty(
                _companies.setdefault("".join(words_of(p.company or p.name)), len(_companies) + 1), p.name, p.role
            )
            for p in named
        ),
        article_id=number,
        url=f"https://outlet{number}.example/{number}",
        title=f"title {number}",
        language="en",
        source=f"source {number}",
        publisher=publisher,
        published_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC) if on else None,
        published_precision=DatePrecision.TIME if on else None,
        copy_of=copy_of,
    )


def judged(one: StoredReport, other: StoredReport) -> bool:
    forth = same_deal(facts_of(one), facts_of(other))
    assert forth == same_deal(facts_of(other), facts_of(one))
    assert linked(one, [other]) is forth.same
    orders = [{frozenset(map(id, deal)) for deal in group(order)} for order in ([one, other], [other, one])]
    assert orders[0] == orders[1]
    return len(group([one, other])) == 1


BASE = "acquirer Brightwell, target Oakline"
DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (told(BASE), told(BASE)),
        (told(BASE), told("acquirer Brightwell Inc., target Oakline Devices", on=date(2026, 3, 2))),
        (told(BASE), told("partner Oakline, partner Brightwell", kind=DealType.MERGER)),
        (told(BASE, on=None), told(BASE)),
        (told(BASE, on=None), told(BASE, on=None)),
        (told(BASE, status=RUMORED, on=date(2025, 12, 1)), told(BASE)),
        (told(BASE), told(BASE, status=COMPLETED, on=date(2027, 10, 1))),
        (told(BASE, status=RUMORED), told(BASE, status=TERMINATED, on=date(2027, 3, 1))),
        (told(BASE), told("target Oakline", on=date(2026, 3, 3))),  # who buys is not said
        (told(BASE), told(BASE + ", seller Rivermouth", value=usd(5))),
        (  # names in different scripts that no dictionary knows
            told("acquirer 明辉, target Oakline", value=usd(100)),
            told("acquirer Minghui, target Oakline", value=usd(100)),
        ),
        (  # one round, different investors named
            told("investor Fund A, investee Rivermouth", kind=DealType.INVESTMENT),
            told("investor Fund B, investee Rivermouth", kind=DealType.INVESTMENT, on=date(2026, 3, 3)),
        ),
        (
            told("partner Nokia=nokia, partner Xiaomi", kind=DealType.CROSS_LICENSING, also=(DealType.SUPPLY,)),
            told("partner 诺基亚=nokia, partner Xiaomi", kind=DealType.PARTNERSHIP),
        ),
        (  # a joint venture of four, told with three
            told("partner A1, partner B2, partner C3, partner D4", kind=DealType.JOINT_VENTURE),
            told("partner D4, partner A1, partner B2", kind=DealType.JOINT_VENTURE),
        ),
        (
            told("party A1, party B2", kind=DealType.SETTLEMENT, also=(DealType.LICENSING,)),
            told("licensor A1, licensee B2", kind=DealType.LICENSING),
        ),
    ],
)
def test_reports_of_one_deal(one: StoredReport, other: StoredReport) -> None:
    assert judged(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (told(BASE), told("acquirer Brightwell, target Pinecrest")),
        (told(BASE), told("acquirer Rivermouth, target Pinecrest")),
        (told(BASE), told(BASE, on=date(2030, 3, 1))),
        (told(BASE, article=7), told(BASE, article=7)),  # one article that tells of two
        (told("acquirer Rivermouth, target Oakline"), told("acquirer Pinecrest, target Oakline")),  # rival bids
        (told(BASE), told("acquirer Brightwell")),  # it may buy anyone
        (
            told("supplier A1, customer B2", kind=DealType.SUPPLY, value=usd(100)),
            told("supplier A1, customer B2", kind=DealType.SUPPLY, value=usd(300), on=date(2026, 3, 20)),
        ),
        (
            told("supplier A1, customer B2", kind=DealType.SUPPLY),
            told("supplier A1, customer B2", kind=DealType.SUPPLY, on=date(2026, 9, 1)),
        ),
        (
            told("investor Fund A, investee Rivermouth", kind=DealType.INVESTMENT),
            told("investor Fund B, investee Rivermouth", kind=DealType.INVESTMENT, on=date(2026, 6, 1)),
        ),
        (
            told("partner A1, partner B2", kind=DealType.PARTNERSHIP),
            told("partner A1, partner C3", kind=DealType.PARTNERSHIP),
        ),
        (told(BASE, status=RUMORED, on=date(2024, 1, 1)), told(BASE)),
    ],
)
def test_reports_of_different_deals(one: StoredReport, other: StoredReport) -> None:
    assert not judged(one, other)


def test_a_vague_report_does_not_join_what_contradicts() -> None:
    first = told("acquirer Rivermouth, target Oakline")
    vague = told("acquirer Rivermouth, acquirer Pinecrest, target Oakline")
    other = told("acquirer Rivermouth, target Lakeside", on=date(2026, 3, 2))
    deals = group([first, vague, other])
    assert sorted(len(deal) for deal in deals) == [1, 2]


def test_two_deals_of_one_article_find_their_own_among_others() -> None:
    both = (
        told("investor Fund A, investee Oakline", kind=DealType.INVESTMENT, article=31),
        told("acquirer Oakline, target Pinecrest", article=31),
    )
    later = told("acquirer Oakline, target Pinecrest", on=date(2026, 3, 4))
    deals = group([*both, later])
    assert {frozenset(report.id for report in deal) for deal in deals} == {
        frozenset({both[0].id}),
        frozenset({both[1].id, later.id}),
    }


def test_which_of_two_like_reports_of_one_article_joins_does_not_depend_on_their_order() -> None:
    plain, focused = told(BASE, article=31), told(BASE, article=31, focus=("ai",))
    other = told(BASE, on=date(2026, 3, 4))

    def outcome(given: list[StoredReport]) -> list[list[int]]:
        return sorted(sorted(report.id for report in deal) for deal in group(given))

    assert outcome([plain, focused, other]) == outcome([focused, other, plain])


WAYS = [
    [status for status in way if status is not None]
    for way in itertools.product((None, RUMORED), (None, ANNOUNCED), (None, COMPLETED, TERMINATED))
]


def timeline(reports: list[StoredReport]) -> tuple[TimelineStep, ...]:
    """The timeline of the deal that these reports are of."""
    tellings = [
        timelines.Telling(r.report.status, r.published_at, r.report.announced_on, r.url, r.copy_of is not None)
        for r in reports
    ]
    return timelines.timeline(merge_facts(reports).status, tellings)


names = st.sampled_from(["A1", "B2", "C3", "Dune", "Dune Systems", "丁"])
kinds = st.sampled_from(list(DealType))


@st.composite
def reports(draw: st.DrawFn) -> StoredReport:
    kind = draw(kinds)
    people = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    roles = draw(
        st.lists(st.sampled_from(["acquirer", "target", "investor", "investee", "partner", "party"]), min_size=3)
    )
    day = draw(st.one_of(st.none(), st.integers(0, 900)))
    return told(
        ", ".join(f"{role} {name}" for role, name in zip(roles, people, strict=False)),
        kind=kind,
        status=draw(st.sampled_from(list(Status))),
        on=None if day is None else DAY + timedelta(days=day),
        value=draw(st.sampled_from([None, usd(100), usd(101), usd(500)])),
        also=tuple(draw(st.lists(kinds.filter(lambda further: further is not kind), max_size=2, unique=True))),
        focus=tuple(draw(st.lists(st.sampled_from(["ai", "iot", "cloud"]), max_size=2, unique=True))),
        article=draw(st.sampled_from([None, None, 900, 901])),
        confidence=draw(st.sampled_from([0.0, 0.3, 0.7, 0.95])),
        announced_on=draw(st.sampled_from([None, DAY])),
        copy_of=draw(st.sampled_from([None, None, 1])),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(reports(), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_deals_and_the_same_facts(told_by: list[StoredReport], shuffle: random.Random) -> None:
    shuffled = list(told_by)
    shuffle.shuffle(shuffled)

    def outcome(given: list[StoredReport]) -> list[tuple[object, ...]]:
        deals = [
            (sorted(r.report.headline for r in deal), repr(merge_facts(deal)), repr(timeline(deal)))
            for deal in group(given)
        ]
        assert sum(len(deal[0]) for deal in deals) == len(given)
        return sorted(deals)

    assert outcome(told_by) == outcome(shuffled)


@settings(max_examples=60, deadline=None)
@given(st.lists(reports(), min_size=1, max_size=6))
def test_facts_are_well_formed(told_by: list[StoredReport]) -> None:
    facts = merge_facts(told_by)
    assert facts.type in {report.report.type for report in told_by}
    assert facts.type not in facts.also
    assert facts.parties
    assert len({party.company_id for party in facts.parties}) == len(facts.parties)
    assert 0.0 <= facts.confidence <= 1.0
    assert (facts.announced_on is None) == (facts.announced_precision is None)
    steps = timeline(told_by)
    assert steps
    assert steps[-1].status is facts.status
    assert len({step.status for step in steps}) == len(steps)
    assert [step.status for step in steps] in WAYS
    days = [step.on for step in steps if step.on is not None]
    assert days == sorted(days)


def test_nothing_is_no_deal() -> None:
    with pytest.raises(ValueError, match="at least one report"):
        merge_facts([])


def test_the_newest_status_wins_and_never_goes_back() -> None:
    story = [
        told(BASE, status=RUMORED, on=date(2026, 1, 1)),
        told(BASE, status=ANNOUNCED, on=date(2026, 2, 1)),
        told(BASE, status=COMPLETED, on=date(2026, 8, 1)),
    ]
    retold = told(BASE, status=ANNOUNCED, on=date(2026, 9, 1))
    assert merge_facts([*story, retold]).status is COMPLETED
    assert [(step.status, step.on) for step in timeline([retold, *story])] == [
        (RUMORED, date(2026, 1, 1)),
        (ANNOUNCED, date(2026, 2, 1)),
        (COMPLETED, date(2026, 8, 1)),
    ]
    fell_through = [*story[:2], told(BASE, status=TERMINATED, on=date(2026, 8, 2))]
    assert merge_facts(fell_through).status is TERMINATED


def test_one_hasty_completion_among_announcements_is_no_proof() -> None:
    announcements = [told(BASE) for _ in range(4)]
    assert merge_facts([*announcements, told(BASE, status=COMPLETED)]).status is ANNOUNCED


def test_a_late_rumour_is_no_step_before_the_announcement() -> None:
    late = told(BASE, status=RUMORED, on=date(2026, 5, 1))
    assert [step.status for step in timeline([told(BASE), late])] == [ANNOUNCED]


def test_votes_decide_on_parties_focus_type_and_value() -> None:
    facts = merge_facts(
        [
            told(BASE, focus=("ai", "iot"), value=usd(120), also=(DealType.INVESTMENT,)),
            told(BASE, focus=("ai",), value=usd(121)),
            told("acquirer Brightwell, target Oakline, party Market Watchers", focus=("ai",), value=usd(900)),
            told("partner Brightwell, partner Oakline", kind=DealType.MERGER, focus=("ai",)),
        ]
    )
    assert facts.type is ACQUISITION
    assert facts.also == ()
    assert [(party.name, party.role) for party in facts.parties] == [
        ("Brightwell", Role.ACQUIRER),
        ("Oakline", Role.TARGET),
    ]
    assert facts.focus == ("ai",)
    assert facts.value == usd(120)


def test_what_only_one_report_knows_is_kept() -> None:
    stake = Value(Decimal("12.5"), None, ValueKind.STAKE_PERCENT)
    facts = merge_facts([told(BASE, on=None, value=stake), told(BASE), told(BASE + ", seller Rivermouth")])
    assert facts.value == stake
    assert facts.announced_on == DAY
    assert [party.role for party in facts.parties] == [Role.ACQUIRER, Role.TARGET, Role.SELLER]


def test_longer_names_of_one_company_are_one_party() -> None:
    facts = merge_facts([told(BASE), told("acquirer Brightwell, target Oakline Devices", confidence=0.7)])
    assert [party.name for party in facts.parties] == ["Brightwell", "Oakline"]


def test_a_copy_is_no_second_witness() -> None:
    original = told(BASE, confidence=0.6, publisher="A")
    copy = told(BASE, confidence=0.6, copy_of=original.article_id, publisher="B")
    witness = told(BASE, confidence=0.6, publisher="C")
    assert merge_facts([original, copy]).confidence == pytest.approx(0.6)
    assert merge_facts([original, witness]).confidence == pytest.approx(0.72)
    assert merge_facts([copy]).confidence == pytest.approx(0.6)


def test_an_exact_announcement_day_wins_within_a_vague_one() -> None:
    vague = replace(told(BASE, on=date(2026, 3, 1)), published_precision=DatePrecision.MONTH)
    exact = told(BASE, on=date(2026, 3, 17))
    assert merge_facts([vague]).announced_precision is DatePrecision.MONTH
    facts = merge_facts([vague, exact])
    assert (facts.announced_on, facts.announced_precision) == (date(2026, 3, 17), DatePrecision.DAY)


def at(report: StoredReport, url: str) -> StoredReport:
    return replace(report, url=url)


FILED = "https://www.sec.gov/Archives/1.txt"
OWN = "https://newsroom.brightwell.example/deal"


def test_an_amount_is_that_of_whoever_stands_highest() -> None:
    news = [told(BASE, value=usd(900)) for _ in range(12)]
    blog = at(told(BASE, value=usd(1)), "https://somebody.substack.com/p/deal")
    wire = at(told(BASE, value=usd(120)), "https://www.businesswire.com/1")
    own = at(told(BASE, value=usd(110)), OWN)
    filed = at(told(BASE, value=usd(100)), FILED)
    assert merge_facts([blog, *news]).value == usd(900)
    assert merge_facts([blog, wire, *news]).value == usd(120)
    assert merge_facts([own, wire, *news]).value == usd(110)
    assert merge_facts([filed, own, wire, *news]).value == usd(100)
    unsure = at(told(BASE, value=usd(7), confidence=0.3), FILED)
    assert merge_facts([unsure, *news]).value == usd(900)
    # What one has in another kind does not hide the sum.
    assert merge_facts([at(told(BASE, value=Value(Decimal(9), "USD", ValueKind.PER_SHARE)), OWN), *news]).value == usd(
        900
    )


def test_a_party_knows_how_far_the_deal_has_come_and_when_it_was_announced() -> None:
    announcements = [told(BASE, announced_on=date(2026, 2, 1)) for _ in range(4)]
    own = at(told(BASE, announced_on=date(2026, 2, 3)), OWN)
    assert merge_facts([*announcements, own]).announced_on == date(2026, 2, 3)
    assert merge_facts([*announcements, at(told(BASE, status=COMPLETED), FILED)]).status is COMPLETED
    assert merge_facts([*announcements, told(BASE, status=COMPLETED)]).status is ANNOUNCED


def test_what_reports_say_otherwise_is_kept() -> None:
    reports = [
        at(told(BASE, value=usd(100), announced_on=date(2026, 2, 3)), OWN),
        told(BASE, value=usd(900), announced_on=date(2026, 2, 2), article=901),
        told(BASE, value=usd(905), article=902),
        told("acquirer Oakline, target Brightwell", article=903),
        told(BASE, status=RUMORED, value=Value(Decimal(3), "EUR"), on=date(2026, 1, 1)),
    ]
    facts = merge_facts(reports)
    found = disagreements(facts, reports)
    assert [(one.field, one.said, len(one.urls)) for one in found] == [
        ("announced_on", "2026-02-02", 1),
        ("role", "Brightwell: target", 1),
        ("role", "Oakline: acquirer", 1),
        ("value", "900 USD total", 1),
        ("value", "905 USD total", 1),
    ]
    assert disagreements(facts, reports[::-1]) == found
    assert disagreements(merge_facts(reports[:1]), reports[:1]) == ()


def test_in_a_long_story_what_is_there_stays_and_what_is_new_is_placed_as_people_say() -> None:
    first = [replace(told(BASE), deal_id=1) for _ in range(3)]
    second = replace(told("acquirer Brightwell, target Rivermouth"), deal_id=2)
    new, stranger = told(BASE), told("acquirer Kestrel, target Pine")
    everything = [*first, second, new, stranger]

    def placed(*judgements: DealJudgement) -> set[frozenset[int]]:
        forth, back = (place(order, judgements) for order in (everything, everything[::-1]))
        told_twice = [{frozenset(report.id for report in deal) for deal in deals} for deals in (forth, back)]
        assert told_twice[0] == told_twice[1]
        return told_twice[0]

    there, alone = frozenset(report.id for report in first), frozenset({stranger.id})
    assert placed() == {there | {new.id}, frozenset({second.id}), alone}
    apart = DealJudgement(1, together=False, sides=(frozenset({new.id}), there))
    assert placed(apart) == {there, frozenset({second.id}), frozenset({new.id}), alone}
    together = DealJudgement(2, together=True, sides=(frozenset({new.id}), frozenset({second.id})))
    assert placed(together) == {there, frozenset({second.id, new.id}), alone}
