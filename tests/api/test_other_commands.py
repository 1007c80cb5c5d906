"""The other commands as their users meet them: exit codes, places named, values never repeated."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from api.cli.main import RESERVED
from tests.api.commands import run, run_apart

ID = "11010519491231002X"


@pytest.mark.parametrize("name", RESERVED)
def test_a_reserved_name_says_that_it_is_not_built(name: str) -> None:
    ran = run(name)
    assert ran.code == 2
    assert "not built yet" in ran.err


def test_help_is_there_for_every_command_with_an_example() -> None:
    commands = ["demo", "city", "ingest", "redact", "query", "gate", "verify", "serve"]
    commands += ["audit allocation", "audit segregation", "policy try", "contract check"]
    for name in commands:
        ran = run(*name.split(), "--help")
        assert ran.code == 0
        assert "commonground" in ran.out, name


def test_redact_keeps_order_and_places_in_the_original() -> None:
    lines = [f"联系人：王小明，身份证{ID}，电话13812345678。", "", "天气很好"]
    ran = run_apart("redact", "-", "--language", "zh", "--json", stdin="\n".join(lines))
    assert ran.code == 0
    found = ran.json
    assert len(found) == 3
    assert ID not in ran.out
    kinds = {e["type"] for e in found[0]["entities"]}
    assert {"CN_RESIDENT_ID", "PHONE_NUMBER", "PERSON"} <= kinds
    places = {e["type"]: lines[0][e["start"] : e["end"]] for e in found[0]["entities"]}
    assert places["CN_RESIDENT_ID"] == ID
    assert found[2]["text"] == "天气很好"


def test_contract_check_and_draft(demo: Path, tmp_path: Path) -> None:
    contracts = demo / "enclave" / "city" / "contracts"
    assert run("contract", "check", contracts / "residents.yaml").code == 0
    bad = tmp_path / "bad.yaml"
    text = (contracts / "housing_moves.yaml").read_text("utf-8")
    bad.write_text(text.replace("kind: DataContract", "kind: DataContract\nsurprise: 1"), "utf-8")
    shutil.copy(contracts / "communities.csv", tmp_path)
    ran = run("contract", "check", bad)
    assert ran.code == 2
    assert "surprise" in ran.err
    face = text.replace("value: quasi_identifier", "value: biometric", 1)
    bad.write_text(face, "utf-8")
    assert run("contract", "check", bad).code == 4


def _extract(folder: Path, rows: str, more: str = "") -> tuple[Path, Path]:
    contract, extract = folder / "visits.yaml", folder / "visits.csv"
    contract.write_text(
        f"""contract: 1
dataset: visits
title: {{en: Visits, zh: 来访}}
population: {{id: town, public_size: 1000}}
purposes: [planning]
legal_basis: PIPL Art. 13
expires: 2099-01-01
{more}
domains: {{kinds: [a, b]}}
fields:
  - {{name: resident_id, role: direct_identifier, type: resident_id, action: pseudonym, required: true}}
  - {{name: kind, role: attribute, type: category, action: keep, domain: kinds}}
""",
        "utf-8",
    )
    extract.write_text("resident_id,kind\n" + rows, "utf-8")
    return contract, extract


def test_quarantine_names_row_and_reason_and_nothing_keeps_the_value(tmp_path: Path) -> None:
    ws = tmp_path / "ws"
    rows = f"{ID},a\n{ID[:-1]}1,a\n{ID},SECRETKIND\n,b\n"
    ran = run("ingest", *_extract(tmp_path, rows), "--workspace", ws, "--json")
    assert ran.code == 0
    file = ran.json["files"][0]
    assert (file["rows_read"], file["rows_stored"], file["rows_quarantined"]) == (4, 1, 2)
    assert file["rows_without_usable_id"] == 2
    listed = next((ws / "quarantine").glob("*/visits.csv")).read_text("utf-8")
    assert "3,resident_id" in listed
    assert "4,kind,not in the domain" in listed
    everything = b"".join(p.read_bytes() for p in ws.rglob("*") if p.is_file()) + ran.out.encode()
    for value in (ID.encode(), b"SECRETKIND", ID[:-1].encode()):
        assert value not in everything


def test_one_person_changes_a_count_by_the_declared_bound_at_most(tmp_path: Path) -> None:
    for bound in (1, 3):
        folder = tmp_path / str(bound)
        folder.mkdir()
        more = f"rows_per_person: {bound}" if bound > 1 else ""
        files = _extract(folder, f"{ID},a\n" * 500, more)
        ran = run("ingest", *files, "--workspace", folder / "ws", "--json")
        assert ran.json["rows_beyond_bound"] == {"visits": 500 - bound}
        answer = run(
            "query", "SELECT count(*) FROM visits", "--rho", "0.005", "--purpose", "planning",
            "--workspace", folder / "ws", "--json",
        ).json  # fmt: skip
        assert answer["privacy"]["mechanisms"][0]["sensitivity"] == bound
        assert abs(answer["rows"][0][0] - bound) <= 3 * answer["errors"][0][0]


def test_the_same_people_cannot_be_given_a_second_cap(tmp_path: Path) -> None:
    contract, extract = _extract(tmp_path, f"{ID},a\n")
    ws = tmp_path / "ws"
    assert run("ingest", contract, extract, "--workspace", ws).code == 0
    text = contract.read_text("utf-8").replace("dataset: visits", "dataset: others")
    for change in (("id: town", "id: town-2"), ("public_size: 1000", "public_size: 5000")):
        contract.write_text(text.replace(*change), "utf-8")
        assert run("ingest", contract, extract, "--workspace", ws).code == 4
    contract.write_text(text.replace("id: town", "id: town/researchers/eve/2026"), "utf-8")
    assert run("ingest", contract, extract, "--workspace", ws).code == 2


def test_a_spoilt_byte_spoils_its_own_row_only(tmp_path: Path) -> None:
    contract, extract = _extract(tmp_path, "")
    other = "440524188001010014"
    body = b"resident_id,kind\n" + ID.encode() + b",a\xff\n" + other.encode() + b",b\n"
    extract.write_bytes(body)
    file = run("ingest", contract, extract, "--workspace", tmp_path / "ws", "--json").json["files"][
        0
    ]
    assert (file["rows_stored"], file["rows_quarantined"]) == (1, 1)
    extract.write_bytes(b"resident_id,kind\n" + ID.encode() + b',"a\n' + other.encode() + b',b"\n')
    file = run("ingest", contract, extract, "--workspace", tmp_path / "w2", "--json").json["files"][
        0
    ]
    assert file["rows_read"] == 2


def test_audit_exit_codes_follow_the_verdict(demo: Path, workspace: Path) -> None:
    city = demo / "enclave" / "city" / "allocations"
    codes = {}
    for arm in ("model_argmax", "lottery"):
        ran = run(
            "audit", "allocation", city / arm / "moves.csv", "--policy", "housing-allocation",
            "--units", city / "units.csv", "--stock", city / arm / "stock.csv",
            "--workspace", workspace, "--json",
        )  # fmt: skip
        codes[arm] = (ran.code, ran.json["verdict"])
        assert ran.json["policy"]["standing"] == "in_force"
    assert codes["model_argmax"] == (1, "FAIL")
    assert codes["lottery"] in [(0, "PASS"), (3, "INSUFFICIENT")]
    alone = run(
        "audit", "allocation", city / "lottery" / "moves.csv", "--policy", "housing-allocation",
        "--units", city / "units.csv", "--workspace", workspace, "--json",
    )  # fmt: skip
    assert alone.code == 3


def test_the_gate_believes_signed_reports_only(demo: Path, workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model_argmax"
    shutil.copytree(demo / "enclave" / "audits" / "model_argmax", folder)
    report = folder / "report.json"
    ran = run("gate", report, "--policy", "housing-allocation", "--workspace", workspace, "--json")
    assert (ran.code, ran.json["verdict"]) == (1, "FAIL")
    document = json.loads(report.read_bytes())
    document["measures"]["steering_gap"]["estimate"] = 0.0
    report.write_text(json.dumps(document), "utf-8")
    assert run("gate", report, "--policy", "housing-allocation", "--workspace", workspace).code == 1
    (folder / "report.dsse.json").unlink()
    assert run("gate", report, "--policy", "housing-allocation", "--workspace", workspace).code == 2


def test_a_policy_does_not_pass_itself_off_as_another(
    demo: Path, workspace: Path, tmp_path: Path
) -> None:
    from importlib.resources import files

    text = (files("policies") / "rules" / "housing-one-off.yaml").read_text("utf-8")
    lax = tmp_path / "lax.yaml"
    lax.write_text(
        text.replace("margin: 0.025", "margin: 2").replace("margin: 0.020", "margin: 9"), "utf-8"
    )
    report = demo / "enclave" / "audits" / "model_argmax" / "report.json"
    assert run("gate", report, "--policy", lax, "--workspace", workspace).code == 4
    lax.write_text(lax.read_text("utf-8").replace('version: "1"', 'version: "mine"'), "utf-8")
    ran = run("gate", report, "--policy", lax, "--workspace", workspace, "--json")
    assert ran.json["policy"]["standing"] == "trial"


def test_segregation_of_a_worked_table(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("unit,group,n\nA,m,10\nA,l,0\nB,m,0\nB,l,30\n", "utf-8")
    ran = run(
        "audit", "segregation", file, "--count", "n", "--workspace", tmp_path / "ws", "--json"
    )
    assert ran.code == 0
    assert ran.json["minority"] == "m"
    assert ran.json["indices"]["dissimilarity"] == pytest.approx(1)
    assert ran.json["indices"]["theil_h"] == pytest.approx(1)
    assert ran.json["indices"]["delta"] is None
    file.write_text("unit,group,n\nA,m,10\nA,l,SECRET\n", "utf-8")
    bad = run("audit", "segregation", file, "--count", "n", "--workspace", tmp_path / "ws")
    assert bad.code == 2
    assert "row 3, column n" in bad.err
    assert "SECRET" not in bad.err
