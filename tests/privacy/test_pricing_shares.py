"""How a budget is shared among statistics, and what every share is charged: by OpenDP, rounded up, never beyond the wish."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.accounting import Charge
from privacy.noise import Ask, Priced, price, tick
from privacy.noise.measurements import Measurement, epsilon_of, l2, rho_of_pure, rounded_up
from privacy.noise.scales import largest_rho, least_threshold
from privacy.query import Aggregate, Bounds, Plan, statistics_of
from tests.privacy.noise_plans import AVERAGE, COUNT, PERSONS, SUM, plan, quantile, top

DELTA = 1e-7
_ROUNDS = settings(deadline=None, max_examples=40, derandomize=True, database=None)
FIGURES = {
    "vectors": (COUNT, SUM, AVERAGE, PERSONS),
    "all": (COUNT, AVERAGE, quantile("9/10"), top(3)),
}


def _plans(bounds: Bounds | None = None) -> list[Plan]:
    return [plan(*f, groups=g, bounds=bounds) for f in FIGURES.values() for g in (4, None)]


@given(rho=st.floats(1e-6, 50))
@_ROUNDS
def test_charges_add_up_to_no_more_than_the_rho_that_was_asked(rho: float) -> None:
    for asked in _plans(Bounds(2, 5, 3, 2, "filter")):
        priced = price(asked, Ask(rho=rho), DELTA)
        total = sum((m.charge for m in priced.measured), Charge(0))
        assert priced.charge == total
        assert Fraction(total.nano_rho, 10**9) <= Fraction(repr(rho))
        lost_to_whole_nanos = 3 * len(priced.measured)
        assert total.nano_rho >= rho * 1e9 - lost_to_whole_nanos


@given(epsilon=st.floats(0.01, 20))
@_ROUNDS
def test_what_is_stated_is_within_the_epsilon_that_was_asked(epsilon: float) -> None:
    for asked in _plans():
        priced = price(asked, Ask(epsilon=epsilon), DELTA)
        thresholds = priced.charge.atto_delta / 1e18
        # at the δ that is left beside the thresholds'
        assert epsilon_of(priced.charge.nano_rho / 1e9, DELTA - thresholds) <= epsilon
        assert priced.epsilon <= epsilon
        assert priced.delta == DELTA
        pure = price(asked, Ask(pure_epsilon=epsilon), DELTA)
        spent = sum((m.epsilon for m in pure.measured), Fraction(0))
        assert epsilon * 0.999999 <= spent <= Fraction(pure.epsilon) <= Fraction(epsilon)
        assert (pure.delta > 0) == asked.unknown_groups
        assert pure.charge.atto_delta <= pure.delta * 1e18


@pytest.mark.parametrize("wish", [Ask(rho=0.1), Ask(pure_epsilon=1.0)])
def test_each_statistic_has_its_share_and_each_map_says_what_is_charged(wish: Ask) -> None:
    for asked in _plans():
        priced = price(asked, wish, DELTA)
        for s, m in zip(statistics_of(asked), priced.measured, strict=True):
            assert m.statistic == s.name
            losses = [x.loss()[0] for x in m.measurements()]
            whole = 1.0 if wish.pure_epsilon else 0.1
            assert sum(losses) == pytest.approx(whole * float(s.weight), rel=1e-5)
            rhos = [rho_of_pure(x) if wish.pure_epsilon else x for x in losses]
            assert m.charge.nano_rho >= sum(Fraction(r) for r in rhos) * 10**9
            assert m.charge.nano_rho <= sum(rhos) * 1e9 + len(rhos)


def test_pure_losses_are_charged_one_by_one_which_is_less_than_all_at_once() -> None:
    """Each is ε²/2-zCDP by itself, and zCDP adds up: Σ ε²/2 ≤ (Σ ε)²/2."""
    priced = price(plan(COUNT, SUM), Ask(pure_epsilon=1.0), DELTA)
    assert priced.charge.nano_rho == pytest.approx(2 * 0.5**2 / 2 * 1e9, rel=1e-6)
    assert priced.charge.nano_rho < 1.0**2 / 2 * 1e9


@pytest.mark.parametrize("wish", [Ask(rho=0.1), Ask(pure_epsilon=1.0)])
@pytest.mark.parametrize("bounds", [Bounds(), Bounds(2, 5, 4, 3, "filter")])
def test_the_threshold_is_the_least_that_keeps_its_delta(wish: Ask, bounds: Bounds) -> None:
    finding = price(plan(COUNT, groups=None, bounds=bounds), wish, DELTA).of("groups")
    (made,) = finding.measurements()
    assert made.threshold is not None
    k, groups = bounds.pseudonyms, bounds.groups
    assert made.loss()[1] <= DELTA / 200
    lower = Measurement(made.mechanism, made.scale, made.distance, made.threshold - 1)
    assert lower.loss()[1] > DELTA / 200
    # closed form: K·G groups, each shown with P(noise ≥ threshold − K), of the noise's own distribution
    least = made.threshold - k
    assert _shown(made, least, k * groups) <= made.loss()[1] * (1 + 1e-9)
    # OpenDP bounds the discrete Gaussian's tail by the normal's one step nearer
    nearer = least - (0 if wish.pure_epsilon else 1)
    assert made.loss()[1] <= _shown(made, nearer, k * groups) + 1e-15  # 1 − (1 − p)^n in floats


def _shown(made: Measurement, least: int, groups: int) -> float:
    if made.mechanism == "laplace_threshold":
        q = math.exp(-1 / made.scale)
        tail = q**least / (1 + q)
    else:
        reach = range(math.ceil(40 * made.scale))
        weights = [math.exp(-(x**2) / (2 * made.scale**2)) for x in reach]
        tail = math.fsum(weights[least:]) / (2 * math.fsum(weights) - 1)
    return -math.expm1(groups * math.log1p(-tail))


def test_a_threshold_is_at_least_beyond_what_one_person_adds() -> None:
    made = least_threshold(
        lambda t: Measurement("laplace_threshold", 0.1, (1, 3, 3), t), linf=3, delta=0.5
    )
    assert made == 4


@given(st.integers(1, 2**200))
@settings(max_examples=300, derandomize=True, database=None)
def test_an_l2_sensitivity_is_never_rounded_down(squared: int) -> None:
    found = Fraction(l2(squared))
    assert found**2 >= squared
    assert found**2 <= squared * (1 + Fraction(1, 2**50))


@given(st.floats(0, 1e6), st.sampled_from([10**9, 10**18]))
@settings(max_examples=300, derandomize=True, database=None)
def test_a_charge_is_rounded_up_from_the_exact_float(value: float, parts: int) -> None:
    assert rounded_up(value, parts) - 1 < Fraction(value) * parts <= rounded_up(value, parts)


@pytest.mark.parametrize("value", [math.inf, math.nan, -1.0])
def test_a_loss_that_is_not_finite_is_never_charged(value: float) -> None:
    with pytest.raises(BadInput):
        rounded_up(value, 10**9)
    for scale in (0.0, 1e-300):  # OpenDP accepts both
        with pytest.raises(BadInput):
            Measurement("discrete_gaussian", scale, 1.0).charge()


@given(st.floats(1e-3, 20), st.floats(1e-12, 1e-2))
@_ROUNDS
def test_an_epsilon_buys_the_largest_rho(epsilon: float, delta: float) -> None:
    rho = largest_rho(epsilon, delta)
    assert epsilon_of(rho, delta) <= epsilon
    assert epsilon_of(rho * (1 + 1e-9), delta) > epsilon


def _alone(figure: Aggregate, bounds: Bounds) -> Priced:
    return price(plan(figure, bounds=bounds), Ask(rho=0.01), DELTA)


def test_noise_grows_with_what_one_person_can_change() -> None:
    one = _alone(COUNT, Bounds()).measured[0].scale
    for bounds, times in ((Bounds(2), 2), (Bounds(1, 3, 3, 3), 3), (Bounds(2, 3, 3, 3), 6)):
        assert _alone(COUNT, bounds).measured[0].scale == pytest.approx(times * one, rel=1e-9)
    assert _alone(SUM, Bounds()).measured[0].scale == pytest.approx(100 * one, rel=1e-9)
    shared = [
        price(plan(COUNT, groups=n, bounds=Bounds(shared=True)), Ask(rho=0.01), DELTA).measured[0]
        for n in (1, 2)
    ]  # a shared row that changes can move to another cell, where there is one
    assert shared[0].scale == pytest.approx(one, rel=1e-9)
    assert shared[1].scale == pytest.approx(math.sqrt(2) * one, rel=1e-9)


def test_the_order_of_figures_is_not_part_of_what_is_drawn() -> None:
    one, other = (price(plan(*f), Ask(rho=0.1), DELTA) for f in ((COUNT, SUM), (SUM, COUNT)))
    assert one.canonical() == other.canonical()


def test_too_many_cells_are_refused_before_anything_is_counted() -> None:
    with pytest.raises(BadInput, match="cells"):
        price(plan(quantile(bins=10_000), groups=20_000), Ask(rho=0.1), DELTA)


def test_a_tick_follows_from_public_sizes_and_never_shrinks_as_they_grow() -> None:
    assert tick(100_000, 1000) == 0.1
    ticks = [tick(n, c) for n in (10**4, 10**6, 10**8, 10**9) for c in (1, 10**4, 10**6)]
    assert all(t == 0.1 or t == int(t) >= 1 for t in ticks)
    for c in (1, 10**4, 10**6):
        column = [tick(n, c) for n in (0, 10**5, 10**7, 10**9)]
        assert column == sorted(column)
    assert tick(300_000_000, 140_000) < 30
