from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import pipeline.errors
import scrapers.errors
import storage.errors
from pipeline.errors import ConfigError, DealwireError


def _errors(module: ModuleType) -> list[type[Exception]]:
    found = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Exception)]
    return [error for error in found if error.__module__ == module.__name__]


ALL = [error for module in (scrapers.errors, storage.errors, pipeline.errors) for error in _errors(module)]


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_can_be_caught_at_the_edge_and_is_in_the_drawn_tree(error: type[Exception]) -> None:
    assert issubclass(error, DealwireError)
    assert error.__name__ in (pipeline.errors.__doc__ or "")
    assert error.__doc__


def test_a_configuration_error_shows_all_its_problems() -> None:
    assert str(ConfigError(None, ("line 1: a", "line 2: b"))).splitlines() == [
        "the configuration: 2 things to put right",
        "  line 1: a",
        "  line 2: b",
    ]
