"""Settings and parts for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.loopback import LoopbackServer

pytest_plugins = ["tests.databases"]

# A busy machine is no fault of the code: examples have no time limit of their own (each test has one).
settings.register_profile("dealwire", deadline=None)
settings.load_profile("dealwire")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """A web server of our own on this machine."""
    with LoopbackServer() as running:
        yield running
