"""Places of a coarser tier, found from the codes of the finest."""

from __future__ import annotations

from functools import lru_cache

from privacy.contract.fields import TIERS
from privacy.query import Key
from privacy.tiers import tree_of


def places_at(key: Key, tier: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the places of a tier, in the tree's order, and which of them each code of the key lies in."""
    return _places(tuple(map(str, key.codes)), key.tiers, tier)


@lru_cache(maxsize=16)
def _places(
    codes: tuple[str, ...], tiers: tuple[str, ...], tier: str
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    tree = tree_of(codes, [TIERS[t] for t in tiers], tiers)
    at = list(range(len(codes)))
    wanted = tree.tier(tier)
    for parents in reversed(tree.parents[wanted:]):
        at = [int(parents[place]) for place in at]
    return tree.levels[wanted], tuple(at)
