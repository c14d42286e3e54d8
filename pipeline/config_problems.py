"""Says what is wrong with a configuration: line, key, what was expected, what is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel

from pipeline.config_file import Located, Value, Where, name_of
from pipeline.config_types import did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_EXPECTED = {
    "string_type": "text (put it in quotes if it looks like something else)",
    "string_too_short": "some text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "date_type": "a date such as 2026-11-05",
    "date_from_datetime_parsing": "a date such as 2026-11-05",
    "date_from_datetime_inexact": "a date such as 2026-11-05",
    "time_delta_type": "a duration such as 15m or 1h",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "path_type": "a path",
    "too_short": "at least one entry",
}


def describe(error: ErrorDetails, found: Located, models: Mapping[tuple[str, ...], type[BaseModel]]) -> str:
    """One line for one thing pydantic found. ``models`` has the model of each place, list positions left out."""
    kind, context = error["type"], error.get("ctx", {})
    where, names = _place(error["loc"], found, missing=kind == "missing")
    if kind == "extra_forbidden":
        model = models.get(names[:-1])
        known = sorted(model.model_fields) if model else []
        return at(found, where, "unknown key" + (did_you_mean(names[-1], known) or f"; known: {', '.join(known)}"))
    if kind == "missing":
        return at(found, where[:-1], f"needs '{where[-1]}'")
    if kind.startswith("union_tag"):
        kinds = ", ".join(name[1] for name in models if name[0:1] == where[:1] and len(name) > 1)
        return at(found, (*where, "kind"), f"expected one of {kinds}, got {value_at(found, (*where, 'kind'))!r}")
    if kind == "value_error":
        expected = str(context.get("error", error["msg"]))
    elif kind in ("enum", "literal_error"):
        expected = f"expected {context['expected']}"
    elif kind == "string_pattern_mismatch":
        expected = f"expected text of the form {context['pattern']}"
    else:
        expected = "expected " + (_EXPECTED.get(kind) or error["msg"].removeprefix("Input should be "))
    if isinstance(value_at(found, where), dict) and kind == "value_error":  # all of a section, which may hold a secret
        return at(found, where, expected)
    got = repr(where[-1]) if error["loc"][-1:] == ("[key]",) else _shown(found, where)
    return at(found, where, f"{expected}, got {got}")


def at(found: Located, where: Where, said: str) -> str:
    """``said`` with line and key before it; a source, channel or digest is also called by its name."""
    key = name_of(where)
    if len(where) > 1 and where[0] in ("sources", "channels", "digests"):
        called = value_at(found, (*where[:2], "name"))
        key += f" ({called})" if isinstance(called, str) and where[2:] != ("name",) else ""
    line = found.line(where)
    return ": ".join(filter(None, (f"line {line}" if line else "", key, said)))


def value_at(found: Located, where: Where) -> Value:
    """What the file has there; None when it has nothing."""
    value = found.value
    for part in where:
        if isinstance(value, dict):
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _place(loc: tuple[int | str, ...], found: Located, *, missing: bool) -> tuple[Where, tuple[str, ...]]:
    """Where pydantic's location is in the file, and the words of it that lead to the model.

    ``missing``: the last part of it is a key that is not there.
    """
    where: Where = ()
    for position, part in enumerate(loc):
        value = value_at(found, where)
        inside = part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int)
        if inside or (missing and isinstance(value, dict) and position == len(loc) - 1):
            where = (*where, part)
        # else it is pydantic's own word for a branch of a union, which is not in the file
    return where, tuple(part for part in loc if isinstance(part, str))


def _shown(found: Located, where: Where) -> str:
    """The value for a message, without what may be a secret."""
    if any(inner[: len(where)] == where for inner in found.from_environment):
        return "what the environment gives"
    if where[-1:] in (("password",), ("secret",)):
        return "this (not shown)"
    shown = repr(value_at(found, where))
    if "@" in shown and ":" in shown:
        return "this (not shown, as it may hold a password)"
    return shown if len(shown) <= 80 else shown[:77] + "..."
