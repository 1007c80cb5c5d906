"""OpenDP's measurements for vectors of integers, and what their maps say."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Literal

from opendp.mod import OpenDPException

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


def loss(mechanism: Mechanism, scale: float, sensitivity: int) -> float:
    """Return what OpenDP's map charges: ρ for the Gaussian, ε for the Laplace."""
    made = measurement(mechanism, scale)
    return float(made.map(float(sensitivity) if mechanism == "discrete_gaussian" else sensitivity))


def gaussian_epsilon(scale: float, sensitivity: int, delta: float) -> float:
    """Return the ε that OpenDP's conversion from zCDP gives at δ."""
    _, _, _, combinators = _opendp()
    converted = combinators.make_zCDP_to_approxDP(measurement("discrete_gaussian", scale))
    try:
        return float(converted.map(float(sensitivity)).epsilon(delta))
    except OpenDPException:  # its conversion overflows where the loss is beyond all measure
        return math.inf
