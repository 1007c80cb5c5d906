"""The correlation ratio with oneself left out: nothing where chance sorts, the truth where places do."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from audit.segregation import correlation_ratio, unbiased_correlation_ratio


@pytest.mark.parametrize(("sizes", "few"), [((2, 3, 4), 4), ((5, 2), 3), ((3, 3, 3), 2)])
def test_over_all_placements_its_mean_is_exactly_0(sizes: tuple[int, ...], few: int) -> None:
    seats = [u for u, size in enumerate(sizes) for _ in range(size)]
    total = np.array(sizes)
    values, naive = [], []
    for chosen in combinations(range(len(seats)), few):
        counts = np.bincount([seats[i] for i in chosen], minlength=len(sizes))
        values.append(unbiased_correlation_ratio(counts, total))
        naive.append(correlation_ratio(counts, total))
    assert np.mean(values) == pytest.approx(0, abs=1e-12)
    assert np.mean(naive) > 0.05


def test_small_units_that_really_differ_show_how_much() -> None:
    # 400 units of 20, half with 20% and half with 60%: η² = .2² / (.4·.6) = 1/6
    truth = float(Fraction(4, 100) / Fraction(24, 100))
    rng = np.random.default_rng(11)
    share, total = np.repeat([0.2, 0.6], 200), np.full(400, 20)
    drawn = [rng.binomial(total, share) for _ in range(300)]
    values = np.array([unbiased_correlation_ratio(a, total) for a in drawn])
    standard_error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - truth) < 4 * standard_error + 2e-4
    assert np.mean([correlation_ratio(a, total) for a in drawn]) > truth + 0.03


def test_people_who_live_alone_are_met_by_nobody() -> None:
    few, total = np.array([3, 1, 1, 0]), np.array([6, 4, 1, 1])
    # met: 3 and 1 of units 6 and 4; the reference is everybody's, oneself left out: 4/11
    own = 3 / 4 * 2 / 5 + 1 / 4 * 0 / 3
    assert unbiased_correlation_ratio(few, total) == pytest.approx((own - 4 / 11) / (7 / 11))
