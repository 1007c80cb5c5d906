"""Pricing: from what was asked for to scales and a charge, before any data are read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from policies.errors import BadInput
from privacy.accounting import NANO, Charge
from privacy.noise.half_widths import half_width
from privacy.noise.measured import Priced
from privacy.noise.measurements import epsilon_of
from privacy.noise.measuring import Budget, Pure, Zcdp, loss_at, measured
from privacy.noise.scales import (
    LARGEST_PURE_EPSILON,
    LARGEST_RHO,
    LARGEST_SCALE,
    SMALLEST_SCALE,
    largest_rho,
    protects_nobody,
)
from privacy.query import Plan, Statistic, statistics_of

LARGEST_CELLS = 2**27
"""Integers that one question counts at most."""
THRESHOLD_SHARE = 200
"""Thresholds take one part in this many of the contract's δ.

The ledger adds up the δ of thresholds for life; a population whose contract has all of its lifetime δ can
then be asked about unknown groups two hundred times, a researcher twenty times a year, which is about
what ρ allows at ε = 0.5. A threshold grows by a fifth for it.
"""
_FIELDS = ("epsilon", "pure_epsilon", "rho", "accuracy")


@dataclass(frozen=True, slots=True)
class Ask:
    """How exact an answer is wanted: exactly one of ε (with δ), pure ε, ρ, or a half-width.

    `confidence` is that of `accuracy`, and of the intervals of quantiles, whose ends are drawn.
    """

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


def price(plan: Plan, ask: Ask, delta: float) -> Priced:
    """Find the least noise that keeps within what is asked for, and what OpenDP charges for it.

    Each statistic has its share of the loss (`Statistic.weight`); the sum of what they are charged
    never passes what was asked.

    Parameters
    ----------
    delta
        The contract's δ: of the (ε, δ) that is stated, thresholds included.

    Raises
    ------
    BadInput
        The wish leads outside what can be drawn or charged: too exact, or nothing but noise; or the
        answer has too many cells.
    """
    statistics = statistics_of(plan)
    _check_cells(plan, statistics)
    of_thresholds = delta / THRESHOLD_SHARE if plan.unknown_groups else 0.0
    conversion = delta - of_thresholds
    if ask.pure_epsilon is not None:
        whole = Fraction(ask.pure_epsilon)
        if whole > LARGEST_PURE_EPSILON:
            raise protects_nobody()
        shares: list[Budget] = [Pure(whole).part(s.weight) for s in statistics]
    else:
        nano = _nano_rho(ask, statistics, plan, conversion)
        if nano > LARGEST_RHO * NANO:
            raise protects_nobody()
        shares = [Zcdp(nano).part(s.weight) for s in statistics]
    found = tuple(
        measured(plan, s, share, of_thresholds, ask.confidence)
        for s, share in zip(statistics, shares, strict=True)
    )
    charge = sum((m.charge for m in found), Charge(0))
    if ask.pure_epsilon is not None:
        return Priced(found, charge, _float_above(sum(m.epsilon for m in found)), of_thresholds)
    return Priced(found, charge, epsilon_of(charge.nano_rho / NANO, conversion), delta)


def _float_above(x: Fraction | int) -> float:
    near = float(x)
    return near if Fraction(near) >= x else math.nextafter(near, math.inf)


def _check_cells(plan: Plan, statistics: tuple[Statistic, ...]) -> None:
    cells = sum(plan.cells * max(1, len(s.grid) - 1, len(s.domain)) for s in statistics)
    if cells > LARGEST_CELLS:
        raise BadInput(
            f"has {cells:,} cells, and at most {LARGEST_CELLS:,} are answered at once",
            where="query",
            todo="group by fewer or coarser keys, or narrow the list of groups",
        )


def _nano_rho(ask: Ask, statistics: tuple[Statistic, ...], plan: Plan, delta: float) -> int:
    """Return the ρ that may be spent, in nano-ρ, rounded down."""
    if ask.epsilon is not None:
        return math.floor(Fraction(largest_rho(ask.epsilon, delta)) * NANO)
    if (
        ask.rho is not None
    ):  # as it was typed: 0.03 is 30,000,000 nano-ρ, whatever the nearest float
        return math.floor(Decimal(repr(float(ask.rho))) * NANO)
    scale = _scale_for(float(ask.accuracy or 0), ask.confidence)
    return max(math.ceil(loss_at(plan, s, scale).nano_rho / s.weight) for s in statistics)


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
