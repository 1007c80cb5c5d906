"""From figures to statistics: which vectors of integers are counted and measured for a plan.

Averages, variances and ratios are post-processing of sums and counts; a statistic that several
figures need is measured once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from privacy.query.expressions import Expression, Predicate
from privacy.query.plan import Aggregate, Plan
from privacy.query.sensitivity import Sensitivity, of_contributions, of_persons, of_rows

StatisticKind = Literal["rows", "persons", "sum", "squares", "values", "contributions"]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A vector of integers, one a group (for `values` one a group and value).

    Parameters
    ----------
    kind
        `rows`: rows that match, where `expression` is not NULL if there is one. `persons`: distinct pseudonyms.
        `sum`: Σ (scale·x − shift) of x = `expression` clamped to [low, high]. `squares`: Σ (scale·x − shift)².
        `values`: rows by group and by bin of `grid` (quantiles; edges as in `Binned`, the last bin closed)
        or by value of `domain` (top): measured by noisy max, never by a vector of noise.
        `contributions`: pseudonyms by their number of matching rows (1, 2, …, the stored bound), of shape
        `(1, stored)`: measured by noisy max, to choose L.
    scale, shift
        Centre the values: with scale 2 and shift low + high, |2x − (low + high)| ≤ high − low, whose
        sensitivity is half of the largest value's in the same units.
    weight
        Its share of the plan's loss; the shares of a plan add up to 1.
    tier
        Of a plan with `tiers`: the tier that this vector is measured at (district, street, community).
    finds_groups
        The vector by which unknown groups are found: measured with a threshold, before the others.
    """

    name: str
    kind: StatisticKind
    sensitivity: Sensitivity
    weight: Fraction
    expression: Expression | None = None
    where: Predicate | None = None
    low: int = 0
    high: int = 0
    scale: int = 1
    shift: int = 0
    grid: tuple[int, ...] = ()
    domain: tuple[str | int, ...] = ()
    level: Fraction | None = None
    most: int = 0
    tier: str = ""
    finds_groups: bool = False


Identity = tuple[StatisticKind, Expression | None, Predicate | None, int, int, int, int,
                 tuple[int, ...], tuple[str | int, ...], Fraction | None, int]  # fmt: skip


def statistics_of(plan: Plan) -> tuple[Statistic, ...]:
    """Return the statistics that the plan's figures need, each once, in order of first need.

    Shares of the loss: the plan's own; else equal for each use, so that a statistic that two figures
    need gets more.
    """
    found = _statistics(plan)
    if not plan.shares:
        return found
    if sum(plan.shares) != 1 or min(plan.shares) <= 0:
        raise ValueError("shares are above 0 and add up to 1")
    return tuple(replace(s, weight=w) for s, w in zip(found, plan.shares, strict=True))


def _statistics(plan: Plan) -> tuple[Statistic, ...]:
    uses: dict[Identity, int] = {}
    for aggregate in plan.aggregates:
        for need in needs_of(aggregate):
            uses[need] = uses.get(need, 0) + 1
    total = sum(uses.values()) + plan.unknown_groups
    found = tuple(
        _statistic(plan, f"s{i}", need, Fraction(n, total))
        for i, (need, n) in enumerate(uses.items())
    )
    if plan.unknown_groups:
        finding: Identity = ("persons", None, None, 0, 0, 1, 0, (), (), None, 0)
        first = _statistic(plan, "groups", finding, Fraction(1, total))
        return (replace(first, finds_groups=True), *found)
    return tuple(at_tier for s in found for at_tier in _by_tier(plan, s))


def _by_tier(plan: Plan, s: Statistic) -> tuple[Statistic, ...]:
    tiers = next((k.tiers for k in plan.keys if k.tiers), ())
    if not tiers:
        return (s,)
    return tuple(
        replace(s, name=f"{s.name}@{t}", tier=t, weight=s.weight / len(tiers)) for t in tiers
    )


def needs_of(a: Aggregate) -> tuple[Identity, ...]:
    """Return what a figure needs, as identities; `identity_of` a statistic equals one of them."""
    x, low, high = a.expression, a.low, a.high
    rows: Identity = ("rows", x, a.where, 0, 0, 1, 0, (), (), None, 0)
    centred: Identity = ("sum", x, a.where, low, high, 2, low + high, (), (), None, 0)
    match a.kind:
        case "count":
            return (rows,)
        case "persons":
            return (("persons", None, a.where, 0, 0, 1, 0, (), (), None, 0),)
        case "sum":
            return (("sum", x, a.where, low, high, 1, 0, (), (), None, 0),)
        case "average":
            return (centred, rows)
        case "variance" | "stddev":
            squares: Identity = ("squares", *centred[1:])
            return (squares, centred, rows)
        case "quantile":
            return (("values", x, a.where, low, high, 1, 0, a.grid, (), a.level, 0),)
        case "top":
            return (("values", x, a.where, 0, 0, 1, 0, (), a.domain, None, a.most),)
        case "contribution":
            return (("contributions", None, None, 0, 0, 1, 0, a.grid, (), a.level, 0),)
        case "ratio":
            return tuple(need for part in a.parts for need in needs_of(part))


def identity_of(s: Statistic) -> Identity:
    """Return what a statistic is, its name, share and sensitivity apart."""
    return (
        s.kind,
        s.expression,
        s.where,
        s.low,
        s.high,
        s.scale,
        s.shift,
        s.grid,
        s.domain,
        s.level,
        s.most,
    )


def _statistic(plan: Plan, name: str, need: Identity, weight: Fraction) -> Statistic:
    kind, expression, where, low, high, scale, shift, grid, domain, level, most = need
    ends = [scale * x - shift for x in (low, high)]
    magnitude = max(1, *(abs(e) for e in ends))
    cells = None if plan.unknown_groups else plan.cells
    match kind:
        case "persons":
            sensitivity = of_persons(plan.bounds, cells)
        case "contributions":
            sensitivity = of_contributions(plan.bounds)
        case "sum":
            sensitivity = of_rows(plan.bounds, magnitude, max(1, ends[1] - ends[0]), cells)
        case "squares":
            sensitivity = of_rows(plan.bounds, magnitude**2, cells=cells)
        case "values":
            sensitivity = of_rows(plan.bounds)
        case _:
            sensitivity = of_rows(plan.bounds, cells=cells)
    return Statistic(
        name, kind, sensitivity, weight, expression, where, low, high, scale, shift, grid, domain, level, most
    )  # fmt: skip
