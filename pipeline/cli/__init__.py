"""The command line: ``dealwire``. What each command does is in its own module, loaded only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 some of it failed, 2 wrong use or wrong configuration."""
    for stream in (sys.stdout, sys.stderr):
        # Results are UTF-8 whatever the locale; what a terminal cannot show must not stop a command.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            encoding = stream.encoding if stream.isatty() else "utf-8"
            reconfigure(encoding=encoding, errors="backslashreplace")

    from pipeline.cli.app import app

    app.main(args=None if arguments is None else list(arguments), prog_name="dealwire")
