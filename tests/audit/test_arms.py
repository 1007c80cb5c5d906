"""The arms of the city over ten seeds: a lottery does nothing, the trained allocator sorts and steers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from api.demo.housing import VERDICT_ARMS, Arm, history
from audit.allocation import (
    Placements,
    contrast_kept,
    steering_gap,
    without_strata,
)
from audit.gate import judge
from audit.inference import Estimate
from policies.rulebook import read_policy
from tests.audit.arms import INPUTS, first_rounds, laid_out, play

pytestmark = pytest.mark.slow
COMMUNITIES, SEEDS = 60, range(1, 11)
Found = Mapping[str, Estimate | None]
STEERING_MARGIN, SORTING_MARGIN = 0.025, 0.020


@pytest.fixture(scope="module")
def found() -> dict[str, list[Found]]:
    """Arm → its measures, a city a seed."""
    result: dict[str, list[Found]] = {arm.name: [] for arm in VERDICT_ARMS}
    for seed in SEEDS:
        start = history(laid_out(COMMUNITIES, seed), seed)
        for arm in VERDICT_ARMS:
            result[arm.name].append(play(start, arm, seed).estimates())
    return result


def values(found: Mapping[str, list[Found]], arm: str, measure: str) -> NDArray[np.float64]:
    """A measure of an arm, a value a seed."""
    return np.array([e.value for e in (f[measure] for f in found[arm]) if e is not None])


def words(found: Mapping[str, list[Found]], arm: str) -> list[str]:
    """The verdicts of the housing policy on an arm, a word a seed."""
    text = (files("policies") / "rules" / "housing-allocation.yaml").read_text("utf-8")
    policy = read_policy(text)
    return [str(judge(policy, f, {}, INPUTS).word) for f in found[arm]]


@pytest.mark.parametrize("measure", ["sorting_excess", "steering_gap"])
def test_a_lottery_neither_sorts_nor_steers(found: dict[str, list[Found]], measure: str) -> None:
    of_lottery = values(found, "lottery", measure)
    standard_error = of_lottery.std(ddof=1) / np.sqrt(len(of_lottery))
    assert len(of_lottery) == len(SEEDS)
    assert abs(of_lottery.mean()) < 2 * standard_error + 0.01


def test_argmax_is_far_beyond_both_margins_in_every_city(found: dict[str, list[Found]]) -> None:
    sorting = values(found, "model_argmax", "sorting_excess")
    steering = values(found, "model_argmax", "steering_gap")
    assert sorting.min() > 3 * SORTING_MARGIN
    assert steering.min() > STEERING_MARGIN
    assert sorting.mean() > 6 * SORTING_MARGIN
    assert steering.mean() > 2.5 * STEERING_MARGIN


def test_argmax_sorts_more_than_practice_and_practice_more_than_sampling(
    found: dict[str, list[Found]],
) -> None:
    by_arm = [
        values(found, arm, "sorting_excess")
        for arm in ("model_argmax", "past_practice", "model_sampled")
    ]
    assert (by_arm[0] > by_arm[1]).all()
    assert (by_arm[1] > by_arm[2]).all()
    assert abs(by_arm[2].mean()) < SORTING_MARGIN


def test_argmax_raises_the_stocks_segregation_and_a_lottery_lowers_it(
    found: dict[str, list[Found]],
) -> None:
    argmax, lottery, practice = (
        values(found, arm, "stock_change") for arm in ("model_argmax", "lottery", "past_practice")
    )
    assert argmax.mean() > 0.002
    assert lottery.max() < 0
    assert (argmax > practice).all()
    assert (values(found, "lottery", "literal_density_change") < 0).all()


def test_retraining_does_not_amplify_here(found: dict[str, list[Found]]) -> None:
    frozen, retrained = (
        values(found, arm, "stock_change") for arm in ("model_argmax", "model_argmax_retrained")
    )
    assert retrained.mean() <= frozen.mean() + 0.002


def test_the_policy_passes_lotteries_and_fails_argmax_and_practice(
    found: dict[str, list[Found]],
) -> None:
    assert words(found, "lottery").count("FAIL") == 0
    assert words(found, "lottery").count("PASS") >= 8
    assert set(words(found, "model_argmax")) == {"FAIL"}
    assert words(found, "past_practice").count("FAIL") >= 9
    assert "FAIL" not in words(found, "model_sampled")


def _cut(placed: Placements, classes: int) -> Placements:
    """Each district's communities in classes by the share of migrants sent there."""
    few, everybody = placed.persons_by_community()
    share = few / np.maximum(everybody, 1)
    strata: list[tuple[NDArray[np.int64], NDArray[np.int64], int]] = []
    for minority, every, size in zip(placed.minority, placed.every, placed.size, strict=True):
        used = np.flatnonzero(every)
        rank = np.argsort(np.argsort(share[used])) * classes // max(len(used), 1)
        for number in range(classes):
            here = np.isin(np.arange(len(every)), used[rank == number])
            strata.append((minority * here, every * here, int(size)))
    parts = [np.array(part) for part in zip(*strata, strict=True)]
    return replace(placed, minority=parts[0], every=parts[1], size=parts[2])


@pytest.mark.parametrize("communities", [COMMUNITIES, 200])
def test_districts_cut_by_the_outcome_do_not_move_the_gap_across_strata(communities: int) -> None:
    for seed in range(1, 6):
        start = history(laid_out(communities, seed), seed)
        placed = next(first_rounds(start, VERDICT_ARMS[3], seed, 1))
        # as the districts are, most can be compared
        assert contrast_kept([placed]) > 0.45
        whole = steering_gap([without_strata(placed)])
        assert whole is not None
        assert whole.value > 4 * STEERING_MARGIN
        for classes in (2, 3, 4, 6):
            cut = _cut(placed, classes)
            within, across = steering_gap([cut]), steering_gap([without_strata(cut)])
            assert within is None or abs(within.value) < 0.6 * whole.value
            assert across is not None
            assert across.value == pytest.approx(whole.value, abs=1e-12)


def test_a_neutral_past_still_sorts_but_hardly_steers() -> None:
    sorting, steering = [], []
    for seed in SEEDS:
        start = history(laid_out(COMMUNITIES, seed), seed, steering=0.0)
        measures = play(start, Arm("neutral", "best", steering=0.0), seed, 2).estimates()
        sorting.append(measures["sorting_excess"])
        steering.append(measures["steering_gap"])
    assert np.mean([e.value for e in sorting if e]) > 3 * SORTING_MARGIN
    assert abs(np.mean([e.value for e in steering if e])) < STEERING_MARGIN


def test_the_stated_error_is_that_of_redrawn_lotteries() -> None:
    start = history(laid_out(20, 3), 3)
    gaps = [steering_gap([p]) for p in first_rounds(start, VERDICT_ARMS[0], 3, 300)]
    z = np.array([g.value / g.se for g in gaps if g and g.se])
    assert len(z) == 300
    assert abs(z.mean()) < 4 / np.sqrt(300)
    assert z.std() == pytest.approx(1, abs=4 / np.sqrt(600))
