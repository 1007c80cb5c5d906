"""The sorting excess: nothing under a lottery, the truth by brute force, more where groups part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audit.allocation import Placements, sorting_excess, steering_gap
from audit.inference import Estimate
from tests.audit.lotteries import every_lottery, homes, lottery, steered

TINY = Placements(
    np.array([[2, 1, 0], [1, 0, 1]]),
    np.array([[2, 2, 1], [1, 2, 1]]),
    np.array([1, 3]),
    np.array([0.7, 0.4, 0.1]),
)


def excess(*rounds: Placements, seed: int = 1, redraws: int = 999) -> Estimate:
    """The excess, which has a value here."""
    found = sorting_excess(rounds, np.random.default_rng(seed), redraws)
    assert found is not None
    return found


def person_by_person(placed: Placements) -> float:
    """η² with one's own household left out: the mean over persons of the minority who meet anybody."""
    people: list[tuple[int, bool, int]] = []  # household, minority, community
    household = 0
    for s, size in enumerate(placed.size):
        for c in range(placed.every.shape[1]):
            for k in range(int(placed.every[s, c])):
                household += 1
                people += [(household, k < placed.minority[s, c], c)] * int(size)
    met = []
    for home, few, place in people:
        others = [f for h, f, c in people if c == place and h != home]
        if few and others:
            met.append(sum(others) / len(others))
    share = sum(f for _, f, _ in people) / len(people)
    return float((np.mean(met) - share) / (1 - share))


def test_it_is_what_counting_person_by_person_gives_less_the_mean_of_every_lottery() -> None:
    null = np.array([person_by_person(p) for p in every_lottery(TINY)])
    redraws = 40_000
    found = excess(TINY, redraws=redraws)
    error = 4 * null.std() / np.sqrt(redraws)
    assert found.value + found.details["null_mean"] == pytest.approx(person_by_person(TINY))
    assert abs(found.details["null_mean"] - null.mean()) < error
    assert abs((found.null_sd or 0) - null.std()) < 2 * error
    p = np.mean(null >= person_by_person(TINY) - 1e-12)
    assert abs(found.details["p_value"] - p) < 4 * np.sqrt(0.25 / redraws)


def test_over_400_lotteries_its_mean_is_0_and_its_error_is_not_understated() -> None:
    rng = np.random.default_rng(77)
    found = [excess(lottery(rng), seed=i, redraws=199) for i in range(400)]
    values = np.array([f.value for f in found])
    errors = np.array([f.se for f in found], dtype=float)
    null = np.array([f.null_sd for f in found], dtype=float)
    assert abs(values.mean()) < 4 * values.std(ddof=1) / np.sqrt(400)
    assert null.mean() == pytest.approx(values.std(ddof=1), rel=0.15)
    assert (errors >= null).all()
    # binomial(400, .05): at most 20 + 4 × 4.4 beyond; the error may be wide, never useless
    assert int((np.abs(values / errors) > 1.96).sum()) <= 37
    assert errors.mean() < 2 * values.std(ddof=1)


def test_the_p_value_is_spread_evenly_and_never_0() -> None:
    rng = np.random.default_rng(78)
    p = [excess(lottery(rng), seed=i, redraws=99).details["p_value"] for i in range(200)]
    assert min(p) >= 1 / 100
    assert np.mean(p) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 200))
    apart = replace(TINY, minority=np.array([[2, 1, 0], [1, 1, 0]]) * 10, every=TINY.every * 10)
    far = replace(apart, minority=np.array([[20, 10, 0], [10, 10, 0]]))
    assert excess(far, redraws=99).details["p_value"] == 1 / 100


def test_planted_steering_raises_it_the_more_the_stronger() -> None:
    rng = np.random.default_rng(5)
    means = [
        np.mean([excess(steered(rng, s), redraws=99).value for _ in range(30)]) for s in (0, 2, 4)
    ]
    assert means == sorted(means)
    assert abs(means[0]) < 0.01
    assert means[2] > 0.03


def test_planted_sorting_raises_it_without_any_steering() -> None:
    rng = np.random.default_rng(5)
    mark = np.array([0.2, 0.9, 0.9, 0.9, 0.2, 0.2, 0.9, 0.2])
    even = np.array([0.45, 0.3, 0.45, 0.6, 0.45, 0.4, 0.4, 0.4])
    sorted_ = [replace(steered(rng, 8, share=mark), share_before=even) for _ in range(30)]
    found = [excess(p, redraws=99) for p in sorted_]
    assert min(f.value for f in found) > 0.02
    assert min(f.value / (f.se or 1) for f in found) > 2
    gaps = [g.value for g in (steering_gap([p]) for p in sorted_) if g]
    assert abs(np.mean(gaps)) < 0.01


def test_off_the_null_its_interval_covers_the_mean_and_the_lotterys_alone_would_not() -> None:
    rng = np.random.default_rng(15)
    every = homes(30)
    found = [excess(steered(rng, 3, every), seed=i, redraws=99) for i in range(150)]
    apart = np.abs(np.array([f.value for f in found]) - np.mean([f.value for f in found]))
    errors = np.array([f.se for f in found], dtype=float)
    null = np.array([f.null_sd for f in found], dtype=float)
    assert 0.88 <= np.mean(apart < 1.96 * errors) <= 1
    assert np.mean(apart < 1.96 * null) < 0.85
    assert errors.mean() == pytest.approx(np.std([f.value for f in found]), rel=0.35)


def test_off_the_null_four_equal_rounds_halve_the_error() -> None:
    placed = steered(np.random.default_rng(2), 4, homes(30))
    one, four = excess(placed), excess(placed, placed, placed, placed)
    assert one.se is not None
    assert one.se > 2 * (one.null_sd or 0)
    assert four.se == pytest.approx(one.se / 2, rel=0.15)


def test_what_the_strata_force_apart_is_not_sorting() -> None:
    # migrants hold nearly all small homes, and the small homes stand together: the lottery's doing
    rng = np.random.default_rng(3)
    every = np.array([[40, 40, 0, 0], [0, 0, 40, 40]])
    values = []
    for i in range(100):
        few = np.array(
            [
                rng.multivariate_hypergeometric(row, n)
                for row, n in zip(every, (60, 10), strict=True)
            ]
        )
        placed = Placements(few, every, np.array([1, 1]), np.full(4, 0.5))
        values.append(excess(placed, seed=i, redraws=99).value)
        assert excess(placed, seed=i, redraws=99).details["null_mean"] > 0.2
    assert abs(np.mean(values)) < 4 * np.std(values) / 10 + 1e-3


def test_rounds_are_pooled_by_their_homes() -> None:
    rng = np.random.default_rng(9)
    first, second = lottery(rng), steered(rng, 4, homes(30))
    both, one, other = excess(first, second), excess(first), excess(second)
    weight = first.homes / (first.homes + second.homes)
    assert both.value == pytest.approx(weight * one.value + (1 - weight) * other.value, abs=2e-3)
    assert both.details["rounds"] == 2
    four = excess(first, first, first, first)
    assert four.null_sd == pytest.approx((one.null_sd or 0) / 2, rel=0.15)


def test_the_same_seed_gives_the_same_estimate_and_another_seed_nearly_the_same() -> None:
    placed = steered(np.random.default_rng(2), 2)
    assert excess(placed, seed=4) == excess(placed, seed=4)
    assert excess(placed, seed=5).value == pytest.approx(excess(placed, seed=4).value, abs=3e-3)


def test_it_has_no_value_when_nobody_or_only_one_group_was_placed() -> None:
    nobody = np.zeros_like(TINY.every)
    rng = np.random.default_rng(1)
    assert sorting_excess([replace(TINY, minority=nobody, every=nobody)], rng) is None
    assert sorting_excess([replace(TINY, minority=nobody)], rng) is None
    assert sorting_excess([replace(TINY, minority=TINY.every)], rng) is None
    assert sorting_excess([TINY, replace(TINY, minority=nobody)], rng) is None
    assert sorting_excess([], rng) is None


def test_it_has_no_value_where_nobody_has_a_neighbour() -> None:
    # every home is a place of its own: nobody meets anybody, whoever was put where
    alone = Placements(
        np.array([[1, 1, 0, 0, 0]]), np.ones((1, 5), dtype=np.int64), np.array([2]), np.full(5, 0.5)
    )
    assert sorting_excess([alone], np.random.default_rng(1)) is None


def test_placements_hold_no_more_of_the_minority_than_of_all() -> None:
    from policies.errors import BadInput

    with pytest.raises(BadInput):
        replace(TINY, minority=TINY.every + 1)
    with pytest.raises(BadInput):
        replace(TINY, minority=TINY.minority - 1)
