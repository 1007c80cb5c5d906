"""The steering gap B: were migrants sent to where migrants already were?"""

from __future__ import annotations

import numpy as np

from audit.allocation.placements import Placements
from audit.inference import Estimate


def steering_gap(placed: Placements) -> Estimate | None:
    """Return B: how much more concentrated before were the places that the minority was sent to.

    The difference, beyond a lottery, between the mean share of migrants (before the round) in the
    communities that migrant persons were sent to and in those that local persons were sent to.

    Returns
    -------
    −1 to 1, 0 ideal; None when a group was not placed or a community's share is unknown. The
    standard error is that of a lottery within strata, exact, from one allocation.

    Notes
    -----
    B = (T − T₀)(1/P_m + 1/P_l) with T = Σ x_c h a_ch; under a lottery within stratum s, a_s of n_s
    homes are drawn without replacement: T₀ = Σ h a_s x̄_s and
    V₀ = Σ h² a_s (n_s − a_s)/(n_s − 1) Var_s(x).
    """
    migrants, locals_ = placed.persons
    used = placed.every.sum(axis=0) > 0
    if migrants == 0 or locals_ == 0 or np.isnan(placed.share_before[used]).any():
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
    scale = 1 / migrants + 1 / locals_
    sd = float(np.sqrt(v0) * scale)
    return Estimate("steering_gap", "the_mechanism", (t - t0) * scale, sd, None, sd)
