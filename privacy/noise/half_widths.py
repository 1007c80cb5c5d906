"""Exact half-widths and variances of discrete noise, from its probabilities."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from policies.errors import BadInput

_SUMMED_TO = 1000.0


@lru_cache(maxsize=1024)
def half_width(mechanism: str, scale: float, confidence: float) -> int:
    """Return the smallest k with P(|X| > k) ≤ 1 − confidence.

    Parameters
    ----------
    mechanism
        `discrete_gaussian` (P(x) ∝ exp(−x²/2σ²)) or `discrete_laplace` (P(x) ∝ exp(−|x|/b)).
    scale
        σ or b, above 0.
    confidence
        Between 0 and 1, both excluded.

    Notes
    -----
    The coverage of ±k is at least `confidence`, and above it where the scale is small, for
    the noise is an integer. From about 2⁵³ on k is as near as its probability is known in floating point.
    """
    if not 0 < confidence < 1:
        raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")
    if mechanism not in ("discrete_gaussian", "discrete_laplace"):
        raise ValueError("not a noise on integers")
    outside = 1 - confidence
    if mechanism == "discrete_laplace":
        # P(|X| > k) = 2 q^(k+1) / (1 + q) with q = exp(−1/b)
        k = math.ceil(scale * (math.log(2 / (1 + math.exp(-1 / scale))) - math.log(outside)) - 1)
        return max(k, 0)
    if scale > _SUMMED_TO:
        k = max(0, math.floor(-scale * NormalDist().inv_cdf(outside / 2)) - 2)
        while _normal_tail(scale, k) > outside:
            k += max(1, int(math.ulp(float(k))))
        return k
    top = max(8, math.ceil(40 * scale))  # beyond 40 σ nothing is left in double precision
    x = np.arange(1, top + 1, dtype=np.float64)
    weights = np.exp(-(x**2) / (2 * scale**2))
    tails = 2 * np.cumsum(weights[::-1])[::-1]  # tails[k] is the weight of |X| > k
    probabilities = tails / (1 + tails[0])
    inside = np.flatnonzero(probabilities <= outside)
    return int(inside[0]) if inside.size else top


def variance(mechanism: str, scale: float) -> float:
    """Return the variance of the noise; mechanisms as in `half_width`.

    Discrete Laplace: 2q/(1 − q)², q = exp(−1/b). Discrete Gaussian: summed below σ = 10, and σ² from there
    (the difference is below 10⁻⁸⁰; Canonne, Kamath & Steinke 2020, Fact 18 and Proposition 21).
    """
    if mechanism == "discrete_laplace":
        return 0.5 / math.sinh(0.5 / scale) ** 2
    if mechanism != "discrete_gaussian":
        raise ValueError("not a noise on integers")
    if scale >= 10:
        return scale**2
    squares = [x * x for x in range(1, math.ceil(40 * scale) + 1)]
    weights = [math.exp(-s / (2 * scale**2)) for s in squares]
    moment = math.fsum(s * w for s, w in zip(squares, weights, strict=True))
    return 2 * moment / (1 + 2 * math.fsum(weights))


def _normal_tail(scale: float, k: int) -> float:
    """Return P(|X| > k) of a discrete Gaussian with a large scale.

    Euler and Maclaurin: the sum of f over the integers above k is its integral from k + ½ on, and f′(k + ½)/24;
    the next term is smaller by (z/σ)².
    """
    z = (k + 0.5) / scale
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return math.erfc(z / math.sqrt(2)) - 2 * z * density / (24 * scale**2)
