"""Figures by district, street and community that add up: tree, least squares, integers."""

from privacy.tiers.consistency import consistent
from privacy.tiers.least_squares import Estimates, Spread, least_squares, spread
from privacy.tiers.splitting import split
from privacy.tiers.tree import Families, Tree, leaf_sums, tree_of

__all__ = [
    "Estimates",
    "Families",
    "Spread",
    "Tree",
    "consistent",
    "leaf_sums",
    "least_squares",
    "split",
    "spread",
    "tree_of",
]
