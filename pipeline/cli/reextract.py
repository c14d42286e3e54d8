"""``dealwire reextract``: rebuild what was extracted from the pages that were kept."""

from __future__ import annotations

import sys

import click

from pipeline.cli.common import FAILED, console, extractor, now, say, settings_of, shared_options
from pipeline.cli.progress import shortened


@click.command("reextract")
@shared_options
@click.pass_context
def command(ctx: click.Context) -> None:
    """Rebuild reports and deals from the stored pages, without fetching anything: after an upgrade of dealwire, or
    after a change of focus areas or company names in the configuration. Deals keep their numbers where they can.

    \b
    Examples:
      dealwire reextract
      dealwire reextract --database sqlite:///saved.db
    """
    from pipeline.reextraction import reextract

    settings = settings_of(ctx)
    sources = {source.name: source for source in settings.config.to_sources()}
    with settings.database(must_exist=True) as database:
        if sys.stderr.isatty():
            with console(stderr=True).status("reading stored pages") as status:
                done = reextract(
                    database, sources, extractor(settings), now=now,
                    progress=lambda number, url: status.update(f"{number} pages, {shortened(url)}"),
                )  # fmt: skip
        else:
            done = reextract(database, sources, extractor(settings), now=now)
    for url, reason in done.failures:
        say(f"read failed: {reason}" if url in reason else f"read failed: {url}: {reason}")
    aside = f", {done.aside} without an article as before" if done.aside else ""
    click.echo(
        f"{done.pages} pages read again, {done.reports} reports, {done.new_deals} new deals, "
        f"{done.updated_deals} updated, {len(done.failures)} failed{aside}"
    )
    if done.failures:
        ctx.exit(FAILED)
