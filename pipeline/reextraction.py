"""Rebuilding from the stored pages: when the extractor improves, its reports and deals follow.

Page by page, each in its own transaction, so it may be ended at any time and run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import ArticleError, told
from pipeline.reading import Extractor, keep_document, read_document
from pipeline.resolver import Unsettled, settle
from scrapers.sources import Source
from storage import articles, deals, pages
from storage.database import Database
from storage.errors import DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable, SchemaVersionError
from storage.vocabulary import PageState


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did. ``failures`` has the address and the reason for each page that could not be read.

    Pages that never held an article and still do not (``aside``) are no failures.
    """

    pages: int = 0
    reports: int = 0
    new_deals: int = 0
    updated_deals: int = 0
    aside: int = 0
    failures: tuple[tuple[str, str], ...] = ()


def reextract(
    database: Database,
    sources: Mapping[str, Source],
    extract: Extractor,
    *,
    now: Callable[[], datetime],
    progress: Callable[[int, str], None] | None = None,
    batch: int = 100,
) -> Rebuilt:
    """Read every stored page again. ``sources`` are the configured ones by name, for what they say of their pages;
    those of other sources (``ingest --folder``, say) keep the publisher they had.

    A page that can no longer be read keeps what was known of it. Raises StorageError when the database cannot be
    used.
    """
    done = aside = reports = new = updated = 0
    failures: list[tuple[str, str]] = []
    after = 0
    while True:
        with database.reading() as session:
            refs = pages.stored_pages(session, after=after, limit=batch)
        if not refs:
            break
        for ref in refs:
            after = ref.id
            with database.reading() as session:
                body = pages.load_body(session, ref.id)
                earlier = articles.earlier_reading(session, ref.id)
            try:
                document = read_document(
                    body,
                    ref,
                    sources.get(ref.source),
                    extract,
                    fetched_at=earlier.fetched_at,
                    publisher=earlier.publisher,
                    language=earlier.language,
                )
                resolved = keep_document(database, ref.id, document, now=now())
            except (DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable, SchemaVersionError):
                raise
            except Exception as error:  # noqa: BLE001 - a page that trips us must cost only itself
                if isinstance(error, ArticleError) and ref.state is PageState.SET_ASIDE:
                    aside += 1
                else:
                    failures.append((ref.url, told(error)))
            else:
                reports += len(document.reports)
                new += len(resolved.new)
                updated += len(resolved.updated)
            done += 1
            if progress is not None:
                progress(done, ref.url)
    failures += [(stuck.subject, told(stuck.error)) for stuck in _settle(database, now)]
    return Rebuilt(done, reports, new, updated, aside, tuple(failures))


def _settle(database: Database, now: Callable[[], datetime]) -> tuple[Unsettled, ...]:
    """Derive anew the deals that lost reports, and place the reports that are in none; those that cannot be."""
    unsettled: tuple[Unsettled, ...] = ()
    before: tuple[list[int], list[int]] | None = None
    for _ in range(1000):  # each round settles some, until there are none or only those that trip us
        with database.session() as session:
            left = (deals.stale_deals(session), articles.unresolved_reports(session))
            if left in (([], []), before):
                return unsettled
            unsettled = settle(session, now=now())
        before = left
    return unsettled
