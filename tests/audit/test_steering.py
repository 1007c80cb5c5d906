"""The steering gap: nothing under a lottery, the truth by hand, more where movers are steered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audit.allocation import Placements, steering_gap
from audit.inference import Estimate
from tests.audit.lotteries import SHARE_BEFORE, every_lottery, homes, lottery, steered

TINY = Placements(
    np.array([[2, 1, 0], [1, 0, 1]]),
    np.array([[2, 2, 1], [1, 2, 1]]),
    np.array([1, 3]),
    np.array([0.7, 0.4, 0.1]),
)


def gap(*rounds: Placements) -> Estimate:
    """The gap, which has a value here."""
    found = steering_gap(rounds)
    assert found is not None
    return found


def test_it_is_the_difference_of_the_places_that_the_groups_were_sent_to() -> None:
    # one stratum of four homes for one: the minority in communities of .8 and .6, others in .2, .4
    placed = Placements(
        np.array([[1, 1, 0, 0]]),
        np.array([[1, 1, 1, 1]]),
        np.array([1]),
        np.array([0.8, 0.6, 0.2, 0.4]),
    )
    # the lottery's mean gap is 0: .7 − .3; V₀ = 2·2/3 · .05, scaled by (1/2 + 1/2)
    assert gap(placed).value == pytest.approx(0.4)
    assert gap(placed).null_sd == pytest.approx(np.sqrt(4 / 3 * 0.05))
    assert gap(placed).se == gap(placed).null_sd
    assert gap(placed).estimand == "the_mechanism"


def test_over_every_lottery_its_mean_is_0_and_its_variance_is_the_stated_one() -> None:
    values = np.array([gap(p).value for p in every_lottery(TINY)])
    assert len(values) == 10 * 6
    assert values.mean() == pytest.approx(0, abs=1e-12)
    assert gap(TINY).se == pytest.approx(values.std(), rel=1e-12)


def test_over_400_lotteries_it_is_calibrated() -> None:
    rng = np.random.default_rng(31)
    found = [gap(lottery(rng)) for _ in range(400)]
    z = np.array([f.value / f.se for f in found if f.se])
    assert len(z) == 400
    assert abs(z.mean()) < 4 / np.sqrt(400)
    assert z.std() == pytest.approx(1, abs=4 / np.sqrt(800))
    # binomial(400, .05): 20 ± 4 × 4.4
    assert 3 <= int((np.abs(z) > 1.96).sum()) <= 37


def test_what_the_strata_had_to_offer_is_not_steering() -> None:
    # migrants eligible only in a district of migrants: no lottery could send them elsewhere
    apart = Placements(
        np.array([[3, 2, 0, 0], [0, 0, 1, 0]]),
        np.array([[3, 3, 0, 0], [0, 0, 3, 3]]),
        np.array([1, 1]),
        np.array([0.8, 0.8, 0.2, 0.2]),
    )
    assert gap(apart).value == pytest.approx(0, abs=1e-12)


def test_planted_steering_raises_it_the_more_the_stronger() -> None:
    rng = np.random.default_rng(5)
    means = [np.mean([gap(steered(rng, s)).value for _ in range(60)]) for s in (-2, 0, 2, 4)]
    assert means == sorted(means)
    assert means[0] < -0.05
    assert abs(means[1]) < 0.01
    assert means[2] > 0.05
    assert gap(steered(rng, 4)).value > 4 * (gap(steered(rng, 4)).se or 0)


def test_planted_sorting_by_another_mark_does_not_raise_it() -> None:
    rng = np.random.default_rng(5)
    # sorted by a mark of the places that has nothing to do with who lives there
    mark = np.array([0.2, 0.9, 0.9, 0.9, 0.2, 0.2, 0.9, 0.2])
    even = np.array([0.45, 0.3, 0.45, 0.6, 0.45, 0.4, 0.4, 0.4])
    values = [gap(replace(steered(rng, 5, share=mark), share_before=even)).value for _ in range(60)]
    assert abs(np.mean(values)) < 0.01


def test_rounds_are_pooled_and_their_variances_add_up() -> None:
    rng = np.random.default_rng(9)
    first, second = lottery(rng), steered(rng, 2, homes(20), SHARE_BEFORE[::-1].copy())
    together = gap(first, second)

    def parts(p: Placements) -> tuple[float, float]:
        scale = 1 / p.persons[0] + 1 / p.persons[1]
        return gap(p).value / scale, ((gap(p).se or 0) / scale) ** 2

    scale = sum(1 / sum(p.persons[k] for p in (first, second)) for k in (0, 1))
    moved, spread = (sum(pair) for pair in zip(parts(first), parts(second), strict=True))
    assert together.value == pytest.approx(moved * scale)
    assert together.se == pytest.approx(np.sqrt(spread) * scale)
    assert together.details == {"rounds": 2}
    alone, four = gap(first), gap(first, first, first, first)
    assert four.value == pytest.approx(alone.value)
    assert four.se == pytest.approx((alone.se or 0) / 2)


def test_it_has_no_value_when_nobody_or_only_one_group_was_placed() -> None:
    nobody = np.zeros_like(TINY.every)
    assert steering_gap([]) is None
    assert steering_gap([replace(TINY, minority=nobody, every=nobody)]) is None
    assert steering_gap([replace(TINY, minority=nobody)]) is None
    assert steering_gap([replace(TINY, minority=TINY.every)]) is None


def test_it_has_no_value_where_a_used_communitys_share_is_unknown() -> None:
    unknown = replace(TINY, share_before=np.array([0.7, np.nan, 0.1]))
    assert steering_gap([unknown]) is None
    assert steering_gap([TINY, unknown]) is None


def test_an_unused_communitys_share_need_not_be_known() -> None:
    wider = Placements(
        np.insert(TINY.minority, 3, 0, axis=1),
        np.insert(TINY.every, 3, 0, axis=1),
        TINY.size,
        np.append(TINY.share_before, np.nan),
    )
    assert gap(wider).value == pytest.approx(gap(TINY).value)
    assert gap(wider).se == pytest.approx(gap(TINY).se)
