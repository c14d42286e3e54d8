"""Tables for people on a terminal, tab-separated lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import console, on_terminal, printable

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; ``right`` for numbers, ``wrap`` for what may take several lines."""

    heading: str
    right: bool = False
    wrap: bool = False


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, title: str | None = None) -> None:
    """Print rows under their headings. The title is for people only; a pipe gets headings and rows."""
    if on_terminal():
        _rich_table(columns, rows, title)
        return
    click.echo("\t".join(column.heading for column in columns))
    for row in rows:
        click.echo("\t".join(flat(cell) for cell in row))


def print_plain(table: Table) -> None:
    """A table made for people, tab-separated: its title stands for an empty first heading; an empty line ends it."""
    headings = [str(column.header) for column in table.columns]
    headings[:1] = [headings[0] or str(table.title or "")]
    click.echo("\t".join(headings))
    for row in zip(*(column.cells for column in table.columns), strict=True):
        click.echo("\t".join(flat(str(cell)) for cell in row))
    click.echo()


def flat(cell: str) -> str:
    """The cell on one line and without tabs."""
    return printable(" ".join(cell.split()))


def _rich_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], title: str | None) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        overflow = "fold" if column.wrap else "ellipsis"
        table.add_column(
            column.heading, justify="right" if column.right else "left", no_wrap=not column.wrap,
            overflow="fold" if overflow == "fold" else "ellipsis",
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console().print(table)
