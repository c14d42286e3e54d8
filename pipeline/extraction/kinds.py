"""Which type a deal has, and which further types apply."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from pipeline.extraction.hypotheses import FAMILIES, Hypothesis, is_complete
from pipeline.extraction.model import Features, probability, score
from pipeline.extraction.segmentation import Zone
from storage.vocabulary import DealType, Role

#: A further type needs this probability.
ALSO_THRESHOLD = 0.055
#: A type that no frame speaks of is considered where the words give it this share.
_SUGGESTED = 0.15
_LEAST = 0.005
#: Types that are told apart by what is bought.
_BOUGHT = frozenset({DealType.ACQUISITION, DealType.ASSET_PURCHASE, DealType.INVESTMENT, DealType.MERGER})
#: What is implied by a primary type is not named again.
_REDUNDANT: Mapping[DealType, frozenset[DealType]] = {
    DealType.CROSS_LICENSING: frozenset({DealType.LICENSING}),
    DealType.JOINT_VENTURE: frozenset({DealType.PARTNERSHIP}),
}


def type_features(
    hypothesis: Hypothesis, shares: Mapping[DealType, float], objects: Collection[str] = (), *, main: bool
) -> dict[DealType, dict[str, float]]:
    """Features of each type that some frame of the hypothesis speaks of, or that the article's words suggest.

    ``shares`` is what the words say (wording.py); ``objects`` the kinds of things named where the deal is told in
    front (a stake, a plant); ``main`` whether the hypothesis is the one the article chiefly speaks of.
    """
    totals = hypothesis.type_scores()
    likeliest = max(shares, key=lambda deal_type: shares[deal_type])
    for deal_type, share in shares.items():
        if share >= _SUGGESTED or deal_type is likeliest:
            totals.setdefault(deal_type, 0.0)
    top = max(totals.values(), default=0.0) or 1.0
    best: dict[tuple[DealType, Zone], float] = {}
    generic: dict[DealType, bool] = {}
    counts: dict[DealType, int] = {}
    complete: dict[DealType, float] = {}
    for scored in hypothesis.frames:
        deal_type, zone = scored.frame.type, scored.frame.sentence.zone
        best[deal_type, zone] = max(best.get((deal_type, zone), 0.0), scored.score)
        counts[deal_type] = counts.get(deal_type, 0) + 1
        if is_complete(scored.frame):
            complete[deal_type] = max(complete.get(deal_type, 0.0), scored.score)
        generic[deal_type] = generic.get(deal_type, True) and scored.frame.name == "deal"
    seller = max(
        (
            argument.weight
            for scored in hypothesis.frames
            for argument in scored.frame.arguments
            if argument.role is Role.SELLER and not scored.background
        ),
        default=0.0,
    )
    family: dict[int, float] = {}
    for deal_type, total in totals.items():
        family[FAMILIES[deal_type]] = family.get(FAMILIES[deal_type], 0.0) + total
    whole = sum(family.values()) or 1.0
    return {
        deal_type: {
            f"is_{deal_type}": 1.0,
            "share": total / top,
            "total": min(2.0, total),
            "title": best.get((deal_type, Zone.TITLE), 0.0),
            "lead": best.get((deal_type, Zone.LEAD), 0.0),
            "body": best.get((deal_type, Zone.BODY), 0.0),
            "count": math.log1p(counts.get(deal_type, 0)),
            "family": family[FAMILIES[deal_type]] / whole,
            "generic": float(generic.get(deal_type, False)),
            "unspoken": float(deal_type not in counts),
            f"wording{'' if main else '_aside'}": math.log(max(_LEAST, shares.get(deal_type, 0.0))) / 3,
            "complete": complete.get(deal_type, 0.0),
            f"{deal_type}_seller": seller,
            **{f"{deal_type}_of_{name}": 1.0 for name in objects if deal_type in _BOUGHT},
            **{
                f"{deal_type}_beside_{other}": min(1.0, complete.get(other, 0.0))
                for other in totals
                if other is not deal_type and FAMILIES[other] == FAMILIES[deal_type]
            },
        }
        for deal_type, total in totals.items()
    }


def also_features(features: Features, primary: DealType, candidate: DealType) -> dict[str, float]:
    """Features of ``candidate`` as a further type beside ``primary``."""
    return {**features, "bias": 1.0, f"primary_{primary}": 1.0, f"{primary}_{candidate}": 1.0}


def choose_types(
    hypothesis: Hypothesis, shares: Mapping[DealType, float], objects: Collection[str] = (), *, main: bool
) -> tuple[DealType, tuple[DealType, ...]]:
    """The primary type and the further ones, likeliest first."""
    by_type = type_features(hypothesis, shares, objects, main=main)
    primary = max(by_type, key=lambda deal_type: (score("type", by_type[deal_type]), deal_type))
    further = {
        deal_type: probability("also", also_features(found, primary, deal_type))
        for deal_type, found in by_type.items()
        if deal_type is not primary and deal_type not in _REDUNDANT.get(primary, frozenset())
    }
    likely = sorted(
        (item for item in further.items() if item[1] >= ALSO_THRESHOLD), key=lambda item: (-item[1], item[0])
    )
    return primary, tuple(deal_type for deal_type, _ in likely[:3])
