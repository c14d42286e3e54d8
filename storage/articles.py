"""Articles and their reports, written together or not at all."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from storage import records
from storage.columns import storable
from storage.errors import EvidenceError, NotFound
from storage.models import Article, Page, Report, Source
from storage.report_rows import load_reports, report_hash, write_report
from storage.staleness import mark_stale


def save_article(
    session: Session, page_id: int, article: records.Article, reports: Sequence[records.Report], now: datetime
) -> list[int]:
    """Write what was read on one page; the ids of its reports, in the order given.

    The same article and reports again write nothing. Changed ones replace the old in place: a report keeps its id
    (and its deal) by its position; deals that lose or keep a changed report are then ``stale``. A text that another
    page already had is recorded as a copy of it, and its reports join the deals of the original's.
    Raises EvidenceError (nothing is written then), InvalidRecord, NotFound.
    """
    check_evidence(article, reports)
    if session.get(Page, page_id) is None:
        raise NotFound(f"there is no page {page_id} to save an article of")
    row = session.scalar(select(Article).where(Article.page_id == page_id).options(undefer(Article.text)))
    changed = row is None or _record(row, article.url) != _storable(article)
    if row is None:
        row = Article(page_id=page_id, first_seen=now)
        session.add(row)
    if changed:
        _write(session, row, article, now)
    return _save_reports(session, row, reports, article_changed=changed)


def check_evidence(article: records.Article, reports: Iterable[records.Report]) -> None:
    """Raise EvidenceError unless every quote is the slice of the article's text that it says it is."""
    for report in reports:
        for proof in report.evidence:
            if not 0 <= proof.start < proof.end <= len(article.text):
                raise EvidenceError(
                    f"evidence of {proof.field} lies at {proof.start}..{proof.end}, outside the {len(article.text)} "
                    f"characters of {article.url or article.title!r}"
                )
            found = article.text[proof.start : proof.end]
            if found != proof.quote:
                raise EvidenceError(
                    f"evidence of {proof.field} at {proof.start}..{proof.end} of {article.url or article.title!r} "
                    f"quotes {proof.quote!r} where the text says {found!r}"
                )


def content_hash(text: str) -> str:
    """Equal for texts that differ in nothing but spaces, case and width."""
    plain = " ".join(unicodedata.normalize("NFKC", storable(text)).casefold().split())
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


def load_article(session: Session, article_id: int) -> records.Article:
    """The article as it was saved. Raises NotFound."""
    found = session.execute(
        select(Article, Page.canonical_url).join(Page).where(Article.id == article_id).options(undefer(Article.text))
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no article {article_id}")
    row, url = found
    return _record(row, url)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier reading of a page knew. ``fetched_at`` is aware UTC."""

    publisher: str | None = None
    language: str | None = None
    fetched_at: datetime | None = None


def earlier_reading(session: Session, page_id: int) -> Earlier:
    """What is kept of an earlier reading of this page; nothing for a page that is not known or was never read."""
    found = session.execute(
        select(Article.publisher, Article.language, Page.fetched_at)
        .select_from(Page)
        .outerjoin(Article, Article.page_id == Page.id)
        .where(Page.id == page_id)
    ).one_or_none()
    return Earlier() if found is None else Earlier(*found)


def stored_reports(session: Session, report_ids: Sequence[int]) -> list[records.StoredReport]:
    """These reports with what resolution needs to know, in the order given. Raises NotFound."""
    found = {stored.id: stored for stored in load_reports(session, Report.id.in_(report_ids))}
    missing = [report_id for report_id in report_ids if report_id not in found]
    if missing:
        raise NotFound(f"there is no report {missing[0]}")
    return [found[report_id] for report_id in report_ids]


def reports_of_deal(session: Session, deal_id: int) -> list[records.StoredReport]:
    """All reports of one deal, by id."""
    return load_reports(session, Report.deal_id == deal_id)


def origin_of_report(session: Session, report_id: int) -> tuple[str, str]:
    """The name of the source and the address of the page that a report was read from. Raises NotFound."""
    query = (
        select(Source.name, Page.canonical_url)
        .join(Page, Page.source_id == Source.id)
        .join(Article, Article.page_id == Page.id)
        .join(Report, Report.article_id == Article.id)
        .where(Report.id == report_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"there is no report {report_id}")
    name, url = found
    return name, url


def unresolved_reports(session: Session, *, limit: int = 500) -> list[int]:
    """Ids of reports that belong to no deal yet (a run ended between reading and resolving), oldest first."""
    return list(session.scalars(select(Report.id).where(Report.deal_id.is_(None)).order_by(Report.id).limit(limit)))


def _record(row: Article, url: str | None) -> records.Article:
    return records.Article(
        title=row.title,
        text=row.text,
        language=row.language,
        published_at=row.published_at,
        published_precision=row.published_precision,
        publisher=row.publisher,
        url=url,
    )


def _storable(article: records.Article) -> records.Article:
    return replace(
        article,
        title=storable(article.title),
        text=storable(article.text),
        publisher=None if article.publisher is None else storable(article.publisher),
    )


def _write(session: Session, row: Article, article: records.Article, now: datetime) -> None:
    hashed = content_hash(article.text)
    if row.id is not None and row.content_hash != hashed:
        _release_copies(session, row.id)
    if row.id is None or row.content_hash != hashed:
        originals = select(func.min(Article.id)).where(
            Article.content_hash == hashed, Article.page_id != row.page_id, Article.copy_of_id.is_(None)
        )
        with session.no_autoflush:
            row.copy_of_id = session.scalar(originals)
    row.title = article.title
    row.text = article.text
    row.language = article.language
    row.published_at = article.published_at
    row.published_precision = article.published_precision
    row.publisher = article.publisher
    row.content_hash = hashed
    row.updated_at = now
    session.flush()


def _release_copies(session: Session, article_id: int) -> None:
    """An original that was edited is one no more: the oldest of its copies takes its place."""
    copies = list(session.scalars(select(Article).where(Article.copy_of_id == article_id).order_by(Article.id)))
    for copy in copies:
        copy.copy_of_id = None if copy is copies[0] else copies[0].id
    session.flush()


def _save_reports(
    session: Session, article: Article, reports: Sequence[records.Report], *, article_changed: bool
) -> list[int]:
    query = select(Report).where(Report.article_id == article.id).order_by(Report.ordinal)
    rows = {row.ordinal: row for row in session.scalars(query)}
    touched: set[int] = set()  # deals whose reports are not what they were
    ids: list[int] = []
    for ordinal, report in enumerate(reports):
        row = rows.pop(ordinal, None)
        if row is None:
            row = Report(article_id=article.id, ordinal=ordinal)
            row.deal_id = _deal_of_original(session, article, ordinal, report)
            write_report(session, row, report)
            touched |= {row.deal_id} if row.deal_id else set()
        elif row.content_hash != report_hash(report):
            write_report(session, row, report)
            touched |= {row.deal_id} if row.deal_id else set()
        elif article_changed and row.deal_id:
            touched.add(row.deal_id)  # its date, language or publisher may count
        ids.append(row.id)
    for row in rows.values():  # the article says less than it did
        touched |= {row.deal_id} if row.deal_id else set()
        session.delete(row)
    session.flush()
    mark_stale(session, touched)
    return ids


def _deal_of_original(session: Session, article: Article, ordinal: int, report: records.Report) -> int | None:
    if article.copy_of_id is None:
        return None
    return session.scalar(
        select(Report.deal_id).where(
            Report.article_id == article.copy_of_id, Report.ordinal == ordinal, Report.type == report.type
        )
    )
