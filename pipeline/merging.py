"""The fields of a deal, derived from all its reports: pure, and the same whatever order the reports are in.

Reports vote, weighted by their confidence and by who is speaking (``pipeline.standing``); a copy of another outlet's
text is no second witness. What a minority of the reports says of parties, focus and further types is left out, what
only some of them know (a value, a date) is kept. An amount and a date are those of whoever stands highest, however many
say otherwise; what was said otherwise is not lost (``pipeline.disagreements``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from pipeline.names import Likeness, likeness
from pipeline.standing import WEIGHTS, Standing, standing_of
from storage.records import DealFacts, ResolvedParty, StoredReport, Value
from storage.vocabulary import SYMMETRIC_TYPES, DatePrecision, DealType, Role, Status, ValueKind

#: The share of the votes that a party, a focus area or a further type needs.
_ENOUGH = 1 / 3
_COPY_WEIGHT = 0.1
_MIN_WEIGHT = 0.05
#: From this confidence on, one report of a filing or a party is proof by itself.
_SURE = 0.5
_TYPE_ORDER = {kind: rank for rank, kind in enumerate(DealType)}
_ROLE_ORDER = {role: rank for rank, role in enumerate(Role)}
_RANK = {Status.RUMORED: 0, Status.ANNOUNCED: 1, Status.COMPLETED: 2, Status.TERMINATED: 2}
_PRECISION = {DatePrecision.YEAR: 0, DatePrecision.MONTH: 1, DatePrecision.DAY: 2, DatePrecision.TIME: 3}

T = TypeVar("T")


def merge_facts(reports: Sequence[StoredReport]) -> DealFacts:
    """The deal that these reports are of. Raises ValueError when there are none."""
    if not reports:
        raise ValueError("a deal needs at least one report")
    ordered = sorted(reports, key=_order)
    kind = _type(ordered)
    announced_on, precision = _announced(ordered)
    return DealFacts(
        type=kind,
        parties=_parties(ordered, kind),
        status=_status(ordered),
        also=_also(ordered, kind),
        focus=tuple(_voted(ordered, lambda report: report.report.focus)),
        value=_value(ordered),
        technology=_share(ordered, lambda report: report.report.technology) >= _ENOUGH,
        announced_on=announced_on,
        announced_precision=precision,
        headline=_headline(ordered),
        confidence=_confidence(ordered),
    )


def _order(report: StoredReport) -> tuple[object, ...]:
    """Oldest first, undated last, ties by content: nothing in it depends on when a report arrived or on its id."""
    said = report.report
    parties = tuple(f"{party.name}/{party.role}" for party in said.parties)
    return (
        _day(report) or date.max,
        report.copy_of is not None,
        report.url,
        said.type,
        said.status,
        parties,
        str(said.value),
        str((said.also, said.focus, said.technology, said.announced_on, said.headline, said.confidence)),
    )


def _day(report: StoredReport) -> date | None:
    return report.published_at.date() if report.published_at else report.report.announced_on


def _weight(report: StoredReport) -> float:
    weight = max(_MIN_WEIGHT, report.report.confidence) * WEIGHTS[standing_of(report)]
    return weight * _COPY_WEIGHT if report.copy_of is not None else weight


def _share(reports: Sequence[StoredReport], holds: Callable[[StoredReport], bool]) -> float:
    total = sum(map(_weight, reports))
    return sum(_weight(report) for report in reports if holds(report)) / total


def _voted(reports: Sequence[StoredReport], said: Callable[[StoredReport], Iterable[T]]) -> list[T]:
    """What at least a third of the votes name, most votes first, then in the order of the values themselves."""
    votes: defaultdict[T, float] = defaultdict(float)
    for report in reports:
        for item in dict.fromkeys(said(report)):
            votes[item] += _weight(report)
    needed = sum(map(_weight, reports)) * _ENOUGH - 1e-9
    return [
        item for item in sorted(votes, key=lambda item: (-round(votes[item], 9), str(item))) if votes[item] >= needed
    ]


def _type(reports: Sequence[StoredReport]) -> DealType:
    votes: defaultdict[DealType, float] = defaultdict(float)
    for report in reports:
        votes[report.report.type] += _weight(report)
        for further in report.report.also:
            votes[further] += _weight(report) * 0.25
    primary = {report.report.type for report in reports}
    return min(primary, key=lambda kind: (-round(votes[kind], 9), _TYPE_ORDER[kind]))


def _also(reports: Sequence[StoredReport], kind: DealType) -> tuple[DealType, ...]:
    named = _voted(reports, lambda report: (report.report.type, *report.report.also))
    return tuple(further for further in named if further is not kind)


def _status(reports: Sequence[StoredReport]) -> Status:
    """The furthest status that has proof: a filing or a party that says so, or a third of the reports since it was
    first told.
    """
    for rank in (2, 1):
        ends = [report for report in reports if _RANK[report.report.status] == rank]
        if not ends:
            continue
        first = min((day for report in ends if (day := _day(report))), default=None)
        since = [report for report in reports if (day := _day(report)) is None or first is None or day >= first]
        share = _share(since, lambda report, rank=rank: _RANK[report.report.status] >= rank)  # type: ignore[misc]
        if share >= _ENOUGH - 1e-9 or any(_first_hand(report) for report in ends):
            return _latest_of(ends)
    return min((report.report.status for report in reports), key=lambda status: _RANK[status])


def _first_hand(report: StoredReport) -> bool:
    return standing_of(report) >= Standing.PARTY and report.report.confidence >= _SURE


def _latest_of(ends: Sequence[StoredReport]) -> Status:
    """Of completed and terminated, what the newest day's reports say (by weight); undated ones only break ties."""
    last = max((day for report in ends if (day := _day(report))), default=None)
    votes: defaultdict[Status, float] = defaultdict(float)
    for report in ends:
        newest = last is not None and _day(report) == last
        votes[report.report.status] += _weight(report) * (1.0 if newest or last is None else 1e-6)
    return min(votes, key=lambda status: (-round(votes[status], 12), status))


def _parties(reports: Sequence[StoredReport], kind: DealType) -> tuple[ResolvedParty, ...]:
    weights: defaultdict[int, float] = defaultdict(float)
    roles: defaultdict[int, defaultdict[Role, float]] = defaultdict(lambda: defaultdict(float))
    places: defaultdict[int, list[int]] = defaultdict(list)
    names: defaultdict[int, set[str]] = defaultdict(set)
    for report in reports:
        weight = _weight(report)
        for place, party in enumerate(report.parties):
            if party.company_id not in {earlier.company_id for earlier in report.parties[:place]}:
                weights[party.company_id] += weight
            # A report that takes the deal for another type gives roles of that type.
            fits = report.report.type is kind
            roles[party.company_id][party.role] += weight * (1.0 if fits else 0.01)
            places[party.company_id].append(place)
            names[party.company_id].add(party.name)
    same = _same_companies(reports, weights, names)
    for less, more in same.items():
        weights[more] += weights.pop(less)
        for role, weight in roles.pop(less).items():
            roles[more][role] += weight
    needed = sum(map(_weight, reports)) * _ENOUGH - 1e-9
    enough = {company for company, weight in weights.items() if weight >= needed} or set(weights)
    chosen = [
        (company, min(names[company], key=lambda name: (len(name), name)), _role(roles[company], kind))
        for company in enough
    ]
    chosen.sort(
        key=lambda item: (
            _ROLE_ORDER[item[2]],
            sum(places[item[0]]) / len(places[item[0]]),
            -round(weights[item[0]], 9),
            item[1],
        )
    )
    return tuple(ResolvedParty(company, name, role) for company, name, role in chosen)


def _same_companies(
    reports: Sequence[StoredReport], weights: dict[int, float], names: dict[int, set[str]]
) -> dict[int, int]:
    """Companies to count as another one: a longer or shorter name of it, never named beside it (Infineon)."""
    together = {
        frozenset((a.company_id, b.company_id)) for report in reports for a in report.parties for b in report.parties
    }
    ordered = sorted(weights, key=lambda company: (-round(weights[company], 9), min(names[company])))
    same: dict[int, int] = {}
    for position, more in enumerate(ordered):
        if more in same:
            continue
        for less in ordered[position + 1 :]:
            if less in same or frozenset((more, less)) in together:
                continue
            if max(likeness(a, b) for a in names[more] for b in names[less]) > Likeness.NONE:
                same[less] = more
    return same


def _role(votes: dict[Role, float], kind: DealType) -> Role:
    if kind in SYMMETRIC_TYPES:
        return Role.PARTNER
    fitting = {role: weight for role, weight in votes.items() if role is not Role.PARTNER}
    if not fitting:
        return Role.PARTY
    return min(fitting, key=lambda role: (-round(fitting[role], 9), _ROLE_ORDER[role]))


def _value(reports: Sequence[StoredReport]) -> Value | None:
    """The amount with the most votes among those who stand highest of the reports that tell one of its kind."""
    told = [(report, report.report.value) for report in reports if report.report.value is not None]
    if not told:
        return None
    kinds: defaultdict[ValueKind, float] = defaultdict(float)
    for report, value in told:
        kinds[value.kind] += _weight(report)
    kind = min(kinds, key=lambda kind: (-round(kinds[kind], 9), kind))
    told = _of_highest([(report, value) for report, value in told if value.kind is kind])
    weights: defaultdict[Value, float] = defaultdict(float)
    newest: dict[Value, date] = {}
    for report, value in told:
        weights[value] += _weight(report)
        newest[value] = max(newest.get(value, date.min), _day(report) or date.min)
    votes = {
        value: round(sum(weight for other, weight in weights.items() if same_amount(other, value)), 9)
        for value in weights
    }
    # Of equal votes the newest telling counts; ``told`` is ordered, so the rest of the tie is settled too.
    return max(weights, key=lambda value: (votes[value], newest[value]))


def same_amount(one: Value, other: Value) -> bool:
    """Amounts within 3 % of each other, in one currency and of one kind, are one amount told twice."""
    if (one.currency, one.kind) != (other.currency, other.kind):
        return False
    return abs(one.amount - other.amount) * 33 <= max(abs(one.amount), abs(other.amount))


def _of_highest(told: Sequence[tuple[StoredReport, T]]) -> list[tuple[StoredReport, T]]:
    """What is told by the highest standing of the reports that are sure enough; of all, where none is."""
    sure = [pair for pair in told if pair[0].report.confidence >= _SURE] or list(told)
    highest = max(standing_of(report) for report, _ in sure)
    return [pair for pair in sure if standing_of(pair[0]) == highest]


def _announced(reports: Sequence[StoredReport]) -> tuple[date | None, DatePrecision | None]:
    """The earliest day an announcement is dated, by itself or its article; a finer date wins within a coarser one."""
    open_reports = [report for report in reports if report.report.status is Status.ANNOUNCED]
    told = [
        (report.report.announced_on, report.report.announced_precision or DatePrecision.DAY)
        for report in (open_reports or [r for r in reports if r.report.status is not Status.RUMORED])
        if report.report.announced_on is not None
    ]
    printed = [
        (
            report.published_at.date(),
            min(report.published_precision or DatePrecision.DAY, DatePrecision.DAY, key=_fineness),
        )
        for report in open_reports
        if report.published_at is not None and report.report.announced_on is None
    ]
    own = [
        (report, (report.report.announced_on, report.report.announced_precision or DatePrecision.DAY))
        for report in open_reports
        if report.report.announced_on is not None and _first_hand(report)
    ]
    # Whoever signed it knows the day; the others may have it from each other.
    dates = [day for _, day in _of_highest(own)] if own else told + printed
    if not dates:
        return None, None
    first = min(dates, key=lambda item: (item[0], -_fineness(item[1])))
    finer = [
        item for item in dates if _fineness(item[1]) > _fineness(first[1]) and _within(item[0], first[0], first[1])
    ]
    return min(finer) if finer else first


def _fineness(precision: DatePrecision) -> int:
    return _PRECISION[precision]


def _within(day: date, period: date, precision: DatePrecision) -> bool:
    same_year = day.year == period.year
    return same_year if precision is DatePrecision.YEAR else same_year and day.month == period.month


def _headline(reports: Sequence[StoredReport]) -> str:
    """That of the surest report which tells the deal first hand (no copy), the oldest of equals."""
    with_text = [report for report in reports if report.report.headline or report.title]
    if not with_text:
        return ""
    best = min(
        with_text, key=lambda report: (report.copy_of is not None, -round(report.report.confidence, 3), _order(report))
    )
    return best.report.headline or best.title


def _confidence(reports: Sequence[StoredReport]) -> float:
    """At least the surest report's; each further outlet takes away half of the doubt it could."""
    by_outlet: dict[str, float] = {}
    for report in reports:
        if report.copy_of is None or len(reports) == 1:
            outlet = report.publisher or urlsplit(report.url).hostname or report.source
            by_outlet[outlet] = max(by_outlet.get(outlet, 0.0), report.report.confidence)
    if not by_outlet:
        return max(report.report.confidence for report in reports)
    surest, *further = sorted(by_outlet.values(), reverse=True)
    doubt = 1.0 - surest
    for confidence in further:
        doubt *= 1.0 - confidence / 2
    return round(min(max(surest, 0.99), 1.0 - doubt), 4)
