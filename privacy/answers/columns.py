"""A column of figures over all groups, as arrays: values, intervals, and where nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    6: "the ends of a quantile's interval are drawn at the confidence first asked for, and cover no more",
}
"""Why a cell or its error is null."""
_IN_CHINESE = {
    1: "带随机改动的行数不大于 0，没有可以作除数的数",
    2: "带随机改动的方差为负：小于自身误差",
    3: "带随机改动的分母为 0",
    4: "带随机改动的行数不大于 1，没有样本方差",
    5: "没有上限或下限：分母可能为 0",
    6: "分位数区间的两端按首次所求置信度抽取，不能用于更高的置信度",
}
REASONS_ZH = {REASONS[code]: words for code, words in _IN_CHINESE.items()}
DEFINED, NO_ROWS, NEGATIVE, NO_DENOMINATOR, ONE_ROW, NO_LIMIT, LESS_SURE = range(7)
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
        Of counts and sums, in units: one for all groups, or each group's.
    endless
        The code of `REASONS` where the interval has no end.
    names
        Whether values are lists of names.
    """

    values: NDArray[Any]
    consistent: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    undefined: NDArray[np.int8]
    unit: Decimal = Decimal(1)
    whole: bool = False
    half_width: int | NDArray[np.int64] | None = None
    endless: int = NO_LIMIT
    names: bool = False

    def taken(self, at: NDArray[np.int64]) -> Column:
        """Return the groups at these places, in this order."""
        width = self.half_width
        return replace(
            self,
            values=self.values[at],
            consistent=self.consistent[at],
            low=self.low[at],
            high=self.high[at],
            undefined=self.undefined[at],
            half_width=width[at] if isinstance(width, np.ndarray) else width,
        )

    def in_numbers(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values in the answer's units, to be compared: int64 or float64."""
        return values if self.names else _scaled(values, self.unit, self.whole)


def shown(column: Column, consistent: bool) -> list[Any]:
    """Return the column as JSON values: integers, numbers of the unit's decimals, None where undefined."""
    values = column.consistent if consistent else column.values
    if column.names:
        return list(values)
    hidden = _hidden(column, consistent)
    scaled = _scaled(values, column.unit, column.whole)
    if not column.whole:
        scaled = np.round(scaled, _decimals(column))
    elif scaled.dtype == np.float64:  # estimates over tiers, or decimals
        scaled = np.round(scaled, decimals_of(column.unit) + 2)
    return _listed(scaled, hidden)


def errors_of(column: Column, consistent: bool) -> tuple[list[Any], dict[int, int]]:
    """Return half-widths (of an uneven interval the larger side), and reasons by place where there is none."""
    n = len(column.undefined)
    if column.names:
        return [None] * n, {}
    width = column.half_width
    if isinstance(width, int):
        return _listed(_scaled(np.array([width]), column.unit, True), np.zeros(1, bool)) * n, {}
    if width is not None and not consistent:
        return _listed(_scaled(width, column.unit, True), np.zeros(n, bool)), {}
    values = (column.consistent if consistent else column.values).astype(np.float64)
    low, high = column.low.astype(np.float64), column.high.astype(np.float64)
    side = np.maximum(np.maximum(values - low, high - values), 0.0)
    hidden = _hidden(column, consistent)
    endless = np.isnan(side) & ~hidden
    if column.whole:
        sides = np.nan_to_num(side).astype(np.int64)
        scaled = _scaled(sides, column.unit, True)
    else:
        scaled = _outward(_scaled(side, column.unit, False), _decimals(column), True)
    reasons = dict.fromkeys(np.flatnonzero(endless).tolist(), column.endless)
    return _listed(scaled, hidden | endless), reasons


def _hidden(column: Column, consistent: bool) -> NDArray[np.bool_]:
    """Tell where a table shows nothing; a negative variance is 0 in the consistent one."""
    hidden = column.undefined > 0
    return hidden & (column.undefined != NEGATIVE) if consistent else hidden


def intervals_of(column: Column) -> list[Any]:
    """Return [low, high] for each group; None for an end that does not exist, or for the whole.

    A standard deviation whose noisy variance is negative has no value and yet an interval.
    """
    n = len(column.undefined)
    if column.names:
        return [None] * n
    ends: list[list[Any]] = []
    for values, up in ((column.low, False), (column.high, True)):
        hidden = np.isnan(values) if values.dtype == np.float64 else np.zeros(n, bool)
        if column.whole and values.dtype == np.float64:
            values = np.nan_to_num(values).astype(np.int64)
        scaled = _scaled(values, column.unit, column.whole)
        if not column.whole:
            scaled = _outward(scaled, _decimals(column), up)
        ends.append(_listed(scaled, hidden))
    pairs: list[Any] = list(map(list, zip(*ends, strict=True)))
    nothing = _hidden(column, True) | (np.isnan(column.low) & np.isnan(column.high))
    for i in np.flatnonzero(nothing).tolist():
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
