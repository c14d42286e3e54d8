"""Everything storage raises on purpose.

StorageError
├── DatabaseUnreachable     no such server or folder, not a database, missing driver
│   └── BadDatabaseUrl      what should be a database's URL is none, or one of a database we do not work with
├── DatabaseLocked          another process holds the lock for longer than we wait
├── DatabaseReadOnly        the database can be read but not written
├── SchemaVersionError      tables of an older or newer dealwire (``found``, ``expected``)
├── DigestOvertaken         another process made the digest of this name and number first
├── NotFound                the source, page, article, report, deal or company asked for is not there
├── InvalidRecord           a value that the tables cannot hold exactly
└── EvidenceError           a quote that is not the slice of the text it claims to be
"""

from __future__ import annotations


class StorageError(Exception):
    """Root of what storage raises; also raised itself for a database fault that has no class of its own."""


class DatabaseUnreachable(StorageError):
    """The database cannot be opened: missing folder, no server, no driver, not a database, or a wrong URL."""


class BadDatabaseUrl(DatabaseUnreachable):
    """A database's URL cannot be understood, or names a kind of database that dealwire does not work with."""


class DatabaseLocked(StorageError):
    """Another process holds the database's lock; trying again later is safe."""


class DatabaseReadOnly(StorageError):
    """The database (or its file, folder or user) does not allow writing."""


class SchemaVersionError(StorageError):
    """The database's tables are not those this version works with.

    ``found`` is None when the tables carry no version at all.
    """

    def __init__(self, message: str, *, found: str | None, expected: str) -> None:
        super().__init__(message)
        self.found = found
        self.expected = expected

    def __reduce__(self) -> tuple[object, ...]:
        return (_schema_version_error, (str(self), self.found, self.expected))


def _schema_version_error(message: str, found: str | None, expected: str) -> SchemaVersionError:
    return SchemaVersionError(message, found=found, expected=expected)


class NotFound(StorageError):
    """There is no such record; the message names its kind and key."""


class DigestOvertaken(StorageError):
    """Another process made the next digest of this name meanwhile; nothing was written, and trying again is safe."""


class InvalidRecord(StorageError):
    """A record holds a value that cannot be kept exactly (a nameless party, an amount of 40 digits, a naive time)."""


class EvidenceError(StorageError):
    """A report's evidence is not an exact slice of its article's text; nothing of the article was written."""
