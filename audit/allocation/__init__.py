"""Measures of a housing allocation: what one round did, and what six rounds do to the city."""

from audit.allocation.comparability import LEAST_KEPT, contrast_kept, without_strata
from audit.allocation.groups import allocation_rates, quality_by_group
from audit.allocation.placements import Placements
from audit.allocation.sorting import sorting_excess
from audit.allocation.steering import steering_gap
from audit.allocation.stock import (
    concentrated_before,
    density_change,
    eta2_change,
    literal_density_change,
    redrawn_share,
    stock_change,
)

__all__ = [
    "LEAST_KEPT",
    "Placements",
    "allocation_rates",
    "concentrated_before",
    "contrast_kept",
    "density_change",
    "eta2_change",
    "literal_density_change",
    "quality_by_group",
    "redrawn_share",
    "sorting_excess",
    "steering_gap",
    "stock_change",
    "without_strata",
]
