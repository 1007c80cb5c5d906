"""The file of a segregation audit: counts or persons, intersections, households; faults by place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.submission import read_segregation
from policies.errors import BadInput
from tests.api.commands import run

MARK = "MARKED440305"
COUNTS = "unit,group,count\nu,a,3\nu,b,1\nv,a,0\nv,b,4\n"
PERSONS = """unit,group,sex,home,kind
u,a,f,1,x
u,a,m,1,x
u,b,f,2,x
v,b,m,3,y
v,b,f,3,y
v,a,m,4,x
"""


def read(folder: Path, body: str, **options: Any) -> Any:
    """Write and read a file."""
    path = folder / "people.csv"
    path.write_text(body, "utf-8")
    return read_segregation(path, **options)


def said(folder: Path, body: str, **options: Any) -> str:
    """Read what must be refused; return the message, which holds no marked value."""
    with pytest.raises(BadInput) as refused:
        read(folder, body, **options)
    assert MARK not in refused.value.sentence()
    return refused.value.sentence()


def test_rows_of_counts_and_rows_of_persons_give_the_same_table(tmp_path: Path) -> None:
    counts = read(tmp_path, COUNTS, count="count").counts
    rows = "unit,group\n" + "u,a\n" * 3 + "u,b\n" + "v,b\n" * 4
    persons = read(tmp_path, rows).counts
    assert (counts.units, counts.groups) == (("u", "v"), ("a", "b"))
    assert counts.table.tolist() == [[3, 1], [0, 4]] == persons.table.tolist()


def test_several_group_columns_make_intersections(tmp_path: Path) -> None:
    counts = read(tmp_path, PERSONS, group=("group", "sex")).counts
    assert counts.groups == ("a×f", "a×m", "b×f", "b×m")
    assert counts.table.tolist() == [[1, 1, 1, 0], [0, 1, 1, 1]]


def test_columns_go_by_the_names_that_are_given(tmp_path: Path) -> None:
    counts = read(tmp_path, PERSONS, unit="kind", group=("sex",)).counts
    assert counts.units == ("x", "y")
    assert counts.table.tolist() == [[2, 2], [1, 1]]


def test_households_are_counted_by_what_they_may_get_and_their_size(tmp_path: Path) -> None:
    placed = read(tmp_path, PERSONS, household="home", eligible="kind").placements("a")
    assert placed is not None
    assert placed.homes == 4
    assert placed.persons == (3, 3)
    few, every = placed.persons_by_community()
    assert (few.tolist(), every.tolist()) == ([2, 1], [3, 3])
    assert len(placed.size) == 3  # x of one, x of two, y of two
    assert np.isnan(placed.share_before).all()


def test_without_households_there_is_nothing_to_redraw(tmp_path: Path) -> None:
    assert read(tmp_path, COUNTS, count="count").placements("a") is None


@pytest.mark.parametrize("value", [MARK, "-1", "1.5", "", "nan", "inf"])
def test_a_count_that_cannot_be_used_is_named(tmp_path: Path, value: str) -> None:
    body = COUNTS.replace("v,a,0", f"v,a,{value}")
    assert said(tmp_path, body, count="count") == (
        "people.csv row 4, column count: a whole number from 0 is expected"
    )


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    for options in (
        {"unit": "ward"},
        {"group": ("ward",)},
        {"count": "ward"},
        {"eligible": "ward"},
    ):
        assert said(tmp_path, COUNTS, **options).startswith("people.csv: lacks the column ward")


def test_a_unit_and_group_have_one_row_of_counts(tmp_path: Path) -> None:
    body = COUNTS + "u,b,9\n"
    assert said(tmp_path, body, count="count").startswith("people.csv row 6, column group: ")


@pytest.mark.parametrize(
    ("column", "row"), [("unit", f"{MARK},a,f,1,x"), ("group", f"u,{MARK},f,1,x")]
)
def test_a_household_lives_in_one_unit_and_is_of_one_group(
    tmp_path: Path, column: str, row: str
) -> None:
    message = said(tmp_path, PERSONS + row + "\n", household="home", eligible="kind")
    assert message.startswith("people.csv row 8, column home: ")
    assert f"one {column}" in message


def test_households_are_for_rows_of_persons(tmp_path: Path) -> None:
    body = "unit,group,count,home\nu,a,3,1\n"
    assert said(tmp_path, body, count="count", household="home").startswith("--household")


def test_the_command_names_a_fault_and_exits_2(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(COUNTS.replace("u,b,1", f"u,b,{MARK}"), "utf-8")
    ran = run("audit", "segregation", path, "--count", "count", "--workspace", tmp_path / "w")
    assert ran.code == 2
    assert "people.csv row 3, column count" in ran.err
    assert MARK not in ran.out + ran.err


def test_the_command_refuses_a_minority_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(COUNTS, "utf-8")
    line = ("--count", "count", "--minority", "c", "--workspace", tmp_path / "w")
    ran = run("audit", "segregation", path, *line)
    assert ran.code == 2
    assert "--minority" in ran.err


def test_whole_households_are_the_null_when_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PERSONS, "utf-8")
    line = ("--household", "home", "--eligible", "kind", "--json", "--workspace", tmp_path / "w")
    found = run("audit", "segregation", path, *line).json
    assert found["chance"]["null"] == "households"
    assert 0 < found["chance"]["p_value"] <= 1
    d, e0 = found["indices"]["dissimilarity"], found["chance"]["expected_dissimilarity"]
    assert 0.2 < e0 < 0.8
    assert found["chance"]["beyond_chance"] == pytest.approx((d - e0) / (1 - e0))
    for name in ("expected_mutual_information", "expected_theil_h"):
        assert found["chance"][name] is None
        assert found["undefined"][f"chance.{name}"]


def test_a_file_in_which_nobody_is_counted_is_measured_and_has_no_index(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("unit,group,count\nu,a,0\nv,b,0\n", "utf-8")
    line = ("--count", "count", "--json", "--workspace", tmp_path / "w")
    ran = run("audit", "segregation", path, *line)
    assert ran.code == 0
    found = ran.json
    assert found["indices"]["dissimilarity"] is None
    assert found["indices"]["local"] == {"u": None, "v": None}
