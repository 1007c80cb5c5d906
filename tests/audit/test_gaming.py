"""A steered or sorted allocation is told as such, and no way of writing its files turns it to PASS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from audit.allocation import Placements
from audit.findings import allocation_findings
from audit.gate import judge
from audit.submission import read_allocation
from policies.errors import BadInput
from policies.rulebook import read_policy
from tests.audit.lotteries import homes, lottery, steered
from tests.audit.submissions import PLACES, moves_of, stock_of, units_of, write

Frame = pd.DataFrame
EVERY = homes(130)
LOTTERY = lottery(np.random.default_rng(6), EVERY)
STEERED = steered(np.random.default_rng(1), 3, EVERY)
# sorted by a mark of the places that has nothing to do with who lived there before
SORTED = replace(
    steered(np.random.default_rng(1), 3, EVERY, np.array([0.2, 0.9, 0.9, 0.9, 0.2, 0.2, 0.9, 0.2])),
    share_before=np.array([0.45, 0.3, 0.45, 0.6, 0.45, 0.4, 0.35, 0.4]),
)


def verdict(folder: Path, policy: str = "housing-one-off", **tables: Any) -> dict[str, Any]:
    """Read, measure and judge as the command does; a refusal to read is no PASS either."""
    rules = read_policy((files("policies") / "rules" / f"{policy}.yaml").read_text("utf-8"))
    try:
        submission = read_allocation(write(folder, **tables), rules.group)
    except BadInput as refused:
        return {"verdict": "REFUSED", "reason": refused.sentence(), "rules": []}
    findings = allocation_findings(submission, rules, seed=1)
    return judge(rules, findings.estimates, findings.undefined, submission.inputs).as_json()


def words(found: dict[str, Any]) -> dict[str, str]:
    """Rule → its word; the whole verdict under `all`."""
    return {"all": found["verdict"]} | {r["id"]: r["verdict"] for r in found["rules"]}


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        (LOTTERY, {"all": "PASS", "steering": "PASS", "sorting": "PASS"}),
        (STEERED, {"all": "FAIL", "steering": "FAIL", "sorting": "FAIL"}),
        (SORTED, {"all": "FAIL", "steering": "PASS", "sorting": "FAIL"}),
    ],
    ids=["lottery", "steered", "sorted"],
)
def test_an_honest_submission_is_told_as_what_it_is(
    tmp_path: Path, placed: Placements, expected: dict[str, str]
) -> None:
    found = verdict(tmp_path, moves=moves_of(placed), units=units_of(placed))
    assert words(found) == expected


def _balanced(moves: Frame) -> pd.Series[bool]:
    """True for as many households of each group in each community and stratum as can be paired."""
    cell = ["stratum", "home_size", "unit"]
    whole = moves.drop_duplicates("household")
    rank = whole.groupby([*cell, "group"]).cumcount()
    pairs = whole.groupby([*cell, "group"]).size().unstack(fill_value=0).min(axis=1)
    paired = rank.to_numpy() < pairs.reindex(pd.MultiIndex.from_frame(whole[cell])).to_numpy()
    return moves["household"].isin(whole["household"][paired])


def _stratum_is_the_community(moves: Frame) -> Frame:
    return moves.assign(stratum=moves["unit"])


def _a_stratum_each(moves: Frame) -> Frame:
    return moves.assign(stratum=moves["household"])


def _a_stratum_a_group(moves: Frame) -> Frame:
    return moves.assign(stratum=moves["stratum"] + moves["group"])


def _what_cannot_be_paired_apart(moves: Frame) -> Frame:
    own = moves["stratum"] + "-" + moves["unit"]
    return moves.assign(stratum=moves["stratum"].where(_balanced(moves), own))


def _what_cannot_be_paired_in_one_household(moves: Frame) -> Frame:
    one = moves["stratum"] + moves["unit"] + moves["group"] + moves["home_size"].astype(str)
    return moves.assign(household=moves["household"].where(_balanced(moves), one))


def _strata_by_outcome(moves: Frame) -> Frame:
    """Communities of a district in three classes by the share of migrants sent there."""
    few = (moves["group"] == "migrant").groupby([moves["stratum"], moves["unit"]]).mean()
    third = np.ceil(few.groupby(level=0).rank(pct=True) * 3).astype(int).astype(str)
    own = third.reindex(pd.MultiIndex.from_frame(moves[["stratum", "unit"]])).to_numpy()
    return moves.assign(stratum=moves["stratum"] + "-" + own)


@pytest.mark.parametrize("placed", [STEERED, SORTED], ids=["steered", "sorted"])
@pytest.mark.parametrize(
    "bend",
    [
        _stratum_is_the_community,
        _a_stratum_each,
        _a_stratum_a_group,
        _what_cannot_be_paired_apart,
        _what_cannot_be_paired_in_one_household,
        _strata_by_outcome,
    ],
)
def test_strata_and_households_cannot_be_cut_to_the_outcome(
    tmp_path: Path, placed: Placements, bend: Callable[[Frame], Frame]
) -> None:
    found = verdict(tmp_path, moves=bend(moves_of(placed)), units=units_of(placed))
    told = words(found)
    assert told["all"] != "PASS"
    # nor may a rule that the honest files break be passed alone
    assert told.get("sorting") != "PASS"
    assert placed is SORTED or told.get("steering") != "PASS"


def test_homes_cannot_be_called_places_of_their_own(tmp_path: Path) -> None:
    moves, units = moves_of(SORTED), units_of(SORTED).drop(columns="community")
    own = moves.assign(unit=moves["unit"] + "/" + moves["household"])
    homes_ = own[["unit"]].drop_duplicates().assign(place=lambda f: f["unit"].str[:2])
    rows = homes_.merge(units.rename(columns={"unit": "place"}), on="place").assign(capacity=1)
    found = verdict(tmp_path, moves=own, units=pd.concat([units, rows.drop(columns="place")]))
    assert words(found).get("sorting") != "PASS"
    assert words(found)["all"] != "PASS"


def test_shares_that_are_the_same_everywhere_say_nothing_of_steering(tmp_path: Path) -> None:
    units = units_of(STEERED).assign(share_before=0.5)
    found = verdict(tmp_path, moves=moves_of(STEERED), units=units)
    assert words(found)["steering"] == "INSUFFICIENT"


def test_the_stock_and_not_the_units_file_says_who_lived_where(tmp_path: Path) -> None:
    moves = moves_of(STEERED)
    units = units_of(STEERED).assign(share_before=STEERED.share_before[::-1])
    found = verdict(tmp_path, moves=moves, units=units, stock=stock_of(STEERED, moves, 2))
    assert words(found).get("steering") in ("FAIL", None)


def test_nobody_of_the_group_was_placed_is_no_verdict(tmp_path: Path) -> None:
    moves = moves_of(STEERED)
    none = moves.assign(event=moves["event"].where(moves["group"] != "migrant", "waiting"))
    found = verdict(tmp_path, moves=none, units=units_of(STEERED))
    assert words(found) == {
        "all": "INSUFFICIENT",
        "steering": "INSUFFICIENT",
        "sorting": "INSUFFICIENT",
    }
    nobody = verdict(tmp_path, moves=moves.assign(event="left"), units=units_of(STEERED))
    assert nobody["verdict"] == "INSUFFICIENT"


def test_a_round_in_front_of_the_judged_one_does_not_hide_it(tmp_path: Path) -> None:
    both = pd.concat([moves_of(LOTTERY).assign(round=1), moves_of(STEERED).assign(round=2)])
    found = verdict(tmp_path, moves=both, units=units_of(STEERED))
    assert words(found)["all"] != "PASS"


def test_a_re_run_in_front_of_the_judged_run_does_not_hide_it(tmp_path: Path) -> None:
    both = pd.concat([moves_of(LOTTERY).assign(run=0), moves_of(STEERED).assign(run=1)])
    found = verdict(tmp_path, moves=both, units=units_of(STEERED))
    assert words(found)["all"] != "PASS"


def test_another_arms_rounds_do_not_dilute_the_judged_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    later = [moves_of(lottery(rng, EVERY), k, k).assign(round=k) for k in range(2, 9)]
    found = verdict(
        tmp_path,
        moves=moves_of(STEERED).assign(round=1, arm="best"),
        units=units_of(STEERED),
        rounds=pd.concat(later).assign(arm="lottery"),
    )
    assert found["verdict"] in ("REFUSED", "FAIL")


def test_a_round_handed_in_again_is_refused(tmp_path: Path) -> None:
    moves = moves_of(LOTTERY).assign(round=1)
    for again in (moves, moves.assign(round=2)):
        found = verdict(tmp_path, moves=moves, units=units_of(LOTTERY), rounds=again)
        assert found["verdict"] == "REFUSED"
        assert "column round" in found["reason"]


@pytest.mark.parametrize("moved", [0, 1], ids=["copies", "one person moved"])
def test_re_runs_that_repeat_one_run_are_no_evidence(tmp_path: Path, moved: int) -> None:
    moves = moves_of(LOTTERY)
    stock = stock_of(LOTTERY, moves, 0)
    runs = [stock]
    for run in range(1, 25):
        again = stock.assign(run=run)
        both = again.index[again["group"] == "migrant"]
        again.loc[both[run % len(PLACES)], "after"] += moved
        again.loc[both[(run + 1 + run // len(PLACES)) % len(PLACES)], "after"] -= moved
        runs.append(again)
    found = verdict(
        tmp_path, "housing-allocation", moves=moves, units=units_of(LOTTERY), stock=pd.concat(runs)
    )
    told = words(found)
    assert told["all"] != "PASS"
    assert told.get("stock") != "PASS"
    assert told.get("literal") != "PASS"


def test_too_few_re_runs_do_not_decide(tmp_path: Path) -> None:
    moves = moves_of(LOTTERY)
    found = verdict(
        tmp_path, "housing-allocation",
        moves=moves, units=units_of(LOTTERY), stock=stock_of(LOTTERY, moves, 19),
    )  # fmt: skip
    assert {words(found)[r] for r in ("stock", "literal")} == {"INSUFFICIENT"}
    assert words(found)["all"] == "INSUFFICIENT"


def test_a_run_that_the_re_runs_do_not_foretell_does_not_pass(tmp_path: Path) -> None:
    moves = moves_of(STEERED)
    stock = stock_of(STEERED, moves, 24)  # in the re-runs the same homes go to others by lot
    found = verdict(
        tmp_path, "housing-allocation", moves=moves, units=units_of(STEERED), stock=stock
    )
    assert {words(found)[r] for r in ("stock", "literal")} == {"INSUFFICIENT"}
