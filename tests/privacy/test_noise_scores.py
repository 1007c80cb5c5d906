"""Scores of noisy max: what they mean, what one person changes in them, and what the intervals of quantiles cover."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import opendp.domains as domains
import opendp.measurements as measurements
import opendp.measures as measures
import opendp.metrics as metrics
import opendp.mod as mod
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from privacy.noise import Ask, Measured, price
from privacy.noise.drawing import chosen
from privacy.noise.measurements import Measurement
from privacy.noise.measuring import shift_of_ends
from privacy.noise.scores import quantile_scores, sensitivity_of_scores
from privacy.query import Bounds
from tests.privacy.noise_plans import plan, quantile, top

mod.enable_features("contrib")
_ROUNDS = settings(deadline=None, max_examples=150, derandomize=True, database=None)
LEVELS = [Fraction(1, 2), Fraction(9, 10), Fraction(1, 4), Fraction(1), Fraction(0), Fraction(2, 3)]


def _scores(counts: list[int], level: Fraction, shift: int = 0) -> list[int]:
    found: list[int] = quantile_scores(np.array([counts]), level, shift)[0].tolist()
    return found


@given(counts=st.lists(st.integers(0, 4), min_size=2, max_size=6), level=st.sampled_from(LEVELS))
@_ROUNDS
def test_a_score_is_0_exactly_where_the_bin_holds_a_quantile(
    counts: list[int], level: Fraction
) -> None:
    rows = [i for i, n in enumerate(counts) for _ in range(n)]
    for i, score in enumerate(_scores(counts, level)):
        below, upto = sum(r < i for r in rows), sum(r <= i for r in rows)
        inside = below <= level * len(rows) <= upto
        # the first bin reaches down and the last up without end; no rank of this kind lies there
        assert (score == 0) == inside
        if counts[i] == 0:  # the score of Smith 2011
            num, den = level.numerator, level.denominator
            assert score == abs((den - num) * below - num * (len(rows) - below))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("shift", [0, -5, 7])
def test_rows_that_come_or_go_move_no_score_further_than_is_claimed(
    level: Fraction, shift: int
) -> None:
    """Every histogram of up to 2 rows a bin in 4 bins, every place of up to 2 further rows."""
    largest = 0
    for counts in product(range(3), repeat=4):
        before = np.array(_scores(list(counts), level, shift))
        for places in product(range(4), repeat=2):
            more = list(counts)
            for p in places:
                more[p] += 1
            largest = max(largest, int(np.abs(_scores(more, level, shift) - before).max()))
    assert largest == sensitivity_of_scores(level, 2, shared=False, pure=False)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("pure", [True, False])
def test_moved_rows_cost_no_more_than_is_claimed_over_two_groups(
    level: Fraction, pure: bool
) -> None:
    """A household's row leaves one place and comes to another, in the same group or in the next."""
    rng = np.random.default_rng(3)
    claimed = sensitivity_of_scores(level, 2, shared=True, pure=pure)
    largest = 0.0
    for _ in range(3000):
        groups = rng.integers(0, 3, (2, 4))
        moved = groups.copy()
        for _ in range(2):
            full = np.argwhere(moved > 0)
            if not len(full):
                continue
            moved[tuple(full[rng.integers(len(full))])] -= 1
            moved[rng.integers(2), rng.integers(4)] += 1
        change = np.abs(quantile_scores(moved, level) - quantile_scores(groups, level)).max(axis=1)
        spent = float(change.sum()) if pure else math.sqrt(float((change**2).sum()))
        largest = max(largest, spent)
    assert 0.6 * claimed < largest <= claimed


@pytest.mark.parametrize("level", [Fraction(1, 2), Fraction(9, 10), Fraction(1, 4)])
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("pure", [True, False])
def test_the_loss_of_a_quantile_is_that_of_opendps_own(
    level: Fraction, rows: int, pure: bool
) -> None:
    """`make_private_quantile` scores in rows, we in rows × denominator: the same loss at as much noise."""
    values = domains.vector_domain(domains.atom_domain(T="i64"))
    measure = measures.max_divergence() if pure else measures.zero_concentrated_divergence()
    theirs = measurements.make_private_quantile(
        values, metrics.symmetric_distance(), measure, [1, 2, 3], float(level), 1.0
    )
    score = sensitivity_of_scores(level, rows, shared=False, pure=pure)
    ours = Measurement(
        "noisy_max_exponential" if pure else "noisy_max_gumbel", float(level.denominator), score
    )
    assert ours.loss()[0] == pytest.approx(theirs.map(rows), rel=1e-12)


def test_scores_of_counts_beyond_64_bits_stay_at_the_end_and_never_wrap() -> None:
    huge = [2**62, 2**62, 2**62, 2**62]
    scores = _scores(huge, Fraction(999, 1000))
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 2**62
    assert scores[-1] == 0


@pytest.mark.parametrize("pure", [True, False])
def test_the_shift_of_an_intervals_ends_is_what_the_worst_table_needs(pure: bool) -> None:
    """One bin of score 0, all others just beyond the shift: an end fails with at most half of 1 − confidence."""
    m, scale, confidence = 12, 40.0, 0.9
    mechanism = "noisy_max_exponential" if pure else "noisy_max_gumbel"
    shift = shift_of_ends(mechanism, scale, m, confidence)
    x = math.exp(-shift / scale)
    if not pure:
        failing = (m - 1) * x / (1 + (m - 1) * x)
        assert failing <= (1 - confidence) / 2
        nearer = math.exp(-(shift - 1) / scale)
        assert (m - 1) * nearer / (1 + (m - 1) * nearer) > (1 - confidence) / 2
    else:
        assert (m - 1) * x / 2 <= (1 - confidence) / 2


def _coverage(measured: Measured, counts: NDArray[np.int64], runs: int) -> float:
    choice = measured.choice
    assert choice is not None
    assert choice.level is not None
    table = np.repeat(counts[None, :], runs, axis=0)
    drawn = chosen(tuple(measured.measurements()), choice.level, choice.shift, [table])
    true = int(np.searchsorted(np.cumsum(counts), float(choice.level) * counts.sum()))
    assert ((drawn[:, 1] <= drawn[:, 0]) & (drawn[:, 0] <= drawn[:, 2])).all()
    return float(((drawn[:, 1] <= true) & (true <= drawn[:, 2])).mean())


_TABLES = {
    "uniform": np.full(12, 6),
    "one bin holds all": np.array([0] * 5 + [90] + [0] * 6),
    "the level ends a bin": np.array([0, 45, *[0] * 9, 45]),
    "empty": np.zeros(12, dtype=np.int64),
    "one person": np.array([0] * 6 + [1] + [0] * 5),
}


@pytest.mark.parametrize("wish", [Ask(rho=0.05, confidence=0.8), Ask(pure_epsilon=1.0, confidence=0.8)])  # fmt: skip
@pytest.mark.parametrize("name", _TABLES)
@pytest.mark.parametrize("runs", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_an_interval_of_a_quantile_covers_as_often_as_it_says(
    name: str, wish: Ask, runs: int
) -> None:
    (measured,) = price(plan(quantile(bins=12)), wish, 1e-6).measured
    covered = _coverage(measured, _TABLES[name], runs)
    assert covered >= 0.8 - 4 * math.sqrt(0.8 * 0.2 / runs)


def test_the_confidence_of_a_quantiles_interval_is_part_of_the_question() -> None:
    asked = plan(quantile())
    usual, surer = (price(asked, Ask(rho=0.1, confidence=c), 1e-6) for c in (0.95, 0.99))
    assert usual.canonical() != surer.canonical()
    first, second = usual.measured[0].choice, surer.measured[0].choice
    assert first is not None
    assert second is not None
    assert second.shift > first.shift
    assert usual.charge == surer.charge


def test_moved_rows_make_the_commonest_values_dearer() -> None:
    """A person who comes moves all counts one way, which halves the loss; a moved row does not."""
    alone = price(plan(top(2)), Ask(rho=0.1), 1e-6).measured[0]
    shared = price(plan(top(2), bounds=Bounds(shared=True)), Ask(rho=0.1), 1e-6).measured[0]
    assert alone.monotone
    assert not shared.monotone
    assert shared.scale == pytest.approx(2 * alone.scale, rel=1e-6)
