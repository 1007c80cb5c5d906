"""A statistic as it left the noise: integers, or places that were chosen, and what is known of their error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers.known_noise import Estimated, Noise


@dataclass(frozen=True, slots=True, eq=False)
class Tiered:
    """Integers that are possible over the tiers (counts and sums: that add up), and each group's interval.

    `half_widths` belong to the unbiased estimates, `low` and `high` hold the consistent figure too.
    """

    consistent: NDArray[np.int64]
    half_widths: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Noisy:
    """One statistic over all groups.

    Parameters
    ----------
    values
        Noisy integers `(groups,)`; of noisy max the places chosen, `(groups, n)`; over tiers least-squares
        estimates, which are no integers.
    noise
        Of each value; of places their choice, which has no half-width.
    confidence
        Of a quantile's ends, which were drawn for it: what they cover at least; 0 without ends.
    """

    values: NDArray[Any]
    noise: Noise | Estimated
    confidence: float = 0.0
    tiered: Tiered | None = None


Statistics = Mapping[str, Noisy]
"""By the statistic's identity."""
