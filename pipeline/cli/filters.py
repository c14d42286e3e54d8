"""The options that narrow down deals, the same for every command that lists them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation, Overflow
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from pipeline.cli.common import Day, Word
from storage.vocabulary import DealType, FocusArea, Role, Status, ValueKind

if TYPE_CHECKING:
    from pipeline.cli.common import Settings
    from storage.deals import DealQuery

P = ParamSpec("P")
R = TypeVar("R")

#: No deal is worth this much in any currency, and the database has no room for it.
_TOO_MUCH = Decimal("1e24")


class Amount(click.ParamType[Decimal]):
    """Money on the command line: ``2500000``, ``2.5m``, ``1bn``, ``1_000_000``."""

    name = "amount"
    _UNITS = (("bn", 9), ("b", 9), ("m", 6), ("k", 3))

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        if isinstance(value, Decimal):
            return value
        text = str(value).lower().replace(",", "").replace("_", "")
        power = 0
        for unit, zeros in self._UNITS:
            if text.endswith(unit):
                text, power = text.removesuffix(unit), zeros
                break
        try:
            amount = Decimal(text).scaleb(power)
        except (InvalidOperation, Overflow):
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount < _TOO_MUCH:
            self.fail(f"{value!r} is no amount; write it like 2500000, 2.5m or 1bn", param, ctx)
        return amount


_OPTIONS = (
    click.option("--party", metavar="NAME", help="A company, by any of its names in any script"),
    click.option("--role", type=Word(Role), metavar="ROLE",
                 help=f"What --party does in the deal, or anyone: {', '.join(Role)}"),
    click.option("--and-party", metavar="NAME", help="Another company in the same deal"),
    click.option("--with-subsidiaries", is_flag=True, help="Also deals of companies that belong to these"),
    click.option("--type", "type_", type=Word(DealType), metavar="TYPE", multiple=True,
                 help=f"Type of deal, also as a further one; several times for any: {', '.join(DealType)}"),
    click.option("--focus", metavar="AREA", multiple=True, help="Focus area, such as ai; several times for any"),
    click.option("--status", type=Word(Status), multiple=True, help="How far the deal has come; several times for any"),
    click.option("--language", metavar="CODE", help="Reported in this language (en, vi, zh, ...)"),
    click.option("--source", metavar="NAME", help="Reported by this source"),
    click.option("--text", metavar="WORDS",
                 help='Words or their beginnings in headline, parties, titles and evidence; "a phrase"; -without'),
    click.option("--since", type=Day(), help="Announced on this day or later (2026-11-05, 2026-11 or 2026)"),
    click.option("--until", type=Day(last=True), help="Announced on this day or earlier"),
    click.option("--updated-since", type=Day(), help="Found or changed on this day or later (UTC)"),
    click.option("--min-value", type=Amount(), help="Worth at least this (2500000, 2.5m, 1bn)"),
    click.option("--max-value", type=Amount(), help="Worth at most this"),
    click.option("--currency", metavar="CODE", help="Value in this currency, such as USD"),
    click.option("--value-kind", type=Word(ValueKind), metavar="KIND",
                 help=f"What the value measures: {', '.join(ValueKind)}"),
    click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="0..1",
                 help="Only deals the extractor is this sure of"),
    click.option("--all", "all_trades", is_flag=True, help="All business deals, not only technology deals"),
)  # fmt: skip
_SEVERAL = {"type": "type_", "focus": "focus", "status": "status"}
_SAME_NAME = ("party", "role", "with_subsidiaries", "language", "source", "text", "since", "until", "min_value",
              "max_value", "currency", "value_kind", "min_confidence")  # fmt: skip


def filter_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add the options; the command gets them as keyword arguments, for ``query_of``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def query_of(settings: Settings, options: dict[str, object]) -> DealQuery:
    """The query that the options of ``filter_options`` ask for; they are taken out of ``options``.

    Raises click.UsageError for options that make no sense together and for a focus area that nobody defined.
    """
    from storage.deals import DealQuery

    since, until, updated = options["since"], options["until"], options.pop("updated_since")
    if isinstance(since, date) and isinstance(until, date) and since > until:
        raise click.UsageError(f"the period ends before it begins: --since {since} --until {until}")
    if isinstance(options["currency"], str):
        options["currency"] = options["currency"].upper()
    several = {name: options.pop(option) for name, option in _SEVERAL.items()}
    for area in several["focus"] if isinstance(several["focus"], tuple) else ():
        _check_focus(area, settings)
    changes = {name: options.pop(name) for name in _SAME_NAME} | {
        name: values or None for name, values in several.items()
    }
    changes["other_party"] = options.pop("and_party")
    if options["all_trades"]:
        changes["technology"] = None
    if isinstance(updated, date):
        changes["updated_since"] = datetime(updated.year, updated.month, updated.day, tzinfo=UTC)
    del options["all_trades"]
    return DealQuery(**changes)  # type: ignore[arg-type]


def _check_focus(focus: str, settings: Settings) -> None:
    import difflib

    known = [*FocusArea, *settings.config.focus_areas]
    if focus not in known:
        close = difflib.get_close_matches(focus, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
        raise click.UsageError(f"there is no focus area {focus!r}; {hint}")
