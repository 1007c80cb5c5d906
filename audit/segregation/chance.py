"""What chance alone would give, with the sizes of units and groups fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from audit.segregation.dissimilarity import dissimilarity
from audit.segregation.entropy import mutual_information, theil_h

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Chance:
    """Chance levels: E₀[D] exact, D* beyond it, the permutation p, and E₀ of M and H by redraws."""

    expected_dissimilarity: float | None
    beyond_chance: float | None
    p_value: float | None
    expected_mutual_information: float | None
    expected_theil_h: float | None
    redraws: int


def expected_dissimilarity(minority: NDArray[np.int64], total: NDArray[np.int64]) -> float | None:
    """Return E₀[D] when persons are put into the units at random, exactly.

    A unit's minority count is hypergeometric(T, A, t_i); D is a sum over units of |x/A − (t−x)/B|,
    so its expectation is the sum of theirs. None when either group is absent.
    """
    from scipy.stats import hypergeom

    a, t = int(minority.sum()), int(total.sum())
    if a in (0, t):
        return None
    b = t - a
    expected = 0.0
    sizes, repeats = np.unique(total, return_counts=True)
    for size, repeat in zip(sizes.tolist(), repeats.tolist(), strict=True):
        if size == 0:
            continue
        x = np.arange(max(0, size - b), min(size, a) + 1)
        p = hypergeom.pmf(x, t, a, size)
        expected += repeat * float((p * np.abs(x / a - (size - x) / b)).sum())
    return 0.5 * expected


def chance_levels(
    table: NDArray[np.int64],
    minority: NDArray[np.int64],
    total: NDArray[np.int64],
    rng: np.random.Generator,
    redraws: int = 199,
) -> Chance:
    """Return the chance levels of a table of persons.

    D* = (D − E₀)/(1 − E₀) (Winship 1977). The p value counts redrawn tables with a D at least as
    large, plus one, over redraws plus one (Phipson & Smyth 2010): it is never 0.
    """
    from scipy.stats import random_table

    d = dissimilarity(minority, total)
    e0 = expected_dissimilarity(minority, total)
    if d is None or e0 is None:
        return Chance(None, None, None, None, None, 0)
    used = total > 0
    pair = np.column_stack([minority[used], (total - minority)[used]])
    drawn = random_table(pair.sum(axis=1), pair.sum(axis=0), seed=rng).rvs(redraws)
    shares = drawn / pair.sum(axis=0)
    null = 0.5 * np.abs(shares[:, :, 0] - shares[:, :, 1]).sum(axis=1)
    p_value = (1 + int((null >= d - 1e-12).sum())) / (redraws + 1)
    many = table[table.sum(axis=1) > 0]
    some = random_table(many.sum(axis=1), many.sum(axis=0), seed=rng)
    tables = some.rvs(min(redraws, 99)) if (many.sum(axis=0) > 0).all() else np.empty((0,))
    ms = [m for m in map(mutual_information, tables) if m is not None]
    hs = [h for h in map(theil_h, tables) if h is not None]
    return Chance(
        e0,
        (d - e0) / (1 - e0),
        p_value,
        float(np.mean(ms)) if ms else None,
        float(np.mean(hs)) if hs else None,
        redraws,
    )
