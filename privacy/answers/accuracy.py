"""The least budget for a half-width that is wanted: exact for counts and sums, for the rest at a stated group size."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from fractions import Fraction

from policies.errors import BadInput
from privacy.answers.expecting import Expected, expected
from privacy.answers.known_noise import Noise
from privacy.answers.layout import Layout, layout_of, statistic_identity
from privacy.answers.tuning import tuned
from privacy.noise import Ask, Priced, price
from privacy.query.plan import Plan
from privacy.query.statistics import Statistic, statistics_of

_WORST = Fraction(1)
_LINEAR = ("count", "persons", "sum")
_LEAST_RHO, _MOST_RHO = 1e-12, 1e4
_DENOMINATOR = 10**6


def noises_of(plan: Plan, priced: Priced) -> dict[str, Noise]:
    """Return the noise of each statistic that has one, by identity; of tiers the finest's."""
    of = {s.name: _untiered(s) for s in statistics_of(plan) if not s.finds_groups}
    return {
        of[m.statistic]: Noise(m.mechanism, m.scale)
        for m in priced.measured
        if m.statistic in of and m.half_width(0.5) is not None
    }


def _untiered(s: Statistic) -> str:
    whole = statistic_identity(s)
    return whole.partition("@")[0]


def least_budget(
    plan: Plan, wanted: float, confidence: float, group_size: int | None, delta: float
) -> tuple[Plan, Ask]:
    """Return the plan with its shares, and the least ρ with which every figure's half-width is within `wanted`.

    Parameters
    ----------
    wanted
        In the answer's units, for every figure of the question.
    group_size
        Rows of a group, publicly known: what averages, variances and ratios are judged at, wherever
        their means lie.

    Raises
    ------
    BadInput
        A figure whose half-width depends on the size of its group, and no size is stated; or a figure whose
        error depends on how values are distributed (quantiles), or one that no budget makes so exact.
    """
    layout = layout_of(plan)
    for f in layout.figures:
        if f.kind in ("top", "contribution", "quantile"):
            raise BadInput(
                f"no budget promises a half-width of a {f.kind}",
                where="--accuracy",
                todo="give --epsilon",
            )
        if f.kind not in _LINEAR and not group_size:
            raise BadInput(
                f"the half-width of {f.label} depends on how many rows a group has",
                where="--accuracy",
                todo="state it: --group-size ROWS, as publicly known",
            )
    if all(f.kind in _LINEAR for f in layout.figures):
        shared, rho = _of_sums(plan, layout, wanted, confidence)
    else:
        shared = tuned(plan)
        rho = _of_any(shared, layout, wanted, confidence, float(group_size or 0))
    found = _confirmed(shared, layout, rho, (wanted, confidence, float(group_size or 1)), delta)
    return shared, Ask(rho=found)


def _of_sums(plan: Plan, layout: Layout, wanted: float, confidence: float) -> tuple[Plan, float]:
    """Give each statistic just what its own half-width needs."""
    units: dict[str, float] = {}
    for f in layout.figures:
        units[f.needs[0]] = max(units.get(f.needs[0], 0.0), float(f.unit))
    losses = []
    for s in statistics_of(plan):
        of = _untiered(s)
        unit = units.get(of, 1.0)  # that which finds groups is measured as a count of persons is
        scale = _largest(wanted / unit, confidence)
        losses.append(s.sensitivity.l2_squared / (2 * scale**2))
    total = sum(losses)
    parts = [max(1, round(_DENOMINATOR * x / total)) for x in losses]
    shares = tuple(Fraction(p, sum(parts)) for p in parts)
    needed = max(x / float(w) for x, w in zip(losses, shares, strict=True))
    return dataclasses.replace(plan, shares=shares), needed


def _largest(wanted: float, confidence: float) -> float:
    """Return the largest scale whose half-width is within what is wanted, to a millionth."""
    low, high = 0.05, 1e12
    if Noise("discrete_gaussian", low).half_width(confidence) > wanted or wanted < 1:
        raise BadInput("so exact an answer protects nobody", where="--accuracy")
    while high - low > 1e-7 * high:
        middle = math.sqrt(low * high)
        fits = Noise("discrete_gaussian", middle).half_width(confidence) <= wanted
        low, high = (middle, high) if fits else (low, middle)
    return low


def _of_any(
    plan: Plan, layout: Layout, wanted: float, confidence: float, group_size: float
) -> float:
    statistics = statistics_of(plan)

    def fits(rho: float) -> bool:
        noises = _at(statistics, rho)
        return _all_within(expected(layout, noises, confidence, group_size, _WORST), wanted)

    low, high = _LEAST_RHO, _MOST_RHO
    if not fits(high):
        raise BadInput(
            "no budget makes groups of this size so exact", where="--accuracy", todo="ask for less"
        )
    while high - low > 1e-6 * high:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _at(statistics: tuple[Statistic, ...], rho: float) -> Mapping[str, Noise]:
    """Return the noise of each statistic at a whole loss: σ² = Δ²/2ρ (Bun & Steinke 2016, Proposition 1.6)."""
    found = {}
    for s in statistics:
        of = _untiered(s)
        scale = math.sqrt(s.sensitivity.l2_squared / (2 * rho * float(s.weight)))
        found[of] = Noise("discrete_gaussian", max(scale, 0.05))
    return found


def _all_within(figures: tuple[Expected, ...], wanted: float) -> bool:
    return all(f.half_width is not None and f.half_width <= wanted * (1 + 1e-12) for f in figures)


def _confirmed(
    plan: Plan, layout: Layout, rho: float, wish: tuple[float, float, float], delta: float
) -> float:
    """Return a ρ whose priced scales hold the half-width: they are rounded up by a millionth."""
    wanted, confidence, group_size = wish
    for _ in range(40):
        noises = noises_of(plan, price(plan, Ask(rho=rho), delta))
        found = expected(layout, noises, confidence, group_size, _WORST)
        if _all_within(found, wanted):
            return rho
        rho *= 1 + 4e-6
    raise BadInput("so exact an answer protects nobody", where="--accuracy")
