"""t-closeness: how far the sensitive values of a class lie from those of the whole table.

Li, Li, Venkatasubramanian, ICDE 2007: the earth mover's distance, §4.1 for ordered values (steps between
neighbours equal, divided by m − 1), §4.2 for values that are all equally far apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from privacy.risk.diversity import Cells


def t_equal(cells: Cells) -> float | None:
    """Return the largest distance of a class by equal distances, 0 to 1; None where there is nobody.

    ½ Σ |q − p|: over the values that the class holds, plus the share of those that it lacks.
    """
    if not len(cells.persons):
        return None
    p = cells.overall[cells.value]
    q = _shares(cells)
    apart = np.add.reduceat(np.abs(q - p), cells.starts)
    lacking = 1.0 - np.add.reduceat(p, cells.starts)
    return float(max(0.0, (0.5 * (apart + lacking)).max()))


def t_ordered(cells: Cells) -> float | None:
    """Return the largest distance of a class by order, 0 to 1; None below two values.

    Σ over i < m of |Q_i − P_i| / (m − 1), Q and P cumulative. Between two values that a class holds,
    Q stands still and P rises, so the sum over the stretch is closed by one search in P: the work
    grows with the cells, not with classes × values.
    """
    if not len(cells.persons) or cells.values < 2:
        return None
    P = np.cumsum(cells.overall)
    S = np.r_[0.0, np.cumsum(P)]  # S[i] = P_0 + … + P_(i-1)
    starts = cells.starts
    ends = np.r_[starts[1:], len(cells.persons)] - 1
    q = np.cumsum(_shares(cells))
    before = np.r_[0.0, q][starts]
    lengths = ends - starts + 1
    Q = q - np.repeat(before, lengths)
    a = cells.value
    b = np.r_[cells.value[1:], 0]
    b[ends] = cells.values
    split = np.clip(np.searchsorted(P, Q), a, b)
    stretch = Q * (split - a) - (S[split] - S[a]) + (S[b] - S[split]) - Q * (b - split)
    head = S[cells.value[starts]]  # before the first value Q is 0
    total = np.add.reduceat(stretch, starts) + head
    return float(max(0.0, total.max() / (cells.values - 1)))


def _shares(cells: Cells) -> NDArray[np.float64]:
    lengths = np.diff(np.r_[cells.starts, len(cells.persons)])
    return np.asarray(cells.persons / np.repeat(cells.sizes, lengths), dtype=np.float64)
