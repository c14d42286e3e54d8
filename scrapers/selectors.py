"""CSS selectors that describe elements of a page and still will when the page has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import soupsieve
from bs4 import Tag

#: Classes of CSS modules: what stands before the hash is written by people.
_MODULES = (re.compile(r"([A-Za-z][\w-]*?(?:__|--))([\w-]*)"), re.compile(r"([A-Za-z][\w-]*_)([A-Za-z0-9]+)"))
# Made by machines anew with each build of a site.
_HASHED = re.compile(
    r"(?:css|sc|jss|jsx|emotion|svelte|astro|chakra|mui|makeStyles|ng-tns|ng-star|_ngcontent|data-v|e)-?[\w-]*\d[\w-]*"
    r"|(?:css|sc|jsx|svelte)-\w+|_\w+|[A-Za-z]{1,2}\d\w*|[0-9a-f]{6,}|\w*\d{3,}\w*|[\w-]+-\d+|[a-z]+[A-Z]\w*[0-9]\w*"
)
# Of one element for the time being, or of how it looks.
_PASSING = re.compile(
    r"(?:is|has|js)-[\w-]+|active|current|selected|first|last|odd|even|hidden|visible|open|show|shown|loaded|lazy\w*"
    r"|fade\w*|in-?view|animat\w*|aos-\w+|swiper-slide-\w+|slick-\w+|clearfix|row|col|column|container|wrapper|inner"
    r"|(?:col|offset|order|g|gx|gy)-[\w-]+|d-\w+|[mp][trblxyse]?(?:-+\w+|\d+)|[wh]-\w+|(?:text|font|bg|border|rounded|shadow|flex|grid"
    r"|gap|items|justify|self|space|leading|tracking|z|top|left|right|bottom|inset|opacity|cursor|overflow|max|min|line"
    r"|object|aspect|transition|duration|ease|hover|focus|group|sm|md|lg|xl)-[\w-]+|flex|grid|block|inline|inline-block"
    r"|relative|absolute|sticky|truncate|underline|uppercase|italic|bold|d-flex|h\d",
)
_PLAIN = re.compile(r"-?[A-Za-z_][\w-]*")
_PLAIN_ID = re.compile(r"[A-Za-z][A-Za-z_-]*\d?")
_DESCRIBING = ("data-testid", "data-component", "itemprop", "role")
_MAX_NAMES = 4
_MAX_LEVELS = 4
_MAX_TRIED = 60

#: Element names that say what they are for, so that they need no class.
_TELLING = frozenset({"article", "time", "main", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "tr"})


def names_of(element: Tag) -> list[str]:
    """Simple selectors that describe ``element`` beyond its tag, those made for people to read first."""
    found: list[str] = []
    identity = element.get("id")
    if isinstance(identity, str) and _PLAIN_ID.fullmatch(identity):
        found.append(f"#{identity}")
    for name in classes_of(element):
        if not _PLAIN.fullmatch(name) or _PASSING.fullmatch(name):
            continue
        if prefix := _module(name):
            found.append(f'[class*="{prefix}"]')
        elif not _HASHED.fullmatch(name):
            found.append(f".{name}")
    for attribute in _DESCRIBING:
        value = element.get(attribute)
        if isinstance(value, str) and _PLAIN.fullmatch(value) and not _HASHED.fullmatch(value):
            found.append(f'[{attribute}="{value}"]')
    return found


def _module(name: str) -> str | None:
    """``NewsCard_title__`` of ``NewsCard_title__aB12c``: what is a hash has digits or capitals in it."""
    for pattern in _MODULES:
        match = pattern.fullmatch(name)
        if match and re.search(r"\d|[a-z][A-Z]|[A-Z]{2}", match[2]):
            return match[1]
    return None


def classes_of(element: Tag) -> list[str]:
    """The classes of ``element`` in their order."""
    value = element.get("class")
    return value.split() if isinstance(value, str) else list(value or ())


def kind_of(element: Tag) -> str:
    """What an element looks like to a style sheet, so that two of one kind are known as such."""
    return element.name + "".join(sorted(name for name in names_of(element) if not name.startswith("#")))


def describe(wanted: Sequence[Tag], page: Tag, *, fair: float = 0.6) -> str | None:
    """The simplest selector that finds ``wanted`` in ``page`` and little else; None when there is none.

    ``fair`` is the least share of what is found that must be wanted, and of what is wanted that must be found.
    """
    if not wanted:
        return None
    meant = {id(element) for element in wanted}
    # Only what has the right name is matched: a search through the whole page for each selector takes seconds.
    pool = page.find_all(sorted({element.name for element in wanted}))
    best: tuple[float, int, str] | None = None
    for selector in islice(dict.fromkeys(_candidates(wanted)), _MAX_TRIED):
        matching = soupsieve.compile(selector)
        found = {id(element) for element in pool if matching.match(element)}
        hits = len(found & meant)
        if not hits or min(hits / len(found), hits / len(meant)) < fair:
            continue
        worth = round(2 * hits / (len(found) + len(meant)), 2)
        if best is None or (worth, -len(selector)) > (best[0], best[1]):
            best = (worth, -len(selector), selector)
        if worth == 1:
            break
    return best[2] if best else None


def _candidates(wanted: Sequence[Tag]) -> Iterator[str]:
    """From the simple to the particular: by its own names, then by those of what it stands in."""
    tag = wanted[0].name if all(element.name == wanted[0].name for element in wanted) else ""
    shared = shared_names(wanted)
    own = [name if name.startswith("#") else f"{tag}{name}" for name in shared]
    yield from own
    if len(shared) > 1:
        yield tag + "".join(name for name in shared[:_MAX_NAMES] if not name.startswith("#"))
    if tag in _TELLING:
        yield tag
    mine = [*own, tag] if tag else own
    above: Sequence[Tag] = wanted
    path = ""
    for _ in range(_MAX_LEVELS):
        above = _parents(above)
        if not above or above[0].name in ("body", "html", "[document]"):
            break
        outer = above[0].name if all(element.name == above[0].name for element in above) else "*"
        names = shared_names(above)
        for name in names:
            for inner in mine:
                if path:
                    yield f"{outer if name[0] != '#' else ''}{name} {inner}"
                yield f"{outer if name[0] != '#' else ''}{name} > {path}{inner}"
        if outer in _TELLING or outer in ("ul", "ol", "dl", "table"):
            for inner in mine:
                yield f"{outer} > {path}{inner}"
        path = f"{outer} > {path}"


def shared_names(elements: Sequence[Tag]) -> list[str]:
    """What ``names_of`` says of all of them (a few that lack one do not count)."""
    counts: dict[str, int] = {}
    for element in elements:
        for name in dict.fromkeys(names_of(element)):
            counts[name] = counts.get(name, 0) + 1
    return [name for name, count in counts.items() if count >= 0.9 * len(elements)]


def _parents(elements: Sequence[Tag]) -> list[Tag]:
    found = {id(element.parent): element.parent for element in elements if element.parent is not None}
    return list(found.values())
