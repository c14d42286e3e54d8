"""What pages are known by, what articles said before they were edited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("page", sa.Column("same_as_id", sa.Integer(), nullable=True))
    op.add_column("page", sa.Column("link_updated", sa.Text(), nullable=True))
    op.add_column("page", sa.Column("refetch_at", TIME, nullable=True))
    op.add_column("page", sa.Column("idle_refetches", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("article", sa.Column("body_hash", sa.String(64), nullable=True))
    # Else the next reading of each page would be taken for an edit. Of one that waits to be read, it will be one.
    op.execute(
        "UPDATE article SET body_hash = (SELECT page.body_hash FROM page WHERE page.id = article.page_id"
        " AND page.state = 'read')"
    )
    op.create_table(
        "page_key",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_page_key_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "page_id", name="pk_page_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_page_key_page_id", "page_key", ["page_id"])
    op.create_table(
        "article_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", TIME, nullable=False),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("published_precision", sa.String(32), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="fk_article_revision_article_id_article", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article_revision"),
    )
    op.create_index("ix_article_revision_article_id_id", "article_revision", ["article_id", "id"])
