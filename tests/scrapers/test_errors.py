"""Each error says what, where and what to do, and survives the way out of a worker process."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from scrapers import errors
from scrapers.errors import BadStatus, FetchError, ParseError, ScrapeError


def leaves(kind: type[ScrapeError]) -> Iterator[type[ScrapeError]]:
    children = kind.__subclasses__()
    if not children:
        yield kind
    for child in children:
        yield from leaves(child)


@pytest.mark.parametrize("kind", [kind for kind in leaves(ScrapeError) if kind is not BadStatus])
def test_every_error(kind: type[ScrapeError]) -> None:
    error = kind("https://news.example/x", "it broke")
    assert str(error) == f"https://news.example/x: it broke ({kind.remedy})"
    assert kind.remedy
    assert kind.__doc__ is not None
    assert kind.__doc__.startswith("Raised")
    assert kind.__name__ in (errors.__doc__ or "")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.temporary) == (kind, str(error), error.temporary)


def test_bad_status_keeps_its_facts() -> None:
    copy = pickle.loads(pickle.dumps(BadStatus("https://news.example/x", 503, 30.0)))
    assert (copy.status, copy.retry_after_seconds, copy.temporary) == (503, 30.0, True)


def test_the_roots() -> None:
    assert issubclass(FetchError, ScrapeError)
    assert issubclass(ParseError, ScrapeError)
    assert not issubclass(ParseError, FetchError)
