"""Parts for the tests of the pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An open database in a file of its own."""
    with open_database(f"sqlite:///{tmp_path / 'deals.db'}") as opened:
        yield opened
