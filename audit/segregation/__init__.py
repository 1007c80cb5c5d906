"""Segregation: indices over counts, one measure a file, and what chance alone would give.

An index is None where it is undefined; it is never 0 instead.
"""

from audit.segregation.atkinson import atkinson
from audit.segregation.chance import Chance, chance_levels, expected_dissimilarity
from audit.segregation.delta import delta
from audit.segregation.dissimilarity import dissimilarity
from audit.segregation.entropy import local_information, mutual_information, theil_h
from audit.segregation.exposure import correlation_ratio, exposure, unbiased_correlation_ratio
from audit.segregation.gini import gini
from audit.segregation.household_null import household_chance
from audit.segregation.jackknife import unit_jackknife

__all__ = [
    "Chance",
    "atkinson",
    "chance_levels",
    "correlation_ratio",
    "delta",
    "dissimilarity",
    "expected_dissimilarity",
    "exposure",
    "gini",
    "household_chance",
    "local_information",
    "mutual_information",
    "theil_h",
    "unbiased_correlation_ratio",
    "unit_jackknife",
]
