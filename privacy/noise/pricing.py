"""Pricing: from what was asked for to scales and a charge, before any data are read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies.errors import BadInput
from privacy.accounting import NANO, Charge
from privacy.noise.half_widths import half_width
from privacy.noise.measurements import Mechanism, epsilon_of, loss
from privacy.query import Plan, Sensitivity, Statistic, statistics_of

LARGEST_SCALE = 1e12
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
class Measured:
    """How one statistic is measured, and what OpenDP charges for it."""

    statistic: str
    mechanism: Mechanism
    scale: float
    sensitivity: Sensitivity
    charge: Charge
    threshold: int | None = None

    def half_width(self, confidence: float) -> int:
        """Return the half-width of each of its integers."""
        return half_width(self.mechanism, self.scale, confidence)


@dataclass(frozen=True, slots=True)
class Priced:
    """What a plan costs: a measurement for each statistic, their charge, and the same loss as (ε, δ).

    `epsilon` is stated at `delta`; pure-ε mechanisms have δ = 0 and are charged ρ = ε²/2
    (Bun & Steinke 2016, Proposition 1.4).
    """

    measured: tuple[Measured, ...]
    charge: Charge
    epsilon: float
    delta: float

    def of(self, statistic: str) -> Measured:
        """Return the measurement of a statistic."""
        return next(m for m in self.measured if m.statistic == statistic)

    def canonical(self) -> list[Any]:
        """Return what makes the noise, as JSON: part of the question's identity."""
        return [[m.statistic, m.mechanism, repr(m.scale), m.threshold] for m in self.measured]


def price(plan: Plan, ask: Ask, delta: float) -> Priced:
    """Find the least noise that keeps within what is asked for, and what OpenDP charges for it.

    Raises
    ------
    BadInput
        The wish leads outside what can be drawn or charged: too exact, or nothing but noise.
    """
    statistics = statistics_of(plan)
    if ask.pure_epsilon is not None:
        measured = [_laplace(s, ask.pure_epsilon * float(s.weight)) for s in statistics]
        epsilon = sum(loss(m.mechanism, m.scale, m.sensitivity) for m in measured)
        return Priced(tuple(measured), _charge(epsilon**2 / 2), epsilon, 0.0)
    if ask.epsilon is not None:
        rho = _rho_for(ask.epsilon, delta)
    elif ask.rho is not None:
        rho = ask.rho
    else:
        scale = _scale_for(float(ask.accuracy or 0), ask.confidence)
        rho = sum(loss("discrete_gaussian", scale, s.sensitivity) for s in statistics)
    measured = [_gaussian(s, rho * float(s.weight)) for s in statistics]
    charge = sum((m.charge for m in measured), Charge(0))
    return Priced(tuple(measured), charge, epsilon_of(charge.nano_rho / NANO, delta), delta)


def _gaussian(s: Statistic, rho: float) -> Measured:
    scale = _least_scale(lambda x: loss("discrete_gaussian", x, s.sensitivity) <= rho)
    charge = _charge(loss("discrete_gaussian", scale, s.sensitivity))
    return Measured(s.name, "discrete_gaussian", scale, s.sensitivity, charge)


def _laplace(s: Statistic, epsilon: float) -> Measured:
    scale = _least_scale(lambda x: loss("discrete_laplace", x, s.sensitivity) <= epsilon)
    charge = _charge(loss("discrete_laplace", scale, s.sensitivity) ** 2 / 2)
    return Measured(s.name, "discrete_laplace", scale, s.sensitivity, charge)


def _charge(rho: float) -> Charge:
    # a float times 1e9 may round down: the next float up, then the ceiling, never undercharges
    nano = math.nextafter(rho * NANO, math.inf)
    if not math.isfinite(nano) or nano <= 0:
        raise BadInput("has no finite privacy loss", where="query", todo="ask for more noise")
    return Charge(math.ceil(nano))


def _rho_for(epsilon: float, delta: float) -> float:
    """Return the largest ρ whose (ε, δ) is within what is wanted, to a millionth of itself."""
    low, high = 0.0, 1e4
    while high - low > 1e-7 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if epsilon_of(middle, delta) <= epsilon else (low, middle)
    return low


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
