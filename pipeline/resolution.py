"""Which reports are of one deal: the same parties, compatible types, near in time; missing information is tolerated.

``same_deal`` judges a pair; ``group`` makes deals of any number of reports. Both are pure, and ``group`` gives the same
deals for the same reports in whatever order they came: pairs are joined from the most certain down, with ties broken by
what the reports say, never by when they arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from pipeline.names import Likeness, likeness
from storage.judgements import DealJudgement
from storage.records import StoredReport, Value
from storage.sounds import sound_alike
from storage.vocabulary import DealType, Role, Status

#: From this score on two reports are of one deal.
THRESHOLD = 0.38

_MERGER_LIKE = frozenset({DealType.ACQUISITION, DealType.MERGER, DealType.ASSET_PURCHASE, DealType.INVESTMENT})
_LICENCE_LIKE = frozenset({DealType.LICENSING, DealType.CROSS_LICENSING, DealType.SETTLEMENT})
_COOPERATION = frozenset(
    {DealType.PARTNERSHIP, DealType.JOINT_VENTURE, DealType.LICENSING, DealType.CROSS_LICENSING, DealType.SUPPLY}
)
#: How long reports of one deal may trickle in: days while its status stays, days from one status to the next.
_WINDOWS = {
    DealType.ACQUISITION: (400, 1000),
    DealType.MERGER: (400, 1000),
    DealType.ASSET_PURCHASE: (180, 700),
    DealType.JOINT_VENTURE: (300, 700),
    DealType.INVESTMENT: (75, 500),
    DealType.SETTLEMENT: (120, 300),
    DealType.CROSS_LICENSING: (200, 400),
    DealType.LICENSING: (120, 300),
    DealType.PARTNERSHIP: (60, 200),
    DealType.SUPPLY: (45, 200),
}
#: Deals of these types recur between the same two: another amount is another deal.
_RECURRING = frozenset({DealType.SUPPLY, DealType.INVESTMENT, DealType.ASSET_PURCHASE})
#: The role around which a deal of the type turns: whose company, patents or round it is.
_FOCAL = {
    DealType.ACQUISITION: Role.TARGET,
    DealType.INVESTMENT: Role.INVESTEE,
    DealType.ASSET_PURCHASE: Role.SELLER,
}
#: Talks that come to no agreement within this time were other talks.
_RUMOUR_DAYS = 300
_OPEN = frozenset({Status.RUMORED, Status.ANNOUNCED})
_NEAR_DAYS = 10
#: Names that are never quite the same are taken for one within this time.
_SPELLING_DAYS = 60
#: How surely two names are one, where they are not the same: one within the other; alike in sound in two scripts.
_PART, _SOUND = 0.5, 0.7


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party for comparison: the company it was resolved to, its names, whether a dictionary vouches for it."""

    company: int
    names: tuple[str, ...]
    role: Role
    known: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared. ``day`` is when it was announced or published."""

    type: DealType
    also: tuple[DealType, ...]
    parties: tuple[PartyFacts, ...]
    status: Status
    value: Value | None
    day: date | None
    article: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """How surely two are one deal (0..1), why, and whether something rules it out for good (``conflict``)."""

    score: float
    reasons: tuple[str, ...]
    conflict: bool = False

    @property
    def same(self) -> bool:
        return not self.conflict and self.score >= THRESHOLD


def facts_of(report: StoredReport) -> Facts:
    """The facts of a stored report."""
    said = report.report
    return Facts(
        type=said.type,
        also=said.also,
        parties=tuple(
            PartyFacts(
                company=resolved.company_id,
                # Not the company's own name: it may become another one with what is read later.
                names=tuple(sorted({party.name, party.company or party.name})),
                role=party.role,
                known=party.company is not None,
            )
            for party, resolved in zip(said.parties, report.parties, strict=True)
        ),
        status=said.status,
        value=said.value,
        day=day_of(report),
        article=report.article_id,
    )


def day_of(report: StoredReport) -> date | None:
    """When the news was: the article's publication, else the day it says the deal was announced."""
    if report.published_at is not None:
        return report.published_at.date()
    return report.report.announced_on


@lru_cache(maxsize=65536)
def same_deal(one: Facts, other: Facts) -> Judgement:
    """Whether two are reports of one deal. Symmetric."""
    if one.article == other.article:
        return Judgement(0.0, ("one article tells them apart",), conflict=True)
    type_score, type_reason = _type_score(one, other)
    value_match = _value_match(one.value, other.value)
    parties, party_reason = _party_score(one, other, type_score, value_match)
    if parties == 0.0:
        return Judgement(0.0, (party_reason,), conflict=_rival_targets(one, other))
    time, time_reason = _time_score(one, other, type_score)
    if time == 0.0:
        return Judgement(0.0, (party_reason, time_reason), conflict=True)
    reasons = [party_reason, type_reason, time_reason]
    factor = 1.0
    if value_match is True:
        factor = 1.2
        reasons.append("the same amount")
    elif value_match is False:
        recurring = one.type in _RECURRING and other.type in _RECURRING
        factor = 0.3 if recurring and _status_kept(one, other) else 0.85
        reasons.append("another amount")
    return Judgement(min(1.0, parties * type_score * time * factor), tuple(reasons))


def group(reports: Iterable[StoredReport], judgements: Iterable[DealJudgement] = ()) -> list[list[StoredReport]]:
    """The deals that these reports are of, each with its reports; independent of the order of the reports.

    What people judged comes first. Then reports are joined from the surest pair down, unless any two of the joined
    would contradict each other or a person.
    """
    ordered = sorted(reports, key=_content_key)
    facts = [facts_of(report) for report in ordered]
    said = _said([report.id for report in ordered], judgements)
    pairs = [(same_deal(facts[i], facts[j]), i, j) for i, j in combinations(range(len(ordered)), 2)]
    cluster = {i: [i] for i in range(len(ordered))}

    def join(i: int, j: int) -> None:
        left, right = cluster[i], cluster[j]
        if left is not right:
            left.extend(right)
            for member in right:
                cluster[member] = left

    for (i, j), together in sorted(said.items()):
        if together:
            join(i, j)
    conflicts = _conflicts(pairs, said, cluster)
    for judgement, i, j in sorted(pairs, key=lambda pair: (-pair[0].score, pair[1], pair[2])):
        if not judgement.same or cluster[i] is cluster[j]:
            continue
        if not any(_pair(a, b) in conflicts for a in cluster[i] for b in cluster[j]):
            join(i, j)
    seen = {id(members): members for members in cluster.values()}
    return [[ordered[i] for i in sorted(members)] for members in seen.values()]


def place(reports: Iterable[StoredReport], judgements: Iterable[DealJudgement] = ()) -> list[list[StoredReport]]:
    """The deals as they are, with each report that is in none put where it fits best; for more reports than ``group``
    can compare. Obeys people; the reports that are placed come one after the other, as their content sorts them.
    """
    ordered = sorted(reports, key=_content_key)
    said = _said([report.id for report in ordered], judgements)
    number = {report.id: i for i, report in enumerate(ordered)}
    deals: dict[int, list[StoredReport]] = {}
    for report in ordered:
        if report.deal_id is not None:
            deals.setdefault(report.deal_id, []).append(report)
    clusters = [deals[deal_id] for deal_id in sorted(deals)]
    for report in ordered:
        if report.deal_id is not None:
            continue
        fits: list[tuple[float, int]] = []
        for at, members in enumerate(clusters):
            words = [said.get(_pair(number[report.id], number[member.id])) for member in members]
            link = best_link(report, members)
            if True in words or (link.same and False not in words and not _of_one_article(report, members)):
                fits.append((-2.0 if True in words else -link.score, at))
        if fits:
            clusters[min(fits)[1]].append(report)
        else:
            clusters.append([report])
    return clusters


def _of_one_article(report: StoredReport, members: Iterable[StoredReport]) -> bool:
    return any(member.article_id == report.article_id for member in members)


def _pair(i: int, j: int) -> tuple[int, int]:
    return (i, j) if i < j else (j, i)


def _conflicts(
    pairs: Sequence[tuple[Judgement, int, int]],
    said: Mapping[tuple[int, int], bool],
    judged: Mapping[int, Sequence[int]],
) -> set[tuple[int, int]]:
    """The pairs that must not come into one deal. ``judged`` has for each report those a person put together with it.

    What contradicts one of those is no contradiction where it agrees with another of them.
    """
    agree = {
        (a, b)
        for judgement, i, j in pairs
        if judgement.same and (len(judged[i]) > 1 or len(judged[j]) > 1)
        for a in judged[i]
        for b in judged[j]
    }
    found = set()
    for judgement, i, j in pairs:
        if (i, j) in said:
            if not said[i, j]:
                found.add((i, j))
        elif judgement.conflict and (i, j) not in agree and (j, i) not in agree:
            found.add((i, j))
    return found


def _said(ids: Sequence[int], judgements: Iterable[DealJudgement]) -> dict[tuple[int, int], bool]:
    """What people said of pairs of places in ``ids``: together (True) or apart; the later judgement holds."""
    place = {report_id: i for i, report_id in enumerate(ids)}
    said: dict[tuple[int, int], bool] = {}
    for judgement in sorted(judgements, key=lambda judgement: judgement.id):
        one, other = ([place[report_id] for report_id in side if report_id in place] for side in judgement.sides)
        for i in one:
            for j in other:
                if i != j:
                    said[_pair(i, j)] = judgement.together
    return said


def best_link(report: StoredReport, others: Iterable[StoredReport]) -> Judgement:
    """The surest reason why a report is of the deal that these others are of."""
    facts = facts_of(report)
    found = [same_deal(facts, facts_of(other)) for other in others if other.id != report.id]
    return max(found, key=lambda judgement: (not judgement.conflict, judgement.score), default=Judgement(0.0, ()))


def linked(report: StoredReport, others: Sequence[StoredReport]) -> bool:
    """Whether ``report`` is directly linked to any of ``others``."""
    facts = facts_of(report)
    return any(same_deal(facts, facts_of(other)).same for other in others)


def _content_key(report: StoredReport) -> tuple[str, ...]:
    said = report.report
    return (
        str(day_of(report) or "9999"),
        report.url,
        said.type.value,
        said.status.value,
        " ".join(f"{party.name}/{party.role}" for party in said.parties),
        str(said.value),
        said.headline,
        # Two reports of one article may differ in these alone, and only one of them can join another's deal.
        str((said.also, said.focus, said.technology, said.announced_on, said.confidence, report.copy_of is None)),
    )


def _type_score(one: Facts, other: Facts) -> tuple[float, str]:
    if one.type is other.type:
        return 1.0, "the same type"
    if one.type in other.also or other.type in one.also:
        return 0.95, "one's type is among the other's further types"
    both = {one.type, other.type}
    if both <= _MERGER_LIKE or both <= _LICENCE_LIKE:
        return 0.8, "types that are easily taken for each other"
    if both <= _COOPERATION or set(one.also) & set(other.also):
        return 0.7, "related types"
    return 0.4, "different types"


def _party_score(one: Facts, other: Facts, type_score: float, value_match: bool | None) -> tuple[float, str]:
    pairs = _matched(one.parties, other.parties)
    full = sum(strength == 1.0 for _, _, strength in pairs)
    partly = len(pairs) - full
    smaller = min(len(one.parties), len(other.parties))
    if not full:
        return _spelling_score(one, other, pairs, type_score, value_match)
    if full + partly >= 2:
        if full == smaller:
            return 1.0, "the same parties"
        if full + partly == smaller:
            return 0.85, "the same parties, some under another name"
        if (full + partly) * 2 >= smaller:
            return 0.75, "most parties the same"
        return 0.0, "few parties in common"
    mine, theirs, _ = pairs[0]
    focal = _is_focal(one, mine) and _is_focal(other, theirs)
    days = _days_between(one, other)
    near = days is not None and days <= _NEAR_DAYS
    if smaller == 1 and mine.role is theirs.role and type_score >= 0.95 and (focal or value_match is True):
        return 0.6, "the one party that both name, in the same role"
    if DealType.INVESTMENT in (one.type, other.type) and focal and near and value_match is not False:
        # One round, told by naming some of its investors here and others there.
        return (0.8 if value_match else 0.5), "the same investee within days"
    if focal or value_match is True:
        strangers = [p for p in one.parties if p is not mine], [p for p in other.parties if p is not theirs]
        if type_score >= 0.95 and mine.role is theirs.role and (near or value_match) and _other_script(*strangers):
            return 0.6, "one party the same, the others written in different scripts"
    return 0.0, "only one party in common"


def _spelling_score(
    one: Facts,
    other: Facts,
    pairs: Sequence[tuple[PartyFacts, PartyFacts, float]],
    type_score: float,
    value_match: bool | None,
) -> tuple[float, str]:
    """No company in common, but names of which one is longer, or that sound alike in two scripts: taken for the same
    only where all else agrees.
    """
    days = _days_between(one, other)
    alike = [pair for pair in pairs if pair[0].role is pair[1].role]
    if not alike or type_score < 0.95 or (days is not None and days > _SPELLING_DAYS):
        return 0.0, "no company in common"
    if len(alike) >= 2 and len(alike) * 2 >= max(len(one.parties), len(other.parties)):
        return 0.75, "the same parties under other spellings"
    mine, theirs, strength = alike[0]
    rest = [p for p in one.parties if p is not mine], [p for p in other.parties if p is not theirs]
    near = days is not None and days <= _NEAR_DAYS
    if strength == _SOUND and value_match is not False and (near or value_match) and _other_script(*rest):
        return 0.5, "one name that sounds alike in two scripts, the others cannot be compared"
    return 0.0, "no company in common"


def _matched(ours: Sequence[PartyFacts], theirs: Sequence[PartyFacts]) -> list[tuple[PartyFacts, PartyFacts, float]]:
    """Parties of the one paired with parties of the other, each at most once, the surest pairs first."""
    found = [
        (strength, i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs) if (strength := _alike(a, b)) > 0.0
    ]
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for strength, i, j in sorted(found, key=lambda item: (-item[0], item[1] + item[2], item[1])):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            pairs.append((ours[i], theirs[j], strength))
    return pairs


def _alike(a: PartyFacts, b: PartyFacts) -> float:
    if a.company == b.company:
        return 1.0
    best = max((likeness(x, y) for x in a.names for y in b.names), default=Likeness.NONE)
    if best is Likeness.PART:
        return _PART
    if best > Likeness.PART:
        return 1.0
    if not (a.known and b.known) and any(sound_alike(x, y) for x in a.names for y in b.names):
        return _SOUND
    return 0.0


def _is_focal(facts: Facts, party: PartyFacts) -> bool:
    return _FOCAL.get(facts.type) is party.role


def _rival_targets(one: Facts, other: Facts) -> bool:
    """Two different companies bought: not one deal, whatever a third report leaves out."""
    targets = [{p.company for p in facts.parties if _is_focal(facts, p)} for facts in (one, other)]
    names = [[p for p in facts.parties if _is_focal(facts, p)] for facts in (one, other)]
    return bool(
        one.type is other.type is DealType.ACQUISITION
        and targets[0]
        and targets[1]
        and not _matched(names[0], names[1])
        and not _other_script(names[0], names[1])
    )


def _other_script(ours: Sequence[PartyFacts], theirs: Sequence[PartyFacts]) -> bool:
    """True when the names cannot be compared: one in Latin letters, one not, and no dictionary has them all."""
    latin = [
        any(name.isascii() or _is_latin(name) for party in side for name in party.names) for side in (ours, theirs)
    ]
    vouched = all(party.known for party in (*ours, *theirs))
    return bool(ours) and bool(theirs) and latin[0] != latin[1] and not vouched


def _is_latin(name: str) -> bool:
    return all(character < "\u0250" or "\u1e00" <= character < "\u2000" for character in name if character.isalpha())


def _value_match(one: Value | None, other: Value | None) -> bool | None:
    """True: the same amount; False: another one; None: cannot be compared."""
    if one is None or other is None or one.currency != other.currency or one.kind != other.kind:
        return None
    larger = max(abs(one.amount), abs(other.amount))
    return larger == 0 or abs(one.amount - other.amount) * 20 <= larger


def _status_kept(one: Facts, other: Facts) -> bool:
    return one.status is other.status


def _days_between(one: Facts, other: Facts) -> int | None:
    return None if one.day is None or other.day is None else abs((one.day - other.day).days)


def _time_score(one: Facts, other: Facts, type_score: float) -> tuple[float, str]:
    days = _days_between(one, other)
    if days is None:
        return (0.85 if one.day is other.day else 0.75), "a date is missing"
    pick = max if type_score >= 0.95 else min
    window = pick(_WINDOWS[facts.type][0 if _status_kept(one, other) else 1] for facts in (one, other))
    if Status.RUMORED in (one.status, other.status) and {one.status, other.status} <= _OPEN:
        window = min(window, _RUMOUR_DAYS)
    if days > window:
        return 0.0, f"{days} days apart, more than {window}"
    if days <= _NEAR_DAYS:
        return 1.0, f"{days} days apart"
    return 1.0 - 0.5 * (days - _NEAR_DAYS) / max(1, window - _NEAR_DAYS), f"{days} days apart"
