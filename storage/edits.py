"""What the articles of a deal said before they were edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Article, ArticleRevision, Page, Report


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of an article, seen ``at`` (aware UTC); ``title`` is what it was called before, ``now`` since."""

    at: datetime
    url: str
    title: str
    now: str


def edits_of_deal(session: Session, deal_id: int) -> list[Edit]:
    """The edits of the articles that report a deal, oldest first."""
    told = select(Report.article_id).where(Report.deal_id == deal_id)
    query = (
        select(ArticleRevision.article_id, ArticleRevision.replaced_at, ArticleRevision.title, Article.title,
               Page.canonical_url)
        .join(Article, Article.id == ArticleRevision.article_id)
        .join(Page, Page.id == Article.page_id)
        .where(ArticleRevision.article_id.in_(told))
        .order_by(ArticleRevision.id.desc())
    )  # fmt: skip
    since: dict[int, str] = {}  # article -> what it was called after the revision at hand
    edits = []
    for article_id, at, title, latest, url in session.execute(query):
        edits.append(Edit(at, url, title, since.get(article_id, latest)))
        since[article_id] = title
    return edits[::-1]
