"""Real public data from contract to answer: UCI Adult, counted by pandas beside."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.api.commands import run

FOLDER = Path(__file__).parents[1] / "data" / "adult_income"


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adult") / "ws"
    contract = FOLDER / "adult_income.yaml"
    assert run("contract", "check", contract).code == 0
    ran = run("ingest", contract, FOLDER / "adult.csv", "--workspace", folder, "--json")
    assert ran.code == 0
    file = ran.json["files"][0]
    assert (file["rows_read"], file["rows_stored"], file["rows_quarantined"]) == (4000, 4000, 0)
    return folder


def _ask(ws: Path, sql: str, *more: str) -> dict[str, object]:
    ran = run(
        "query", sql, "--purpose", "method-comparison", "--researcher", "ada", "--workspace", ws,
        "--json", *more,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    found: dict[str, object] = ran.json
    return found


@pytest.mark.parametrize(
    ("where", "keep"),
    [
        ("", lambda f: f["age"] > -1),
        (" WHERE hours >= 40 AND NOT education IN ('Bachelors', 'Masters')",
         lambda f: (f["hours-per-week"] >= 40) & ~f["education"].isin(["Bachelors", "Masters"])),
        (" WHERE hours BETWEEN 10 AND 20 OR salary = '>50K'",
         lambda f: f["hours-per-week"].between(10, 20) | (f["salary"] == ">50K")),
    ],
)  # fmt: skip
def test_private_counts_lie_about_the_counts_of_pandas(ws: Path, where: str, keep: object) -> None:
    frame = pd.read_csv(FOLDER / "adult.csv")
    kept = frame[keep(frame)]  # type: ignore[operator]
    exact = kept.groupby(["sex", "salary"]).size()
    answer = _ask(
        ws, f"SELECT sex, salary, count(*) FROM adult_income{where} GROUP BY 1, 2", "--rho", "0.009"
    )
    rows, errors = answer["rows"], answer["errors"]
    assert isinstance(rows, list)
    assert isinstance(errors, list)
    assert len(rows) == 4
    for (sex, salary, found), error in zip(rows, errors, strict=True):
        # three half-widths at 95% are 5.9 standard deviations
        assert abs(found - exact.get((sex, salary), 0)) <= 3 * error[2]


def test_bands_and_whole_numbers_are_stored_as_the_contract_says(ws: Path) -> None:
    from privacy.store import Store

    frame = pd.read_parquet(Store(ws / "store").snapshot("adult_income").files[0])
    source = pd.read_csv(FOLDER / "adult.csv")
    assert sorted(frame.columns) == ["age_band", "education", "hours", "person", "salary", "sex"]
    assert frame["person"].nunique() == 4000
    expected = pd.cut(
        source["age"], [0, 18, 30, 45, 60, 121], right=False,
        labels=["0-17", "18-29", "30-44", "45-59", "60+"],
    )  # fmt: skip
    assert frame["age_band"].value_counts().to_dict() == {
        k: v for k, v in expected.value_counts().to_dict().items() if v
    }
    assert sorted(frame["hours"]) == sorted(source["hours-per-week"])


def test_a_draft_of_a_contract_can_be_checked(tmp_path: Path) -> None:
    ran = run("contract", "draft", FOLDER / "adult.csv")
    assert ran.code == 0
    draft = tmp_path / "draft.yaml"
    draft.write_text(ran.out, "utf-8")
    checked = run("contract", "check", draft)
    assert checked.code in (0, 2)
    assert checked.code == 0 or "draft.yaml" in checked.err
