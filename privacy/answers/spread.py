"""Variance and standard deviation from noisy squares, sums and counts."""

from __future__ import annotations

import numpy as np

from privacy.answers.columns import DEFINED, NEGATIVE, NO_ROWS, ONE_ROW, Column
from privacy.answers.fieller import ratio_interval
from privacy.answers.known_noise import Difference, Floats, Noise
from privacy.answers.layout import Figure
from privacy.answers.noisy import Noisy, Statistics

_OF_SQUARES, _OF_MEAN = 0.75, 0.95
"""How the failures 1 − confidence are divided: three quarters to the second moment, a fifth to the mean, the
rest to n/(n − 1). A mean near the middle of the bounds, which the planner's bounds aim at, hardly matters."""


def spread_column(figure: Figure, statistics: Statistics, confidence: float) -> Column:
    """Return the variance or standard deviation over all groups.

    With S = Σ(2x − low − high), Q = Σ(2x − low − high)², the variance is (Q/n − (S/n)²)/4, times
    n/(n − 1) for a sample's.

    Notes
    -----
    The second moment Q/n and the mean S/n have each an exact interval (`ratio_interval`); those hold together
    at the confidence (Bonferroni), and the variance is bounded by the largest second moment with the
    smallest square of a mean and the other way round. The delta method would promise no coverage
    where n is small. The range r of values bounds the variance by r²/4 (Popoviciu), the sample's by that
    times n/(n − 1).
    """
    squares, total, rows = (statistics[n] for n in figure.needs)
    width = float(figure.high - figure.low)
    outside = 1 - confidence
    low, high = _population(squares, total, rows, width, outside)
    n = rows.values.astype(np.float64)
    some = n > 0
    safe = np.where(some, n, 1)
    values = np.where(some, squares.values / safe - (total.values / safe) ** 2, np.nan) / 4
    undefined = np.where(some, DEFINED, NO_ROWS)
    top = width**2 / 4
    if figure.sample:
        least, most = _corrections(rows, outside * (1 - _OF_MEAN))
        low, high = low * least, high * most
        top = width**2 / 2  # n/(n − 1) is 2 at most
        undefined = np.where(some & (n <= 1), ONE_ROW, undefined)
        values = np.where(n > 1, values * safe / np.where(n > 1, n - 1, 1), np.nan)
    consistent = np.clip(values, 0, top)
    low, high = np.clip(low, 0, top), np.clip(high, 0, top)
    unit = figure.unit**2
    if figure.kind == "stddev":
        undefined = np.where((undefined == DEFINED) & (values < 0), NEGATIVE, undefined)
        with np.errstate(invalid="ignore"):
            values, consistent = np.sqrt(values), np.sqrt(consistent)
        low, high, unit = np.sqrt(low), np.sqrt(high), figure.unit
    return Column(values, consistent, low, high, undefined.astype(np.int8), unit)


def _population(
    squares: Noisy, total: Noisy, rows: Noisy, width: float, outside: float
) -> tuple[Floats, Floats]:
    of_squares = 1 - outside * _OF_SQUARES
    of_mean = 1 - outside * (_OF_MEAN - _OF_SQUARES)
    second = ratio_interval(
        squares.values,
        rows.values,
        Difference(squares.noise, rows.noise, of_squares),
        (0.0, width**2),
    )
    mean = ratio_interval(
        total.values, rows.values, Difference(total.noise, rows.noise, of_mean), (-width, width)
    )
    farthest = np.maximum(np.abs(mean[0]), np.abs(mean[1]))
    crosses = (mean[0] <= 0) & (mean[1] >= 0)
    nearest = np.where(crosses, 0.0, np.minimum(np.abs(mean[0]), np.abs(mean[1])))
    low = np.maximum(second[0] - farthest**2, 0.0) / 4
    high = np.minimum(second[1] - nearest**2, width**2) / 4
    return low, np.maximum(high, low)


def _corrections(rows: Noisy, outside: float) -> tuple[Floats, Floats]:
    """Return bounds on n/(n − 1), n between 2 and what the noisy count allows."""
    if isinstance(rows.noise, Noise):
        k = np.asarray(rows.noise.half_width(1 - outside))
    else:
        k = np.asarray(rows.noise.score(1 - outside) * rows.noise.deviation + 0.5)
    n = rows.values.astype(np.float64)
    fewest, most = np.maximum(n - k, 2.0), np.maximum(n + k, 2.0)
    return most / (most - 1), fewest / (fewest - 1)
