"""Before a question is paid for: shares, least budgets, expected errors, rows a person, advice."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from policies.errors import BadInput
from privacy.answers import advice, planned, with_public_rows
from privacy.answers.accuracy import noises_of
from privacy.answers.contributing import contribution_level, rows_for_least_error
from privacy.answers.expecting import expected
from privacy.answers.figures import column_of
from privacy.answers.layout import layout_of
from privacy.answers.tuning import tuned
from privacy.noise import Ask, price
from privacy.query import Aggregate, Bounds, statistics_of
from tests.privacy.answered import AGE, COUNT, DELTA, MEAN, PLACES, TOTAL, key, plan
from tests.privacy.answers_noise import drawn

KEYS = (key("place", PLACES),)
SPREAD = Aggregate("variance", "v", AGE, None, 0, 120)


@pytest.mark.parametrize("figures", [(COUNT,), (MEAN,), (SPREAD,), (COUNT, MEAN, SPREAD, TOTAL)])
@pytest.mark.parametrize("pure", [False, True])
def test_shares_are_exact_parts_of_the_whole(figures: tuple[Aggregate, ...], pure: bool) -> None:
    shared = tuned(plan(*figures, keys=KEYS), pure)
    assert sum(shared.shares) == 1
    assert all(isinstance(s, Fraction) and s > 0 for s in shared.shares)
    assert tuned(shared, pure).shares == shared.shares


def test_an_average_has_two_thirds_for_its_sum() -> None:
    shared = tuned(plan(MEAN))
    assert [s.kind for s in statistics_of(shared)] == ["sum", "rows"]
    assert [float(s.weight) for s in statistics_of(shared)] == pytest.approx(
        [2 / 3, 1 / 3], abs=1e-3
    )


def test_no_other_shares_give_an_average_a_smaller_expected_error() -> None:
    """Against a search over all shares, at the mean that is supposed (halfway to a bound)."""
    whole, n, mean = 0.01, 2_000.0, 60.0  # of 2x − 120, at most 120

    def variance(share: float) -> float:
        of_sum, of_rows = 120**2 / (2 * whole * share), 1 / (2 * whole * (1 - share))
        return (of_sum + mean**2 * of_rows) / (4 * n * n)

    best = min(np.linspace(0.01, 0.99, 981), key=variance)
    assert float(tuned(plan(MEAN)).shares[0]) == pytest.approx(best, abs=2e-3)


@pytest.mark.parametrize("wanted", [1, 7, 25, 1000])
def test_the_least_budget_for_counts_is_exact(wanted: int) -> None:
    shared, ask = planned(plan(COUNT, keys=KEYS), Ask(accuracy=wanted), DELTA)
    assert ask.rho is not None
    assert price(shared, ask, DELTA).measured[0].half_width(0.95) == wanted
    less = price(shared, Ask(rho=ask.rho * 0.999), DELTA).measured[0].half_width(0.95)
    assert less is not None
    assert less >= wanted
    assert (
        price(shared, Ask(rho=ask.rho * 0.9), DELTA).measured[0].half_width(0.95) > wanted
        or wanted < 8
    )


def test_counts_and_sums_each_get_just_what_they_need() -> None:
    shared, ask = planned(plan(COUNT, TOTAL, keys=KEYS), Ask(accuracy=500), DELTA)
    priced = price(shared, ask, DELTA)
    widths = [m.half_width(0.95) for m in priced.measured]
    assert all(w is not None and 490 <= w <= 500 for w in widths)


@pytest.mark.parametrize("figure", [MEAN, SPREAD])
def test_what_depends_on_the_size_of_a_group_needs_it_stated(figure: Aggregate) -> None:
    with pytest.raises(BadInput, match="--group-size"):
        planned(plan(figure, keys=KEYS), Ask(accuracy=5), DELTA)
    quantile = Aggregate("quantile", "q", AGE, level=Fraction(1, 2), grid=(0, 60, 120))
    with pytest.raises(BadInput, match="quantile"):
        planned(plan(quantile, keys=KEYS), Ask(accuracy=5), DELTA, 1000)


def test_an_average_of_the_stated_size_is_as_exact_as_wanted_wherever_it_lies() -> None:
    shared, ask = planned(plan(MEAN, keys=KEYS), Ask(accuracy=4.0), DELTA, group_size=800)
    noises = noises_of(shared, price(shared, ask, DELTA))
    (figure,) = layout_of(shared).figures
    rng = np.random.default_rng(0)
    for mean in (0, 30, 60, 120):
        measured = {
            n: drawn(truth, noises[n].mechanism, noises[n].scale, rng, 4_000)
            for n, truth in zip(figure.needs, (800 * (2 * mean - 120), 800), strict=True)
        }
        column = column_of(figure, measured, 0.95)
        half = np.maximum(column.high - column.consistent, column.consistent - column.low)
        assert np.median(half) <= 4.0 * 1.01


def test_expected_errors_are_the_answers_errors() -> None:
    of = tuned(plan(COUNT, MEAN, SPREAD, keys=KEYS))
    noises = noises_of(of, price(of, Ask(rho=0.05), DELTA))
    layout = layout_of(of)
    foreseen = expected(layout, noises, 0.95, 3_000)
    rng = np.random.default_rng(0)
    truths = {"rows": 3_000, "sum": 3_000 * 60, "squares": 3_000 * (60**2 + 3 * 120**2 // 12)}
    kinds = dict(zip((n for f in layout.figures for n in f.needs),
                     ("rows", "sum", "rows", "squares", "sum", "rows"), strict=True))  # fmt: skip
    measured = {
        n: drawn(truths[k], noises[n].mechanism, noises[n].scale, rng, 2_000)
        for n, k in kinds.items()
    }
    for figure, e in zip(layout.figures, foreseen, strict=True):
        column = column_of(figure, measured, 0.95)
        half = float(np.median((column.high - column.low) / 2))
        assert e.half_width == pytest.approx(half, rel=0.05)


def test_rows_a_person_balance_noise_and_bias() -> None:
    shares = (0.5, 0.2, 0.1, 0.1, 0.1)
    for sigma, persons in ((0.01, 1_000), (20, 1_000), (200, 1_000), (5_000, 1_000)):
        errors = [
            (most * sigma) ** 2
            + (persons * sum(s * max(0, r - most) for r, s in enumerate(shares, 1))) ** 2
            for most in range(1, 6)
        ]
        assert rows_for_least_error(shares, 5, sigma, persons) == 1 + int(np.argmin(errors))
    assert rows_for_least_error(shares, 5, 0.01, 1_000) == 5
    assert rows_for_least_error(shares, 5, 5_000, 1_000) == 1


def test_the_planner_says_that_it_chose_from_public_information() -> None:
    of = plan(COUNT, keys=KEYS, bounds=Bounds(1, 5, 5, 5))
    chosen = with_public_rows(of, Ask(epsilon=0.003), DELTA, (0.6, 0.2, 0.1, 0.05, 0.05))
    assert chosen.bounds.chosen_by == "public"
    assert 1 <= chosen.bounds.rows < 5
    assert chosen.bounds.clip == "filter"
    with pytest.raises(BadInput, match="expected_rows"):
        with_public_rows(of, Ask(epsilon=0.003), DELTA, ())
    assert contribution_level(10.0, 1_000.0) == Fraction(99, 100)
    assert contribution_level(1e9, 10.0) == Fraction(1, 2)


def test_a_count_that_is_mostly_noise_is_not_recommended_and_what_would_do_is_said() -> None:
    of = plan(COUNT, keys=KEYS)
    priced = price(of, Ask(epsilon=0.05), DELTA)
    assert advice(of, priced, 0.95, DELTA).recommended
    poor = advice(of, priced, 0.95, DELTA, group_size=60)
    assert not poor.recommended
    said = poor.as_json()["reason"]
    assert "Not recommended" in said["en"]
    assert poor.enough_epsilon is not None
    assert f"{poor.enough_epsilon:g}" in said["zh"]
    better = price(of, Ask(epsilon=poor.enough_epsilon), DELTA)
    assert advice(of, better, 0.95, DELTA, group_size=60).recommended
    worse = price(of, Ask(epsilon=poor.enough_epsilon * 0.97), DELTA)
    assert not advice(of, worse, 0.95, DELTA, group_size=60).recommended
    assert poor.enough_rows is not None
    assert advice(of, priced, 0.95, DELTA, group_size=poor.enough_rows).recommended
    assert not advice(of, priced, 0.95, DELTA, group_size=poor.enough_rows - 1).recommended
    assert math.isfinite(poor.group_size)
