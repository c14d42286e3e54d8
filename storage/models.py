"""The tables.

``deal_party`` and ``deal_facet`` repeat their deal's ``day``: with it one index answers "the newest deals of this
company / focus / language" without touching the other million.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, MetaData, UniqueConstraint, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.columns import ExactDecimal, Json, KeyText, SafeText, ShortText, UtcDateTime, Word, Words
from storage.vocabulary import (
    DatePrecision,
    DealType,
    DeliveryState,
    JudgementKind,
    PageState,
    Role,
    Status,
    ValueKind,
)

NAMES = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

#: Ids that leave the database (digests name deals by them) are never given out twice.
_STABLE_IDS = {"sqlite_autoincrement": True}
#: Rows whose key is nearly the whole row live in the key's own tree.
_KEYED = {"sqlite_with_rowid": False}
_UNSUMMARISED = text("summary IS NULL")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it is
        str: SafeText,
        datetime: UtcDateTime,
        Decimal: ExactDecimal,
        DatePrecision: Word(DatePrecision),
        DealType: Word(DealType),
        DeliveryState: Word(DeliveryState),
        JudgementKind: Word(JudgementKind),
        PageState: Word(PageState),
        Role: Word(Role),
        Status: Word(Status),
        ValueKind: Word(ValueKind),
    }


class Source(Base):
    """A configured place to look, and how looking there has gone."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("name"), Index(None, "active", "next_poll_at"), _STABLE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(KeyText)
    kind: Mapped[str] = mapped_column(ShortText(32))
    url: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)  # False: no longer configured, kept for its pages
    added_at: Mapped[datetime]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    distrusted_since: Mapped[datetime | None]
    last_poll_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_error_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    failures_in_row: Mapped[int] = mapped_column(default=0)
    successes_in_row: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]  # None: due at once
    next_poll_why: Mapped[str | None]
    polls: Mapped[int] = mapped_column(default=0, server_default="0")
    last_found: Mapped[int] = mapped_column(default=0)
    last_new: Mapped[int] = mapped_column(default=0)
    last_notes: Mapped[object] = mapped_column(Json, default=list)
    settings: Mapped[str | None] = mapped_column(ShortText(64))  # hash of what decides which links a look gives
    cursor: Mapped[str | None]  # how far the source has been read, in its own words
    arrivals: Mapped[object] = mapped_column(Json, default=list, server_default="[]")
    last_links: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # 8 bytes a link
    overlap: Mapped[float | None]
    turnover_seconds: Mapped[float | None]
    turnover_at: Mapped[datetime | None]
    ttl_seconds: Mapped[float | None]
    missed_at: Mapped[datetime | None]
    empty_since: Mapped[datetime | None]
    texts: Mapped[object] = mapped_column(Json, default=list, server_default="[]")
    moved_to: Mapped[str | None]
    moved_since: Mapped[datetime | None]
    moved_times: Mapped[int] = mapped_column(default=0, server_default="0")
    retired_at: Mapped[datetime | None]  # it said that it is gone for good
    alarms: Mapped[object] = mapped_column(Json, default=dict, server_default="{}")


class SourcePoll(Base):
    """One of the last polls of a source. A new one takes the slot of the oldest, so the table never grows."""

    __tablename__ = "source_poll"
    __table_args__ = (_KEYED,)

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(ShortText(32))
    found: Mapped[int]
    new: Mapped[int]
    overlap: Mapped[float | None]
    error: Mapped[str | None]
    pages_read: Mapped[int]
    pages_failed: Mapped[int]
    deals: Mapped[int]


class Page(Base):
    """A document found at a source: the durable queue (found -> fetched -> read, or set aside)."""

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("url_key"),
        Index(None, "state", "next_try_at", "id"),
        Index(None, "source_id", "state"),
        _STABLE_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    same_as_id: Mapped[int | None]  # the page that has the article, where this one is only another way to it
    url: Mapped[str]
    canonical_url: Mapped[str]  # what is shown: where the page was fetched from, once it was
    url_key: Mapped[str] = mapped_column(ShortText(32))  # hash of the canonical_url it was found under
    guid: Mapped[str | None]
    fingerprint: Mapped[str | None]  # of a file: another one means that it was rewritten
    link_title: Mapped[str | None]
    link_published: Mapped[str | None]
    link_summary: Mapped[str | None]
    link_updated: Mapped[str | None]
    found_at: Mapped[datetime]
    state: Mapped[PageState] = mapped_column(default=PageState.FOUND)
    outcome: Mapped[str | None] = mapped_column(ShortText(32))
    attempts: Mapped[int] = mapped_column(default=0)
    out_of_reach: Mapped[int] = mapped_column(default=0, server_default="0")  # of the attempts: no answer to be had
    failing_since: Mapped[datetime | None]  # the first of the attempts
    next_try_at: Mapped[datetime]
    last_error: Mapped[str | None]
    final_url: Mapped[str | None]
    http_status: Mapped[int | None]
    content_type: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    body_hash: Mapped[str | None] = mapped_column(ShortText(64))
    read_at: Mapped[datetime | None]
    refetch_at: Mapped[datetime | None]  # when it was last to be fetched anew because its source told of an edit
    idle_refetches: Mapped[int] = mapped_column(default=0, server_default="0")  # those in a row that brought nothing


class PageKey(Base):
    """What a page is known by: one row for each of its addresses, the one it declares, its guid (see page_identity)."""

    __tablename__ = "page_key"
    __table_args__ = (Index(None, "page_id"), _KEYED)

    key: Mapped[str] = mapped_column(ShortText(32), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(ShortText(16))


class PageBody(Base):
    """The raw bytes of a page, zlib-compressed; apart from the page so that walking the queue stays light."""

    __tablename__ = "page_body"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    size: Mapped[int]  # bytes before compression
    zlib: Mapped[bytes] = mapped_column(LargeBinary)


class Article(Base):
    """Title, text, date, language and publisher drawn from one page."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("page_id"), Index(None, "content_hash"), Index(None, "copy_of_id"), _STABLE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    copy_of_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(ShortText(16))
    published_at: Mapped[datetime | None]
    published_precision: Mapped[DatePrecision | None]
    publisher: Mapped[str | None]
    first_seen: Mapped[datetime]
    updated_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(ShortText(64))
    body_hash: Mapped[str | None] = mapped_column(ShortText(64))  # of the page's bytes that it was read from
    title: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)


class ArticleRevision(Base):
    """What an article said before it was edited; only ever added to."""

    __tablename__ = "article_revision"
    __table_args__ = (Index(None, "article_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    replaced_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_precision: Mapped[DatePrecision | None]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)


class ArticleBand(Base):
    """A key that an article's text shares with most texts like it: what near copies are found by."""

    __tablename__ = "article_band"
    __table_args__ = (Index(None, "article_id"), _KEYED)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)


class Report(Base):
    """What one article says of one deal."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("article_id", "ordinal"), Index(None, "deal_id", "id"), _STABLE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id", ondelete="SET NULL"))
    type: Mapped[DealType]
    status: Mapped[Status]
    also: Mapped[object] = mapped_column(Json, default=list)
    focus: Mapped[object] = mapped_column(Json, default=list)
    value_amount: Mapped[Decimal | None]
    value_currency: Mapped[str | None] = mapped_column(ShortText(3))
    value_kind: Mapped[ValueKind | None]
    technology: Mapped[bool]
    announced_on: Mapped[date | None]
    announced_precision: Mapped[DatePrecision | None]
    confidence: Mapped[float]
    content_hash: Mapped[str] = mapped_column(ShortText(64))  # of all a report says: equal means nothing to write
    headline: Mapped[str]
    evidence: Mapped[object] = mapped_column(Json, default=list, deferred=True)


class ReportParty(Base):
    """A party as one report names it, and the company that name was taken for."""

    __tablename__ = "report_party"
    __table_args__ = (Index(None, "company_id", "report_id"), _KEYED)

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    role: Mapped[Role]
    name: Mapped[str]
    known_as: Mapped[str | None]  # the alias dictionary's name, where it had one


class Company(Base):
    """A resolved organisation."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("key"), Index(None, "parent_id"), _STABLE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(KeyText)  # normalised name
    name: Mapped[str]
    vouched: Mapped[bool] = mapped_column(default=False, server_default=false())  # the name is the dictionary's
    parent_id: Mapped[int | None]  # the company that it belongs to
    merged_into_id: Mapped[int | None]  # a person says that it is that one; its names and reports are there


class CompanyAlias(Base):
    """A way some text wrote a company's name, in any language or script."""

    __tablename__ = "company_alias"
    __table_args__ = (UniqueConstraint("key", "company_id"), Index(None, "company_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(KeyText)
    name: Mapped[str]
    judged: Mapped[bool] = mapped_column(default=False, server_default=false())  # a person says whose name it is


class CompanySound(Base):
    """A key of ``storage.sounds`` under which a company is found that is written in another script."""

    __tablename__ = "company_sound"
    __table_args__ = (Index(None, "company_id"), _KEYED)

    key: Mapped[str] = mapped_column(KeyText, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)


class Deal(Base):
    """The real-world agreement; every field can be recomputed from its reports."""

    __tablename__ = "deal"
    __table_args__ = (
        Index(None, "day", "id"),
        Index(None, "technology", "day", "id"),
        Index(None, "updated_at", "id"),
        Index(None, "first_seen", "id"),
        Index(None, "value_currency", "value_amount", "id"),
        Index(None, "value_amount", "id"),
        Index(None, "stale", "id"),
        Index("ix_deal_unsummarised", "id", sqlite_where=_UNSUMMARISED, postgresql_where=_UNSUMMARISED),
        _STABLE_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[DealType]
    status: Mapped[Status]
    technology: Mapped[bool]
    day: Mapped[date]  # announced_on, else the day of the first report: what lists sort and periods cut by
    announced_on: Mapped[date | None]
    announced_precision: Mapped[DatePrecision | None]
    value_amount: Mapped[Decimal | None]
    value_currency: Mapped[str | None] = mapped_column(ShortText(3))
    value_kind: Mapped[ValueKind | None]
    confidence: Mapped[float]
    headline: Mapped[str]
    first_seen: Mapped[datetime]
    updated_at: Mapped[datetime]
    stale: Mapped[bool] = mapped_column(default=False)  # its reports changed since its fields were derived
    # What a list shows and other tables hold (see ``deal_summary``); None: what is derived is to be filled in anew.
    summary: Mapped[object | None] = mapped_column(Json)


class DealParty(Base):
    """A company in a deal: once, with one role.

    ``named_only``: a report of the deal names this company, the deal's own facts do not (one outlet
    says Quill, another Quill Semiconductor). Such a deal is found by either, and shows its parties once.
    """

    __tablename__ = "deal_party"
    __table_args__ = (Index(None, "company_id", "day", "deal_id"), _KEYED)

    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    day: Mapped[date]
    ordinal: Mapped[int]
    role: Mapped[Role]
    name: Mapped[str]
    named_only: Mapped[bool] = mapped_column(default=False)


class DealFacet(Base):
    """A value by which deals are filtered and counted.

    ``kind`` is ``type``, ``focus``, ``status``, ``role`` (some party has it), ``language`` or ``source``.

    Of kind ``type`` ordinal 0 is the primary type, the rest are ``also``.
    """

    __tablename__ = "deal_facet"
    __table_args__ = (Index(None, "kind", "value", "day", "deal_id"), _KEYED)

    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(ShortText(16), primary_key=True)
    value: Mapped[str] = mapped_column(KeyText, primary_key=True)
    day: Mapped[date]
    ordinal: Mapped[int]


class DealText(Base):
    """The words that a deal is found by (see ``tokens``).

    ``key`` holds the day and the id, so that the newest are the last in the full-text index too. The indices are made
    by the migrations: SQLite's is the table ``deal_words``, which triggers keep up.
    """

    __tablename__ = "deal_text"
    __table_args__ = (UniqueConstraint("deal_id"),)

    key: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(ShortText(32))  # of the words: equal means nothing to write
    words: Mapped[object] = mapped_column(Words, deferred=True)


class DealRevision(Base):
    """What changed in a deal, when, and which report brought it; only ever added to."""

    __tablename__ = "deal_revision"
    __table_args__ = (Index(None, "deal_id", "id"), Index(None, "report_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    changes: Mapped[object] = mapped_column(Json)  # {field: [before, after]}


class DealRedirect(Base):
    """Where the reports of a deal went that is no more: its number is still an answer."""

    __tablename__ = "deal_redirect"
    __table_args__ = (Index(None, "into_id"),)

    deal_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    into_id: Mapped[int]
    at: Mapped[datetime]


class Judgement(Base):
    """That two are one, or one is two, and why; only ever added to.

    ``by`` is a person, or "resolution". The numbers are kept as they were then: what they name may be gone since.
    """

    __tablename__ = "judgement"
    __table_args__ = (
        Index(None, "deal_id", "id"),
        Index(None, "other_deal_id", "id"),
        Index(None, "company_id", "id"),
        _STABLE_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[JudgementKind]
    by: Mapped[str]
    reason: Mapped[str]
    score: Mapped[float | None]  # how sure resolution was, 0..1
    deal_id: Mapped[int | None]  # the one that there is afterwards
    other_deal_id: Mapped[int | None]
    company_id: Mapped[int | None]
    other_company_id: Mapped[int | None]
    report_id: Mapped[int | None]
    details: Mapped[object] = mapped_column(Json, default=dict)


class JudgementReport(Base):
    """A report that a person's judgement is about, on one of its two sides.

    No foreign key to the report: where a reading of the article loses it, its article stands for it.
    """

    __tablename__ = "judgement_report"
    __table_args__ = (Index(None, "report_id"), Index(None, "article_id"), _KEYED)

    judgement_id: Mapped[int] = mapped_column(ForeignKey("judgement.id", ondelete="CASCADE"), primary_key=True)
    side: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]


class Digest(Base):
    """A digest that was made.

    ``number`` counts the digests of a name that tell what is new since the one before; None for those of a period.
    """

    __tablename__ = "digest"
    __table_args__ = (Index(None, "name", "written_at"), Index(None, "name", "number", unique=True), _STABLE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(KeyText)
    format: Mapped[str] = mapped_column(ShortText(16))
    since: Mapped[date | None]
    until: Mapped[date | None]
    label: Mapped[str | None]  # of its period, as people read it
    number: Mapped[int | None]
    path: Mapped[str]  # empty when it went into no file
    deals: Mapped[int]
    sha256: Mapped[str] = mapped_column(ShortText(64))  # of what went into the file, else of its CSV
    written_at: Mapped[datetime]


class DigestDeal(Base):
    """That digests of this name told a deal as it was at ``updated_at``, last in that digest."""

    __tablename__ = "digest_deal"
    __table_args__ = (_KEYED,)

    name: Mapped[str] = mapped_column(KeyText, primary_key=True)
    deal_id: Mapped[int] = mapped_column(primary_key=True)  # of a deal that may be gone since
    updated_at: Mapped[datetime]
    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id"))


class DigestBody(Base):
    """What is to be sent of a digest, zlib-compressed; gone when nobody waits for it any more."""

    __tablename__ = "digest_body"

    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id"), primary_key=True)
    part: Mapped[str] = mapped_column(ShortText(16), primary_key=True)
    zlib: Mapped[bytes] = mapped_column(LargeBinary)


class DigestDelivery(Base):
    """The outbox: a digest on its way to one place. Written together with the digest."""

    __tablename__ = "digest_delivery"
    __table_args__ = (UniqueConstraint("once"), Index(None, "state", "next_try_at"), Index(None, "digest_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id"))
    once: Mapped[str] = mapped_column(ShortText(64))  # hash of name, period, channel and target: none goes out twice
    message_id: Mapped[str] = mapped_column(ShortText(32))  # the same at every attempt
    channel: Mapped[str] = mapped_column(KeyText)  # of the configuration; empty: the digest's own folder
    target: Mapped[str]  # a mail address, a web address without its query, or a path
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class Rebuild(Base):
    """How far the stored pages have been read again, and what came of it; the counts are those since ``started_at``."""

    __tablename__ = "rebuild"
    __table_args__ = (UniqueConstraint("scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(ShortText(64))  # hash of which pages: each choice of them has its own progress
    fingerprint: Mapped[str] = mapped_column(ShortText(64))  # of the extractor that reads them
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    after_page: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    aside: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    reports: Mapped[int] = mapped_column(default=0)
    reports_new: Mapped[int] = mapped_column(default=0)
    reports_changed: Mapped[int] = mapped_column(default=0)
    reports_gone: Mapped[int] = mapped_column(default=0)
    deals_before: Mapped[int]
    last_deal_before: Mapped[int]
