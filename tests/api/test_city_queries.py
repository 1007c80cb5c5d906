"""Every question of the city's folder binds, is priced and is answered on the demo's workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.demo.run import RELEASED
from tests.api.commands import run

QUESTIONS = (
    "asking", "by_age", "by_community", "newcomers", "response_hours", "three_tiers", "waiting_by_status",
)  # fmt: skip


def _sql(demo: Path, name: str) -> str:
    return (demo / "enclave" / "city" / "queries" / f"{name}.sql").read_text("utf-8")


def _ask(workspace: Path, sql: str, *more: str) -> Any:
    ran = run(
        "query", sql, "--purpose", "housing-planning", "--epsilon", "0.2", "--workspace", workspace,
        "--researcher", "ada", "--json", *more,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return ran.json


def test_no_question_of_the_folder_is_left_out(demo: Path) -> None:
    found = {p.stem for p in (demo / "enclave" / "city" / "queries").glob("*.sql")}
    assert found == set(QUESTIONS)
    assert {name for name, _ in RELEASED} <= found


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_of_the_city_is_answered(demo: Path, workspace: Path, name: str) -> None:
    sql = _sql(demo, name)
    assert _ask(workspace, sql, "--dry-run")["enough_left"]
    answer = _ask(workspace, sql)
    assert answer["rows"]
    assert len(answer["rows"]) == len(answer["errors"]) == len(answer["intervals"])
    figures = [i for i in range(len(answer["columns"])) if i not in answer["key_columns"]]
    assert figures
    for row, intervals in zip(answer["unbiased"], answer["intervals"], strict=True):
        for i in figures:
            assert row[i] is not None or intervals[i] is not None or answer["undefined"]


def test_the_demo_releases_tiers_that_add_up_and_hours_by_service(
    demo: Path, summary: dict[str, Any]
) -> None:
    workspace = demo / "enclave" / "workspace"
    shown = [
        run("release", "show", r["release"], "--workspace", workspace, "--json").json
        for r in summary["releases"]
    ]
    (tiers,) = (r for r in shown if "tier" in r["columns"])
    sums: dict[str, int] = {}
    for tier, _, n in tiers["rows"]:
        sums[tier] = sums.get(tier, 0) + n
    assert len(sums) == 3
    assert len(set(sums.values())) == 1
    (hours,) = (r for r in shown if "median" in r["columns"])
    assert hours["columns"] == ["service", "count", "average", "median"]
    assert hours["covers"] == "clipped"
    index = (demo / "index.html").read_text("utf-8")
    for one in (tiers, hours):
        assert f"releases/{one['release']}/report.html" in index
    report = (demo / "releases" / tiers["release"] / "report.html").read_text("utf-8")
    assert "街道 · 4403" in report
    assert "street · 4403" in report
