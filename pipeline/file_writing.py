"""Replaces a file that a person also edits, in one step, so that nobody ever sees half of it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path


def replace_file(path: Path, body: bytes, before: bytes) -> None:
    """Write ``body`` into ``path``, which held ``before`` when it was read (nothing, if it was not there).

    Raises OSError, and the file is then as it was.
    """
    if not path.exists():
        _put(path, body, 0o644)
        return
    if not os.access(path, os.W_OK):  # replacing it would not ask
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if path.read_bytes() != before:
        raise OSError(f"{path.name} was changed by someone else meanwhile; try again")
    try:
        _put(path, body, stat.S_IMODE(path.stat().st_mode))
    except OSError:
        # A file mounted by itself into a container, or in a folder that is not ours, can only be written in place.
        try:
            path.write_bytes(body)
        except BaseException:
            path.write_bytes(before)
            raise


def _put(path: Path, body: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
