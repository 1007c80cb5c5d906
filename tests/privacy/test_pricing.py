"""Prices against OpenDP's own maps and against the accountants of dp_accounting."""

from __future__ import annotations

import math
from fractions import Fraction

import opendp.combinators as combinators
import opendp.domains as domains
import opendp.measurements as measurements
import opendp.metrics as metrics
import opendp.mod as mod
import pytest
from dp_accounting import GaussianDpEvent
from dp_accounting.pld.privacy_loss_distribution import (
    from_discrete_gaussian_mechanism,
    from_discrete_laplace_mechanism,
)
from dp_accounting.rdp import RdpAccountant
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.noise import Ask, Measured, Priced, half_width, price
from privacy.query import Plan, bind
from tests.privacy.small import contract

mod.enable_features("contrib")
DELTA = 1e-6
_ROUNDS = settings(deadline=None, max_examples=40, derandomize=True, database=None)
_CONTRIBUTIONS = st.sampled_from([1, 2, 3, 7, 20])


def _plan(contribution: int = 1) -> Plan:
    return bind("SELECT count(*) FROM residents", contract(rows_per_person=contribution))


def _only(priced: Priced) -> Measured:
    (measured,) = priced.measured
    return measured


def _rho(scale: float, sensitivity: int) -> float:
    """OpenDP's map of the discrete Gaussian, from OpenDP itself."""
    vectors = domains.vector_domain(domains.atom_domain(T="i64"))
    made = measurements.make_gaussian(vectors, metrics.l2_distance(T="f64"), scale=scale)
    return float(made.map(float(sensitivity)))


def _laplace_epsilon(scale: float, sensitivity: int) -> float:
    vectors = domains.vector_domain(domains.atom_domain(T="i64"))
    made = measurements.make_laplace(vectors, metrics.l1_distance(T="i64"), scale=scale)
    return float(made.map(sensitivity))


def _gaussian_epsilon(scale: float, sensitivity: int, delta: float) -> float:
    vectors = domains.vector_domain(domains.atom_domain(T="i64"))
    made = measurements.make_gaussian(vectors, metrics.l2_distance(T="f64"), scale=scale)
    converted = combinators.make_zCDP_to_approxDP(made)
    return float(converted.map(float(sensitivity)).epsilon(delta))


@given(rho=st.floats(1e-8, 20), contribution=_CONTRIBUTIONS)
@_ROUNDS
def test_the_scale_for_a_rho_is_the_least_that_keeps_it(rho: float, contribution: int) -> None:
    measured = _only(price(_plan(contribution), Ask(rho=rho), DELTA))
    assert measured.mechanism == "discrete_gaussian"
    assert measured.sensitivity.l1 == contribution
    assert _rho(measured.scale, contribution) <= rho
    # a budget is whole nano-ρ: the noise may be larger by what is lost to that
    assert _rho(measured.scale * 0.999, contribution) > math.floor(rho * 1e9) / 1e9


@given(epsilon=st.floats(0.001, 20), delta=st.floats(1e-9, 1e-5), contribution=_CONTRIBUTIONS)
@_ROUNDS
def test_the_scale_for_an_epsilon_is_the_least_that_keeps_it(
    epsilon: float, delta: float, contribution: int
) -> None:
    priced = price(_plan(contribution), Ask(epsilon=epsilon), delta)
    scale, nano = _only(priced).scale, priced.charge.nano_rho
    assert _gaussian_epsilon(scale, contribution, delta) <= epsilon
    assert _gaussian_epsilon(scale * 0.999 * (1 - 1 / nano), contribution, delta) > epsilon
    assert priced.epsilon <= epsilon
    assert priced.epsilon == pytest.approx(epsilon, rel=1e-3 + 1 / nano)
    assert priced.delta == delta


@given(epsilon=st.floats(0.001, 10), contribution=_CONTRIBUTIONS)
@_ROUNDS
def test_the_scale_for_a_pure_epsilon_is_the_least_that_keeps_it(
    epsilon: float, contribution: int
) -> None:
    priced = price(_plan(contribution), Ask(pure_epsilon=epsilon), DELTA)
    measured = _only(priced)
    assert measured.mechanism == "discrete_laplace"
    assert priced.delta == 0
    assert _laplace_epsilon(measured.scale, contribution) <= epsilon
    assert _laplace_epsilon(measured.scale * 0.999, contribution) > epsilon
    assert priced.epsilon == pytest.approx(_laplace_epsilon(measured.scale, contribution))


@given(wanted=st.floats(1, 5000), confidence=st.floats(0.5, 0.999))
@_ROUNDS
def test_a_wished_accuracy_is_met_with_the_least_loss(wanted: float, confidence: float) -> None:
    priced = price(_plan(), Ask(accuracy=wanted, confidence=confidence), DELTA)
    scale, nano = _only(priced).scale, priced.charge.nano_rho
    assert _only(priced).half_width(confidence) == half_width(
        "discrete_gaussian", scale, confidence
    )
    assert half_width("discrete_gaussian", scale, confidence) <= wanted
    assert half_width("discrete_gaussian", scale * (1.001 + 1 / nano), confidence) > wanted


@given(rho=st.floats(1e-8, 20), contribution=_CONTRIBUTIONS)
@_ROUNDS
def test_the_charge_is_never_below_the_exact_loss(rho: float, contribution: int) -> None:
    priced = price(_plan(contribution), Ask(rho=rho), DELTA)
    exact = Fraction(contribution) ** 2 / (2 * Fraction(_only(priced).scale) ** 2)  # ρ = Δ²/2σ²
    assert priced.charge.nano_rho >= exact * 10**9
    assert priced.charge.nano_rho <= exact * 10**9 * Fraction(1_000_001, 1_000_000) + 2
    assert priced.charge.atto_delta == 0


@given(epsilon=st.floats(0.01, 10), contribution=_CONTRIBUTIONS)
@_ROUNDS
def test_a_pure_epsilon_is_charged_half_its_square(epsilon: float, contribution: int) -> None:
    priced = price(_plan(contribution), Ask(pure_epsilon=epsilon), DELTA)
    exact = (Fraction(contribution) / Fraction(_only(priced).scale)) ** 2 / 2
    assert priced.charge.nano_rho >= exact * 10**9
    assert priced.charge.nano_rho <= exact * 10**9 * Fraction(1_000_001, 1_000_000) + 2


def _priced(epsilon: float, contribution: int, delta: float) -> Priced:
    return price(_plan(contribution), Ask(epsilon=epsilon), delta)


@pytest.mark.parametrize("epsilon", [0.2, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("contribution", [1, 3])
@pytest.mark.parametrize("delta", [5e-6, 1e-8])
def test_the_stated_epsilon_is_above_an_exact_accountant_and_near_a_renyi_one(
    epsilon: float, contribution: int, delta: float
) -> None:
    priced = _priced(epsilon, contribution, delta)
    scale = _only(priced).scale
    tight = from_discrete_gaussian_mechanism(scale, sensitivity=contribution).get_epsilon_for_delta(
        delta
    )
    accountant = RdpAccountant(orders=[1 + x / 20 for x in range(1, 12_000)])
    accountant.compose(GaussianDpEvent(scale / contribution))
    renyi = accountant.get_epsilon(delta)
    assert tight <= priced.epsilon <= 1.15 * tight
    assert priced.epsilon == pytest.approx(renyi, rel=0.03)


@pytest.mark.parametrize(("epsilon", "contribution"), [(0.3, 1), (1.0, 1), (2.0, 4)])
def test_a_pure_epsilon_is_above_an_exact_accountant(epsilon: float, contribution: int) -> None:
    priced = price(_plan(contribution), Ask(pure_epsilon=epsilon), DELTA)
    tight = from_discrete_laplace_mechanism(1 / _only(priced).scale, sensitivity=contribution)
    assert tight.get_epsilon_for_delta(0) == pytest.approx(priced.epsilon, rel=1e-3)
    # the charge in ρ covers what is left at a δ, too (Bun & Steinke 2016, Proposition 1.3)
    rho = priced.charge.nano_rho / 1e9
    for delta in (1e-3, 1e-6):
        assert tight.get_epsilon_for_delta(delta) <= rho + 2 * math.sqrt(rho * -math.log(delta))


def test_half_an_epsilon_costs_what_the_literature_says() -> None:
    gaussian = price(_plan(), Ask(epsilon=0.5), 1e-6)
    laplace = price(_plan(), Ask(pure_epsilon=0.5), 1e-6)
    assert gaussian.charge.nano_rho / 1e9 == pytest.approx(0.0066, abs=1e-4)
    assert laplace.charge.nano_rho / 1e9 == pytest.approx(0.125, abs=1e-6)


@pytest.mark.parametrize(
    "wish",
    [
        {"epsilon": 1e9},
        {"rho": 1e300},
        {"rho": 1e-300},
        {"rho": 5e-324},
        {"pure_epsilon": 1e5},
        {"pure_epsilon": 1e-18},
        {"epsilon": 1e-9},
        {"accuracy": 0.5},
        {"accuracy": 0.999},
    ],
)
def test_what_can_be_neither_drawn_nor_charged_is_bad_input(wish: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        price(_plan(), Ask(**wish), DELTA)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["epsilon", "pure_epsilon", "rho", "accuracy"])
def test_a_wish_that_is_no_finite_number_above_0_is_bad_input(name: str, value: float) -> None:
    with pytest.raises(BadInput) as refused:
        Ask(**{name: value})
    assert refused.value.where == f"--{name.replace('_', '-')}"


def test_exactly_one_wish_is_made() -> None:
    for wish in ({}, {"epsilon": 1.0, "rho": 0.1}, {"accuracy": 5.0, "pure_epsilon": 1.0}):
        with pytest.raises(BadInput, match="exactly one"):
            Ask(**wish)
    for confidence in (0.0, 1.0, 2.0, math.nan):
        with pytest.raises(BadInput):
            Ask(rho=0.1, confidence=confidence)


def test_the_same_wish_is_the_same_mechanism_and_another_scale_another() -> None:
    first, again = (price(_plan(), Ask(rho=0.01), DELTA) for _ in range(2))
    assert first.canonical() == again.canonical()
    other = price(_plan(), Ask(rho=0.0101), DELTA)
    pure = price(_plan(), Ask(pure_epsilon=0.1), DELTA)
    assert len({str(p.canonical()) for p in (first, other, pure)}) == 3
