"""One round of housing, compiled: who moves, which homes are free, and who gets which.

A home is a community and a stratum (zone × size); a mover may get any free home of its stratum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = 4


@njit(cache=True)
def draw_movers(households: int, churn: float, seed: int) -> NDArray[np.int64]:
    """Return the households that move, in random order (the order in which they are served)."""
    np.random.seed(seed)
    moving = np.empty(households, dtype=np.int64)
    n = 0
    for i in range(households):
        if np.random.random() < churn:
            moving[n] = i
            n += 1
    movers = moving[:n].copy()
    np.random.shuffle(movers)
    return movers


@njit(cache=True)
def _drawn_exactly(
    weight: NDArray[np.float64], homes: NDArray[np.int64], first: int, count: int
) -> int:
    """Draw one of `count` homes from `first` on, with chance ∝ weight, by the cumulative sum."""
    total = 0.0
    for at in range(first, first + count):
        total += weight[homes[at]]
    u = np.random.random() * total
    for at in range(first, first + count):
        u -= weight[homes[at]]
        if u < 0:
            return at
    return first + count - 1


@njit(cache=True)
def place_by_weight(
    movers: NDArray[np.int64],
    community: NDArray[np.int64],
    stratum: NDArray[np.int64],
    kind: NDArray[np.int64],
    weight: NDArray[np.float64],
    strata: int,
    seed: int,
) -> NDArray[np.int64]:
    """Serve movers in order; each gets a free home of its stratum with chance ∝ weight.

    Parameters
    ----------
    kind
        Row of `weight` by household.
    weight
        kinds × communities, each row's largest at most 1. All equal is a lottery.

    Returns
    -------
    The new community of each mover. Homes left by the movers are the free homes; every
    mover finds one. Sampling is by rejection from the free homes, exact.
    """
    np.random.seed(seed)
    start = np.zeros(strata + 1, dtype=np.int64)
    for i in movers:
        start[stratum[i] + 1] += 1
    for s in range(strata):
        start[s + 1] += start[s]
    free = start[1:].copy()  # end of each stratum's homes that are still free
    fill = start[:-1].copy()
    homes = np.empty(len(movers), dtype=np.int64)
    for i in movers:
        s = stratum[i]
        homes[fill[s]] = community[i]
        fill[s] += 1
    placed = np.empty(len(movers), dtype=np.int64)
    for m in range(len(movers)):
        i = movers[m]
        s, k = stratum[i], kind[i]
        first, count = start[s], free[s] - start[s]
        chosen = -1
        for _ in range(200):
            at = first + np.random.randint(0, count)
            if np.random.random() < weight[k, homes[at]]:
                chosen = at
                break
        if chosen < 0:  # what is left weighs little: draw exactly
            chosen = _drawn_exactly(weight[k], homes, first, count)
        placed[m] = homes[chosen]
        homes[chosen] = homes[first + count - 1]
        free[s] -= 1
    return placed


@njit(cache=True)
def place_by_best_score(
    movers: NDArray[np.int64],
    community: NDArray[np.int64],
    stratum: NDArray[np.int64],
    kind: NDArray[np.int64],
    pair_kind: NDArray[np.int64],
    pair_community: NDArray[np.int64],
    kinds: int,
    communities: int,
) -> NDArray[np.int64]:
    """Match movers and free homes greedily by the highest score.

    Parameters
    ----------
    pair_kind, pair_community
        Pairs of a kind of mover and a community, the highest score first.

    Returns
    -------
    The new community of each mover.
    """
    sizes = SIZES
    waiting = np.zeros((kinds, sizes), dtype=np.int64)
    free = np.zeros((communities, sizes), dtype=np.int64)
    for i in movers:
        waiting[kind[i], stratum[i] % sizes] += 1
        free[community[i], stratum[i] % sizes] += 1
    given = np.zeros((len(pair_kind), sizes), dtype=np.int64)
    for p in range(len(pair_kind)):
        k, c = pair_kind[p], pair_community[p]
        for h in range(sizes):
            if waiting[k, h] > 0 and free[c, h] > 0:
                n = min(waiting[k, h], free[c, h])
                given[p, h] = n
                waiting[k, h] -= n
                free[c, h] -= n
    # hand the homes of each kind and size to its movers in their order of service
    count = np.zeros(kinds * sizes + 1, dtype=np.int64)
    for i in movers:
        count[kind[i] * sizes + stratum[i] % sizes + 1] += 1
    for j in range(kinds * sizes):
        count[j + 1] += count[j]
    fill = count[:-1].copy()
    bundle = np.empty(len(movers), dtype=np.int64)
    for p in range(len(pair_kind)):
        for h in range(sizes):
            j = pair_kind[p] * sizes + h
            for _ in range(given[p, h]):
                bundle[fill[j]] = pair_community[p]
                fill[j] += 1
    take = count[:-1].copy()
    placed = np.empty(len(movers), dtype=np.int64)
    for m in range(len(movers)):
        j = kind[movers[m]] * sizes + stratum[movers[m]] % sizes
        placed[m] = bundle[take[j]]
        take[j] += 1
    return placed
