"""Intervals: exact coverage at every small n and share, coverage in 10,000 runs, peers for the ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from privacy.survey import ESTIMANDS, NANO, Estimand, Tally, estimate, mechanism_for
from privacy.survey.design import Option, question_of
from privacy.survey.estimation import index_interval
from privacy.survey.intervals import beyond_chance, share_interval
from privacy.survey.memory import MemoryRule

RUNS = 10_000
SHARES = (0.0, 0.005, 0.03, 0.2, 0.5, 0.637, 0.97, 1.0)
MECHANISMS = [
    mechanism_for(k, nano) for k, nano in ((2, NANO), (5, NANO // 2), (20, NANO), (3, 4 * NANO))
]


def _covered(intervals: list[tuple[float, float]], share: float) -> np.ndarray:
    return np.array([low - 1e-12 <= share <= high + 1e-12 for low, high in intervals])


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("n", [1, 2, 5, 12, 60])
def test_coverage_is_exactly_at_least_the_confidence(mechanism, n):  # type: ignore[no-untyped-def]
    """Summed over every count there can be: no run, no error."""
    p, q = float(mechanism.p), float(mechanism.q)
    of_people = [share_interval(c, n, p, q, 0.95, "population") for c in range(n + 1)]
    of_answers = [share_interval(c, n, p, q, 0.95, "answered") for c in range(n + 1)]
    counts = np.arange(n + 1)
    for share in SHARES:
        chance = binom.pmf(counts, n, q + share * (p - q))
        assert chance @ _covered(of_people, share) >= 0.95 - 1e-9
        # those who answered: m of n hold the option, and either interval covers m / n
        m = round(share * n)
        chance = np.convolve(
            binom.pmf(np.arange(m + 1), m, p), binom.pmf(np.arange(n - m + 1), n - m, q)
        )
        assert chance @ _covered(of_answers, m / n) >= 0.95 - 1e-9
        assert chance @ _covered(of_people, m / n) >= 0.95 - 1e-9


@pytest.mark.parametrize("of", ESTIMANDS)
@pytest.mark.parametrize(("n", "share"), [(10, 0.0), (30, 1.0), (200, 0.02), (1000, 0.637)])
def test_coverage_in_ten_thousand_runs(of: Estimand, n: int, share: float) -> None:
    mechanism, rng = MECHANISMS[0], np.random.default_rng(11)
    p, q = float(mechanism.p), float(mechanism.q)
    holders = (
        rng.binomial(n, share, RUNS) if of == "population" else np.full(RUNS, round(share * n))
    )
    counts = rng.binomial(holders, p) + rng.binomial(n - holders, q)
    known = {int(c): share_interval(int(c), n, p, q, 0.95, of) for c in np.unique(counts)}
    target = share if of == "population" else round(share * n) / n
    found = _covered([known[int(c)] for c in counts], target).mean()
    assert found >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / RUNS)


def test_without_noise_it_is_clopper_and_pearson() -> None:
    for count, n in ((0, 9), (3, 9), (9, 9), (250, 1000)):
        theirs = binomtest(count, n).proportion_ci(0.9, method="exact")
        ours = share_interval(count, n, 1.0, 0.0, 0.9, "population")
        assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_those_who_answered_are_known_better_than_the_population() -> None:
    p, q = 0.9, 0.1
    narrow = share_interval(500, 1000, p, q, 0.95, "answered")
    wide = share_interval(500, 1000, p, q, 0.95, "population")
    assert wide[0] < narrow[0] < 0.5 < narrow[1] < wide[1]


@pytest.mark.parametrize("of", ESTIMANDS)
def test_luck_narrows_nothing(of: Estimand) -> None:
    """A count that no share explains well does not shrink the interval to a point at the edge."""
    p, q, n = 0.73, 0.27, 400
    usual = share_interval(round(n * q), n, p, q, 0.95, of)
    lucky = share_interval(60, n, p, q, 0.95, of)
    assert lucky[0] == 0
    assert lucky[1] >= usual[1] - 1 / n


def test_a_count_that_no_share_brings_is_told() -> None:
    assert beyond_chance(0, 1000, 0.73, 0.27)
    assert beyond_chance(1000, 1000, 0.73, 0.27)
    assert not beyond_chance(270, 1000, 0.73, 0.27)
    assert not beyond_chance(500, 1000, 0.73, 0.27)


@pytest.mark.parametrize("nano", [NANO * 3 // 4, 3 * NANO, 10 * NANO])
@pytest.mark.parametrize(("n", "truths"), [
    (30, (1, 0, 0, 0, 0)), (30, (0, 0, 0, 0, 1)), (60, (0.5, 0, 0, 0, 0.5)), (30, (0.02, 0, 0.96, 0, 0.02)),
    (30, (0.99, 0, 0, 0, 0.01)), (100, (0.97, 0, 0, 0, 0.03)), (400, (0.25, 0.2, 0.25, 0.18, 0.12)),
])  # fmt: skip
def test_an_index_is_covered_in_ten_thousand_runs(
    nano: int, n: int, truths: tuple[float, ...]
) -> None:
    words = {"zh": "词", "en": "word"}
    options = tuple(Option(f"s{s}", words, s) for s in (0, 25, 50, 75, 100))
    question = question_of("trust", words, options, nano, MemoryRule())
    p, q = float(question.mechanism.p), float(question.mechanism.q)
    rng, hits = np.random.default_rng(13), 0
    runs = rng.multinomial(n, q + (p - q) * np.array(truths), RUNS)
    target = float(np.array(truths) @ [0, 25, 50, 75, 100])
    for counts in runs:
        found = index_interval(question, Tally(n, tuple(int(c) for c in counts)), 0.95)
        assert found is not None
        hits += found["low"] - 1e-9 <= target <= found["high"] + 1e-9
    assert hits / RUNS >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / RUNS)
    assert estimate(question, Tally(29, (29, 0, 0, 0, 0)), 0.95, "population")["index"] is None
