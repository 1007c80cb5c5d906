"""How much the strata leave to compare, and what is said beforehand of too few homes."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from audit.allocation import Placements, contrast_kept, steering_gap
from audit.findings.forewarning import forewarning
from policies.rulebook import read_policy
from tests.audit.lotteries import homes, lottery

ONE = Placements(
    np.array([[2, 1, 1, 0]]),
    np.array([[2, 2, 2, 2]]),
    np.array([1]),
    np.array([0.8, 0.6, 0.4, 0.2]),
)


def test_one_stratum_a_size_keeps_everything() -> None:
    assert contrast_kept([ONE]) == pytest.approx(1.0)
    assert contrast_kept([ONE, ONE]) == pytest.approx(1.0)


def test_two_strata_worked_out_on_paper() -> None:
    # pairs: 3·1/4·½ + 1·3/4·½ of 4·4/8·¾ = .5; V₀: (1 + 1)·.01 of 16/7·.05 = .175
    halves = Placements(
        np.array([[2, 1, 0, 0], [0, 0, 1, 0]]),
        np.array([[2, 2, 0, 0], [0, 0, 2, 2]]),
        np.array([1, 1]),
        ONE.share_before,
    )
    assert contrast_kept([halves]) == pytest.approx(0.175)
    unknown = replace(halves, share_before=np.full(4, np.nan))
    assert contrast_kept([unknown]) == pytest.approx(0.5)


def test_a_stratum_of_one_community_or_one_group_keeps_nothing() -> None:
    by_place = Placements(
        np.diag([2, 1, 1, 0]), np.diag([2, 2, 2, 2]), np.ones(4, dtype=np.int64), ONE.share_before
    )
    assert contrast_kept([by_place]) == 0
    by_group = Placements(
        np.array([[2, 1, 1, 0], [0, 0, 0, 0]]),
        np.array([[2, 1, 1, 0], [0, 1, 1, 2]]),
        np.array([1, 1]),
        ONE.share_before,
    )
    assert contrast_kept([by_group]) == 0


def test_districts_and_sizes_keep_most() -> None:
    assert contrast_kept([lottery(np.random.default_rng(1), homes(30))]) > 0.7


@pytest.mark.parametrize(("each", "enough"), [(12, False), (400, True)])
def test_whether_so_many_homes_can_decide_is_said_from_sizes_alone(each: int, enough: bool) -> None:
    policy = read_policy((files("policies") / "rules" / "housing-one-off.yaml").read_text("utf-8"))
    placed = lottery(np.random.default_rng(2), homes(each))
    (found,) = forewarning(policy, [placed])
    gap = steering_gap([placed])
    assert gap is not None
    assert gap.null_sd
    ratio = 0.025 / gap.null_sd
    assert found["rule"] == "steering"
    assert found["margin_over_sd"] == pytest.approx(ratio)
    assert (found["needed"], found["enough"]) == (3.9, enough)
    assert found["rounds_needed"] == int(np.ceil((3.9 / ratio) ** 2))
    # with the rounds that are asked for, margin and deviation stand as they should
    pooled = steering_gap([placed] * found["rounds_needed"])
    assert pooled is not None
    assert pooled.null_sd
    assert 0.025 / pooled.null_sd >= 3.9
    # who was placed where does not enter
    other = replace(placed, minority=lottery(np.random.default_rng(3), homes(each)).minority)
    assert forewarning(policy, [other])[0]["margin_over_sd"] == pytest.approx(ratio)


def test_nothing_is_foretold_where_the_shares_before_are_unknown() -> None:
    policy = read_policy((files("policies") / "rules" / "housing-one-off.yaml").read_text("utf-8"))
    (found,) = forewarning(policy, [replace(ONE, share_before=np.full(4, np.nan))])
    assert found["margin_over_sd"] is None
    assert not found["enough"]
    assert found["rounds_needed"] is None
