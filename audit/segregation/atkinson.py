"""The Atkinson index of segregation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def atkinson(minority: NDArray[np.int64], total: NDArray[np.int64], b: float = 0.5) -> float | None:
    """Return A(b), 0 to 1; b, between 0 and 1, weighs units where the minority is rare (low b) or frequent.

    None when either group is absent. Empty units do not count.

    Notes
    -----
    A = 1 − P/(1−P) · |Σ (1−p_i)^(1−b) p_i^b t_i / (P T)|^(1/(1−b)) (James & Taeuber 1985;
    Massey & Denton 1988, eq. 6).
    """
    if not 0 < b < 1:
        raise ValueError("b lies between 0 and 1")
    used = total > 0
    a, t = minority[used], total[used]
    share = a.sum() / t.sum() if t.sum() else 0.0
    if share in (0.0, 1.0):
        return None
    p = a / t
    inner = ((1 - p) ** (1 - b) * p**b * t).sum() / (share * t.sum())
    return float(1 - share / (1 - share) * inner ** (1 / (1 - b)))
