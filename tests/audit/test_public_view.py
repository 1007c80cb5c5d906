"""The public view of an audit: of the enclave's figures not one leaves, only words and the policy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.findings import public_view
from tests.api.commands import run
from tests.audit.lotteries import homes, steered
from tests.audit.submissions import PLACES, moves_of, stock_of, units_of, write

FIGURES = (
    "measures", "segregation", "rates", "quality", "waiting", "arms", "what_would_pass",
    "forewarning", "by_place", "homes", "persons",
)  # fmt: skip
Number = float | int


def numbers(node: Any) -> Iterator[Number]:
    """Every number of a document."""
    if isinstance(node, dict):
        for value in node.values():
            yield from numbers(value)
    elif isinstance(node, list):
        for value in node:
            yield from numbers(value)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield node


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The enclave's report of a steered round with a stock and re-runs."""
    folder = tmp_path_factory.mktemp("audit")
    placed = steered(np.random.default_rng(1), 3, homes(40))
    moves = moves_of(placed)
    files = write(folder, moves, units_of(placed), stock_of(placed, moves, 20))
    ran = run(
        "audit", "allocation", files.moves, "--units", str(files.units), "--stock", str(files.stock),
        "--policy", "housing-allocation", "--json", "--workspace", folder / "w",
    )  # fmt: skip
    found: dict[str, Any] = ran.json
    return found


COMMITMENTS = {"moves": "hmac-sha256:00", "enclave_report": "hmac-sha256:11"}


@pytest.fixture(scope="module")
def public(exact: dict[str, Any]) -> dict[str, Any]:
    """What may leave, without any private release."""
    return json.loads(json.dumps(public_view(exact, COMMITMENTS, [])))  # type: ignore[no-any-return]


def test_every_number_that_leaves_stands_in_the_policy(
    exact: dict[str, Any], public: dict[str, Any]
) -> None:
    policy = {value for r in exact["rules"] for value in (r["limit"], r["margin"])}
    assert list(numbers(public))
    assert set(numbers(public)) <= policy


def test_no_figure_of_the_enclave_stands_in_the_public_text(
    exact: dict[str, Any], public: dict[str, Any]
) -> None:
    text = json.dumps(public)
    figures = {n for part in FIGURES for n in numbers(exact[part]) if isinstance(n, float)}
    assert len(figures) > 100
    # a short number such as 0.25 may be a limit of the policy: those are looked at above
    assert not [n for n in figures if len(repr(n)) > 8 and repr(n) in text]
    assert not {r["interval"] and "interval" for r in public["rules"] if "interval" in r}


def _cut(classes: int, folder: Path) -> dict[str, Any]:
    """The public view of a submission whose strata are cut by how concentrated the places were."""
    placed = steered(np.random.default_rng(1), 3, homes(40))
    moves = moves_of(placed)
    rank = dict(zip(PLACES, placed.share_before.argsort().argsort(), strict=True))
    own = (moves["unit"].map(rank) * classes // len(PLACES)).astype(str)
    files = write(folder, moves.assign(stratum=own), units_of(placed))
    line = ("--policy", "housing-one-off", "--units", str(files.units), "--json")
    report = run("audit", "allocation", files.moves, *line, "--workspace", folder / "w").json
    assert {r["verdict"] for r in report["rules"]} == {"INSUFFICIENT"}
    return public_view(report, COMMITMENTS, [])


def test_reasons_hold_no_figure_of_the_submission(public: dict[str, Any], tmp_path: Path) -> None:
    few, many = _cut(4, tmp_path / "few"), _cut(8, tmp_path / "many")
    for key in ("reason", "reason_zh"):
        assert [r[key] for r in few["rules"]] == [r[key] for r in many["rules"]]
        for rule in public["rules"]:
            assert not re.findall(r"\d\.\d|\d\d|\d%", rule[key])


def test_no_place_group_count_or_digest_of_a_file_leaves(
    exact: dict[str, Any], public: dict[str, Any]
) -> None:
    assert not set(FIGURES) & set(public)
    text = json.dumps(public)
    for digest in exact["inputs"].values():
        assert digest.removeprefix("sha256:") not in text
    assert public["inputs"] == ["moves", "stock", "units"]
    assert public["commitments"] == COMMITMENTS


def test_what_leaves_is_the_verdict_its_rules_and_who_said_so(
    exact: dict[str, Any], public: dict[str, Any]
) -> None:
    assert public["audience"] == "public"
    for key in ("report", "kind", "verdict", "arm", "minority", "code", "synthetic"):
        assert public[key] == exact[key]
    assert public["policy"]["digest"] == exact["policy"]["digest"]
    assert [r["verdict"] for r in public["rules"]] == [r["verdict"] for r in exact["rules"]]
    assert [(r["limit"], r["margin"]) for r in public["rules"]] == [
        (r["limit"], r["margin"]) for r in exact["rules"]
    ]


def test_what_nobody_thought_of_stays(exact: dict[str, Any]) -> None:
    more = exact | {
        "something_new": 0.123456,
        "rules": [r | {"new": 0.654321} for r in exact["rules"]],
    }
    text = json.dumps(public_view(more, {}, []))
    assert "something_new" not in text
    assert "0.654321" not in text


def test_releases_are_shown_as_they_were_released(exact: dict[str, Any]) -> None:
    release = {"release": "r-1", "rows": [["c1", 12]], "privacy": {"rho": 0.01}}
    assert public_view(exact, {}, [release])["releases"] == [release]
