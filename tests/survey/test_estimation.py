"""Estimates: unbiased, consistent over tiers, projected as an optimiser would; plans that simulation confirms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from policies.errors import BadInput
from privacy.survey import (
    NANO,
    Tally,
    Wanted,
    answers_for,
    estimate,
    half_width_at,
    randomise,
    summed,
)
from privacy.survey.estimation import onto_simplex, standard_errors, unbiased_shares
from privacy.survey.intervals import share_interval
from tests.survey.made import survey


def _simulated(question, truths, rng):  # type: ignore[no-untyped-def]
    """Tally of one draw for each truth, by the randomiser itself."""
    ids, counts = question.option_ids, dict.fromkeys(question.option_ids, 0)
    for truth in truths:
        report = randomise(question.mechanism, ids, truth, lambda n: int(rng.integers(n)))
        for option in (report,) if isinstance(report, str) else report:
            counts[option] += 1
    return Tally(len(truths), tuple(counts.values()))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_shares_are_unbiased_and_vary_as_the_known_probabilities_say(at: int) -> None:
    question, rng = survey().questions[at], np.random.default_rng(3)
    k = len(question.options)
    truths = [0] * 60 + [1] * 30 + [k - 1] * 10
    runs = np.array(
        [unbiased_shares(question, _simulated(question, truths, rng)) for _ in range(400)]
    )
    true = np.bincount(truths, minlength=k) / 100
    errors = np.array(standard_errors(question, list(true), 100, "answered"))
    assert np.all(np.abs(runs.mean(axis=0) - true) < 5 * errors / 20)
    assert runs.std(axis=0) == pytest.approx(errors, rel=0.2)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=6))
def test_projection_is_the_nearest_point_of_the_simplex(values: list[float]) -> None:
    found = np.array(onto_simplex(values))
    assert found.sum() == pytest.approx(1)
    assert found.min() >= 0
    # the nearest point of a convex set: no other point of it lies on the far side (Moreau)
    for corner in np.eye(len(values)):
        assert (np.array(values) - found) @ (corner - found) <= 1e-9


def test_projection_is_what_an_optimiser_finds() -> None:
    values = np.array([0.7, 0.5, -0.3, 0.05])
    theirs = minimize(
        lambda x: float(((x - values) ** 2).sum()),
        np.full(4, 0.25),
        bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1},
    )
    assert onto_simplex(list(values)) == pytest.approx(theirs.x, abs=1e-5)


def test_numbers_add_up_from_community_to_district() -> None:
    question = survey().questions[1]
    parts = [
        Tally(40, (12, 8, 9, 6, 5)),
        Tally(25, (3, 9, 2, 8, 3)),
        Tally(90, (20, 20, 20, 20, 10)),
    ]
    whole = estimate(question, summed(parts, 5), 0.95, "population")
    small = [estimate(question, p, 0.95, "population") for p in parts]
    for option, share in whole["shares"].items():
        assert share["number"] == pytest.approx(sum(s["shares"][option]["number"] for s in small))
    assert whole["answers"] == 155


def test_an_impossible_tally_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0"):
        Tally(3, (4, 0))


@pytest.mark.parametrize(
    ("options", "nano", "half"), [(2, NANO, 0.05), (5, NANO, 0.1), (24, 2 * NANO, 0.05)]
)
def test_a_plan_holds_when_it_is_simulated(options: int, nano: int, half: float) -> None:
    wanted, rng = Wanted(options, nano), np.random.default_rng(5)
    n = answers_for(wanted, half)
    assert half_width_at(wanted, n) <= half < half_width_at(wanted, max(1, n * 9 // 10))
    p, q = float(wanted.mechanism.p), float(wanted.mechanism.q)
    worst = min(1.0, (0.5 - q) / (p - q))
    counts = rng.binomial(n, q + worst * (p - q), 2_000)
    widths, hits = [], 0
    for c in counts:
        # wider than what is cut at 0 and 1
        low, high = share_interval(int(c), n, 1.0, 0.0, 0.95, "population")
        widths.append((high - low) / 2 / (p - q))
        low, high = share_interval(int(c), n, p, q, 0.95, "population")
        hits += low <= worst <= high
    assert np.mean(widths) <= half * 1.001
    assert np.quantile(widths, 0.975) <= half * 1.03
    assert hits / 2_000 >= 0.93


def test_a_plan_asks_for_what_can_be() -> None:
    for half in (0.0, -1.0, 0.6, float("nan")):
        with pytest.raises(BadInput):
            answers_for(Wanted(2, NANO), half)
    with pytest.raises(BadInput):
        answers_for(Wanted(64, NANO // 100), 1e-6)
    with pytest.raises(BadInput):
        Wanted(2, NANO, 1.0)
