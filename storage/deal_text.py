"""The words that a deal is found by, and the full-text index over them.

SQLite has an FTS5 index (``deal_words``, kept by triggers), PostgreSQL a ``tsvector`` with a GIN index. Both are given
words that are cut already (``tokens``), so that they find the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, String, and_, delete, func, insert, literal, not_, select, type_coerce
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from storage.models import DealText
from storage.tokens import Phrase, TextQuery, words_of_all
from storage.told import Told

#: Words of one deal that are kept: more would be the hundredth copy of the same news.
MAX_WORDS = 3000
#: Characters of evidence that are kept of one deal.
MAX_QUOTED = 2000


def deal_words(headline: str, parties: Sequence[str], told: Told) -> list[str]:
    """Headline, parties (as shown and as written), titles and evidence, as words."""
    quotes: list[str] = []
    room = MAX_QUOTED
    for quote in told.quotes:
        if len(quote) <= room:
            quotes.append(quote)
            room -= len(quote)
    return words_of_all([headline, *parties, *told.names, *told.titles, *quotes], limit=MAX_WORDS)


def write_text(session: Session, deal_id: int, day: date, words: list[str]) -> None:
    """Make these the words of the deal; nothing is written where they are so already."""
    key = text_key(day, deal_id)
    fingerprint = hashlib.blake2b(" ".join(words).encode(), digest_size=16).hexdigest()
    row = session.execute(select(DealText.key, DealText.fingerprint).where(DealText.deal_id == deal_id)).one_or_none()
    if row is not None and tuple(row) == (key, fingerprint):
        return
    if row is not None:
        session.execute(delete(DealText).where(DealText.deal_id == deal_id))
    row_of_words = {"key": key, "deal_id": deal_id, "fingerprint": fingerprint, "words": words}
    session.execute(insert(DealText), [row_of_words])


def text_key(day: date, deal_id: int) -> int:
    """The key of a deal's words: in its order deals are in that of days."""
    return day.toordinal() << 32 | deal_id


def containing(query: TextQuery, *, postgres: bool) -> ColumnElement[bool]:
    """The condition on ``deal_text`` that its words are those asked for, of which there is one at least.

    PostgreSQL may use the index for it. SQLite looks at the row alone: its index is ``deal_words``.
    """
    if postgres:
        return DealText.words.op("@@", is_comparison=True)(literal(ts_query(query), TSQUERY))
    has = [_has(phrase) for phrase in query.wanted]
    return and_(*has, *(not_(_has(phrase)) for phrase in query.unwanted))


def ts_query(query: TextQuery) -> str:
    """PostgreSQL's notation: nothing but letters, digits and our own signs."""
    return " & ".join([*map(_ts_phrase, query.wanted), *(f"!{_ts_phrase(phrase)}" for phrase in query.unwanted)])


def fts5_query(query: TextQuery) -> str:
    """FTS5's notation of what is wanted: nothing but letters, digits and our own signs."""
    return " AND ".join(f'"{" ".join(phrase.words)}"{"*" if phrase.prefix else ""}' for phrase in query.wanted)


def _ts_phrase(phrase: Phrase) -> str:
    words = " <-> ".join(f"'{word}'" for word in phrase.words)
    return f"({words}{':*' if phrase.prefix else ''})"


def _has(phrase: Phrase) -> ColumnElement[bool]:
    # Each word has a space on either side.
    needle = f" {' '.join(phrase.words)}{'' if phrase.prefix else ' '}"
    return func.instr(type_coerce(DealText.words, String), needle) > 0
