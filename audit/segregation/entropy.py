"""Segregation by information: M, H and the local share of each unit; two groups or many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _plogp(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)


def local_information(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return L_u by unit, in nats: how much a unit's mix differs from the whole's.

    Shape: units. An empty unit is NaN. Σ (t_u/T) L_u = M (Mora & Ruiz-Castillo 2011, eq. 5).
    """
    totals = table.sum(axis=1).astype(float)
    whole = table.sum(axis=0) / table.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = table / totals[:, None]
        ratio = np.where(shares > 0, shares / whole, 1.0)
        local: NDArray[np.float64] = np.where(shares > 0, shares * np.log(ratio), 0.0).sum(axis=1)
    local[totals == 0] = np.nan
    return local


def mutual_information(table: NDArray[np.int64]) -> float | None:
    """Return M in nats: what knowing the unit tells of the group (Theil & Finizza 1971).

    0 to the entropy of the groups; None when nobody is counted or a group is absent.
    """
    if table.sum() == 0 or (table.sum(axis=0) == 0).any():
        return None
    weights = table.sum(axis=1) / table.sum()
    local = local_information(table)
    return float(max(0.0, (weights[weights > 0] * local[weights > 0]).sum()))


def theil_h(table: NDArray[np.int64]) -> float | None:
    """Return H = M / entropy of the groups, 0 to 1 (Theil & Finizza 1971; Reardon & Firebaugh 2002).

    None where M is, or when only one group is counted (its entropy is 0).
    """
    m = mutual_information(table)
    if m is None:
        return None
    entropy = float(-_plogp(table.sum(axis=0) / table.sum()).sum())
    return None if entropy == 0 else m / entropy
