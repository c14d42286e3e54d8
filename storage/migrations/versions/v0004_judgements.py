"""What people and resolution decided, in a ledger; companies that belong to others; where a deal's number went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Plain numbers, no foreign keys: SQLite cannot add one to a table that is there.
    op.add_column("company", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.add_column("company", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.add_column("company", sa.Column("vouched", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_company_parent_id", "company", ["parent_id"])
    op.add_column("company_alias", sa.Column("judged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("deal_id", sa.Integer(), nullable=True),
        sa.Column("other_deal_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("other_company_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_judgement_deal_id_id", "judgement", ["deal_id", "id"])
    op.create_index("ix_judgement_other_deal_id_id", "judgement", ["other_deal_id", "id"])
    op.create_index("ix_judgement_company_id_id", "judgement", ["company_id", "id"])
    op.create_table(
        "judgement_report",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgement_id"],
            ["judgement.id"],
            name="fk_judgement_report_judgement_id_judgement",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("judgement_id", "side", "report_id", name="pk_judgement_report"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_judgement_report_report_id", "judgement_report", ["report_id"])
    op.create_index("ix_judgement_report_article_id", "judgement_report", ["article_id"])
    op.create_table(
        "deal_redirect",
        sa.Column("deal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("deal_id", name="pk_deal_redirect"),
    )
    op.create_index("ix_deal_redirect_into_id", "deal_redirect", ["into_id"])
