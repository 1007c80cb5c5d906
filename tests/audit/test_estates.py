"""The plan of new estates: the smaller group's share, and the space kept in reserve, worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.findings import AllocationFindings, allocation_findings
from audit.gate import judge
from audit.submission import read_allocation
from policies.errors import BadInput
from policies.rulebook import Policy, read_policy
from tests.audit.lotteries import lottery
from tests.audit.submissions import moves_of, units_of, write

MARK = "MARKED440305"
ESTATES = """estate,group,planned,facility_space,facility_reserve
north,migrant,30,100,15
north,local,70,100,15
south,migrant,45,300,25
south,local,50,300,25
south,returned,5,300,25
"""
POLICY: Policy = read_policy(
    (files("policies") / "rules" / "housing-allocation.yaml").read_text("utf-8")
)


def findings(folder: Path, estates: str | None) -> tuple[AllocationFindings, dict[str, Any]]:
    """Measure a lottery with these estates; also each rule's word."""
    placed = lottery(np.random.default_rng(3))
    given = write(folder, moves_of(placed), units_of(placed))
    if estates is not None:
        (folder / "estates.csv").write_text(estates, "utf-8")
        given = replace(given, estates=folder / "estates.csv")
    submission = read_allocation(given, "migrant")
    found = allocation_findings(submission, POLICY, seed=1)
    verdict = judge(POLICY, found.estimates, found.undefined, submission.inputs)
    return found, {r.rule.id: r.verdict for r in verdict.rules}


def value(found: AllocationFindings, measure: str) -> float | None:
    """A measure, or None where it has no value."""
    estimate = found.estimates[measure]
    return None if estimate is None else estimate.value


def test_shares_are_over_the_whole_programme_and_not_an_estates_own(tmp_path: Path) -> None:
    found, words = findings(tmp_path, ESTATES)
    assert value(found, "mixing_share") == pytest.approx(75 / 200)
    # an estate's space counts once, however many groups it has
    assert value(found, "facility_reserve") == pytest.approx(40 / 400)
    assert (words["mixing"], words["facilities"]) == ("PASS", "PASS")
    census = found.estimates["mixing_share"]
    assert census is not None
    assert census.se is None
    assert census.estimand == "this_allocation"


def test_too_small_a_share_or_reserve_fails_whichever_group_is_the_smaller(tmp_path: Path) -> None:
    body = ESTATES.replace("local,70,", "local,9,").replace("local,50,", "local,15,")
    found, words = findings(tmp_path / "few locals", body.replace(",15\n", ",14\n"))
    assert value(found, "mixing_share") == pytest.approx(29 / 104)
    assert value(found, "facility_reserve") == pytest.approx(39 / 400)
    assert (words["mixing"], words["facilities"]) == ("FAIL", "FAIL")


def test_a_group_that_is_not_planned_for_has_a_share_of_nothing(tmp_path: Path) -> None:
    found, words = findings(tmp_path, "estate,group,planned\nnorth,local,70\n")
    assert value(found, "mixing_share") == 0
    assert words["mixing"] == "FAIL"


def test_where_nobody_is_planned_for_there_is_no_share(tmp_path: Path) -> None:
    found, words = findings(tmp_path, "estate,group,planned\nnorth,local,0\nnorth,migrant,0\n")
    assert value(found, "mixing_share") is None
    assert value(found, "facility_reserve") is None
    assert {"measures.mixing_share", "measures.facility_reserve"} <= set(found.undefined)
    assert (words["mixing"], words["facilities"]) == ("INSUFFICIENT", "INSUFFICIENT")


def test_without_new_estates_their_rules_do_not_apply(tmp_path: Path) -> None:
    _, words = findings(tmp_path, None)
    assert (words["mixing"], words["facilities"]) == ("NOT_APPLICABLE", "NOT_APPLICABLE")


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [
        ("migrant,45,300,25", f"migrant,{MARK},300,25", 4, "planned"),
        ("migrant,45,300,25", "migrant,-45,300,25", 4, "planned"),
        ("migrant,45,300,25", "migrant,45,nan,25", 4, "facility_space"),
        ("local,50,300,25", "local,50,301,25", 5, "facility_space"),
        ("local,50,300,25", "local,50,300,24", 5, "facility_reserve"),
        ("south,migrant", "north,local", 4, "group"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_by_row(
    tmp_path: Path, old: str, new: str, row: int, column: str
) -> None:
    with pytest.raises(BadInput) as refused:
        findings(tmp_path, ESTATES.replace(old, new, 1))
    assert refused.value.where == f"estates.csv row {row}, column {column}"
    assert MARK not in refused.value.sentence()


def test_a_reserve_is_part_of_the_space(tmp_path: Path) -> None:
    for old, new in (("100,15", "100,500"), ("100,15", "-100,15"), ("100,15", "100,-15")):
        with pytest.raises(BadInput):
            findings(tmp_path, ESTATES.replace(old, new))
