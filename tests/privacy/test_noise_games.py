"""A game for each mechanism on fixed counts: what is drawn never loses more than was charged, and mutants do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from privacy.noise import Ask, Measured, NoiseProcess, Priced, price
from privacy.noise.drawing import chosen, noisy, shown
from privacy.noise.pricing import THRESHOLD_SHARE
from privacy.query import Aggregate, Bounds
from tests.privacy.games import ERROR, Outcomes, least_epsilon, least_often, least_rho, most_often
from tests.privacy.noise_plans import (
    COUNT,
    SUM,
    contribution,
    exact,
    plan,
    quantile,
    top,
    worker,
)

FEW, SOME, MANY = 4_000, 20_000, 100_000
_DRAWS = [SOME, pytest.param(MANY, marks=pytest.mark.slow)]
LARGE_DELTA = 0.9  # so that a threshold's part of it, 0.0045, is seen in the draws
_LOSSES = {"zcdp": Ask(rho=0.5), "pure": Ask(pure_epsilon=1.0)}
_Q8 = quantile(bins=8)

# One person's rows come: 1 (or K·L) rows. In each game the loss of this pair of datasets is near the claim.
_VECTORS: dict[str, tuple[Aggregate, Bounds, int, int]] = {
    "count": (COUNT, Bounds(), 7, 8),
    "rows that share a cell": (COUNT, Bounds(stored=3, rows=3, groups=3), 7, 10),
    "rows of two pseudonyms": (COUNT, Bounds(pseudonyms=2), 7, 9),
    "sum": (SUM, Bounds(), 0, 100),
}
_CHOICES: dict[str, tuple[Aggregate, list[int], list[int]]] = {
    "median": (_Q8, [0, 1, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1]),
    "quantile .9": (
        quantile("9/10", 8),
        [0, 9, 0, 0, 0, 0, 0, 1],
        [0, 9, 0, 0, 0, 0, 0, 2],
    ),
    "commonest": (top(1, "abcdefgh"), [0] * 8, [1] + [0] * 7),
    "two commonest": (top(2, "abcdefgh"), [0] * 8, [1] + [0] * 7),
}


def _claimed(priced: Priced, wish: str) -> float:
    return priced.epsilon if wish == "pure" else priced.charge.nano_rho / 1e9


def _lower(wish: str, a: Outcomes, b: Outcomes) -> float:
    return least_epsilon(a, b) if wish == "pure" else least_rho(a, b)


def _vectors(process: NoiseProcess, name: str, wish: str, value: int, n: int) -> Outcomes:
    figure, bounds, _, _ = _VECTORS[name]
    asked = plan(figure, groups=n, bounds=bounds)
    priced = price(asked, _LOSSES[wish], 1e-6)
    return process.draw(priced, exact(asked, {"s0": [value] * n})).vectors["s0"]


@pytest.mark.parametrize("wish", _LOSSES)
@pytest.mark.parametrize("name", _VECTORS)
@pytest.mark.parametrize("draws", _DRAWS)
def test_noise_on_a_vector_loses_no_more_than_its_charge(name: str, wish: str, draws: int) -> None:
    figure, bounds, without, with_person = _VECTORS[name]
    priced = price(plan(figure, bounds=bounds), _LOSSES[wish], 1e-6)
    step = (with_person - without) / 4  # outcomes: quarters of what the person moves
    with worker() as process:
        a, b = (
            np.floor(_vectors(process, name, wish, v, draws) / step).astype(np.int64)
            for v in (with_person, without)
        )
    assert 0.3 * _claimed(priced, wish) < _lower(wish, a, b) <= _claimed(priced, wish)


def _places(measured: Measured, counts: Sequence[int], n: int) -> Outcomes:
    """Draw in this process: places that noisy max chooses, as one number."""
    choice = measured.choice
    assert choice is not None
    table = np.repeat(np.array([counts], dtype=np.int64), n, axis=0)
    made = tuple(measured.measurements())
    drawn = chosen(made, choice.level, choice.shift, [table])
    return np.asarray(drawn @ (choice.candidates ** np.arange(drawn.shape[1])), dtype=np.int64)


@pytest.mark.parametrize("wish", _LOSSES)
@pytest.mark.parametrize("name", _CHOICES)
@pytest.mark.parametrize("draws", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_a_noisy_maximum_loses_no_more_than_its_charge(name: str, wish: str, draws: int) -> None:
    """Quantiles are drawn as triples: the point and both ends of the interval together."""
    figure, without, with_person = _CHOICES[name]
    priced = price(plan(figure), _LOSSES[wish], 1e-6)
    (measured,) = priced.measured
    a, b = (_places(measured, counts, draws) for counts in (with_person, without))
    assert _lower(wish, a, b) <= _claimed(priced, wish)


@pytest.mark.parametrize("wish", _LOSSES)
def test_the_private_choice_of_rows_a_person_loses_no_more_than_its_charge(wish: str) -> None:
    asked = plan(contribution("1/2"), bounds=Bounds(stored=8, rows=8, groups=8))
    priced = price(asked, _LOSSES[wish], 1e-6)
    (measured,) = priced.measured
    _, without, with_person = _CHOICES["median"]
    a, b = (_places(measured, counts, SOME // 2) for counts in (with_person, without))
    assert 0.1 * _claimed(priced, wish) < _lower(wish, a, b) <= _claimed(priced, wish)


def _finding(wish: str) -> Measured:
    return price(plan(COUNT, groups=None), _LOSSES[wish], LARGE_DELTA).of("groups")


def _times_shown(measured: Measured, count: int, n: int) -> int:
    (made,) = measured.measurements()
    return len(shown(made, [np.full((n, 1), count, dtype=np.int64)])[0])


@pytest.mark.parametrize("wish", _LOSSES)
def test_a_group_of_one_person_shows_with_probability_at_most_delta(wish: str) -> None:
    measured = _finding(wish)
    delta = measured.charge.atto_delta / 1e18
    hits = _times_shown(measured, 1, MANY)
    assert least_often(hits, MANY) <= delta
    assert most_often(hits, MANY) > delta / 4  # the threshold is no larger than it needs to be


@pytest.mark.parametrize("wish", _LOSSES)
def test_a_thresholded_count_loses_no_more_than_its_charge(wish: str) -> None:
    """A group of 4 and of 5 persons: not shown, or shown with a noisy count."""
    measured = _finding(wish)
    delta = measured.charge.atto_delta / 1e18
    claim = float(measured.epsilon) if wish == "pure" else measured.charge.nano_rho / 1e9
    (made,) = measured.measurements()
    outcomes = []
    for count in (measured.threshold or 0, (measured.threshold or 0) - 1):
        places, counts = shown(made, [np.full((MANY, 1), count, dtype=np.int64)])
        seen = np.full(MANY, -1, dtype=np.int64)
        seen[places] = counts
        outcomes.append(seen)
    bound = least_epsilon if wish == "pure" else least_rho
    assert 0.3 * claim < bound(*outcomes, delta) <= claim


# Mutants: each is caught.


def _mutant_vector(measured: Measured, factor: float, values: tuple[int, int], wish: str) -> float:
    """The lower bound where the scale is a part of what was priced, or the datasets are further apart."""
    (made,) = replace(measured, scale=measured.scale * factor).measurements()
    a, b = (noisy(made, [np.full((MANY, 1), v, dtype=np.int64)]) for v in values)
    return _lower(wish, a, b)


@pytest.mark.parametrize("wish", _LOSSES)
@pytest.mark.parametrize("factor", [0.5, pytest.param(0.75, marks=pytest.mark.slow)])
def test_half_the_noise_is_caught_and_three_quarters_too(wish: str, factor: float) -> None:
    """Power: a ρ of 1.8 times, an ε of 1.33 times the claim is refuted."""
    priced = price(plan(COUNT), _LOSSES[wish], 1e-6)
    assert _mutant_vector(priced.measured[0], factor, (8, 7), wish) > _claimed(priced, wish)


@pytest.mark.parametrize("wish", _LOSSES)
def test_a_bound_that_is_off_by_one_is_caught(wish: str) -> None:
    bounds = Bounds(stored=3, rows=3, groups=3)
    priced = price(plan(COUNT, bounds=bounds), _LOSSES[wish], 1e-6)
    assert _mutant_vector(priced.measured[0], 1.0, (4, 0), wish) > _claimed(priced, wish)


@pytest.mark.parametrize("wish", _LOSSES)
def test_two_keys_for_one_person_with_K_ignored_are_caught(wish: str) -> None:  # noqa: N802
    priced = price(plan(COUNT, bounds=Bounds(pseudonyms=1)), _LOSSES[wish], 1e-6)
    assert _mutant_vector(priced.measured[0], 1.0, (2, 0), wish) > _claimed(priced, wish)


@pytest.mark.parametrize("wish", _LOSSES)
def test_top_k_with_half_the_noise_is_caught(wish: str) -> None:
    """Power: with 10⁴ draws twice the claimed ε and four times the claimed ρ are refuted."""
    priced = price(plan(_CHOICES["commonest"][0]), _LOSSES[wish], 1e-6)
    assert _mutant_places(priced, "commonest", wish, SOME // 2) > _claimed(priced, wish)


@pytest.mark.parametrize(("wish", "draws"), [
    ("pure", SOME), pytest.param("zcdp", MANY, marks=pytest.mark.slow)
])  # fmt: skip
def test_a_noisy_maximum_with_half_the_noise_is_caught(wish: str, draws: int) -> None:
    """Power: twice the claimed ε, or with 10⁵ draws four times the claimed ρ, is refuted."""
    asked = plan(contribution("1/2"), bounds=Bounds(stored=8, rows=8, groups=8))
    ask = Ask(rho=0.125) if wish == "zcdp" else _LOSSES[wish]  # where fewer draws see it
    priced = price(asked, ask, 1e-6)
    assert _mutant_places(priced, "median", wish, draws) > _claimed(priced, wish)


def _mutant_places(priced: Priced, name: str, wish: str, draws: int) -> float:
    (measured,) = priced.measured
    mutant = replace(measured, scale=measured.scale / 2)
    _, without, with_person = _CHOICES[name]
    a, b = (_places(mutant, counts, draws) for counts in (with_person, without))
    return _lower(wish, a, b)


@pytest.mark.parametrize(
    ("wish", "lower", "draws"),
    [
        pytest.param("zcdp", 1, 5 * MANY, marks=pytest.mark.slow),  # one step in a hundred thousand
        ("zcdp", 1000, MANY),
        ("pure", 1, MANY),
        ("pure", 1000, MANY),
    ],
)
def test_a_leaked_key_is_caught(wish: str, lower: int, draws: int) -> None:
    """A threshold lower by one (OpenDP's own slip), or none to speak of."""
    measured = _finding(wish)
    assert measured.threshold is not None
    mutant = replace(measured, threshold=max(2, measured.threshold - lower))
    hits = _times_shown(mutant, 1, draws)
    assert least_often(hits, draws) > LARGE_DELTA / THRESHOLD_SHARE


def test_a_sampler_with_a_seed_is_caught() -> None:
    """Noise that is drawn again from the same state cancels: the difference of two draws is then 0."""
    (made,) = price(plan(COUNT), Ask(rho=0.01), 1e-6).measured[0].measurements()
    cells = np.zeros((500, 1), dtype=np.int64)
    honest = noisy(made, [cells]) - noisy(made, [cells])
    seeded = [np.random.default_rng(5).normal(0, made.scale, 500).round() for _ in range(2)]
    assert _looks_fresh(honest, made.scale)
    assert not _looks_fresh(seeded[0] - seeded[1], made.scale)


def _looks_fresh(difference: Any, scale: float) -> bool:
    """Whether the difference of two vectors of noise has the variance of independent ones, 2σ², to a half."""
    return bool(scale**2 < np.var(difference) < 3 * scale**2)


def test_the_games_do_not_refute_a_true_claim_by_construction() -> None:
    """Two coins whose ratio is known: the bound lies below it, and near it."""
    rng = np.random.default_rng(11)
    a, b = (rng.random(MANY) < p for p in (0.6, 0.3))
    bound = least_epsilon(a.astype(np.int64), b.astype(np.int64))
    assert 0.9 * np.log(2) < bound <= np.log(2)
    same = [rng.integers(0, 5, MANY) for _ in range(2)]
    assert least_epsilon(*same) < 0.05
    assert least_rho(*same) < 0.002
    assert ERROR <= 1e-6
