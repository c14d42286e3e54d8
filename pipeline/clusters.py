"""Which documents tell of one deal, by resolution alone: reports in memory, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.resolution import group
from storage.companies import normalise_name
from storage.records import Article, Report, ResolvedParty, StoredReport


def cluster(documents: Iterable[tuple[str, Article, Sequence[Report]]]) -> Mapping[str, frozenset[str]]:
    """For each document (id, article, its reports) the deals that resolution puts it into, as arbitrary names.

    Companies are told apart as the database tells them: by the dictionary's name, else by the normalised one.
    """
    companies: dict[str, int] = {}
    owner: dict[int, str] = {}
    stored: list[StoredReport] = []
    for document, article, reports in documents:
        for report in reports:
            parties = []
            for party in report.parties:
                key = normalise_name(party.company or party.name) or party.name
                parties.append(ResolvedParty(companies.setdefault(key, len(companies) + 1), party.name, party.role))
            number = len(stored) + 1
            owner[number] = document
            stored.append(
                StoredReport(
                    id=number,
                    report=report,
                    parties=tuple(parties),
                    article_id=number,
                    url=article.url or document,
                    title=article.title,
                    language=article.language,
                    source="",
                    published_at=article.published_at,
                    published_precision=article.published_precision,
                )
            )
    found: dict[str, set[str]] = {}
    for number, members in enumerate(group(stored)):
        for member in members:
            found.setdefault(owner[member.id], set()).add(str(number))
    return {document: frozenset(deals) for document, deals in found.items()}
