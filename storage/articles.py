"""Articles and their reports, written together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from storage import records


def save_article(
    session: Session, page_id: int, article: records.Article, reports: Sequence[records.Report], now: datetime
) -> list[int]:
    """Write what was read on one page; the ids of its reports, in the order given.

    The same article and reports again write nothing. Changed ones replace the old in place: a report keeps its id
    (and its deal) by its position; deals that lose or keep a changed report are then ``stale``. A text that another
    page already had is recorded as a copy of it, and its reports join the deals of the original's.
    Raises EvidenceError (nothing is written then), InvalidRecord, NotFound.
    """
    raise NotImplementedError


def load_article(session: Session, article_id: int) -> records.Article:
    """The article as it was saved. Raises NotFound."""
    raise NotImplementedError


def stored_reports(session: Session, report_ids: Sequence[int]) -> list[records.StoredReport]:
    """These reports with what resolution needs to know, in the order given. Raises NotFound."""
    raise NotImplementedError


def reports_of_deal(session: Session, deal_id: int) -> list[records.StoredReport]:
    """All reports of one deal, by id."""
    raise NotImplementedError


def unresolved_reports(session: Session, *, limit: int = 500) -> list[int]:
    """Ids of reports that belong to no deal yet (a run ended between reading and resolving), oldest first."""
    raise NotImplementedError
