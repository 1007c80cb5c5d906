"""The noise of a statistic, whose distribution is public: bounds on it and on a difference of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from privacy.noise.half_widths import half_width, variance

Floats = NDArray[np.float64]
_STEPS = 2048
SMOOTH_FROM = 1.0
"""From this σ a discrete Gaussian is a normal rounded to integers, to 1e-8 in its distribution."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Discrete noise of a mechanism at a scale (σ of the Gaussian, b of the Laplace)."""

    mechanism: str
    scale: float = 1.0

    @property
    def laplace(self) -> bool:
        """Whether the tail is exponential."""
        return "laplace" in self.mechanism

    def half_width(self, confidence: float) -> int:
        """Return the smallest k with P(|X| > k) ≤ 1 − confidence."""
        name = "discrete_laplace" if self.laplace else "discrete_gaussian"
        return half_width(name, self.scale, confidence)

    @property
    def variance(self) -> float:
        """Variance of the noise on each integer."""
        return variance("discrete_laplace" if self.laplace else "discrete_gaussian", self.scale)


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """The error of a least-squares estimate for each group: many independent noises, weighted.

    `deviation` (groups,) is its standard deviation. It is taken as normal where the noises are (each is
    sub-Gaussian with its own variance); of Laplace noise its quantile lies between the normal's and
    the Laplace's of the same variance, and the larger of both is taken.
    """

    deviation: Floats
    laplace: bool = False

    def score(self, confidence: float) -> float:
        """Return the half-width in standard deviations."""
        normal = -NormalDist().inv_cdf((1 - confidence) / 2)
        return max(normal, -math.log(1 - confidence) / math.sqrt(2)) if self.laplace else normal


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

    def __init__(self, x: Noise | Estimated, y: Noise | Estimated, confidence: float) -> None:
        self._ends: tuple[int, int] | None = None
        self._table: Floats | None = None
        self._z = -NormalDist().inv_cdf((1 - confidence) / 2)
        if isinstance(x, Estimated) or isinstance(y, Estimated):
            assert isinstance(x, Estimated)
            assert isinstance(y, Estimated)
            self._z = x.score(confidence)
            self._scales: tuple[float | Floats, float | Floats] = x.deviation, y.deviation
            return
        self._scales = x.scale, y.scale
        if x.laplace:
            self._table = _laplace_table(confidence)
        elif min(x.scale, y.scale) < SMOOTH_FROM:
            half = 1 - (1 - confidence) / 2
            self._ends = x.half_width(half), y.half_width(half)

    def at(self, r: Floats, groups: NDArray[np.int64] | None = None) -> Floats:
        """Return q(r), elementwise; of estimates for each group, or for the groups at these places."""
        size = np.abs(r)
        if self._ends is not None:
            return np.asarray(self._ends[0] + size * self._ends[1])
        slack = (1 + size) / 2
        own, other = self._scales
        if groups is not None and isinstance(own, np.ndarray) and isinstance(other, np.ndarray):
            own, other = own[groups], other[groups]
        a, b = own, size * other
        if self._table is None:
            return np.asarray(self._z * np.sqrt(a * a + b * b) + slack)
        large, small = np.maximum(a, b), np.minimum(a, b)
        place = small / large * _STEPS
        left = np.minimum(place.astype(np.int64), _STEPS - 1)
        rise = self._table[left + 1] - self._table[left]
        # convex: a chord of the table is never below the quantile
        return np.asarray(large * (self._table[left] + (place - left) * rise) + slack)

    @property
    def steepest(self) -> float | Floats:
        """Return the slope that q tends to as r grows: an estimate b ≤ it bounds no ratio."""
        if self._ends is not None:
            return float(self._ends[1])
        one = self._z if self._table is None else float(self._table[0])
        return one * self._scales[1] + 0.5


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
