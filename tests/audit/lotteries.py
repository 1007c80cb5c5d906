"""A tiny city whose homes are given out by lottery, and every lottery that it could have held."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from audit.allocation import Placements

Counted = NDArray[np.int64]
Shares = NDArray[np.float64]
SIZE = np.array([1, 2, 3, 4, 1, 2])
"""Strata: homes of 1 to 4 in one district, of 1 and 2 in another."""
SHARE_BEFORE = np.array([0.15, 0.3, 0.45, 0.6, 0.75, 0.25, 0.5, 0.8])
DISTRICT = np.array([0, 0, 0, 0, 0, 1, 1, 1])


def homes(each: int = 12) -> Counted:
    """Free homes by stratum × community, a few more here than there."""
    district = np.array([0, 0, 0, 0, 1, 1])
    free = each + (np.arange(6)[:, None] * 5 + np.arange(8) * 3) % 7
    return np.where(district[:, None] == DISTRICT, free, 0).astype(np.int64)


def minority_by_stratum(every: Counted) -> Counted:
    """Households of the minority among those to be placed: from a third to a half."""
    part = np.array([0.5, 0.45, 0.4, 0.33, 0.48, 0.36])
    return np.round(every.sum(axis=1) * part).astype(np.int64)


def lottery(
    rng: np.random.Generator, every: Counted | None = None, share: Shares = SHARE_BEFORE
) -> Placements:
    """One honest lottery within strata."""
    return steered(rng, 0.0, every, share)


def steered(
    rng: np.random.Generator,
    strength: float,
    every: Counted | None = None,
    share: Shares = SHARE_BEFORE,
) -> Placements:
    """Homes drawn one by one with weight exp(strength × share before): 0 is a lottery."""
    every = homes() if every is None else every
    few = np.zeros_like(every)
    for s, free in enumerate(every):
        at = np.repeat(np.arange(len(free)), free)
        # the largest keys are a weighted draw without replacement (Efraimidis & Spirakis 2006)
        keys = np.log(rng.random(len(at))) / np.exp(strength * share[at])
        few[s] = np.bincount(
            at[np.argsort(-keys)[: minority_by_stratum(every)[s]]], minlength=len(free)
        )
    return Placements(few, every, SIZE[: len(every)], share)


def every_lottery(placed: Placements) -> Iterator[Placements]:
    """Each way to deal the homes of each stratum, equally likely."""
    strata = []
    for free, few in zip(placed.every, placed.minority.sum(axis=1), strict=True):
        at = np.repeat(np.arange(len(free)), free)
        strata.append(
            [
                np.bincount(at[list(chosen)], minlength=len(free))
                for chosen in combinations(range(len(at)), int(few))
            ]
        )
    for dealt in product(*strata):
        yield Placements(np.array(dealt), placed.every, placed.size, placed.share_before)
