"""Intervals for a ratio of two noisy figures: every ratio that the noise does not contradict."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers.known_noise import Difference, Floats

_MOST_STEPS = 180
_CLOSE = 1e-9


def ratio_interval(
    above: NDArray[Any],
    below: NDArray[Any],
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
    open_end = b * far - a <= noise.at(far)
    right = _crossing(a, b, noise, near, np.where(open_end, near, far))
    found = np.where(open_end, far, right)
    if most is not None:
        found = np.minimum(found, most)
    return np.where(bounded, found, np.nan)


def _crossing(a: Floats, b: Floats, noise: Difference, left: Floats, right: Floats) -> Floats:
    """Return, from above, where b·r − a passes q(r) between `left` and `right`; `left` where it is above already.

    Regula falsi that halves the weight of an end which stays (the Illinois rule), and every third step a
    bisection: the bracket shrinks always, and mostly fast.
    """
    found = left.copy()
    at = np.flatnonzero(b * left - a - noise.at(left) <= 0)
    at = at[left[at] < right[at]]
    low, high, a, b = left[at], right[at], a[at], b[at]
    below, above = (b * r - a - noise.at(r, at) for r in (low, high))
    side = np.zeros(at.shape, np.int8)
    for step in range(_MOST_STEPS):
        if at.size == 0:
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            x = high - above * (high - low) / (above - below)
        middle = (low + high) / 2
        inside = (x > low) & (x < high) & (step % 3 < 2)
        x = np.where(inside, x, middle)
        value = b * x - a - noise.at(x, at)
        up = value > 0
        below = np.where(up, np.where(side > 0, below / 2, below), value)
        above = np.where(up, value, np.where(side < 0, above / 2, above))
        low, high = np.where(up, low, x), np.where(up, x, high)
        side = np.where(up, 1, -1).astype(np.int8)
        done = high - low <= _CLOSE * (1 + np.abs(high))
        found[at[done]] = high[done]
        kept = ~done
        at, low, high, a, b = at[kept], low[kept], high[kept], a[kept], b[kept]
        below, above, side = below[kept], above[kept], side[kept]
    found[at] = high
    return found


def _beyond(a: Floats, b: Floats, noise: Difference) -> tuple[Floats, NDArray[np.bool_]]:
    """Return ratios past the upper limit, and whether there is a limit: b above the steepest slope of q."""
    steep = noise.steepest
    bounded = b > steep
    rise = np.where(bounded, b - steep, 1.0)
    q0 = noise.at(np.zeros_like(a))
    # q(r) ≤ q(0) + steep·|r|, so b·r − a > q(r) from here on
    far = (np.abs(a) + q0) / rise + 1.0
    return np.where(bounded, far, 0.0), bounded
