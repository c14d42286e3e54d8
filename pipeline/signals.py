"""Being told to stop. Imports next to nothing, so that a service can listen from its first moment."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def stopping_on_signals(stop: asyncio.Event, *, on_first: Callable[[], None] | None = None) -> Iterator[None]:
    """SIGTERM and SIGINT set ``stop``; a second one ends the process as it does without us. Inside a loop only."""
    loop = asyncio.get_running_loop()
    installed: list[signal.Signals] = []

    def first() -> None:
        stop.set()
        remove()
        if on_first is not None:
            on_first()

    def remove() -> None:
        while installed:
            loop.remove_signal_handler(installed.pop())

    for number in (signal.SIGTERM, signal.SIGINT):
        # Not on Windows, and not outside the main thread: there only the default way of stopping is left.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, first)
            installed.append(number)
    try:
        yield
    finally:
        remove()
