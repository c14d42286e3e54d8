"""Full text has an index, on words cut by ourselves; status and role are facets like the others.

The words are filled in by ``storage.derived``, as what they are made of is in other tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FULL_TEXT_OF_SQLITE = (
    """
    CREATE VIRTUAL TABLE deal_words USING fts5(
        words, content='deal_text', content_rowid='key', tokenize='ascii', columnsize=0, prefix='1 2 3')
    """,
    """
    CREATE TRIGGER deal_text_added AFTER INSERT ON deal_text BEGIN
        INSERT INTO deal_words (rowid, words) VALUES (new.key, new.words);
    END
    """,
    """
    CREATE TRIGGER deal_text_gone AFTER DELETE ON deal_text BEGIN
        INSERT INTO deal_words (deal_words, rowid, words) VALUES ('delete', old.key, old.words);
    END
    """,
)
_FACETS = (
    "INSERT INTO deal_facet (deal_id, kind, value, day, ordinal) SELECT id, 'status', status, day, 0 FROM deal",
    """
    INSERT INTO deal_facet (deal_id, kind, value, day, ordinal)
    SELECT deal_id, 'role', role, day, ROW_NUMBER() OVER (PARTITION BY deal_id ORDER BY first) - 1
    FROM (
        SELECT deal_id, role, day, MIN(ordinal) AS first FROM deal_party
        WHERE NOT named_only GROUP BY deal_id, role, day
    ) AS roles
    """,
)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_table("deal_text")
    op.create_table(
        "deal_text",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name="fk_deal_text_deal_id_deal", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_deal_text"),
        sa.UniqueConstraint("deal_id", name="uq_deal_text_deal_id"),
    )
    if on_sqlite:
        for statement in _FULL_TEXT_OF_SQLITE:
            op.execute(statement)
    else:
        op.create_index("ix_deal_text_words", "deal_text", ["words"], postgresql_using="gin")
    for statement in _FACETS:
        op.execute(statement)
    op.drop_index("ix_deal_status_day_id", "deal")
    op.execute("UPDATE deal SET summary = NULL")
