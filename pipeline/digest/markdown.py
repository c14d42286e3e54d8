"""A digest as Markdown, which is also read well as plain text. Foreign text is never markup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from pipeline.digest.wording import Entry, Heading, mark_text, quotes, value_text, words
from pipeline.output import day_text, instant

_MARKED = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>#|!~&"})


def write_markdown(entries: Iterable[Entry], stream: TextIO, heading: Heading, *, most: int | None = None) -> int:
    """Write deals; returns how many. Of more than ``most`` only the first are told."""
    stream.write(f"# {_inline(heading.title)}\n")
    if heading.made_at is not None:
        stream.write(f"\n{_inline(heading.conditions)} · made {instant(heading.made_at)}\n")
    count = 0
    for entry in entries:
        count += 1
        if most is None or count <= most:
            stream.write(_deal(entry).encode("utf-8", "replace").decode("utf-8"))
    if not count:
        stream.write("\nNo deals.\n")
    elif most is not None and count > most:
        stream.write(f"\n{count - most} more deals are in the attached file.\n")
    return count


def _deal(entry: Entry) -> str:
    view = entry.view
    parties = ", ".join(f"{_inline(party.name)} ({party.role.value})" for party in view.parties)
    types = ", ".join(words(kind.value) for kind in (view.type, *view.also))
    facts = [day_text(view.announced_on, view.announced_precision), view.status.value, types, value_text(view.value)]
    lines = [f"\n## {_inline(view.headline) or parties}\n"]
    if entry.mark is not None:
        lines.append(f"**{_inline(mark_text(entry.mark))}**  ")
    lines.append(f"{' · '.join(fact for fact in facts if fact)}  ")
    if view.focus:
        lines.append(f"Focus: {_inline(', '.join(map(words, view.focus)))}  ")
    lines.append(f"{parties}\n")
    lines += [f"> {_inline(proof.quote)}\n" for proof in quotes(view)]
    for report in view.reports:
        told = f"[{_inline(report.title) or 'report'}](<{_address(report.url)}>)"
        lines.append(f"- {told} ({report.language}, {_inline(report.source)})")
    return "\n".join(lines) + "\n"


def _inline(text: str) -> str:
    """Foreign text as plain Markdown text on one line: no markup, no HTML."""
    return " ".join(text.split()).translate(_MARKED)


def _address(url: str) -> str:
    """A URL that cannot end its ``<...>``."""
    return "".join(f"%{ord(char):02X}" if char in "<>\\ \t\r\n" else char for char in url)
