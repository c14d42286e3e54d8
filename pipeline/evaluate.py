"""Scores the extractor against labelled documents.

``evaluate`` is pure: labels and predictions in, ``Scores`` out. Reading the label file, running the extractor and
printing the table stand beside it. Deals are scored on documents whose label says there is one; a deal that was not
found counts as wrong in every measure, a deal too many counts its parties as false. ``python -m pipeline.evaluate
GOLD.jsonl --texts DIR`` runs it from a shell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from pipeline.labels import Labelled, LabelledDeal, read_text
from pipeline.names import Likeness, likeness
from storage.records import Article, Party, Report
from storage.vocabulary import DealType

#: Two amounts are the same when they differ by at most this share (a label may round what the text writes out).
AMOUNT_TOLERANCE = Decimal("0.005")

Extractor = Callable[[Article], Sequence[Report]]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the extractor made of one document.

    ``text`` is the article's text, which evidence must be exact slices of. ``clusters`` are the deals that resolution
    put the reports into, None where resolution was not run.
    """

    reports: tuple[Report, ...]
    text: str = ""
    clusters: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float | None:
        """Share of what came that is right; None when nothing came."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Share of what was expected that came; None when nothing was expected."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; None when nothing was expected and nothing came."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many are right."""

    right: int = 0
    of: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.right + other.right, self.of + other.of)

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.right / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Miss:
    """Where prediction and label differ: ``measure`` is the name of a field of ``Measures``."""

    id: str
    measure: str
    expected: str
    came: str


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures over some documents."""

    documents: int = 0
    deals: int = 0
    detection: Counts = Counts()
    parties: Counts = Counts()
    roles: Counts = Counts()
    type: Share = Share()
    also: Counts = Counts()  # primary and further types together, as a set
    focus: Counts = Counts()
    value: Share = Share()  # right, or rightly absent
    value_given: Share = Share()  # of the deals whose label has a value
    status: Share = Share()
    technology: Counts = Counts()
    evidence: Share = Share()

    def figures(self) -> dict[str, float]:
        """The headline measures in percent, without those that nothing was expected of."""
        values = {
            "detection": self.detection.f1,
            "parties": self.parties.f1,
            "roles": self.roles.f1,
            "type": self.type.share,
            "focus": self.focus.f1,
            "value": self.value.share,
            "status": self.status.share,
        }
        return {name: 100 * value for name, value in values.items() if value is not None}

    def __add__(self, other: Measures) -> Measures:
        return Measures(
            self.documents + other.documents,
            self.deals + other.deals,
            self.detection + other.detection,
            self.parties + other.parties,
            self.roles + other.roles,
            self.type + other.type,
            self.also + other.also,
            self.focus + other.focus,
            self.value + other.value,
            self.value_given + other.value_given,
            self.status + other.status,
            self.technology + other.technology,
            self.evidence + other.evidence,
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """All measures: together, per language, per labelled primary type, with what was missed.

    ``same_deal`` counts pairs of documents (one deal or not); None where no prediction carries clusters.
    """

    overall: Measures
    by_language: Mapping[str, Measures]
    by_type: Mapping[DealType, Measures]
    confusions: Mapping[tuple[DealType, DealType], int] = field(default_factory=dict)
    same_deal: Counts | None = None
    misses: tuple[Miss, ...] = ()


def evaluate(
    gold: Sequence[Labelled],
    predicted: Mapping[str, Prediction],
    *,
    canonical: Callable[[str], str | None] = lambda name: None,
) -> Scores:
    """Score predictions (by document id) against labels. A document without a prediction counts as "no deal".

    ``canonical`` gives the dictionary's name of a company, None when it knows nothing.
    """
    overall = Measures()
    by_language: dict[str, Measures] = defaultdict(Measures)
    by_type: dict[DealType, Measures] = defaultdict(Measures)
    confusions: dict[tuple[DealType, DealType], int] = defaultdict(int)
    misses: list[Miss] = []
    for label in gold:
        prediction = predicted.get(label.id, Prediction(()))
        document, found = _detect(label, prediction)
        misses += found
        if label.is_deal:
            pairs, spurious = _align(label.deals, prediction.reports, canonical)
            for deal, report in pairs:
                measures, found = _compare(label.id, deal, report, canonical)
                document += measures
                by_type[deal.type] += measures
                misses += found
                if report is not None and report.type != deal.type:
                    confusions[deal.type, report.type] += 1
            for report in spurious:
                extra = len(report.parties)
                document += Measures(parties=Counts(fp=extra), roles=Counts(fp=extra))
                misses.append(Miss(label.id, "parties", "no further deal", f"{report.type}: {_names(report.parties)}"))
        overall += document
        by_language[label.lang] += document
    return Scores(
        overall, dict(by_language), dict(by_type), dict(confusions), _same_deal(gold, predicted, misses), tuple(misses)
    )


def _detect(label: Labelled, prediction: Prediction) -> tuple[Measures, list[Miss]]:
    """Deal or no deal, and whether the evidence is exact."""
    said = bool(prediction.reports)
    misses: list[Miss] = []
    if said != label.is_deal:
        expected = "; ".join(f"{d.type}: {_names(d.parties)}" for d in label.deals) or "no deal"
        came = "; ".join(f"{r.type}: {_names(r.parties)} [{r.headline}]" for r in prediction.reports) or "no deal"
        misses.append(Miss(label.id, "detection", expected, came))
    exact = of = 0
    for report in prediction.reports:
        for evidence in report.evidence:
            of += 1
            is_exact = bool(evidence.quote) and prediction.text[evidence.start : evidence.end] == evidence.quote
            exact += is_exact
            if not is_exact:
                there = prediction.text[evidence.start : evidence.end]
                misses.append(Miss(label.id, "evidence", f"{evidence.field}: {there!r}", repr(evidence.quote)))
    detection = Counts(int(said and label.is_deal), int(said and not label.is_deal), int(label.is_deal and not said))
    return Measures(documents=1, detection=detection, evidence=Share(exact, of)), misses


def _align(
    deals: Sequence[LabelledDeal], reports: Sequence[Report], canonical: Callable[[str], str | None]
) -> tuple[list[tuple[LabelledDeal, Report | None]], list[Report]]:
    """Pair labelled deals with reports, best overlap of parties and type first; the rest are misses and spurious."""
    ranked = sorted(
        ((_overlap(d, r, canonical), -i, -j) for i, d in enumerate(deals) for j, r in enumerate(reports)),
        reverse=True,
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, minus_i, minus_j in ranked:
        if -minus_i not in partner and -minus_j not in taken:
            partner[-minus_i] = -minus_j
            taken.add(-minus_j)
    pairs = [(deal, reports[partner[i]] if i in partner else None) for i, deal in enumerate(deals)]
    return pairs, [report for j, report in enumerate(reports) if j not in taken]


def _overlap(deal: LabelledDeal, report: Report, canonical: Callable[[str], str | None]) -> float:
    matched = _match(deal.parties, report.parties, canonical)
    parties = Counts(len(matched), len(report.parties) - len(matched), len(deal.parties) - len(matched)).f1 or 0.0
    roles = sum(a.role == b.role for a, b in matched) / max(1, len(deal.parties))
    return parties + 0.3 * (deal.type == report.type) + 0.1 * roles


def _match(
    expected: Sequence[Party], came: Sequence[Party], canonical: Callable[[str], str | None]
) -> list[tuple[Party, Party]]:
    """One-to-one pairs of parties with like names: the likest first, then those of equal role."""
    ranked = []
    for i, a in enumerate(expected):
        for j, b in enumerate(came):
            like = max(likeness(a.name, n, canonical) for n in (b.name, b.company) if n)
            if like is not Likeness.NONE:
                ranked.append((like, a.role == b.role, -i, -j))
    left, right = set(range(len(expected))), set(range(len(came)))
    pairs = []
    for _, _, minus_i, minus_j in sorted(ranked, reverse=True):
        if -minus_i in left and -minus_j in right:
            left.discard(-minus_i)
            right.discard(-minus_j)
            pairs.append((expected[-minus_i], came[-minus_j]))
    return pairs


def _compare(
    id_: str, deal: LabelledDeal, report: Report | None, canonical: Callable[[str], str | None]
) -> tuple[Measures, list[Miss]]:
    """The measures of one labelled deal; its misses are told only when there is a report (detection tells the rest)."""
    came = report.parties if report else ()
    matched = _match(deal.parties, came, canonical)
    alike = sum(a.role == b.role for a, b in matched)
    types, came_types = {deal.type, *deal.also}, {report.type, *report.also} if report else set()
    came_focus = set(report.focus) if report else set()
    came_value = _money(report, share=deal.value is not None and deal.value[1] is None) if report else None
    value_right = report is not None and _same_amount(deal.value, came_value)
    technology = report.technology if report else False
    measures = Measures(
        deals=1,
        parties=Counts(len(matched), len(came) - len(matched), len(deal.parties) - len(matched)),
        roles=Counts(alike, len(came) - alike, len(deal.parties) - alike),
        type=Share(int(report is not None and report.type == deal.type), 1),
        also=_sets(types, came_types),
        focus=_sets(deal.focus, came_focus),
        value=Share(int(value_right), 1),
        value_given=Share(int(value_right), 1) if deal.value else Share(),
        status=Share(int(report is not None and report.status == deal.status), 1),
        technology=_sets({True} & {deal.technology}, {True} & {technology})
        if deal.technology is not None
        else Counts(),
    )
    if report is None:
        return measures, [Miss(id_, "parties", f"{deal.type}: {_names(deal.parties)}", "deal not found")]
    compared = {
        "parties": (len(matched) == len(deal.parties) == len(came), _names(deal.parties), _names(came)),
        "roles": (alike == len(matched), _roles(deal.parties), _roles(came)),
        "type": (report.type == deal.type, str(deal.type), str(report.type)),
        "also": (types == came_types, _join(types), _join(came_types)),
        "focus": (deal.focus == came_focus, _join(deal.focus), _join(came_focus)),
        "value": (value_right, _amount(deal.value), _amount(came_value)),
        "status": (report.status == deal.status, str(deal.status), str(report.status)),
        "technology": (deal.technology in (None, technology), str(deal.technology), str(technology)),
    }
    return measures, [Miss(id_, name, expected, got) for name, (ok, expected, got) in compared.items() if not ok]


def _same_deal(gold: Sequence[Labelled], predicted: Mapping[str, Prediction], misses: list[Miss]) -> Counts | None:
    """Pairwise over the documents whose label names a cluster and reports a deal."""
    known = [label for label in gold if label.cluster and label.is_deal]
    clusters = {label.id: predicted[label.id].clusters for label in known if label.id in predicted}
    if all(found is None for found in clusters.values()):
        return None
    counts = Counts()
    for a, b in combinations(known, 2):
        same = a.cluster == b.cluster
        joined = bool((clusters.get(a.id) or frozenset()) & (clusters.get(b.id) or frozenset()))
        counts += Counts(int(same and joined), int(joined and not same), int(same and not joined))
        if same != joined:
            said = ("one deal", "two deals")
            misses.append(Miss(f"{a.id} {b.id}", "same_deal", said[not same], said[not joined]))
    return counts


def _sets(expected: Collection[object], came: Collection[object]) -> Counts:
    tp = len(set(expected) & set(came))
    return Counts(tp, len(set(came)) - tp, len(set(expected)) - tp)


def _money(report: Report, *, share: bool) -> tuple[Decimal, str | None] | None:
    """The report's sum. A percentage counts only where the label has one (``share``): most label sums alone."""
    value = report.value
    return (value.amount, value.currency) if value is not None and (value.currency is None) == share else None


def _same_amount(expected: tuple[Decimal, str | None] | None, came: tuple[Decimal, str | None] | None) -> bool:
    if expected is None or came is None:
        return expected is came
    return expected[1] == came[1] and abs(expected[0] - came[0]) <= AMOUNT_TOLERANCE * abs(expected[0])


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(p.name for p in parties) or "nobody"


def _roles(parties: Iterable[Party]) -> str:
    return ", ".join(f"{p.name} ({p.role})" for p in parties) or "nobody"


def _join(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _amount(value: tuple[Decimal, str | None] | None) -> str:
    return f"{value[0]:,.0f} {value[1] or '%'}" if value else "none"


def predict(labels: Iterable[Labelled], texts: Path, extract: Extractor) -> Iterator[tuple[str, Prediction]]:
    """Run the extractor over the labelled texts, one at a time."""
    for label in labels:
        article = read_text(label, texts)
        yield label.id, Prediction(tuple(extract(article)), article.text)


def with_clusters(predicted: Mapping[str, Prediction], clusters: Mapping[str, Iterable[str]]) -> dict[str, Prediction]:
    """The predictions with the deals that resolution put each document into."""
    return {id_: replace(p, clusters=frozenset(clusters.get(id_, ()))) for id_, p in predicted.items()}


if __name__ == "__main__":
    from pipeline.evaluate_table import main

    main()
