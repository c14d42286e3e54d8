"""The first tables.

Types are spelled out here, not imported: a migration must go on meaning what it meant.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)
# SQLite has no exact decimals: there amounts are text of fixed width, which sorts as the numbers do.
AMOUNT = sa.Numeric(38, 10).with_variant(sa.String(39), "sqlite")


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
        sa.UniqueConstraint("key", name="uq_company_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("technology", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("announced_precision", sa.String(32), nullable=True),
        sa.Column("value_amount", AMOUNT, nullable=True),
        sa.Column("value_currency", sa.String(3), nullable=True),
        sa.Column("value_kind", sa.String(32), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deal_day_id", "deal", ["day", "id"])
    op.create_index("ix_deal_first_seen_id", "deal", ["first_seen", "id"])
    op.create_index("ix_deal_stale_id", "deal", ["stale", "id"])
    op.create_index("ix_deal_status_day_id", "deal", ["status", "day", "id"])
    op.create_index("ix_deal_technology_day_id", "deal", ["technology", "day", "id"])
    op.create_index("ix_deal_updated_at_id", "deal", ["updated_at", "id"])
    op.create_index("ix_deal_value_amount_id", "deal", ["value_amount", "id"])
    op.create_index("ix_deal_value_currency_value_amount_id", "deal", ["value_currency", "value_amount", "id"])
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_digest_name_written_at", "digest", ["name", "written_at"])
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("last_poll_at", TIME, nullable=True),
        sa.Column("last_success_at", TIME, nullable=True),
        sa.Column("last_error_at", TIME, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("failures_in_row", sa.Integer(), nullable=False),
        sa.Column("next_poll_at", TIME, nullable=True),
        sa.Column("last_found", sa.Integer(), nullable=False),
        sa.Column("last_new", sa.Integer(), nullable=False),
        sa.Column("last_notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("name", name="uq_source_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_active_next_poll_at", "source", ["active", "next_poll_at"])
    op.create_table(
        "company_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_company_alias_company_id_company", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_company_alias"),
        sa.UniqueConstraint("key", "company_id", name="uq_company_alias_key_company_id"),
    )
    op.create_index("ix_company_alias_company_id", "company_alias", ["company_id"])
    op.create_table(
        "deal_facet",
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_deal_facet_deal_id_deal", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", "kind", "value", name="pk_deal_facet"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deal_facet_kind_value_day_deal_id", "deal_facet", ["kind", "value", "day", "deal_id"])
    op.create_table(
        "deal_party",
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("named_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_deal_party_company_id_company"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_deal_party_deal_id_deal", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", "company_id", name="pk_deal_party"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deal_party_company_id_day_deal_id", "deal_party", ["company_id", "day", "deal_id"])
    op.create_table(
        "deal_text",
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_deal_text_deal_id_deal", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", name="pk_deal_text"),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.String(32), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("link_title", sa.Text(), nullable=True),
        sa.Column("link_published", sa.Text(), nullable=True),
        sa.Column("link_summary", sa.Text(), nullable=True),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("fetched_at", TIME, nullable=True),
        sa.Column("body_hash", sa.String(64), nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_page_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("url_key", name="uq_page_url_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_page_source_id_state", "page", ["source_id", "state"])
    op.create_index("ix_page_state_next_try_at_id", "page", ["state", "next_try_at", "id"])
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("copy_of_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("published_precision", sa.String(32), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_of_id"], ["article.id"], name="fk_article_copy_of_id_article", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_article_page_id_page"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("page_id", name="uq_article_page_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_article_content_hash", "article", ["content_hash"])
    op.create_index("ix_article_copy_of_id", "article", ["copy_of_id"])
    op.create_table(
        "page_body",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("zlib", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_page_body_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", name="pk_page_body"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("also", sa.Text(), nullable=False),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.Column("value_amount", AMOUNT, nullable=True),
        sa.Column("value_currency", sa.String(3), nullable=True),
        sa.Column("value_kind", sa.String(32), nullable=True),
        sa.Column("technology", sa.Boolean(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("announced_precision", sa.String(32), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="fk_report_article_id_article", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_report_deal_id_deal", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("article_id", "ordinal", name="uq_report_article_id_ordinal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_deal_id_id", "report", ["deal_id", "id"])
    op.create_table(
        "deal_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_deal_revision_deal_id_deal", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="fk_deal_revision_report_id_report", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deal_revision"),
    )
    op.create_index("ix_deal_revision_deal_id_id", "deal_revision", ["deal_id", "id"])
    op.create_index("ix_deal_revision_report_id", "deal_revision", ["report_id"])
    op.create_table(
        "report_party",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("known_as", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_report_party_company_id_company"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="fk_report_party_report_id_report", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "ordinal", name="pk_report_party"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_report_party_company_id_report_id", "report_party", ["company_id", "report_id"])
