"""Texts that are another article's, word for word or syndicated with another header, footer or title.

A copy points to its original, so that it is no second witness of what both say. Of an original and its copies the one
that was published first is the original; where that does not tell them apart, the one that came first.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, undefer

from storage.models import Article, ArticleBand, Report
from storage.resemblance import Content, bands, is_copy
from storage.staleness import mark_stale

#: Articles that share the most with a text are compared with it; a copy is among the first.
_COMPARED = 10


def place(session: Session, article: Article, *, telling: bool) -> None:
    """Say of which article this one is a copy, after its text was written. Texts that are not ``telling`` (no report
    was found in them) are compared word for word only: nobody asks who else has them.
    """
    _release_copies(session, article.id)
    session.execute(delete(ArticleBand).where(ArticleBand.article_id == article.id))
    article.copy_of_id = None
    session.flush()
    original = _same_text(session, article)
    if telling:
        original = note_bands(session, article) if original is None else original
    if original is not None:
        article.copy_of_id = original
        session.flush()
        _put_the_first_first(session, original)


def note_bands(session: Session, article: Article) -> int | None:
    """Make the article one that others are compared with; the article whose text it has, if there is one."""
    content = Content(article.title, article.text)
    keys = set(bands(content))
    shared = func.count()
    query = (
        select(ArticleBand.article_id)
        .where(ArticleBand.key.in_(keys), ArticleBand.article_id != article.id)
        .group_by(ArticleBand.article_id)
        .order_by(shared.desc(), ArticleBand.article_id)
        .limit(_COMPARED)
    )
    found = None
    for other_id in session.scalars(query).all():
        other = session.get_one(Article, other_id, options=[undefer(Article.text)])
        if is_copy(content, Content(other.title, other.text)):
            found = other.copy_of_id or other.id
            break
    session.execute(insert(ArticleBand), [{"key": key, "article_id": article.id} for key in sorted(keys)])
    return found


def has_bands(session: Session, article_id: int) -> bool:
    """Whether other texts are compared with this article's."""
    return session.scalar(select(ArticleBand.key).where(ArticleBand.article_id == article_id).limit(1)) is not None


def _same_text(session: Session, article: Article) -> int | None:
    return session.scalar(
        select(func.min(Article.id)).where(
            Article.content_hash == article.content_hash, Article.id != article.id, Article.copy_of_id.is_(None)
        )
    )


def _release_copies(session: Session, article_id: int) -> None:
    """An original that was edited is one no more: the oldest of its copies takes its place."""
    copies = list(session.scalars(select(Article).where(Article.copy_of_id == article_id).order_by(Article.id)))
    for copy in copies:
        copy.copy_of_id = None if copy is copies[0] else copies[0].id
    session.flush()


def _put_the_first_first(session: Session, original_id: int) -> None:
    group = (Article.id == original_id) | (Article.copy_of_id == original_id)
    members = list(session.scalars(select(Article).where(group)))
    first = min(
        members,
        key=lambda row: (
            row.published_at is None, row.published_at and row.published_at.timestamp(), row.id != original_id, row.id
        ),
    )  # fmt: skip
    if first.id == original_id:
        return
    for member in members:
        member.copy_of_id = None if member is first else first.id
    session.flush()
    touched = select(Report.deal_id).where(Report.article_id.in_([row.id for row in members]))
    mark_stale(session, {deal_id for deal_id in session.scalars(touched) if deal_id is not None})
