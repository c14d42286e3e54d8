"""What a feed says of how long a copy of it may be kept: RSS's ``ttl``."""

from __future__ import annotations

import re

#: A feed that says longer than this is taken as saying this.
MAX_SECONDS = 7 * 24 * 3600.0

# By pattern, and only before the first item: a hint that is not found costs nothing, a second parse would.
_HEAD_BYTES = 20_000
_FIRST_ITEM = re.compile(rb"<(?:item|entry)[\s>]")
_TTL = re.compile(rb"<ttl>\s*(\d{1,9})\s*</ttl>")


def ttl_seconds(body: bytes) -> float | None:
    """The feed's ttl, which is in minutes, as seconds from 0 to a week; None when it has none.

    The update period of the syndication module is not taken for one: it tells how often a feed changes, and most
    carry the "hourly" that their software came with.
    """
    head = body[:_HEAD_BYTES]
    first = _FIRST_ITEM.search(head)
    ttl = _TTL.search(head, 0, first.start() if first else len(head))
    return min(int(ttl[1]) * 60.0, MAX_SECONDS) if ttl else None
