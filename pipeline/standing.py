"""Who is speaking in a report: a filing outranks a party's own release, that a newswire, that the news, that a blog."""

from __future__ import annotations

from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from pipeline.names import words_of
from storage.records import StoredReport

_TABLE = Path(__file__).with_name("standing.yaml")
#: Labels of a host that say nothing of whose it is.
_COMMON = frozenset(
    {"www", "news", "newsroom", "press", "media", "about", "investors", "ir", "blog", "en", "corporate"}
)


class Standing(IntEnum):
    """How far a report is believed against others of the same deal; the greater is."""

    BLOG = 0
    NEWS = 1
    NEWSWIRE = 2
    PARTY = 3
    FILING = 4


#: What one report counts against others in a vote.
WEIGHTS = {
    Standing.BLOG: 0.5,
    Standing.NEWS: 1.0,
    Standing.NEWSWIRE: 2.0,
    Standing.PARTY: 4.0,
    Standing.FILING: 8.0,
}


def standing_of(report: StoredReport) -> Standing:
    """By the host of the report's address (standing.yaml), and by whether host or publisher is one of its parties."""
    names = [party.name for party in report.parties]
    names += [name for party in report.report.parties for name in (party.name, party.company) if name]
    return _standing(report.url, report.publisher or "", tuple(dict.fromkeys(names)))


@lru_cache(maxsize=65536)
def _standing(url: str, publisher: str, parties: tuple[str, ...]) -> Standing:
    host = _host(url)
    listed = _listed(host)
    if listed is not None:
        return listed
    speaking = {*_labels(host), _joined(publisher)}
    return Standing.PARTY if any(_joined(name) in speaking for name in parties) else Standing.NEWS


def _joined(name: str) -> str:
    return "".join(words_of(name))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _listed(host: str) -> Standing | None:
    table = _hosts()
    labels = host.split(".")
    return next((table[name] for i in range(len(labels)) if (name := ".".join(labels[i:])) in table), None)


def _labels(host: str) -> tuple[str, ...]:
    """The words of a host that can be a company's name: of news.acme-labs.co.jp that is acmelabs."""
    labels = [label for label in host.split(".")[:-1] if label not in _COMMON]
    return tuple(label.replace("-", "") for label in labels)


@cache
def _hosts() -> dict[str, Standing]:
    table = yaml.safe_load(_TABLE.read_text("utf-8"))
    return {str(host): Standing[kind.upper()] for kind, hosts in table.items() for host in hosts}
