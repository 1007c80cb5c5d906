"""Exact half-widths of discrete noise, from its probabilities."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from policies.errors import BadInput

_NORMAL_FROM = 1000.0


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
    the noise is an integer.
    """
    if not 0 < confidence < 1:
        raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")
    outside = 1 - confidence
    if mechanism == "discrete_laplace":
        # P(|X| > k) = 2 q^(k+1) / (1 + q) with q = exp(−1/b)
        k = math.ceil(scale * (math.log(2 / (1 + math.exp(-1 / scale))) - math.log(outside)) - 1)
        return max(k, 0)
    if scale > _NORMAL_FROM:
        # far above 1 the discrete tail P(|X| > k) is the normal's at k + ½, to a few parts in 10⁻⁷
        # (Canonne, Kamath & Steinke 2020, Fact 18); one is added so that ±k is never too small
        return math.ceil(-scale * NormalDist().inv_cdf((1 - confidence) / 2) - 0.5) + 1
    top = max(8, math.ceil(40 * scale))  # beyond 40 σ nothing is left in double precision
    x = np.arange(1, top + 1, dtype=np.float64)
    weights = np.exp(-(x**2) / (2 * scale**2))
    tails = 2 * np.cumsum(weights[::-1])[::-1]  # tails[k] is the weight of |X| > k
    probabilities = tails / (1 + tails[0])
    inside = np.flatnonzero(probabilities <= outside)
    return int(inside[0]) if inside.size else top
