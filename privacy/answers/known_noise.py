"""The noise of a statistic, whose distribution is public: bounds on it and on a difference of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from privacy.noise import half_width

Floats = NDArray[np.float64]
_STEPS = 2048
SMOOTH_FROM = 1.0
"""From this σ a discrete Gaussian is a normal rounded to integers, to 1e-8 in its distribution."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Discrete noise of a mechanism at a scale (σ of the Gaussian, b of the Laplace)."""

    mechanism: str
    scale: float

    @property
    def laplace(self) -> bool:
        """Whether the tail is exponential."""
        return "laplace" in self.mechanism

    def half_width(self, confidence: float) -> int:
        """Return the smallest k with P(|X| > k) ≤ 1 − confidence."""
        name = "discrete_laplace" if self.laplace else "discrete_gaussian"
        return half_width(name, self.scale, confidence)

    @property
    def deviation(self) -> float:
        """Standard deviation (of the continuous noise, which the discrete never exceeds by more than ½)."""
        return self.scale * math.sqrt(2) if self.laplace else self.scale


class Difference:
    """Bounds q(r) with P(|X − rY| ≤ q(r)) ≥ confidence, for independent noises X, Y and every real r.

    Notes
    -----
    A discrete Gaussian of σ ≥ 1 lies within ½ of a normal of the same σ, coupled by quantiles: by the
    midpoint rule its tail at m is at most the normal's at m − ½ where the density is convex (m − ½ ≥ σ), and
    its middle at least the normal's where it is concave. A discrete Laplace lies within ½ of a continuous
    one for every scale, for 2/(1 + e^(−1/b)) ≤ e^(1/2b). Hence |X − rY| ≤ |G − rH| + (1 + |r|)/2, and q is
    that of the continuous noises plus this. It is convex in r: of symmetric log-concave noise a quantile is
    the support function of a convex body (Bobkov 2010), and a norm for the normal. A Gaussian of
    σ < 1 is bounded by itself: half of the failures to each noise.
    """

    def __init__(self, x: Noise, y: Noise, confidence: float) -> None:
        self._x, self._y = x, y
        self._laplace = x.laplace
        self._rough = not x.laplace and min(x.scale, y.scale) < SMOOTH_FROM
        if self._rough:
            half = 1 - (1 - confidence) / 2
            self._ends = x.half_width(half), y.half_width(half)
        elif self._laplace:
            self._table = _laplace_table(confidence)
        else:
            self._z = -NormalDist().inv_cdf((1 - confidence) / 2)

    def at(self, r: Floats) -> Floats:
        """Return q(r), elementwise."""
        size = np.abs(r)
        if self._rough:
            return np.asarray(self._ends[0] + size * self._ends[1])
        slack = (1 + size) / 2
        a, b = self._x.scale, size * self._y.scale
        if not self._laplace:
            return np.asarray(self._z * np.hypot(a, b) + slack)
        large, small = np.maximum(a, b), np.minimum(a, b)
        at = np.ceil(small / large * _STEPS - 1e-9).astype(np.int64)  # the quantile grows: round up
        return np.asarray(large * self._table[at] + slack)

    @property
    def steepest(self) -> float:
        """Return the slope that q tends to as r grows: an estimate b ≤ it bounds no ratio."""
        if self._rough:
            return float(self._ends[1])
        one = self._table[0] if self._laplace else self._z
        return float(one * self._y.scale + 0.5)


@lru_cache(maxsize=32)
def _laplace_table(confidence: float) -> Floats:
    """Return the quantile of |L + cM|, c = 0, 1/_STEPS, …, 1, L and M Laplace of scale 1.

    P(|L + cM| > t) = (e^(−t) − c² e^(−t/c)) / (1 − c²), and (1 + t/2) e^(−t) at c = 1.
    """
    outside = 1 - confidence
    c = np.arange(_STEPS + 1) / _STEPS
    low = np.zeros_like(c)
    high = np.full_like(c, 4 + 4 * -math.log(outside))
    for _ in range(80):
        middle = (low + high) / 2
        above = _laplace_tail(middle, c) > outside
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high


def _laplace_tail(t: Floats, c: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        other = np.where(c > 0, c**2 * np.exp(-t / np.where(c > 0, c, 1)), 0.0)
        apart = (np.exp(-t) - other) / (1 - c**2)
    equal = (1 + t / 2) * np.exp(-t)
    return np.where(c > 1 - 1e-6, equal, apart)
