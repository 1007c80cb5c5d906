"""Half-widths against exact distributions and 10,000 draws; ranges of the consistent table."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.tiers import (
    Tree,
    around,
    consistent,
    half_widths,
    least_squares,
    ranges,
    split,
    spread,
)
from tests.privacy.tier_cities import even_tree, measured, sparse_leaves, trees, uneven_city

RUNS = 10_000
CONFIDENCE = 0.95
SCALES = (0.4, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)


def _probabilities(scale: float, stretch: int) -> np.ndarray:
    """Return the discrete Gaussian on a lattice `stretch` times finer."""
    reach = math.ceil(12 * scale) + 2
    x = np.arange(-reach, reach + 1)
    weights = np.exp(-(x**2) / (2 * scale**2))
    out = np.zeros(2 * reach * stretch + 1)
    out[::stretch] = weights / weights.sum()
    return out


@cache
def _error(scale: float, children: int) -> np.ndarray:
    """Return the exact distribution of the error, in steps of 1/(n + 1), for equal noise in two tiers.

    By Sherman–Morrison a child's error is (n·own − the other children + parent)/(n + 1), a
    parent's (n·own + all children)/(n + 1); noise is symmetric, so signs do not matter.
    """
    out = _probabilities(scale, children)
    for _ in range(children):
        out = np.convolve(out, _probabilities(scale, 1))
    return out


def _covered(scale: float, children: int, width: int) -> float:
    error = _error(scale, children)
    middle, reach = error.size // 2, width * (children + 1)
    return float(error[max(middle - reach, 0) : middle + reach + 1].sum())


@pytest.mark.parametrize("children", [1, 2, 3, 5, 8, 20])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
def test_exact_coverage_is_never_below_and_the_width_at_most_one_above_the_least(
    children: int, confidence: float
) -> None:
    for scale in SCALES:
        public = spread(even_tree(1, children), (scale**2, scale**2))
        for tier in half_widths(public, confidence):
            width = int(tier[0])
            assert (tier == width).all()
            assert _covered(scale, children, width) >= confidence
            assert width < 2 or _covered(scale, children, width - 2) < confidence


def test_where_streets_are_large_the_width_is_the_least() -> None:
    for scale in SCALES[1:]:
        for confidence in (0.9, 0.95, 0.99):
            public = spread(even_tree(1, 20), (scale**2, scale**2))
            width = int(half_widths(public, confidence)[1][0])
            assert _covered(scale, 20, width - 1) < confidence


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0, 5.0, 8.0, 29.0, 31.0, 400.0])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_one_tier_alone_has_the_exact_width_of_its_noise(scale: float, confidence: float) -> None:
    error = _probabilities(scale, 1)
    middle = error.size // 2
    inside = error[middle] + 2 * np.concatenate(([0], np.cumsum(error[middle + 1 :])))
    least = int(np.flatnonzero(inside >= confidence)[0])
    width = half_widths(spread(even_tree(3), (scale**2,)), confidence)[0]
    assert width.tolist() == [least] * 3


@pytest.mark.parametrize("scale", [0.7, 2.0, 8.0])
def test_coverage_of_ten_thousand_draws_is_the_exact_one(scale: float) -> None:
    tree, variances = even_tree(1, 5), (scale**2, scale**2)
    true, noisy = measured(tree, np.full((5, RUNS), 40), variances, 13)
    estimates = least_squares(tree, noisy, variances)
    for tier, widths in enumerate(half_widths(estimates.spread, CONFIDENCE)):
        exact = _covered(scale, 5, int(widths[0]))
        # a whole multiple of 1/6 may fall a rounding error outside
        hit = np.abs(estimates.values[tier] - true[tier]) <= widths[:, None] + 1e-9
        error = math.sqrt(exact * (1 - exact) / RUNS)
        assert (np.abs(hit.mean(axis=1) - exact) <= 4 * error + 1e-9).all()


def test_sums_of_the_finest_tier_alone_have_the_width_of_their_sum() -> None:
    """The sum of n discrete Gaussians is an integer of variance nσ²."""
    error = _probabilities(2.0, 1)
    for _ in range(8):
        error = np.convolve(error, _probabilities(2.0, 1))
    middle = error.size // 2
    width = int(half_widths(spread(even_tree(1, 9), (math.inf, 4.0)), CONFIDENCE)[0][0])
    assert error[middle - width : middle + width + 1].sum() >= CONFIDENCE
    assert error[middle - width + 1 : middle + width].sum() < CONFIDENCE


def _is_enough(hits: np.ndarray, confidence: float) -> bool:
    """Say whether no cell's coverage is more than 4 standard errors below the nominal."""
    error = math.sqrt(confidence * (1 - confidence) / hits.shape[1])
    return bool((hits.mean(axis=1) >= confidence - 4 * error).all())


@pytest.mark.parametrize("scale", [0.6, 2.0, 10.0])
@pytest.mark.parametrize("wanted", ["total", "equal", "a"])
def test_every_cell_of_a_sparse_uneven_city_is_covered_in_ten_thousand_runs(
    scale: float, wanted: str
) -> None:
    """214 + 3 cells, 10,000 draws of each: the unbiased interval, and the range of the integers."""
    tree = uneven_city()
    leaves = np.repeat(sparse_leaves(tree, 1, 5), RUNS, axis=1)
    variances = [scale**2 / float(s) for s in split(tree, wanted)]
    true, noisy = measured(tree, leaves, variances, 6)
    estimates = least_squares(tree, noisy, variances)
    widths = half_widths(estimates.spread, CONFIDENCE)
    table = consistent(tree, estimates)
    stated = ranges(estimates, table, widths)
    for tier in range(3):
        unbiased = np.abs(estimates.values[tier] - true[tier]) <= widths[tier][:, None]
        assert _is_enough(unbiased, CONFIDENCE)
        low, high = stated[tier]
        inside = (low <= true[tier]) & (true[tier] <= high)
        assert (inside | ~unbiased).all()  # a range covers whenever its interval does
        assert (low <= table[tier]).all()
        assert (table[tier] <= high).all()
        assert low.min() >= 0
        half = around(table[tier], low, high)
        assert (np.abs(table[tier] - true[tier]) <= half)[inside].all()


def test_half_widths_about_the_integers_would_not_cover_large_figures_among_zeros() -> None:
    """Why `ranges` exists: 95% about the consistent figure holds less than 93% of those above 50."""
    tree = uneven_city()
    leaves = np.repeat(sparse_leaves(tree, 1, 5), RUNS, axis=1)
    variances = (300.0, 300.0, 300.0)
    true, noisy = measured(tree, leaves, variances, 7)
    estimates = least_squares(tree, noisy, variances)
    widths = half_widths(estimates.spread, CONFIDENCE)
    table = consistent(tree, estimates)
    hit = np.abs(table[2] - true[2]) <= widths[2][:, None]
    large = leaves[:, 0] > 50
    assert large.sum() >= 3
    assert hit[large].mean() < 0.93
    assert hit[leaves[:, 0] == 0].mean() > 0.98


def _laplace_scale(variance: float) -> float:
    """Return b of the discrete Laplace of this variance, by bisection."""
    low, high = 0.01, 100.0
    for _ in range(200):
        b = (low + high) / 2
        q = math.exp(-1 / b)
        low, high = (b, high) if 2 * q / (1 - q) ** 2 < variance else (low, b)
    return low


def _laplace(variance: float, stretch: int) -> np.ndarray:
    b = _laplace_scale(variance)
    x = np.arange(-math.ceil(40 * b) - 2, math.ceil(40 * b) + 3)
    out = np.zeros((x.size - 1) * stretch + 1)
    weights = np.exp(-np.abs(x) / b)
    out[::stretch] = weights / weights.sum()
    return out


@pytest.mark.parametrize("children", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("ratio", [1, 4])
@pytest.mark.parametrize("variance", [0.3, 2.0, 8.0, 72.0])
def test_widths_of_laplace_noise_are_never_below_the_exact_ones(
    children: int, ratio: int, variance: float
) -> None:
    """A parent of `ratio` times the noise: coefficients are whole multiples of 1/(n + ratio)."""
    whole = children + ratio
    child, parent = _laplace(variance, 1), _laplace(ratio * variance, 1)
    own, above = _laplace(variance, whole - 1), _laplace(ratio * variance, children)
    below = _laplace(variance, ratio)
    errors = [above, np.convolve(own, parent)]
    for i in range(children):
        errors[0] = np.convolve(errors[0], below)
        errors[1] = np.convolve(errors[1], child) if i else errors[1]
    public = spread(even_tree(1, children), (ratio * variance, variance))
    for confidence in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999):
        for error, widths in zip(
            errors, half_widths(public, confidence, "discrete_laplace"), strict=True
        ):
            middle, reach = error.size // 2, int(widths[0]) * whole
            inside = error[max(middle - reach, 0) : middle + reach + 1].sum()
            assert inside >= confidence - 1e-12


@pytest.mark.parametrize("scale", [0.3, 1.0, 5.0, 50.0])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_one_tier_of_laplace_noise_has_the_exact_width(scale: float, confidence: float) -> None:
    q = math.exp(-1 / scale)
    variance = 2 * q / (1 - q) ** 2
    width = int(
        half_widths(spread(even_tree(2), (variance,)), confidence, "discrete_laplace")[0][0]
    )
    assert 2 * q ** (width + 1) / (1 + q) <= (1 - confidence) * (1 + 1e-9)
    assert not width or 2 * q**width / (1 + q) > 1 - confidence


def test_a_coarse_tier_left_unmeasured_beside_others_is_covered_as_a_normal() -> None:
    found = half_widths(spread(even_tree(2, 3, 4), (math.inf, 4000.0, 4000.0)), CONFIDENCE)
    final = spread(even_tree(2, 3, 4), (math.inf, 4000.0, 4000.0)).final[0][0]
    assert found[0].tolist() == [math.ceil(1.959963985 * math.sqrt(final))] * 2
    with pytest.raises(BadInput):
        half_widths(spread(even_tree(2), (1.0,)), CONFIDENCE, "uniform")


def test_signed_ranges_are_the_interval_itself_in_integers() -> None:
    tree = even_tree(1, 4)
    rng = np.random.default_rng(9)
    noisy = [rng.integers(-50, 50, (n, 2)) for n in tree.sizes]
    estimates = least_squares(tree, noisy, (9.0, 9.0))
    widths = half_widths(estimates.spread, CONFIDENCE)
    table = consistent(tree, estimates, signed=[True, False])
    for tier, (low, high) in enumerate(ranges(estimates, table, widths, signed=[True, False])):
        assert (low[:, 0] == np.ceil(estimates.values[tier] - widths[tier][:, None])[:, 0]).all()
        assert (high[:, 0] == np.floor(estimates.values[tier] + widths[tier][:, None])[:, 0]).all()
        assert (low[:, 1] >= 0).all()


@settings(deadline=None)
@given(trees(), st.lists(st.floats(0.1, 5000), min_size=4, max_size=4))
def test_a_surer_interval_is_no_narrower_and_a_vaguer_figure_has_no_narrower_one(
    tree: Tree, drawn: list[float]
) -> None:
    public = spread(tree, drawn[: tree.depth])
    some, more = half_widths(public, 0.8), half_widths(public, 0.95)
    for final, a, b in zip(public.final, some, more, strict=True):
        assert (a <= b).all()
        assert (np.diff(b[np.argsort(final, kind="stable")]) >= 0).all()


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 2.0, math.nan])
def test_a_confidence_out_of_range_is_refused(confidence: float) -> None:
    with pytest.raises(BadInput):
        half_widths(spread(even_tree(2), (1.0,)), confidence)
