"""A digest as one HTML file: no scripts, nothing loaded, readable on screen (light and dark), on paper and aloud.

The same for mail, where style sheets are not to be relied on: there every element carries its style.
All foreign text is escaped; an address is a link only when it is one of the web or a file.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import TextIO
from urllib.parse import urlsplit

from pipeline.digest.wording import Entry, Heading, Mark, mark_text, quotes, value_text, words
from pipeline.output import day_text
from storage.deals import DealEvidence, DealReport, DealView

#: Deals that the overview at the top lists.
_OVERVIEW = 500
#: Reports of one deal that are shown before the rest is folded away (in mail: left out).
_REPORTS = 5
_MEMORY = 1_000_000  # characters of deals kept before they go to a temporary file

_LIGHT = {
    "ink": "#1a1c20", "soft": "#5a6069", "line": "#dcdfe4", "paper": "#ffffff", "card": "#ffffff", "ground": "#f5f6f8",
    "link": "#0b57b0", "rumored": "#8a5a00", "announced": "#0b57b0", "completed": "#1a6b34", "terminated": "#a32020",
    "new": "#1a6b34", "updated": "#8a5a00",
}  # fmt: skip
_DARK = {
    "ink": "#e8eaed", "soft": "#a5abb4", "line": "#3a3f47", "paper": "#16181c", "card": "#1e2126", "ground": "#16181c",
    "link": "#8ab8f5", "rumored": "#e5b458", "announced": "#8ab8f5", "completed": "#81c995", "terminated": "#f28b82",
    "new": "#81c995", "updated": "#e5b458",
}  # fmt: skip

_BEGINNING = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="referrer" content="no-referrer">\n'
)
_POLICY = (
    '<meta name="color-scheme" content="light dark">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
)
#: What each kind of element looks like; {ink} is a colour of the two lists.
_LOOKS = {
    "body": "margin:0;padding:0;background:{ground};color:{ink};"
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif",
    "page": "max-width:46rem;margin:0 auto;padding:2rem 1rem 3rem",
    "title": "font-size:1.6rem;line-height:1.25;margin:0 0 .25rem",
    "soft": "color:{soft};margin:0 0 .25rem;font-size:.9rem",
    "overview": "width:100%;border-collapse:collapse;margin:1.5rem 0;font-size:.9rem",
    "head": "text-align:left;vertical-align:bottom;padding:.35rem .75rem .35rem 0;border-bottom:2px solid {line};"
    "color:{soft};font-weight:600",
    "cell": "text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid {line}",
    "day": "text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid {line};"
    "white-space:nowrap;font-variant-numeric:tabular-nums",
    "state": "text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid {line};"
    "white-space:nowrap",
    "money": "text-align:right;vertical-align:top;padding:.35rem 0 .35rem .75rem;border-bottom:1px solid {line};"
    "white-space:nowrap;font-variant-numeric:tabular-nums",
    "moneyhead": "text-align:right;vertical-align:bottom;padding:.35rem 0 .35rem .75rem;border-bottom:2px solid {line};"
    "color:{soft};font-weight:600",
    "deal": "background:{card};border:1px solid {line};border-radius:8px;padding:1rem 1.25rem;margin:1rem 0",
    "headline": "font-size:1.15rem;line-height:1.35;margin:0 0 .35rem",
    "facts": "margin:0 0 .6rem;color:{soft};font-size:.9rem",
    "parties": "margin:0 0 .6rem;padding:0;list-style:none",
    "role": "color:{soft};font-size:.9rem",
    "quote": "margin:.6rem 0;padding:.1rem 0 .1rem .9rem;border-left:3px solid {line}",
    "sources": "margin:.6rem 0 0;padding:0;list-style:none;font-size:.9rem",
    "link": "color:{link}",
    "jump": "color:{link};text-decoration:none",
    "rumored": "color:{rumored};font-weight:600",
    "announced": "color:{announced};font-weight:600",
    "completed": "color:{completed};font-weight:600",
    "terminated": "color:{terminated};font-weight:600",
    "new": "margin:0 0 .35rem;font-size:.9rem;font-weight:600;color:{new}",
    "updated": "margin:0 0 .35rem;font-size:.9rem;font-weight:600;color:{updated}",
}
_SHEET_ONLY = (
    "h1,h2,p,li,td,blockquote{{overflow-wrap:anywhere}}.jump:hover{{text-decoration:underline}}summary{{cursor:pointer}}a:focus-visible,summary:focus-visible"
    "{{outline:2px solid {link};outline-offset:2px}}"
    "@media(max-width:34rem){{.state,.money,.moneyhead,.head:nth-child(3){{display:none}}"
    ".page{{padding:1rem .75rem}}.deal{{padding:.75rem 1rem}}}}"
    "@media print{{body{{background:#fff;font-size:10.5pt}}.page{{max-width:none;padding:0}}.deal{{break-inside:avoid;"
    "border-width:1px 0 0;border-radius:0;padding:.5rem 0;margin:.5rem 0}}tr{{break-inside:avoid}}a{{color:inherit}}}}"
)


@dataclass(slots=True)
class _Page:
    """Writes elements with their looks; counts what went by."""

    mail: bool
    most: int | None  # deals that are told in full
    deals: int = 0
    types: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    rows: list[str] = field(default_factory=list)

    def take(self, entry: Entry) -> str:
        """The card of a deal; empty when there are enough of them."""
        view = entry.view
        self.deals += 1
        self.types[view.type.value] += 1
        if entry.mark is not None:
            self.marks["new" if entry.mark.new else "updated"] += 1
        told = self.most is None or self.deals <= self.most
        if len(self.rows) <= _OVERVIEW:
            self.rows.append(self._row(view, linked=told))
        return self._card(entry) if told else ""

    def beginning(self, heading: Heading) -> str:
        """All before the first card; to be asked for after the last one, as it counts them."""
        title = _text(heading.title)
        parts = [
            _BEGINNING,
            "" if self.mail else f"{_POLICY}<style>{_sheet()}</style>\n",
            f"<title>{title}</title>\n</head>\n<body{self._look('body')}>\n<main{self._look('page')}>\n",
            f"<h1{self._look('title')}>{title}</h1>\n<p{self._look('soft')}>{self._summary()}</p>\n",
        ]
        if heading.made_at is not None:
            made = f'<time datetime="{heading.made_at:%Y-%m-%dT%H:%M:%SZ}">{heading.made_at:%Y-%m-%d %H:%M} UTC</time>'
            parts.append(f"<p{self._look('soft')}>{_text(heading.conditions)} · made {made}</p>\n")
        if 1 < self.deals <= _OVERVIEW or (self.most is not None and self.deals > self.most):
            heads = [("head", "Date"), ("head", "Deal"), ("head", "Status"), ("moneyhead", "Value")]
            columns = "".join(
                f'<th scope="col"{self._look(look)}>{name}</th>' for look, name in heads[: 2 if self.mail else 4]
            )
            parts += [
                f"<table{self._look('overview')}>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n",
                *self.rows[:_OVERVIEW],
                "</tbody>\n</table>\n",
            ]
        return "".join(parts)

    def end(self) -> str:
        """All after the last card."""
        rest = 0 if self.most is None else self.deals - self.most
        more = f"<p{self._look('soft')}>{rest} more deals are in the attached file.</p>\n" if rest > 0 else ""
        return f"{more}</main>\n</body>\n</html>\n"

    def _summary(self) -> str:
        if not self.deals:
            return "No deals."
        marks = [f"{count} {name}" for name, count in sorted(self.marks.items())]
        types = [f"{words(name)} {count}" for name, count in self.types.most_common()]
        return " · ".join([f"{self.deals} deal{'' if self.deals == 1 else 's'}", *marks, ", ".join(types)])

    def _row(self, view: DealView, *, linked: bool) -> str:
        headline = _text(view.headline) or _text(", ".join(party.name for party in view.parties))
        if linked and not self.mail:
            headline = f'<a href="#deal-{view.id}"{self._look("jump")}>{headline}</a>'
        status = f"<span{self._look(view.status.value)}>{view.status.value}</span>"
        value = _text(value_text(view.value))
        day, cell = f"<td{self._look('day')}>{_day(view)}</td>", f'<td{self._look("cell")} dir="auto">{headline}'
        if self.mail:  # there is no telling how narrow it is read
            return f"<tr>{day}{cell}<br>{' · '.join(filter(None, (status, value)))}</td></tr>\n"
        return f"<tr>{day}{cell}</td><td{self._look('state')}>{status}</td><td{self._look('money')}>{value}</td></tr>\n"

    def _card(self, entry: Entry) -> str:
        view = entry.view
        parties = "".join(
            f"<li><bdi>{_text(party.name)}</bdi> <span{self._look('role')}>{words(party.role.value)}</span></li>"
            for party in view.parties
        )
        headline = _text(view.headline) or _text(", ".join(party.name for party in view.parties))
        languages = {report.url: report.language for report in view.reports}
        return "".join(
            (
                f'<article id="deal-{view.id}"{self._look("deal")} aria-labelledby="headline-{view.id}">\n',
                self._mark(entry.mark),
                f'<h2 id="headline-{view.id}"{self._look("headline")} dir="auto">{headline}</h2>\n',
                f"<p{self._look('facts')}>{self._facts(view)}</p>\n",
                f"<ul{self._look('parties')}>{parties}</ul>\n" if parties else "",
                *(self._quote(proof, languages.get(proof.url, "")) for proof in quotes(view)),
                self._sources(view.reports),
                "</article>\n",
            )
        )

    def _mark(self, mark: Mark | None) -> str:
        if mark is None:
            return ""
        return f"<p{self._look('new' if mark.new else 'updated')}>{_text(mark_text(mark))}</p>\n"

    def _facts(self, view: DealView) -> str:
        types = ", ".join(words(kind.value) for kind in (view.type, *view.also))
        facts = [
            _day(view),
            f"<span{self._look(view.status.value)}>{view.status.value}</span>",
            types,
            _text(value_text(view.value)),
            _text(", ".join(map(words, view.focus))),
        ]
        return " · ".join(fact for fact in facts if fact)

    def _quote(self, proof: DealEvidence, language: str) -> str:
        return f'<blockquote{self._look("quote")}{_language(language)} dir="auto">“{_text(proof.quote)}”</blockquote>\n'

    def _sources(self, reports: tuple[DealReport, ...]) -> str:
        if not reports:
            return ""
        items = [self._source(report) for report in reports]
        shown = f"<ul{self._look('sources')}>{''.join(items[:_REPORTS])}</ul>\n"
        rest = len(items) - _REPORTS
        if rest <= 0:
            return shown
        more = f"{rest} more report{'' if rest == 1 else 's'}"
        if self.mail:
            return f"{shown}<p{self._look('soft')}>and {more}</p>\n"
        folded = f"<ul{self._look('sources')}>{''.join(items[_REPORTS:])}</ul>"
        return f"{shown}<details{self._look('soft')}><summary>{more}</summary>{folded}</details>\n"

    def _source(self, report: DealReport) -> str:
        title = f"<bdi{_language(report.language)}>{_text(report.title) or 'report'}</bdi>"
        if _is_link(report.url):
            title = f'<a href="{_text(report.url)}" rel="noopener noreferrer"{self._look("link")}>{title}</a>'
        by = _text(report.publisher or report.source)
        return f"<li>{title} <span{self._look('role')}>{by}, {_text(report.language)}</span></li>"

    def _look(self, name: str) -> str:
        return f' style="{escape(_LOOKS[name].format_map(_LIGHT))}"' if self.mail else f' class="{name}"'


def write_page(
    entries: Iterable[Entry], stream: TextIO, heading: Heading, *, mail: bool = False, most: int | None = None
) -> int:
    """Write deals as a page; returns how many. Of more than ``most`` only the first are told in full."""
    page = _Page(mail, most)
    with tempfile.SpooledTemporaryFile(_MEMORY, "w+", encoding="utf-8", errors="replace", newline="") as cards:
        for entry in entries:
            cards.write(page.take(entry))
        stream.write(page.beginning(heading).encode("utf-8", "replace").decode("utf-8"))
        cards.seek(0)
        shutil.copyfileobj(cards, stream)
    stream.write(page.end())
    return page.deals


def _sheet() -> str:
    names = {name: f"var(--{name})" for name in _LIGHT}
    rules = "".join(
        f"{'body' if name == 'body' else f'.{name}'}{{{look.format_map(names)}}}" for name, look in _LOOKS.items()
    )
    light, dark = (";".join(f"--{name}:{colour}" for name, colour in part.items()) for part in (_LIGHT, _DARK))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{rules}" + (
        _SHEET_ONLY.format_map(names)
    )


def _day(view: DealView) -> str:
    day = day_text(view.announced_on, view.announced_precision)
    return f'<time datetime="{day}">{day}</time>' if day else "no date"


def _text(text: str) -> str:
    """Foreign text on one line, as text: markup escaped, characters that steer taken out."""
    return escape("".join(char for char in " ".join(text.split()) if char.isprintable()))


def _language(code: str) -> str:
    return f' lang="{escape(code)}"' if code and code != "und" else ""


def _is_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https", "file")
    except ValueError:
        return False
