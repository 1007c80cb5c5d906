"""Integers that add up: sums, signs, projection, rounding, fairness of ties."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.tiers import Estimates, Tree, consistent, leaf_sums, least_squares, spread
from tests.privacy.tier_cities import even_tree, measured, sparse_leaves, tree_from, trees

VARIANCES = st.lists(st.floats(0.1, 50), min_size=4, max_size=4)


def _estimates(
    tree: Tree, variances: list[float], seed: int, size: int, columns: int = 3
) -> Estimates:
    rng = np.random.default_rng(seed)
    noisy = [rng.integers(-size, size, (n, columns), endpoint=True) for n in tree.sizes]
    return least_squares(tree, noisy, variances[: tree.depth])


def _adds_up(tree: Tree, table: tuple[np.ndarray, ...]) -> bool:
    return all(
        (a == b).all() and a.dtype == np.int64
        for a, b in zip(leaf_sums(tree, table[-1]), table, strict=True)
    )


@settings(deadline=None, max_examples=200)
@given(trees(), VARIANCES, st.integers(0, 2**32 - 1), st.sampled_from([1, 5, 10**4, 10**12, 2**59]))
def test_sums_agree_exactly_and_nothing_is_negative(
    tree: Tree, variances: list[float], seed: int, size: int
) -> None:
    table = consistent(tree, _estimates(tree, variances, seed, size))
    assert _adds_up(tree, table)
    assert all((t >= 0).all() for t in table)


@settings(deadline=None, max_examples=200)
@given(trees(), VARIANCES, st.integers(0, 2**32 - 1), st.sampled_from([1, 10**4, 10**12, 2**56]))
def test_signed_sums_agree_too_and_stay_near_the_estimates(
    tree: Tree, variances: list[float], seed: int, size: int
) -> None:
    estimates = _estimates(tree, variances, seed, size)
    table = consistent(tree, estimates, signed=True)
    assert _adds_up(tree, table)
    near = tree.depth + 2.0**-40 * size  # a unit a tier, and the last bits of large doubles
    assert all(np.abs(t - v).max() <= near for t, v in zip(table, estimates.values, strict=True))


@settings(deadline=None)
@given(
    trees(),
    VARIANCES,
    st.integers(0, 2**32 - 1),
    st.sampled_from([2, 10**5, 10**12]),
    st.booleans(),
)
def test_a_table_that_is_consistent_already_stays(
    tree: Tree, variances: list[float], seed: int, size: int, signed: bool
) -> None:
    leaves = np.random.default_rng(seed).integers(-size if signed else 0, size, (tree.sizes[-1], 2))
    table = leaf_sums(tree, leaves)
    floats = tuple(t.astype(np.float64) for t in table)
    again = consistent(
        tree, Estimates(floats, spread(tree, variances[: tree.depth])), signed=signed
    )
    assert all((a == t).all() for a, t in zip(again, table, strict=True))


@settings(deadline=None)
@given(trees(), VARIANCES, st.integers(0, 2**32 - 1), st.sampled_from([3, 1000]), st.booleans())
def test_the_order_of_the_domain_does_not_matter(
    tree: Tree, variances: list[float], seed: int, size: int, signed: bool
) -> None:
    """Ties are the rule; they are broken by code, so any order of the nodes gives the same answer."""
    rng = np.random.default_rng(seed)
    moved = [rng.permutation(n) for n in tree.sizes]  # moved[t][new place] = old place
    where = [np.argsort(m) for m in moved]
    levels = tuple(tuple(c[i] for i in m) for c, m in zip(tree.levels, moved, strict=True))
    parents = tuple(where[t][p[moved[t + 1]]] for t, p in enumerate(tree.parents))
    other = Tree(tree.names, levels, parents)
    noisy = [rng.integers(-size, size, (n, 2)) for n in tree.sizes]
    chosen = variances[: tree.depth]
    one = consistent(tree, least_squares(tree, noisy, chosen), signed=signed)
    two = consistent(
        other,
        least_squares(other, [y[m] for y, m in zip(noisy, moved, strict=True)], chosen),
        signed=signed,
    )
    assert all((a[m] == b).all() for a, b, m in zip(one, two, moved, strict=True))


@settings(deadline=None)
@given(trees(), VARIANCES, st.integers(0, 2**32 - 1))
def test_more_columns_do_not_change_a_column(tree: Tree, variances: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    noisy = [rng.integers(-9, 9, (n, 4)) for n in tree.sizes]
    chosen = variances[: tree.depth]
    signed = [False, True, False, True]
    whole = consistent(tree, least_squares(tree, noisy, chosen), signed=signed)
    for c in range(4):
        part = least_squares(tree, [y[:, [c]] for y in noisy], chosen)
        alone = consistent(tree, part, signed=signed[c])
        assert all((w[:, [c]] == a).all() for w, a in zip(whole, alone, strict=True))


def _nearest(values: np.ndarray, total: int) -> np.ndarray:
    """Project onto {x ≥ 0, Σx = total} by trying every support: KKT holds for exactly one."""
    best, found = np.inf, np.zeros_like(values)
    for kept in product((False, True), repeat=values.size):
        mask = np.array(kept)
        if mask.any():
            x = np.where(mask, values + (total - values[mask].sum()) / mask.sum(), 0)
            if (x >= 0).all() and ((x - values) ** 2).sum() < best:
                best, found = ((x - values) ** 2).sum(), x
    return found


def test_a_family_is_the_rounded_nearest_point_of_its_simplex() -> None:
    tree, rng = even_tree(1, 6), np.random.default_rng(8)
    for _ in range(200):
        leaves = rng.normal(1, 4, (6, 1))
        total = float(max(leaves.sum(), 0))
        given_values = (np.array([[total]]), leaves)
        table = consistent(tree, Estimates(given_values, spread(tree, (1.0, 1.0))))
        nearest = _nearest(leaves[:, 0], round(total))
        assert np.abs(table[1][:, 0] - nearest).max() < 1
        assert (table[1][nearest == 0] == 0).all()


def test_an_uncertain_brother_gives_way_more_than_a_certain_one() -> None:
    """Street a is the sum of nine unmeasured communities' noise, street b of one."""
    tree = tree_from([[0, 0], [0] * 9 + [1]])
    public = spread(tree, (1.0, 1e12, 1.0))
    values = (np.array([[0.0]]), np.array([[10.0], [10.0]]), np.zeros((10, 1)))
    table = consistent(tree, Estimates((values[0] + 30, *values[1:]), public))
    # the missing ten are shared in the proportion of the variances, 9 to 1
    assert table[1].tolist() == [[19], [11]]


def test_the_units_of_ties_favour_no_place_in_the_long_run() -> None:
    """Eight equal siblings, noisy: in a fixed order the first would stand half a unit too high."""
    tree, runs = even_tree(1, 8), 20_000
    leaves = np.full((8, runs), 1000)
    true, noisy = measured(tree, leaves, (25.0, 25.0), 12)
    table = consistent(tree, least_squares(tree, noisy, (25.0, 25.0)))
    bias = (table[1] - true[1]).mean(axis=1)
    error = np.sqrt(25 * 8 / 9 / runs)
    assert np.abs(bias).max() < 4.5 * error


def test_a_total_of_nothing_is_nobody_everywhere() -> None:
    tree = even_tree(1, 2, 3)
    noisy = [np.array([[-4]]), np.array([[5], [-2]]), np.array([[9], [-9], [3], [0], [-5], [-4]])]
    table = consistent(tree, least_squares(tree, noisy, (0.01, 10.0, 10.0)))
    assert all(not t.any() for t in table)


def test_decimals_make_an_unbiased_table_whose_printed_figures_add_up() -> None:
    tree = tree_from([[0, 0, 1], [0, 0, 0, 1, 1, 2]])
    estimates = _estimates(tree, [3.0, 2.0, 1.0], 9, 100)
    hundredths = consistent(tree, estimates, signed=True, decimals=2)
    assert _adds_up(tree, hundredths)
    for t, v in zip(hundredths, estimates.values, strict=True):
        assert np.abs(t / 100 - v).max() < 0.03


def test_figures_beyond_doubles_still_add_up_to_the_last_unit() -> None:
    tree = even_tree(2, 3, 50)
    table = consistent(tree, _estimates(tree, [5.0, 5.0, 5.0], 10, 2**55))
    assert table[0].max() > 2**53
    assert _adds_up(tree, table)


def test_a_long_tail_among_siblings_ends() -> None:
    """Powers of two make the active sets shrink by one a pass: the slowest family there is."""
    tree = even_tree(1, 55)
    leaves = -(2.0 ** np.arange(55))[:, None]
    table = consistent(tree, Estimates((np.array([[3.0]]), leaves), spread(tree, (1.0, 1.0))))
    assert table[1][:3, 0].tolist() == [2, 1, 0]
    assert table[1].sum() == 3


def test_a_total_that_doubles_lose_among_larger_figures_is_kept() -> None:
    tree = even_tree(1, 3)
    values = (np.array([[1.0]]), np.array([[1e17], [-1e17], [-3e17]]))
    table = consistent(tree, Estimates(values, spread(tree, (1.0, 1.0))))
    assert _adds_up(tree, table)
    assert table[0].tolist() == [[1]]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 2.0**62, -(2.0**62)])
def test_estimates_that_no_integer_holds_are_refused(wrong: float) -> None:
    tree = even_tree(1, 2)
    values = (np.array([[wrong]]), np.array([[wrong], [0.0]]))
    with pytest.raises(BadInput):
        consistent(tree, Estimates(values, spread(tree, (1.0, 1.0))))


def test_signs_of_another_number_than_the_columns_are_refused() -> None:
    tree = even_tree(1, 2)
    with pytest.raises(BadInput):
        consistent(tree, _estimates(tree, [1.0, 1.0], 1, 5, columns=3), signed=[True, False])


def test_no_columns_give_no_figures() -> None:
    tree = even_tree(2, 3)
    noisy = [np.zeros((n, 0), int) for n in tree.sizes]
    assert [t.shape for t in consistent(tree, least_squares(tree, noisy, (1.0, 1.0)))] == [
        (2, 0),
        (6, 0),
    ]


def test_a_sparse_city_adds_up_in_every_column() -> None:
    tree = even_tree(16, 20, 20)
    leaves = sparse_leaves(tree, 24, 1)
    _, noisy = measured(tree, leaves, (20.0, 20.0, 20.0), 2)
    table = consistent(tree, least_squares(tree, noisy, (20.0, 20.0, 20.0)))
    assert _adds_up(tree, table)
    assert min(int(t.min()) for t in table) == 0
