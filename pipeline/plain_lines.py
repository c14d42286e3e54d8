"""HTML that is document from end to end (a filing, an exhibit) as lines of text: a line for each block or table row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCK_NAMES = (
    "address article aside blockquote body br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main "
    "ol p page pre section table tbody tfoot thead title tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "head", "noscript", "ix:header", "ix:hidden"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SPACE = re.compile(r"[\s\xa0]+")


def plain_lines(tree: HtmlElement) -> list[str]:
    """The text of ``tree``, without what no reader sees. White space is one space; no line is empty."""
    pieces: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _UNSEEN or _HIDDEN.search(element.get("style") or ""):
                walk.skip_subtree()
                continue
            _part(pieces, tag)
            pieces.append(_SPACE.sub(" ", element.text or ""))
        else:
            _part(pieces, tag)
            if element is not tree:
                pieces.append(_SPACE.sub(" ", element.tail or ""))
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]


def wrapped_lines(text: str) -> list[str]:
    """The paragraphs of a text whose lines were broken by hand, each as one line."""
    paragraphs = re.split(r"\n[ \t\r\f\v]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [line for paragraph in paragraphs if (line := _SPACE.sub(" ", paragraph).strip())]


def _part(pieces: list[str], tag: str) -> None:
    if tag in _BLOCKS:
        pieces.append("\n")
    elif tag in _CELLS:
        pieces.append(" ")
