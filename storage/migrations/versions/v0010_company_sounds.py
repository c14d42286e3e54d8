"""How companies' names sound, so that a name is found under its spelling in another script."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    # Names read before get their sounds when they are met again.
    op.create_table(
        "company_sound",
        sa.Column("key", KEY, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_company_sound_company_id_company", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "company_id", name="pk_company_sound"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_company_sound_company_id", "company_sound", ["company_id"])
