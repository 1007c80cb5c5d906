"""The Gini index of segregation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def gini(minority: NDArray[np.int64], total: NDArray[np.int64]) -> float | None:
    """Return G: twice the area between the segregation curve and the diagonal.

    Returns
    -------
    0 to 1; None when either group is absent. Empty units do not count.

    Notes
    -----
    G = Σ_i Σ_j t_i t_j |p_i − p_j| / (2 T² P (1 − P)) (James & Taeuber 1985, p. 5), here by sorting.
    """
    used = total > 0
    a, t = minority[used].astype(float), total[used].astype(float)
    b = t - a
    if a.sum() == 0 or b.sum() == 0:
        return None
    order = np.argsort(a / t, kind="stable")
    x = np.concatenate([[0.0], np.cumsum(b[order]) / b.sum()])
    y = np.concatenate([[0.0], np.cumsum(a[order]) / a.sum()])
    return float(max(0.0, 1 - ((x[1:] - x[:-1]) * (y[1:] + y[:-1])).sum()))
