"""Progress of a pass on stderr: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.cli.common import console, printable, say

if TYPE_CHECKING:
    from pipeline.ingest_result import Progress, ProgressCallback

#: In a log a line per page would bury the rest.
_LINE_EVERY = 25


@contextmanager
def shown_progress() -> Iterator[ProgressCallback]:
    """A callback that shows what it is told, from whatever thread."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:<7}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[subject]}", markup=False),
    )  # fmt: skip
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("poll", total=None, subject="")

        def show(progress: Progress) -> None:
            subject = shortened(progress.subject)
            total = progress.total or None
            bar.update(task, description=progress.stage.value, completed=progress.done, total=total, subject=subject)

        yield show


def shortened(subject: str, length: int = 60) -> str:
    """A long address on one line: its beginning and, what tells pages apart, its end."""
    text = printable(" ".join(subject.partition("?")[0].split()))
    return text if len(text) <= length else f"{text[: length // 3]}…{text[-(length - length // 3 - 1) :]}"


class _Lines:
    def __init__(self) -> None:
        self._said = 0

    def __call__(self, progress: Progress) -> None:
        if progress.stage.value == "poll":
            say(f"poll {progress.subject}")
        elif progress.done >= self._said + _LINE_EVERY or (
            progress.done == progress.total and progress.done > self._said
        ):
            self._said = progress.done
            say(f"{progress.done} of {progress.total} pages")
