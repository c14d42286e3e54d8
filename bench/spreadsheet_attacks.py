"""What LibreOffice makes of text that wants to be a formula, as it is and as dealwire writes it.

Reads the table of attacks in docs/digests.md, writes each text into a CSV as the csv module does and as dealwire does,
opens both with LibreOffice (``soffice`` on PATH) at the separators comma, semicolon and tab, and prints the table anew:

    python bench/spreadsheet_attacks.py

Ends with 1 if any cell that dealwire wrote has become a formula.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree

from pipeline.spreadsheet import guard, write_rows

DOCS = Path(__file__).parent.parent / "docs" / "digests.md"
SEPARATORS = {"comma": 44, "semicolon": 59, "tab": 9}
_ROW = re.compile(r'^\| `(".*?")` \|', re.MULTILINE)
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def attacks() -> list[str]:
    """The texts of the table."""
    return [json.loads(text.replace("\\|", "|")) for text in _ROW.findall(DOCS.read_text(encoding="utf-8"))]


def formulas(paths: list[Path], separator: int) -> list[bool]:
    """Whether LibreOffice finds a formula in each of these CSVs, opened with this separator."""
    filters = f"CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["soffice", "--headless", "--norestore", f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
             f"--infilter={filters}", "--convert-to", "fods", "--outdir", folder, *map(str, paths)],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip
        opened = [etree.parse(str(Path(folder) / f"{path.stem}.fods")) for path in paths]
    return [any(cell.get(f"{_TABLE}formula") for cell in page.iter(f"{_TABLE}table-cell")) for page in opened]


def shown(text: str) -> str:
    """A text in the table."""
    visible = "".join(
        char if char.isprintable() and char not in "\u3000\u00a0" else json.dumps(char)[1:-1]
        for char in json.dumps(text, ensure_ascii=False)
    )
    return f"`{visible.replace('|', chr(92) + '|')}`"


def main() -> int:
    texts = attacks()
    with tempfile.TemporaryDirectory() as name:
        plain = [Path(name) / f"plain{number}.csv" for number in range(len(texts))]
        ours = [Path(name) / f"ours{number}.csv" for number in range(len(texts))]
        for text, as_it_is, as_written in zip(texts, plain, ours, strict=True):
            with as_it_is.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\r\n").writerow(["7", text, "end"])
            with as_written.open("w", encoding="utf-8", newline="") as stream:
                write_rows(stream, ["id", "text", "end"], [(7, text, "end")])
        found = {said: formulas([*plain, *ours], separator) for said, separator in SEPARATORS.items()}
    print("| text | as written | runs, as it is | runs, as written |\n| --- | --- | --- | --- |")
    for number, text in enumerate(texts):
        before = ", ".join(said for said, cells in found.items() if cells[number])
        after = ", ".join(said for said, cells in found.items() if cells[len(texts) + number])
        print(f"| {shown(text)} | {shown(guard(text))} | {before or 'no'} | {after or 'no'} |")
    broken = sum(sum(cells[len(texts) :]) for cells in found.values())
    print(f"\n{broken} formulas in what dealwire wrote", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
