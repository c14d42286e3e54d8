"""A YAML file as plain values, with the line of everything in it.

Only ``true`` and ``false`` are truth values, only decimal digits are numbers, and dates stay text: the language ``no``,
the time ``6:30`` and the date ``2026-11-05`` mean what they look like. ``${NAME}`` in a value is taken from the
environment, ``${NAME:-otherwise}`` has a fallback, and ``$${`` is a written-out ``${``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

#: What a YAML file can hold.
Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
#: Where in it: keys and list positions.
Where = tuple[str | int, ...]

_MAX_NODES = 200_000
_MAX_DEPTH = 50
_VARIABLE = re.compile(r"\$(\$)?\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C one is five times as fast
    """Resolves as few plain scalars as possible."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # pyyaml's own


for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|false|False)\Z", "tTfF"),
    ("null", r"(?:~|null|Null|)\Z", ["~", "n", "N", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9_]*)\Z", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9][0-9_]*\.[0-9]*|\.[0-9]+|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z", "-+.0123456789"),
    ("merge", r"<<\Z", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@dataclass(slots=True)
class Located:
    """The value of a file, the line of each of its parts, and what could not be read as meant."""

    value: Value = None
    lines: dict[Where, int] = field(default_factory=dict)
    from_environment: set[Where] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def line(self, where: Where) -> int | None:
        """The line of a part, or of the nearest part around it that has one."""
        while where not in self.lines and where:
            where = where[:-1]
        return self.lines.get(where)


def read_yaml(text: str, environment: Mapping[str, str]) -> Located:
    """Read a file's text. Never raises for what is written in it: that becomes ``problems``, each with its line."""
    found = Located()
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        found.problems.append(_syntax(error, text))
        return found
    try:
        found.value = _Reader(found, environment).read(node, ()) if node is not None else None
    except _TooMuch as error:
        found.problems.append(f"line {error.line}: the file unfolds to too much; use fewer YAML aliases (*name)")
    return found


def name_of(where: Where) -> str:
    """``sources[3].url`` for ("sources", 3, "url")."""
    name = ""
    for part in where:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _syntax(error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    line = text.split("\n")[mark.line : mark.line + 1] if mark is not None else []
    if "\\t" in said or any("\t" in part[: len(part) - len(part.lstrip())] for part in line):
        said += " (YAML is indented with spaces, not with tabs)"
    return f"line {mark.line + 1}: no valid YAML: {said}" if mark is not None else f"no valid YAML: {said}"


class _TooMuch(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


class _Reader:
    def __init__(self, found: Located, environment: Mapping[str, str]) -> None:
        self.found = found
        self.environment = environment
        self.nodes = 0

    def read(self, node: yaml.Node, where: Where) -> Value:
        self.nodes += 1
        line = node.start_mark.line + 1
        self.found.lines.setdefault(where, line)
        if self.nodes > _MAX_NODES or len(where) > _MAX_DEPTH:  # aliases that hold aliases, or themselves
            raise _TooMuch(line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*where, position)) for position, item in enumerate(node.value)]
        return self._scalar(node, where)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(line, where, "a key is expected to be a word, not a list or a block")
                continue
            key = str(key_node.value)
            if key_node.tag == "tag:yaml.org,2002:merge":
                parts = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for part in parts:
                    inherited = self.read(part, where)
                    for name, value in (inherited if isinstance(inherited, dict) else {}).items():
                        merged.setdefault(name, value)
                continue
            if key in own:
                before = self.found.line((*where, key))
                self._problem(line, (*where, key), f"is written twice (first in line {before}); keep one of them")
                continue
            self.found.lines[*where, key] = line
            own[key] = self.read(value_node, (*where, key))
        return merged | own

    def _scalar(self, node: yaml.Node, where: Where) -> Value:
        text = str(node.value)
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float":
                try:
                    return int(text.replace("_", "")) if kind == "int" else float(text.replace("_", ""))
                except ValueError:  # a tag written by hand (!!int x)
                    return text
            case "str":
                return self._substitute(text, where, node.start_mark.line + 1)
            case _:
                line = node.start_mark.line + 1
                self._problem(line, where, f"the YAML tag {node.tag} is not used here; leave it out")
                return text

    def _substitute(self, text: str, where: Where, line: int) -> str:
        def replace(match: re.Match[str]) -> str:
            if match[1]:
                return match[0][1:]
            name, has_fallback, fallback = match[2].partition(":-")
            if not _NAME.match(name):
                self._problem(line, where, f"${{{match[2]}}} names no environment variable; write $${{ for a plain ${{")
                return ""
            self.found.from_environment.add(where)
            value = self.environment.get(name) or fallback
            if not value and not has_fallback:
                self._problem(line, where, f"the environment variable {name} is not set; set it and start again")
            return value

        return _VARIABLE.sub(replace, text)

    def _problem(self, line: int, where: Where, said: str) -> None:
        self.found.problems.append(f"line {line}: {name_of(where)}: {said}" if where else f"line {line}: {said}")
