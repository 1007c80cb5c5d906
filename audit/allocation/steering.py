"""The steering gap B: were migrants sent to where migrants already were?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audit.allocation.placements import Placements
from audit.inference import Estimate


def steering_gap(rounds: Sequence[Placements]) -> Estimate | None:
    """Return B: how much more concentrated before were the places that the minority was sent to.

    The difference, beyond a lottery, between the mean share of migrants (before the round) in the
    communities that migrant persons were sent to and in those that local persons were sent to.

    Parameters
    ----------
    rounds
        One round, or several to pool; each with the shares before it.

    Returns
    -------
    −1 to 1, 0 ideal; None when a group was not placed or a community's share is unknown. The
    standard error is that of a lottery within strata, exact, from one allocation.

    Notes
    -----
    B = (T − T₀)(1/P_m + 1/P_l) with T = Σ x_c h a_ch; under a lottery within stratum s, a_s of n_s
    homes are drawn without replacement: T₀ = Σ h a_s x̄_s and
    V₀ = Σ h² a_s (n_s − a_s)/(n_s − 1) Var_s(x). Given the rounds before it each round's T − T₀ has
    mean 0 under a lottery, so rounds add up, and so do their variances.
    """
    migrants = sum(r.persons[0] for r in rounds)
    locals_ = sum(r.persons[1] for r in rounds)
    parts = [_beyond_lottery(r) for r in rounds]
    if migrants == 0 or locals_ == 0 or any(p is None for p in parts):
        return None
    scale = 1 / migrants + 1 / locals_
    gap = sum(p[0] for p in parts if p) * scale
    sd = float(np.sqrt(sum(p[1] for p in parts if p)) * scale)
    return Estimate("steering_gap", "the_mechanism", gap, sd, None, sd, {"rounds": len(rounds)})


def lottery_variance(placed: Placements) -> float | None:
    """Return V₀ of one round's T under a lottery within strata; None where a share is unknown."""
    found = _beyond_lottery(placed)
    return None if found is None else found[1]


def _beyond_lottery(placed: Placements) -> tuple[float, float] | None:
    """Return T − T₀ and V₀ of one round."""
    used = placed.every.sum(axis=0) > 0
    if np.isnan(placed.share_before[used]).any():
        return None
    x = np.where(used, placed.share_before, 0.0)
    h, n_s = placed.size.astype(float), placed.every.sum(axis=1)
    a_s = placed.minority.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n_s > 0, placed.every @ x / n_s, 0.0)
        variance = np.where(n_s > 0, placed.every @ x**2 / n_s - mean**2, 0.0)
        drawn = np.where(n_s > 1, a_s * (n_s - a_s) / (n_s - 1.0), 0.0)
    t = float(h @ (placed.minority @ x))
    t0 = float((h * a_s * mean).sum())
    v0 = float((h**2 * drawn * np.maximum(variance, 0.0)).sum())
    return t - t0, v0
