"""The index of dissimilarity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def dissimilarity(minority: NDArray[np.int64], total: NDArray[np.int64]) -> float | None:
    """Return D: the share of the minority that would have to move to even the units out.

    Parameters
    ----------
    minority, total
        Persons by unit.

    Returns
    -------
    0 (even) to 1 (apart); None when either group is absent.

    Notes
    -----
    D = ½ Σ |a_i/A − b_i/B| (Duncan & Duncan 1955, eq. 1).
    """
    rest = total - minority
    a, b = minority.sum(), rest.sum()
    if a == 0 or b == 0:
        return None
    return float(0.5 * np.abs(minority / a - rest / b).sum())
