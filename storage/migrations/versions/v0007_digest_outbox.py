"""Digests of what is new, and the outbox by which digests reach mailboxes and webhooks.

Types are spelled out here, not imported: a migration must go on meaning what it meant.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("digest", sa.Column("label", sa.Text(), nullable=True))
    op.add_column("digest", sa.Column("number", sa.Integer(), nullable=True))
    op.create_index("ix_digest_name_number", "digest", ["name", "number"], unique=True)
    op.create_table(
        "digest_deal",
        sa.Column("name", KEY, nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name="fk_digest_deal_digest_id_digest"),
        sa.PrimaryKeyConstraint("name", "deal_id", name="pk_digest_deal"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digest_body",
        sa.Column("digest_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("zlib", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name="fk_digest_body_digest_id_digest"),
        sa.PrimaryKeyConstraint("digest_id", "part", name="pk_digest_body"),
    )
    op.create_table(
        "digest_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("channel", KEY, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name="fk_digest_delivery_digest_id_digest"),
        sa.PrimaryKeyConstraint("id", name="pk_digest_delivery"),
        sa.UniqueConstraint("once", name="uq_digest_delivery_once"),
    )
    op.create_index("ix_digest_delivery_state_next_try_at", "digest_delivery", ["state", "next_try_at"])
    op.create_index("ix_digest_delivery_digest_id", "digest_delivery", ["digest_id"])
