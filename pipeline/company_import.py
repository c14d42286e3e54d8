"""What the rows of a list bring to the dictionary: new organisations, and new names for known ones. Pure.

Whoever is known first keeps a name: the built-in dictionary and the configuration before the user's file, and in the
file what stands there before what comes. Nothing is taken from anybody; what could not be given is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.company_names import Kind, key_of, kind_of, short_names, without_legal_form
from pipeline.company_rows import CompanyList, Row
from pipeline.extraction.lexicon import fold
from pipeline.extraction.organisations import Entry, shortest
from storage.names import normalise_name

BUILT_IN = "built in"
#: Of a listed company these countries' tickers are what the SEC's list has.
_US = frozenset({"US", ""})


@dataclass(slots=True, eq=False)
class Holder:
    """A known organisation: what is written of it, first by whom, and where further names of it come from."""

    entry: Entry
    source: str
    names: dict[str, str] = field(default_factory=dict)  # folded -> as written
    sources: list[str] = field(default_factory=list)


class Register:
    """Who is known by which name, in the order in which the dictionary asks."""

    def __init__(self) -> None:
        self.holders: list[Holder] = []
        self._by_name: dict[str, Holder] = {}
        self._by_key: dict[str, Holder] = {}
        self._by_ticker: dict[str, list[Holder]] = {}

    def add(self, entry: Entry, source: str) -> Holder:
        """An entry of ``source``; one by the name of a known organisation only gives it further names."""
        holder = self._by_name.get(fold(entry.name))
        if holder is None or fold(holder.entry.name) != fold(entry.name):
            holder = Holder(entry, source)
            self.holders.append(holder)
        for ticker in entry.tickers:
            if holder not in (others := self._by_ticker.setdefault(ticker.upper(), [])):
                others.append(holder)
        if source not in holder.sources:
            holder.sources.append(source)
        for name in (entry.name, *entry.aliases):
            self.name(holder, name)
        return holder

    def name(self, holder: Holder, name: str) -> None:
        """Another name of an organisation, unless it is somebody's already."""
        if self._by_name.setdefault(fold(name), holder) is holder:
            holder.names.setdefault(fold(name), name)
            self._by_key.setdefault(key_of(name), holder)

    def holder(self, name: str) -> Holder | None:
        """Whose name this is, letter by letter but for capitals."""
        return self._by_name.get(fold(name))

    def whoever(self, row: Row) -> Holder | None:
        """The organisation that a row means: by a ticker and half a name, or by its name however that is written."""
        for ticker in row.tickers:
            for holder in self._by_ticker.get(ticker.upper(), ()):
                if _begins_alike(row.name, holder.names.values()):
                    return holder
        key = key_of(row.name)
        for found in (self._by_name.get(fold(row.name)), self._by_key.get(key)):
            if found is not None and (key == key_of(found.entry.name) or not _another(found, row)):
                return found
        short = key_of(without_legal_form(row.name, groups=True))  # HSBC Holdings is the HSBC that is known
        found = self._by_key.get(short) if row.formal else None
        return found if found is not None and short == key_of(found.entry.name) and not _another(found, row) else None


def _another(holder: Holder, row: Row) -> bool:
    """Whether a company and a row that go by one name are two all the same: as country or ticker tell."""
    entry = holder.entry
    if row.country and entry.country and row.country != entry.country:
        return True
    tickers = {ticker.upper() for ticker in entry.tickers}
    return bool(tickers and row.tickers and entry.country in _US and not tickers & {t.upper() for t in row.tickers})


def _begins_alike(name: str, others: Iterable[str]) -> bool:
    first = normalise_name(name).split()[:1]
    return len("".join(first)) > 2 and any(normalise_name(other).split()[:1] == first for other in others)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the user's file as it will be. ``added`` are the names that are new."""

    entry: Entry
    added: tuple[str, ...]
    state: str  # "new", "updated", "more names"
    number: int | None  # of the entry in the file that it takes the place of


@dataclass(slots=True)
class Outcome:
    """What an import comes to."""

    changes: list[Change] = field(default_factory=list)
    known: int = 0
    left: int = 0
    remarks: list[str] = field(default_factory=list)


def register(built_in: Iterable[Entry], companies: Mapping[str, Sequence[str]], source: str) -> Register:
    """The built-in dictionary and the configuration's ``companies``, which are called ``source``."""
    known = Register()
    # the configuration's names come first, and belong to the built-in organisation where it has one of that name
    by_name = {fold(entry.name): entry for entry in built_in}
    for name, aliases in companies.items():
        entry = by_name.get(fold(name))
        holder = known.add(entry.model_copy(update={"aliases": ()}) if entry else Entry(name=name), source)
        for alias in aliases:
            known.name(holder, alias)
    for entry in by_name.values():
        known.add(entry, BUILT_IN)
    return known


def bring(rows: CompanyList, known: Register, own: Sequence[Entry], source: str) -> Outcome:
    """What ``rows`` change in the user's file, which is called ``source`` and has the entries ``own``.

    ``known`` holds the dictionary, this file and all others; it learns what comes.
    """
    outcome = Outcome()
    numbers = {fold(entry.name): number for number, entry in enumerate(own)}
    drafts: dict[str, tuple[Entry, dict[str, None]]] = {}  # by folded name, with the names that are new
    claimed: set[int] = set()  # two listed companies are two, however alike their names
    for row in rows.rows:
        told: list[str] = []
        holder = known.whoever(row)
        if holder is not None and row.formal and id(holder) in claimed:
            holder = None
        if holder is None:
            entry, added = _new(row, known, told)
            if entry is None:
                outcome.left += 1
            else:
                holder = known.add(entry, source)
                drafts[fold(entry.name)] = (entry, dict.fromkeys(added))
        else:
            key = fold(holder.entry.name)
            number = numbers.get(key)
            start, names = drafts.get(key, (Entry(name=holder.entry.name) if number is None else own[number], {}))
            entry, added = _updated(start, holder, row, known, told, full=holder.source == source)
            if entry == start:
                outcome.known += 1
            else:
                drafts[key] = (entry, {**names, **dict.fromkeys(added)})
                known.add(entry, source)
        if holder is not None:
            claimed.add(id(holder))
        outcome.remarks += [f"{row.where}: {remark}" for remark in told]
    for key, (entry, names) in drafts.items():
        number = numbers.get(key)
        first = known.holder(entry.name)
        more = first is not None and first.source != source
        state = "more names" if more else "updated" if number is not None else "new"
        outcome.changes.append(Change(entry, tuple(names), state, number))
    return outcome


def _new(row: Row, known: Register, told: list[str]) -> tuple[Entry | None, tuple[str, ...]]:
    """An organisation that nobody knew, by the names that are free; None where none of them is."""
    names = _free(_proposed(row), None, known, told)
    if not names and row.formal:
        names = _free([row.name], None, known, told)
    if not names:
        told.append("it is left out, as no name is left for it")
        return None, ()
    if told:
        told.append(f"it goes by {names[0]}")
    entry = Entry(
        name=names[0],
        country=row.country,
        kind=row.kind or "company",
        areas=row.areas,
        aliases=names[1:],
        tickers=row.tickers,
        parent=_parent(row, known) or None,
        common_word=_common(names),
    )
    return entry, names[1:]


def _parent(row: Row, known: Register) -> str:
    """The parent by the name that the dictionary gives it."""
    holder = known.holder(row.parent) or known.holder(without_legal_form(row.parent)) if row.parent else None
    return holder.entry.name if holder is not None else row.parent


def _proposed(row: Row) -> list[str]:
    """The names that a row asks for, the one it is to go by first."""
    own = short_names(row.name)
    # one name of a formal row is enough, the longest that is left without the legal form
    first = own if row.formal and own and own[0] == without_legal_form(row.name) else [row.name, *own]
    return [*first, *row.aliases, *(short for alias in row.aliases for short in short_names(alias))]


def _updated(
    start: Entry, holder: Holder, row: Row, known: Register, told: list[str], *, full: bool
) -> tuple[Entry, tuple[str, ...]]:
    """``start`` with what a row adds to it: names, and with ``full`` whatever else the row gives."""
    spelled = {key_of(name) for name in holder.names.values()}
    given = {fold(alias) for alias in row.aliases}
    # what only spells a known name differently is no new name, unless it is given as one
    wanted = [name for name in _proposed(row) if fold(name) in given or key_of(name) not in spelled]
    if not full:  # the dictionary's own names are its own; from a title comes only what misleads nobody
        short = set(short_names(row.name)[1:]) if row.formal or key_of(row.name) in spelled else set()
        wanted = [
            name for name in wanted
            if fold(name) in given or (name not in short and not (row.formal and kind_of(name) is not Kind.TELLING))
        ]  # fmt: skip
    added = tuple(name for name in _free(wanted, holder, known, told) if fold(name) not in holder.names)
    for name in added:
        known.name(holder, name)
    aliases = (*start.aliases, *added)
    changes: dict[str, object] = {"aliases": aliases}
    if full:
        changes["tickers"] = tuple(dict.fromkeys((*start.tickers, *row.tickers)))
        changes["common_word"] = start.common_word or (bool(added) and _common((start.name, *aliases)))
        fields = {"country": row.country, "kind": row.kind, "areas": row.areas, "parent": _parent(row, known)}
        changes |= {key: value for key, value in fields.items() if value}
    else:
        changes["common_word"] = start.common_word or (bool(added) and _common(aliases))
        if row.country and holder.entry.country and row.country != holder.entry.country:
            told.append(f"{holder.entry.name} stays a company of {holder.entry.country} ({holder.source})")
    return start.model_copy(update=changes), added


def _free(names: Sequence[str], holder: Holder | None, known: Register, told: list[str]) -> tuple[str, ...]:
    """The names that nobody else bears; whoever bears one is told."""
    free: dict[str, str] = {}
    for name in names:
        other = known.holder(name)
        if other is None or other is holder:
            free.setdefault(fold(name), name)
        else:
            told.append(f"{name!r} stays a name of {other.entry.name} ({other.source})")
    return tuple(free.values())


def _common(names: Sequence[str]) -> bool:
    return any(kind_of(name) is not Kind.TELLING for name in shortest(names))
