"""``dealwire demo``: the whole way, on a newsroom that comes along."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import FAILED, Settings, now, on_terminal, say, settings_of, shared_options

if TYPE_CHECKING:
    from pipeline.config import Config


@click.command("demo")
@click.option("--output", "-o", type=click.Path(file_okay=False, path_type=Path), default=Path("dealwire-demo"),
              show_default=True, metavar="DIR", help="Where the demo's database and digest go")  # fmt: skip
@shared_options
@click.pass_context
def command(ctx: click.Context, output: Path) -> None:
    """Try the whole way on a bundled newsroom: four outlets in English, Vietnamese and Chinese, served on this machine.

    It is polled, fetched and read over HTTP like any other source; the deals are kept in a database, listed, and
    written as a CSV digest. Nothing is asked of the internet. Run again, it starts anew. Your own configuration and
    database are left alone unless you name them on the command line.

    \b
    Examples:
      dealwire demo
      dealwire demo --output /tmp/demo
    """
    from pipeline.cli.deals import print_deals
    from pipeline.cli.ingest import ingest_now, print_result
    from pipeline.config import Config
    from pipeline.config_digests import DigestFormat
    from pipeline.demo.server import NewsroomServer
    from pipeline.demo.sources import newsroom_sources
    from pipeline.digest.making import Wanted, make
    from pipeline.digest.periods import span_between
    from scrapers.http import HttpSettings
    from storage.deals import DealQuery, iter_rows

    settings = _settings(ctx, output, Config())
    # Our own loopback address, and nobody there to be polite to.
    http = HttpSettings(allow_private=("127.0.0.1",), host_gap_seconds=0)
    with NewsroomServer() as newsroom, settings.database() as database:
        say(f"serving {len(newsroom.paths)} documents of a bundled newsroom at {newsroom.base}")
        result = ingest_now(newsroom_sources(newsroom.base), database, http, settings)
        print_result(result)
        if not on_terminal():
            click.echo()
        everything = DealQuery(technology=None)
        with database.reading() as session:
            print_deals(iter_rows(session, everything))
        path = output / "deals.csv"
        wanted = Wanted("deals", everything, span_between(None, None), DigestFormat.CSV, lambda _: path, UTC)
        try:
            made = make(database, wanted, now=now())
        except OSError as error:
            raise click.ClickException(f"{path}: cannot be written: {error.strerror or error}") from error
    if not on_terminal():
        click.echo()
    click.echo(f"CSV digest of {made.deals} deals: {path.resolve()}")
    say(f"\nNext: dealwire deals --party 诺基亚 --database {settings.url}")
    say(f"      dealwire show 1 --database {settings.url}")
    if not result.ok or result.stopped:
        ctx.exit(FAILED)


def _settings(ctx: click.Context, output: Path, defaults: Config) -> Settings:
    """Only what the command line names; else defaults and a new database in ``output``.

    What the environment or a config.yaml that lies here says is of the user's own history.
    """
    given = settings_of(ctx, environment=False)
    chosen = given if given.config_path else Settings(None, given.database_url, defaults)
    _ = chosen.config  # what is wrong in it is told before anything is served, made or removed
    if chosen.database_url is None:
        try:
            output.mkdir(parents=True, exist_ok=True)
            for name in ("demo.db", "demo.db-wal", "demo.db-shm"):
                (output / name).unlink(missing_ok=True)
        except OSError as error:
            raise click.ClickException(f"{output}: {error.strerror or error}; choose another with --output") from error
        chosen.database_url = f"sqlite:///{(output / 'demo.db').as_posix()}"
    return chosen
