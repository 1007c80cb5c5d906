"""Chance levels when whole households move: against the enumeration of every lottery."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray

from audit.segregation import dissimilarity, expected_dissimilarity, household_chance

Counted = NDArray[np.int64]
# two strata: homes for one and homes for three, in three units
EVERY = np.array([[2, 1, 2], [1, 2, 1]])
MINORITY = np.array([[2, 0, 0], [1, 0, 1]])
SIZE = np.array([1, 3])


def every_lottery(minority: Counted, every: Counted, size: Counted) -> list[Counted]:
    """The minority's persons by unit for each way to deal each stratum's homes."""
    strata = []
    for homes, few, persons in zip(every, minority.sum(axis=1), size, strict=True):
        at = np.repeat(np.arange(len(homes)), homes)
        strata.append(
            [
                persons * np.bincount(at[list(chosen)], minlength=len(homes))
                for chosen in combinations(range(len(at)), int(few))
            ]
        )
    return [np.sum(one, axis=0) for one in product(*strata)]


def test_the_mean_and_the_p_value_are_those_of_every_lottery() -> None:
    total = SIZE @ EVERY
    values = [dissimilarity(few, total) for few in every_lottery(MINORITY, EVERY, SIZE)]
    exact = np.array(values, dtype=float)
    observed = dissimilarity(SIZE @ MINORITY, total)
    assert observed is not None
    redraws = 20_000
    found = household_chance(MINORITY, EVERY, SIZE, np.random.default_rng(4), redraws)
    assert found is not None
    assert abs(found[0] - exact.mean()) < 4 * exact.std() / np.sqrt(redraws)
    p = np.mean(exact >= observed - 1e-12)
    assert abs(found[1] - p) < 4 * np.sqrt(p * (1 - p) / redraws) + 2 / redraws


def test_households_look_more_apart_by_chance_than_persons() -> None:
    rng = np.random.default_rng(6)
    every = np.full((1, 30), 6)
    minority = rng.multivariate_hypergeometric(every[0], 70)[None]
    size = np.array([4])
    found = household_chance(minority, every, size, rng)
    by_person = expected_dissimilarity(4 * minority[0], 4 * every[0])
    assert found is not None
    assert by_person is not None
    assert found[0] > 1.5 * by_person


def test_households_of_one_are_persons() -> None:
    every, few = np.array([[5, 4, 6]]), np.array([[3, 1, 2]])
    found = household_chance(few, every, np.array([1]), np.random.default_rng(2), 20_000)
    exact = expected_dissimilarity(few[0], every[0])
    assert found is not None
    assert found[0] == pytest.approx(exact, abs=0.01)


def test_a_lottery_never_moves_a_household_out_of_its_stratum() -> None:
    # each stratum's homes lie in one unit: the only lottery is what was seen
    every = np.array([[5, 0], [0, 5]])
    minority = np.array([[4, 0], [0, 1]])
    observed = dissimilarity(minority.sum(axis=0), every.sum(axis=0))
    found = household_chance(minority, every, np.array([1, 1]), np.random.default_rng(2), 99)
    assert found == (pytest.approx(observed), 1.0)


def test_a_p_value_is_never_0() -> None:
    every, minority = np.full((1, 10), 40), np.zeros((1, 10), dtype=np.int64)
    minority[0, :5] = 40
    found = household_chance(minority, every, np.array([2]), np.random.default_rng(2), 99)
    assert found is not None
    assert found[1] == 1 / 100


def test_there_is_no_level_where_a_group_was_not_placed() -> None:
    every = np.array([[3, 4]])
    for few in (np.zeros_like(every), every):
        assert household_chance(few, every, np.array([2]), np.random.default_rng(2)) is None
