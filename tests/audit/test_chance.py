"""What chance alone would give a table of persons: against the enumeration of every placement."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import hypergeom, kstest

from audit.segregation import (
    Chance,
    chance_levels,
    dissimilarity,
    expected_dissimilarity,
    mutual_information,
)

Counted = NDArray[np.int64]


def every_placement(total: Counted, few: int) -> list[Counted]:
    """The minority's counts by unit for each way to seat `few` of the persons."""
    seats = np.repeat(np.arange(len(total)), total)
    return [
        np.bincount(seats[list(chosen)], minlength=len(total))
        for chosen in combinations(range(len(seats)), few)
    ]


def levels(few: Counted, total: Counted, seed: int, redraws: int = 199) -> Chance:
    """The chance levels of two groups."""
    table = np.column_stack([few, total - few])
    return chance_levels(table, few, total, np.random.default_rng(seed), redraws)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(sizes=st.lists(st.integers(0, 4), min_size=2, max_size=4), data=st.data())
def test_the_expected_dissimilarity_is_the_mean_over_every_placement(
    sizes: list[int], data: st.DataObject
) -> None:
    total = np.array(sizes)
    few = data.draw(st.integers(0, int(total.sum())))
    some = np.zeros_like(total)
    for seat in np.repeat(np.arange(len(total)), total)[:few]:
        some[seat] += 1
    found = expected_dissimilarity(some, total)
    values = [dissimilarity(a, total) for a in every_placement(total, few)]
    if few in (0, total.sum()):
        assert found is None
    else:
        assert found == pytest.approx(np.mean([v for v in values if v is not None]), abs=1e-12)


def test_the_expected_dissimilarity_is_the_closed_form_of_the_mean_deviation() -> None:
    # E|X − μ| of a hypergeometric is 2v(T − A − t + v)/T · P(X = v), v = ⌊μ⌋ + 1 (Ramasubban 1958)
    rng = np.random.default_rng(13)
    total = rng.integers(0, 900, 60)
    few = rng.binomial(total, rng.uniform(0, 1, 60))
    a, t, n = int(few.sum()), int(total.sum()), total[total > 0]
    v = np.floor(a * n / t) + 1
    deviation = 2 * v * (t - a - n + v) / t * hypergeom.pmf(v, t, a, n)
    exact = t / (2 * a * (t - a)) * float(deviation.sum())
    assert expected_dissimilarity(few, total) == pytest.approx(exact, rel=1e-9)


def test_a_table_worked_out_on_paper() -> None:
    # two units of two, two of the minority: of six placements two are apart (1), four even (0)
    few, total = np.array([2, 0]), np.array([2, 2])
    assert expected_dissimilarity(few, total) == pytest.approx(1 / 3)
    found = levels(few, total, seed=1, redraws=1999)
    assert found.beyond_chance == pytest.approx(1.0)
    assert found.p_value == pytest.approx(1 / 3, abs=0.04)
    assert found.redraws == 1999


def test_beyond_chance_is_winships_and_0_where_the_table_is_as_chance_would_have_it() -> None:
    few, total = np.array([6, 2, 9, 3]), np.array([10, 10, 20, 20])
    d, e0 = dissimilarity(few, total), expected_dissimilarity(few, total)
    assert d is not None
    assert e0 is not None
    assert levels(few, total, seed=1).beyond_chance == pytest.approx((d - e0) / (1 - e0))


@pytest.mark.parametrize("redraws", [19, 99, 199])
def test_a_p_value_is_never_0(redraws: int) -> None:
    few, total = np.array([200, 0, 200, 0]), np.full(4, 200)
    assert levels(few, total, seed=3, redraws=redraws).p_value == pytest.approx(1 / (redraws + 1))


def test_the_most_even_table_has_a_p_value_of_1() -> None:
    assert levels(np.full(5, 4), np.full(5, 10), seed=3).p_value == 1.0


def test_under_chance_alone_p_values_are_spread_evenly() -> None:
    rng = np.random.default_rng(17)
    sizes = np.repeat([20, 35, 50], 8)
    p_values = []
    for i in range(200):
        few = rng.multivariate_hypergeometric(sizes, 300)
        p_values.append(levels(few, sizes, seed=i).p_value)
    assert kstest(p_values, "uniform").pvalue > 0.01
    assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.11


def test_the_expected_information_is_near_the_mean_over_every_placement() -> None:
    total = np.array([4, 3, 5])
    few = np.array([2, 1, 2])
    exact = np.mean(
        [mutual_information(np.column_stack([a, total - a])) for a in every_placement(total, 5)]
    )
    drawn = [levels(few, total, seed=s).expected_mutual_information for s in range(40)]
    values = np.array(drawn, dtype=float)
    assert abs(values.mean() - exact) < 4 * values.std(ddof=1) / np.sqrt(len(values))


def test_many_groups_have_their_expected_information_too() -> None:
    table = np.array([[30, 5, 5], [5, 30, 5], [5, 5, 30]])
    total = table.sum(axis=1)
    found = chance_levels(table, table[:, 0], total, np.random.default_rng(2))
    # 2·T·M of an even table is about χ² with (3−1)(3−1) = 4 degrees: its mean is 4
    assert found.expected_mutual_information == pytest.approx(4 / (2 * 120), rel=0.25)
    assert found.expected_theil_h is not None
    assert found.expected_mutual_information is not None
    ratio = found.expected_mutual_information / found.expected_theil_h
    assert ratio == pytest.approx(np.log(3))


@pytest.mark.parametrize("few", [[0, 0, 0], [4, 5, 6]], ids=["nobody", "everybody"])
def test_there_is_no_chance_level_where_a_group_is_absent(few: list[int]) -> None:
    found = levels(np.array(few), np.array([4, 5, 6]), seed=1)
    assert found == Chance(None, None, None, None, None, 0)


def test_the_same_seed_gives_the_same_levels() -> None:
    few, total = np.array([6, 2, 9, 3]), np.array([10, 10, 20, 20])
    assert levels(few, total, seed=8) == levels(few, total, seed=8)
