"""``dealwire extract``: the extractor as a tool. Documents in, JSON Lines out, nothing stored."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pipeline.cli.common import FAILED, Settings, printable, say, settings_of, shared_options

if TYPE_CHECKING:
    from scrapers.errors import ScrapeError
    from scrapers.http import Response

#: More than any article has; reading stops there, and the article reader says so.
_MAX_BYTES = 20_000_000
_URL = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class _Document:
    source: str  # as the user named it
    url: str | None
    body: bytes
    content_type: str | None = None


@click.command("extract")
@click.argument("documents", nargs=-1, required=True, metavar="PATH|URL|-...")
@click.option(
    "--language", metavar="CODE", help="Language of the documents where the text leaves it open (en, vi, zh, ...)"
)
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="0..1", help="Leave out deals less sure"
)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Instead of JSON, tell how each document was read: names, cues and frames sentence by sentence, which deals "
    "were weighed, and why",
)
@shared_options
@click.pass_context
def command(
    ctx: click.Context, documents: tuple[str, ...], language: str | None, min_confidence: float, explained: bool
) -> None:
    """Extract deals from documents (HTML or plain text) and print one JSON object per document. Nothing is stored.

    A folder stands for every file in it, - for standard input. What cannot be read is told on standard error, and the
    rest is done.

    \b
    Examples:
      dealwire extract article.html report.txt
      dealwire extract https://example.com/news/1 | jq '.deals[].parties'
      curl -s https://example.com/news/1 | dealwire extract -
      dealwire extract --explain article.html
    """
    from pipeline.article import read_article
    from pipeline.cli.common import explainer, extractor
    from pipeline.errors import ArticleError, PipelineError
    from pipeline.output import document_json, json_line
    from pipeline.reading import reports_in

    settings = settings_of(ctx)
    extract, explain = extractor(settings), explainer(settings)
    failed = False
    for document in _read_all(documents, settings):
        if isinstance(document, str):
            say(f"Error: {document}")
            failed = True
            continue
        try:
            article = read_article(
                document.body, url=document.url, content_type=document.content_type, source_language=language
            )
            if explained:
                line = printable(f"{document.source} ({article.language})\n{explain(article)}")
            else:
                sure = tuple(report for report in reports_in(article, extract) if report.confidence >= min_confidence)
                line = json_line(document_json(document.source, article, sure))
        except ArticleError as error:
            say(f"Error: {_named(document.source)}: {error.cause}")
            failed = True
            continue
        except PipelineError as error:
            say(f"Error: {_named(document.source)}: {error}")
            failed = True
            continue
        except Exception as error:  # noqa: BLE001 - a document that trips the extractor must not cost the others
            what = f"{type(error).__name__}: {error}"
            say(f"Error: {_named(document.source)}: the extractor failed on it ({what}); please report this document")
            failed = True
            continue
        click.echo(line)
    if failed:
        ctx.exit(FAILED)


def _read_all(names: Sequence[str], settings: Settings) -> Iterator[_Document | str]:
    """Every document in the order given; a text where one could not be read, saying why."""
    addresses = [name for name in names if name.lower().startswith(_URL)]
    fetched = asyncio.run(_fetch(addresses, settings)) if addresses else {}
    for name in names:
        if name == "-":
            yield _read_input()
        elif name in fetched:
            answer = fetched[name]
            if isinstance(answer, Exception):
                yield str(answer)
            else:
                yield _Document(name, answer.url, answer.body, answer.content_type)
        elif Path(name).is_dir():
            files = [path for path in Path(name).rglob("*") if path.is_file() and not path.name.startswith(".")]
            if not files:
                yield f"{name}: there is no file in this folder"
            yield from map(_read_file, sorted(files))
        else:
            yield _read_file(Path(name))


def _read_input() -> _Document | str:
    if sys.stdin is None:  # a service manager may have closed it
        return "standard input: it is closed; give a path or an http(s) address"
    try:
        return _Document("-", None, sys.stdin.buffer.read(_MAX_BYTES + 1))
    except OSError as error:
        return f"standard input: cannot be read: {error.strerror or error}"


def _named(source: str) -> str:
    return "standard input" if source == "-" else source


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # the client says what is wrong with it
        return None


def _read_file(path: Path) -> _Document | str:
    try:
        with path.open("rb") as stream:
            body = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return f"{path}: there is no such file; give a path, an http(s) address, or - for standard input"
    except OSError as error:
        return f"{path}: cannot be read: {error.strerror or error}"
    return _Document(str(path), path.resolve().as_uri(), body)


async def _fetch(addresses: Sequence[str], settings: Settings) -> dict[str, Response | ScrapeError]:
    """The answers by address. A host the user names may be in the user's own network."""
    from scrapers.errors import ScrapeError
    from scrapers.http import HttpClient

    chosen = settings.config.fetch.http_settings()
    if not isinstance(chosen.allow_private, bool) or not chosen.allow_private:
        allowed = chosen.allow_private if isinstance(chosen.allow_private, tuple) else ()
        named = [host for address in addresses if (host := _host(address))]
        chosen = replace(chosen, allow_private=(*allowed, *named))
    answers: dict[str, Response | ScrapeError] = {}
    async with HttpClient(chosen) as client:
        gate = asyncio.Semaphore(settings.config.fetch.concurrency)

        async def fetch(address: str) -> None:
            async with gate:
                try:
                    answers[address] = await client.get(address)
                except ScrapeError as error:
                    answers[address] = error

        await asyncio.gather(*map(fetch, dict.fromkeys(addresses)))
    return answers
