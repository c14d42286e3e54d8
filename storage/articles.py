"""Articles and their reports, written together or not at all."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from storage import copies, records
from storage.columns import storable
from storage.errors import EvidenceError, NotFound
from storage.models import Article, ArticleRevision, Page, Report, ReportParty, Source
from storage.names import normalise_name
from storage.refetches import was_worth_it
from storage.report_matching import Outline, match_reports
from storage.report_rows import load_reports, report_hash, write_report
from storage.staleness import mark_stale

_BATCH = 400  # keys in one SELECT: well under the limits of both databases


def save_article(
    session: Session, page_id: int, article: records.Article, reports: Sequence[records.Report], now: datetime
) -> list[int]:
    """Write what was read on one page; the ids of its reports, in the order given.

    The same article and reports again write nothing. Changed ones replace the old in place: a report keeps its id
    (and its deal) as ``report_matching`` finds it again; deals that lose or keep a changed report are then ``stale``.
    What an article said before its page was fetched with another text is kept as a revision. A text that another page
    already had is recorded as a copy of it, and its reports join the deals of the original's.
    Raises EvidenceError (nothing is written then), InvalidRecord, NotFound.
    """
    check_evidence(article, reports)
    page = session.get(Page, page_id)
    if page is None:
        raise NotFound(f"there is no page {page_id} to save an article of")
    row = session.scalar(select(Article).where(Article.page_id == page_id).options(undefer(Article.text)))
    changed = row is None or _record(row, article.url) != _storable(article)
    if row is None:
        row = Article(page_id=page_id, first_seen=now, body_hash=page.body_hash)
    elif changed and row.body_hash != page.body_hash:
        _keep_what_it_said(session, row, article, now)
    if row.body_hash != page.body_hash:
        row.body_hash = page.body_hash
    retitled = row.title != storable(article.title)
    if changed:
        _write(session, row, article, now, telling=bool(reports))
    if reports and not copies.has_bands(session, row.id):  # it was not telling before, or of an older version
        row.copy_of_id = row.copy_of_id or copies.note_bands(session, row)
    before = said_by(session, page_id)
    ids = _save_reports(session, row, reports, article_changed=changed)
    if retitled or said_by(session, page_id) != before:
        was_worth_it(page)
    return ids


def said_by(session: Session, page_id: int) -> dict[int, str]:
    """The reports there are of a page's article, by id, each with the hash of all that it says."""
    query = select(Report.id, Report.content_hash).join(Article).where(Article.page_id == page_id)
    return dict(session.execute(query).all())


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
    """All reports of one deal, by id, without their evidence."""
    return load_reports(session, Report.deal_id == deal_id, evidence=False)


def reports_of_deals(session: Session, deal_ids: Collection[int]) -> dict[int, list[records.StoredReport]]:
    """The reports of each of these deals, by id, without their evidence; every deal is a key."""
    found: dict[int, list[records.StoredReport]] = {deal_id: [] for deal_id in deal_ids}
    wanted = sorted(found)
    for start in range(0, len(wanted), _BATCH):
        for report in load_reports(session, Report.deal_id.in_(wanted[start : start + _BATCH]), evidence=False):
            if report.deal_id is not None:
                found[report.deal_id].append(report)
    return found


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


def _write(session: Session, row: Article, article: records.Article, now: datetime, *, telling: bool) -> None:
    hashed = content_hash(article.text)
    other_text = row.id is None or row.content_hash != hashed
    row.title = article.title
    row.text = article.text
    row.language = article.language
    row.published_at = article.published_at
    row.published_precision = article.published_precision
    row.publisher = article.publisher
    row.content_hash = hashed
    row.updated_at = now
    session.add(row)
    session.flush()
    if other_text:
        copies.place(session, row, telling=telling)


def _keep_what_it_said(session: Session, row: Article, article: records.Article, now: datetime) -> None:
    """An edit of more than spaces becomes a revision."""
    if row.title == storable(article.title) and row.content_hash == content_hash(article.text):
        return
    session.add(
        ArticleRevision(
            article_id=row.id,
            replaced_at=now,
            published_at=row.published_at,
            published_precision=row.published_precision,
            title=row.title,
            text=row.text,
        )
    )


def _save_reports(
    session: Session, article: Article, reports: Sequence[records.Report], *, article_changed: bool
) -> list[int]:
    query = select(Report).where(Report.article_id == article.id).order_by(Report.ordinal)
    rows = list(session.scalars(query))
    matched = match_reports(_outlines(session, rows), [_outline(report) for report in reports])
    touched: set[int | None] = set()  # deals whose reports are not what they were
    for place in set(range(len(rows))).difference(of for of in matched if of is not None):
        touched.add(rows[place].deal_id)  # the article says less than it did
        session.delete(rows[place])
    session.flush()
    kept = [(ordinal, rows[of]) for ordinal, of in enumerate(matched) if of is not None]
    if any(row.ordinal != ordinal for ordinal, row in kept):
        for ordinal, row in kept:  # out of each other's way first: an article has each place once
            row.ordinal = -1 - ordinal
        session.flush()
        for ordinal, row in kept:
            row.ordinal = ordinal
        session.flush()
    ids: list[int] = []
    for ordinal, (of, report) in enumerate(zip(matched, reports, strict=True)):
        if of is None:
            row = Report(article_id=article.id, ordinal=ordinal)
            row.deal_id = _deal_of_original(session, article, ordinal, report)
            write_report(session, row, report)
            touched.add(row.deal_id)
        else:
            row = rows[of]
            if row.content_hash != report_hash(report):
                write_report(session, row, report)
                touched.add(row.deal_id)
            elif article_changed:
                touched.add(row.deal_id)  # its date, language or publisher may count
        ids.append(row.id)
    mark_stale(session, {deal_id for deal_id in touched if deal_id is not None})
    return ids


def _outline(report: records.Report) -> Outline:
    names = (name for party in report.parties for name in (party.name, party.company) if name)
    return Outline(report_hash(report), report.type, frozenset(map(normalise_name, names)))


def _outlines(session: Session, rows: Sequence[Report]) -> list[Outline]:
    names: dict[int, set[str]] = {row.id: set() for row in rows}
    query = select(ReportParty.report_id, ReportParty.name, ReportParty.known_as)
    for report_id, *written in session.execute(query.where(ReportParty.report_id.in_(names))):
        names[report_id].update(normalise_name(name) for name in written if name)
    return [Outline(row.content_hash, row.type, frozenset(names[row.id])) for row in rows]


def _deal_of_original(session: Session, article: Article, ordinal: int, report: records.Report) -> int | None:
    if article.copy_of_id is None:
        return None
    return session.scalar(
        select(Report.deal_id).where(
            Report.article_id == article.copy_of_id, Report.ordinal == ordinal, Report.type == report.type
        )
    )
