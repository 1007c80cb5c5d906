"""Fieller's interval against its closed form, and the bound on a difference of two noises against exact sums."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from privacy.answers import Noise
from privacy.answers.fieller import ratio_interval
from privacy.answers.known_noise import Difference
from tests.privacy.answers_noise import probabilities

GAUSSIAN, LAPLACE = "discrete_gaussian", "discrete_laplace"


def _closed_form(a: float, b: float, s: float, t: float, z: float) -> tuple[float, float]:
    """(b² − z²t²) r² − 2abr + a² − z²s² ≤ 0 (Fieller 1954, equation of his section 2), bounded."""
    p, q, c = b * b - z * z * t * t, a * b, a * a - z * z * s * s
    assert p > 0
    root = math.sqrt(q * q - p * c)
    return (q - root) / p, (q + root) / p


@pytest.mark.parametrize("a", [-40_000, 0, 9_000_000])
@pytest.mark.parametrize("b", [4_000, 90_000, -5_000])
def test_wide_noise_gives_the_closed_form(a: int, b: int) -> None:
    noise = Difference(Noise(GAUSSIAN, 30_000.0), Noise(GAUSSIAN, 1_000.0), 0.95)
    low, high = ratio_interval(np.array([a]), np.array([b]), noise)
    z = NormalDist().inv_cdf(0.975)
    expected = _closed_form(a, b, 30_000.0, 1_000.0, z)
    wide = expected[1] - expected[0]
    assert low[0] == pytest.approx(expected[0], abs=0.002 * wide)  # half a row of slack in 1,000
    assert high[0] == pytest.approx(expected[1], abs=0.002 * wide)
    assert low[0] <= expected[0]
    assert high[0] >= expected[1]


def test_no_limit_where_the_denominator_could_be_nought() -> None:
    noise = Difference(Noise(GAUSSIAN, 5.0), Noise(GAUSSIAN, 5.0), 0.95)
    low, high = ratio_interval(np.array([30]), np.array([6]), noise)
    assert math.isnan(low[0])
    assert math.isnan(high[0])
    low, high = ratio_interval(np.array([30]), np.array([6]), noise, (0.0, 1.0))
    assert (low[0], high[0]) == (pytest.approx(0.9, abs=0.6), 1.0)


def test_an_end_that_falls_on_the_first_guess_is_found_all_the_same() -> None:
    noise = Difference(Noise(GAUSSIAN, 1.0389), Noise(GAUSSIAN, 0.05), 0.95)
    low, high = ratio_interval(np.array([96_000]), np.array([800]), noise, (-120.0, 120.0))
    assert low[0] == pytest.approx(120 - 2 / 800, abs=1e-6)
    assert high[0] == 120


@pytest.mark.parametrize("mechanism", [GAUSSIAN, LAPLACE])
@pytest.mark.parametrize("scales", [(1.0, 1.0), (3.0, 1.0), (1.0, 6.0), (0.4, 0.4), (9.0, 0.3)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_the_bound_on_a_difference_holds_for_every_ratio(
    mechanism: str, scales: tuple[float, float], confidence: float
) -> None:
    noise = Difference(Noise(mechanism, scales[0]), Noise(mechanism, scales[1]), confidence)
    (x, px), (y, py) = (probabilities(mechanism, s) for s in scales)
    both = np.outer(px, py)
    for r in (0.0, 0.1, 1 / 3, 0.5, 1.0, 1.7, -2.0, 5.0, 40.0):
        outside = np.abs(x[:, None] - r * y[None, :]) > float(noise.at(np.array([r]))[0]) + 1e-9
        assert float(both[outside].sum()) <= 1 - confidence + 1e-7


def test_laplace_quantiles_are_those_of_two_continuous_laplaces() -> None:
    noise = Difference(Noise(LAPLACE, 1e6), Noise(LAPLACE, 1e6), 0.95)
    rng = np.random.default_rng(0)
    draws = rng.laplace(size=400_000), rng.laplace(size=400_000)
    for r in (0.0, 0.3, 1.0, 2.5):
        quantile = float(np.quantile(np.abs(draws[0] - r * draws[1]), 0.95))
        assert float(noise.at(np.array([r]))[0]) / 1e6 == pytest.approx(quantile, rel=0.01)
