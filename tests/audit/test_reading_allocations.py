"""A submission is read whole or refused: file, row and column are named, never the value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit.submission import AllocationFiles, Submission, read_allocation
from policies.errors import BadInput
from tests.audit.lotteries import lottery
from tests.audit.submissions import moves_of, stock_of, units_of, write

MARK = "MARKED440305"
PLACED = lottery(np.random.default_rng(3))
Tables = dict[str, pd.DataFrame]


def tables(reruns: int = 2) -> Tables:
    """A valid submission: moves, units, stock with re-runs, a further round."""
    moves = moves_of(PLACED)
    return {
        "moves": moves,
        "units": units_of(PLACED),
        "stock": stock_of(PLACED, moves, reruns),
        "rounds": moves_of(lottery(np.random.default_rng(4)), 2, 2).assign(round=2),
    }


def read(folder: Path, given: Tables, arm: str | None = None) -> Submission:
    """Write and read a submission."""
    return read_allocation(replace(write(folder, **given), arm=arm), "migrant")


def said(folder: Path, given: Tables, arm: str | None = None) -> str:
    """Read what must be refused; return the message, which holds no marked value."""
    with pytest.raises(BadInput) as refused:
        read(folder, given, arm)
    assert refused.value.exit_code == 2
    assert MARK not in refused.value.sentence()
    return refused.value.sentence()


def test_the_counts_are_those_of_the_households_in_the_files(tmp_path: Path) -> None:
    read_back = read(tmp_path, tables())
    first = read_back.placements[0]
    assert first.homes == PLACED.homes
    assert first.persons == PLACED.persons
    few, everybody = first.persons_by_community()
    assert (few == PLACED.size @ PLACED.minority).all()
    assert (everybody == PLACED.size @ PLACED.every).all()
    assert len(first.size) == 6
    assert first.share_before == pytest.approx(PLACED.share_before)
    assert len(read_back.placements) == 2
    assert (len(read_back.before), len(read_back.after)) == (3, 3)
    assert (read_back.minority, read_back.groups) == ("migrant", ("local", "migrant"))


def test_a_later_rounds_shares_follow_from_the_moves_before_it(tmp_path: Path) -> None:
    read_back = read(tmp_path, tables())
    after = read_back.after[0]
    few = read_back.groups.index("migrant")
    expected = after[:, few] / after.sum(axis=1)
    assert read_back.placements[1].share_before == pytest.approx(expected)


def test_re_runs_count_as_an_input_from_twenty(tmp_path: Path) -> None:
    assert "reruns" not in read(tmp_path / "a", tables(19)).inputs
    assert {"reruns", "moves", "units", "stock"} <= read(tmp_path / "b", tables(20)).inputs


def _alone(rows: pd.DataFrame) -> int:
    """A row of somebody who lives alone, so that no other row contradicts it."""
    return int(np.flatnonzero(rows["home_size"] == 1)[2]) if "home_size" in rows else 3


@pytest.mark.parametrize(
    ("role", "column", "value"),
    [
        ("moves", "person", ""), ("moves", "group", ""), ("moves", "origin", MARK),
        ("moves", "home_size", MARK), ("moves", "home_size", "0"), ("moves", "home_size", "-2"),
        ("moves", "home_size", "nan"), ("moves", "unit", MARK), ("moves", "unit", ""),
        ("moves", "event", MARK), ("moves", "applied", MARK), ("moves", "decided", "-1"),
        ("units", "capacity", MARK), ("units", "capacity", "-1"), ("units", "unit", ""),
        ("units", "community", ""), ("units", "share_before", MARK), ("units", "share_before", ""),
        ("units", "share_before", "nan"), ("units", "share_before", "-0.1"),
        ("units", "share_before", "30.5"), ("units", "area", MARK),
        ("stock", "unit", MARK), ("stock", "before", MARK), ("stock", "before", "-3"),
        ("stock", "after", "nan"), ("stock", "run", MARK), ("stock", "run", "1.5"),
        ("rounds", "round", MARK), ("rounds", "unit", MARK), ("rounds", "event", MARK),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_used_is_named(
    tmp_path: Path, role: str, column: str, value: str
) -> None:
    given = tables()
    at = _alone(given[role])
    given[role] = given[role].astype({column: object})
    given[role].loc[at, column] = value
    assert said(tmp_path, given).startswith(f"{role}.csv row {at + 2}, column {column}: ")


@pytest.mark.parametrize(
    ("role", "column"),
    [
        ("moves", "person"), ("moves", "household"), ("moves", "group"), ("moves", "origin"),
        ("moves", "home_size"), ("moves", "stratum"), ("moves", "event"), ("units", "unit"),
        ("units", "capacity"), ("stock", "unit"), ("stock", "group"), ("stock", "before"),
        ("stock", "after"), ("rounds", "person"), ("rounds", "round"),
    ],
)  # fmt: skip
def test_a_missing_column_is_named(tmp_path: Path, role: str, column: str) -> None:
    given = tables()
    given[role] = given[role].drop(columns=column)
    assert said(tmp_path, given).startswith(f"{role}.csv: lacks the column {column}")


@pytest.mark.parametrize("role", ["moves", "units", "stock", "rounds"])
def test_a_row_that_stands_twice_is_named(tmp_path: Path, role: str) -> None:
    given = tables()
    rows = given[role]
    given[role] = pd.concat([rows, rows.iloc[[0]]], ignore_index=True)
    assert said(tmp_path, given).startswith(f"{role}.csv row {len(rows) + 2}, column ")


@pytest.mark.parametrize("column", ["unit", "group", "home_size", "stratum", "event"])
def test_a_household_has_one_of_each(tmp_path: Path, column: str) -> None:
    given = tables()
    other = {"unit": "c1", "group": "returned", "home_size": 9, "stratum": MARK, "event": "left"}
    moves = given["moves"]
    home = moves["household"].value_counts().index[0]
    at = moves.index[moves["household"] == home][1]
    other["unit"] = "c1" if moves.loc[at, "unit"] != "c1" else "c2"
    moves.loc[at, column] = other[column]
    assert f"moves.csv row {at + 2}, column {column}: a household has one {column}" in said(
        tmp_path, given
    )


def test_run_0_is_the_city_as_it_is_and_has_to_be_there(tmp_path: Path) -> None:
    given = tables()
    given["stock"] = given["stock"][given["stock"]["run"] > 0]
    assert "run 0" in said(tmp_path, given)


def test_the_runs_have_the_same_units_and_groups(tmp_path: Path) -> None:
    given = tables()
    stock = given["stock"]
    given["stock"] = stock.drop(stock.index[-1])
    assert "same units and groups" in said(tmp_path / "fewer", given)
    # as many rows, of another community
    given = tables()
    stock = given["stock"]
    gone = (stock["run"] == 1) & (stock["unit"] == "c7")
    other = stock[(stock["run"] == 1) & (stock["unit"] == "c0")].assign(group=["a", "b"])
    given["stock"] = pd.concat([stock[~gone], other], ignore_index=True)
    assert said(tmp_path / "others", given).startswith("stock.csv")


def test_a_row_is_named_as_the_file_counts_it_even_where_one_arm_is_read(tmp_path: Path) -> None:
    given = tables()
    moves = given["moves"]
    both = pd.concat([moves.assign(arm="a"), moves.assign(arm="b")], ignore_index=True)
    both.loc[len(moves) + 3, "event"] = MARK
    given["moves"] = both
    given["rounds"]["arm"] = "b"
    assert said(tmp_path, given, arm="b").startswith(
        f"moves.csv row {len(moves) + 5}, column event"
    )


def test_several_arms_need_one_to_be_named_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    given = tables()
    del given["rounds"]
    half = len(given["moves"]) // 2
    given["moves"]["arm"] = ["a"] * half + ["b"] * (len(given["moves"]) - half)
    given["moves"]["household"] = given["moves"]["person"]
    assert "moves.csv: holds several arms" in said(tmp_path, given)
    assert "moves.csv: " in said(tmp_path, given, arm=MARK)
    given["moves"]["arm"] = given["moves"]["arm"].replace("a", MARK)
    assert "moves.csv: holds several arms" in said(tmp_path, given)


def test_the_group_of_the_policy_has_to_be_among_the_moves(tmp_path: Path) -> None:
    given = tables()
    given["moves"]["group"] = given["moves"]["group"].replace("migrant", "local")
    assert "nobody of the policy's group" in said(tmp_path, given)


def test_a_submission_in_which_nobody_was_housed_is_read_and_holds_no_home(tmp_path: Path) -> None:
    moves = moves_of(PLACED).assign(event="waiting", unit="")
    found = read(tmp_path, {"moves": moves, "units": units_of(PLACED)})
    assert found.placements[0].homes == 0


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        read_allocation(AllocationFiles(tmp_path / "none.csv"))
