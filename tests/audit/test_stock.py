"""What rounds do to the whole stock: numbers worked out on paper, and when there are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import t

from audit.allocation import concentrated_before, literal_density_change, stock_change

Table = NDArray[np.int64]
# migrants, locals; η² = Σ a²/(At) − P over 1 − P
APART = np.array([[8, 2], [2, 8]])  # xPx = .68, P = .5: η² = .36
EVEN = np.array([[5, 5], [5, 5]])  # 0
HALF = np.array([[7, 3], [3, 7]])  # xPx = .58: η² = .16


def test_the_change_is_the_mean_over_the_re_runs() -> None:
    found = stock_change([APART] * 3, [EVEN, HALF, APART], minority=0)
    assert found is not None
    assert found.value == pytest.approx((-0.36 - 0.20 + 0) / 3)
    assert (found.estimand, found.details["runs"], found.degrees) == ("the_next_cohort", 3, 2)


def test_the_error_is_that_of_the_next_cohort_and_not_of_the_mean() -> None:
    found = stock_change([APART] * 3, [EVEN, HALF, APART], minority=0)
    changes = np.array([-0.36, -0.20, 0.0])
    assert found is not None
    assert found.se == pytest.approx(changes.std(ddof=1) * np.sqrt(1 + 1 / 3))
    low, high = found.bounds(1.959963985)
    width = t.ppf(0.975, 2) * found.se
    assert (low, high) == pytest.approx((found.value - width, found.value + width))


def test_more_re_runs_of_the_same_spread_do_not_make_the_next_cohort_sure() -> None:
    after = [EVEN, HALF, APART]
    few = stock_change([APART] * 30, after * 10, minority=0)
    many = stock_change([APART] * 3000, after * 1000, minority=0)
    assert few is not None
    assert many is not None
    assert many.se == pytest.approx(np.array([-0.36, -0.20, 0.0]).std(), rel=1e-3)
    assert few.se == pytest.approx(many.se, rel=0.05)


def test_re_runs_that_are_all_the_same_run_say_nothing_of_the_next_cohort() -> None:
    # no cohort was drawn anew: a spread of 0 is no evidence
    assert stock_change([APART] * 24, [EVEN] * 24, minority=0) is None
    assert literal_density_change([APART] * 24, [EVEN] * 24, minority=0) is None


@pytest.mark.parametrize("runs", [0, 1])
def test_fewer_than_two_re_runs_have_no_spread(runs: int) -> None:
    assert stock_change([APART] * runs, [EVEN] * runs, minority=0) is None
    assert literal_density_change([APART] * runs, [EVEN] * runs, minority=0) is None


def test_it_has_no_value_where_a_group_is_absent_in_one_re_run() -> None:
    gone = np.array([[0, 10], [0, 10]])
    assert stock_change([APART, APART], [EVEN, gone], minority=0) is None
    assert stock_change([APART, gone], [EVEN, HALF], minority=0) is None
    assert literal_density_change([gone, APART], [EVEN, EVEN], minority=0) is None


def test_runs_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        stock_change([APART] * 3, [EVEN] * 2, minority=0)


# ten communities of ten: the fixed top fifth are the two with nine and eight migrants
TEN = np.array([[m, 10 - m] for m in (1, 9, 2, 3, 8, 4, 5, 1, 6, 7)])


def test_the_fifth_is_that_with_the_largest_share_not_number() -> None:
    table = TEN.copy()
    table[0] = [50, 450]  # most migrants, smallest share
    assert np.flatnonzero(concentrated_before(table, 0)).tolist() == [1, 4]


def test_of_equals_the_earlier_community_is_in_the_fifth() -> None:
    assert np.flatnonzero(concentrated_before(np.full((10, 2), 5), 0)).tolist() == [0, 1]
    tied = TEN.copy()
    tied[[4, 8, 9]] = [7, 3]
    assert np.flatnonzero(concentrated_before(tied, 0)).tolist() == [1, 4]


@pytest.mark.parametrize(("units", "chosen"), [(2, 1), (4, 1), (8, 2), (10, 2), (60, 12), (97, 19)])
def test_it_is_a_fifth_and_at_least_one(units: int, chosen: int) -> None:
    table = np.column_stack([np.arange(units), np.arange(units)[::-1] + 1])
    assert int(concentrated_before(table, 0).sum()) == chosen


def test_an_empty_community_is_neither_counted_nor_chosen() -> None:
    table = np.vstack([np.zeros((10, 2), dtype=np.int64), TEN])
    assert np.flatnonzero(concentrated_before(table, 0)).tolist() == [11, 14]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=40))
def test_nobody_outside_the_fifth_has_a_larger_share(rows: list[tuple[int, int]]) -> None:
    table = np.array(rows)
    total = table.sum(axis=1)
    if not total.any():
        return
    chosen = concentrated_before(table, 0)
    share = table[:, 0] / np.maximum(total, 1)
    assert (total[chosen] > 0).all()
    out = ~chosen & (total > 0)
    assert not out.any() or share[chosen].min() >= share[out].max()


def test_the_literal_change_is_of_the_number_in_the_set_fixed_before() -> None:
    # before 9 + 8 = 17; then 10 + 8 = 18 and 8 + 6 = 14, wherever the most live afterwards
    first, second = TEN.copy(), TEN.copy()
    first[1], first[0] = [10, 0], [99, 0]
    second[1], second[4] = [8, 2], [6, 4]
    found = literal_density_change([TEN, TEN], [first, second], minority=0)
    changes = np.array([1 / 17, -3 / 17])
    assert found is not None
    assert found.value == pytest.approx(changes.mean())
    assert found.se == pytest.approx(changes.std(ddof=1) * np.sqrt(1.5))
    assert (found.measure, found.degrees) == ("literal_density_change", 1)


def test_the_literal_change_counts_the_minority_whichever_column_it_is() -> None:
    turned = TEN[:, ::-1].copy()
    after = turned.copy()
    after[1], after[4] = [1, 18], [2, 16]
    again = turned.copy()
    found = literal_density_change([turned, turned], [after, again], minority=1)
    assert found is not None
    assert found.value == pytest.approx(0.5)
