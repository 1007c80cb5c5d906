"""`link` as its user meets it."""

from __future__ import annotations

import json
import re
import shutil
import stat
from pathlib import Path

import pytest

from tests.api.commands import run
from tests.linkage.conftest import City


def test_a_workspace_that_linked_nothing_says_so(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "data" / "adult_income", tmp_path / "a")
    ran = run("ingest", tmp_path / "a" / "adult_income.yaml", tmp_path / "a" / "adult.csv",
              "--workspace", tmp_path / "ws")  # fmt: skip
    assert ran.code == 0
    ran = run("link", "--workspace", tmp_path / "ws")
    assert ran.code == 2
    assert "no session of this workspace has linked" in ran.err


def test_files_are_measured_as_the_session_was_and_nothing_is_stored(
    city: City, tmp_path: Path
) -> None:
    ran = run("link", *city.files, "--json", "--workspace", tmp_path / "ws")
    assert ran.code == 0, ran.err
    assert ran.json == city.report
    assert list(tmp_path.iterdir()) == []


def test_the_report_is_its_owners_and_holds_no_value_of_a_person(
    city: City, tmp_path: Path
) -> None:
    import pandas as pd

    ran = run("link", "--workspace", city.workspace, "--out", tmp_path / "out")
    assert ran.code == 0
    people = pd.read_parquet(city.folder / "truth" / "people.parquet")
    for name in ("report.json", "report.html"):
        path = tmp_path / "out" / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text("utf-8")
        assert set(re.findall(r"\d{11,18}[0-9X]?", text)).isdisjoint(people["resident_id"])
        assert not any(n in text for n in people["name"] if len(n) > 2)
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8")) == city.report


def test_the_page_has_both_languages_the_table_and_the_definitions(
    city: City, tmp_path: Path
) -> None:
    run("link", "--workspace", city.workspace, "--out", tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert 'style="' not in page
    assert page.count('<table class="heat">') == 2
    rows = re.findall(r'<table class="heat">.*?</table>', page, re.S)
    assert [r.count("<tr>") for r in rows] == [13, 13]
    for word in ("重复录入率", "Duplicate entry rate", "部门之间的共享", "Who shares with whom"):
        assert word in page
    for d in city.report["definitions"].values():
        assert d["en"].split("'")[0][:60] in page
        assert d["zh"][:20] in page
    shown = f"{100 * city.report['residence_mismatch']['by_status']['migrant']['value']:.1f}%"
    assert shown in page


@pytest.mark.parametrize(
    ("language", "word"), [("zh", "重复录入率"), ("en", "duplicate entry rate")]
)
def test_it_speaks_both_languages(city: City, language: str, word: str) -> None:
    ran = run("link", "--workspace", city.workspace, "--language", language)
    assert ran.code == 0
    assert word in ran.out


def test_bad_files_are_named(city: City, tmp_path: Path) -> None:
    contract = city.folder / "contracts" / "education.yaml"
    assert run("link", contract).code == 2
    assert run("link", city.folder / "extracts" / "education.csv").code == 2
    other = city.folder / "contracts" / "justice.yaml"
    (tmp_path / "elsewhere.csv").write_text("a,b\n1,2\n", "utf-8")
    ran = run("link", contract, other, tmp_path / "elsewhere.csv")
    assert ran.code == 2
    assert "argument 3" in ran.err
    assert "elsewhere" not in ran.err
    ran = run("link", contract, tmp_path / "absent.csv")
    assert ran.code == 2
    assert "no such file" in ran.err


def test_help_has_a_worked_example() -> None:
    ran = run("link", "--help")
    assert ran.code == 0
    assert "Example: commonground link" in ran.out


def test_the_same_extracts_again_keep_the_report(three: City, tmp_path: Path) -> None:
    reports = []
    for _ in range(2):
        assert run("ingest", *three.files, "--workspace", tmp_path).code == 0
        reports.append(run("link", "--workspace", tmp_path, "--json").json)
    assert reports[0]["records"] > 1_000
    assert reports[0] == reports[1]
