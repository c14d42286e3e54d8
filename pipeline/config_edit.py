"""Adds sources to a configuration as text, so that its comments and layout stay as their author left them.

What comes out is read back before anything is written: it must be the old configuration with the new sources behind the
old ones, and valid. The file is then replaced in one step, so that nobody ever sees half of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from pipeline.config import Config, parse_config
from pipeline.config_file import Value, read_yaml
from pipeline.errors import ConfigError
from pipeline.file_writing import replace_file
from scrapers.identity import identity

_PLAIN = re.compile(r"[^\W\d_](?:[\w .()/+-]*[\w.)/+])?")
_WORDS = re.compile(r"(?:true|false|null|~|yes|no|on|off|y|n)", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[^\s#\"'{}\[\],:]+(?::\d+)?[^\s#\"'{}\[\],:]*")
_VARIABLE = re.compile(r"\$(?=\{[^}]*\})")


Setting = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be added. ``settings`` are the keys that its kind has beside those of all kinds."""

    name: str
    url: str
    kind: Literal["feed", "sitemap", "listing"] = "feed"
    language: str | None = None  # ISO 639-1
    publisher: str | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)

    def values(self) -> dict[str, Value]:
        """Its keys as they are written; ``feed`` is the default kind and is left out."""
        values: dict[str, Value] = {"name": self.name}
        if self.kind != "feed":
            values["kind"] = self.kind
        values["url"] = self.url
        for key, value in self.settings.items():
            values[key] = list(value) if isinstance(value, tuple) else value
        if self.language:
            values["language"] = self.language
        if self.publisher:
            values["publisher"] = self.publisher
        return values


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, or the first of ``wanted (2)``, ``wanted (3)`` … that is not taken."""
    names = set(taken)
    if wanted not in names:
        return wanted
    number = 2
    while f"{wanted} ({number})" in names:
        number += 1
    return f"{wanted} ({number})"


def known_urls(config: Config) -> dict[str, str]:
    """The identity of the address of every source that has one, disabled ones too, with the source's name."""
    kinds = ("feed", "sitemap", "listing")
    return {identity(source.to_source().url): source.name for source in config.sources if source.kind in kinds}


def add_to_file(path: Path, sources: Sequence[NewSource], *, environment: Mapping[str, str]) -> None:
    """Write ``sources`` behind those of the configuration in ``path``; a file that is not there is made.

    Raises ConfigError, and the file is then as it was.
    """
    path = path.resolve()  # a link stays a link
    try:
        before = path.read_bytes() if path.exists() else b""
        mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
        after = with_sources(before.decode("utf-8-sig"), sources, path=path, environment=environment)
        replace_file(path, mark + after.encode("utf-8"), before)
    except UnicodeDecodeError as error:
        raise ConfigError(path, (f"not UTF-8 text (byte {error.start}); save it as UTF-8",)) from error
    except OSError as error:
        told = f"cannot be written: {error.strerror or error}; allow it, or add this under sources yourself:"
        raise ConfigError(path, (told, *_block(sources, 2))) from error


def with_sources(
    text: str, sources: Sequence[NewSource], *, path: Path | None = None, environment: Mapping[str, str]
) -> str:
    """The configuration ``text`` with ``sources`` added at the end of its ``sources``, and nothing else changed.

    ``path`` is as for ``config.parse_config``. Raises ConfigError when the text is wrong, would be wrong with these
    sources, or is laid out in a way that cannot be added to.
    """
    if not sources:
        return text
    parse_config(text, path=path, environment=environment)
    newline = "\r\n" if "\r\n" in text else "\n"
    added = _inserted(text, sources, newline)
    if added is None or not _as_meant(text, added, sources, environment):
        told = "nothing can be added to its sources automatically, because of how they are laid out; add this yourself:"
        raise ConfigError(path, (told, *_block(sources, 2)))
    parse_config(added, path=path, environment=environment)
    return added


def _as_meant(before: str, after: str, sources: Sequence[NewSource], environment: Mapping[str, str]) -> bool:
    old, new = read_yaml(before, environment), read_yaml(after, environment)
    if old.problems or new.problems or not isinstance(new.value, dict):
        return False
    told: dict[str, Value] = dict(old.value) if isinstance(old.value, dict) else {}
    listed = told.pop("sources", None) or []
    expected = [*(listed if isinstance(listed, list) else []), *(source.values() for source in sources)]
    return new.value == told | {"sources": expected}


def _inserted(text: str, sources: Sequence[NewSource], newline: str) -> str | None:
    # The loader in Python, not the one in C: its marks count characters whatever is in the text.
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        return _after(text, len(text), ["sources:", *_block(sources, 2)], newline)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    named = [(key, value) for key, value in root.value if key.value == "sources"]
    if not named:
        end = _content_end(root)
        gap = "" if text[end:].strip() or end == 0 else [""]
        return _after(text, len(text), [*gap, "sources:", *_block(sources, 2)], newline)
    ((key, value),) = named
    if isinstance(value, yaml.SequenceNode) and value.value:
        if value.flow_style:
            return _into_flow(text, value, sources)
        return _after(text, _content_end(value), _block(sources, value.start_mark.column), newline)
    if isinstance(value, yaml.SequenceNode) or value.value:  # [], ~ or null, which the block takes the place of
        start, end = value.start_mark.index, value.end_mark.index
        text = text[:start].rstrip(" ") + text[end:]
    return _after(text, key.end_mark.index, _block(sources, 2), newline)


def _content_end(node: yaml.Node) -> int:
    """Where what is written ends: the end marks of blocks lie behind the comments that follow them."""
    last = node
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        item = last.value[-1]
        last = item[1] if isinstance(item, tuple) else item
    return int(last.end_mark.index)


def _after(text: str, position: int, lines: Sequence[str], newline: str) -> str:
    """``lines`` behind the line in which ``position`` is."""
    behind = len(text[:position].rstrip("\r\n")) if position and text[position - 1] in "\r\n" else position
    end = text.find("\n", behind)
    head, tail = (text, "") if end < 0 else (text[: end + 1], text[end + 1 :])
    if head and not head.endswith("\n"):
        head += newline
    return head + "".join(line + newline for line in lines) + tail


def _into_flow(text: str, value: yaml.SequenceNode, sources: Sequence[NewSource]) -> str:
    close = value.end_mark.index - 1
    end = value.value[-1].end_mark.index
    comma = "" if "," in text[end:close] else ","
    items = ", ".join(f"{{{', '.join(_pairs(source, quote=True))}}}" for source in sources)
    return text[:end] + comma + text[end:close].rstrip() + " " + items + text[close:]


def source_lines(source: NewSource, *, indent: int = 2) -> list[str]:
    """The source as it would be written under ``sources``."""
    return _block([source], indent)


def _block(sources: Sequence[NewSource], indent: int) -> list[str]:
    margin = " " * indent
    return [
        f"{margin}{'  ' if number else '- '}{pair}"
        for source in sources
        for number, pair in enumerate(_pairs(source, quote=False))
    ]


def _pairs(source: NewSource, *, quote: bool) -> Iterator[str]:
    return (f"{key}: {_scalar(value, quote=quote)}" for key, value in source.values().items())


def _scalar(value: Value, *, quote: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_scalar(item, quote=True) for item in value)}]"
    assert isinstance(value, str)
    text = _VARIABLE.sub("$$", value)
    plain = _PLAIN_URL.fullmatch(text) or (_PLAIN.fullmatch(text) and not _WORDS.fullmatch(text))
    if plain and not quote and text.isprintable():
        return text
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"
