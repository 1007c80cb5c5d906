"""A column of figures over all groups, as arrays: values, intervals, and where nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers.known_noise import Floats

REASONS = {
    1: "the noisy count of rows is 0 or less, so there is nothing to divide by",
    2: "the noisy variance is negative: smaller than its own error",
    3: "the noisy denominator is 0",
    4: "the noisy count of rows is 1 or less, so there is no sample variance",
    5: "no upper or lower limit: the denominator could be 0",
    6: "names have no half-width",
}
"""Why a cell or its error is null."""
DEFINED, NO_ROWS, NEGATIVE, NO_DENOMINATOR, ONE_ROW, NO_LIMIT, NAMES = range(7)
EXTRA_DECIMALS = 4
"""Averages and ratios are shown to so many decimals more than their unit has."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One figure over all groups, in the figure's own units (of `unit` each).

    Parameters
    ----------
    values, consistent
        Unbiased (or nearest to it) and within what is possible; int64, float64, or names.
    low, high
        Ends of the interval; NaN where there is no end.
    undefined
        A code of `REASONS` for each group, 0 where the figure is defined.
    whole
        Whether values are integers in units of `unit`.
    half_width
        Where one half-width holds for all groups: that of a count or a sum, in units.
    """

    values: NDArray[Any]
    consistent: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    undefined: NDArray[np.int8]
    unit: Decimal = Decimal(1)
    whole: bool = False
    half_width: int | None = None
    names: bool = False

    def taken(self, at: NDArray[np.int64]) -> Column:
        """Return the groups at these places, in this order."""
        return Column(
            self.values[at],
            self.consistent[at],
            self.low[at],
            self.high[at],
            self.undefined[at],
            self.unit,
            self.whole,
            self.half_width,
            self.names,
        )

    def in_numbers(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values in the answer's units, to be compared: int64 or float64."""
        return values if self.names else _scaled(values, self.unit, self.whole)


def shown(column: Column, consistent: bool) -> list[Any]:
    """Return the column as JSON values: integers, numbers of the unit's decimals, None where undefined."""
    values = column.consistent if consistent else column.values
    if column.names:
        return list(values)
    hidden = column.undefined > 0
    if consistent and column.undefined.any():
        hidden &= ~((column.undefined == NEGATIVE) & ~np.isnan(column.consistent.astype(float)))
    scaled = _scaled(values, column.unit, column.whole)
    if not column.whole:
        scaled = np.round(scaled, _decimals(column))
    return _listed(scaled, hidden)


def errors_of(column: Column, consistent: bool) -> tuple[list[Any], dict[int, int]]:
    """Return half-widths (of an uneven interval the larger side), and reasons by place where there is none."""
    n = len(column.undefined)
    if column.names:
        return [None] * n, {}
    if column.half_width is not None:
        one = _listed(_scaled(np.array([column.half_width]), column.unit, True), np.zeros(1, bool))
        return one * n, {}
    values = (column.consistent if consistent else column.values).astype(np.float64)
    low, high = column.low.astype(np.float64), column.high.astype(np.float64)
    side = np.maximum(np.maximum(values - low, high - values), 0.0)
    endless = np.isnan(side) & (column.undefined == 0)
    hidden = np.isnan(side) | ((column.undefined > 0) & ~np.isfinite(values))
    hidden |= (column.undefined > 0) & (not consistent)
    scaled = _outward(_scaled(side, column.unit, False), _decimals(column), True)
    return _listed(scaled, hidden), dict.fromkeys(np.flatnonzero(endless).tolist(), NO_LIMIT)


def intervals_of(column: Column) -> list[Any]:
    """Return [low, high] for each group; None for an end that does not exist, or for the whole."""
    n = len(column.undefined)
    if column.names:
        return [None] * n
    ends: list[list[Any]] = []
    for values, up in ((column.low, False), (column.high, True)):
        scaled = _scaled(values, column.unit, column.whole)
        if not column.whole:
            scaled = _outward(scaled, _decimals(column), up)
        hidden = np.isnan(scaled) if scaled.dtype == np.float64 else np.zeros(n, bool)
        ends.append(_listed(scaled, hidden))
    pairs: list[Any] = [list(pair) for pair in zip(*ends, strict=True)]
    for i in np.flatnonzero(column.undefined > 0).tolist():
        pairs[i] = None
    return pairs


def _decimals(column: Column) -> int:
    return decimals_of(column.unit) + EXTRA_DECIMALS


def decimals_of(unit: Decimal) -> int:
    """Return how many decimals a unit has."""
    exponent = unit.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _scaled(values: NDArray[Any], unit: Decimal, whole: bool) -> NDArray[Any]:
    """Return values times the unit: of whole values the nearest number to the exact decimal."""
    if unit == 1 and whole:
        return values
    places = decimals_of(unit)
    times = int(unit.scaleb(places))
    if not whole:
        found: NDArray[Any] = values.astype(np.float64) * times / 10**places
        return found
    largest = int(np.abs(values).max(initial=0))
    if largest * abs(times) < 2**62:
        exact: NDArray[Any] = values * np.int64(times)
    else:  # Python's integers: no product wraps
        exact = np.array([int(v) * times for v in values.tolist()], dtype=object)
    return exact if places == 0 else (exact / 10**places).astype(np.float64)


def _outward(values: Floats, places: int, up: bool) -> Floats:
    """Round ends away from the middle, a ten-thousandth of the last place being the doubles' own."""
    factor = 10.0**places
    with np.errstate(invalid="ignore"):
        steps = values * factor
        moved = np.ceil(steps - 1e-4) if up else np.floor(steps + 1e-4)
        fine = np.abs(steps) < 2**52  # beyond it a double has no such decimals
    return np.where(fine, np.round(moved / factor, places), values)


def _listed(values: NDArray[Any], hidden: NDArray[np.bool_]) -> list[Any]:
    found: list[Any] = values.tolist()
    for i in np.flatnonzero(hidden).tolist():
        found[i] = None
    return found
