"""The report against the city's truth, counted by pandas from what the report never saw."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from api.reports import render_linkage
from privacy.linkage import IdentifiedRecords, link_records, linkage_report, measure
from privacy.linkage.several_keys import wilson
from tests.api.commands import in_english_only
from tests.benchmarks.linkage_city import contract
from tests.linkage.conftest import City

POINT = 0.01
ENCODING = {"justice": "gb18030"}
NO_USABLE_ID = ["no_id", "wrong_checksum", "placeholder_id"]


@pytest.fixture(scope="module")
def links(city: City) -> pd.DataFrame:
    return pd.read_parquet(city.folder / "truth" / "links.parquet")


@pytest.fixture(scope="module")
def people(city: City) -> pd.DataFrame:
    return pd.read_parquet(city.folder / "truth" / "people.parquet").set_index("person")


def test_the_duplicate_entry_rate_is_the_truth(city: City, links: pd.DataFrame) -> None:
    found = city.report["duplicate_entry_rate"]
    assert found["value"] == pytest.approx(1 - links["person"].nunique() / len(links), abs=POINT)
    assert found["records"] == pytest.approx(len(links), rel=POINT)
    for name, rows in links.groupby("department"):
        within = 1 - rows["person"].nunique() / len(rows)
        assert found["within"][name]["value"] == pytest.approx(within, abs=POINT)


def test_residence_mismatch_is_the_truth(
    city: City, links: pd.DataFrame, people: pd.DataFrame
) -> None:
    """Both residences are known of those whom the police hold."""
    held = people.loc[links.loc[links["department"] == "public_security", "person"].unique()]
    differ = held["community"] != held["registered_community"]
    found = city.report["residence_mismatch"]
    assert found["value"] == pytest.approx(differ.mean(), abs=POINT)
    for status in ("migrant", "local"):
        truth = differ[held["status"] == status].mean()
        assert found["by_status"][status]["value"] == pytest.approx(truth, abs=POINT)


def test_update_lag_is_the_extracts(city: City) -> None:
    for path in sorted((city.folder / "extracts").glob("*")):
        if path.stem == "housing_moves":
            continue
        if path.suffix == ".parquet":
            dates = pd.read_parquet(path, columns=["updated_on"])["updated_on"]
        else:
            text = path.read_text(ENCODING.get(path.stem, "utf-8-sig")).replace('"', "")
            dates = pd.read_csv(StringIO(text), sep=None, engine="python", dtype=str)["updated_on"]
        lag = (pd.Timestamp("2026-01-01") - pd.to_datetime(dates)).dt.days
        found = city.report["update_lag_days"]["by_dataset"][path.stem]
        assert found["mean"] == pytest.approx(lag.mean(), abs=0.3)
        assert found["median"] == pytest.approx(lag.median(), abs=1)
        assert found["records_after_reference_date"] == 0
    assert city.report["update_lag_days"]["mean"] == pytest.approx(14, abs=0.5)


def test_the_sharing_rate_of_every_pair_is_the_truth(city: City, links: pd.DataFrame) -> None:
    holds = {name: set(rows["person"]) for name, rows in links.groupby("department")}
    names, rates = city.report["datasets"], city.report["sharing"]["rates"]
    assert len(names) == 12
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            assert rates[i][j] == pytest.approx(len(holds[a] & holds[b]) / len(holds[a]), abs=POINT)
    several = links.groupby("person")["department"].nunique().gt(1).mean()
    assert city.report["sharing"]["by_two_or_more"]["value"] == pytest.approx(several, abs=POINT)


def test_completeness_is_the_truth(city: City, links: pd.DataFrame) -> None:
    usable = 1 - links["fault"].isin(NO_USABLE_ID).groupby(links["department"]).mean()
    for name, share in usable.items():
        found = city.report["completeness"][str(name)]
        assert found["resident_id"] == pytest.approx(share, abs=POINT)
        assert found["name"] == 1
    assert city.report["completeness"]["education"]["address"] is None
    assert "completeness.education.address" in city.report["undefined"]


def test_nobody_in_the_city_has_two_ids(city: City) -> None:
    for found in city.report["most_pseudonyms"].values():
        assert found["declared"] == 1
        assert found["share"] <= POINT
        assert found["interval"][0] == 0
    assert "residents" in city.report["most_pseudonyms"]


def test_records_without_an_id_are_counted_and_nearly_all_find_somebody(
    city: City, links: pd.DataFrame
) -> None:
    found = city.report["without_usable_id"]
    bad = links[links["fault"].isin(NO_USABLE_ID)]
    others = set(links.loc[~links.index.isin(bad.index), "person"])
    assert found["records"] == pytest.approx(len(bad), rel=0.02)
    assert found["share_linked"] == pytest.approx(bad["person"].isin(others).mean(), abs=0.02)


def test_every_measure_is_defined(city: City) -> None:
    measures = set(city.report["definitions"])
    assert measures <= set(city.report)
    for d in city.report["definitions"].values():
        assert d["en"]
        assert d["zh"]
        assert d["source"]


def test_of_nothing_nothing_is_said(tmp_path: Path) -> None:
    """No rate of no records is 0; each absence has its reason."""
    c = contract("empty")
    names = ("resident_id", "name", "sex", "birth_date", "phone", "person")
    table = pa.table(
        {n: pa.array([], pa.string()) for n in names} | {"row": pa.array([], pa.int64())}
    )
    with IdentifiedRecords(tmp_path) as records:
        records.add(c, table)
        report = measure(records)
        exact = linkage_report(
            link_records(records, without="likeness did not fit into memory"), records.contracts
        )
    undefined = report["undefined"]
    assert report["duplicate_entry_rate"]["value"] is None
    assert report["residence_mismatch"]["value"] is None
    assert report["update_lag_days"]["mean"] is None
    assert report["sharing"]["rates"] == [[None]]
    assert report["sharing"]["by_two_or_more"]["value"] is None
    assert report["most_pseudonyms"]["empty"]["share"] is None
    assert report["completeness"]["empty"]["name"] is None
    assert {
        "duplicate_entry_rate.value", "residence_mismatch.value", "update_lag_days.mean",
        "sharing.rates.empty", "sharing.by_two_or_more.value", "most_pseudonyms.empty.share",
        "completeness.empty.name",
    } <= set(undefined)  # fmt: skip
    assert in_english_only(render_linkage(report), undefined) == set()
    assert in_english_only(render_linkage(exact), exact["undefined"]) == set()


def test_wilsons_limits_are_the_published_ones() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, table I): 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for part, whole, low, high in (
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
    ):  # fmt: skip
        assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_a_date_after_the_reference_date_is_no_lag(tmp_path: Path) -> None:
    from dataclasses import replace

    from privacy.contract import Field

    basis = contract("late")
    updated = Field(
        "updated_on", "attribute", "date", "coarsen", to="days", bands=(0, 30),
        reference_date=date(2026, 1, 1), rename="update_lag",
    )  # fmt: skip
    c = replace(basis, fields=(*basis.fields, updated))
    n = 3
    columns = {f.name: pa.array([""] * n) for f in basis.fields}
    columns["updated_on"] = pa.array(["2025-12-22", "2025-12-31", "2026-02-01"])
    columns |= {"person": pa.nulls(n, pa.string()), "row": pa.array(range(n), pa.int64())}
    with IdentifiedRecords(tmp_path) as records:
        records.add(c, pa.table(columns))
        lag = measure(records)["update_lag_days"]
    assert (lag["records"], lag["mean"], lag["records_after_reference_date"]) == (2, 5.5, 1)
