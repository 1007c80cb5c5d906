"""The Delta index of concentration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def delta(minority: NDArray[np.int64], area: NDArray[np.float64] | None) -> float | None:
    """Return Delta: the share of the minority that would have to move to be spread evenly by area.

    0 to 1; None when the minority or the areas are absent.

    Notes
    -----
    Δ = ½ Σ |x_i/X − area_i/Area| (Hoover 1941; Duncan, Cuzzort & Duncan 1961).
    """
    if area is None or minority.sum() == 0 or not area.sum() > 0:
        return None
    return float(0.5 * np.abs(minority / minority.sum() - area / area.sum()).sum())
