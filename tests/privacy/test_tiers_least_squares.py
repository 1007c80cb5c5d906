"""Least squares on the tree against the dense solution, and its variances."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.tiers import Tree, least_squares, spread
from tests.privacy.tier_cities import dense, design, even_tree, measured, tree_from, trees

VARIANCES = st.lists(st.floats(0.1, 50), min_size=4, max_size=4)


def _close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """To 1e-9 of the largest figure: single figures may cancel to nearly 0."""
    return bool(np.abs(ours - theirs).max() <= 1e-9 * max(1.0, np.abs(theirs).max()))


@settings(deadline=None, max_examples=150)
@given(trees(), VARIANCES, st.integers(0, 2**32 - 1))
def test_two_passes_agree_with_dense_generalised_least_squares(
    tree: Tree, drawn: list[float], seed: int
) -> None:
    variances = drawn[: tree.depth]
    rng = np.random.default_rng(seed)
    noisy = [rng.integers(-(10**4), 10**4, (n, 2)) for n in tree.sizes]
    ours = least_squares(tree, noisy, variances)
    values, their_variances = dense(tree, noisy, variances)
    for tier in range(tree.depth):
        assert _close(ours.values[tier], values[tier])
        assert np.allclose(ours.spread.final[tier], their_variances[tier], rtol=1e-9, atol=0)


def test_agreement_holds_on_a_city_of_uneven_fan_out_and_unequal_noise() -> None:
    rng = np.random.default_rng(2)
    parents = [np.sort(rng.integers(0, 6, 60)), rng.integers(0, 60, 1200)]
    parents[0][:6], parents[1][:60] = np.arange(6), np.arange(60)
    tree = tree_from([p.tolist() for p in parents])
    variances = (900.0, 50.0, 3.0)
    noisy = [rng.integers(0, 10**6, (n, 3)) for n in tree.sizes]
    ours = least_squares(tree, noisy, variances)
    values, their_variances = dense(tree, noisy, variances)
    for tier in range(3):
        assert np.allclose(ours.values[tier], values[tier], rtol=1e-9, atol=1e-9 * 10**6)
        assert np.allclose(ours.spread.final[tier], their_variances[tier], rtol=1e-9, atol=0)


def _solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Solve a positive definite system exactly, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, pivot in enumerate(rows):
        pivot[:] = [x / pivot[i] for x in pivot]
        for j, row in enumerate(rows):
            if j != i:
                rows[j] = [x - row[i] * y for x, y in zip(row, pivot, strict=True)]
    return [row[-1] for row in rows]


def test_noise_of_very_unequal_tiers_agrees_with_exact_fractions() -> None:
    """Here the dense solution in doubles is itself wrong in the seventh digit."""
    tree = tree_from([[0, 0, 1], [0, 0, 0, 1, 2, 2, 2, 2]])
    variances = (Fraction(1, 10**6), Fraction(10**6), Fraction(3, 10**3))
    rng = np.random.default_rng(11)
    noisy = [rng.integers(0, 1000, (n, 1)) for n in tree.sizes]
    rows = [
        (a.astype(int).tolist(), int(y), v)
        for matrix, tier, v in zip(design(tree), noisy, variances, strict=True)
        for a, y in zip(matrix, tier[:, 0], strict=True)
    ]
    normal = [
        [sum((a[i] * a[j] / v for a, _, v in rows), Fraction()) for j in range(8)] for i in range(8)
    ]
    right = [sum((a[i] * y / v for a, y, v in rows), Fraction()) for i in range(8)]
    leaves = _solve(normal, right)
    ours = least_squares(tree, noisy, [float(v) for v in variances])
    for tier, matrix in enumerate(design(tree)):
        for node, a in enumerate(matrix.astype(int).tolist()):
            exact = sum((x * y for x, y in zip(a, leaves, strict=True)), Fraction())
            spread_out = _solve(normal, [Fraction(x) for x in a])
            variance = sum((x * y for x, y in zip(a, spread_out, strict=True)), Fraction())
            assert ours.values[tier][node, 0] == pytest.approx(float(exact), rel=1e-9)
            assert ours.spread.final[tier][node] == pytest.approx(float(variance), rel=1e-9)


@pytest.mark.parametrize("unmeasured", [(0,), (1,), (0, 1)])
def test_a_tier_that_was_not_measured_is_left_out_and_still_estimated(
    unmeasured: tuple[int, ...],
) -> None:
    tree = tree_from([[0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 3, 4, 4, 4]])
    variances = [math.inf if t in unmeasured else 2.0 + t for t in range(3)]
    rng = np.random.default_rng(3)
    noisy = [rng.integers(0, 100, (n, 2)) for n in tree.sizes]
    kept = [t for t in range(3) if t not in unmeasured]
    whitened = np.vstack([design(tree)[t] / variances[t] ** 0.5 for t in kept])
    figures = np.vstack([noisy[t] / variances[t] ** 0.5 for t in kept])
    leaves = np.linalg.lstsq(whitened, figures, rcond=None)[0]
    covariance = np.linalg.inv(whitened.T @ whitened)
    ours = least_squares(tree, noisy, variances)
    for tier, matrix in enumerate(design(tree)):
        assert np.allclose(ours.values[tier], matrix @ leaves, rtol=1e-9, atol=1e-9)
        assert np.allclose(
            ours.spread.final[tier], np.diag(matrix @ covariance @ matrix.T), rtol=1e-9
        )


@settings(deadline=None)
@given(trees(), VARIANCES, st.integers(0, 2**32 - 1))
def test_children_add_up_to_their_parents(tree: Tree, drawn: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    noisy = [rng.integers(-(10**6), 10**6, (n, 2)) for n in tree.sizes]
    values = least_squares(tree, noisy, drawn[: tree.depth]).values
    for matrix, tier in zip(design(tree), values, strict=True):
        assert _close(matrix @ values[-1], tier)


def test_figures_that_add_up_already_are_not_moved() -> None:
    tree = even_tree(3, 4, 5)
    true, _ = measured(tree, np.arange(60).reshape(60, 1), (1.0, 1.0, 1.0), 1)
    values = least_squares(tree, true, (7.0, 2.0, 1.0)).values
    assert all(np.allclose(v, t, rtol=1e-14) for v, t in zip(values, true, strict=True))


def test_variances_are_those_of_ten_thousand_draws_and_nothing_is_biased() -> None:
    tree, runs = tree_from([[0, 0, 1], [0, 0, 0, 1, 2, 2]]), 10_000
    leaves = np.repeat([[0], [3], [50], [7], [0], [1]], runs, axis=1)
    variances = (4.0, 9.0, 6.25)
    true, noisy = measured(tree, leaves, variances, 4)
    found = least_squares(tree, noisy, variances)
    for t, v, s in zip(true, found.values, found.spread.final, strict=True):
        assert (np.abs((v - t).mean(axis=1)) < 4.5 * np.sqrt(s / runs)).all()
        # the variance of a normal sample of n has standard error √(2/n) of itself
        assert (np.abs((v - t).var(axis=1) / s - 1) < 4.5 * math.sqrt(2 / runs)).all()


def test_two_tiers_of_equal_noise_have_the_variance_of_the_closed_form() -> None:
    # (I + 11ᵀ)⁻¹ = I − 11ᵀ/(n + 1) (Sherman–Morrison): n/(n + 1) for child and parent alike
    for n in (1, 2, 20, 3100):
        found = spread(even_tree(1, n), (1.0, 1.0))
        assert np.allclose(np.concatenate(found.final), n / (n + 1), rtol=1e-12)


def test_more_columns_do_not_change_a_column_by_a_bit() -> None:
    tree = tree_from([np.sort(np.arange(800) % 7).tolist()])
    rng = np.random.default_rng(6)
    noisy = [rng.integers(-(10**9), 10**9, (n, 5)) for n in tree.sizes]
    whole = least_squares(tree, noisy, (3.0, 2.0)).values
    for column in range(5):
        part = least_squares(tree, [y[:, column : column + 1] for y in noisy], (3.0, 2.0)).values
        assert all((w[:, column] == p[:, 0]).all() for w, p in zip(whole, part, strict=True))


def test_no_columns_and_a_tree_of_one_leaf_are_answered() -> None:
    assert least_squares(even_tree(2, 3), [np.zeros((2, 0), int), np.zeros((6, 0), int)], (1, 1))
    found = least_squares(even_tree(1), [np.array([[5]])], (2.0,))
    assert found.values[0].tolist() == [[5.0]]
    assert found.spread.final[0].tolist() == [2.0]
    chain = least_squares(even_tree(1, 1), [np.array([[6]]), np.array([[4]])], (1.0, 1.0))
    assert [v[0, 0] for v in chain.values] == [5.0, 5.0]
    assert [s[0] for s in chain.spread.final] == [0.5, 0.5]


@pytest.mark.parametrize(
    "variances", [(1.0,), (1.0, 0.0), (-1.0, 1.0), (math.nan, 1.0), (1.0, math.inf)]
)
def test_noise_that_cannot_be_is_refused(variances: tuple[float, ...]) -> None:
    with pytest.raises(BadInput):
        spread(even_tree(1, 2), variances)


@pytest.mark.parametrize(
    "noisy",
    [
        [np.zeros((1, 1), int)],
        [np.zeros((1, 1), int), np.zeros((3, 1), int)],
        [np.zeros((1, 2), int), np.zeros((2, 1), int)],
        [np.zeros(1, int), np.zeros(2, int)],
        [np.zeros((1, 1)), np.zeros((2, 1))],
    ],
)
def test_figures_that_do_not_fit_the_tree_are_refused(noisy: list[np.ndarray]) -> None:
    with pytest.raises(BadInput):
        least_squares(even_tree(1, 2), noisy, (1.0, 1.0))
