"""The gate: estimates meet a policy; what is written in a report can be judged again; nothing is 0."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.gate import estimate_from, judge, measure_json, would_pass
from audit.inference import Estimate, z_at
from policies.rulebook import Policy, read_policy
from tests.api.commands import run
from tests.audit.lotteries import homes, lottery, steered
from tests.audit.submissions import moves_of, units_of, write

POLICY = """
policy: 1
id: two-rules
version: "1"
kind: audit
title: {en: Two rules}
family: 8
z_pass: 1.96
z_fail: 2.73
requires: [moves]
rules:
  - {id: low, measure: steering_gap, estimand: the_mechanism, limit: 0.01, margin: 0.02, source: a plan}
  - {id: high, measure: mixing_share, sense: at_least, estimand: this_allocation, limit: 0.3, margin: 0.05,
     source: a plan}
"""
TWO: Policy = read_policy(POLICY)


def steering(value: float, se: float | None, degrees: int | None = None) -> Estimate:
    """An estimate for the first rule."""
    return Estimate("steering_gap", "the_mechanism", value, se, degrees, 0.004, {"rounds": 1})


def mixing(share: float) -> Estimate:
    """An estimate for the second rule: a census."""
    return Estimate("mixing_share", "this_allocation", share)


def words(low: Estimate | None, high: Estimate | None, **why: str) -> tuple[str, str, str]:
    """The verdicts of the whole and of both rules."""
    estimates = {"steering_gap": low, "mixing_share": high}
    found = judge(TWO, estimates, {f"measures.{k}": v for k, v in why.items()}, {"moves"})
    return found.word, found.rules[0].verdict, found.rules[1].verdict


# the line of the first rule is .03: z .005 either side at 1.96 and 2.73
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.03 - 1.961 * 0.005, "PASS"),
        (0.03 - 1.959 * 0.005, "INSUFFICIENT"),
        (0.03 + 1.97 * 0.005, "INSUFFICIENT"),
        (0.03 + 2.729 * 0.005, "INSUFFICIENT"),
        (0.03 + 2.731 * 0.005, "FAIL"),
        (-0.5, "PASS"),
    ],
)
def test_an_interval_is_held_against_limit_and_margin(value: float, expected: str) -> None:
    assert words(steering(value, 0.005), mixing(0.4)) == (expected, expected, "PASS")


@pytest.mark.parametrize(("share", "expected"), [(0.25, "PASS"), (0.2499, "FAIL"), (0.31, "PASS")])
def test_a_census_has_no_interval_and_is_held_as_it_is(share: float, expected: str) -> None:
    assert words(steering(0, 0.001), mixing(share)) == (expected, "PASS", expected)


def test_what_is_undefined_is_insufficient_with_its_reason() -> None:
    found = judge(
        TWO,
        {"steering_gap": None, "mixing_share": mixing(0.4)},
        {"measures.steering_gap": "a group was not placed"},
        {"moves"},
    )
    assert found.word == "INSUFFICIENT"
    assert "a group was not placed" in found.rules[0].reason_en
    assert found.as_json()["rules"][0]["estimate"] is None
    assert words(None, None) == ("INSUFFICIENT", "INSUFFICIENT", "INSUFFICIENT")


def test_not_a_number_never_passes() -> None:
    assert words(steering(float("nan"), 0.005), mixing(0.4))[1] == "INSUFFICIENT"
    assert words(steering(0.0, float("nan")), mixing(0.4))[1] == "INSUFFICIENT"
    assert words(steering(0, 0.005), mixing(float("nan")))[2] == "INSUFFICIENT"


def test_an_estimate_of_something_else_does_not_answer_the_rule() -> None:
    other = replace(steering(0, 0.001), estimand="the_next_cohort")
    assert words(other, mixing(0.4))[1] == "INSUFFICIENT"


def test_few_degrees_of_freedom_widen_the_interval() -> None:
    value = 0.03 - 2.0 * 0.005
    assert words(steering(value, 0.005), mixing(0.4))[1] == "PASS"
    assert words(steering(value, 0.005, degrees=5), mixing(0.4))[1] == "INSUFFICIENT"
    low, high = steering(0, 1.0, degrees=5).bounds(z_at(0.95))
    assert (low, high) == pytest.approx((-2.570582, 2.570582), abs=1e-5)  # t tables, 5 degrees, 95%


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    value=st.floats(-1, 1),
    se=st.one_of(st.none(), st.floats(1e-6, 1)),
    degrees=st.one_of(st.none(), st.integers(1, 60)),
    z=st.floats(0.1, 4),
)
def test_what_a_report_shows_can_be_judged_again(
    value: float, se: float | None, degrees: int | None, z: float
) -> None:
    before = replace(steering(value, se, degrees), null_sd=0.003)
    shown = json.loads(json.dumps(measure_json(TWO, before)))
    after = estimate_from("steering_gap", shown)
    assert after.bounds(z) == before.bounds(z)
    assert (after.measure, after.estimand, after.null_sd) == (
        "steering_gap",
        "the_mechanism",
        0.003,
    )
    assert shown["margin"] == 0.02
    assert shown["limit"] == 0.01
    assert shown["null"] == {"sd": 0.003, "rounds": 1}
    assert (shown["interval"] is None) == (se is None)
    if se is not None:
        assert tuple(shown["interval"]) == before.bounds(1.96)


def test_an_undefined_measure_is_shown_as_null() -> None:
    assert measure_json(TWO, None) is None
    other = measure_json(TWO, Estimate("stock_change", "the_next_cohort", 0.1, 0.2))
    assert other is not None
    assert (other["margin"], other["limit"]) == (None, None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=st.floats(0.0301, 1), se=st.floats(1e-5, 0.2), share=st.floats(0, 0.2499))
def test_what_would_pass_is_the_last_estimate_that_does(
    value: float, se: float, share: float
) -> None:
    found = {"steering_gap": steering(value, se), "mixing_share": mixing(share)}
    wanted = would_pass(TWO, judge(TWO, found, {}, {"moves"}), found)
    assert [w["rule"] for w in wanted] == ["low", "high"]
    low, high = (w["estimate"] for w in wanted)
    assert low == pytest.approx(0.03 - 1.96 * se)
    assert high == pytest.approx(0.25)
    assert [w["found"] for w in wanted] == [value, share]
    assert words(steering(low - 1e-9, se), mixing(high + 1e-9)) == ("PASS", "PASS", "PASS")
    assert words(steering(low + 1e-6, se), mixing(0.4))[1] != "PASS"


def test_what_passed_or_has_no_estimate_is_not_wished_for() -> None:
    found = {"steering_gap": steering(0, 0.001), "mixing_share": None}
    assert would_pass(TWO, judge(TWO, found, {}, {"moves"}), found) == []


def _audited(folder: Path, strength: float) -> tuple[Any, Path]:
    rng = np.random.default_rng(6)
    placed = steered(rng, strength, homes(130)) if strength else lottery(rng, homes(130))
    files = write(folder / "files", moves_of(placed), units_of(placed))
    line = ("--policy", "housing-one-off", "--units", str(files.units), "--json")
    ran = run("audit", "allocation", files.moves, *line, "--workspace", folder / "w")
    return ran, folder / "w" / "audits" / ran.json["report"] / "report.json"


@pytest.mark.parametrize(("strength", "word", "code"), [(0, "PASS", 0), (3, "FAIL", 1)])
def test_the_command_exits_by_its_verdict_and_the_gate_says_the_same(
    tmp_path: Path, strength: float, word: str, code: int
) -> None:
    ran, report = _audited(tmp_path, strength)
    assert (ran.code, ran.json["verdict"]) == (code, word)
    again = run(
        "gate", report, "--policy", "housing-one-off", "--json", "--workspace", tmp_path / "w"
    )
    assert (again.code, again.json["verdict"]) == (code, word)
    rules = [(r["id"], r["verdict"], r["estimate"], r["interval"]) for r in again.json["rules"]]
    assert rules == [
        (r["id"], r["verdict"], r["estimate"], r["interval"]) for r in ran.json["rules"]
    ]


def test_the_gate_judges_by_another_policy_without_measuring_anew(tmp_path: Path) -> None:
    _, report = _audited(tmp_path, 3)
    policy = tmp_path / "lenient.yaml"
    rule = "{id: low, measure: steering_gap, estimand: the_mechanism, limit: 0, margin: 0.9, source: x}"
    head = POLICY[: POLICY.index("rules:")].replace("two-rules", "lenient")
    policy.write_text(f"{head}rules:\n  - {rule}\n", "utf-8")
    ran = run("gate", report, "--policy", policy, "--json", "--workspace", tmp_path / "w")
    assert (ran.code, ran.json["verdict"]) == (0, "PASS")


def test_the_gate_does_not_believe_a_report_that_was_changed(tmp_path: Path) -> None:
    _, report = _audited(tmp_path, 3)
    changed = json.loads(report.read_bytes())
    for measure in ("steering_gap", "sorting_excess"):
        changed["measures"][measure] |= {"estimate": 0.0, "se": 0.001}
    report.write_text(json.dumps(changed), "utf-8")
    line = ("--policy", "housing-one-off", "--json", "--workspace", tmp_path / "w")
    assert run("gate", report, *line).code in (1, 2)
    alone = tmp_path / "report.json"
    alone.write_text(json.dumps(changed), "utf-8")
    assert run("gate", alone, *line).code in (1, 2)


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for body in ("{}", "[1]", "no json", json.dumps({"audience": "public", "measures": {}})):
        path.write_text(body, "utf-8")
        ran = run("gate", path, "--policy", "housing-one-off", "--workspace", tmp_path / "w")
        assert ran.code in (1, 2)
    none = run(
        "gate", tmp_path / "no.json", "--policy", "housing-one-off", "--workspace", tmp_path / "w"
    )
    assert none.code == 2
