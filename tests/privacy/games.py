"""The two-dataset game: from draws with and without a person, a lower bound on the loss that does not err.

Draws of both datasets are turned into small integers (outcomes). The first half of the draws chooses an event by the
ratio of its frequencies, the second half counts it; one-sided Clopper–Pearson bounds on its two probabilities
give a loss that the mechanism has at least, except with probability `ERROR`. A claim below that bound is refuted; a
true claim fails a test once in a million runs.

A game with N draws a side sees an event of probability p to within about 5·√(p/N): what larger loss would
have been refuted is shown by the mutants beside each game.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

ERROR = 1e-6
Outcomes = NDArray[np.int64]
_ORDERS = np.concatenate([1 + np.geomspace(1e-3, 0.9, 12), np.geomspace(2, 60, 24)])


def least_epsilon(with_person: Outcomes, without: Outcomes, delta: float = 0.0) -> float:
    """Return an ε that the mechanism has at least at δ, except with probability `ERROR`; 0 where none is seen."""
    return _least(with_person, without, lambda p, q: _epsilon(p, q, delta))


def least_rho(with_person: Outcomes, without: Outcomes, delta: float = 0.0) -> float:
    """Return a ρ of zCDP that the mechanism has at least, except with probability `ERROR`.

    Of an event with probabilities p and q, by post-processing: ρ ≥ D_α(p‖q)/α for every α > 1 (Bun & Steinke 2016,
    Definition 1.1). With δ (a threshold's) the event may have δ more (Definition 8.1).
    """
    return _least(with_person, without, lambda p, q: _rho(max(p - delta, 0.0), q))


def most_often(hits: int, draws: int) -> float:
    """Return a probability that an event has at most, except with probability `ERROR` (Clopper & Pearson 1934)."""
    return 1.0 if hits == draws else float(beta.ppf(1 - ERROR, hits + 1, draws - hits))


def least_often(hits: int, draws: int, error: float = ERROR) -> float:
    """Return a probability that an event has at least, except with probability `error`."""
    return 0.0 if hits == 0 else float(beta.ppf(error, hits, draws - hits + 1))


def _least(a: Outcomes, b: Outcomes, loss: Callable[[float, float], float]) -> float:
    found = 0.0
    for one, other in ((a, b), (b, a)):
        first, second = _halves(one), _halves(other)
        event = _chosen(first[0], second[0], loss)
        found = max(found, _bounded(np.isin(first[1], event), np.isin(second[1], event), loss))
    return found


def _halves(outcomes: Outcomes) -> tuple[Outcomes, Outcomes]:
    half = len(outcomes) // 2
    return outcomes[:half], outcomes[half:]


def _chosen(one: Outcomes, other: Outcomes, loss: Callable[[float, float], float]) -> Outcomes:
    """Return the event, of those that likelihood ratios nest, with the largest bound on these draws."""
    values = np.unique(np.concatenate([one, other]))
    p = np.array([(one == v).sum() for v in values]) + 0.5
    q = np.array([(other == v).sum() for v in values]) + 0.5
    order = np.argsort(-(p / q))
    hits = zip(np.cumsum(p[order]).astype(int), np.cumsum(q[order]).astype(int), strict=True)
    bounds = [_of_hits(i, len(one), j, len(other), loss) for i, j in hits]
    return values[order][: int(np.argmax(bounds)) + 1]


def _bounded(
    one: NDArray[np.bool_], other: NDArray[np.bool_], loss: Callable[[float, float], float]
) -> float:
    return _of_hits(int(one.sum()), len(one), int(other.sum()), len(other), loss)


def _of_hits(i: int, n: int, j: int, m: int, loss: Callable[[float, float], float]) -> float:
    share = ERROR / 4  # two directions, two probabilities
    p = least_often(min(i, n), n, share)
    q = 1.0 if j >= m else float(beta.ppf(1 - share, j + 1, m - j))
    return loss(p, q) if p > q else 0.0


def _epsilon(p: float, q: float, delta: float) -> float:
    return math.log((p - delta) / q) if p - delta > q else 0.0


def _rho(p: float, q: float) -> float:
    return max(_renyi(p, q), default=0.0) if p > q else 0.0


def _renyi(p: float, q: float) -> Iterator[float]:
    """Yield D_α(p‖q)/α of two coins, over orders α."""
    with np.errstate(divide="ignore"):
        heads = _ORDERS * np.log(p) + (1 - _ORDERS) * np.log(q)
        tails = _ORDERS * np.log1p(-p) + (1 - _ORDERS) * np.log1p(-min(q, 1 - 1e-16))
    yield from np.logaddexp(heads, tails) / (_ORDERS - 1) / _ORDERS
