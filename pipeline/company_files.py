"""Organisations of a user's own, in files beside the configuration: YAML lines like those of the built-in dictionary.

What is written here is one line of JSON an organisation, which is YAML too and is read a hundred times as fast. A file
that was edited by hand is read as YAML; its comments, and the lines that nothing changes, stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.config import Config
from pipeline.config_types import did_you_mean
from pipeline.errors import ConfigError
from pipeline.extraction.lexicon import fold
from pipeline.extraction.organisations import Entry
from pipeline.file_writing import replace_file

_HEADER = """\
# Organisations of your own, one a line, as `dealwire companies import` writes them; edit it as you like. Only name is
# needed; there may be country (ISO 3166-1), kind, areas, aliases, tickers, parent, and common_word: its shortest names
# are ordinary words, too.
"""
_Loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # all scalars are text: Norway is NO, 2330 a ticker
_LISTS = ("areas", "aliases", "tickers")
_ENTRY = TypeAdapter(Entry)
_END = re.compile(r"\s*(?:#.*)?")  # a line on which nothing of an entry stands


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """A file as it was read: its text, and each organisation with the lines it stands on (from, up to)."""

    path: Path
    text: str = ""
    entries: tuple[Entry, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()


def own_files(config: Config, *, but: Path | None = None) -> tuple[Path, ...]:
    """The files that there are. Raises ConfigError for one (except ``but``) that is configured and not there."""
    for path in config.company_files:
        if "company_files" in config.model_fields_set and path != but and not path.exists():
            told = "company_files names it, but it is not there; `dealwire companies import` makes the first of them"
            raise ConfigError(path, (told,))
    return tuple(path for path in config.company_files if path.exists())


def own_entries(config: Config) -> tuple[Entry, ...]:
    """The organisations in the configuration's company_files. Raises ConfigError, which names line and key."""
    return tuple(entry for path in own_files(config) for entry in read_file(path, config.areas).entries)


def read_file(path: Path, areas: Sequence[str]) -> CompanyFile:
    """The organisations in ``path``, none if it is not there; ``areas`` are the focus areas there are.

    Raises ConfigError.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return CompanyFile(path)
    except UnicodeDecodeError as error:
        raise ConfigError(path, (f"not UTF-8 text (byte {error.start}); save it as UTF-8",)) from error
    except OSError as error:
        raise ConfigError(path, (f"cannot be read: {error.strerror or error}",)) from error
    return _parsed(path, text, areas)


def changed_text(file: CompanyFile, changed: Mapping[int, Entry], new: Sequence[Entry]) -> str:
    """The file's text with some entries (by their number) replaced and ``new`` ones at its end.

    Raises ConfigError where the layout of the file does not allow it.
    """
    newline = "\r\n" if "\r\n" in file.text else "\n"
    lines = file.text.splitlines(keepends=True) if file.text.strip() else [f"{line}\n" for line in _HEADER.splitlines()]
    for number, entry in sorted(changed.items(), reverse=True):
        start, stop = file.lines[number]
        lines[start:stop] = [_line(entry) + newline]
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    text = "".join([*lines, *(_line(entry) + newline for entry in new)])
    expected = [*(changed.get(number, entry) for number, entry in enumerate(file.entries)), *new]
    try:
        if list(_parsed(file.path, text, None).entries) == expected:
            return text
    except ConfigError:
        pass
    told = "nothing can be added to it automatically, because of how it is laid out; write one organisation a line, as"
    raise ConfigError(file.path, (told, '- {name: "Example", aliases: ["Example Labs"]}'))


def write_file(file: CompanyFile, text: str) -> None:
    """Put ``text`` in the place of what was read. Raises ConfigError, and the file is then as it was."""
    try:
        path = file.path.resolve()  # a link stays a link
        before = path.read_bytes() if path.exists() else b""
        if before.decode("utf-8-sig") != file.text:
            raise OSError("it was changed by someone else meanwhile; try again")
        replace_file(path, text.encode("utf-8"), before)
    except OSError as error:
        raise ConfigError(file.path, (f"cannot be written: {error.strerror or error}",)) from error


def _line(entry: Entry) -> str:
    return "- " + json.dumps(entry.model_dump(exclude_defaults=True), ensure_ascii=False)


def _parsed(path: Path, text: str, areas: Sequence[str] | None) -> CompanyFile:
    found = _from_json(text)
    if found is None:
        try:
            found = list(_from_yaml(text))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f"line {mark.line + 1}: " if mark is not None else ""
            said = getattr(error, "problem", None) or "not readable"
            raise ConfigError(path, (f"{line}no valid YAML: {said}",)) from error
        except (_NotAList, RecursionError) as error:
            raise ConfigError(path, ("expected a list of organisations, each beginning with '- name:'",)) from error
    problems: list[str] = []
    entries: list[Entry] = []
    lines: dict[str, int] = {}
    for value, (start, _) in found:
        try:
            entry = _ENTRY.validate_python(_plain(value))
        except ValidationError as error:
            said = (_said(each["loc"], each["type"], each["msg"]) for each in error.errors())
            problems += [f"line {start + 1}: {told}" for told in said]
            continue
        problems += [f"line {start + 1}: {told}" for told in _wrong(entry, areas, lines)]
        lines.setdefault(fold(entry.name), start + 1)
        entries.append(entry)
    if problems:
        raise ConfigError(path, tuple(problems))
    return CompanyFile(path, text, tuple(entries), tuple(span for _, span in found))


def _from_json(text: str) -> list[tuple[object, tuple[int, int]]] | None:
    """The entries with their lines, if each is one line of JSON; None if this is YAML of another kind."""
    found: list[tuple[object, tuple[int, int]]] = []
    for number, line in enumerate(text.splitlines()):
        if line.startswith("- {"):
            try:
                found.append((json.loads(line[2:]), (number, number + 1)))
            except ValueError:
                return None
        elif line.strip() and not line.startswith("#"):
            return None
    return found


class _NotAList(Exception):
    pass


def _from_yaml(text: str) -> Iterator[tuple[object, tuple[int, int]]]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return
        if not isinstance(root, yaml.SequenceNode):
            raise _NotAList
        lines = text.splitlines()
        starts = [node.start_mark.line for node in root.value]
        for node, start, following in zip(root.value, starts, [*starts[1:], len(lines)], strict=True):
            stop = following
            while stop > start + 1 and _END.fullmatch(lines[stop - 1]):
                stop -= 1
            yield loader.construct_object(node, deep=True), (start, stop)
    finally:
        loader.dispose()


def _plain(value: object) -> object:
    """An entry in which what is left empty is not there, and one alias is a list of one."""
    if not isinstance(value, dict):
        return value
    kept = {key: given for key, given in value.items() if given not in ("", None, "~", "null")}
    return kept | {key: [given] for key, given in kept.items() if key in _LISTS and isinstance(given, str)}


def _wrong(entry: Entry, areas: Sequence[str] | None, lines: Mapping[str, int]) -> Iterator[str]:
    if not entry.name.strip() or not all(alias.strip() for alias in entry.aliases):
        yield "a name is expected to be some text"
    if fold(entry.name) in lines:
        yield f"{entry.name!r} is written twice (first in line {lines[fold(entry.name)]}); keep one of them"
    if areas is not None:
        for area in (area for area in entry.areas if area not in areas):
            yield f"{entry.name}: there is no focus area {area!r}{did_you_mean(area, areas)}"


def _said(place: tuple[int | str, ...], kind: str, message: str) -> str:
    key = str(place[0]) if place else ""
    if kind == "extra_forbidden":
        known = Entry.model_fields
        return f"unknown key {key!r}{did_you_mean(key, known) or '; known: ' + ', '.join(known)}"
    if kind == "missing":
        return f"needs {key!r}"
    return f"{key}: {message}" if key else "expected an organisation, such as {name: Example, aliases: [Example Labs]}"
