"""Pricing: from what was asked for to a scale and a charge, before any data are read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies.errors import BadInput
from privacy.accounting import NANO, Charge
from privacy.noise.half_widths import half_width
from privacy.noise.measurements import Mechanism, gaussian_epsilon, loss
from privacy.query import Plan

LARGEST_SCALE = 1e6
SMALLEST_SCALE = 0.05
_FIELDS = ("epsilon", "pure_epsilon", "rho", "accuracy")


@dataclass(frozen=True, slots=True)
class Ask:
    """How exact an answer is wanted: exactly one of ε (with δ), pure ε, ρ, or a half-width."""

    epsilon: float | None = None
    pure_epsilon: float | None = None
    rho: float | None = None
    accuracy: float | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        given = [name for name in _FIELDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise BadInput(
                "exactly one of --epsilon, --pure-epsilon, --rho and --accuracy is given",
                where="query",
                todo="for example --epsilon 0.5",
            )
        value = getattr(self, given[0])
        if not (math.isfinite(value) and value > 0):
            raise BadInput("is a finite number above 0", where=f"--{given[0].replace('_', '-')}")
        if not 0 < self.confidence < 1:
            raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")


@dataclass(frozen=True, slots=True)
class Priced:
    """What a plan costs with a mechanism: scale, charge, and the same loss as (ε, δ).

    `epsilon` is stated at `delta`; a pure-ε mechanism has δ = 0 and is charged ρ = ε²/2
    (Bun & Steinke 2016, Proposition 1.4).
    """

    mechanism: Mechanism
    scale: float
    sensitivity: int
    charge: Charge
    epsilon: float
    delta: float

    def half_width(self, confidence: float) -> int:
        """Return the half-width of each figure."""
        return half_width(self.mechanism, self.scale, confidence)

    def canonical(self) -> dict[str, Any]:
        """Return what makes the noise, as JSON: part of the question's identity."""
        return {"mechanism": self.mechanism, "scale": repr(self.scale)}


def price(plan: Plan, ask: Ask, delta: float) -> Priced:
    """Find the least noise that keeps within what is asked for, and what OpenDP charges for it.

    Raises
    ------
    BadInput
        The wish leads outside what can be drawn or charged: too exact, or nothing but noise.
    """
    k = plan.sensitivity
    if ask.pure_epsilon is not None:
        wanted = ask.pure_epsilon
        scale = _least_scale(lambda s: loss("discrete_laplace", s, k) <= wanted)
        epsilon = loss("discrete_laplace", scale, k)
        return Priced("discrete_laplace", scale, k, _charge(epsilon**2 / 2), epsilon, 0.0)
    if ask.epsilon is not None:
        wanted = ask.epsilon
        scale = _least_scale(lambda s: gaussian_epsilon(s, k, delta) <= wanted)
    elif ask.rho is not None:
        wanted = ask.rho
        scale = _least_scale(lambda s: loss("discrete_gaussian", s, k) <= wanted)
    else:
        scale = _scale_for(float(ask.accuracy or 0), ask.confidence)
    charge = _charge(loss("discrete_gaussian", scale, k))
    return Priced("discrete_gaussian", scale, k, charge, gaussian_epsilon(scale, k, delta), delta)


def _charge(rho: float) -> Charge:
    # a float times 1e9 may round down: the next float up, then the ceiling, never undercharges
    nano = math.nextafter(rho * NANO, math.inf)
    if not math.isfinite(nano) or nano <= 0:
        raise BadInput("has no finite privacy loss", where="query", todo="ask for more noise")
    return Charge(math.ceil(nano))


def _least_scale(enough: Callable[[float], bool]) -> float:
    """Return the least scale with `enough`, to a millionth of itself, rounded up."""
    if not enough(LARGEST_SCALE):
        raise BadInput(
            "so small a loss leaves nothing but noise", where="query", todo="ask for a larger one"
        )
    low, high = SMALLEST_SCALE, LARGEST_SCALE
    if enough(low):
        raise BadInput(
            "so large a loss protects nobody", where="query", todo="ask for a smaller one"
        )
    while high - low > 1e-6 * high:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _scale_for(wanted: float, confidence: float) -> float:
    """Return the largest scale whose half-width is within what is wanted."""
    if half_width("discrete_gaussian", SMALLEST_SCALE, confidence) > wanted or wanted < 1:
        raise BadInput("so exact an answer protects nobody", where="--accuracy")
    low, high = SMALLEST_SCALE, min(LARGEST_SCALE, 4 * wanted + 4)
    while high - low > 1e-6 * high:
        middle = math.sqrt(low * high)
        fits = half_width("discrete_gaussian", middle, confidence) <= wanted
        low, high = (middle, high) if fits else (low, middle)
    return low
