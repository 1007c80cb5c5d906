"""Contracts as they are written: ODCS 3, its JSON Schema, the rules, and drafts from samples."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from api.demo.contract_files import department_contract, moves_contract, residents_contract
from api.demo.departments import DEPARTMENTS
from policies.errors import BadInput, CommonGroundError, Refused
from privacy.contract import contract_from_json, json_schema, to_odcs
from tests.api.commands import run
from tests.intake.extracts import contract, resident_id
from tests.privacy.small import document

SCHEMA = jsonschema.Draft202012Validator(json_schema())
ADULT = Path(__file__).parents[1] / "data" / "adult_income" / "adult_income.yaml"
WRITTEN = [
    yaml.safe_load(ADULT.read_text("utf-8")),
    *(to_odcs(department_contract(d.name, d.format, 20_000)) for d in DEPARTMENTS),
    to_odcs(residents_contract(20_000)),
    to_odcs(moves_contract(20_000)),
    to_odcs(contract(retention_days=30, tier="street", children=True).as_json()),
    to_odcs(document()),
]


@pytest.mark.parametrize("written", WRITTEN, ids=lambda w: w["name"])
def test_every_contract_in_the_tree_is_valid_odcs_of_ours(written: dict[str, Any]) -> None:
    SCHEMA.validate(written)
    assert written["apiVersion"].startswith("v3.")


def test_the_written_form_says_the_same_as_the_short_one() -> None:
    for short in (document(), contract(retention_days=9, pseudonym_hash="sm3").as_json()):
        assert contract_from_json(to_odcs(short)) == contract_from_json(short)


def _at(written: dict[str, Any], field: str) -> dict[str, Any]:
    found = next(p for p in written["schema"][0]["properties"] if p["name"] == field)
    assert isinstance(found, dict)
    return found


def _set(written: dict[str, Any], name: str, value: Any) -> None:
    kept = [p for p in written["customProperties"] if p["property"] != name]
    written["customProperties"] = kept + (
        [] if value is None else [{"property": name, "value": value}]
    )


BROKEN: dict[str, Any] = {
    "another kind": lambda w: w.update(kind="Other"),
    "version 2": lambda w: w.update(apiVersion="v2.2.2"),
    "an unknown key": lambda w: w.update(surprise=1),
    "an unknown property": lambda w: _set(w, "surprise", 1),
    "no purpose": lambda w: _set(w, "purposes", []),
    "no population": lambda w: _set(w, "population", None),
    "no end": lambda w: w.update(slaProperties=[]),
    "a direct identifier kept": lambda w: _set(_at(w, "name"), "action", "keep"),
    "free text kept": lambda w: _set(_at(w, "note"), "action", "keep"),
    "a category without domain": lambda w: _set(_at(w, "district"), "domain", None),
    "a number without bounds": lambda w: _at(w, "age").pop("logicalTypeOptions"),
    "a biometric role": lambda w: _set(_at(w, "age"), "role", "biometric"),
    "a measure that is text": lambda w: _set(_at(w, "word"), "role", "measure"),
    "a decimal without resolution": lambda w: _set(_at(w, "age"), "type", "decimal"),
    "bands missing": lambda w: _set(_at(w, "income_band"), "bands", None),
    "a coordinate kept": lambda w: _set(_at(w, "word"), "type", "coordinate"),
    "another tier": lambda w: _set(w, "tier", "door"),
    "another hash": lambda w: _set(w, "pseudonym_hash", "md5"),
    "children without retention": lambda w: (_set(w, "children", True), _set(w, "tier", "street")),
}


@pytest.mark.parametrize("rule", list(BROKEN))
def test_a_broken_rule_is_caught_by_schema_and_by_reading(rule: str) -> None:
    written = copy.deepcopy(to_odcs(document()))
    SCHEMA.validate(written)
    BROKEN[rule](written)
    assert list(SCHEMA.iter_errors(written))
    with pytest.raises(CommonGroundError):
        contract_from_json(written)


def test_location_is_kept_at_the_tier_that_is_allowed_and_no_finer() -> None:
    codes = ["440305001001", "440305001002", "440306002001"]
    field = {"name": "home", "role": "quasi_identifier", "type": "category", "action": "keep",
             "domain": "codes"}  # fmt: skip
    made = {"domains": {"codes": codes}, "tier": "street"}
    key = document()["fields"][0]
    with pytest.raises(Refused, match="community"):
        contract_from_json(document(**made, fields=[key, field]))
    coarse = field | {"type": "place", "action": "coarsen", "to": "street"}
    read = contract_from_json(document(**made, fields=[key, coarse]))
    assert read.domain_of("home") == ("440305001", "440306002")


def test_the_most_pseudonyms_must_be_said_where_no_checked_id_is_the_key() -> None:
    fields = [document()["fields"][0] | {"type": "identifier"}]
    with pytest.raises(BadInput, match="most_pseudonyms"):
        contract_from_json(document(fields=fields, domains={}))
    assert (
        contract_from_json(document(fields=fields, domains={}, most_pseudonyms=3)).contribution == 3
    )


def test_a_draft_finds_people_in_values_whatever_the_header(tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    names = ["王小明", "李华", "张伟", "赵敏", "欧阳静", "陈晨", "林芳", "黄磊", "周杰", "吴迪"]
    names += ["徐丽", "孙悦", "马超", "朱琳", "胡军"]
    lines = [f"a,b,c,人脸,{resident_id(5)}"]
    for i in range(300):
        street = f"深圳市南山区西丽街道学苑大道{i + 1}号3栋{i % 9}01室"
        name = (
            names[i % 15]
            if i < 15
            else names[i % 15][0] + "建国志强秀英"[i % 6] + "平安文华"[i % 4]
        )
        lines.append(f"{resident_id(i)},{name},{street},x,{i % 3}")
    sample.write_text("\n".join(lines) + "\n", "utf-8")
    ran = run("contract", "draft", sample, "--dataset", "people", "--json")
    assert ran.code == 0
    assert resident_id(5) not in ran.out
    found = {
        p["name"]: {c["property"]: c["value"] for c in p["customProperties"]}
        | {"said": p["description"]}
        for p in ran.json["schema"][0]["properties"]
    }
    assert (found["a"]["type"], found["a"]["action"]) == ("resident_id", "pseudonym")
    assert (found["b"]["type"], found["b"]["action"]) == ("person_name", "drop")
    assert (found["c"]["type"], found["c"]["action"]) == ("address", "drop")
    assert found["column_4"]["role"] == "biometric"
    assert found["column_5"]["action"] == "keep"
    assert "300 of 300 filled" in found["a"]["said"]
    draft = tmp_path / "draft.yaml"
    draft.write_text(run("contract", "draft", sample).out, "utf-8")
    checked = run("contract", "check", draft)
    assert checked.code == 2
    for left in ("population", "purposes", "legal_basis", "endOfLife"):
        assert left in checked.err


def test_schema_and_retention_commands(tmp_path: Path) -> None:
    assert run("contract", "schema").json == json_schema()
    data = ADULT.parent / "adult.csv"
    ws = tmp_path / "ws"
    assert run("ingest", ADULT, data, "--workspace", ws, "--json").code == 0
    again = run("ingest", ADULT, data, "--workspace", ws, "--json")
    assert again.json["already_taken"]
    found = run("retention", "run", "--workspace", ws, "--json").json
    assert found["removed"] == {"snapshots": [], "quarantine": [], "sessions": 0}
    assert found["leaf"] is None


def test_what_has_expired_is_not_answered_and_its_removal_is_on_record(tmp_path: Path) -> None:
    import json
    from datetime import date

    from api.workflows.retention import run_retention
    from api.workspace import open_workspace

    ws = tmp_path / "ws"
    assert run("ingest", ADULT, ADULT.parent / "adult.csv", "--workspace", ws).code == 0
    manifest = ws / "store" / "adult_income" / "1" / "snapshot.json"
    written = json.loads(manifest.read_text("utf-8"))
    written |= {"written": "2020-01-01"}
    written["contract"]["retention_days"] = 30
    manifest.write_text(json.dumps(written), "utf-8")
    asked = ("query", "SELECT count(*) FROM adult_income", "--rho", "0.01", "--workspace", ws,
             "--purpose", "method-comparison")  # fmt: skip
    assert run(*asked).code == 4
    opened = open_workspace(ws)
    first = run_retention(opened, today=date(2026, 1, 1))
    assert first["removed"]["snapshots"] == ["adult_income@1"]
    assert first["leaf"] is not None
    assert not list(manifest.parent.glob("*.parquet"))
    assert run_retention(opened, today=date(2026, 1, 1))["leaf"] is None
    assert run(*asked).code == 4


def test_a_contract_of_the_standard_alone_is_told_what_it_lacks(tmp_path: Path) -> None:
    plain = copy.deepcopy(WRITTEN[0])
    del plain["customProperties"]
    for field in plain["schema"][0]["properties"]:
        field.pop("customProperties", None)
    (tmp_path / "plain.yaml").write_text(yaml.safe_dump(plain), "utf-8")
    ran = run("contract", "check", tmp_path / "plain.yaml")
    assert ran.code == 2
    assert "customProperties" in ran.err
    assert "contract draft" in ran.err


@pytest.mark.parametrize("body", ["[" * 100_000, "a: 9999-99-99", "!!python/name:os.system", "\0"])
def test_hostile_yaml_is_bad_input(tmp_path: Path, body: str) -> None:
    (tmp_path / "c.yaml").write_text(body, "utf-8")
    ran = run("contract", "check", tmp_path / "c.yaml")
    assert ran.code == 2, ran.err


def test_a_pipe_is_no_sample(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    ran = run("contract", "draft", tmp_path / "pipe.csv")
    assert ran.code == 2
    assert "regular file" in ran.err
