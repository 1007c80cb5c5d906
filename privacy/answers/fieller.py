"""Intervals for a ratio of two noisy figures: every ratio that the noise does not contradict."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from privacy.answers.known_noise import Difference, Floats

_HALVINGS = 60
_MARGIN = 1e-12


def ratio_interval(
    above: NDArray[np.int64],
    below: NDArray[np.int64],
    noise: Difference,
    within: tuple[float | None, float | None] = (None, None),
) -> tuple[Floats, Floats]:
    """Return the ends of {r within bounds: |above − r·below| ≤ q(r)}, elementwise.

    Parameters
    ----------
    above, below
        Noisy numerators and denominators; the noise of each is independent.
    noise
        q of the two noises at the confidence.
    within
        Public bounds of the true ratio; None where there is none.

    Returns
    -------
    low, high
        NaN for an end that does not exist. The interval contains above/below wherever below > 0 and the
        bounds allow it; where they do not, the nearest bound.

    Notes
    -----
    For the true r = A/B, above − r·below is the noise X − rY alone, so the set holds r with the
    confidence, exactly and for every B, small or negative estimates too (Fieller 1954). q is convex, so to
    the right of above/below the contradicted ratios form one interval: its near end is the upper limit,
    and none within bounds means no limit but the bound.
    """
    a, b = above.astype(np.float64), below.astype(np.float64)
    flip = b < 0  # |a − rb| = |−a − r(−b)|
    a, b = np.where(flip, -a, a), np.where(flip, -b, b)
    low = -_upper(-a, b, noise, _negated(within[1]), _negated(within[0]))
    high = _upper(a, b, noise, within[0], within[1])
    return low, high


def _negated(x: float | None) -> float | None:
    return None if x is None else -x


def _upper(
    a: Floats, b: Floats, noise: Difference, least: float | None, most: float | None
) -> Floats:
    """Return the largest ratio of the part of the set that holds a/b (b ≥ 0), within bounds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        start = np.where(b > 0, a / np.where(b > 0, b, 1), -np.inf)
    inside = np.clip(start, -np.inf if least is None else least, np.inf if most is None else most)
    if most is None:
        far, bounded = _beyond(a, b, noise)
    else:
        far, bounded = np.full_like(a, most), np.ones(a.shape, np.bool_)
    near = np.where(np.isfinite(inside), inside, 0.0 if least is None else least)
    near = np.minimum(near, far)
    # where the nearest possible ratio is contradicted the estimate lies outside the bounds: it is all there is
    open_end = b * far - a <= noise.at(far)
    left, right = near, far
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        holds = b * middle - a <= noise.at(middle)
        left, right = np.where(holds, middle, left), np.where(holds, right, middle)
    found = np.where(open_end, far, right + np.abs(right) * _MARGIN)
    if most is not None:
        found = np.minimum(found, most)
    return np.where(bounded, found, np.nan)


def _beyond(a: Floats, b: Floats, noise: Difference) -> tuple[Floats, NDArray[np.bool_]]:
    """Return ratios past the upper limit, and whether there is a limit: b above the steepest slope of q."""
    steep = noise.steepest
    bounded = b > steep
    rise = np.where(bounded, b - steep, 1.0)
    q0 = float(noise.at(np.zeros(1))[0])
    # q(r) ≤ q(0) + steep·|r|, so b·r − a > q(r) from here on
    far = (np.abs(a) + q0) / rise + 1.0
    return np.where(bounded, far, 0.0), bounded
