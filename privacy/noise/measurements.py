"""OpenDP's measurements of integers, and what their maps say: nothing else prices, nothing else draws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from policies.errors import BadInput
from privacy.accounting import ATTO, NANO, Charge

Mechanism = Literal[
    "discrete_gaussian",
    "discrete_laplace",
    "gaussian_threshold",
    "laplace_threshold",
    "noisy_max_gumbel",
    "noisy_max_exponential",
    "top_k_gumbel",
    "top_k_exponential",
]
PURE: frozenset[Mechanism] = frozenset(
    {"discrete_laplace", "laplace_threshold", "noisy_max_exponential", "top_k_exponential"}
)
"""Mechanisms whose map gives a pure ε (beside a threshold's δ); the others' gives ρ of zCDP."""
NOISE: dict[Mechanism, Literal["gaussian", "laplace"]] = {
    "discrete_gaussian": "gaussian",
    "gaussian_threshold": "gaussian",
    "discrete_laplace": "laplace",
    "laplace_threshold": "laplace",
}
"""Mechanisms that add noise to each integer, and which; the others choose places."""

Distance = int | float | tuple[int, int | float, int]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement of OpenDP.

    Parameters
    ----------
    scale
        σ of the discrete Gaussian (P(x) ∝ exp(−x²/2σ²)), b of the discrete Laplace
        (P(x) ∝ exp(−|x|/b)), or the scale of the Gumbel or exponential noise on scores.
    distance
        What one person can change: L2 (Gaussian), L1 (Laplace), (L0, L2 or L1, L∞) with a threshold,
        L∞ of the scores for noisy max.
    threshold
        Groups with a noisy count below it are not shown.
    most
        How many places top-k chooses.
    monotone
        Adding a person moves all scores one way, which halves the loss of noisy max.
    smallest
        The place of the smallest score is chosen, instead of the largest.
    """

    mechanism: Mechanism
    scale: float
    distance: Distance
    threshold: int | None = None
    most: int = 1
    monotone: bool = False
    smallest: bool = False

    def made(self) -> Any:
        """Return OpenDP's measurement, which draws."""
        return _made(
            self.mechanism, self.scale, self.threshold, self.most, self.monotone, self.smallest
        )

    def loss(self) -> tuple[float, float]:
        """Return what OpenDP's map says: ρ (for mechanisms in `PURE`: ε), and δ, 0 without a threshold.

        OpenDP 0.16 shows a count that equals its threshold, and its map leaves that count's probability out of δ;
        so the map is asked about a threshold lower by one: what then counts is all that is shown.
        """
        below = None if self.threshold is None else self.threshold - 1
        made = _made(self.mechanism, self.scale, below, self.most, self.monotone, self.smallest)
        lost = made.map(self.distance)
        return (float(lost), 0.0) if below is None else (float(lost[0]), float(lost[1]))

    def charge(self) -> Charge:
        """Return the loss as the ledger keeps it, rounded up.

        A pure ε is charged the ρ of OpenDP's conversion, ε²/2 (Bun & Steinke 2016, Proposition 1.4).

        Raises
        ------
        BadInput
            The loss is not finite.
        """
        lost, delta = self.loss()
        rho = rho_of_pure(lost) if self.mechanism in PURE else lost
        return Charge(rounded_up(rho, NANO), rounded_up(delta, ATTO))


def rounded_up(value: float, parts: int) -> int:
    """Return value × parts as an integer that is never below it; 0 stays 0.

    Raises
    ------
    BadInput
        The value is infinite or not a number.
    """
    if not math.isfinite(value) or value < 0:
        raise BadInput("has no finite privacy loss", where="query", todo="ask for more noise")
    numerator, denominator = value.as_integer_ratio()
    return -(-numerator * parts // denominator)


def l2(squared: int) -> float:
    """Return the square root of an integer as a float that is never below it; exact for whole roots < 2⁵³."""
    root = math.isqrt(squared)
    if root * root == squared and root < 2**53:
        return float(root)
    found = math.sqrt(squared)
    while _square_is_below(found, squared):
        found = math.nextafter(found, math.inf)
    return found


def _square_is_below(x: float, squared: int) -> bool:
    numerator, denominator = x.as_integer_ratio()
    return numerator**2 < squared * denominator**2


@lru_cache(maxsize=1024)
def epsilon_of(rho: float, delta: float) -> float:
    """Return the ε that OpenDP's conversion gives a loss of ρ in zCDP at δ; infinite beyond all measure.

    Canonne, Kamath & Steinke 2020, Corollary 13, as OpenDP computes it.
    """
    from opendp.mod import OpenDPException

    try:
        distance = math.nextafter(math.sqrt(2 * rho), math.inf)
        return float(_unit_gaussian().map(distance).epsilon(delta))
    except OpenDPException:  # its conversion overflows where the loss is beyond all measure
        return math.inf


@cache
def _unit_gaussian() -> Any:
    # its loss at distance √(2ρ) is ρ
    combinators = _opendp()["combinators"]
    return combinators.make_zCDP_to_approxDP(_made("discrete_gaussian", 1.0, None, 1, False, False))


def rho_of_pure(epsilon: float) -> float:
    """Return the ρ that OpenDP's conversion gives a pure ε."""
    combinators, metrics = _opendp()["combinators"], _opendp()["metrics"]
    one = _opendp()["measurements"].make_laplace(
        _opendp()["domains"].atom_domain(T="f64", nan=False),
        metrics.absolute_distance(T="f64"),
        scale=1.0,
    )
    return float(combinators.make_pureDP_to_zCDP(one).map(epsilon))


@cache
def _opendp() -> dict[str, Any]:
    # opendp.prelude takes seconds; these modules do not
    import opendp.combinators as combinators
    import opendp.domains as domains
    import opendp.measurements as measurements
    import opendp.measures as measures
    import opendp.metrics as metrics
    import opendp.mod as mod

    mod.enable_features("contrib")
    return {
        "combinators": combinators,
        "domains": domains,
        "measurements": measurements,
        "measures": measures,
        "metrics": metrics,
    }


@lru_cache(maxsize=4096)
def _made(
    mechanism: Mechanism,
    scale: float,
    threshold: int | None,
    most: int,
    monotone: bool,
    smallest: bool,
) -> Any:
    """Return OpenDP's measurement.

    Canonne, Kamath & Steinke 2020 (discrete Gaussian); Rogers 2023 (thresholds); McKenna & Sheldon 2020
    (noisy max with exponential noise is permute-and-flip); Gumbel noise is the exponential mechanism.
    """
    found = _opendp()
    make, domains, metrics = found["measurements"], found["domains"], found["metrics"]
    whole = domains.atom_domain(T="i64")
    vectors, groups = domains.vector_domain(whole), domains.map_domain(whole, whole)
    one = metrics.absolute_distance(T="i64")
    scores = metrics.linf_distance(T="i64", monotonic=monotone)
    measure = found["measures"].max_divergence if mechanism in PURE else None
    measure = measure or found["measures"].zero_concentrated_divergence
    match mechanism:
        case "discrete_gaussian":
            return make.make_gaussian(vectors, metrics.l2_distance(T="f64"), scale=scale)
        case "discrete_laplace":
            return make.make_laplace(vectors, metrics.l1_distance(T="i64"), scale=scale)
        case "gaussian_threshold":
            distance = metrics.l02inf_distance(metrics.absolute_distance(T="f64"))
            return make.make_gaussian_threshold(groups, distance, scale=scale, threshold=threshold)
        case "laplace_threshold":
            distance = metrics.l01inf_distance(one)
            return make.make_laplace_threshold(groups, distance, scale=scale, threshold=threshold)
        case "noisy_max_gumbel" | "noisy_max_exponential":
            return make.make_noisy_max(vectors, scores, measure(), scale=scale, negate=smallest)
        case "top_k_gumbel" | "top_k_exponential":
            return make.make_noisy_top_k(
                vectors, scores, measure(), k=most, scale=scale, negate=smallest
            )
