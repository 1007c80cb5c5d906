"""The jackknife over units, against its closed form for a mean and against the textbook's sum."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import sem

from audit.counts import Counts
from audit.findings import segregation_block
from audit.segregation import dissimilarity, unbiased_correlation_ratio, unit_jackknife

Counted = NDArray[np.int64]


def test_of_a_mean_it_is_the_standard_error_of_the_mean() -> None:
    few = np.array([3, 9, 1, 4, 12, 7])
    found = unit_jackknife(lambda a, _: float(a.mean()), few, np.full(6, 20))
    assert found == pytest.approx(float(sem(few)))


def test_of_an_index_it_is_the_textbooks_sum() -> None:
    rng = np.random.default_rng(5)
    total = rng.integers(5, 40, 15)
    few = rng.binomial(total, rng.uniform(0.1, 0.7, 15))
    left_out = []
    for i in range(15):
        a = [int(x) for j, x in enumerate(few) if j != i]
        b = [int(t - x) for j, (x, t) in enumerate(zip(few, total, strict=True)) if j != i]
        left_out.append(sum(abs(x / sum(a) - y / sum(b)) for x, y in zip(a, b, strict=True)) / 2)
    mean = sum(left_out) / 15
    expected = sqrt(14 / 15 * sum((v - mean) ** 2 for v in left_out))
    assert unit_jackknife(dissimilarity, few, total) == pytest.approx(expected, rel=1e-12)


def test_an_empty_unit_is_not_one_of_the_n() -> None:
    few, total = np.array([3, 9, 1, 4]), np.array([10, 12, 9, 8])
    bare = unit_jackknife(dissimilarity, few, total)
    more = unit_jackknife(dissimilarity, np.append(few, 0), np.append(total, 0))
    assert more == bare


@pytest.mark.parametrize(
    ("few", "total"),
    [([3, 1], [9, 9]), ([5, 0, 0, 0], [9, 4, 4, 4]), ([1, 2, 0], [9, 9, 0])],
    ids=["two units", "the whole minority in one unit", "two units with anybody in them"],
)
def test_it_has_no_value_where_leaving_one_out_has_none(few: list[int], total: list[int]) -> None:
    assert unit_jackknife(dissimilarity, np.array(few), np.array(total)) is None


def test_its_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # 60 units of 25 whose shares are drawn anew: η² = var(p)/(P(1−P)) of a beta(2, 3)
    truth = (2 * 3 / (5**2 * 6)) / (0.4 * 0.6)
    rng = np.random.default_rng(29)
    covered, tries = 0, 200
    total = np.full(60, 25)
    for _ in range(tries):
        few = rng.binomial(total, rng.beta(2, 3, 60))
        value = unbiased_correlation_ratio(few, total)
        se = unit_jackknife(unbiased_correlation_ratio, few, total)
        assert value is not None
        assert se is not None
        covered += abs(value - truth) < 1.96 * se
    assert 0.87 <= covered / tries <= 0.99


def test_the_report_gives_the_interval_at_95_percent_for_the_next_cohort() -> None:
    few, rest = np.array([4, 9, 2, 7]), np.array([8, 3, 9, 5])
    counts = Counts(np.column_stack([few, rest]), tuple("abcd"), ("few", "rest"))
    block = segregation_block(counts, "few", np.random.default_rng(1))
    interval = block["intervals"]["unbiased.correlation_ratio"]
    se = unit_jackknife(unbiased_correlation_ratio, few, few + rest)
    middle = block["unbiased"]["correlation_ratio"]
    assert se is not None
    assert interval["estimand"] == "the_next_cohort"
    assert interval["confidence"] == 0.95
    assert interval["low"] == pytest.approx(middle - 1.959964 * se, rel=1e-6)
    assert interval["high"] == pytest.approx(middle + 1.959964 * se, rel=1e-6)
