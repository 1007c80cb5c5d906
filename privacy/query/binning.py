"""Numbers by bins, and grids of candidates for quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from policies.errors import BadInput
from privacy.query.expressions import Binned, Value, interval
from privacy.query.typed import Bins, Number

MOST_BINS = 10_000
MOST_CANDIDATES = 1_024
"""Candidates of a quantile where the question gives no step: all values, or about so many equal steps."""


def shown(value: int, unit: Fraction) -> Value:
    """Return a number of units as an answer shows it: whole, or in the decimals of its unit."""
    exact = value * unit
    if unit.denominator == 1:
        return exact.numerator
    return f"{decimal(exact):.{max(0, -int(decimal(unit).as_tuple().exponent))}f}"


def decimal(value: Fraction) -> Decimal:
    """Return a decimal fraction exactly."""
    with localcontext() as context:
        context.prec = 100
        return Decimal(value.numerator) / Decimal(value.denominator)


def bins(x: Number, steps: Sequence[Number]) -> Bins:
    """Return a number by bins: of one width over its public bounds, or between edges that are given.

    A bin is [from, to): its upper edge belongs to the next one. What lies outside of all bins, or is NULL, is
    in no group. Edges that are no multiples of x's unit are moved up to the next one, which keeps who is in.

    Raises
    ------
    BadInput
        No plain rising numbers, no bounds, or more than 10,000 bins.
    """
    fixed = [s.constant for s in steps]
    plain = [f for f in fixed if f is not None]
    if len(plain) != len(fixed):
        raise BadInput("bins are given by plain numbers", todo="BINS(age, 10)")
    if len(plain) == 1:
        edges = _equal(x, plain[0])
    else:
        edges = [ceil(f / x.unit) for f in plain]
        if edges != sorted(set(edges)):
            raise BadInput("the edges of bins rise", todo="BINS(age, 0, 18, 60, 121)")
    pairs = list(pairwise(edges))
    labels = tuple(f"[{shown(a, x.unit)}, {shown(b, x.unit)})" for a, b in pairs)
    return Bins(x, Binned(x.expression, tuple(edges)), labels)


def _equal(x: Number, width: Fraction) -> list[int]:
    step = width / x.unit
    if step.denominator != 1 or step < 1:
        raise BadInput(
            "the width of a bin is a multiple of what the column is stored in, above 0",
            todo="BINS(age, 10)",
        )
    whole = int(step)
    low, high = interval(x.expression)
    first, last = floor(Fraction(low, whole)), floor(Fraction(high, whole))
    if last - first >= MOST_BINS:
        raise BadInput(
            f"there are more than {MOST_BINS:,} bins", todo="a larger width, or clamp(x, 0, 100)"
        )
    return [i * whole for i in range(first, last + 2)]


def grid(low: int, high: int) -> tuple[int, ...]:
    """Return the edges of a quantile's candidates over [low, high]; each bin stands for its lower edge.

    All whole numbers where there are 1,024 or fewer, else as many or fewer equal steps.
    """
    width = max(1, -(-(high - low + 1) // MOST_CANDIDATES))
    edges = range(low, high + 1, width)
    return (*edges, edges[-1] + width)
