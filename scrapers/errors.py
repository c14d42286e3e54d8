"""What can go wrong while documents are fetched and their links are read.

    ScrapeError
    ├── FetchError               no usable answer came for an address
    │   ├── BadAddress           the address itself cannot be asked
    │   ├── Unreachable          no name, no connection, or it broke
    │   ├── TimedOut             too slow: to connect, between bytes, or in all
    │   ├── TooLarge             more bytes than the cap, on the wire or unpacked
    │   │   └── TooLargeArchive  a file of an archive, more than its source allows
    │   ├── BadEncoding          the body cannot be unpacked
    │   ├── BadStatus            the server answered with an error status
    │   ├── NoPieces             a large file cannot be had bit by bit
    │   ├── TooManyRedirects     redirects go on and on
    │   ├── ForbiddenAddress     the host is in a private network
    │   ├── BrokenAnswer         what came is no HTTP, or broke off
    │   ├── HostBusy             the host asked to be left alone, or others wait for it already
    │   ├── NotAllowed           robots.txt forbids it
    │   └── RobotsUnavailable    robots.txt cannot be had now, so nothing may be asked
    ├── FolderError              a folder or a file in it cannot be read
    └── ParseError               an answer came, but it is not what the source promised
        ├── NotAFeed
        ├── NotASitemap
        ├── NotHtml
        ├── NotAnArchive
        ├── NotASubmission
        ├── NotASubmissionList
        ├── UnsafeDocument       entities, or markup made to exhaust who reads it
        └── BadSelector          a CSS selector of the configuration that cannot be used

``temporary`` says whether the same request may succeed later (retry) or not (set aside).
"""

from __future__ import annotations


class ScrapeError(Exception):
    """Root of everything that scrapers raise. ``url`` is what it happened to, ``cause`` what happened."""

    temporary: bool = False
    remedy: str = ""

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(url, cause)
        self.url = url
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.url}: {self.cause}" + (f" ({self.remedy})" if self.remedy else "")


class FetchError(ScrapeError):
    """Raised when an address gives no usable answer.

    ``retry_after_seconds`` is how long the server asked to be left alone, if it did (never negative).
    """

    retry_after_seconds: float | None = None


class BadAddress(FetchError):
    """Raised when an address is no http or https address with a host."""

    remedy = "give an address that begins with http:// or https://"


class Unreachable(FetchError):
    """Raised when the name does not resolve, nobody listens, TLS fails, or the connection breaks."""

    temporary = True
    remedy = "check the address and the network"


class TimedOut(FetchError):
    """Raised when connecting, waiting for bytes or the whole answer takes longer than the settings allow."""

    temporary = True
    remedy = "try again later; the time limits are under fetch in the configuration"


class TooLarge(FetchError):
    """Raised when a body passes the byte cap, on the wire or unpacked."""

    remedy = "if this document is wanted, raise the byte caps under fetch in the configuration"


class TooLargeArchive(TooLarge):
    """Raised when a file of an archive is larger than its source allows."""

    remedy = "if it is wanted, raise the source's max_file_size"


class BadEncoding(FetchError):
    """Raised when a body is packed in a way that was not asked for, or is broken."""

    remedy = "nothing to be done here: the server sends what it should not"


class BadStatus(FetchError):
    """Raised for every answer that is no success. ``status`` is the HTTP status."""

    def __init__(self, url: str, status: int, retry_after_seconds: float | None = None) -> None:
        super().__init__(url, f"the server answered {status}")
        self.args = (url, status, retry_after_seconds)
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.temporary = status in (408, 425, 429) or status >= 500
        if self.temporary:
            self.remedy = "try again later"
        elif status in (404, 410):
            self.remedy = "the page is gone; if it is a source, look for its new address"
        elif status in (401, 403):
            self.remedy = "the server does not let this client read it"


class NoPieces(FetchError):
    """Raised when a server gives a large file only as a whole."""

    remedy = "download the file and name it by its path"


class TooManyRedirects(FetchError):
    """Raised when following redirects does not come to an end."""

    remedy = "open the address in a browser and configure the one it ends at"


class ForbiddenAddress(FetchError):
    """Raised when a host is, or resolves to, an address that is not public."""

    remedy = "name the host in allow_private if it is yours to read"


class BrokenAnswer(FetchError):
    """Raised when the server breaks the rules of HTTP, or breaks off in the middle of an answer."""

    temporary = True
    remedy = "try again later; if it stays, the server is broken or is no web server"


class HostBusy(FetchError):
    """Raised instead of asking a host that may not be asked before ``retry_after_seconds``. Nothing was sent."""

    temporary = True
    remedy = "it is tried again then"

    def __init__(self, url: str, cause: str, retry_after_seconds: float = 0.0) -> None:
        super().__init__(url, cause)
        self.args = (url, cause, retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class NotAllowed(FetchError):
    """Raised when the site's robots.txt forbids the address to this client."""

    remedy = "ask the publisher, or remove the source"


class RobotsUnavailable(FetchError):
    """Raised when robots.txt answers with a server error or not at all: until it can be read, all is forbidden."""

    temporary = True
    remedy = "try again later"


class FolderError(ScrapeError):
    """Raised when a folder is missing, or a file is unreadable or outside the folder of its source."""

    remedy = "check the folder's path and permissions"


class ParseError(ScrapeError):
    """Raised when an answer came but is not what the source promised."""


class NotAFeed(ParseError):
    """Raised when a body is no RSS, Atom, RDF or JSON Feed."""

    remedy = "check that the address is the feed's, not the page's"


class NotASitemap(ParseError):
    """Raised when a body is neither a sitemap nor a sitemap index."""

    remedy = "check that the address is the sitemap's; robots.txt often names it"


class NotHtml(ParseError):
    """Raised when a listing is no HTML page."""

    remedy = "check that the address is the newsroom page's"


class NotAnArchive(ParseError):
    """Raised when a file is no WARC file, or one that cannot be read bit by bit."""

    remedy = "pack it anew record by record, as with `fastwarc recompress`, or unpack it"


class NotASubmission(ParseError):
    """Raised when a file is no full text of a filing at EDGAR."""

    remedy = "open the filing's page; it may have been taken down"


class NotASubmissionList(ParseError):
    """Raised when EDGAR's answer is no list of a company's filings."""

    remedy = "check the company's CIK number"


class UnsafeDocument(ParseError):
    """Raised for XML with entity or other declarations, and for markup or JSON that is out of all proportion: nested
    without end, a flood of tags. It is not read at all, and never taken for a source without news.
    """

    remedy = "the document may be an attack; look at it before you trust this source"


class BadSelector(ParseError):
    """Raised when a CSS selector of a listing cannot be parsed."""

    remedy = "correct the selector in the configuration"
