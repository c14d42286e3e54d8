"""An empty folder with the tests' own extractor, and a database that has read one page.

That extractor reads deals written as plain lines: what is tried here is everything around it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli.common import Settings
from pipeline.ingestion import Extractor
from tests.pipeline.bad_input.commands import GOOD, URL, assert_told, dealwire
from tests.pipeline.newsroom import toy_extract


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and the tests' extractor."""

    def toy(settings: Settings) -> Extractor:
        return toy_extract

    monkeypatch.chdir(tmp_path)
    # The one that the others import from comes last: else theirs, imported now, would be the toy for good.
    for module in ("ingest", "sources_check", "reextract", "common"):
        monkeypatch.setattr(f"pipeline.cli.{module}.extractor", toy)
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Path:
    """A database that has read one page."""
    (folder / "pages").mkdir()
    (folder / "pages" / "good.html").write_bytes(GOOD)
    assert_told(dealwire("ingest", "--folder", "pages", "--database", URL), 0, "1 page read")
    return folder / "deals.db"
