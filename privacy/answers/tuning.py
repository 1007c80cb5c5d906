"""How a plan's loss is shared by its statistics, for the least expected error; from public information alone."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from privacy.contract.fields import TIERS
from privacy.query.plan import Aggregate, Plan
from privacy.query.statistics import Statistic, identity_of, needs_of, statistics_of
from privacy.tiers import split, tree_of

GRAIN = 1000
"""Shares are whole thousandths of the loss: exact, and the same on every machine."""
_MEAN = 0.5
"""A mean is supposed halfway between the middle of its bounds and a bound."""


def tuned(plan: Plan, pure: bool = False) -> Plan:
    """Return the plan with shares of its loss that make its figures' expected errors small.

    Parameters
    ----------
    pure
        Whether the loss is a pure ε, whose shares make variances c/ε², and not ρ, which makes c/ρ.

    Notes
    -----
    A figure's error is, to first order, Σᵢ cᵢeᵢ over its statistics, eᵢ with a variance of Δᵢ²/2ρᵢ. The best that
    a figure alone could have is (Σ cᵢΔᵢ)². Minimised is the sum over figures of variance over that
    best: ρᵢ ∝ √Aᵢ with Aᵢ = Σ_f c²Δ²/(Σ cΔ)² (and ε ∝ ∛A). An average then has two thirds for its sum and
    one third for its count. Tiers share a statistic's part by `privacy.tiers.split`.
    """
    statistics = statistics_of(dataclasses.replace(plan, shares=()))
    need: dict[object, float] = {}
    for aggregate in plan.aggregates:
        weights = _loads(aggregate)
        sides = {key: c * _change(statistics, key, pure) for key, c in weights.items()}
        whole = sum(sides.values()) or 1.0
        for key, side in sides.items():
            need[key] = need.get(key, 0.0) + (side / whole) ** 2
    power = 1 / 3 if pure else 1 / 2
    by_tier = _tier_shares(plan)
    finding = next((s.weight for s in statistics if s.finds_groups), Fraction(0))
    raw = [
        0.0 if s.finds_groups else need[identity_of(s)] ** power * float(by_tier.get(s.tier, 1))
        for s in statistics
    ]
    rest = _shared(raw, 1 - finding)
    shares = tuple(finding if s.finds_groups else w for s, w in zip(statistics, rest, strict=True))
    return dataclasses.replace(plan, shares=shares)


def _shared(raw: Sequence[float], whole: Fraction) -> list[Fraction]:
    """Return parts of `whole` in thousandths of it, none below one where something is wanted."""
    total = sum(raw)
    steps = [max(1, round(GRAIN * r / total)) if r > 0 else 0 for r in raw]
    steps[max(range(len(raw)), key=lambda i: raw[i])] += GRAIN - sum(steps)
    return [whole * Fraction(s, GRAIN) for s in steps]


def _change(statistics: Sequence[Statistic], key: object, pure: bool) -> float:
    s = next(s.sensitivity for s in statistics if not s.finds_groups and identity_of(s) == key)
    return float(s.l1) if pure else math.sqrt(s.l2_squared)


def _loads(a: Aggregate) -> Mapping[object, float]:
    """Return how much a figure moves with each of its statistics, up to a factor."""
    needs, width = needs_of(a), float(max(1, a.high - a.low))
    mean = _MEAN * width
    match a.kind:
        case "average":
            loads = [1.0, mean]
        case "variance" | "stddev":
            loads = [1.0, 2 * mean, width**2 / 6]  # of values spread evenly about such a mean
        case "ratio":
            return _of_ratio(a)
        case _:
            loads = [1.0] * len(needs)
    return _added(zip(needs, loads, strict=True))


def _of_ratio(a: Aggregate) -> Mapping[object, float]:
    above, below = a.parts
    top, under = _loads(above), _loads(below)
    size_above, size_below = _size(above), _size(below)
    found = [(k, v / size_above) for k, v in top.items()]
    return _added([*found, *((k, v / size_below) for k, v in under.items())])


def _size(a: Aggregate) -> float:
    """Return a figure's supposed value a row: of a count 1, of a sum its values' largest half."""
    if a.kind == "sum":
        return max(1.0, max(abs(a.low), abs(a.high)) / 2)
    return max(1.0, float(a.high - a.low)) if a.kind in ("average", "variance", "stddev") else 1.0


def _added(pairs: Iterable[tuple[object, float]]) -> dict[object, float]:
    found: dict[object, float] = {}
    for key, load in pairs:
        found[key] = found.get(key, 0.0) + load
    return found


def _tier_shares(plan: Plan) -> Mapping[str, Fraction]:
    key = next((k for k in plan.keys if k.tiers), None)
    if key is None:
        return {}
    tree = tree_of([str(v) for v in key.domain], [TIERS[t] for t in key.tiers], list(key.tiers))
    return dict(zip(key.tiers, split(tree), strict=True))
