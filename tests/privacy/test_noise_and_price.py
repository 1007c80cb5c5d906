"""The noise is OpenDP's and no other: what is drawn has the exact shape of what was priced."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chisquare

from privacy.noise import Ask, Measured, price
from privacy.noise.drawing import chosen, noisy, shown
from privacy.query import Aggregate
from tests.privacy.noise_plans import COUNT, SUM, exact, plan, quantile, top, worker

DELTA = 1e-6
WISHES = {"zcdp": Ask(rho=0.05), "pure": Ask(pure_epsilon=0.3)}
DRAWS = 20_000
LEAST = 1e-7  # a p-value below it fails a test: by chance once in ten million runs


def _shape(mechanism: str, scale: float, reach: int) -> NDArray[np.float64]:
    """Probabilities of −reach … reach, by the formula of the mechanism."""
    x = np.arange(-reach, reach + 1)
    gaussian = mechanism in ("discrete_gaussian", "gaussian_threshold")
    weights = np.exp(-(x**2) / (2 * scale**2) if gaussian else -np.abs(x) / scale)
    wide = np.arange(-60 * reach, 60 * reach + 1)
    whole = np.exp(-(wide**2) / (2 * scale**2) if gaussian else -np.abs(wide) / scale).sum()
    return np.asarray(weights / whole, dtype=np.float64)


def _fits(seen: NDArray[np.int64], probabilities: NDArray[np.float64], draws: int) -> None:
    """χ² of counts against probabilities; what they leave out is one further class."""
    rest = 1 - probabilities.sum()
    observed = np.append(seen, draws - seen.sum())
    expected = np.append(probabilities, rest) * draws
    wide = expected >= 5
    merged = np.append(observed[wide], observed[~wide].sum())
    hoped = np.append(expected[wide], expected[~wide].sum())
    keep = hoped > 0
    assert chisquare(merged[keep], hoped[keep] * merged.sum() / hoped[keep].sum()).pvalue > LEAST


def _measured(figure: Aggregate, wish: str, groups: int | None = 1) -> Measured:
    return price(plan(figure, groups=groups), WISHES[wish], DELTA).measured[0]


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("value", [0, 1_000_000, -(2**60)])
def test_noise_on_a_vector_has_the_exact_discrete_shape(wish: str, value: int) -> None:
    priced = price(plan(COUNT, groups=DRAWS), WISHES[wish], DELTA)
    (measured,) = priced.measured
    with worker() as process:
        vector = process.draw(priced, exact(plan(COUNT, groups=DRAWS), {"s0": [value] * DRAWS}))
    noise = vector.vectors["s0"] - value
    reach = int(4 * measured.scale)
    inside = noise[np.abs(noise) <= reach]
    seen = np.bincount(inside + reach, minlength=2 * reach + 1)
    _fits(seen, _shape(measured.mechanism, measured.scale, reach), DRAWS)


@pytest.mark.parametrize("wish", WISHES)
def test_a_count_is_shown_exactly_from_its_threshold_on(wish: str) -> None:
    measured = _measured(COUNT, wish, groups=None)
    assert measured.threshold is not None
    (made,) = measured.measurements()
    count = measured.threshold  # shown where the noise is not negative
    places, counts = shown(made, [np.full((DRAWS, 1), count)])
    assert counts.min() == measured.threshold
    assert (np.diff(places) > 0).all()
    reach = int(4 * measured.scale)
    halved = _shape(measured.mechanism, measured.scale, reach)[reach:]
    inside = counts[counts <= count + reach]
    _fits(np.bincount(inside - count, minlength=reach + 1), halved, DRAWS)


@pytest.mark.parametrize("wish", WISHES)
def test_a_noisy_maximum_has_the_probabilities_of_its_mechanism(wish: str) -> None:
    measured = _measured(quantile(bins=4), wish)
    point = next(iter(measured.measurements()))
    counts = np.array([[30, 20, 5, 60]], dtype=np.int64)
    scores = np.array([55, 15, 5, 0])  # of 115 rows, twice those that lie too far up or down
    drawn = chosen((point,), measured.choice.level, 0, [np.repeat(counts, DRAWS, axis=0)])  # type: ignore[union-attr]
    seen = np.bincount(drawn[:, 0], minlength=4)
    if wish == "zcdp":  # the exponential mechanism
        weights = np.exp(-(scores - scores.min()) / point.scale)
        probabilities = weights / weights.sum()
    else:
        probabilities = _permute_and_flip(scores, point.scale)
    _fits(seen, probabilities, DRAWS)


def _permute_and_flip(scores: NDArray[np.int64], scale: float) -> NDArray[np.float64]:
    """McKenna & Sheldon 2020, Algorithm 1: the first of a random order that passes a coin of exp(−score/scale)."""
    from itertools import permutations

    coins = np.exp(-(scores - scores.min()) / scale)
    found = np.zeros(len(scores))
    orders = list(permutations(range(len(scores))))
    for order in orders:
        left = 1.0
        for i in order:
            found[i] += left * coins[i] / len(orders)
            left *= 1 - coins[i]
    return found


@pytest.mark.parametrize("wish", WISHES)
def test_the_commonest_values_are_drawn_with_the_probabilities_of_peeling(wish: str) -> None:
    measured = _measured(top(2, tuple("abc")), wish)
    (made,) = measured.measurements()
    counts = np.array([40, 20, 35], dtype=np.int64)
    drawn = chosen((made,), None, 0, [np.repeat(counts[None, :], DRAWS, axis=0)])
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    seen = np.array([int(((drawn == pair).all(axis=1)).sum()) for pair in pairs])
    assert seen.sum() == DRAWS
    _fits(seen, np.array([_peeled(counts, pair, made.scale, wish) for pair in pairs]), DRAWS)


def _peeled(counts: NDArray[np.int64], pair: tuple[int, int], scale: float, wish: str) -> float:
    first, second = pair
    left = [i for i in range(len(counts)) if i != first]
    once = _one_of(counts, scale, wish)[first]
    return float(once * _one_of(counts[left], scale, wish)[left.index(second)])


def _one_of(counts: NDArray[np.int64], scale: float, wish: str) -> NDArray[np.float64]:
    if wish == "pure":
        return _permute_and_flip(-counts, scale)
    weights = np.exp((counts - counts.max()) / scale)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def test_two_draws_and_two_workers_share_no_noise() -> None:
    wanted = plan(COUNT, groups=64)
    priced = price(wanted, Ask(rho=0.001), DELTA)
    figures = exact(wanted, {"s0": [0] * 64})
    with worker() as one, worker() as other:
        drawn = [tuple(p.draw(priced, figures).vectors["s0"]) for p in (one, one, other, other)]
    assert len(set(drawn)) == 4
    assert max(np.abs(np.corrcoef(np.array(drawn)) - np.eye(4)).ravel()) < 0.7


def test_cells_at_the_ends_of_64_bits_saturate_and_never_wrap() -> None:
    wanted = plan(SUM, groups=4)
    priced = price(wanted, Ask(rho=1e-9), DELTA)
    (measured,) = priced.measured
    (made,) = measured.measurements()
    ends = [2**63 - 1, -(2**63), 2**62, -(2**62)]
    with worker() as process:
        for _ in range(20):
            drawn = process.draw(priced, exact(wanted, {"s0": ends})).vectors["s0"]
            assert np.abs(drawn[[0, 2]] - 2**62).max() < 60 * measured.scale
            assert np.abs(drawn[[1, 3]] + 2**62).max() < 60 * measured.scale
    # OpenDP itself stops at the end of the integers
    straight = np.array(made.made()(np.array([2**63 - 1] * 500)))
    assert straight.max() == 2**63 - 1
    assert straight.min() > 0
    assert (straight == 2**63 - 1).mean() == pytest.approx(0.5, abs=6 * math.sqrt(0.25 / 500))


def test_blocks_are_drawn_in_their_order() -> None:
    measured = _measured(COUNT, "zcdp")
    (made,) = measured.measurements()
    blocks = [np.full((5, 1), 10_000 * i) for i in range(30)]
    drawn = noisy(made, blocks).reshape(30, 5)
    assert (np.abs(drawn - 10_000 * np.arange(30)[:, None]) < 1000).all()
