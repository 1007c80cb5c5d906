"""What a figure can be at all, whatever the data: public, known before anything is counted."""

from __future__ import annotations

from privacy.query.expressions import All, Clamped, Predicate, interval
from privacy.query.plan import Aggregate

Within = tuple[int | None, int | None]
_COUNTS = ("count", "persons")


def within_of(a: Aggregate) -> Within:
    """Return the least and the largest possible value of a figure, in its own units.

    Counts are not negative; a sum keeps the sign that its bounds have; an average lies within its
    bounds; a variance of values within a range r is at most r²/4 (Popoviciu), times n/(n − 1) ≤ 2 where it
    divides by n − 1, and a standard deviation is its root; a ratio of a count to a count that contains it
    lies in [0, 1], and of a sum to the count of the rows it adds within the bounds of its values.
    """
    match a.kind:
        case "count" | "persons":
            return 0, None
        case "sum":
            return (0 if a.low >= 0 else None), (0 if a.high <= 0 else None)
        case "average" | "quantile":
            return a.low, a.high
        case "variance" | "stddev":
            return 0, None
        case "ratio":
            return _of_ratio(a.parts[0], a.parts[1])
    return None, None


def _of_ratio(above: Aggregate, below: Aggregate) -> Within:
    nested = below.kind in _COUNTS and _contains(below, above)
    if above.kind in _COUNTS and nested and not (above.kind == "count" and below.kind == "persons"):
        return 0, 1
    if above.kind == "sum" and nested and below.kind == "count":
        whole = below.expression == above.expression and below.where == above.where
        if whole:
            return above.low, above.high
        return min(above.low, 0), max(above.high, 0)
    low, high = within_of(above)
    if below.kind in _COUNTS:  # the sign of the numerator
        return (0 if low is not None and low >= 0 else None), (
            0 if high is not None and high <= 0 else None
        )
    return None, None


def _contains(large: Aggregate, small: Aggregate) -> bool:
    """Tell whether each row of `small` is known to be one of `large`."""
    rows = large.expression is None or large.expression == small.expression
    return rows and _conditions(large.where) <= _conditions(small.where)


def _conditions(where: Predicate | None) -> frozenset[Predicate]:
    if where is None:
        return frozenset()
    return frozenset(where.parts) if isinstance(where, All) else frozenset({where})


def clamped(a: Aggregate) -> bool:
    """Tell whether values of the figure may have been moved into narrower bounds than the contract's."""
    if a.parts:
        return any(clamped(p) for p in a.parts)
    e = a.expression
    if e is None or a.kind not in ("sum", "average", "variance", "stddev", "quantile"):
        return False
    if isinstance(e, Clamped):
        inner = interval(e.part)
        if e.low > inner[0] or e.high < inner[1]:
            return True
    try:
        low, high = interval(e)
    except (ValueError, OverflowError):
        return False
    return a.low > low or a.high < high
