"""The randomisers' probabilities: exact, within ε and as near to it as integers allow; OpenDP agrees."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import opendp.measurements as measurements
import opendp.mod as mod
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.survey import KRR, Unary, mechanism_for, randomise, true_epsilon
from privacy.survey.mechanisms import (
    k_ary,
    keeps_within,
    optimised_unary,
    symmetric_unary,
    total_variance,
)

NANO = 10**9
KINDS = (k_ary, optimised_unary, symmetric_unary)
OPTIONS = st.integers(2, 64)
EPSILONS = st.integers(NANO // 100, 10 * NANO)


@given(st.sampled_from(KINDS), OPTIONS, EPSILONS)
def test_the_exact_epsilon_never_passes_the_stated_one_and_comes_near(kind, options, nano):  # type: ignore[no-untyped-def]
    made = kind(options, nano)
    assert made.denominator <= 2**32
    assert keeps_within(made, nano)
    assert true_epsilon(made) <= Decimal(nano) / NANO
    assert float(true_epsilon(made)) == pytest.approx(nano / NANO, abs=2e-5)
    assert 0 < made.q < made.p < 1


@given(OPTIONS, EPSILONS)
def test_one_step_more_truth_breaks_the_promise(options: int, nano: int) -> None:
    """The mutant: a numerator off by one. No sample could show one part in 2³²; the rationals do."""
    made = k_ary(options, nano)
    assert not keeps_within(KRR(options, made.truth + 1, made.other), nano)
    oue = optimised_unary(options, nano)
    assert not keeps_within(Unary(options, oue.truth, oue.other - 1), nano)
    sue = symmetric_unary(options, nano)
    assert not keeps_within(Unary(options, sue.truth + 1, sue.other - 1), nano)


@pytest.mark.parametrize("options", [2, 3, 7])
@pytest.mark.parametrize("nano", [NANO // 10, NANO, 3 * NANO])
def test_opendp_charges_k_rr_the_same(options: int, nano: int) -> None:
    mod.enable_features("contrib")
    made = k_ary(options, nano)
    theirs = measurements.make_randomized_response(
        [f"o{i}" for i in range(options)], prob=float(made.p)
    )
    assert theirs.map(1) == pytest.approx(float(true_epsilon(made)), abs=1e-9)
    assert theirs.map(1) <= nano / NANO + 1e-9


@pytest.mark.parametrize(
    ("options", "nano"), [(2, NANO), (5, NANO // 2), (20, NANO), (40, 2 * NANO)]
)
def test_variances_are_those_of_the_literature(options: int, nano: int) -> None:
    """Wang et al. 2017, Table 1: the variance at a share of 0, times n."""
    e = math.exp(nano / NANO)

    def at_zero(m: KRR | Unary) -> float:
        return float(m.q * (1 - m.q) / (m.p - m.q) ** 2)

    assert at_zero(k_ary(options, nano)) == pytest.approx(
        (options - 2 + e) / (e - 1) ** 2, rel=1e-5
    )
    assert at_zero(optimised_unary(options, nano)) == pytest.approx(4 * e / (e - 1) ** 2, rel=1e-5)
    root = math.sqrt(e)
    assert at_zero(symmetric_unary(options, nano)) == pytest.approx(
        root / (root - 1) ** 2, rel=1e-5
    )


def test_the_choice_has_the_least_variance_and_turns_to_bits_when_options_are_many() -> None:
    for options in range(2, 65):
        chosen = mechanism_for(options, NANO)
        assert all(total_variance(chosen) <= total_variance(k(options, NANO)) for k in KINDS)
    assert isinstance(mechanism_for(2, NANO), KRR)
    assert isinstance(mechanism_for(40, NANO), Unary)
    assert isinstance(mechanism_for(40, NANO, single=True), KRR)


@pytest.mark.parametrize("made", [KRR(2, 3, 1), KRR(4, 5, 2)])
def test_every_integer_of_the_denominator_counts_once(made: KRR) -> None:
    options = [f"o{i}" for i in range(made.options)]
    for truth in range(made.options):
        drawn = Counter(
            randomise(made, options, truth, lambda n, r=r: _checked(n, made.denominator, r))
            for r in range(made.denominator)
        )
        for i, option in enumerate(options):
            wanted = made.p if i == truth else made.q
            assert Fraction(drawn[option], made.denominator) == wanted


def _checked(asked: int, denominator: int, value: int) -> int:
    assert asked == denominator
    return value


def test_bits_are_drawn_each_for_itself() -> None:
    made, options = Unary(3, 4, 1, 8), ["a", "b", "c"]
    seen = Counter(
        randomise(made, options, 1, _source([i, j, k]))
        for i in range(8)
        for j in range(8)
        for k in range(8)
    )
    for report, n in seen.items():
        chance = Fraction(1)
        for i, option in enumerate(options):
            p = made.p if i == 1 else made.q
            chance *= p if option in report else 1 - p
        assert Fraction(n, 512) == chance


def _source(values: list[int]):  # type: ignore[no-untyped-def]
    given = iter(values)
    return lambda _n: next(given)


@pytest.mark.parametrize(
    ("options", "nano"), [(1, NANO), (65, NANO), (2, 0), (2, 11 * NANO), (2, -1)]
)
def test_what_protects_nobody_or_says_nothing_is_refused(options: int, nano: int) -> None:
    with pytest.raises(BadInput):
        mechanism_for(options, nano)
