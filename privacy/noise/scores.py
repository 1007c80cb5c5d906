"""Scores that a noisy max chooses by: how far a bin is from holding a quantile, in integers.

A quantile of level q = num/den is any value with P(X < v) ≤ q ≤ P(X ≤ v). The score of a bin is
its distance from that, in rows × den: with `below` the rows in lower bins, `upto` those and its own,
and n all of them,

    score = max(den·below − num·n, num·n − den·upto, 0),

which is 0 exactly for the bins that hold the quantile, ties or not. Where a bin is empty it is
|(den − num)·below − num·above|, the score of Smith (2011) and of OpenDP's `make_private_quantile`.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGEST = 2**62


def quantile_scores(
    counts: NDArray[np.int64], level: Fraction, shift: int = 0
) -> NDArray[np.int64]:
    """Return each bin's distance from a rank, in rows × the level's denominator.

    Parameters
    ----------
    counts
        Rows by group and bin, of shape `(groups, bins)`, not negative.
    shift
        Moves the target rank num·n, to choose the ends of an interval; it does not depend on data.

    Notes
    -----
    The first bin reaches down and the last up without end, so that every target has a bin of score 0.
    Scores beyond 2⁶² stay there: no row moves a score by more than without.
    """
    import numpy as np

    num, den = level.numerator, level.denominator
    largest = float(np.abs(counts).sum(axis=1, dtype=np.float64).max(initial=0.0))
    exact = counts.astype(object) if largest * den + abs(shift) >= 2**61 else counts
    upto = np.cumsum(exact, axis=1)
    target = num * upto[:, -1:] + shift
    over = den * (upto - exact) - target
    under = target - den * upto
    over[:, 0] = 0
    under[:, -1] = 0
    scores = np.maximum(np.maximum(over, under), 0)
    found: NDArray[np.int64] = np.minimum(scores, _LARGEST).astype(np.int64)
    return found


def sensitivity_of_scores(level: Fraction, rows: int, *, shared: bool, pure: bool) -> int:
    """Return the L∞ distance at which one map covers the choices in all groups of a table together.

    Parameters
    ----------
    rows
        What one person can change in one group: K·L rows.
    shared
        A person moves rows from one place to another, and does not take them away.
    pure
        Losses of the groups add up (ε); else their squares do (zCDP).

    Notes
    -----
    Each of the score's parts is linear in the counts; a row weighs den − num or −num in the first, num − den
    or num in the second, and max(·, 0) widens nothing: with m = max(num, den − num) a row that comes or goes moves no
    score by more than m. Rows of one person in group g: r_g, in all R. The loss of noisy max is proportional to the
    distance (pure) or its square (zCDP), and Σ m·r_g = m·R, Σ (m·r_g)² ≤ (m·R)²: the distance m·R covers the table.

    Where o_g rows leave a group and i_g come, or move within it, no score moves by more than
    m·max(o_g, i_g) + (den − m)·min(o_g, i_g). This and its square are convex, so that the sum over groups
    is largest where all R rows go from one group to one group: den·R in that one, or m·R in each of two. In all
    2·m·R (pure, as 2m ≥ den), or max(den, √2·m)·R (zCDP).
    """
    num, den = level.numerator, level.denominator
    m = max(num, den - num)
    if not shared:
        return m * rows
    if pure:
        return 2 * m * rows
    two = 2 * (m * rows) ** 2
    root = isqrt(two)
    return max(den * rows, root + (root * root < two))
