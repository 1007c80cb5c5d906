"""Figures by district, street and community that add up: measured at each tier, least squares, integers.

    tree_of → split → (counting, noise: elsewhere) → least_squares → half_widths
                                                                   ↘ consistent → ranges

All of it is post-processing of noisy integers or arithmetic on public sizes: no loss, no data.
"""

from privacy.tiers.consistency import consistent
from privacy.tiers.intervals import around, half_widths, ranges
from privacy.tiers.least_squares import Estimates, Spread, least_squares, spread
from privacy.tiers.splitting import split
from privacy.tiers.tree import Families, Tree, leaf_sums, tree_of

__all__ = [
    "Estimates",
    "Families",
    "Spread",
    "Tree",
    "around",
    "consistent",
    "half_widths",
    "leaf_sums",
    "least_squares",
    "ranges",
    "split",
    "spread",
    "tree_of",
]
