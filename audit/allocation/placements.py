"""Who was placed where, as counts: households by community, stratum and status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from policies.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Placements:
    """Placed households, counted. A stratum holds homes of one size in one district.

    Parameters
    ----------
    minority, every
        Households by stratum × community: the minority's, and all.
    size
        Persons a household, by stratum.
    share_before
        Each community's share of minority persons before the round (0 to 1; NaN where empty).
    """

    minority: NDArray[np.int64]
    every: NDArray[np.int64]
    size: NDArray[np.int64]
    share_before: NDArray[np.float64]

    def __post_init__(self) -> None:
        if (self.minority > self.every).any() or (self.minority < 0).any():
            raise BadInput("the minority's households are among all households", where="moves")

    @property
    def homes(self) -> int:
        """Homes that were given out."""
        return int(self.every.sum())

    @property
    def persons(self) -> tuple[int, int]:
        """Persons placed: of the minority, and of the others."""
        minority = int((self.minority.sum(axis=1) * self.size).sum())
        return minority, int((self.every.sum(axis=1) * self.size).sum()) - minority

    def persons_by_community(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the minority's persons placed in each community, and all persons placed."""
        return self.size @ self.minority, self.size @ self.every
