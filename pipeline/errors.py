"""What can go wrong, in three trees that know nothing of each other.

::

    ScrapeError (scrapers.errors)         getting a document
    ├── FetchError                        ... from the network
    │   └── Unreachable, TimedOut, TooLarge, BadStatus, TooManyRedirects, ForbiddenAddress, NotAllowed
    └── ParseError                        ... from its bytes
        └── NotAFeed, UnsafeXml, NotHtml

    StorageError (storage.errors)         keeping a record
    └── DatabaseUnreachable, DatabaseLocked, DatabaseReadOnly, SchemaVersionError, NotFound, EvidenceError

    PipelineError                         making something of a document
    ├── ConfigError                       config.yaml is wrong or missing
    ├── ArticleError                      no article can be drawn from a page
    ├── ExtractionError                   the extractor's own data is wrong
    └── LabelError                        a label file or its texts are wrong
"""

from __future__ import annotations

from pathlib import Path


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
        super().__init__("\n  ".join((f"{where}: {len(problems)} thing(s) to put right", *problems)))


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
