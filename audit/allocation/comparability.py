"""Do the strata leave enough to compare? Strata that follow the outcome would hide any steering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from audit.allocation.placements import Placements
from audit.allocation.steering import lottery_variance

LEAST_COMPARED = 0.8
LEAST_KEPT = 0.25
"""Strata that keep less of the pooled contrast than this are not judged within."""


def contrast_kept(rounds: Sequence[Placements]) -> float:
    """Return how much of the contrast between groups and places the strata leave, 0 to 1.

    The null of both primary measures is a lottery within strata, and the strata are the
    submitter's word. A stratum of one household, of one group or of one community holds nothing that
    a lottery could exchange; strata cut by how concentrated the destination was leave no difference to
    steer by. Both are compared with a lottery among all homes of the same household size:

    - pairs: Σ a_s (n_s − a_s) / n_s · (1 − Σ_c (n_sc / n_s)²), statuses and places that could be exchanged;
    - variance: V₀ of the steering gap, where the shares before are known.

    A household alone in its stratum, or only among its own group or in one place, is compared with
    nobody; where more than a fifth of the persons placed are so, nothing is kept.

    Returns
    -------
    The smaller of the two ratios, capped at 1; 0 where nothing can be exchanged at all.
    """
    rounds = [r for r in rounds if r.homes]
    if sum(map(_compared, rounds)) < LEAST_COMPARED * sum(sum(r.persons) for r in rounds):
        return 0.0
    pooled = [without_strata(r) for r in rounds]
    ratios = [_ratio(sum(map(_pairs, rounds)), sum(map(_pairs, pooled)))]
    within = [lottery_variance(r) for r in rounds]
    whole = [lottery_variance(r) for r in pooled]
    if None not in within and None not in whole:
        ratios.append(_ratio(sum(v or 0.0 for v in within), sum(v or 0.0 for v in whole)))
    return min(1.0, *ratios)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 1e-12 else 0.0


def without_strata(placed: Placements) -> Placements:
    """Return the same placements with one stratum a household size.

    What is measured on them no label of the submitter can move: it stands beside a verdict, so that
    a reader sees how much of a gap the strata explain away. It is no verdict of its own, for strata
    drawn before the allocation (districts that people apply for) rightly explain some.
    """
    sizes = np.unique(placed.size)
    few = np.stack([placed.minority[placed.size == h].sum(axis=0) for h in sizes])
    every = np.stack([placed.every[placed.size == h].sum(axis=0) for h in sizes])
    return replace(placed, minority=few, every=every, size=sizes)


def _compared(placed: Placements) -> int:
    """Return the persons of strata with both groups and at least two places."""
    a, n = placed.minority.sum(axis=1), placed.every.sum(axis=1)
    both = (a > 0) & (a < n) & ((placed.every > 0).sum(axis=1) > 1)
    return int((n * placed.size)[both].sum())


def _pairs(placed: Placements) -> float:
    n = placed.every.sum(axis=1).astype(float)
    a = placed.minority.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        places = 1 - (placed.every**2).sum(axis=1) / n**2
        statuses = a * (n - a) / n
    return float(np.where(n > 1, statuses * places, 0.0).sum())
