"""`query` as a researcher meets it: answers, costs, refusals, replays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.commands import Ran, run

SQL = "SELECT district, status, count(*) FROM residents GROUP BY 1, 2"


def _query(workspace: Path, *more: str, sql: str = SQL, purpose: str = "housing-planning") -> Ran:
    return run(
        "query", sql, "--purpose", purpose, "--workspace", workspace, "--researcher", "ada", *more
    )


def _spent(workspace: Path) -> dict[str, float]:
    rows = run("budget", "show", "--workspace", workspace, "--json").json
    return {r["account"]: r["spent"]["rho"] + r["reserved"]["rho"] for r in rows}


def test_an_answer_has_the_promised_keys(workspace: Path) -> None:
    answer = _query(workspace, "--epsilon", "0.5", "--json").json
    assert {
        "release",
        "columns",
        "rows",
        "errors",
        "covers",
        "confidence",
        "privacy",
        "accounts",
    } <= set(answer)
    assert answer["privacy"]["unit"] == "person"
    assert answer["privacy"]["epsilon"] <= 0.5
    assert [a["account"].count("/") for a in answer["accounts"]] == [0, 2, 4, 3]
    assert len(answer["rows"]) == len(answer["errors"])
    assert all(isinstance(row[2], int) for row in answer["rows"])
    assert answer["errors"][0][:2] == [None, None]
    assert 0 < answer["errors"][0][2] <= 18


def test_empty_groups_are_answered_too(workspace: Path) -> None:
    sql = "SELECT community, trade, years_here, count(*) FROM residents GROUP BY 1, 2, 3"
    answer = _query(workspace, "--epsilon", "0.3", "--json", sql=sql).json
    contract = json.loads(
        (workspace / "store" / "residents" / "1" / "snapshot.json").read_text("utf-8")
    )
    sizes = [
        len(v)
        for k, v in contract["contract"]["domains"].items()
        if k in ("communities", "trades_known", "years")
    ]
    assert len(answer["rows"]) == sizes[0] * sizes[1] * sizes[2]


def test_the_same_question_is_the_same_release_and_spends_nothing(workspace: Path) -> None:
    first = _query(workspace, "--epsilon", "0.5", "--json").json
    before = _spent(workspace)
    again = "select DISTRICT, status, COUNT(*) as n from Residents group by district, status"
    second = _query(workspace, "--epsilon", "0.5", "--json", "--confidence", "0.8", sql=again).json
    assert second["release"] == first["release"]
    assert second["rows"] == first["rows"]
    assert second["errors"][0][2] < first["errors"][0][2]
    assert second["replayed"]
    assert _spent(workspace) == before


def test_every_account_pays_the_same_charge(workspace: Path) -> None:
    before = _spent(workspace)
    rho = _query(workspace, "--rho", "0.001", "--json").json["privacy"]["nano_rho"] / 1e9
    after = _spent(workspace)
    paid = {k: after[k] - before.get(k, 0.0) for k in after if after[k] != before.get(k, 0.0)}
    assert len(paid) == 4
    assert all(v == pytest.approx(rho, abs=1e-12) for v in paid.values())


@pytest.mark.parametrize(
    ("more", "purpose", "code"),
    [
        (["--epsilon", "5"], "housing-planning", 4),
        (["--epsilon", "0.5"], "advertising", 4),
        (["--epsilon", "0"], "housing-planning", 2),
        (["--epsilon", "nan"], "housing-planning", 2),
        ([], "housing-planning", 2),
        (["--epsilon", "0.5", "--rho", "0.1"], "housing-planning", 2),
        (["--epsilon", "0.5", "--confidence", "1.5"], "housing-planning", 2),
        (["--epsilon", "0.5", "--dataset-version", "9"], "housing-planning", 2),
    ],
)
def test_what_is_refused_spends_nothing(
    workspace: Path, more: list[str], purpose: str, code: int
) -> None:
    before = _spent(workspace)
    assert _query(workspace, *more, purpose=purpose).code == code
    assert _spent(workspace) == before


def test_a_researchers_cap_of_the_year_holds_over_datasets(workspace: Path) -> None:
    codes = []
    snapshot = json.loads(
        (workspace / "store" / "residents" / "1" / "snapshot.json").read_text("utf-8")
    )
    for place in snapshot["contract"]["domains"]["communities"][:14]:
        sql = f"SELECT count(*) FROM residents WHERE community = '{place}'"
        codes.append(_query(workspace, "--rho", "0.0098", sql=sql).code)
    moves = "SELECT status, count(*) FROM housing_moves GROUP BY 1"
    codes.append(_query(workspace, "--rho", "0.0098", sql=moves, purpose="allocation-audit").code)
    spent = _spent(workspace)
    own = [v for k, v in spent.items() if "/researchers/ada/" in k]
    assert own[0] <= 0.1
    assert 4 in codes
    assert codes[-1] == 4


def test_a_dry_run_and_made_up_data_spend_nothing(workspace: Path) -> None:
    before = _spent(workspace)
    dry = _query(workspace, "--accuracy", "25", "--dry-run", "--json").json
    assert dry["half_width"] <= 25
    assert dry["enough_left"]
    dummy = _query(workspace, "--epsilon", "0.5", "--dummy", "--json").json
    assert dummy["release"] is None
    assert dummy["dummy"]
    assert _spent(workspace) == before


def test_a_crash_after_the_reservation_is_a_spend(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import api.workflows.release as release
    from api.workspace import open_workspace
    from policies.errors import ServiceFault
    from privacy.noise import Ask

    def broken(*_: object) -> None:
        raise ServiceFault("the engine died")

    before = _spent(workspace)
    monkeypatch.setattr(release, "count_in", broken)
    ws = open_workspace(workspace)
    question = release.Question(SQL, "housing-planning", Ask(rho=0.002), "ada")
    with pytest.raises(ServiceFault):
        release.ask(ws, question)
    monkeypatch.undo()
    after = _spent(workspace)
    assert after["city-residents"] - before["city-residents"] == pytest.approx(0.002, rel=1e-3)
    # the question can be asked again, and pays again: whether it was seen cannot be known
    assert not release.ask(ws, question)["replayed"]


def test_a_signed_policy_changes_the_caps(workspace: Path, tmp_path: Path) -> None:
    from importlib.resources import files

    text = (files("policies") / "rules" / "release-standing.yaml").read_text("utf-8")
    assert _query(workspace, "--rho", "0.02").code == 4
    policy = tmp_path / "larger.yaml"
    policy.write_text(text.replace("single_query_rho: 0.01 ", "single_query_rho: 0.03 "), "utf-8")
    assert run("policy", "activate", policy, "--workspace", workspace).code == 4  # no new version
    text = text.replace('version: "1"', 'version: "2"')
    policy.write_text(text.replace("single_query_rho: 0.01 ", "single_query_rho: 0.03 "), "utf-8")
    assert run("policy", "activate", policy, "--workspace", workspace).code == 0
    assert _query(workspace, "--rho", "0.02").code == 0
    smaller = text.replace("lifetime_rho: 1.0", "lifetime_rho: 0.001").replace('"2"', '"3"')
    policy.write_text(
        smaller.replace("single_query_rho: 0.01 ", "single_query_rho: 0.0001 "), "utf-8"
    )
    refused = run("policy", "activate", policy, "--workspace", workspace)
    assert refused.code == 4
    listed = run("policy", "list", "--workspace", workspace, "--json").json
    assert [p["activated"] for p in listed if p["id"] == "release-standing"] == [True]


def test_faults_name_the_place_and_what_to_do(workspace: Path) -> None:
    for sql in (
        "SELECT nobody FROM residents",
        "DROP TABLE residents",
        "SELECT * FROM residents",
        "¿",
        "",
    ):
        ran = _query(workspace, "--epsilon", "0.5", sql=sql)
        assert ran.code == 2
        assert ran.err.startswith("query")
        assert "—" in ran.err


def test_a_mistyped_workspace_does_not_become_an_empty_ledger(tmp_path: Path) -> None:
    ran = _query(tmp_path / "nowhere", "--epsilon", "0.5")
    assert ran.code == 2
    assert not (tmp_path / "nowhere").exists()


def test_release_list_and_show(workspace: Path) -> None:
    rows = run("release", "list", "--workspace", workspace, "--json").json
    assert len(rows) == 6
    assert all(r["columns"] and r["rho"] > 0 and r["delta"] == 0 for r in rows)
    shown = run("release", "show", rows[0]["release"], "--workspace", workspace, "--language", "zh")
    assert shown.code == 0
    assert "隐私损失" in shown.out
    assert run("release", "show", "r-none", "--workspace", workspace).code == 2
