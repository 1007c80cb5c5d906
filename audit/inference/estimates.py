"""An estimate with its standard error, and the bounds that a policy's z asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Literal

Estimand = Literal["this_allocation", "the_mechanism", "the_next_cohort"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure of an estimand.

    Parameters
    ----------
    se
        Standard error (or of prediction); None for a census, which has no interval.
    degrees
        Degrees of freedom of Student's t; None for the normal distribution.
    null_sd
        Standard deviation under an honest lottery: what a margin is held against beforehand.
    """

    measure: str
    estimand: Estimand
    value: float
    se: float | None = None
    degrees: int | None = None
    null_sd: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def bounds(self, z: float) -> tuple[float, float]:
        """Return the two-sided bounds at the normal quantile z, as t where there are degrees."""
        if self.se is None:
            return self.value, self.value
        width = self.se * (z if self.degrees is None else _t_for(z, self.degrees))
        return self.value - width, self.value + width


def z_at(confidence: float) -> float:
    """Return the normal quantile of a two-sided interval."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _t_for(z: float, degrees: int) -> float:
    from scipy.stats import norm, t

    return float(t.isf(norm.sf(z), degrees)) if math.isfinite(z) else math.inf
