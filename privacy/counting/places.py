"""Places of a coarser tier: found from the codes of the finest, as GB/T 10114 nests them."""

from __future__ import annotations

from functools import lru_cache

from privacy.contract.fields import TIERS
from privacy.query import Key

UNKNOWN = "unknown"
"""A place of no known code; it is a place of its own at every tier."""


def places_at(key: Key, tier: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the places of a tier, in the order in which their first leaf stands, and each leaf's place.

    Of the finest tier they are the key's codes themselves.
    """
    codes = tuple(str(c) for c in key.codes)
    if tier == key.tiers[-1]:
        return codes, tuple(range(len(codes)))
    return _cut(codes, TIERS[tier])


@lru_cache(maxsize=16)
def _cut(codes: tuple[str, ...], digits: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    places: dict[str, int] = {}
    cut = (c if c == UNKNOWN else c[:digits] for c in codes)
    parents = tuple(places.setdefault(c, len(places)) for c in cut)
    return tuple(places), parents
