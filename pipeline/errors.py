"""What can go wrong, in three trees that know nothing of each other.

::

    ScrapeError (scrapers.errors)      a document cannot be had
    ├── FetchError                     no usable answer came for an address
    │   ├── BadAddress                 the address itself cannot be asked
    │   ├── Unreachable                no name, no connection, or it broke
    │   ├── TimedOut                   too slow
    │   ├── TooLarge                   more bytes than the cap
    │   │   └── TooLargeArchive        more than its source allows
    │   ├── NoPieces                   a large file cannot be had bit by bit
    │   ├── BadEncoding                the body cannot be unpacked
    │   ├── BadStatus                  the server answered with an error status
    │   ├── TooManyRedirects           redirects go on and on
    │   ├── ForbiddenAddress           the host is in a private network
    │   ├── BrokenAnswer               what came is no HTTP, or broke off
    │   ├── HostBusy                   the host asked to be left alone, or others wait for it already
    │   ├── NotAllowed                 robots.txt forbids it
    │   └── RobotsUnavailable          robots.txt cannot be had now
    ├── FolderError                    a folder or a file in it cannot be read
    └── ParseError                     an answer came, but not what the source promised
        ├── NotAFeed, NotASitemap, NotHtml, UnsafeDocument, BadSelector
        └── NotASubmission, NotASubmissionList, NotAnArchive

    StorageError (storage.errors)      a record cannot be kept or found
    ├── DatabaseUnreachable            no such server or folder, not a database, missing driver
    │   └── BadDatabaseUrl             no URL, or that of a database dealwire does not work with
    ├── DatabaseLocked                 another process holds the lock for too long
    ├── DatabaseReadOnly               can be read but not written
    ├── SchemaVersionError             tables of an older or newer dealwire
    ├── DigestOvertaken                another process made the next digest of a name first
    ├── NotFound                       what was asked for is not there
    ├── InvalidRecord                  a value that the tables cannot hold exactly
    └── EvidenceError                  a quote that is not the slice of the text it claims to be

    PipelineError                      nothing can be made of a document, or of what the user set
    ├── ConfigError                    config.yaml is missing or wrong
    ├── ArticleError                   a page holds no article
    ├── ExtractionError                the extractor's own data is wrong
    ├── LabelError                     a label file or its texts are wrong
    ├── OpmlError                      a file is no list of feeds that can be read
    ├── CompanyListError               a file is no list of companies that can be read
    └── DeliveryError                  a digest did not reach where it was to go

``DealwireError`` is all three, to be caught at the edge.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from scrapers.errors import ScrapeError
from storage.errors import StorageError


class PipelineError(Exception):
    """Root of everything ``pipeline`` raises on purpose; its message names the thing and the way out."""


class ConfigError(PipelineError):
    """The configuration is missing, is no YAML, or says something that is not understood.

    ``problems`` has one line for each thing that is wrong, with line number and key; the message shows them all.
    """

    def __init__(self, path: Path | None, problems: tuple[str, ...]) -> None:
        self.path = path
        self.problems = problems
        where = str(path) if path is not None else "the configuration"
        count = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        super().__init__("\n  ".join((f"{where}: {count} to put right", *problems)))


class ArticleError(PipelineError):
    """A page holds no article: it is empty, binary, too large, or has no text. ``url`` names the page."""

    def __init__(self, url: str, cause: str) -> None:
        self.url = url
        self.cause = cause
        super().__init__(f"{url}: {cause}")


class ExtractionError(PipelineError):
    """A lexicon or alias file of the extractor does not fit its schema; the message names file and entry."""


class LabelError(PipelineError):
    """A label file, or the text of a label, cannot be read; the message names file and line."""


class OpmlError(PipelineError):
    """A list of feeds is no OPML, or none that is safe to read. ``name`` is the file."""

    def __init__(self, name: str, cause: str) -> None:
        self.name = name
        self.cause = cause
        super().__init__(f"{name}: {cause}")


class CompanyListError(PipelineError):
    """A list of companies is neither a CSV with names nor the SEC's list. ``name`` is the file."""

    def __init__(self, name: str, cause: str) -> None:
        self.name = name
        self.cause = cause
        super().__init__(f"{name}: {cause}")


class DeliveryError(PipelineError):
    """A digest did not reach where it was to go. ``permanent``: the same again would be refused again.

    ``retry_after`` is how long the receiver asked to be left alone.
    """

    def __init__(self, message: str, *, permanent: bool = False, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


#: For ``except``: everything that dealwire raises on purpose.
DealwireError = (ScrapeError, StorageError, PipelineError)


def told(error: Exception) -> str:
    """What to tell people: our own errors say it all, others need their kind."""
    if isinstance(error, DealwireError):
        return str(error)
    return f"unexpected {type(error).__name__}: {error}; please report this"
