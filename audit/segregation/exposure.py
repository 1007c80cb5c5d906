"""Exposure: isolation xPx, exposure xPy, and the correlation ratio η² that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def exposure(
    of: NDArray[np.int64], to: NDArray[np.int64], total: NDArray[np.int64]
) -> float | None:
    """Return xPy: the share of group `to` in the unit of an average member of group `of`.

    With `of` = `to` this is isolation xPx. 0 to 1; None when group `of` is absent.

    Notes
    -----
    xPy = Σ (x_i/X)(y_i/t_i) (Lieberson 1981; Massey & Denton 1988, eq. 8–9).
    """
    used = total > 0
    x = of[used].sum()
    if x == 0:
        return None
    return float((of[used] / x * (to[used] / total[used])).sum())


def correlation_ratio(minority: NDArray[np.int64], total: NDArray[np.int64]) -> float | None:
    """Return η² = (xPx − P)/(1 − P): the share of variance between units (Bell 1954).

    0 to 1; None when either group is absent.
    """
    share = _share(minority, total)
    own = exposure(minority, minority, total)
    if share is None or own is None:
        return None
    return float((own - share) / (1 - share))


def unbiased_correlation_ratio(
    minority: NDArray[np.int64], total: NDArray[np.int64]
) -> float | None:
    """Return η² with oneself left out of one's unit: about 0 where chance alone sorts.

    Each member meets (a_i − 1)/(t_i − 1) and not a_i/t_i; units of one person are left out,
    since nobody is met there. The reference is (A − 1)/(T − 1). None when either group is absent
    or every minority member lives alone.
    """
    if _share(minority, total) is None:
        return None
    met = total > 1
    a, t = minority[met], total[met]
    if a.sum() == 0:
        return None
    own = float((a / a.sum() * (a - 1) / (t - 1)).sum())
    reference = (minority.sum() - 1) / (total.sum() - 1)
    return float((own - reference) / (1 - reference))


def _share(minority: NDArray[np.int64], total: NDArray[np.int64]) -> float | None:
    a, t = int(minority.sum()), int(total.sum())
    return None if a == 0 or a == t else a / t
