"""What the commands share: the two options every one of them takes, errors told to people, consoles, the extractor."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TextIO, TypeVar
from urllib.parse import unquote

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.config import Config
    from pipeline.extraction import OwnAreas
    from pipeline.extraction.organisations import Directory
    from storage.database import Database
    from storage.records import Article, Report

P = ParamSpec("P")
R = TypeVar("R")

FAILED = 1
MISUSED = 2


@dataclass
class Settings:
    """What the shared options say. Nothing is read or opened before it is asked for."""

    config_path: Path | None
    database_url: str | None
    _config: Config | None = field(default=None, repr=False)

    @property
    def config(self) -> Config:
        """The configuration. Raises ConfigError."""
        if self._config is None:
            from pipeline.config import load_config

            self._config = load_config(self.config_path)
        return self._config

    @property
    def url(self) -> str:
        """The database's URL: the option or DEALWIRE_DATABASE_URL, else the configuration's."""
        return self.database_url or self.config.storage.url

    @contextmanager
    def database(self, *, must_exist: bool = False) -> Iterator[Database]:
        """The open database. With ``must_exist`` a SQLite file that is not there is told, not made.

        Raises StorageError.
        """
        from storage.database import open_database

        if must_exist and (missing := missing_file(self.url)) is not None:
            raise click.ClickException(
                f"there is no database at {missing} yet; `dealwire ingest` makes it, or name another with --database"
            )
        with open_database(self.url) as database:
            yield database


def missing_file(url: str) -> Path | None:
    """The file of a SQLite URL, if it is not there; None for every other database."""
    if not url.startswith("sqlite:///"):
        return None
    name = unquote(url.removeprefix("sqlite:///").partition("?")[0])
    if name in ("", ":memory:") or name.startswith("file:"):
        return None
    return None if Path(name).exists() else Path(name)


_SHARED = "dealwire.shared"


def shared_options(function: Callable[P, R]) -> Callable[P, R]:
    """``--config`` and ``--database``; the command gets a ``settings`` argument instead of them."""

    def remember(ctx: click.Context, parameter: click.Parameter, value: object) -> None:
        # A group and its command both take the options: the command line beats the environment, the command its group.
        chosen: dict[str, tuple[object, bool]] = ctx.meta.setdefault(_SHARED, {})
        name = parameter.name or ""
        named = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if named or (value and not chosen.get(name, (None, False))[1]):
            chosen[name] = (value, named)

    config = click.option(
        "--config", type=click.Path(path_type=Path), envvar="DEALWIRE_CONFIG", metavar="FILE", expose_value=False,
        callback=remember, is_eager=True,
        help="The configuration  [default: DEALWIRE_CONFIG, else config.yaml here, else built-in defaults]",
    )  # fmt: skip
    database = click.option(
        "--database", envvar="DEALWIRE_DATABASE_URL", metavar="URL", expose_value=False,
        callback=remember, is_eager=True,
        help="The database, such as sqlite:///deals.db  [default: DEALWIRE_DATABASE_URL, else the configuration's]",
    )  # fmt: skip
    return config(database(function))


def settings_of(ctx: click.Context, *, environment: bool = True) -> Settings:
    """The shared options as given to the command that runs; without ``environment`` only those on the command line."""
    chosen: dict[str, tuple[object, bool]] = ctx.meta.get(_SHARED, {})
    values = {name: value for name, (value, named) in chosen.items() if named or environment}
    path, url = values.get("config"), values.get("database")
    return Settings(path if isinstance(path, Path) else None, url if isinstance(url, str) and url else None)


@contextmanager
def errors_told() -> Iterator[None]:
    """Say what went wrong in one message instead of a traceback: wrong configuration exits with 2, the rest with 1."""
    from pipeline.errors import ConfigError, PipelineError
    from scrapers.errors import ScrapeError
    from storage.errors import BadDatabaseUrl, StorageError

    try:
        yield
    except (BadDatabaseUrl, ConfigError) as error:
        say(f"Error: {error}")
        raise click.exceptions.Exit(MISUSED) from error
    except (PipelineError, ScrapeError, StorageError) as error:
        say(f"Error: {error}")
        raise click.exceptions.Exit(FAILED) from error


def say(message: str) -> None:
    """A line for people, on stderr: results alone go to stdout."""
    click.echo(printable(message), err=True)


def printable(text: str) -> str:
    """The text without what could steer a terminal. Tabs and line ends stay."""
    return "".join(
        char if char in "\t\n" or (char.isprintable()) or char == "\u3000" else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def on_terminal() -> bool:
    """True when results are read by a person, not by another program."""
    return sys.stdout.isatty()


def console(*, stderr: bool = False) -> Console:
    """A rich console on stdout, or stderr."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def now() -> datetime:
    """The clock: aware UTC."""
    return datetime.now(UTC)


class Word(click.Choice[R]):
    """One word of a vocabulary, written as it is everywhere else (click itself takes the names of the constants)."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        return str(choice)


class Day(click.ParamType[date]):
    """A date on the command line: ``2026-11-05``, or ``2026-11`` and ``2026`` for their first day (``last``: last)."""

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self.last = last

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        from calendar import monthrange

        text = str(value)
        try:
            parts = [int(part) for part in text.split("-")]
            if len(parts) == 1 and len(text) == 4:
                return date(parts[0], 12, 31) if self.last else date(parts[0], 1, 1)
            if len(parts) == 2:
                day = monthrange(parts[0], parts[1])[1] if self.last else 1
                return date(parts[0], parts[1], day)
            return date.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no date; write it like 2026-11-05, 2026-11 or 2026", param, ctx)


def extractor(settings: Settings) -> Callable[[Article], tuple[Report, ...]]:
    """The extractor with the configuration's company names and focus areas. Loading its lexicons takes a moment."""
    from pipeline.extraction import extract

    return partial(extract, known=names_of(settings), areas=_areas_of(settings))


def explainer(settings: Settings) -> Callable[[Article], str]:
    """Like ``extractor``, but what comes is the account of how an article was read."""
    from pipeline.extraction import read
    from pipeline.extraction.explain import explain

    known, areas = names_of(settings), _areas_of(settings)
    return lambda article: explain(read(article, known=known, areas=areas))


def _areas_of(settings: Settings) -> OwnAreas | None:
    from pipeline.extraction import OwnAreas

    areas = settings.config.focus_areas
    return OwnAreas(areas) if areas else None


def names_of(settings: Settings) -> Directory:
    """The dictionary of organisations with the configuration's own. Raises ConfigError for a broken file of them."""
    from pipeline.company_files import own_entries
    from pipeline.extraction.organisations import directory, with_aliases

    companies, entries = settings.config.companies, own_entries(settings.config)
    return with_aliases(companies, entries) if companies or entries else directory()


@contextmanager
def plain_stdout() -> Iterator[TextIO]:
    """Stdout as a UTF-8 stream that leaves line ends alone, for CSV."""
    sys.stdout.flush()
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
    try:
        yield stream
        stream.flush()
    finally:
        stream.detach()
