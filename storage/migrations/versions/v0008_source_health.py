"""What is remembered of a source between two polls: its rhythm, where it moved, how it does; and its last polls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("verified_at", "distrusted_since", "failing_since", "turnover_at", "missed_at", "empty_since",
                 "moved_since", "retired_at"):  # fmt: skip
        op.add_column("source", sa.Column(name, TIME, nullable=True))
    for name in ("successes_in_row", "polls", "moved_times"):
        op.add_column("source", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("next_poll_why", "moved_to"):
        op.add_column("source", sa.Column(name, sa.Text(), nullable=True))
    for name in ("overlap", "turnover_seconds", "ttl_seconds"):
        op.add_column("source", sa.Column(name, sa.Double(), nullable=True))
    for name, empty in (("arrivals", "[]"), ("texts", "[]"), ("alarms", "{}")):
        op.add_column("source", sa.Column(name, sa.Text(), nullable=False, server_default=empty))
    op.add_column("source", sa.Column("last_links", sa.LargeBinary(), nullable=True))
    op.create_table(
        "source_poll",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("overlap", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pages_read", sa.Integer(), nullable=False),
        sa.Column("pages_failed", sa.Integer(), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_source_poll_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "slot", name="pk_source_poll"),
        sqlite_with_rowid=False,
    )
