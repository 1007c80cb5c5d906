"""From noisy statistics to figures: one rule for each kind of figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers.columns import DEFINED, NO_DENOMINATOR, NO_ROWS, Column
from privacy.answers.fieller import ratio_interval
from privacy.answers.known_noise import Difference, Noise
from privacy.answers.layout import Figure
from privacy.answers.noisy import Noisy, Statistics
from privacy.answers.places import quantile_column, top_column
from privacy.answers.spread import spread_column
from privacy.query.plan import Kind


def column_of(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    """Return a figure over all groups, its intervals covering with at least the confidence."""
    return _RULES[figure.kind](figure, statistics, confidence)


def _whole(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    """A count or a sum: the integer and the noise's own half-width, cut to what is possible."""
    drawn = statistics[figure.needs[0]]
    least, most = figure.within
    if drawn.tiered is not None:
        return _over_tiers(figure, drawn)
    assert isinstance(drawn.noise, Noise)
    k, v = drawn.noise.half_width(confidence), drawn.values
    return Column(
        values=v,
        consistent=_clipped(v, least, most),
        low=_clipped(v - k, least, most),
        high=_clipped(v + k, least, most),
        undefined=np.zeros(v.shape, np.int8),
        unit=figure.unit,
        whole=True,
        half_width=k,
    )


def _over_tiers(figure: Figure, drawn: Noisy) -> Column:
    """A count or a sum over tiers: least squares, and integers whose sums agree."""
    found = drawn.tiered
    assert found is not None
    return Column(
        values=drawn.values,
        consistent=found.consistent,
        low=found.low.astype(np.float64),
        high=found.high.astype(np.float64),
        undefined=np.zeros(drawn.values.shape, np.int8),
        unit=figure.unit,
        whole=True,
        half_width=found.half_widths,
    )


def _average(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    """mid + S/(2N): S adds 2x − (low + high), so S/N lies within ± (high − low)."""
    total, rows = (statistics[n] for n in figure.needs)
    middle, half = (figure.low + figure.high) / 2, float(figure.high - figure.low)
    noise = Difference(total.noise, rows.noise, confidence)
    low, high = ratio_interval(total.values, rows.values, noise, (-half, half))
    some = rows.values > 0
    values = middle + _over(total.values, rows.values, some) / 2
    return Column(
        values=values,
        consistent=np.clip(values, figure.low, figure.high),
        low=middle + low / 2,
        high=middle + high / 2,
        undefined=np.where(some, DEFINED, NO_ROWS).astype(np.int8),
        unit=figure.unit,
    )


def _ratio(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    above, below = figure.parts
    if not (_linear(above) and _linear(below)):
        return _of_intervals(figure, statistics, confidence)
    a, b = statistics[above.needs[0]], statistics[below.needs[0]]
    signed = below.kind == "sum" and below.low < 0
    some = b.values != 0 if signed else b.values > 0
    undefined = np.where(some, DEFINED, NO_DENOMINATOR if signed else NO_ROWS).astype(np.int8)
    unit = above.unit / below.unit
    values = _over(a.values, b.values, some)
    if above.needs == below.needs:  # one figure over itself
        one = np.where(some, 1.0, np.nan)
        return Column(one, one, one, one, undefined, unit)
    noise = Difference(a.noise, b.noise, confidence)
    low, high = ratio_interval(a.values, b.values, noise, figure.within)
    return Column(values, _clipped(values, *figure.within), low, high, undefined, unit)


def _of_intervals(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    """A ratio of averages, variances …: each part's interval with half of the failures, divided."""
    half = 1 - (1 - confidence) / 2
    above, below = (column_of(p, statistics, half) for p in figure.parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([x / y for x in (above.low, above.high) for y in (below.low, below.high)])
        values = above.values / np.where(below.values == 0, np.nan, below.values)
    apart = ~((below.low <= 0) & (below.high >= 0))  # else the denominator could be 0
    with np.errstate(invalid="ignore"):
        low, high = np.min(ends, axis=0), np.max(ends, axis=0)
    undefined = np.where(above.undefined > 0, above.undefined, below.undefined)
    undefined = np.where((undefined == 0) & (below.values == 0), NO_DENOMINATOR, undefined)
    least, most = figure.within
    return Column(
        values=values,
        consistent=_clipped(values, least, most),
        low=np.where(apart, low, np.nan if least is None else float(least)),
        high=np.where(apart, high, np.nan if most is None else float(most)),
        undefined=undefined.astype(np.int8),
        unit=above.unit / below.unit,
    )


def _linear(figure: Figure) -> bool:
    return figure.kind in ("count", "persons", "sum")


def _over(a: NDArray[Any], b: NDArray[Any], some: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(some, a / np.where(some, b, 1), np.nan)


def _clipped(v: NDArray[Any], least: int | None, most: int | None) -> NDArray[Any]:
    return v if least is None and most is None else np.clip(v, least, most)


_RULES: Mapping[Kind, Callable[[Figure, Statistics, float], Column]] = {
    "count": _whole,
    "persons": _whole,
    "sum": _whole,
    "average": _average,
    "variance": spread_column,
    "stddev": spread_column,
    "quantile": quantile_column,
    "top": top_column,
    "ratio": _ratio,
}
