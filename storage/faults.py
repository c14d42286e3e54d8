"""Turns the drivers' errors into ours, each with the way out."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

from storage.errors import (
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnreachable,
    InvalidRecord,
    StorageError,
)

_UNREACHABLE = ("SQLITE_CANTOPEN", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_AUTH")


def as_storage_error(error: exc.SQLAlchemyError, shown_url: str) -> StorageError | None:
    """The storage error that says what ``error`` means to a user; None for what is a programming mistake."""
    if isinstance(error, exc.StatementError) and isinstance(error.orig, StorageError):
        return error.orig  # raised by a column type, wrapped by SQLAlchemy
    if isinstance(error, exc.TimeoutError):
        return DatabaseLocked(f"{shown_url}: every connection is busy; try again, or run fewer things at once")
    if not isinstance(error, exc.DBAPIError):
        return None
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(cause, shown_url)
    return _from_postgres(error, shown_url)


def _from_sqlite(cause: sqlite3.Error, shown_url: str) -> StorageError | None:
    name: str = getattr(cause, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseLocked(
            f"{shown_url} is locked by another process; wait until it has finished, or stop it, and try again"
        )
    if name.startswith("SQLITE_READONLY"):
        return DatabaseReadOnly(
            f"{shown_url} is read-only; allow writing to the file and its folder, or use another database"
        )
    if name.startswith("SQLITE_FULL"):
        return StorageError(f"{shown_url}: the disk is full; free some room and try again")
    if name.startswith("SQLITE_NOTADB"):
        return DatabaseUnreachable(f"{shown_url} is not an SQLite database; name another file or move this one away")
    if name.startswith("SQLITE_CORRUPT"):
        return DatabaseUnreachable(f"{shown_url} is damaged ({cause}); restore it from a backup")
    if name.startswith(_UNREACHABLE):
        return DatabaseUnreachable(
            f"{shown_url} cannot be opened ({cause}); check that its folder exists and may be read and written"
        )
    if isinstance(cause, sqlite3.OperationalError):
        return StorageError(f"{shown_url}: {cause}")
    return None


def _from_postgres(error: exc.DBAPIError, shown_url: str) -> StorageError | None:
    state: str = getattr(error.orig, "sqlstate", None) or ""
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if state in {"55P03", "40P01", "40001"}:
        return DatabaseLocked(f"{shown_url} is locked by another session ({said}); try again")
    if state == "25006":
        return DatabaseReadOnly(f"{shown_url} is read-only ({said}); connect to a primary, or as a user who may write")
    if state == "42501":
        return DatabaseReadOnly(f"{shown_url}: {said}; grant this user the right to write its schema")
    if state.startswith("22"):
        return InvalidRecord(f"{shown_url} cannot keep a value: {said}")
    if state.startswith(("08", "57P", "28", "3D", "3F")) or (isinstance(error, exc.OperationalError) and not state):
        return DatabaseUnreachable(
            f"{shown_url} cannot be reached ({said}); check that the server runs, and the names, user and password"
        )
    if isinstance(error, exc.OperationalError):
        return StorageError(f"{shown_url}: {said}")
    return None
