"""Exact intervals for a share behind a randomiser: coverage is at least the confidence, whatever n and the share.

Two estimands. *Of the population*: those who answered are n independent draws from it; a count is
Binomial(n, q + f (p − q)) and the interval is Clopper & Pearson's 1934, mapped back. *Of those who answered*: m of
the n hold the option and only the device's draw is random; a count is Binomial(m, p) + Binomial(n − m, q), whose
tails rise with m, so two exact one-sided tests are inverted over m = 0 … n.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from policies.errors import BadInput

Estimand = Literal["population", "answered"]
ESTIMANDS: tuple[Estimand, ...] = ("population", "answered")
_REACH = 12.0
"""Standard deviations beyond which a binomial's mass (below 1e-30) is left out of a sum."""


def share_interval(
    count: int, n: int, p: float, q: float, confidence: float, of: Estimand
) -> tuple[float, float]:
    """Return the interval of a share f from the count of answers that report the option.

    Parameters
    ----------
    count, n
        Answers that report the option, of n, at least 1.
    p, q
        Probability of reporting it when it is true, and when it is not; q < p.

    Returns
    -------
    tuple
        Low and high within [0, 1]. A count below what f = 0 (above what f = 1) leads one to expect is
        taken for that expectation on the side where it would shrink the interval: luck narrows nothing.
    """
    if not 0 < confidence < 1:
        raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")
    for_low, for_high = min(count, int(np.floor(n * p))), max(count, int(np.ceil(n * q)))
    tail = (1 - confidence) / 2
    if of == "answered":
        return _least_holders(for_low, n, p, q, tail) / n, _most_holders(
            for_high, n, p, q, tail
        ) / n
    low = _proportion_low(for_low, n, tail)
    high = _proportion_high(for_high, n, tail)
    return _share(low, p, q), _share(high, p, q)


def beyond_chance(count: int, n: int, p: float, q: float) -> bool:
    """Return whether no share at all would bring so few, or so many, but once in a million.

    It says that answers did not come from the published randomiser; the contrary says nothing.
    """
    from scipy.stats import binom

    return bool(binom.cdf(count, n, q) < 1e-6 or binom.sf(count - 1, n, p) < 1e-6)


def _share(reported: float, p: float, q: float) -> float:
    return min(1.0, max(0.0, (reported - q) / (p - q)))


def _proportion_low(count: int, n: int, tail: float) -> float:
    from scipy.stats import beta

    return float(beta.ppf(tail, count, n - count + 1)) if count > 0 else 0.0


def _proportion_high(count: int, n: int, tail: float) -> float:
    from scipy.stats import beta

    return float(beta.isf(tail, count + 1, n - count)) if count < n else 1.0


def _least_holders(count: int, n: int, p: float, q: float, tail: float) -> int:
    """Return the least m with P(C ≥ count) > tail, which rises with m; n where there is none."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if _at_least(count, middle, n, p, q) > tail:
            high = middle
        else:
            low = middle + 1
    return low


def _most_holders(count: int, n: int, p: float, q: float, tail: float) -> int:
    """Return the largest m with P(C ≤ count) > tail, which falls with m; 0 where there is none."""
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        if 1 - _at_least(count + 1, middle, n, p, q) > tail:
            low = middle
        else:
            high = middle - 1
    return low


def _at_least(count: int, holders: int, n: int, p: float, q: float) -> float:
    """Return P(Binomial(holders, p) + Binomial(n − holders, q) ≥ count)."""
    from scipy.stats import binom

    spread = _REACH * np.sqrt(holders * p * (1 - p)) + 10
    first = max(0, int(holders * p - spread))
    last = min(holders, int(holders * p + spread) + 1)
    from_holders: Any = np.arange(first, last + 1)
    weights = binom.pmf(from_holders, holders, p)
    return float(min(1.0, (weights * binom.sf(count - 1 - from_holders, n - holders, q)).sum()))
