"""Half-widths against probabilities summed in 60 decimal digits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from itertools import accumulate, repeat
from operator import mul

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.noise import half_width

_ROUNDS = settings(deadline=None, max_examples=100, derandomize=True, database=None)
_SLACK = Decimal("1e-12")  # the confidence is a float: 1 − confidence is known to so much
_CONFIDENCES = st.floats(0.01, 0.999999)


@pytest.fixture(autouse=True, scope="module")
def _digits() -> Iterator[None]:
    with localcontext(prec=60):
        yield


def _laplace_beyond(scale: float, k: int) -> Decimal:
    """P(|X| > k) of P(x) ∝ exp(−|x|/b), term by term."""
    q = (-1 / Decimal(scale)).exp()
    return _beyond(list(accumulate(repeat(q, math.ceil(100 * scale) + 60), mul)), k)


def _gaussian_beyond(scale: float, k: int) -> Decimal:
    """P(|X| > k) of P(x) ∝ exp(−x²/2σ²), term by term."""
    r = (-1 / (2 * Decimal(scale) ** 2)).exp()
    odd = accumulate(repeat(r * r, math.ceil(14 * scale) + 20), mul, initial=r)  # r^(2x+1)
    return _beyond(list(accumulate(odd, mul)), k)


def _beyond(weights: list[Decimal], k: int) -> Decimal:
    """The part of |X| > k, of weights of x = 1, 2, …; the weight of 0 is 1."""
    return 2 * sum(weights[k:], Decimal(0)) / (1 + 2 * sum(weights, Decimal(0)))


@given(scale=st.floats(0.06, 300), confidence=_CONFIDENCES)
@_ROUNDS
def test_a_laplace_half_width_is_the_smallest_that_covers(scale: float, confidence: float) -> None:
    k = half_width("discrete_laplace", scale, confidence)
    assert _laplace_beyond(scale, k) <= 1 - Decimal(confidence) + _SLACK
    assert k == 0 or _laplace_beyond(scale, k - 1) > 1 - Decimal(confidence) - _SLACK


@given(scale=st.floats(0.06, 60), confidence=_CONFIDENCES)
@_ROUNDS
def test_a_gaussian_half_width_is_the_smallest_that_covers(scale: float, confidence: float) -> None:
    k = half_width("discrete_gaussian", scale, confidence)
    assert _gaussian_beyond(scale, k) <= 1 - Decimal(confidence) + _SLACK
    assert k == 0 or _gaussian_beyond(scale, k - 1) > 1 - Decimal(confidence) - _SLACK


@pytest.mark.parametrize(
    ("scale", "expected", "coverage"),
    [(1.0, 2, 0.991), (2.0, 4, 0.977), (5.0, 10, 0.965), (8.0, 16, 0.961), (10.0, 20, 0.960)],
)
def test_the_coverage_at_small_scales_is_known_and_above_the_confidence(
    scale: float, expected: int, coverage: float
) -> None:
    k = half_width("discrete_gaussian", scale, 0.95)
    assert k == expected
    assert float(1 - _gaussian_beyond(scale, k)) == pytest.approx(coverage, abs=6e-4)


@pytest.mark.parametrize("scale", [999.0, 1000.0, 1000.5, 1500.0, 4000.0])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
def test_a_half_width_of_a_large_scale_is_the_smallest_that_covers(
    scale: float, confidence: float
) -> None:
    weights = [math.exp(-(x**2) / (2 * scale**2)) for x in range(math.ceil(12 * scale))]
    whole = math.fsum(weights) * 2 - 1
    k = half_width("discrete_gaussian", scale, confidence)
    assert 2 * math.fsum(weights[k + 1 :]) / whole <= 1 - confidence + float(_SLACK)
    assert 2 * math.fsum(weights[k:]) / whole > 1 - confidence - float(_SLACK)


@given(
    mechanism=st.sampled_from(["discrete_gaussian", "discrete_laplace"]),
    scale=st.floats(0.06, 900_000),
    more=st.floats(1.0, 1.2),
    confidence=st.floats(0.01, 0.999),
)
@_ROUNDS
def test_more_noise_or_more_confidence_is_never_narrower(
    mechanism: str, scale: float, more: float, confidence: float
) -> None:
    k = half_width(mechanism, scale, confidence)
    surer = confidence + (1 - confidence) / 2
    assert half_width(mechanism, scale * more, confidence) >= k
    assert half_width(mechanism, scale, surer) >= k


@pytest.mark.parametrize("mechanism", ["discrete_gaussian", "discrete_laplace"])
@pytest.mark.parametrize("scale", [0.05, 3.0, 999.0, 2000.0, 1e6, 1e12, 2.0**55])
def test_every_confidence_below_one_has_a_half_width(mechanism: str, scale: float) -> None:
    widths = [half_width(mechanism, scale, c) for c in (5e-324, 0.5, math.nextafter(1, 0))]
    assert widths == sorted(widths)
    assert widths[2] < 45 * scale + 10


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 1.5, math.nan, math.inf])
def test_a_confidence_outside_0_to_1_is_bad_input(confidence: float) -> None:
    with pytest.raises(BadInput):
        half_width("discrete_gaussian", 5.0, confidence)
