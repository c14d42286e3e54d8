"""What a list shows of a deal stands in the deal's own row; filled in for old deals by ``storage.derived``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deal", sa.Column("summary", sa.Text(), nullable=True))
    missing = sa.text("summary IS NULL")
    op.create_index("ix_deal_unsummarised", "deal", ["id"], sqlite_where=missing, postgresql_where=missing)
