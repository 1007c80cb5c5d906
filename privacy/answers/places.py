"""Figures that noisy max chose: quantiles on a public grid, and the commonest values by name."""

from __future__ import annotations

import numpy as np

from privacy.answers.columns import DEFINED, LESS_SURE, Column
from privacy.answers.layout import Figure
from privacy.answers.noisy import Statistics


def quantile_column(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    """Return a quantile: the middle of the chosen bin, and the interval from its first bin to its last.

    Bin i holds the whole numbers from grid[i] up to grid[i + 1], which the last bin alone includes. The ends
    were drawn for one confidence: a smaller one is covered too, for a larger one there is no interval.
    """
    drawn = statistics[figure.needs[0]]
    edges = np.array(figure.grid, dtype=np.int64)
    first, last = edges[:-1], edges[1:] - 1
    last[-1] = edges[-1]
    places = drawn.values
    point = places[:, 0]
    single = bool((first == last).all())
    values = first[point] if single else (first[point] + last[point]) / 2
    sure = places.shape[1] == 3 and confidence <= drawn.confidence + 1e-12
    if sure:
        low, high = first[places[:, 1]].astype(np.float64), last[places[:, 2]].astype(np.float64)
    else:
        low = high = np.full(point.shape, np.nan)
    return Column(
        values=values,
        consistent=values,
        low=low,
        high=high,
        undefined=np.full(point.shape, DEFINED, np.int8),
        unit=figure.unit,
        whole=single,
        endless=LESS_SURE,
    )


def top_column(figure: Figure, statistics: Statistics, confidence: float) -> Column:  # noqa: ARG001 - one shape of rule
    """Return the names of the commonest values, best first; a name has no half-width."""
    places = statistics[figure.needs[0]].values
    names = np.empty(len(places), dtype=object)
    names[:] = [[figure.domain[i] for i in row] for row in places.tolist()]
    nothing = np.full(len(places), np.nan)
    return Column(
        names, names, nothing, nothing, np.zeros(len(places), np.int8), figure.unit, names=True
    )
