"""Chance levels when whole households move among those eligible, capacities fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from audit.segregation.dissimilarity import dissimilarity

if TYPE_CHECKING:
    from numpy.typing import NDArray


def household_chance(
    minority: NDArray[np.int64],
    every: NDArray[np.int64],
    size: NDArray[np.int64],
    rng: np.random.Generator,
    redraws: int = 499,
) -> tuple[float, float] | None:
    """Return E₀[D] and the permutation p of D (with +1) under redraws of whole households.

    Parameters
    ----------
    minority, every
        Households, strata × units.
    size
        Persons a household, by stratum.

    Notes
    -----
    Households of 1 to 4 in small units look segregated by chance far beyond persons: redrawing
    persons would call a fair lottery unfair.
    """
    total = size @ every
    observed = dissimilarity(size @ minority, total)
    if observed is None:
        return None
    drawn = np.zeros((redraws, every.shape[1]), dtype=np.int64)
    for s, homes in enumerate(every):
        some = int(minority[s].sum())
        if some:
            drawn += size[s] * rng.multivariate_hypergeometric(
                homes, some, size=redraws, method="marginals"
            )
    values = [v for v in (dissimilarity(row, total) for row in drawn) if v is not None]
    p_value = (1 + sum(v >= observed - 1e-12 for v in values)) / (len(values) + 1)
    return float(np.mean(values)), p_value
