"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no fault of the code: examples have no time limit of their own (each test has one).
settings.register_profile("dealwire", deadline=None)
settings.load_profile("dealwire")
