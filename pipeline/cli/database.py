"""``dealwire db``: looking after the database."""

from __future__ import annotations

import click

from pipeline.cli.common import say, settings_of, shared_options

_TOLD_EVERY = 10_000


@click.group("db")
@shared_options
def command() -> None:
    """Look after the database.

    \b
    Example:
      dealwire db upgrade
    """


@command.command()
@shared_options
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the tables of the database to this version of dealwire. A database that is up to date is left as it is.

    Make a copy of it first: there is no way back but the copy. Run it again if it was interrupted.

    \b
    Examples:
      dealwire db upgrade
      dealwire db upgrade --database postgresql://user@host/deals
    """
    from storage.database import upgrade_database

    before, after = upgrade_database(settings_of(ctx).url, progress=_tell)
    if before == after:
        click.echo(f"already at version {after}; nothing to do")
    else:
        click.echo(f"upgraded from {before or 'an empty database'} to version {after}")


def _tell(done: int, total: int) -> None:
    if done % _TOLD_EVERY == 0 or done == total:
        say(f"{done} of {total} deals made ready for lists and searches")
