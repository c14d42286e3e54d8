"""What it takes to be patient with an outage, and to see a rewritten file or changed settings of a source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("settings", sa.String(64), nullable=True))
    op.add_column("page", sa.Column("fingerprint", sa.Text(), nullable=True))
    op.add_column("page", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("page", sa.Column("out_of_reach", sa.Integer(), nullable=False, server_default="0"))
