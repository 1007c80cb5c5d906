"""OpenDP's measurements for vectors of integers, and what their maps say."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Literal

from opendp.mod import OpenDPException

from privacy.query import Sensitivity

Mechanism = Literal["discrete_gaussian", "discrete_laplace"]


@cache
def _opendp() -> Any:
    # opendp.prelude takes seconds; these modules do not
    import opendp.combinators as combinators
    import opendp.domains as domains
    import opendp.measurements as measurements
    import opendp.metrics as metrics
    import opendp.mod as mod

    mod.enable_features("contrib")
    return measurements, domains, metrics, combinators


def measurement(mechanism: Mechanism, scale: float) -> Any:
    """Return OpenDP's measurement that adds discrete noise to a vector of 64-bit integers.

    Canonne, Kamath & Steinke 2020 (discrete Gaussian); the sampler is exact.
    """
    measurements, domains, metrics, _ = _opendp()
    vectors = domains.vector_domain(domains.atom_domain(T="i64"))
    if mechanism == "discrete_gaussian":
        return measurements.make_gaussian(vectors, metrics.l2_distance(T="f64"), scale=scale)
    return measurements.make_laplace(vectors, metrics.l1_distance(T="i64"), scale=scale)


def l2(sensitivity: Sensitivity) -> float:
    """Return the L2 sensitivity as a float that is never below it; exact where it is a whole number."""
    root = math.isqrt(sensitivity.l2_squared)
    if root * root == sensitivity.l2_squared and root < 2**53:
        return float(root)
    return math.nextafter(math.sqrt(sensitivity.l2_squared), math.inf)


def loss(mechanism: Mechanism, scale: float, sensitivity: Sensitivity) -> float:
    """Return what OpenDP's map charges: ρ for the Gaussian, ε for the Laplace."""
    made = measurement(mechanism, scale)
    gaussian = mechanism == "discrete_gaussian"
    return float(made.map(l2(sensitivity) if gaussian else sensitivity.l1))


def epsilon_of(rho: float, delta: float) -> float:
    """Return the ε that OpenDP's conversion gives a loss of ρ in zCDP at δ; infinite beyond all measure."""
    _, _, _, combinators = _opendp()
    unit = measurement("discrete_gaussian", 1.0)  # its loss at distance √(2ρ) is ρ
    converted = combinators.make_zCDP_to_approxDP(unit)
    try:
        distance = math.nextafter(math.sqrt(2 * rho), math.inf)
        return float(converted.map(distance).epsilon(delta))
    except OpenDPException:  # its conversion overflows where the loss is beyond all measure
        return math.inf
