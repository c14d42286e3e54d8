"""``dealwire sources check``: what a source gives, told step by step and without storing anything."""

from __future__ import annotations

import asyncio
import difflib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import click

from pipeline.cli.common import (
    FAILED,
    Settings,
    extractor,
    missing_file,
    now,
    say,
    settings_of,
    shared_options,
)
from pipeline.cli.tables import Column, print_table

if TYPE_CHECKING:
    from scrapers.http import HttpClient, Response
    from scrapers.links import Link
    from scrapers.pages import Page
    from scrapers.sources import Poll, Source
    from storage.records import Report

_LINKS = (Column("published"), Column("state"), Column("title", wrap=True), Column("url", wrap=True))
_READ = (
    Column("page read", wrap=True), Column("language"), Column("date"), Column("characters", right=True),
    Column("deals", wrap=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One answer on the way: ``url`` is where redirects ended, ``bytes`` the size of the unpacked body."""

    asked: str
    url: str
    status: int
    bytes: int
    content_type: str | None
    etag: str | None
    last_modified: str | None

    @classmethod
    def of(cls, response: Response) -> Self:
        return cls(
            response.requested_url, response.url, response.status, len(response.body), response.content_type,
            response.etag, response.last_modified,
        )  # fmt: skip

    def __str__(self) -> str:
        moved = f" -> {self.url}" if self.url != self.asked else ""
        kind = f", {self.content_type}" if self.content_type else ""
        told = [name for name, value in (("ETag", self.etag), ("Last-Modified", self.last_modified)) if value]
        later = f"can tell when nothing changed ({', '.join(told)})" if told else "does not tell when nothing changed"
        return f"{self.asked}{moved}: {self.status}, {self.bytes:,} bytes{kind}; {later}"


@dataclass(slots=True)
class Item:
    """One link and, if it was read, what its page holds. ``state`` is new, known or left out."""

    url: str
    title: str | None
    published: str | None
    state: str
    article: dict[str, object] | None = None
    deals: list[dict[str, object]] = field(default_factory=list)
    error: str | None = None


@click.command("check")
@click.argument("source", metavar="NAME|URL")
@click.option("--pages", type=click.IntRange(min=0), default=3, show_default=True, metavar="N",
              help="Fetch and read the first N pages as well")  # fmt: skip
@click.option("--links", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
              help="List the first N links (--json: all of them)")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all that was found")
@shared_options
@click.pass_context
def command(ctx: click.Context, source: str, pages: int, links: int, as_json: bool) -> None:
    """Look at one source and tell what is fetched, found and read. Nothing is stored.

    NAME is a source of the configuration, of any kind. URL is looked at as `sources add` would: its feed, sitemap or
    newsroom page is found first. Of every link it is said whether it is new to the database and whether backfill_since
    leaves it out; of the first pages, the article and the deals in it.

    \b
    Examples:
      dealwire sources check Nokia
      dealwire sources check "VnExpress Số hóa" --pages 10
      dealwire sources check https://www.example.com/newsroom/ --json
    """
    settings = settings_of(ctx)
    check = asyncio.run(_Check(settings, pages, links if not as_json else None).run(source))
    if as_json:
        click.echo(json.dumps(check.as_json(), ensure_ascii=False))
    else:
        check.show()
    if not check.good:
        ctx.exit(FAILED)


@dataclass(slots=True)
class _Check:
    settings: Settings
    pages: int
    shown: int | None
    source: Source | None = None
    requests: list[Request] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return bool(self.items) and not any(item.error for item in self.items)

    async def run(self, wanted: str) -> Self:
        """Look. Raises ScrapeError when the source itself cannot be read; what was asked until then has been told."""
        from pipeline.deal_words import tells_of_deals
        from scrapers.errors import ScrapeError
        from scrapers.http import HttpClient
        from scrapers.poll import poll

        requests = self.requests

        class Witness(HttpClient):
            """Keeps what was answered."""

            async def get(self, url: str, **options: Any) -> Response:
                response = await super().get(url, **options)
                requests.append(Request.of(response))
                return response

        async with Witness(self.settings.config.fetch.http_settings()) as client:
            self.source = source = await self._source(wanted, client)
            requests.clear()
            try:
                found = await poll(source, client, told=tells_of_deals() if source.kind == "archive" else None)
            except ScrapeError:
                for request in requests:
                    say(str(request))
                raise
            asked = list(requests)
            # Of an archive, one batch is looked at.
            self.notes = list(dict.fromkeys(filter(None, (found.reached, *found.notes))))
            self._judge(source, found)
            await self._read(source, found, client)
        self.requests = asked
        return self

    async def _source(self, wanted: str, client: HttpClient) -> Source:
        configured = {source.name: source for source in self.settings.config.to_sources()}
        if wanted in configured:
            return configured[wanted]
        if "://" not in wanted:
            close = difflib.get_close_matches(wanted, configured, 1)
            hint = f"did you mean {close[0]!r}?" if close else "`dealwire sources` lists those there are"
            raise click.UsageError(f"there is no source called {wanted!r}; {hint}")
        from scrapers.discovery import discover

        result = await discover(wanted, client, tell=lambda address: say(f"looking at {address}"))
        if not result.found:
            for failure in result.failures:
                say(f"tried: {failure}")
            raise click.ClickException(f"no feed, no news sitemap and no list of headlines was found at {wanted}")
        return result.found[0].to_source(wanted, result.facts)

    def _judge(self, source: Source, found: Poll) -> None:
        """Tell of each link whether a poll would take it."""
        from pipeline.config import READ_WHOLE
        from scrapers.backfill import choose_links
        from scrapers.identity import identity
        from scrapers.links import canonical_url
        from storage.page_identity import known_pages, url_key

        config = self.settings.config
        setting: date | timedelta = config.backfill().get(source.name, config.schedule.backfill_since)
        added, polled = now(), False
        known: dict[str, int] = {}
        if missing_file(self.settings.url) is None:
            from storage.errors import NotFound, StorageError
            from storage.sources import load_states

            try:
                with self.settings.database() as database, database.reading() as session:
                    keys = {url_key(identity(link.url)): url_key(canonical_url(link.url)) for link in found.links}
                    known = known_pages(session, keys)
                    memory = load_states(session, [source.name])[source.name]
                    added, polled = memory.added_at, memory.last_success_at is not None
            except NotFound:
                pass  # a source that was never polled
            except StorageError as error:
                self.notes.append(f"the database was not asked: {error}")
        since = _since(setting, added) if source.kind not in READ_WHOLE else None
        chosen = choose_links(found.links, since=since, first_poll=not polled, now=now())
        self.notes.extend(chosen.notes)
        taken = {link.url for link in (*chosen.taken, *map(_link_of, found.pages))}
        for link in (*found.links, *map(_link_of, found.pages)):
            seen = url_key(identity(link.url)) in known
            state = "known" if seen else "new" if link.url in taken else "left out"
            self.items.append(Item(link.url, link.title, link.published, state))

    async def _read(self, source: Source, found: Poll, client: HttpClient) -> None:
        from pipeline.article import read_article
        from pipeline.errors import PipelineError
        from pipeline.output import moment_text
        from pipeline.reading import reports_in
        from scrapers.errors import ScrapeError
        from scrapers.pages import fetch_page

        if not self.pages:
            return
        extract = extractor(self.settings)
        came_along = {page.url: page for page in found.pages}
        links = {link.url: link for link in found.links} | {page.url: _link_of(page) for page in found.pages}
        wanted = [item for item in self.items if item.state != "left out"] or self.items
        for item in wanted[: self.pages]:
            try:
                link = links[item.url]
                page = came_along.get(item.url) or await fetch_page(link, source, client)
                article = read_article(
                    page.body, url=page.final_url, content_type=page.content_type, hint=link,
                    source_language=source.language, publisher=source.publisher,
                )  # fmt: skip
                reports = reports_in(article, extract)
            except (ScrapeError, PipelineError) as error:
                item.error = str(error)
                continue
            published = moment_text(article.published_at, article.published_precision)
            item.article = {
                "title": article.title, "published": published, "language": article.language,
                "characters": len(article.text),
            }  # fmt: skip
            item.deals = [_deal(report) for report in reports]

    def show(self) -> None:
        source = self.source
        assert source is not None
        click.echo(f"{source.name}: {source.kind} at {source.url}")
        for request in self.requests:
            click.echo(f"  {request}")
        if self.requests and self.settings.config.fetch.respect_robots is not False and source.kind != "edgar":
            click.echo("  robots.txt allows it")
        dated = sum(item.published is not None for item in self.items)
        counts = {state: sum(item.state == state for item in self.items) for state in ("new", "known", "left out")}
        told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        click.echo(f"  {len(self.items)} links, {dated} dated" + (f": {told}" if told else ""))
        for note in self.notes:
            click.echo(f"  note: {note}")
        rows = [(item.published or "", item.state, item.title or "", item.url) for item in self.items[: self.shown]]
        click.echo()
        print_table(_LINKS, rows)
        if self.shown is not None and len(self.items) > self.shown:
            say(f"{len(self.items) - self.shown} more; --links {len(self.items)} lists them all")
        if read := [_row(item) for item in self.items if item.article or item.error]:
            click.echo()
            print_table(_READ, read)

    def as_json(self) -> dict[str, object]:
        assert self.source is not None
        return {
            "source": self.source.name, "kind": self.source.kind, "url": self.source.url,
            "requests": [asdict(request) for request in self.requests], "notes": self.notes,
            "links": [asdict(item) for item in self.items],
        }  # fmt: skip


def _link_of(page: Page) -> Link:
    from scrapers.links import Link

    return Link(page.url)


def _since(setting: date | timedelta, added: datetime) -> date | None:
    since = (added - setting).date() if isinstance(setting, timedelta) else setting
    return None if since == date.min else since


def _deal(report: Report) -> dict[str, object]:
    parties = [{"name": party.name, "role": party.role.value} for party in report.parties]
    return {"type": report.type.value, "status": report.status.value, "parties": parties}


def _row(item: Item) -> tuple[str, ...]:
    if item.article is None:
        return (item.title or item.url, "", "", "", f"failed: {item.error}")
    told = item.article
    deals = "; ".join(map(_told, item.deals)) or "no deal"
    return (str(told["title"]), str(told["language"]), str(told["published"] or ""), str(told["characters"]), deals)


def _told(deal: dict[str, object]) -> str:
    parties = deal["parties"]
    names = [f"{party['name']} ({party['role']})" for party in parties] if isinstance(parties, list) else []
    return f"{deal['type']}: {', '.join(names)}"
