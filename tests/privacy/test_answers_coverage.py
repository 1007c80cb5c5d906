"""Intervals cover: 20,000 runs a setting, noise from exact probabilities, easy settings and hard ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from privacy.answers.columns import Column
from privacy.answers.figures import column_of
from privacy.answers.layout import Figure
from tests.privacy.answers_noise import RUNS, drawn, probabilities, standard_error

GAUSSIAN, LAPLACE = "discrete_gaussian", "discrete_laplace"


def _share(column: Column, truth: float) -> tuple[float, int]:
    """The share of defined runs whose interval holds the truth; an end that is not there holds all."""
    defined = column.undefined == 0
    low = np.nan_to_num(column.low.astype(float), nan=-np.inf)
    high = np.nan_to_num(column.high.astype(float), nan=np.inf)
    margin = 1e-9 * max(1.0, abs(truth))
    covers = (low <= truth + margin) & (truth - margin <= high)
    return float(covers[defined].mean()), int(defined.sum())


def _covers(column: Column, truth: float, confidence: float) -> None:
    share, runs = _share(column, truth)
    assert runs > 100
    assert share >= confidence - 4 * standard_error(confidence, runs)


@pytest.mark.parametrize("mechanism", [GAUSSIAN, LAPLACE])
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.7, 40.0])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("kind", ["count", "sum", "persons"])
def test_half_widths_cover_as_often_as_their_exact_probability(
    mechanism: str, scale: float, confidence: float, kind: Any
) -> None:
    rng = np.random.default_rng(1)
    truth = 7
    figure = Figure(kind, "n", ("s",), low=-3, high=9)  # a signed sum: nothing is cut
    column = column_of(figure, {"s": drawn(truth, mechanism, scale, rng)}, confidence)
    k = column.half_width
    assert isinstance(k, int)
    x, p = probabilities(mechanism, scale)
    exact = float(p[np.abs(x) <= k].sum())
    assert exact >= confidence - 1e-12
    assert k == 0 or float(p[np.abs(x) <= k - 1].sum()) < confidence
    share = float((np.abs(column.values - truth) <= k).mean())
    assert abs(share - exact) <= 4 * standard_error(exact) + 1e-12
    assert share >= confidence - 4 * standard_error(confidence)


def test_an_interval_cut_to_what_is_possible_covers_no_less() -> None:
    rng = np.random.default_rng(2)
    figure = Figure("count", "n", ("s",), within=(0, None))
    for truth in (0, 1, 5):
        column = column_of(figure, {"s": drawn(truth, GAUSSIAN, 8.0, rng)}, 0.95)
        assert (column.low >= 0).all()
        assert (column.consistent >= 0).all()
        _covers(column, truth, 0.95)


AVERAGES = [  # rows, mean, scale of the sum (centred, doubled), scale of the count
    (1000, 30, 900.0, 6.0),
    (1000, 99, 900.0, 6.0),
    (12, 30, 900.0, 6.0),  # the count is hardly known
    (3, 80, 900.0, 6.0),  # and here often negative
    (1, 0, 400.0, 20.0),
    (40, 55, 3.0, 1.0),  # small scales: the lattice shows
    (5, 50, 0.4, 0.4),  # below σ = 1
    (5, 20, 0.2, 2.0),
    (400, 50, 1.2, 30.0),  # the numerator is all but exact
]


@pytest.mark.parametrize("mechanism", [GAUSSIAN, LAPLACE])
@pytest.mark.parametrize(("rows", "mean", "of_sum", "of_rows"), AVERAGES)
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_averages_cover(
    mechanism: str, rows: int, mean: int, of_sum: float, of_rows: float, confidence: float
) -> None:
    rng = np.random.default_rng(3)
    figure = Figure("average", "m", ("s", "n"), low=0, high=100, within=(0, 100))
    measured = {
        "s": drawn(2 * rows * mean - 100 * rows, mechanism, of_sum, rng),
        "n": drawn(rows, mechanism, of_rows, rng),
    }
    column = column_of(figure, measured, confidence)
    assert np.nanmin(column.low) >= 0
    assert np.nanmax(column.high) <= 100
    assert ((column.undefined > 0) == (measured["n"].values <= 0)).all()
    assert np.isnan(column.values[column.undefined > 0]).all()  # never 0
    _covers(column, mean, confidence)


def test_fieller_is_exact_where_noise_is_nearly_normal() -> None:
    rng = np.random.default_rng(4)
    figure = Figure("average", "m", ("s", "n"), low=0, high=10_000, within=(0, 10_000))
    n, mean = 500, 7_300
    measured = {
        "s": drawn(2 * n * mean - 10_000 * n, GAUSSIAN, 90_000.0, rng),
        "n": drawn(n, GAUSSIAN, 30.0, rng),
    }
    share, runs = _share(column_of(figure, measured, 0.95), mean)
    assert abs(share - 0.95) <= 4 * standard_error(0.95, runs) + 0.004  # ½ of 30 rows is its slack


RATIOS = [  # numerator, denominator, scales, within
    (300, 1000, 6.0, 6.0, (0, 1)),
    (3, 10, 6.0, 6.0, (0, 1)),
    (0, 25, 2.0, 9.0, (0, 1)),
    (10, 10, 1.0, 1.0, (0, 1)),
    (50, 8, 5.0, 5.0, (0, None)),  # no bound above: the interval may have no end
    (-700, 90, 50.0, 4.0, (None, None)),
]


@pytest.mark.parametrize("mechanism", [GAUSSIAN, LAPLACE])
@pytest.mark.parametrize(("above", "below", "of_above", "of_below", "within"), RATIOS)
def test_ratios_cover(
    mechanism: str, above: int, below: int, of_above: float, of_below: float, within: Any
) -> None:
    rng = np.random.default_rng(5)
    parts = (Figure("sum", "a", ("a",), low=-1, high=1), Figure("count", "b", ("b",)))
    figure = Figure("ratio", "r", ("a", "b"), within=within, parts=parts)
    measured = {
        "a": drawn(above, mechanism, of_above, rng),
        "b": drawn(below, mechanism, of_below, rng),
    }
    _covers(column_of(figure, measured, 0.95), above / below, 0.95)


def test_a_figure_over_itself_is_one_and_its_noise_is_one_noise() -> None:
    rng = np.random.default_rng(6)
    part = Figure("count", "n", ("s",))
    figure = Figure("ratio", "r", ("s", "s"), within=(0, 1), parts=(part, part))
    column = column_of(figure, {"s": drawn(4, GAUSSIAN, 3.0, rng)}, 0.95)
    defined = column.undefined == 0
    assert defined.any()
    assert not defined.all()
    assert (column.values[defined] == 1).all()
    assert (column.high[defined] == 1).all()
    assert (column.low[defined] == 1).all()


def _moments(values: Any, low: int, high: int) -> tuple[int, int, int, float]:
    """Σ(2x − low − high)², Σ(2x − low − high), rows, and the population variance of what is given."""
    centred = 2 * np.asarray(values, dtype=np.int64) - (low + high)
    return (
        int((centred**2).sum()),
        int(centred.sum()),
        len(values),
        float(np.var(np.asarray(values, dtype=float))),
    )


SPREADS = [  # values, scales of squares, sum, rows
    (np.arange(1000) % 101, 40_000.0, 400.0, 4.0),
    (np.r_[np.zeros(300, int), np.full(20, 100)], 40_000.0, 400.0, 4.0),  # far from the middle
    (np.array([10, 90, 40, 40, 55, 60, 12, 3, 77, 51]), 40_000.0, 400.0, 4.0),  # few rows
    (np.full(60, 50), 40_000.0, 400.0, 4.0),  # no variance at all
    (np.array([0, 100, 50, 20]), 900.0, 3.0, 0.5),
]


@pytest.mark.parametrize("mechanism", [GAUSSIAN, LAPLACE])
@pytest.mark.parametrize(("values", "of_squares", "of_sum", "of_rows"), SPREADS)
@pytest.mark.parametrize("kind", ["variance", "stddev"])
@pytest.mark.parametrize("sample", [True, False])
def test_variances_and_deviations_cover(
    mechanism: str,
    values: Any,
    of_squares: float,
    of_sum: float,
    of_rows: float,
    kind: Any,
    sample: bool,
) -> None:
    rng = np.random.default_rng(7)
    squares, total, n, truth = _moments(values, 0, 100)
    truth *= n / (n - 1) if sample else 1
    figure = Figure(kind, "v", ("q", "s", "n"), low=0, high=100, sample=sample)
    measured = {
        "q": drawn(squares, mechanism, of_squares, rng),
        "s": drawn(total, mechanism, of_sum, rng),
        "n": drawn(n, mechanism, of_rows, rng),
    }
    column = column_of(figure, measured, 0.95)
    _covers(column, truth if kind == "variance" else truth**0.5, 0.95)


def test_a_ratio_of_averages_covers() -> None:
    rng = np.random.default_rng(8)
    parts = tuple(
        Figure("average", c, (f"s{c}", f"n{c}"), low=0, high=100, within=(0, 100)) for c in "ab"
    )
    figure = Figure("ratio", "r", (), within=(None, None), parts=parts)
    for rows in (400, 15):
        measured = {
            "sa": drawn(2 * rows * 60 - 100 * rows, GAUSSIAN, 900.0, rng),
            "na": drawn(rows, GAUSSIAN, 5.0, rng),
            "sb": drawn(2 * rows * 30 - 100 * rows, GAUSSIAN, 900.0, rng),
            "nb": drawn(rows, GAUSSIAN, 5.0, rng),
        }
        _covers(column_of(figure, measured, 0.95), 2.0, 0.95)


def test_a_decimal_unit_scales_value_and_half_width_alike() -> None:
    rng = np.random.default_rng(9)
    figure = Figure("sum", "s", ("s",), unit=Decimal("0.01"), low=-5, high=9)
    column = column_of(figure, {"s": drawn(123_456, GAUSSIAN, 30.0, rng, 50)}, 0.95)
    assert column.in_numbers(column.values)[0] == float(Decimal(int(column.values[0])) / 100)
    assert RUNS >= 10_000
