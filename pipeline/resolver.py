"""Applies resolution to the database: new reports are put into the deals they are of, and those deals derived anew.

Everything happens in the caller's transaction. What is compared is the whole neighbourhood of the new reports (all
reports that are linked with them directly or through others), so the deals come out the same whatever order the
reports arrive in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from pipeline.merging import merge_facts
from pipeline.resolution import best_link, day_of, group, linked, place
from storage import articles, deals
from storage.candidates import candidates, candidates_by_spelling
from storage.errors import DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable
from storage.judgements import DealJudgement, Joined, judgements_on, record_joins
from storage.records import StoredReport
from storage.redirects import redirect

#: As many reports are compared each with each. Where a story has more, those there are stay where they are, and what is
#: new is placed among them.
MAX_REPORTS = 120
#: Reports of the same companies this close in time look among the same candidates.
_SAME_SEARCH_DAYS = 7


#: Faults of the database, not of the one report or deal at hand.
OF_THE_DATABASE = (OperationalError, InterfaceError, DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A report or a deal that trips the resolution, and stays as it is: ``subject`` is a page's URL or "deal 7"."""

    subject: str
    source: str  # of a report; empty for a deal
    error: Exception


@dataclass(frozen=True, slots=True)
class Resolved:
    """Ids of the deals that are new, and of those that gained or lost reports.

    ``duplicate_of``: nothing was resolved, because this page has the article already.
    """

    new: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()  # other deals that were to be derived anew, and could not
    duplicate_of: int | None = None


def resolve_reports(session: Session, report_ids: Sequence[int], *, now: datetime) -> Resolved:
    """Put these reports into deals. Doing it again changes nothing. Raises StorageError."""
    if not report_ids:
        return Resolved()
    fresh = set(report_ids)
    neighbourhood = _Neighbourhood(session)
    neighbourhood.add(articles.stored_reports(session, list(report_ids)))
    neighbourhood.follow()
    resolve = place if neighbourhood.too_many else group
    clusters = resolve(neighbourhood.reports.values(), neighbourhood.judgements.values())
    members = neighbourhood.members()
    owners = _owners(clusters)
    joins: list[Joined] = []
    now_in: dict[int, int] = {}  # report -> deal
    new: list[int] = []
    updated: list[int] = []
    for position, cluster in enumerate(clusters):
        deal_id = owners.get(position)
        ids = sorted(report.id for report in cluster)
        changed = deal_id is None or set(ids) != members[deal_id]
        if not changed and not fresh.intersection(ids):
            continue
        because = next((report_id for report_id in ids if report_id in fresh), None)
        saved = deals.save_deal(session, merge_facts(cluster), ids, now=now, deal_id=deal_id, because=because)
        if deal_id is None:
            new.append(saved)
        elif changed:
            updated.append(saved)
        joins += _joins(cluster, saved, is_new=deal_id is None)
        now_in.update(dict.fromkeys(ids, saved))
    record_joins(session, joins, now=now)
    for gone, was in members.items():
        if gone not in owners.values():
            # Where most of its reports went; of two deals with as many, the older one.
            went = Counter(now_in[report_id] for report_id in was if report_id in now_in)
            if went:
                redirect(session, gone, min(went, key=lambda deal: (-went[deal], deal)), now=now)
    return Resolved(tuple(new), tuple(updated))


def refresh_deals(session: Session, deal_ids: Sequence[int], *, now: datetime) -> tuple[Unsettled, ...]:
    """Derive these deals anew from the reports they have, and put those reports where they belong now.

    A deal that trips us costs only itself: it is returned, and stays to be derived anew. Raises StorageError.
    """
    unsettled: list[Unsettled] = []
    for deal_id in deal_ids:
        try:
            with session.begin_nested():
                resolve_reports(session, [report.id for report in articles.reports_of_deal(session, deal_id)], now=now)
        except OF_THE_DATABASE:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are to go on
            unsettled.append(Unsettled(f"deal {deal_id}", "", error))
    return tuple(unsettled)


def settle(session: Session, *, now: datetime) -> tuple[Unsettled, ...]:
    """Do what an earlier run, or a change of an article, left undone: place the reports that are in no deal, and derive
    stale deals anew. What trips us costs only itself and is returned. Raises StorageError.
    """
    unsettled: list[Unsettled] = []
    loose = articles.unresolved_reports(session)
    try:
        with session.begin_nested():
            resolve_reports(session, loose, now=now)
    except OF_THE_DATABASE:
        raise
    except Exception:  # noqa: BLE001 - one of them, so each by itself
        for report_id in loose:
            try:
                with session.begin_nested():
                    resolve_reports(session, [report_id], now=now)
            except OF_THE_DATABASE:
                raise
            except Exception as error:  # noqa: BLE001
                source, url = articles.origin_of_report(session, report_id)
                unsettled.append(Unsettled(url, source, error))
    return (*unsettled, *refresh_deals(session, deals.stale_deals(session), now=now))


def _joins(cluster: Sequence[StoredReport], deal_id: int, *, is_new: bool) -> list[Joined]:
    """Why each report that was not in the deal is in it; the first of a new deal needs no reason."""
    coming = [report for report in cluster if report.deal_id != deal_id]
    if is_new and coming[0].deal_id is None:
        coming = coming[1:]
    joins = []
    for report in coming:
        link = best_link(report, cluster)
        joins.append(Joined(report.id, deal_id, report.deal_id, link.score, link.reasons))
    return joins


class _Neighbourhood:
    """All reports that are linked with the first ones, directly, through others or by a person's word, and the deals
    they are in.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.reports: dict[int, StoredReport] = {}
        self.judgements: dict[int, DealJudgement] = {}
        self._loaded: set[int] = set()
        self._searched: dict[tuple[frozenset[int], date | None], Sequence[int]] = {}
        self._unexplored: list[StoredReport] = []
        self._nearby: dict[int, list[StoredReport]] = {}  # deals that may be of the same, with their reports

    def add(self, reports: Sequence[StoredReport]) -> None:
        """Take in reports, each with the whole deal it is in and with those that a person put beside it."""
        fresh = [report for report in reports if report.id not in self.reports]
        for report in fresh:
            self.reports[report.id] = report
            self._unexplored.append(report)
        for deal_id in {report.deal_id for report in fresh if report.deal_id is not None} - self._loaded:
            self._loaded.add(deal_id)
            self.add(articles.reports_of_deal(self._session, deal_id))
        judged = judgements_on(self._session, {report.id: report.article_id for report in fresh})
        self.judgements.update((judgement.id, judgement) for judgement in judged)
        beside = {
            report_id
            for judgement in judged
            if judgement.together
            for side in judgement.sides
            for report_id in side
            if report_id not in self.reports
        }
        if beside:
            self.add(articles.stored_reports(self._session, sorted(beside)))

    def follow(self) -> None:
        """Take in what is linked, until nothing more is or there are too many."""
        while self._unexplored and not self.too_many:
            report = self._unexplored.pop()
            for deal_id in self._search(report):
                if deal_id not in self._loaded and linked(report, self._nearby[deal_id]):
                    self._loaded.add(deal_id)
                    self.add(self._nearby[deal_id])

    @property
    def too_many(self) -> bool:
        """Whether there are more reports than can be compared with each other."""
        return len(self.reports) > MAX_REPORTS

    def members(self) -> dict[int, set[int]]:
        """The reports that each deal has now."""
        found: dict[int, set[int]] = {}
        for report in self.reports.values():
            if report.deal_id is not None:
                found.setdefault(report.deal_id, set()).add(report.id)
        return found

    def _search(self, report: StoredReport) -> Sequence[int]:
        """Deals that the report may be of; their reports are loaded."""
        companies = frozenset(party.company_id for party in report.parties)
        day = day_of(report)
        for (asked, then), found in self._searched.items():
            if companies == asked and _close(day, then):
                return found
        named = [
            (resolved.company_id, party.company or party.name)
            for resolved, party in zip(report.parties, report.report.parties, strict=True)
        ]
        found = candidates(self._session, sorted(companies), day)
        found += [deal for deal in candidates_by_spelling(self._session, named, day) if deal not in found]
        unknown = [deal_id for deal_id in found if deal_id not in self._nearby]
        self._nearby.update(articles.reports_of_deals(self._session, unknown))
        self._searched[companies, day] = found
        return found


def _close(day: date | None, then: date | None) -> bool:
    if then is None:  # that search asked for any time
        return True
    return day is not None and abs((day - then).days) <= _SAME_SEARCH_DAYS


def _owners(clusters: Sequence[Sequence[StoredReport]]) -> dict[int, int]:
    """Which cluster goes on as which stored deal: the one with most of its reports, an older one before a newer."""
    shared = Counter(
        (position, report.deal_id)
        for position, cluster in enumerate(clusters)
        for report in cluster
        if report.deal_id is not None
    )
    owners: dict[int, int] = {}
    taken: set[int] = set()
    for (position, deal_id), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][1] or 0, item[0][0])):
        if deal_id is not None and position not in owners and deal_id not in taken:
            owners[position] = deal_id
            taken.add(deal_id)
    return owners
