"""From the bytes of a page to an article: title, text, language, date, publisher.

Two kinds of document are articles: HTML pages, from which trafilatura takes the text, and plain text files, which are
taken as they stand so that evidence spans are positions in the file.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipeline.decoding import decode, is_binary
from pipeline.errors import ArticleError
from pipeline.filings import FilingText, filing_text, saved_filing_text
from pipeline.front_matter import read_front_matter
from pipeline.language import detect
from pipeline.metadata import Moment, PageMetadata, guess_date, parse_moment, read_metadata
from pipeline.plain_lines import plain_lines
from scrapers.edgar_submission import is_submission, parse_submission
from scrapers.errors import UnsafeDocument
from scrapers.excess import MAX_ARTICLE_TAGS, refuse_excessive_html, refuse_excessive_json, without_unseen
from storage.records import Article
from storage.vocabulary import DatePrecision

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scrapers.links import Link

#: A flat page of 4.6 MB costs trafilatura 12 s of CPU, so HTML is capped well below that.
MAX_HTML_BYTES = 2_000_000
MAX_TEXT_BYTES = 5_000_000
_MIN_BODY_CHARS = 80
_MAX_TITLE_CHARS = 240
_MIN_SENTENCE_CHARS = 20
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]|\.(?=\w)")

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_VAGUE_TYPES = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/gzip", "application/x-gzip"}
    | {"application/xml", "text/xml", "application/unknown", "unknown/unknown"}
)
_HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown")
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"RIFF", "a media file"),
    (b"SQLite format 3", "a database"),
)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|div|article|p|h1|table|script|section)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.DOTALL
)
# What the SEC writes around each document of a filing.
_FILING = re.compile(r"\A\s*<DOCUMENT>.{0,2000}?<TEXT>\s*", re.DOTALL)
_SAVED_FILING = re.compile(r"form(?:\s|&#160;|&nbsp;|<[^<>]{0,200}>){1,20}8-K\b", re.IGNORECASE)
_HIDDEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"), None) | {0xA0: " ", 0x202F: " "}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Kind(StrEnum):
    """What sort of document the bytes are."""

    HTML = "html"
    TEXT = "text"


def read_article(
    body: bytes,
    *,
    url: str | None,
    content_type: str | None = None,
    hint: Link | None = None,
    source_language: str | None = None,
    publisher: str | None = None,
    fetched_at: datetime | None = None,
) -> Article:
    """The article in ``body``. Gzipped bodies (saved pages) are unpacked.

    ``hint`` is what the source said of the page (its date is preferred to the page's own except JSON-LD's; its title
    and summary stand in for what the page lacks). ``source_language`` and ``publisher`` come from the configuration;
    the publisher given there wins, the language only where the text leaves it open.

    Raises ArticleError when there is no article in it: empty, too large, binary, a feed, a page without text.
    """
    name = _name(url)
    if body.startswith(b"\x1f\x8b"):
        body = _gunzip(body, name)
    if is_submission(body) and (article := _from_submission(body, name, url, hint, publisher)) is not None:
        return article
    kind = sniff(body, url=url, content_type=content_type)
    limit = MAX_HTML_BYTES if kind is Kind.HTML else MAX_TEXT_BYTES
    if kind is Kind.HTML and len(body) > limit:
        body = without_unseen(body)
    if len(body) > limit:
        raise ArticleError(
            name,
            f"{len(body) / 1e6:.1f} MB is more than the {limit / 1e6:.0f} MB an article may have; "
            "it is probably an archive or a data file: leave it out, or save the article alone",
        )
    if kind is Kind.HTML:
        try:
            refuse_excessive_html(body, name, max_tags=MAX_ARTICLE_TAGS)
        except UnsafeDocument as error:
            raise ArticleError(name, f"is not read: {error.cause}, far more than an article has") from error
    if kind is Kind.TEXT:
        return _from_text(body, name, url, content_type, hint, source_language, publisher)
    return _from_html(body, name, url, content_type, hint, source_language, publisher, fetched_at)


def sniff(body: bytes, *, url: str | None = None, content_type: str | None = None) -> Kind:
    """What kind of document ``body`` is: by its bytes first, then by its declared type, then by the address's ending.

    Raises ArticleError for what is neither HTML nor text.
    """
    name = _name(url)
    if not body.strip():
        raise ArticleError(name, "is empty; there is nothing to read in it")
    for signature, what in _SIGNATURES:
        if body.startswith(signature):
            raise ArticleError(name, f"is {what}; dealwire reads HTML and plain text: convert it first")
    if is_binary(body):
        raise ArticleError(name, "is binary, not HTML or plain text; leave it out or convert it first")
    if _FEED_START.match(body[:2000]):
        raise ArticleError(name, "is a feed or sitemap, not an article; configure it as a source of its own")
    declared = (content_type or "").split(";")[0].strip().lower()
    path = urlsplit(url or "").path.lower().removesuffix(".gz")
    if _is_json(body):
        what = f"JSON data ({declared})" if declared else "JSON data"
        raise ArticleError(name, f"is {what}, not an article; dealwire reads HTML and plain text")
    if path.endswith(_TEXT_SUFFIXES) and declared not in _HTML_TYPES:
        return Kind.TEXT
    if _HTML_START.match(body[:4000]):
        return Kind.HTML
    if declared in _HTML_TYPES or (declared in _VAGUE_TYPES and path.endswith(_HTML_SUFFIXES)):
        return Kind.HTML
    if declared in _TEXT_TYPES or declared in _VAGUE_TYPES:
        return Kind.TEXT
    raise ArticleError(name, f"is {declared}; dealwire reads HTML and plain text: convert it first")


def _is_json(body: bytes) -> bool:
    start = body[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"{", b"[")):
        return False
    try:
        refuse_excessive_json(body, "")
        json.loads(body)
    except UnsafeDocument:
        return True
    except (ValueError, RecursionError):
        return False
    return True


def _from_text(
    body: bytes,
    name: str,
    url: str | None,
    content_type: str | None,
    hint: Link | None,
    language: str | None,
    publisher: str | None,
) -> Article:
    text = decode(body, content_type=content_type, declared=False)
    # What reading the file as text gives anyone: no byte order mark, "\n" at the end of lines. Otherwise untouched.
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise ArticleError(name, "has no text in it")
    noted = read_front_matter(text)
    title = noted.title or next((line for line in lines if any(map(str.isalnum, line))), lines[0])
    when = (parse_moment(hint.published) if hint else None) or noted.date
    return Article(
        title=_shorten(title.lstrip("#").strip() or title),
        text=text,
        language=detect(text, hints=(language,)),
        published_at=when.at if when else None,
        published_precision=when.precision if when else None,
        publisher=publisher,
        url=url,
    )


def _from_html(
    body: bytes,
    name: str,
    url: str | None,
    content_type: str | None,
    hint: Link | None,
    language: str | None,
    publisher: str | None,
    fetched_at: datetime | None,
) -> Article:
    import trafilatura  # 0.8 s to import

    markup = _FILING.sub("", _CONTROL.sub(" ", decode(body, content_type=content_type)), count=1)
    # trafilatura takes a page for something else when its first characters do not say "html".
    tree = trafilatura.load_html(markup if "html" in markup[:50].lower() else f"<!doctype html>\n{markup}")
    if tree is None:
        raise ArticleError(name, "is not HTML that can be parsed; save it again, or leave it out")
    if _SAVED_FILING.search(markup) and (filing := saved_filing_text(plain_lines(tree))) is not None:
        return _of_filing(filing, url, hint, publisher)
    page = read_metadata(tree, url=url)
    when = _date(tree, page, hint, url=url, fetched_at=fetched_at)
    title = _clean(page.title or (hint.title if hint else None) or "")
    text = _clean(_main_text(tree) or "")
    if len(text) < _MIN_BODY_CHARS:
        # A page that a script fills in: its data, or what it and its source say of it, are all there is.
        told = (page.body, page.summary, hint.summary if hint else None)
        text = max(text, *(_clean(part or "") for part in told), key=len)
    if not text and not title:
        raise ArticleError(name, "has no article text; it may need a browser to show it, or be a page of links")
    if not text:
        raise ArticleError(name, f"has a title ({_shorten(title)!r}) but no text; it may need a browser to show it")
    title = _shorten(title or text.split("\n", 1)[0])
    if not text.startswith(title):
        text = f"{title}\n\n{text}"
    return Article(
        title=title,
        text=text,
        language=detect(text, hints=(language, page.language)),
        published_at=when.at if when else None,
        published_precision=when.precision if when else None,
        publisher=publisher or page.publisher,
        url=url,
    )


def _from_submission(
    body: bytes, name: str, url: str | None, hint: Link | None, publisher: str | None
) -> Article | None:
    """The article of a filing's full text; None for a single document of one, which is read like any other."""
    submission = parse_submission(body, url=name)
    filing = filing_text(submission)
    if filing is None:
        if submission.accession is None:
            return None
        raise ArticleError(name, f"is a filing on form {submission.form}; dealwire reads Form 8-K alone")
    return _of_filing(filing, url, hint, publisher)


def _of_filing(filing: FilingText, url: str | None, hint: Link | None, publisher: str | None) -> Article:
    when = parse_moment(hint.published if hint and hint.published else filing.day)
    if filing.accepted_at is not None:
        when = Moment(filing.accepted_at, DatePrecision.TIME)
    text = _clean(filing.text)
    return Article(
        title=_clean(filing.title),
        text=text,
        language=detect(text, hints=("en",)),
        published_at=when.at if when else None,
        published_precision=when.precision if when else None,
        publisher=publisher or filing.company,
        url=url,
    )


def _main_text(tree: HtmlElement) -> str | None:
    import trafilatura

    try:
        text: str | None = trafilatura.extract(tree, include_comments=False, include_tables=True)
    except Exception:  # noqa: BLE001 - an accident of the parser on a strange page costs this page its text, nothing more
        return None
    return text


def _date(
    tree: HtmlElement, page: PageMetadata, hint: Link | None, *, url: str | None, fetched_at: datetime | None
) -> Moment | None:
    told = parse_moment(hint.published) if hint else None
    return (
        page.structured_date
        or told
        or page.meta_date
        or guess_date(tree, url=url, latest=fetched_at.date() if fetched_at else None)
    )


def _gunzip(body: bytes, name: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MAX_TEXT_BYTES + 1)
    except zlib.error as error:
        raise ArticleError(name, f"is a damaged gzip file ({error}); save it again") from error
    return plain


def _clean(text: str) -> str:
    """NFC, no invisible characters, no space at the ends of lines."""
    text = unicodedata.normalize("NFC", text).translate(_HIDDEN)
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def _shorten(title: str) -> str:
    """The title's first line; of one as long as a paragraph, its first sentence or as much as a headline has."""
    title = title.split("\n", 1)[0].strip()
    if len(title) <= _MAX_TITLE_CHARS:
        return title
    for end in _SENTENCE_END.finditer(title, _MIN_SENTENCE_CHARS, _MAX_TITLE_CHARS + 2):
        # Texts that lost their line ends go on right after the full stop: "...than ever.Today".
        glued = title[end.end() : end.end() + 1].isalnum() and end[0] == "."
        if not glued or (title[end.start() - 1].islower() and title[end.end()].isupper()):
            return title[: end.end()]
    cut = title.rfind(" ", 0, _MAX_TITLE_CHARS)
    return title[: cut if cut > _MAX_TITLE_CHARS // 2 else _MAX_TITLE_CHARS].rstrip()


def _name(url: str | None) -> str:
    if not url:
        return "the document"
    return unquote(urlsplit(url).path) if url.startswith("file:") else url
