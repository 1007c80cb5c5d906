"""The `risk` command: report, page, signature, options and refusals."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.reports import render_risk
from api.workflows.publish import write_trust
from api.workspace import open_workspace
from tests.api.commands import in_english_only, run


def test_a_report_is_written_signed_and_for_its_owner_alone(
    workspace: Path, tmp_path: Path
) -> None:
    done = run(
        *("risk", "residents", "--sensitive", "income_band", "--json"),
        *("--workspace", workspace, "--out", tmp_path / "risk"),
    )
    assert done.code == 0
    report = done.json
    assert report["audience"] == "enclave"
    assert report == json.loads((tmp_path / "risk" / "report.json").read_text("utf-8"))
    for name in ("report.json", "report.html", "report.dsse.json", "report.tlog-proof"):
        assert stat.S_IMODE((tmp_path / "risk" / name).stat().st_mode) == 0o600
    trust = write_trust(open_workspace(workspace), tmp_path)
    assert run("verify", tmp_path / "risk", "--trust", trust).code == 0


def test_the_figures_are_those_of_the_table(workspace: Path) -> None:
    quasi = ["district", "sex", "age_band"]
    options = [o for q in quasi for o in ("--quasi", q)]
    report = run("risk", "residents", *options, "--k", "9", "--json", "--workspace", workspace).json
    stored = next((workspace / "store" / "residents" / "1").glob("*.parquet"))
    sizes = pq.read_table(stored, columns=quasi).to_pandas().value_counts(dropna=False)
    assert report["classes"]["k"] == sizes.min()
    assert report["classes"]["below"] == sizes[sizes < 9].sum()
    assert report["risks"]["prosecutor"]["average"] == pytest.approx(len(sizes) / sizes.sum())
    assert sum(b["persons"] for b in report["classes"]["histogram"]) == report["persons"]
    assert report["attributes"] is None
    assert "attributes" in report["undefined"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "no such dataset"),
        (["residents", "--quasi", "nope"], "--quasi"),
        (["residents", "--quasi", "person"], "--quasi"),
        (["residents", "--quasi", "sex", "--sensitive", "sex"], "both"),
        (["residents", "--k", "1"], "--k"),
        (["residents", "--threshold", "0"], "--threshold"),
        (["residents", "--leave-out", "1"], "--leave-out"),
        (["case_notes"], "--quasi"),
    ],
)
def test_bad_input_is_named(workspace: Path, arguments: list[str], said: str) -> None:
    done = run("risk", *arguments, "--workspace", workspace)
    assert done.code == 2
    assert said in done.err


def test_the_page_speaks_both_languages_and_needs_no_script(workspace: Path) -> None:
    report = run(
        "risk", "residents", "--sensitive", "income_band", "--json", "--workspace", workspace
    ).json
    page = render_risk(report)
    assert "<script" not in page
    assert "独一无二" in page
    assert "are the only ones with their combination" in page
    assert page.count("GB/T 42460-2023") >= 2
    assert in_english_only(page, {**report["undefined"], "unit": report["unit"]}) == set()
    # every chart has its table, and no id is used twice
    assert page.count("<figure") == page.count("<details")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("threshold", "grade"), [("1", 3), ("0.001", 2)])
def test_the_threshold_rules_and_the_page_says_where_the_grades_come_from(
    workspace: Path, threshold: str, grade: int
) -> None:
    report = run(
        *("risk", "residents", "--threshold", threshold, "--json", "--workspace", workspace)
    ).json
    first, *others = report["grades"]
    assert (first["mode"], first["line"], first["grade"]) == ("chosen", float(threshold), grade)
    assert [g["line"] for g in others] == [0.05, 0.2, 1 / 3]
    page = render_risk(report)
    assert "not read from the standard’s own text" in page
    assert "并非读自标准原文" in page


def test_absences_and_units_are_said_in_both_languages(workspace: Path) -> None:
    """By what nobody asked for: no sensitive attribute, one of a single value a class, nobody alone."""
    several = "person: distinct persons a class, each in the smallest of her classes"
    for options in (
        ("--quasi", "sex"),
        ("--quasi", "community", "--quasi", "age_band", "--sensitive", "status"),
    ):
        done = run("risk", "residents", *options, "--json", "--workspace", workspace)
        assert done.code == 0
        for unit in (done.json["unit"], several):
            report = {**done.json, "unit": unit}
            said = {**report["undefined"], "unit": unit}
            assert in_english_only(render_risk(report), said) == set()


def test_lines_for_people_say_what_to_coarsen(workspace: Path) -> None:
    for language, words in (("en", "coarsen"), ("zh", "泛化")):
        done = run("risk", "residents", "--workspace", workspace, "--language", language)
        assert done.code == 0
        assert words in done.out
