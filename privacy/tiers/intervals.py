"""Intervals for the figures of the tiers: half-widths about least squares, ranges about integers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from statistics import NormalDist

import numpy as np

from policies.errors import BadInput
from privacy.tiers.consistency import Integers, columns_of
from privacy.tiers.least_squares import Estimates, Floats, Spread

_LATTICE_TO = 900.0
"""A variance beyond which the lattice moves the coverage by less than 3 in 10⁵, corrected for below."""
_ALL_OWN = 1 - 1e-9
"""Of a variance: what counts as a node's own noise and nothing else."""
MECHANISMS = ("discrete_gaussian", "discrete_laplace")
_erf = np.frompyfunc(math.erf, 1, 1)


def half_widths(
    spread: Spread, confidence: float, mechanism: str = "discrete_gaussian"
) -> tuple[Integers, ...]:
    """Return, for every node, an integer half-width about its least-squares estimate that covers.

    Public: it follows from the tree and the noise, and nothing drawn is looked at. With Gaussian noise
    it is the smallest one, or (families of fewer than eight, or σ ≤ ½) at most one above it.

    Parameters
    ----------
    confidence
        Between 0 and 1, both excluded.
    mechanism
        The noise of every measured tier: `discrete_gaussian` (P(x) ∝ exp(−x²/2σ²); σ² stands for its
        variance, which is never larger) or `discrete_laplace` (P(x) ∝ exp(−|x|/b)), its variance
        being 2q/(1 − q)², q = exp(−1/b).

    Returns
    -------
    tuple of (nodes,) int64, coarsest tier first

    Notes
    -----
    A node's error is E = aZ + W: Z the integer noise of its own measurement with variance σ², a = V/σ²
    (the weight that Gauss–Markov gives it, V being the error's variance), and W the rest, many small
    parts of variance aσ²(1 − a), taken as normal: each is sub-Gaussian with its variance (Canonne,
    Kamath & Steinke 2020). Then P(|E| ≤ k) = Σₙ P(Z = n)·P(|an + W| ≤ k).
    This is the exact discrete Gaussian where one tier alone was measured (a = 1, errors are
    integers at every tier), and the normal's where siblings and parents tell much. A tier that was
    not measured, with others that were, has no Z; its error is taken as normal.

    Laplace noise has longer tails, and sums of it lie between it and the normal: the width is the
    larger of the two that V would have, exact where one tier alone was measured. Against exact
    distributions it is 3% above the least on average at 0.95, and never below.
    """
    if mechanism not in MECHANISMS:
        raise BadInput(f"the noise is {' or '.join(MECHANISMS)}", where="tiers")
    if not 0 < confidence < 1:
        raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")
    alone = sum(math.isfinite(v) for v in spread.noise) == 1
    out = []
    for noise, final in zip(spread.noise, spread.final, strict=True):
        variances, place = np.unique(final, return_inverse=True)
        widths = np.empty(variances.size, np.int64)
        width = _laplace_width if mechanism == "discrete_laplace" else half_width_of
        integers = alone and (mechanism == "discrete_gaussian" or math.isfinite(noise))
        _fill(widths, partial(_width_at, width, variances, None if integers else noise, confidence))
        out.append(widths[place])
    return tuple(out)


def _width_at(
    width: Callable[[float, float, float], int],
    variances: Floats,
    noise: float | None,
    confidence: float,
    place: int,
) -> int:
    variance = float(variances[place])
    return width(variance, variance if noise is None else noise, confidence)


def _fill(widths: Integers, width: Callable[[int], int]) -> None:
    """Fill an ascending array from few of its values: between two equal ones all are equal."""
    spans = [(0, widths.size - 1)]
    widths[0], widths[-1] = width(0), width(widths.size - 1)
    while spans:
        low, high = spans.pop()
        if widths[low] == widths[high]:
            widths[low : high + 1] = widths[low]
        elif high - low > 1:
            middle = (low + high) // 2
            widths[middle] = width(middle)
            spans += [(low, middle), (middle, high)]


def _laplace_width(variance: float, noise: float, confidence: float) -> int:
    """Return the larger of the widths of a Laplace and a normal error; the exact one of Z alone."""
    outside = 1 - confidence
    if variance >= noise * _ALL_OWN:
        q = variance / (variance + 1 + math.sqrt(2 * variance + 1))  # 2q/(1 − q)² = variance
        k = max(math.ceil(math.log(outside * (1 + q) / 2) / math.log(q)) - 1, 0)
        return k + int(2 * q ** (k + 1) / (1 + q) > outside * (1 + 1e-12))
    heavy = math.ceil(-math.sqrt(variance / 2) * math.log(outside))
    return max(heavy, half_width_of(variance, noise, confidence))


def half_width_of(variance: float, noise: float, confidence: float) -> int:
    """Return the smallest integer k with P(|E| ≤ k) ≥ confidence, E of Gaussian noise."""
    error = math.sqrt(variance)
    wide = -NormalDist().inv_cdf((1 - confidence) / 2) * error
    if variance > _LATTICE_TO:
        if variance >= noise * _ALL_OWN:  # integers: the normal's at k + ½
            return math.ceil(wide - 0.5)
        # on a lattice a half-weighted end costs k/12V (Euler–Maclaurin)
        return math.ceil(wide * (1 + 1 / (12 * variance)))
    k = max(math.ceil(wide) - 1, 0)
    while k and coverage(variance, noise, k - 1) >= confidence:
        k -= 1
    while coverage(variance, noise, k) < confidence:
        k += 1
    return k


def coverage(variance: float, noise: float, k: int) -> float:
    """Return P(|E| ≤ k) of an estimate of this variance whose own measurement had that noise."""
    left = noise - variance
    if left > 1:  # the lattice's first wave is e^(−2π²·left) of the whole
        return math.erf(k / math.sqrt(2 * variance))
    reach = math.ceil(9 * math.sqrt(noise)) + 1
    n = np.arange(-reach, reach + 1, dtype=np.float64)
    weights = np.exp(-(n**2) / (2 * noise))
    if variance >= noise * _ALL_OWN:
        inside = (np.abs(n) <= k).astype(np.float64)
    else:
        own = variance / noise
        scale = math.sqrt(2 * variance * (1 - own))
        ends = _erf(np.stack(((k - own * n) / scale, (k + own * n) / scale)).astype(object))
        inside = ends.astype(np.float64).sum(axis=0) / 2
    return float((weights * inside).sum() / weights.sum())


def ranges(
    estimates: Estimates,
    table: Sequence[Integers],
    widths: Sequence[Integers],
    *,
    signed: bool | Sequence[bool] = False,
) -> tuple[tuple[Integers, Integers], ...]:
    """Return the lowest and highest integer stated about each figure of the consistent table.

    Parameters
    ----------
    table
        What `consistent` returned, in units (decimals = 0).
    widths
        What `half_widths` returned.

    Returns
    -------
    tuple of ((nodes, m), (nodes, m)) int64, coarsest tier first

    Notes
    -----
    Integers and signs move single figures away from the truth as well as towards it: a projection
    onto a convex set that holds the truth shortens the error of the whole, not of each part, and a
    half-width about the consistent figure covers less than it says where large figures stand among
    zeros. So the range is the unbiased interval's, cut to integers that are possible, and extended to
    the figure itself. Whenever the unbiased interval covers, so does this: same coverage, or more.
    """
    out = []
    for values, figures, width in zip(estimates.values, table, widths, strict=True):
        free = columns_of(signed, figures.shape[1])
        low = np.ceil(values - width[:, None]).astype(np.int64)
        high = np.floor(values + width[:, None]).astype(np.int64)
        low = np.where(free, low, np.maximum(low, 0))
        out.append((np.minimum(low, figures), np.maximum(high, figures)))
    return tuple(out)


def around(figures: Integers, low: Integers, high: Integers) -> Integers:
    """Return the half-width about each consistent figure that holds its whole range."""
    wider: Integers = np.maximum(figures - low, high - figures)
    return wider
