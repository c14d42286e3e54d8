"""What the commands that overrule resolution share: who judges and why, and how a company is named."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from pipeline.cli.common import FAILED, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.judging import Person
    from pipeline.resolver import Unsettled

P = ParamSpec("P")
R = TypeVar("R")


def judging_options(function: Callable[P, R]) -> Callable[P, R]:
    """``--reason`` and ``--by``: what the ledger keeps of a person's judgement."""
    reason = click.option(
        "--reason", default="", metavar="TEXT", help="Why; kept in the ledger and shown with the deal"
    )
    by = click.option("--by", metavar="NAME", help="Who says so  [default: the user's name]")
    return reason(by(function))


def person(reason: str, by: str | None) -> Person:
    """Who judges, now."""
    from pipeline.judging import Person

    return Person(by or _user(), reason, datetime.now(UTC))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return "somebody"


def company_id(session: Session, named: str) -> int:
    """The company that a person names, by number or by a name that only one has. Raises click.UsageError."""
    from storage.companies import find_companies, names_of

    if named.isdecimal() and named.isascii():
        return int(named)
    found = find_companies(session, named)
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.UsageError(
            f"the history knows no company called {named!r}; `dealwire companies find TEXT` searches"
        )
    names = names_of(session, found)
    listed = ", ".join(f"{number} ({names[number]})" for number in found[:10])
    raise click.UsageError(f"{len(found)} companies may be meant by {named!r}; name one by its number: {listed}")


def tell_unsettled(ctx: click.Context, unsettled: Sequence[Unsettled]) -> None:
    """Say which deals could not be derived anew; they are tried again with the next pass."""
    for stuck in unsettled:
        say(f"{stuck.subject}: {stuck.error}")
    if unsettled:
        ctx.exit(FAILED)
