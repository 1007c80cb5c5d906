"""Chances and quality by group, against the same counted with pandas alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from audit.allocation import allocation_rates, quality_by_group


@pytest.fixture
def moves() -> pd.DataFrame:
    """Three hundred persons who did or did not apply, of three groups and needs."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "group": rng.choice(["local", "migrant", "returned"], 300, p=[0.5, 0.4, 0.1]),
            "need": rng.choice(["1", "2", "3"], 300),
            "applied": rng.integers(0, 2, 300),
            "event": rng.choice(["housed", "left", "waiting"], 300),
            "unit": rng.choice(["a", "b", "c"], 300),
        }
    )
    frame.loc[frame["applied"] == 0, "event"] = "waiting"
    return frame


def test_each_groups_chance_is_that_among_those_who_applied(moves: pd.DataFrame) -> None:
    rates = allocation_rates(moves)
    applied = moves[moves["applied"] == 1].assign(got=lambda f: f["event"] == "housed")
    expected = applied.groupby("group")["got"].agg(["size", "sum", "mean"])
    for group, row in expected.iterrows():
        assert rates[str(group)]["applied"] == row["size"]
        assert rates[str(group)]["housed"] == row["sum"]
        assert rates[str(group)]["selection_rate"] == pytest.approx(row["mean"])
    assert rates["between"]["difference"] == pytest.approx(
        expected["mean"].max() - expected["mean"].min()
    )
    assert rates["between"]["ratio"] == pytest.approx(
        expected["mean"].min() / expected["mean"].max()
    )


def test_chances_at_equal_need_are_those_of_a_cross_table(moves: pd.DataFrame) -> None:
    rates = allocation_rates(moves)
    applied = moves[moves["applied"] == 1]
    table = pd.crosstab(
        applied["group"], applied["need"], applied["event"] == "housed", aggfunc="mean"
    )
    for group, row in table.iterrows():
        assert rates[str(group)]["at_need"] == pytest.approx(row.dropna().to_dict())


def test_who_did_not_apply_changes_no_chance(moves: pd.DataFrame) -> None:
    only = moves[moves["applied"] == 1]
    assert allocation_rates(moves) == allocation_rates(only)


def test_a_group_in_which_nobody_applied_has_no_chance_instead_of_none_of_a_home() -> None:
    moves = pd.DataFrame(
        {
            "group": ["local", "local", "migrant", "returned"],
            "need": "1",
            "applied": [1, 1, 1, 0],
            "event": ["housed", "waiting", "housed", "waiting"],
        }
    )
    rates = allocation_rates(moves)
    assert "returned" in rates
    assert rates["returned"]["applied"] == 0
    assert rates["returned"]["selection_rate"] is None
    assert rates["between"] == {"difference": None, "ratio": None}


def test_where_nobody_was_housed_the_ratio_has_no_value() -> None:
    moves = pd.DataFrame(
        {"group": ["local", "migrant"], "need": "1", "applied": 1, "event": "waiting"}
    )
    rates = allocation_rates(moves)
    assert rates["local"]["selection_rate"] == 0
    assert rates["between"] == {"difference": 0, "ratio": None}


def test_one_group_alone_has_nobody_to_be_compared_with() -> None:
    moves = pd.DataFrame({"group": ["local"], "need": "1", "applied": 1, "event": "housed"})
    assert allocation_rates(moves)["between"] == {"difference": None, "ratio": None}


def test_where_nobody_applied_there_is_no_rate() -> None:
    moves = pd.DataFrame({"group": ["local"], "need": "1", "applied": 0, "event": "waiting"})
    assert all(r.get("selection_rate") is None for r in allocation_rates(moves).values())


UNITS = pd.DataFrame(
    {"unit": ["a", "b", "c"], "area": [40.0, 60.0, 80.0], "rent": [1000.0, 2000.0, 4000.0]}
)


def test_quality_is_the_mean_of_the_homes_that_a_groups_persons_received(
    moves: pd.DataFrame,
) -> None:
    quality = quality_by_group(moves, UNITS)
    housed = moves[moves["event"] == "housed"]
    for name in ("area", "rent"):
        received = housed["unit"].map(UNITS.set_index("unit")[name])
        for group, mean in received.groupby(housed["group"]).mean().items():
            assert quality[str(group)][name] == pytest.approx(mean)


def test_a_group_without_homes_has_no_quality(moves: pd.DataFrame) -> None:
    none = moves.assign(event=moves["event"].where(moves["group"] != "migrant", "left"))
    assert quality_by_group(none, UNITS)["migrant"] == {"area": None, "rent": None}


def test_a_quality_that_is_not_known_of_every_home_is_not_averaged(moves: pd.DataFrame) -> None:
    partly = UNITS.assign(rent=[1000.0, np.nan, 4000.0])
    in_b = set(moves[(moves["event"] == "housed") & (moves["unit"] == "b")]["group"])
    assert in_b == {"local", "migrant"}
    for group, quality in quality_by_group(moves, partly).items():
        assert (quality["rent"] is None) == (group in in_b)
        assert quality["area"] is not None
    without = quality_by_group(moves, UNITS.drop(columns="rent"))
    assert all(set(q) == {"area"} for q in without.values())
