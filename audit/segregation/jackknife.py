"""A standard error over units: leave one unit out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def unit_jackknife(
    index: Callable[[NDArray[np.int64], NDArray[np.int64]], float | None],
    minority: NDArray[np.int64],
    total: NDArray[np.int64],
) -> float | None:
    """Return the jackknife standard error of an index over units, or None where one is undefined.

    √((n − 1)/n Σ (θ₍ᵢ₎ − θ̄)²) over the n units with anybody in them (Efron & Tibshirani 1993, eq. 11.5).
    """
    used = np.flatnonzero(total > 0)
    n = len(used)
    if n < 3:
        return None
    left_out = []
    for i in used:
        keep = used[used != i]
        value = index(minority[keep], total[keep])
        if value is None:
            return None
        left_out.append(value)
    values = np.array(left_out)
    return float(np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum()))
