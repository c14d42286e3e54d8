"""Run by Alembic: applies the migrations on the connection that ``storage.schema`` hands over."""

from __future__ import annotations

from alembic import context

from storage.models import Base
from storage.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    compare_type=True,
)
# The caller's transaction holds the lock and commits: a migration is done as a whole or not at all.
context.run_migrations()
