"""Whether documents of one story come into one deal, through a folder and a database: pairs right, too many, missed.

    python -m bench.same_deal tests/labelled

The folder has gold.jsonl (``id`` and ``cluster``) and texts/. Only documents of a cluster count; read as bare text,
they have a date only where the text does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from itertools import combinations
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from pipeline.cli.app import app
from storage.database import open_database
from storage.models import Article, Page, Report


def main(folder: Path) -> None:
    """Read the clustered documents of ``folder`` and print the pairs."""
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    cluster = {row["id"]: row["cluster"] for row in rows if row.get("cluster")}
    with tempfile.TemporaryDirectory() as made:
        pages = Path(made, "pages")
        pages.mkdir()
        for name in cluster:
            (pages / f"{name}.txt").write_bytes((folder / "texts" / f"{name}.txt").read_bytes())
        url = f"sqlite:///{made}/deals.db"
        result = CliRunner().invoke(app, ["ingest", "--folder", str(pages), "--database", url])
        if result.exit_code:
            sys.exit(result.output)
        with open_database(url) as database, database.reading() as session:
            query = select(Page.canonical_url, Report.deal_id).select_from(Report).join(Article).join(Page)
            deals: dict[str, set[int | None]] = {}
            for address, deal in session.execute(query):
                deals.setdefault(Path(address).stem, set()).add(deal)
    right = too_many = 0
    missed: list[str] = []
    for one, other in combinations(sorted(cluster), 2):
        wanted = cluster[one] == cluster[other]
        came = bool(deals.get(one, set()) & deals.get(other, set()))
        right += wanted and came
        too_many += came and not wanted
        if wanted and not came:
            unread = [name for name in (one, other) if name not in deals]
            missed.append(f"missed: {one} {other}" + (f" (no deal found in {', '.join(unread)})" if unread else ""))
    print(*missed, sep="\n")
    precision, recall = right / max(1, right + too_many), right / max(1, right + len(missed))
    print(f"{len(cluster)} documents, {right} pairs right, {too_many} too many, {len(missed)} missed: ", end="")
    print(f"P {precision:.1%} R {recall:.1%} F1 {2 * precision * recall / max(1e-9, precision + recall):.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "tests/labelled"))
