"""What the user sets: where to look, how often, how politely, what to keep, what to write.

``load_config`` reads ``config.yaml`` and checks it as a whole, so that everything wrong with it is said at once. All
values have a default; without a file dealwire runs on the defaults (and has no sources). Relative paths in the file are
relative to the file's own folder, whatever folder dealwire is started in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from pipeline.config_digests import Channel, DigestConfig, DigestFilter, EmailChannel, WebhookChannel
from pipeline.config_file import Located, read_yaml
from pipeline.config_problems import at, describe
from pipeline.config_types import (
    Backfill,
    CikNumbers,
    DatabaseUrl,
    FilePath,
    FilePaths,
    FilingItems,
    FocusName,
    Hosts,
    Interval,
    Language,
    MailAddress,
    OptionalTerms,
    Part,
    Selector,
    SelectorBefore,
    Size,
    Terms,
    Text,
    TimeZone,
    WebAddress,
    WebAddresses,
    did_you_mean,
    known_ones,
)
from pipeline.errors import ConfigError
from pipeline.rhythm import Pace
from scrapers.edgar import DEAL_ITEMS
from scrapers.sources import ArchiveSource, EdgarSource, FeedSource, FolderSource, ListingSource, SitemapSource, Source
from storage.vocabulary import FocusArea

if TYPE_CHECKING:
    from scrapers.http import HttpSettings

DEFAULT_FILE = Path("config.yaml")
DEFAULT_COMPANIES = Path("companies.yaml")
DEFAULT_DATABASE = "sqlite:///dealwire.db"
#: Kinds of source for which ``backfill_since`` means nothing.
READ_WHOLE = frozenset({"folder", "archive"})
_USUAL = Pace()


class StorageConfig(Part):
    """Where the history is kept."""

    url: Annotated[DatabaseUrl, Field(repr=False)] = DEFAULT_DATABASE  # may hold a password
    keep_pages: bool = True  # raw pages, compressed, for `dealwire reextract`


class ScheduleConfig(Part):
    """How often ``dealwire run`` looks, and how far back. A source may say otherwise for itself.

    It looks every ``poll_every`` until a source's rhythm is known, then as fits that between the other two; a source's
    own ``every`` is kept to. ``backfill_since`` is a day, or a period before the day on which a source is added;
    ``all`` is ``date.min``.
    """

    poll_every: Interval = _USUAL.every
    poll_shortest: Interval = _USUAL.shortest
    poll_longest: Interval = _USUAL.longest
    backfill_since: Backfill = timedelta(days=30)
    time_zone: TimeZone = "UTC"  # of digest times

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def pace(self) -> Pace:
        """Of a source that does not say otherwise. Bounds that ``poll_every`` is outside of give way to it."""
        return Pace(self.poll_every, min(self.poll_shortest, self.poll_every), max(self.poll_longest, self.poll_every))


class FetchConfig(Part):
    """Manners and limits of fetching; None is what ``scrapers.http.HttpSettings`` says.

    Sizes are bytes, or written like ``10 MB``. ``allow_private`` names hosts in one's own network that may be fetched.
    ``contact`` is the e-mail address of who runs this; it is told with the user agent's name.
    """

    contact: MailAddress | None = None
    user_agent: Text | None = None
    connect_timeout_seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    read_timeout_seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    total_deadline_seconds: Annotated[float, Field(gt=0, le=3600)] | None = None
    max_wire_bytes: Size | None = None
    max_body_bytes: Size | None = None
    max_redirects: Annotated[int, Field(ge=0, le=20)] | None = None
    host_gap_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    concurrency: Annotated[int, Field(ge=1, le=200)] = 8  # pages at once, over all hosts
    http2: bool | None = None
    respect_robots: bool | None = None
    allow_private: bool | tuple[Text, ...] | None = None
    allowed_ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] | None = None

    def http_settings(self) -> HttpSettings:
        """The same for ``scrapers``."""
        from scrapers.http import HttpSettings, user_agent  # httpx takes a moment, and most commands fetch nothing

        given = self.model_dump(exclude={"concurrency", "contact"}, exclude_none=True)
        if self.user_agent is None:
            given["user_agent"] = user_agent(self.contact)
        elif self.contact is not None and self.contact not in self.user_agent:
            given["user_agent"] = f"{self.user_agent} {self.contact}"
        return HttpSettings(**given)

    @property
    def says_whom_to_write_to(self) -> bool:
        """Whether a server is told an address at which the operator is reached."""
        return self.contact is not None or "@" in (self.user_agent or "")


class _SourceConfig(Part):
    name: Text
    language: Language | None = None  # what the source is written in, where it is one language
    publisher: Text | None = None
    enabled: bool = True
    every: Interval | None = None  # None: as schedule says
    backfill_since: Backfill | None = None  # None: schedule.backfill_since


class FeedConfig(_SourceConfig):
    """RSS, Atom, RDF or JSON Feed."""

    kind: Literal["feed"] = "feed"
    url: WebAddress
    day_first: bool | None = None  # settles 05/11/2026

    def to_source(self) -> FeedSource:
        return FeedSource(self.name, self.url, self.language, self.publisher, self.day_first)


class ListingConfig(_SourceConfig):
    """A newsroom page; ``item``, ``link``, ``title``, ``date`` and ``next_page`` are CSS selectors."""

    kind: Literal["listing"]
    url: WebAddress
    item: Selector
    link: Selector = "a"
    title: Selector | None = None
    date: SelectorBefore | None = None
    next_page: Selector | None = None
    max_pages: Annotated[int, Field(ge=1, le=1000)] = 1
    day_first: bool | None = None

    def to_source(self) -> ListingSource:
        return ListingSource(
            self.name, self.url, self.item, link=self.link, title=self.title, date=self.date, next_page=self.next_page,
            max_pages=self.max_pages, language=self.language, publisher=self.publisher, day_first=self.day_first,
        )  # fmt: skip


class FolderConfig(_SourceConfig):
    """Saved pages and text files."""

    kind: Literal["folder"]
    path: FilePath
    pattern: Text = "**/*"

    def to_source(self) -> FolderSource:
        return FolderSource(self.name, self.path, self.language, self.publisher, self.pattern)


class SitemapConfig(_SourceConfig):
    """A sitemap or news sitemap; ``include`` keeps only the addresses that contain one of these strings.

    ``hosts`` are further sites whose addresses it may name.
    """

    kind: Literal["sitemap"]
    url: WebAddress
    include: OptionalTerms = ()
    max_links: Annotated[int, Field(ge=1)] = 1000
    max_sitemaps: Annotated[int, Field(ge=1, le=1000)] = 5
    hosts: Hosts = ()

    def to_source(self) -> SitemapSource:
        return SitemapSource(
            self.name, self.url, self.language, self.publisher,
            include=self.include, max_links=self.max_links, max_sitemaps=self.max_sitemaps, hosts=self.hosts,
        )  # fmt: skip


class EdgarConfig(_SourceConfig):
    """Filings on Form 8-K at the SEC: of all companies as they come in, or of those whose CIK numbers are named."""

    kind: Literal["edgar"]
    language: Language = "en"
    companies: CikNumbers = ()
    items: FilingItems = tuple(DEAL_ITEMS)
    max_filings: Annotated[int, Field(ge=1, le=1000)] = 40
    base_url: WebAddress = "https://www.sec.gov"
    data_url: WebAddress = "https://data.sec.gov"

    def to_source(self) -> EdgarSource:
        return EdgarSource(
            self.name, self.companies, self.items, max_filings=self.max_filings, publisher=self.publisher,
            base_url=self.base_url, data_url=self.data_url, language=self.language,
        )  # fmt: skip


class ArchiveConfig(_SourceConfig):
    """WARC files: of a path (a file, a folder, a pattern), and by address."""

    kind: Literal["archive"]
    path: FilePath | None = None
    url: WebAddresses = ()
    include: OptionalTerms = ()
    exclude: OptionalTerms = ()
    prefilter: bool = True
    max_file_size: Size = 10_000_000_000

    def to_source(self) -> ArchiveSource:
        return ArchiveSource(
            self.name, self.path, self.url, include=self.include, exclude=self.exclude, prefilter=self.prefilter,
            max_file_bytes=self.max_file_size, language=self.language, publisher=self.publisher,
        )  # fmt: skip


def _kind(value: object) -> str | None:
    kind = value.get("kind", "feed") if isinstance(value, dict) else getattr(value, "kind", "feed")
    return kind if isinstance(kind, str) else None


SourceConfig = Annotated[
    Annotated[FeedConfig, Tag("feed")]
    | Annotated[ListingConfig, Tag("listing")]
    | Annotated[FolderConfig, Tag("folder")]
    | Annotated[SitemapConfig, Tag("sitemap")]
    | Annotated[EdgarConfig, Tag("edgar")]
    | Annotated[ArchiveConfig, Tag("archive")],
    Discriminator(_kind),
]


class Config(Part):
    """All of it. ``focus_areas`` and ``companies`` map a name to further words for it, in any language.

    ``company_files`` are read by ``pipeline.company_files``; the default is, as it need not be there.
    """

    storage: StorageConfig = StorageConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    fetch: FetchConfig = FetchConfig()
    focus_areas: dict[FocusName, Terms] = Field(default_factory=dict)
    companies: dict[Text, Terms] = Field(default_factory=dict)
    company_files: FilePaths = (DEFAULT_COMPANIES,)
    channels: tuple[Channel, ...] = ()
    digests: tuple[DigestConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_sections(cls, value: object) -> object:
        # a section whose every line is commented out is null in YAML and means "the defaults"
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value

    @property
    def areas(self) -> tuple[str, ...]:
        """The built-in focus areas and the user's own."""
        return tuple(dict.fromkeys((*FocusArea, *self.focus_areas)))

    def paces(self) -> dict[str, Pace]:
        """How often each source may be polled, by name."""
        usual = self.schedule.pace
        return {
            source.name: replace(usual, every=source.every, fixed=True) if source.every else usual
            for source in self.sources
        }

    def to_sources(self) -> tuple[Source, ...]:
        """The enabled sources, as ``scrapers`` knows them."""
        return tuple(source.to_source() for source in self.sources if source.enabled)

    def backfill(self) -> dict[str, date | timedelta]:
        """How far back each source is read, by name; what someone put together on purpose is read whole."""
        general = self.schedule.backfill_since
        sources = [source for source in self.sources if source.kind not in READ_WHOLE]
        return {source.name: source.backfill_since or general for source in sources}


def load_config(path: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Config:
    """The configuration in ``path``; with None that of ``config.yaml`` here, or else the defaults.

    Raises ConfigError, which names line, key and what was expected for everything that is wrong.
    """
    if path is None:
        if not DEFAULT_FILE.is_file():
            return Config()
        path = DEFAULT_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(path, ("there is no such file; give another with --config, or copy config.yaml",)) from error
    except IsADirectoryError as error:
        raise ConfigError(path, ("this is a folder; name the file in it",)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(path, (f"not UTF-8 text (byte {error.start}); save it as UTF-8",)) from error
    except OSError as error:
        raise ConfigError(path, (f"cannot be read: {error.strerror or error}",)) from error
    return parse_config(text, path=path, environment=os.environ if environment is None else environment)


def parse_config(text: str, *, path: Path | None = None, environment: Mapping[str, str]) -> Config:
    """The configuration written in ``text``; ``path`` is what messages call it and whose folder paths start from.

    Raises ConfigError.
    """
    found = read_yaml(text, environment)
    if found.problems:
        raise ConfigError(path, tuple(found.problems))
    folder = path.resolve().parent if path is not None else None
    try:
        config = Config.model_validate({} if found.value is None else found.value, context={"folder": folder})
    except ValidationError as error:
        raise ConfigError(path, tuple(describe(e, found, _MODELS) for e in error.errors(include_url=False))) from None
    problems = tuple(_cross_check(config, found))
    if problems:
        raise ConfigError(path, problems)
    return config


def _cross_check(config: Config, found: Located) -> Iterator[str]:
    """What one value alone cannot show."""
    for section, entries in (
        ("sources", config.sources),
        ("channels", config.channels),
        ("digests", config.digests),
    ):
        seen: dict[str, int] = {}
        for position, entry in enumerate(entries):
            if entry.name in seen:
                first = found.line((section, seen[entry.name], "name"))
                said = f"'{entry.name}' is taken (line {first}); every name may be used once"
                yield at(found, (section, position, "name"), said)
            seen.setdefault(entry.name, position)
    for position, source in enumerate(config.sources):
        if source.kind == "archive" and source.path is None and not source.url:
            yield at(found, ("sources", position), "needs 'path' (of WARC files here) or 'url' (of some elsewhere)")
        if source.kind != "edgar":
            continue
        if not source.companies and "max_filings" in source.model_fields_set:
            said = "is of use with companies only; without them dealwire takes what comes in from now on"
            yield at(found, ("sources", position, "max_filings"), said)
        if source.enabled and not config.fetch.says_whom_to_write_to:
            said = (
                "the SEC answers only programs that say whom to write to; "
                "give an e-mail address of yours under fetch, as in `contact: you@your.site`"
            )
            yield at(found, ("sources", position, "kind"), said)
    areas = set(config.areas)
    names = {source.name for source in config.sources}
    for position, digest in enumerate(config.digests):
        asked = [("focus", area, areas, "focus area") for area in digest.filter.focus]
        if digest.filter.source is not None:
            asked.append(("source", digest.filter.source, names, "source"))
        for key, value, choices, what in asked:
            if value not in choices:
                said = f"there is no {what} '{value}'{did_you_mean(value, choices)}"
                yield at(found, ("digests", position, "filter", key), said)
    channels = {channel.name: channel for channel in config.channels}
    for position, digest in enumerate(config.digests):
        where = ("digests", position)
        for name in digest.deliver:
            if name not in channels:
                said = f"there is no channel '{name}'{did_you_mean(name, channels) or known_ones(channels)}"
                yield at(found, (*where, "deliver"), said)
            elif getattr(channels[name], "link", None) is not None and digest.folder is None:
                said = f"channel '{name}' sends a link to the digest's file; name the folder that it is to be in"
                yield at(found, (*where, "folder"), said)


_MODELS: Mapping[tuple[str, ...], type[Part]] = {
    (): Config,
    ("storage",): StorageConfig,
    ("schedule",): ScheduleConfig,
    ("fetch",): FetchConfig,
    ("channels", "email"): EmailChannel,
    ("channels", "webhook"): WebhookChannel,
    ("digests",): DigestConfig,
    ("digests", "filter"): DigestFilter,
    ("sources", "feed"): FeedConfig,
    ("sources", "listing"): ListingConfig,
    ("sources", "folder"): FolderConfig,
    ("sources", "sitemap"): SitemapConfig,
    ("sources", "edgar"): EdgarConfig,
    ("sources", "archive"): ArchiveConfig,
}
