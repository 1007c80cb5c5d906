"""`audit segregation` on real counts: the counties of a province of 126 million, against PySAL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from tests.api.commands import run
from tests.audit import peers

CENSUS = Path(__file__).parents[1] / "data" / "china_census" / "guangdong_2020.csv"
KINDS = ("hukou_elsewhere_same_county", "hukou_other_county_same_province", "hukou_other_province")
GROUPS = ("here", *KINDS)


Audit = Callable[..., dict[str, Any]]


def _province() -> pd.DataFrame:
    """Persons by county and kind of registration; the index names the county."""
    census = pd.read_csv(CENSUS)
    census.index = pd.Index(census["city"] + census["county"], name="county")
    counted = census[list(KINDS)].assign(
        here=census["population"] - census[list(KINDS)].sum(axis=1)
    )
    return counted[list(GROUPS)].sort_index()


@pytest.fixture
def table() -> pd.DataFrame:
    """The smaller counties of the province."""
    province = _province()
    return province[province.sum(axis=1) < 300_000]


def _write(table: pd.DataFrame, path: Path) -> Path:
    rows = table.reset_index().melt("county", var_name="hukou", value_name="people")
    rows.to_csv(path, index=False)
    return path


def _audit(table: pd.DataFrame, folder: Path, *more: str | Path) -> dict[str, Any]:
    """Run the command on the counts as a long table."""
    path = _write(table, folder / "counts.csv")
    line = ("--unit", "county", "--group", "hukou", "--count", "people")
    ran = run("audit", "segregation", path, *line, "--json", "--workspace", folder, *more)
    assert ran.code == 0
    found: dict[str, Any] = ran.json
    return found


@pytest.fixture
def audit(table: pd.DataFrame, tmp_path: Path) -> Audit:
    """Audit the smaller counties."""
    return lambda *more: _audit(table, tmp_path, *more)


def _pair(table: pd.DataFrame, minority: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return table[minority].to_numpy(), table.sum(axis=1).to_numpy()


def test_the_copy_adds_up_to_the_province() -> None:
    table = _province()
    # published: 126,012,510 persons, 29,622,110 of them from another province
    assert len(table) == 124
    assert int(table.to_numpy().sum()) == 126_012_510
    assert int(table["hukou_other_province"].sum()) == 29_622_110


@pytest.mark.parametrize("minority", ["hukou_other_province", "hukou_elsewhere_same_county"])
def test_the_two_group_indices_are_pysals(table: pd.DataFrame, audit: Audit, minority: str) -> None:
    found = audit("--minority", minority)
    pair = _pair(table, minority)
    for name in ("dissimilarity", "gini", "atkinson", "correlation_ratio"):
        assert found["indices"][name] == pytest.approx(peers.TWO_GROUPS[name](pair), abs=1e-9)
    assert (found["units"], found["minority"]) == (len(table), minority)
    assert found["indices"]["delta"] is None
    assert found["undefined"]["indices.delta"] == "no areas were given"


def test_every_groups_isolation_and_exposure_are_pysals(table: pd.DataFrame, audit: Audit) -> None:
    indices = audit()["indices"]
    for group in GROUPS:
        isolation = peers.TWO_GROUPS["isolation"](_pair(table, group))
        assert indices["isolation"][group] == pytest.approx(isolation, abs=1e-9)
        rest = sum(e["value"] for e in indices["exposure"] if e["of"] == group)
        exposure = peers.TWO_GROUPS["exposure"](_pair(table, group))
        assert rest == pytest.approx(exposure, abs=1e-9)


def test_the_many_group_indices_are_the_peers(table: pd.DataFrame, audit: Audit) -> None:
    indices, counts = audit()["indices"], table.to_numpy()
    assert indices["theil_h"] == pytest.approx(peers.theil_h(counts), abs=1e-9)
    m = peers.mutual_information(counts)
    assert indices["mutual_information"] == pytest.approx(m, abs=1e-9)
    local = [indices["local"][county] for county in table.index]
    assert local == pytest.approx(peers.local_information(counts), abs=1e-9)


def test_the_smallest_group_is_the_minority_unless_one_is_named(
    table: pd.DataFrame, audit: Audit
) -> None:
    assert audit()["minority"] == table.sum().idxmin()


def test_so_many_people_leave_nothing_to_chance(audit: Audit) -> None:
    found = audit("--minority", "hukou_other_province")
    chance = found["chance"]
    assert chance["null"] == "persons"
    assert 0 < chance["expected_dissimilarity"] < 0.005
    assert chance["beyond_chance"] == pytest.approx(found["indices"]["dissimilarity"], abs=0.005)
    assert chance["p_value"] == pytest.approx(1 / 200)
    assert found["unbiased"]["correlation_ratio"] == pytest.approx(
        found["indices"]["correlation_ratio"], abs=1e-4
    )


def test_a_change_is_after_less_before(table: pd.DataFrame, audit: Audit, tmp_path: Path) -> None:
    mixed = table.copy()
    mixed.iloc[:2] = mixed.iloc[:2].sum().to_numpy() // 2
    before = _write(mixed, tmp_path / "before.csv")
    found = audit("--before", before, "--minority", "hukou_other_province")
    change = found["change"]["indices"]["dissimilarity"]
    pairs = [_pair(t, "hukou_other_province") for t in (mixed, table)]
    first, last = (peers.TWO_GROUPS["dissimilarity"](p) for p in pairs)
    assert change == pytest.approx(last - first, abs=1e-9)
    assert change != 0


@pytest.mark.slow
def test_the_whole_province_of_126_million_can_be_measured(tmp_path: Path) -> None:
    table = _province()
    found = _audit(table, tmp_path, "--minority", "hukou_other_province")
    pair = _pair(table, "hukou_other_province")
    for name in ("dissimilarity", "gini", "atkinson", "correlation_ratio"):
        assert found["indices"][name] == pytest.approx(peers.TWO_GROUPS[name](pair), abs=1e-9)
    assert found["indices"]["theil_h"] == pytest.approx(peers.theil_h(table.to_numpy()), abs=1e-9)
    assert found["units"] == 124
